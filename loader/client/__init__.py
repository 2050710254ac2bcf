"""The SQL client: Oracle SQL, PL/SQL blocks and the everyday commands of SQL*Plus, on either database."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loader.client.client import Client
    from loader.client.tables import table

__all__ = ["Client", "table"]

# Imported when it is first asked for: most commands print a table, and few need the client.
_PLACES = {"Client": "loader.client.client", "table": "loader.client.tables"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
