"""What an embedded database holds, so that two of them can be compared.

Rows are compared by their contents. Left out are times and durations, and numbers that are drawn from a sequence, in
whose place stands the row that they name: a command that was killed may have drawn some. Of runs, those that ended
are compared, each content once: a command that was killed after its commit and is run again makes another run. So
are the lines of the installation's history, which repeats its first files until a migration was applied.
"""

from __future__ import annotations

import collections
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from loader.config import EmbeddedSettings
from loader.database import Database, connect
from loader.database.embedded import EmbeddedDatabase

Dictionary = dict[str, list[tuple[Any, ...]]]
Contents = dict[str, collections.Counter[str]]

_DICTIONARY = {
    "columns": "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,"
    " a.attgenerated, pg_get_expr(d.adbin, d.adrelid) from pg_class c"
    " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
    " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
    " where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v') order by c.relname, a.attnum",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'app'::regnamespace order by 1, 2, 3",
    "indexes": "select indexname, indexdef from pg_indexes where schemaname = 'app' order by 1",
    "views": "select viewname, definition from pg_views where schemaname = 'app' order by 1",
    "comments": "select c.relname, d.objsubid, d.description"
    " from pg_description d join pg_class c on c.oid = d.objoid"
    " where c.relnamespace = 'app'::regnamespace order by 1, 2",
    "invisible": "select * from ora.invisible_column order by 1, 2",
    "routines": "select pronamespace::regnamespace::text, proname, pg_get_function_identity_arguments(oid), md5(prosrc)"
    " from pg_proc where pronamespace::regnamespace::text like 'img%' order by 1, 2, 3",
}
_TABLES = (
    "select relname, (select array_agg(attname::text) from pg_attribute a"
    "                  where attrelid = c.oid and attnum > 0"
    "                    and (attidentity <> '' or atttypid = 'timestamptz'::regtype))"
    "  from pg_class c where relnamespace = 'app'::regnamespace and relkind = 'r' order by relname"
)
_REFERENCES = (
    "select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname from pg_constraint c"
    "  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]"
    "  join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]"
    " where c.contype = 'f' and c.connamespace = 'app'::regnamespace"
)
# References that no constraint states.
_UNSTATED = [("image_transform", "run_id", "image_run", "run_id")]
_RUNS = ("image_load_run", "image_run")
_HISTORY = "img_schema_history"
# What says how long something took, or which of several runs did what.
_PASSING = {
    "image_load": {"run_id", "stored_run_id", "failed_run_id", "outcome"},
    "image_load_run": {
        "labels",
        "new_labels",
        "changed",
        "unchanged",
        "retried",
        "known_files",
        "unlike_files",
        "embed_ms",
    },
    "image_run": {"embed_ms", "decision_ms"},
    _HISTORY: {"duration_ms"},
    "image_vector_index": {"build_s"},
}


def dictionary(database: Database) -> Dictionary:
    """Columns, constraints, indexes, views, comments and routines, as PostgreSQL spells them."""
    assert isinstance(database, EmbeddedDatabase)
    found = {
        name: database.session.connection.execute(cast(Any, text)).fetchall() for name, text in _DICTIONARY.items()
    }
    database.rollback()
    return found


def contents(database: Database) -> Contents:
    """The rows of each table, each as text and with how often it is there."""
    assert isinstance(database, EmbeddedDatabase)
    return _Reader(database).contents()


def state(directory: Path) -> tuple[Dictionary, Contents]:
    """Both, of the database in `directory`; where nothing was installed they are empty."""
    with connect(EmbeddedSettings(directory)) as database:
        return dictionary(database), contents(database)


class _Reader:
    """Reads all tables, and puts the row that is named in the place of its number."""

    def __init__(self, database: EmbeddedDatabase) -> None:
        execute = database.session.connection.execute
        left_out = {table: set(columns or ()) for table, columns in execute(cast(Any, _TABLES))}
        self.left_out = {table: columns | _PASSING.get(table, set()) for table, columns in left_out.items()}
        self.references: dict[tuple[str, str], tuple[str, str]] = {
            (table, column): (named, key)
            for table, column, named, key in [*execute(cast(Any, _REFERENCES)).fetchall(), *_UNSTATED]
            if table in left_out
        }
        self.rows = {
            table: [json.loads(row) for (row,) in execute(cast(Any, f"select to_jsonb(t)::text from app.{table} t"))]
            for table in left_out
        }
        database.rollback()

    def contents(self) -> Contents:
        found: Contents = {}
        for table, rows in self.rows.items():
            texts = [self._text(table, row) for row in rows if self._ended(table, row)]
            found[table] = collections.Counter(set(texts) if self._is_repeated(table) else texts)
        return found

    def _is_repeated(self, table: str) -> bool:
        return table in (*_RUNS, _HISTORY) or any(named in _RUNS for _, named in self._named(table))

    def _named(self, table: str) -> Iterator[tuple[str, str]]:
        return ((column, named) for (owner, column), (named, _) in self.references.items() if owner == table)

    def _ended(self, table: str, row: dict[str, Any]) -> bool:
        """Whether a row is of no run that was begun and did not end."""
        if table in _RUNS and row["finished_at"] is None:
            return False
        return all(
            named not in _RUNS or (owner := self._row(table, column, row[column])) is None or self._ended(named, owner)
            for column, named in self._named(table)
        )

    def _row(self, table: str, column: str, value: Any) -> dict[str, Any] | None:
        named, key = self.references[table, column]
        return next((row for row in self.rows[named] if row[key] == value), None)

    def _text(self, table: str, row: dict[str, Any]) -> str:
        shown = {}
        for column, value in row.items():
            if (table, column) in self.references:
                found = self._row(table, column, value)
                shown[column] = None if found is None else self._text(self.references[table, column][0], found)
            elif column not in self.left_out[table]:
                shown[column] = value
        return json.dumps(shown, sort_keys=True, ensure_ascii=False)
