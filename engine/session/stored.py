"""What is stored in the database, as the translation, the checker and the calls of routines need it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import psycopg
from psycopg.rows import TupleRow

from engine.emit.catalogue import Catalog, Package
from engine.session.shown import LongNames

_PACKAGES = "select ora.full_name(name), definition::text from ora.package"
_ROUTINES = "select definition::text from ora.routine"
_COLUMNS = """select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), c.relkind::text
  from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v')
   and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum"""
_INVISIBLE = "select ora.full_name(table_name), ora.full_name(column_name) from ora.invisible_column"
_SEQUENCES = "select ora.full_name(relname) from pg_class where relnamespace = 'app'::regnamespace and relkind = 'S'"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the translation must know, and the sequences, of which it needs to know nothing."""

    catalogue: Catalog
    sequences: frozenset[str]


def read(connection: psycopg.Connection[TupleRow], names: LongNames) -> Stored:
    """What is stored now."""
    catalogue = Catalog()
    execute = connection.execute
    names.read(connection)
    for name, definition in execute(_PACKAGES):
        catalogue.packages[name], catalogue.rights[name] = _package(name, definition)
    for (definition,) in execute(_ROUTINES):
        value = {"routines": [json.loads(definition)], "constants": {}, "exceptions": {}}
        catalogue.routines += Package.from_json("", value).routines
    _add_columns(catalogue, execute(_COLUMNS), names)
    for table, column in execute(_INVISIBLE):
        if column in catalogue.columns.get(table, {}):
            catalogue.invisible.setdefault(table, set()).add(column)
    return Stored(catalogue, frozenset(name for (name,) in execute(_SEQUENCES)))


@lru_cache(maxsize=256)
def _package(name: str, definition: str) -> tuple[Package, str]:
    """A package and its rights: a change of the schema has all of them read anew, and most are as they were."""
    value = json.loads(definition)
    return Package.from_json(name, value), value.get("rights", "security definer")


def _add_columns(catalogue: Catalog, rows: Iterable[TupleRow], names: LongNames) -> None:
    for relation, column, kind, form in rows:
        table = names.full(relation)
        catalogue.columns.setdefault(table, {})[names.full(column)] = kind
        if form == "v":
            catalogue.views.add(table)
