"""Oracle Database through python-oracledb."""

from __future__ import annotations

import array
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import numpy as np
import oracledb

from loader.config import OracleSettings
from loader.database import prerequisites
from loader.database.base import Database, DatabaseError, Invalid, Json, Output, Result
from loader.database.oracle_connection import open_session
from loader.plsql.lexer import Kind, SourceError, tokenize
from loader.plsql.script import unit_of

# Seconds; the largest value of DDL_LOCK_TIMEOUT.
_LONGEST_WAIT = 1_000_000
_LINES = 1000
_BLOCK_PLACE = re.compile(r"ORA-06550: line (\d+), column (\d+):\s*")
_CALLER = re.compile(r"ORA-06512: (at .*?line \d+)")
_HELP = re.compile(r"\s*Help: https?://\S+")
_DDL_DONE = {"create": "created", "alter": "altered", "drop": "dropped", "truncate": "truncated", "comment": "created"}
_DML_DONE = {"insert": "created", "update": "updated", "delete": "deleted", "merge": "merged"}
_TYPES = {
    "NUMBER": oracledb.DB_TYPE_NUMBER,
    "VARCHAR2": oracledb.DB_TYPE_VARCHAR,
    "REF CURSOR": oracledb.DB_TYPE_CURSOR,
    "BINARY_DOUBLE": oracledb.DB_TYPE_BINARY_DOUBLE,
    "PL/SQL BOOLEAN": oracledb.DB_TYPE_BOOLEAN,
    "BINARY_INTEGER": oracledb.DB_TYPE_BINARY_INTEGER,
    "CLOB": oracledb.DB_TYPE_CLOB,
    "JSON": oracledb.DB_TYPE_JSON,
}


class OracleDatabase(Database):
    """A session on Oracle Database."""

    def __init__(self, settings: OracleSettings) -> None:
        self._settings = settings
        self._return_types: dict[str, Any] = {}
        self._connection = open_session(settings)
        self._connection.outputtypehandler = _fetch_as
        self.owns_schema = settings.owner == settings.session_user
        self.description = (
            f"Oracle Database {self._connection.version} at {settings.address} as {settings.session_user}"
        )
        if not self.owns_schema:
            self.description += f", in the schema {settings.owner}"

    def another(self) -> OracleDatabase:
        return OracleDatabase(self._settings)

    # calls

    @staticmethod
    def _arguments(parameters: Mapping[str, Any]) -> str:
        return ", ".join(f"{name} => :{name}" for name in parameters)

    def _prepared(self, parameters: Mapping[str, Any]) -> oracledb.Cursor:
        cursor = self._connection.cursor()
        sizes = {name: oracledb.DB_TYPE_JSON for name, value in parameters.items() if isinstance(value, Json)}
        sizes |= {name: oracledb.DB_TYPE_VECTOR for name, value in parameters.items() if isinstance(value, np.ndarray)}
        if sizes:
            cursor.setinputsizes(**sizes)
        return cursor

    def call(self, routine: str, **parameters: Any) -> None:
        block = f"begin {routine}({self._arguments(parameters)}); end;"
        with self._prepared(parameters) as cursor:
            self._execute(cursor, block, {name: _bind(value) for name, value in parameters.items()})

    def call_many(self, routine: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        block = f"begin {routine}({self._arguments(rows[0])}); end;"
        with self._prepared(rows[0]) as cursor:
            try:
                cursor.executemany(block, [{name: _bind(value) for name, value in row.items()} for row in rows])
            except oracledb.Error as error:
                raise _error(error, block) from error

    def value(self, routine: str, **parameters: Any) -> Any:
        block = f"begin :result := {routine}({self._arguments(parameters)}); end;"
        with self._prepared(parameters) as cursor:
            result = cursor.var(self._return_type(routine))
            self._execute(cursor, block, {name: _bind(v) for name, v in parameters.items()} | {"result": result})
            found = result.getvalue()
            return _json_text(found) if self._return_type(routine) is oracledb.DB_TYPE_JSON else found

    def rows(self, routine: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        with self.value(routine, **parameters) as cursor:
            yield from cursor

    def some_rows(self, count: int, routine: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.value(routine, **parameters) as cursor:
            cursor.prefetchrows = 0
            cursor.arraysize = count
            rows: list[tuple[Any, ...]] = cursor.fetchmany(count)
            return rows

    def _return_type(self, routine: str) -> Any:
        if routine not in self._return_types:
            package, _, member = routine.upper().partition(".")
            with self._connection.cursor() as cursor:
                cursor.execute(
                    "select data_type from user_arguments"
                    " where package_name = :package and object_name = :member and position = 0",
                    package=package,
                    member=member,
                )
                row = cursor.fetchone()
            if row is None:
                raise DatabaseError(
                    f"{routine} is not installed: run `python -m loader install` (or `make install-db`) first",
                    code=6550,
                )
            self._return_types[routine] = _TYPES[row[0]]
        return self._return_types[routine]

    @staticmethod
    def _execute(cursor: oracledb.Cursor, text: str, parameters: Mapping[str, Any] | None = None) -> None:
        try:
            cursor.execute(text, parameters or {})
        except oracledb.Error as error:
            raise _error(error, text) from error

    # statements

    def execute(self, text: str, *, source: str | None = None, line: int = 1, output: Output | None = None) -> Result:
        cursor = self._connection.cursor()
        if output is not None:
            cursor.callproc("dbms_output.enable", [None])
        try:
            cursor.execute(text)
        except oracledb.Error as error:
            self._print_output(output)
            raise _error(error, text, source, line) from error
        self._print_output(output)
        if cursor.description:
            columns = [column[0] for column in cursor.description]
            return Result(columns=columns, rows=iter(cursor))
        invalid = self._compiled_with_errors(text, line, cursor)
        return Result(message=_done(text, cursor), row_count=max(cursor.rowcount, 0), invalid=invalid)

    def _print_output(self, output: Output | None) -> None:
        if output is None:
            return
        with self._connection.cursor() as cursor:
            lines = cursor.arrayvar(oracledb.DB_TYPE_VARCHAR, _LINES, 32767)
            count = cursor.var(oracledb.DB_TYPE_NUMBER)
            while True:
                count.setvalue(0, _LINES)
                cursor.callproc("dbms_output.get_lines", [lines, count])
                found = int(count.getvalue())
                for text in lines.getvalue()[:found]:
                    output(text or "")
                if found < _LINES:
                    return

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()

    def close(self) -> None:
        self._connection.close()

    # what the installer and the SQL client ask

    def _select(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            self._execute(cursor, text, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def describe(self, name: str) -> list[tuple[str, str, str]]:
        rows = self._select(
            "select column_name, nullable, data_type, data_length, char_length, char_used, data_precision, data_scale"
            "  from all_tab_cols where owner = :owner and table_name = upper(:name) and hidden_column = 'NO'"
            " order by column_id",
            owner=self._settings.owner,
            name=name,
        )
        return [(row[0], "" if row[1] == "Y" else "NOT NULL", _type_text(*row[2:])) for row in rows]

    def missing_prerequisites(self) -> list[str]:
        return prerequisites.missing(self)

    @contextmanager
    def waiting_for_locks(self, seconds: float) -> Iterator[None]:
        # DDL does not wait for other sessions' transactions unless told to (Database Reference, DDL_LOCK_TIMEOUT).
        self.execute(f"alter session set ddl_lock_timeout = {min(round(seconds), _LONGEST_WAIT)}")
        try:
            yield
        finally:
            self.execute("alter session set ddl_lock_timeout = 0")

    def invalid(self) -> list[Invalid]:
        return [
            Invalid(name, kind, self._unit_errors(name, kind))
            for name, kind in self._select(
                "select object_name, object_type from all_objects where owner = :owner and status = 'INVALID'"
                " order by object_type, object_name",
                owner=self._settings.owner,
            )
        ]

    def _unit_errors(self, name: str, kind: str, first_line: int = 1) -> tuple[str, ...]:
        """The compiler's errors in a unit that begins at `first_line` of its file."""
        return tuple(
            f"line {line + first_line - 1}, column {position}: {text.strip()}"
            for line, position, text in self._select(
                "select line, position, text from all_errors where owner = :owner and name = :name and type = :kind"
                "   and attribute = 'ERROR' order by sequence",
                owner=self._settings.owner,
                name=name,
                kind=kind,
            )
        )

    def _compiled_with_errors(self, text: str, line: int, cursor: oracledb.Cursor) -> Invalid | None:
        """The unit that the statement created, where the driver warns that it does not compile."""
        if not getattr(cursor, "warning", None):
            return None
        kind, name = unit_of(text)
        return Invalid(name, kind, self._unit_errors(name, kind, line))

    def recompile(self) -> list[Invalid]:
        invalid = "select object_name, object_type from user_objects where status = 'INVALID' order by object_type"
        for name, kind in self._select(invalid):
            target, _, body = kind.partition(" BODY")
            with self._connection.cursor() as cursor:
                # Success with errors is a warning of the driver; what stays invalid is read below.
                suffix = " body" if kind.endswith(" BODY") else body
                self._execute(cursor, f'alter {target.lower()} "{name}" compile{suffix}')
        return self.invalid()


def _fetch_as(_cursor: oracledb.Cursor, metadata: Any) -> Any:
    """JSON as its text, CLOB as a string; everything else as it comes."""
    if metadata.type_code is oracledb.DB_TYPE_CLOB:
        return _cursor.var(oracledb.DB_TYPE_LONG, arraysize=_cursor.arraysize)
    if metadata.type_code is oracledb.DB_TYPE_JSON:
        return _cursor.var(
            oracledb.DB_TYPE_JSON,
            arraysize=_cursor.arraysize,
            outconverter=_json_text,
        )
    return None


def _json_text(value: Any) -> str:
    """A value of the type JSON as text; its numbers come as Decimal."""
    return json.dumps(value, ensure_ascii=False, default=lambda v: float(v) if isinstance(v, Decimal) else str(v))


def _bind(value: Any) -> Any:
    if isinstance(value, Json):
        return json.loads(value.text)
    if isinstance(value, np.ndarray):
        return array.array("f", np.ascontiguousarray(value, np.float32).tobytes())
    return value


def _error(error: oracledb.Error, text: str, source: str | None = None, line: int = 1) -> DatabaseError:
    """Oracle's error with its place in the source text."""
    details = error.args[0]
    message = _HELP.sub("", str(getattr(details, "message", error)))
    code = getattr(details, "code", 0) or None
    trace = [found[1] for found in _CALLER.finditer(message)]
    place = _BLOCK_PLACE.search(message)
    column: int | None = None
    at: int | None = None
    if place:
        at, column = line + int(place[1]) - 1, int(place[2])
    elif offset := getattr(details, "offset", 0):
        at, column = line + text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1) + 1
    first = _BLOCK_PLACE.sub("", message).split("\nORA-06512")[0].strip()
    return DatabaseError(first, code=code, source=source, line=at, column=column, trace=trace)


def _done(text: str, cursor: oracledb.Cursor) -> str:
    """What SQL*Plus says after the statement."""
    try:
        words = [token.value for token in tokenize(text)[:8] if token.kind is Kind.WORD]
    except SourceError:
        words = []
    verb = words[0] if words else ""
    if verb in ("begin", "declare"):
        return "PL/SQL procedure successfully completed."
    if verb in _DML_DONE:
        count = cursor.rowcount
        return f"{count} row{'' if count == 1 else 's'} {_DML_DONE[verb]}."
    if verb in ("commit", "rollback"):
        return f"{verb.capitalize()} complete."
    if verb in _DDL_DONE:
        noise = ("or", "replace", "unique", "editionable", "noneditionable", "force", "on", "vector")
        kind = next((word for word in words[1:] if word not in noise), "")
        if verb == "comment":
            kind = "comment"
        if kind == "package" and "body" in words:
            kind = "package body"
        if getattr(cursor, "warning", None):
            return f"Warning: {kind.capitalize()} {_DDL_DONE[verb]} with compilation errors."
        return f"{kind.capitalize()} {_DDL_DONE[verb]}."
    return "Done."


def _type_text(
    kind: str, length: int, characters: int, unit: str | None, precision: int | None, scale: int | None
) -> str:
    """A column's type as DESCRIBE spells it."""
    if kind in ("VARCHAR2", "CHAR"):
        return f"{kind}({characters} CHAR)" if unit == "C" else f"{kind}({length})"
    if kind == "NUMBER" and precision is not None:
        return f"NUMBER({precision}{f',{scale}' if scale else ''})"
    return kind
