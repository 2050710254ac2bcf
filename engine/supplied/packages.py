"""The packages that Oracle supplies (PL/SQL Packages and Types Reference), by the beginnings of their names."""

from __future__ import annotations

_BEGINNINGS = (
    "DBMS_", "UTL_", "APEX_", "OWA_", "CTX_", "SDO_", "ORDS_", "WPG_", "WWV_", "DEBUG_", "MGMT_", "MLE_", "OUTLN_",
    "RDF_", "SEM_", "SODA_", "XDB_", "XS_", "SYS_", "OLAP_", "ORA_",
)  # fmt: skip
# The last two are functions of APEX.
_NAMES = frozenset("HTP HTF OWA STANDARD SYS XMLDOM XMLPARSER XSLPROCESSOR PLITBLM ORDS V NV".split())


def may_be_supplied(name: str) -> bool:
    """Whether an object of this name may be one of Oracle's own, or of a product that stands on it."""
    return name in _NAMES or name.startswith(_BEGINNINGS)
