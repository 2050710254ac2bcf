"""The names that people know, in place of the short forms that PostgreSQL knows them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from engine.emit.names import is_short, shown_in

# Reads one row outside the session's transaction, which may have failed; None where there is none.
Lookup = Callable[[str, list[Any]], TupleRow | None]


class LongNames:
    """The long names met so far by their short forms; others are looked up."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._known: dict[str, str] = {}

    def read(self, connection: psycopg.Connection[TupleRow]) -> None:
        """Learn all that are stored."""
        self._known.update(connection.execute("select short, name from ora.long_name").fetchall())

    def learn(self, names: Mapping[str, str]) -> None:
        """Learn the names of a statement."""
        self._known.update(names)

    def full(self, stored: str) -> str:
        """The name that PostgreSQL knows as `stored`."""
        if is_short(stored) and stored not in self._known:
            row = self._lookup("select ora.full_name(%s)", [stored])
            self._known[stored] = row[0] if row else stored
        return self._known.get(stored, stored)

    def spelled_out(self, message: str) -> str:
        """A message of PostgreSQL with the names in full."""
        return shown_in(message, self._known)
