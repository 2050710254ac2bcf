"""What is stored in the database, as the translation and the calls of routines need it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from engine.session.shown import LongNames

Definition = dict[str, Any]

_PACKAGES = "select ora.full_name(name), definition::text from ora.package"
_ROUTINES = "select definition::text from ora.routine"
_COLUMNS = """select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), c.relkind::text
  from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v')
   and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum"""
_UNMERGED = "select ora.full_name(name) from ora.unmerged_view"
_INVISIBLE = "select ora.full_name(table_name), ora.full_name(column_name) from ora.invisible_column"
_SEQUENCES = "select ora.full_name(relname) from pg_class where relnamespace = 'app'::regnamespace and relkind = 'S'"


@dataclass(frozen=True, slots=True)
class Signature:
    """A stored routine as a call needs it: PostgreSQL's names of its parameters' types, and of what it returns."""

    name: str
    types: dict[str, str]
    returns: str | None


@dataclass(eq=False, slots=True)
class Stored:
    """The objects of the one schema, by their names as the engine folds them.

    `packages` and `routines` hold what the translation noted of each. `columns` maps a table or view to its columns'
    PostgreSQL types, in order; `invisible` names the columns that SELECT * leaves out. `unmerged` are the views whose
    rows can not be traced to rows of tables.
    """

    packages: dict[str, Definition] = field(default_factory=dict)
    routines: list[Definition] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    invisible: dict[str, set[str]] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)
    unmerged: set[str] = field(default_factory=set)
    sequences: set[str] = field(default_factory=set)

    def signature(self, name: str) -> Signature | None:
        """The one routine of that name, package.routine."""
        package, _, member = name.partition(".")
        routines = self.packages.get(package, {"routines": ()})["routines"]
        found = [routine for routine in routines if routine["name"] == member]
        if len(found) != 1:
            return None
        types = {parameter[0]: parameter[2] for parameter in found[0]["parameters"]}
        return Signature(member, types, found[0]["returns"])


def read(connection: psycopg.Connection[TupleRow], names: LongNames) -> Stored:
    """What is stored now."""
    stored = Stored()
    execute = connection.execute
    names.read(connection)
    stored.packages = {name: json.loads(text) for name, text in execute(_PACKAGES)}
    stored.routines = [json.loads(text) for (text,) in execute(_ROUTINES)]
    _add_columns(stored, execute(_COLUMNS), names)
    stored.unmerged = {view for (view,) in execute(_UNMERGED) if view in stored.views}
    for table, column in execute(_INVISIBLE):
        if column in stored.columns.get(table, {}):
            stored.invisible.setdefault(table, set()).add(column)
    stored.sequences = {name for (name,) in execute(_SEQUENCES)}
    return stored


def _add_columns(stored: Stored, rows: Iterable[TupleRow], names: LongNames) -> None:
    for relation, column, kind, form in rows:
        table = names.full(relation)
        stored.columns.setdefault(table, {})[names.full(column)] = kind
        if form == "v":
            stored.views.add(table)
