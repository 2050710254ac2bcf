"""The SQL client: Oracle SQL, PL/SQL blocks and the everyday commands of SQL*Plus, on either database."""

from __future__ import annotations

from loader.client.client import Client
from loader.client.tables import table

__all__ = ["Client", "table"]
