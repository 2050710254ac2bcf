"""The tables and views that every database has: DUAL, and the dictionary by the beginnings of its names."""

from __future__ import annotations

_BEGINNINGS = (
    "USER_", "ALL_", "DBA_", "CDB_", "V$", "GV$", "V_$", "GV_$", "X$", "SESSION_", "ROLE_", "DATABASE_", "NLS_",
    "RESOURCE_", "PUBLIC_", "PRODUCT_", "SYS_", "APEX_", "DBMS_",
)  # fmt: skip
_NAMES = frozenset(
    """DUAL DICT DICTIONARY DICT_COLUMNS TAB CAT COLS IND OBJ SEQ SYN CLU TABS PLAN_TABLE PLAN_TABLE$ RECYCLEBIN
    EXCEPTIONS GLOBAL_NAME TABLE_PRIVILEGES COLUMN_PRIVILEGES AUDIT_ACTIONS SM$VERSION""".split()
)


def may_be_supplied(name: str) -> bool:
    """Whether a table or view of this name may be one of Oracle's own."""
    return name in _NAMES or name.startswith(_BEGINNINGS)
