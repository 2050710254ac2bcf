"""Oracle Database through python-oracledb."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import oracledb

from engine.errors import SourceError
from engine.lexer import Kind, tokenize
from engine.script import unit_of
from loader.config import DB_DIRECTORY, OracleSettings
from loader.database import dictionary, prerequisites
from loader.database.base import (
    Bind,
    CompileError,
    Database,
    DatabaseError,
    Description,
    Invalid,
    Json,
    LostConnectionError,
    Output,
    Result,
)
from loader.database.oracle_connection import open_session
from loader.database.oracle_errors import reported
from loader.database.oracle_values import TYPES, bind_variable, bound, fetch_as, json_text, number, shown, type_name

# Seconds; the largest value of DDL_LOCK_TIMEOUT.
_LONGEST_WAIT = 1_000_000
# Rows in one fetch, and lines of DBMS_OUTPUT in one call: each line reserves 32,767 bytes.
_FETCH = 1000
_LINES = 100
# A bind of another size or number of rows makes the driver run the first row of a batch by itself, so both are
# rounded up: texts to one of these numbers of characters, rows to a power of two.
_TEXT_SIZES = (100, 1000, 4000, 32767)
_SMALLEST_BATCH = 64
_NO_SAVEPOINT = 1086
_DDL_DONE = {"create": "created", "alter": "altered", "drop": "dropped", "truncate": "truncated", "comment": "created"}
_DML_DONE = {"insert": "created", "update": "updated", "delete": "deleted", "merge": "merged"}


@dataclass(slots=True)
class _Signatures:
    """What the routines of the packages take and return; read once, by whichever session is first."""

    results: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)


class OracleDatabase(Database):
    """A session on Oracle Database."""

    remote = True
    # AI Vector Search User's Guide, "Create Tables Using the VECTOR Data Type".
    largest_vector = largest_indexed_vector = 65_535

    def __init__(self, settings: OracleSettings, signatures: _Signatures | None = None) -> None:
        self._settings = settings
        self._signatures = signatures or _Signatures()
        # How many savepoints the transaction has so far, which makes their names.
        self._savepoints = 0
        self._output_enabled = False
        self._connection = open_session(settings)
        self._connection.outputtypehandler = fetch_as
        self.owns_schema = settings.owner == settings.session_user
        self.description = (
            f"Oracle Database {self._connection.version} at {settings.address} as {settings.session_user}"
        )
        if not self.owns_schema:
            self.description += f", in the schema {settings.owner}"

    def another(self) -> OracleDatabase:
        return OracleDatabase(self._settings, self._signatures)

    # calls

    @staticmethod
    def _block(before: str, routine: str, parameters: Mapping[str, Any]) -> str:
        """A block that calls the routine by named notation, each parameter bound by its own name.

        JSON is bound as text and parsed by the database: the driver's own encoder takes a time that grows with the
        square of the arrays and objects, minutes for some hundred labels (GrowableBuffer._reserve_space makes the
        buffer grow for each of them). The text is a CLOB first, as SQL takes 4,000 bytes of VARCHAR2 only.
        """
        documents = [name for name, value in parameters.items() if isinstance(value, Json)]
        arguments = ", ".join(f"{name} => {'j_' if name in documents else ':'}{name}" for name in parameters)
        declared = "".join(f"t_{name} clob := :{name}; j_{name} json; " for name in documents)
        parsed = "".join(f"select json(t_{name}) into j_{name} from dual; " for name in documents)  # noqa: S608
        return f"{f'declare {declared}' if declared else ''}begin {parsed}{before}{routine}({arguments}); end;"

    def _declare(self, cursor: oracledb.Cursor, routine: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> None:
        """Tell the driver the parameters' types, so that they are the same for each call, and for nulls."""
        declared = self._read_signatures().parameters.get(routine, {})
        count = 1 if len(rows) == 1 else max(_SMALLEST_BATCH, 1 << (len(rows) - 1).bit_length())
        variables = {}
        for name, first in rows[0].items():
            kind = TYPES.get(declared.get(name, ""))
            if isinstance(first, Json) or kind in (oracledb.DB_TYPE_VARCHAR, oracledb.DB_TYPE_CLOB):
                variables[name] = cursor.var(*_text_type([bound(row[name]) for row in rows]), count)
            elif isinstance(first, np.ndarray):
                variables[name] = cursor.var(oracledb.DB_TYPE_VECTOR, arraysize=count)
            elif kind in (oracledb.DB_TYPE_NUMBER, oracledb.DB_TYPE_VECTOR):
                variables[name] = cursor.var(kind, arraysize=count)
        variables |= {name: cursor.var(kind, arraysize=count) for name, kind in more.items()}
        if variables:
            cursor.setinputsizes(**variables)

    def call(self, routine: str, **parameters: Any) -> None:
        block = self._block("", routine, parameters)
        with reported(block), self._connection.cursor() as cursor:
            if parameters:
                self._declare(cursor, routine, [parameters])
            cursor.execute(block, {name: bound(value) for name, value in parameters.items()})

    def call_many(self, routine: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        # The block runs once for each row, and what it did before a row that fails stays: its first run sets a
        # savepoint, without a round trip of its own. No two of a transaction have one name: one of an earlier call
        # would undo that call too, where this one failed before its first row.
        self._savepoints += 1
        savepoint = f"call_many_{self._savepoints}"
        block = self._block(f"if :is_first = 1 then savepoint {savepoint}; end if; ", routine, rows[0])
        with reported(block):
            sent = [
                {name: bound(value) for name, value in row.items()} | {"is_first": int(index == 0)}
                for index, row in enumerate(rows)
            ]
            try:
                with self._connection.cursor() as cursor:
                    self._declare(cursor, routine, rows, is_first=oracledb.DB_TYPE_NUMBER)
                    cursor.executemany(block, sent)
            except BaseException:
                self._undo(savepoint)
                raise

    def _undo(self, savepoint: str) -> None:
        """Go back to a savepoint, if it was set and the session is there still."""
        if self._connection.is_healthy():
            try:
                self._run(f"rollback to savepoint {savepoint}")
            except LostConnectionError:
                pass  # the database has undone the whole transaction; the first error says so
            except DatabaseError as error:
                if error.code != _NO_SAVEPOINT:
                    raise

    def value(self, routine: str, **parameters: Any) -> Any:
        kind = self._result_type(routine)
        block = self._block(":result := ", routine, parameters)
        with reported(block), self._connection.cursor() as cursor:
            if parameters:
                self._declare(cursor, routine, [parameters])
            if kind is oracledb.DB_TYPE_NUMBER:
                result = cursor.var(Decimal, outconverter=number)
            elif kind is oracledb.DB_TYPE_JSON:
                result = cursor.var(kind, outconverter=json_text)
            else:
                result = cursor.var(kind, 32767 if kind is oracledb.DB_TYPE_VARCHAR else 0)
            cursor.execute(block, {name: bound(value) for name, value in parameters.items()} | {"result": result})
            return shown(result.getvalue()) if kind is oracledb.DB_TYPE_CLOB else result.getvalue()

    def rows(self, routine: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        return self._fetched(self.value(routine, **parameters))

    @staticmethod
    def _fetched(cursor: oracledb.Cursor) -> Iterator[tuple[Any, ...]]:
        cursor.arraysize = _FETCH
        cursor.prefetchrows = _FETCH
        with cursor:
            while True:
                with reported():
                    page = cursor.fetchmany(_FETCH)
                yield from page
                if len(page) < _FETCH:
                    return

    def some_rows(self, count: int, routine: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.value(routine, **parameters) as cursor, reported():
            cursor.prefetchrows = count
            cursor.arraysize = count
            rows: list[tuple[Any, ...]] = cursor.fetchmany(count)
            return rows

    def _read_signatures(self, *, again: bool = False) -> _Signatures:
        found = self._signatures
        if again or not found.results:
            results: dict[str, str] = {}
            parameters: dict[str, dict[str, str]] = {}
            for package, member, position, name, kind in self._select(
                "select lower(package_name), lower(object_name), position, lower(argument_name), data_type"
                "  from all_arguments"
                " where owner = sys_context('userenv', 'current_schema') and package_name like 'IMG\\_%' escape '\\'"
                "   and data_level = 0"
            ):
                routine = f"{package}.{member}"
                if position == 0:
                    results[routine] = kind
                elif name is not None:
                    parameters.setdefault(routine, {})[name] = kind
            found.parameters, found.results = parameters, results
        return found

    def _result_type(self, routine: str) -> Any:
        # What was read may be older than an installation.
        kind = self._read_signatures().results.get(routine) or self._read_signatures(again=True).results.get(routine)
        if kind is None:
            raise DatabaseError(
                f"{routine} is not installed, or this user may not execute it: run `python -m loader install` "
                "(or `make install-db`), or ask the owner for the grant",
                code=6550,
            )
        if kind not in TYPES:
            raise DatabaseError(f"{routine} returns {kind}, which the loader does not know")
        return TYPES[kind]

    # statements

    def execute(
        self,
        text: str,
        *,
        source: str | None = None,
        line: int = 1,
        output: Output | None = None,
        binds: Mapping[str, Bind] | None = None,
    ) -> Result:
        if output is not None:
            self._enable_output()
        cursor = self._connection.cursor()
        cursor.arraysize = _FETCH
        cursor.prefetchrows = _FETCH
        try:
            with reported(text, source, line):
                variables = {name: bind_variable(cursor, bind) for name, bind in (binds or {}).items()}
                cursor.execute(text, variables)
                for name, bind in (binds or {}).items():
                    bind.value = variables[name].getvalue()
        except LostConnectionError:
            raise
        except DatabaseError:
            cursor.close()
            self._print_output(output)
            raise
        self._print_output(output)
        if cursor.description:
            return self._queried(cursor, text, source, line)
        with cursor:
            invalid = self._compiled_with_errors(text, line, cursor)
            return Result(message=_done(text, cursor), row_count=max(cursor.rowcount, 0), invalid=invalid)

    def cursor(self, value: Any) -> Result:
        value.arraysize = _FETCH
        return self._queried(value)

    def _queried(self, cursor: oracledb.Cursor, text: str = "", source: str | None = None, line: int = 1) -> Result:
        with reported(text, source, line):
            described = cursor.description or []
        return Result(
            columns=[column.name for column in described],
            types=[type_name(column.type_code) for column in described],
            rows=self._shown(cursor, text, source, line),
        )

    def _shown(self, cursor: oracledb.Cursor, text: str, source: str | None, line: int) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, without any object of the driver."""
        with cursor:
            while True:
                with reported(text, source, line):
                    page = [tuple(shown(value) for value in row) for row in cursor.fetchmany(_FETCH)]
                yield from page
                if len(page) < _FETCH:
                    return

    def _enable_output(self) -> None:
        if not self._output_enabled:
            with reported(), self._connection.cursor() as cursor:
                cursor.callproc("dbms_output.enable", [None])
            self._output_enabled = True

    def _print_output(self, output: Output | None) -> None:
        if output is None:
            return
        with reported(), self._connection.cursor() as cursor:
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

    def begin_snapshot(self, *, read_only: bool = True) -> None:
        self.rollback()
        self._run("set transaction read only" if read_only else "set transaction isolation level serializable")

    def commit(self, *, wait: bool = True) -> None:  # noqa: ARG002
        # It waits always: the driver has no call for COMMIT WRITE NOWAIT.
        with reported():
            self._connection.commit()
        self._savepoints = 0

    def rollback(self) -> None:
        with reported():
            self._connection.rollback()
        self._savepoints = 0

    def close(self) -> None:
        # A session that was lost is closed already.
        with contextlib.suppress(LostConnectionError), reported():
            self._connection.close()

    # what the installer and the SQL client ask

    def _run(self, text: str) -> None:
        with reported(text), self._connection.cursor() as cursor:
            cursor.execute(text)

    def _select(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with reported(text), self._connection.cursor() as cursor:
            cursor.arraysize = _FETCH
            cursor.prefetchrows = _FETCH + 1
            cursor.execute(text, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def describe(self, name: str) -> Description | None:
        return dictionary.describe(self._select, name, self._settings.owner, self._vector_type)

    def _vector_type(self, owner: str, table: str, column: str) -> str:
        """VECTOR with its dimensions and format, which only a query's description tells in every release."""
        text = f'select "{column}" from "{owner}"."{table}" where 1 = 0'  # noqa: S608
        with reported(text), self._connection.cursor() as cursor:
            cursor.execute(text)
            found = cursor.description[0]
        form = found.vector_format.name if found.vector_format is not None else "*"
        return f"VECTOR({found.vector_dimensions or '*'}, {form}{', SPARSE' if found.vector_is_sparse else ''})"

    def compile_errors(self, kind: str = "", name: str = "") -> list[CompileError]:
        return dictionary.compile_errors(self._select, self._settings.owner, kind, name)

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
        # Of the product alone, by the names of its files: what else is in the schema is its owner's business.
        own = {path.stem.upper() for path in DB_DIRECTORY.glob("*/*")}
        return [
            Invalid(name, kind, self._unit_errors(name, kind))
            for name, kind in self._select(
                "select object_name, object_type from all_objects where owner = :owner and status = 'INVALID'"
                "   and object_type in ('PACKAGE', 'PACKAGE BODY', 'VIEW') order by object_type, object_name",
                owner=self._settings.owner,
            )
            if name in own
        ]

    def _unit_errors(self, name: str, kind: str, first_line: int = 1) -> tuple[str, ...]:
        """The compiler's errors in a unit that begins at `first_line` of its file."""
        return tuple(
            f"line {error.line + first_line - 1}, column {error.column}: {error.text}"
            for error in self.compile_errors(kind, name)
        )

    def _compiled_with_errors(self, text: str, line: int, cursor: oracledb.Cursor) -> Invalid | None:
        """The unit that the statement created, where the driver warns that it does not compile."""
        if not getattr(cursor, "warning", None):
            return None
        kind, name = unit_of(text)
        return Invalid(name, kind, self._unit_errors(name, kind, line))

    def recompile(self) -> list[Invalid]:
        for item in self.invalid():
            target, _, body = item.kind.partition(" ")
            # Success with errors is a warning of the driver; what stays invalid is read below.
            self._run(f'alter {target.lower()} "{item.name}" compile {body.lower()}'.rstrip())
        return self.invalid()


def _text_type(values: Sequence[Any]) -> tuple[Any, int]:
    """The type that texts are bound by, and its size in characters: 32,767 bytes is what VARCHAR2 holds in PL/SQL."""
    texts = [value for value in values if isinstance(value, str)]
    longest = max(map(len, texts), default=0)
    if longest * 4 > _TEXT_SIZES[-1] and max(len(text.encode()) for text in texts) > _TEXT_SIZES[-1]:
        return oracledb.DB_TYPE_CLOB, 0
    return oracledb.DB_TYPE_VARCHAR, next(size for size in _TEXT_SIZES if longest <= size)


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
