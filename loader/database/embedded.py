"""The embedded PostgreSQL as a database that speaks Oracle SQL and PL/SQL."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.adapt import Loader
from psycopg.rows import TupleRow
from psycopg.types import TypeInfo
from psycopg.types.json import set_json_loads
from psycopg.types.numeric import FloatLoader, NumericBinaryLoader

from engine.check import check
from engine.errors import SourceError
from engine.parser import parse
from engine.words import capitals, fold
from loader.database import dictionary
from loader.database.base import (
    Bind,
    CompileError,
    Database,
    DatabaseError,
    Description,
    Invalid,
    Json,
    Output,
    Result,
)
from loader.embedded import functions, installed, server, sessions
from loader.embedded.bound import BoundVariable, bound_variables
from loader.embedded.catalog import Catalog, Package, Routine
from loader.embedded.fragment import Rendered
from loader.embedded.installed import InstalledCatalogue
from loader.embedded.names import PRIVATE_MARK, heading, is_short, shown_in, stored_name
from loader.embedded.problems import full_disk, log_size, ran_full, tells_of_full_disk
from loader.embedded.translate import Translation, translate
from loader.embedded.vector_errors import oracle_error

_EMBEDDED = Path(__file__).resolve().parent.parent / "embedded"
# What the translated text calls, and the data dictionary over it.
_RUNTIME = (_EMBEDDED / "compatibility.sql", _EMBEDDED / "dictionary.sql")
_SEARCH_PATH = "app, ora, public, pg_catalog"
_OUTPUT_STATE = "OUTLN"
_COMMIT_STATE = "COMIT"
_NAME = r'(?:"(?:[^"]|"")+"|[^\s".(]+)'
_FRAME = re.compile(
    rf"^PL/pgSQL function (?:(?P<schema>{_NAME})\.)?(?P<name>{_NAME})(?:\(.*\))? line (?P<line>\d+) at ", re.MULTILINE
)
_FETCH = 1000
# PostgreSQL's classes of errors that say that a value can not be kept: of its data, and of its limits.
_REFUSING = ("22", "54")
_KEY_TOO_LONG = re.compile(r"index row size \d+ exceeds btree version \d+ maximum (\d+)")
# The owner of everything, as the dictionary and SYS_CONTEXT name it.
_SCHEMA = "APP"
# Oracle's names of PostgreSQL's types in a query's result; any other is shown as text.
_TYPE_NAMES = {
    "int4": "NUMBER",
    "int8": "NUMBER",
    "numeric": "NUMBER",
    "float4": "BINARY_FLOAT",
    "float8": "BINARY_DOUBLE",
    "bool": "BOOLEAN",
    "jsonb": "JSON",
    "bytea": "RAW",
    "interval": "INTERVAL DAY TO SECOND",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "vector": "VECTOR",
    "float64_vector": "VECTOR",
    "refcursor": "REFCURSOR",
}
# psycopg warns of the rest of a pipeline whose error is raised anyway.
logging.getLogger("psycopg").setLevel(logging.ERROR)

# PostgreSQL's errors that a user knows by Oracle's number.
_CODES = {
    "P0002": 1403,
    "P0003": 1422,
    "23505": 1,
    "22012": 1476,
    "42P01": 942,
    "42703": 904,
    "23502": 1400,
    "23503": 2291,
    "23514": 2290,
    "22001": 12899,
    "40P01": 60,
    "21000": 1427,
    "ORLAG": 1489,
    "ORIDN": 30673,
} | {state: -number for number, state in functions.ERRORS.items()}
_SHOWN = {
    "P0002": "ORA-01403: no data found",
    "P0003": "ORA-01422: exact fetch returns more than requested number of rows",
    "22012": "ORA-01476: divisor is equal to zero",
}
# What PostgreSQL says where the disk is full, and Oracle where a tablespace is.
_DISK_FULL, _NO_ROOM = "53100", 1653
_LOST = (
    "ORA-03113: the embedded server ended the session, or was stopped or killed; what was committed stays: "
    "run this again"
)


class EmbeddedDatabase(Database):
    """A session on the embedded database in `directory`, which is made when it is first used."""

    transactional_ddl = True
    # pgvector's own limits of its type vector.
    largest_vector = 16_000
    largest_indexed_vector = 2_000

    def __init__(self, directory: Path, uri: str | None = None) -> None:
        self.directory = directory
        self._output: Output | None = None
        self._commit_noted = False
        self._catalog: Catalog | None = None
        self._installed: InstalledCatalogue | None = None
        # The names met that PostgreSQL knows by a short form, by that form.
        self._long_names: dict[str, str] = {}
        # `uri` is of a session that has the server running and the database made.
        first = uri is None
        try:
            uri = uri or server.connection_string(directory)
            self._uri = uri
            self._log_begin = log_size(directory)
            if first:
                self._ensure_database(uri)
            self._connection = self._open(uri)
            if first:
                self._ensure_compatibility()
            self._register_types()
        except (server.ServerError, psycopg.Error) as error:
            if tells_of_full_disk(str(error)):
                raise DatabaseError(full_disk(directory)) from error
            if isinstance(error, server.ServerError):
                raise DatabaseError(str(error)) from error
            reason = " ".join(str(error).split())
            raise DatabaseError(f"the embedded database in {directory} can not be opened: {reason}") from error
        version = self._connection.info.server_version
        self.description = f"embedded PostgreSQL {version // 10000}.{version % 10000} in {directory}"
        self.fingerprint = _fingerprint()

    # opening

    @staticmethod
    def _ensure_database(uri: str) -> None:
        # C.UTF-8: strings sort by code point, as Oracle's default does, and case folding is Unicode's.
        with sessions.connect(uri, autocommit=True) as connection:
            row = connection.execute("select 1 from pg_database where datname = %s", [server.DATABASE]).fetchone()
            if row is None:
                # Another process may be quicker.
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(
                        f"create database {server.DATABASE} template template0 encoding 'UTF8' "
                        "locale_provider builtin builtin_locale 'C.UTF-8'"
                    )

    def _open(self, uri: str) -> psycopg.Connection[TupleRow]:
        connection = sessions.connect(
            uri,
            dbname=server.DATABASE,
            options=f"-c search_path={_SEARCH_PATH.replace(' ', '')}",
            application_name="loader",
        )
        connection.add_notice_handler(self._notice)
        set_json_loads(lambda text: text if isinstance(text, str) else text.decode(), connection)
        connection.adapters.register_loader("numeric", _DecimalLoader)
        connection.adapters.register_loader("numeric", _DecimalBinaryLoader)
        return connection

    def _ensure_compatibility(self) -> None:
        text = "\n".join(path.read_text(encoding="utf-8") for path in _RUNTIME)
        digest = hashlib.sha256(text.encode()).hexdigest()
        connection = self._connection
        connection.execute("select pg_advisory_xact_lock(20230423)")
        current = connection.execute(
            "select description from pg_namespace n join pg_description d on d.objoid = n.oid where nspname = 'ora'"
        ).fetchone()
        if current != (digest,):
            connection.execute("set local client_min_messages = warning")
            connection.execute(cast(Any, text), prepare=False)
            connection.execute(sql.SQL("comment on schema ora is {}").format(digest))
        connection.commit()

    def _register_types(self) -> None:
        connection = self._connection
        register_vector(connection)
        vector = TypeInfo.fetch(connection, "vector")
        if vector is not None:
            connection.adapters.register_loader(vector.oid, _VectorLoader)
            connection.adapters.register_loader(vector.oid, _VectorBinaryLoader)
        wide = TypeInfo.fetch(connection, "ora.float64_vector")
        if wide is not None:
            connection.adapters.register_loader(wide.oid, _Float64VectorLoader)
            connection.adapters.register_loader(wide.oid, _Float64VectorBinaryLoader)
        connection.commit()

    def another(self) -> EmbeddedDatabase:
        return EmbeddedDatabase(self.directory, self._uri)

    # output and errors

    def _notice(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.sqlstate == _OUTPUT_STATE and self._output is not None:
            self._output(diagnostic.message_primary or "")
        elif diagnostic.sqlstate == _COMMIT_STATE:
            self._commit_noted = True

    def _error(
        self, error: psycopg.Error, rendered: Rendered | None = None, source: str | None = None
    ) -> DatabaseError:
        diagnostic = error.diag
        state = diagnostic.sqlstate or ""
        closed = self._connection.closed
        if state == _DISK_FULL or (closed and ran_full(self.directory, self._log_begin)):
            return DatabaseError(f"ORA-{_NO_ROOM:05d}: {full_disk(self.directory)}", code=_NO_ROOM)
        if closed:
            return DatabaseError(_LOST, code=3113)
        message = _SHOWN.get(state) or diagnostic.message_primary or str(error)
        code = _CODES.get(state)
        if state.startswith("OR") and state[2:].isdigit():
            code = 20000 + int(state[2:])
        elif found := oracle_error(message):
            code, message = found
        elif key := _KEY_TOO_LONG.match(message):
            code, message = 1450, f"ORA-01450: maximum key length ({key[1]}) exceeded"
        elif code is not None and not message.startswith("ORA-"):
            message = f"ORA-{code:05d}: {message}"
        if diagnostic.message_detail and state in ("23505", "23503"):
            message += f" ({diagnostic.message_detail})"
        message = shown_in(message, self._long_names)
        place: tuple[int, int] | None = None
        line: int | None = None
        column: int | None = None
        trace: list[str] = []
        where = source
        if diagnostic.statement_position and rendered is not None:
            place = rendered.place(int(diagnostic.statement_position) - 1)
            if place:
                line, column = place
        for frame in _FRAME.finditer(diagnostic.context or ""):
            file, number, label = self._frame(frame["schema"], frame["name"], int(frame["line"]), rendered, source)
            if number is None:
                continue  # a function of the engine's own
            if line is None:
                where, line = file, number
            else:
                trace.append(f"at {label}, {file + ':' if file else 'line '}{number}")
        refused = state.startswith(_REFUSING) or isinstance(error, psycopg.DataError)
        return DatabaseError(message, code=code, refused=refused, source=where, line=line, column=column, trace=trace)

    def _frame(
        self, schema: str | None, name: str, line: int, rendered: Rendered | None, source: str | None
    ) -> tuple[str | None, int | None, str]:
        """The file and line of a line inside a PL/pgSQL body."""
        if name == "inline_code_block":
            return source, (rendered.first_line + line - 1 if rendered else line), "the block"
        schema, routine = _unquoted(schema or ""), _unquoted(name)
        shown = self._shown(routine).removesuffix(PRIVATE_MARK)
        label = f"{self._shown(schema)}.{shown}" if schema else shown
        row = self._lookup(
            "select file, line_offset from ora.source where schema_name = %s and routine = %s",
            [schema or "app", routine],
        )
        if row is None:
            return None, None, label
        return row[0] or None, row[1] + line, capitals(label)

    def _shown(self, stored: str) -> str:
        """The name that PostgreSQL knows as `stored`."""
        if is_short(stored) and stored not in self._long_names:
            row = self._lookup("select ora.full_name(%s)", [stored])
            self._long_names[stored] = row[0] if row else stored
        return self._long_names.get(stored, stored)

    def _lookup(self, query: str, parameters: list[str]) -> TupleRow | None:
        """Read in a session of its own: the present one may be in a failed transaction."""
        try:
            with sessions.connect(self._uri, dbname=server.DATABASE) as connection:
                return connection.execute(cast(Any, query), parameters).fetchone()
        except (psycopg.Error, server.ServerError):
            return None

    # what exists

    def _read_catalog(self) -> Catalog:
        catalog = Catalog()
        execute = self._connection.execute
        for short, name in execute("select short, name from ora.long_name"):
            self._long_names[short] = name
        for name, definition in execute("select ora.full_name(name), definition::text from ora.package"):
            value = json.loads(definition)
            catalog.packages[name] = Package.from_json(name, value)
            catalog.rights[name] = value.get("rights", "security definer")
        for (definition,) in execute("select definition::text from ora.routine"):
            value = {"routines": [json.loads(definition)], "constants": {}, "exceptions": {}}
            catalog.routines.append(Package.from_json("", value).routines[0])
        for table, column, kind, relation in execute(
            "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), c.relkind::text"
            "  from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v')"
            "   and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum"
        ):
            table = self._shown(table)
            catalog.columns.setdefault(table, {})[self._shown(column)] = kind
            if relation == "v":
                catalog.views.add(table)
        for (view,) in execute("select ora.full_name(name) from ora.unmerged_view"):
            if view in catalog.views:
                catalog.unmerged.add(view)
        for table, column in execute(
            "select ora.full_name(table_name), ora.full_name(column_name) from ora.invisible_column"
        ):
            if column in catalog.columns.get(table, {}):
                catalog.invisible.setdefault(table, set()).add(column)
        return catalog

    @property
    def catalog(self) -> Catalog:
        """What the translator must know of the objects there are."""
        if self._catalog is None:
            with self._explained():
                self._catalog = self._read_catalog()
        return self._catalog

    @property
    def installed(self) -> InstalledCatalogue:
        """What the checker asks of the objects there are."""
        if self._installed is None:
            known = self.catalog
            with self._explained():
                sequences = self._connection.execute(
                    "select ora.full_name(relname) from pg_class where relnamespace = 'app'::regnamespace"
                    " and relkind = 'S'"
                ).fetchall()
            schema = self._connection.info.user.upper()
            self._installed = InstalledCatalogue(schema, known, (name for (name,) in sequences), self._specification)
        return self._installed

    def _specification(self, name: str) -> str | None:
        with self._explained():
            row = self._connection.execute("select text from ora.specification where name = %s", [name]).fetchone()
        return row[0] if row else None

    def _forget_catalog(self) -> None:
        self._catalog = None
        self._installed = None

    def _routine(self, name: str) -> Routine:
        package_name, _, member = name.partition(".")
        package = self.catalog.packages.get(package_name)
        routines = package.find(member) if package else []
        if len(routines) != 1:
            raise DatabaseError(
                f"{name} is not installed: run `python -m loader install` (or `make install-db`) first", code=6550
            )
        return routines[0]

    # calls

    def _arguments(self, routine: Routine, parameters: Mapping[str, Any]) -> sql.Composed:
        types = {parameter.name: parameter.type for parameter in routine.parameters}
        unknown = set(parameters) - set(types)
        if unknown:
            raise DatabaseError(f"{routine.name} has no parameter {', '.join(sorted(unknown))}")
        return sql.SQL(", ").join(
            sql.SQL("{} => {}::{}").format(
                sql.Identifier(stored_name(name)),
                sql.Placeholder(name, format="b" if types[name].startswith("vector") else "s"),
                sql.SQL(cast(Any, types[name])),
            )
            for name in parameters
        )

    @staticmethod
    def _bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _bind(value) for name, value in parameters.items()}

    def _name(self, routine: str) -> sql.Identifier:
        return sql.Identifier(*map(stored_name, routine.split(".")))

    def call(self, routine: str, **parameters: Any) -> None:
        self._check_space()
        arguments = self._arguments(self._routine(routine), parameters)
        query = sql.SQL("call {}({})").format(self._name(routine), arguments)
        self._run(query, self._bound(parameters))

    def call_many(self, routine: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        self._check_space()
        arguments = self._arguments(self._routine(routine), rows[0])
        query = sql.SQL("call {}({})").format(self._name(routine), arguments)
        with self._undone_alone(), self._connection.cursor() as cursor:
            cursor.executemany(query, [self._bound(row) for row in rows])
        self._commit_if_noted()

    def _check_space(self) -> None:
        """Refuse to write to a disk that is nearly full: PostgreSQL would stop in the middle of it."""
        try:
            server.check_space(self.directory)
        except server.ServerError as error:
            raise DatabaseError(str(error)) from error

    def value(self, routine: str, **parameters: Any) -> Any:
        arguments = self._arguments(self._routine(routine), parameters)
        query = sql.SQL("select {}({})").format(self._name(routine), arguments)
        row = self._run(query, self._bound(parameters)).fetchone()
        return row[0] if row else None

    def rows(self, routine: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        cursor_name = self.value(routine, **parameters)
        fetch = sql.SQL("fetch {} from {}").format(sql.Literal(_FETCH), sql.Identifier(cursor_name))
        while batch := self._run(fetch, {}, binary=True).fetchall():
            yield from batch
        self._run(sql.SQL("close {}").format(sql.Identifier(cursor_name)), {})

    def some_rows(self, count: int, routine: str, **parameters: Any) -> list[tuple[Any, ...]]:
        cursor = sql.Identifier(self.value(routine, **parameters))
        fetch = sql.SQL("fetch {} from {}").format(sql.Literal(count), cursor)
        rows = self._run(fetch, {}, binary=True).fetchall()
        self._run(sql.SQL("close {}").format(cursor), {})
        return rows

    def _run(
        self, query: sql.Composed, parameters: dict[str, Any], *, binary: bool = False
    ) -> psycopg.Cursor[TupleRow]:
        with self._undone_alone():
            cursor = self._connection.execute(query, parameters, binary=binary)
        self._commit_if_noted()
        return cursor

    def _commit_if_noted(self) -> None:
        """Do the COMMIT that a procedure asked for; PostgreSQL can not do it inside one that runs in a transaction."""
        if self._commit_noted:
            self.commit()

    @contextlib.contextmanager
    def _undone_alone(self) -> Iterator[None]:
        """A call that fails undoes itself and leaves what the transaction did before, as on Oracle."""
        try:
            self._connection.execute("savepoint statement")
            yield
            self._connection.execute("release savepoint statement")
        except psycopg.Error as error:
            failure = self._error(error)
            self._undo_statement()
            raise failure from error
        except UnicodeEncodeError as error:
            self._connection.execute("rollback to savepoint statement")
            raise DatabaseError(f"a text can not be sent: {error}", refused=True) from error
        except KeyboardInterrupt:
            self._undo_statement()
            raise

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
        bound = bound_variables(binds or {})
        try:
            specified = self._check(text, source, line)
            translation = translate(text, self.catalog, source, line, bound)
        except SourceError as error:
            raise DatabaseError(
                error.message, code=error.code, source=error.source, line=error.line, column=error.column
            ) from error
        if specified is not None:
            keep = sql.SQL("select ora.keep_specification({}, {})").format(specified, text)
            translation.after.append(keep.as_string(self._connection))
        self._output = output
        self._long_names |= translation.long_names
        try:
            result = self._execute(translation, source)
            if binds and translation.block:
                self._take_values(binds, bound)
            return result
        finally:
            self._output = None

    def _check(self, text: str, source: str | None, line: int) -> str | None:
        """Raise what Oracle's compiler would say of a statement; the object's name where it is a specification.

        What the parser does not read, the translator judges alone.
        """
        if not installed.may_check(text):
            return None
        try:
            statement = parse(text, source, line)
        except SourceError:
            return None
        complaints = check(statement, self.installed)
        if complaints:
            raise complaints[0].error(source)
        return installed.specified(statement)

    def _take_values(self, binds: Mapping[str, Bind], bound: Mapping[str, BoundVariable]) -> None:
        """Give the bind variables what the block has left in them."""
        settings = [variable.setting for variable in bound.values()]
        query = (
            "select nullif(current_setting(s, true), '') from unnest(%s::text[]) with ordinality as t (s, n) order by n"
        )
        with self._explained():
            rows = self._connection.execute(query, [settings]).fetchall()
        for bind, (text,) in zip(binds.values(), rows, strict=True):
            bind.value = text if text is None else _FROM_TEXT.get(bind.type, str)(text)

    def cursor(self, value: Any) -> Result:
        fetch = sql.SQL("fetch {} from {}").format(sql.Literal(_FETCH), sql.Identifier(value))
        try:
            first = self._run(fetch, {})
        except DatabaseError as error:
            # A cursor ends with its transaction.
            raise DatabaseError(
                "ORA-01001: invalid cursor; it is closed, or was by COMMIT or ROLLBACK", code=1001
            ) from error
        result = self._queried(first)

        def rows() -> Iterator[tuple[Any, ...]]:
            batch = first.fetchall()
            while batch:
                yield from batch
                batch = self._run(fetch, {}).fetchall()
            self._run(sql.SQL("close {}").format(sql.Identifier(value)), {})

        result.rows = rows()
        return result

    def _type_name(self, oid: int) -> str:
        known = self._connection.adapters.types.get(oid)
        return _TYPE_NAMES.get(known.name.rpartition(".")[2] if known else "", "VARCHAR2")

    def _queried(self, cursor: psycopg.Cursor[TupleRow]) -> Result:
        described = cursor.description or []
        return Result(
            columns=[heading(self._shown(column.name)) for column in described],
            types=[self._type_name(column.type_code) for column in described],
            rows=iter(cursor),
            row_count=max(cursor.rowcount, 0),
        )

    def _execute(self, translation: Translation, source: str | None) -> Result:
        try:
            cursor = self._attempt(translation, translation.main, source)
        except _RetryError:
            cursor = self._attempt(translation, translation.retry, source)
        if translation.ddl:
            self._forget_catalog()
        if translation.transaction == "commit" or self._commit_noted:
            self.commit()
        elif translation.transaction == "rollback":
            self.rollback()
        count = max(cursor.rowcount, 0) if cursor is not None else 0
        if translation.query and cursor is not None and cursor.description is not None:
            return self._queried(cursor)
        rows = f"{count} row" if count == 1 else f"{count} rows"
        return Result(message=translation.done.replace("{count}", rows), row_count=count)

    def _attempt(
        self, translation: Translation, main: list[Rendered], source: str | None
    ) -> psycopg.Cursor[TupleRow] | None:
        connection = self._connection
        rendered: Rendered | None = None
        cursor: psycopg.Cursor[TupleRow] | None = None
        try:
            connection.execute("savepoint statement")
            for statement in translation.before:
                connection.execute(cast(Any, statement), prepare=False)
            for rendered in main:
                cursor = connection.execute(cast(Any, rendered.text), prepare=False)
            for statement in translation.after:
                connection.execute(cast(Any, statement), prepare=False)
            connection.execute("release savepoint statement")
            return cursor
        except psycopg.Error as error:
            failure = self._error(error, rendered, source)
            self._undo_statement()
            if isinstance(error, psycopg.errors.InvalidTableDefinition) and translation.retry not in (main, []):
                raise _RetryError from error
            raise failure from error
        except KeyboardInterrupt:
            self._undo_statement()
            raise

    def _undo_statement(self) -> None:
        self._commit_noted = False
        if self._connection.closed:
            return
        if self._connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            with contextlib.suppress(psycopg.OperationalError):  # a session that was lost undid everything
                self._connection.execute("rollback to savepoint statement")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._error(error) from error

    def begin_snapshot(self) -> None:
        self.rollback()
        with self._explained():
            self._connection.execute("set transaction isolation level repeatable read, read only")

    def commit(self) -> None:
        self._commit_noted = False
        with self._explained():
            self._connection.commit()

    def rollback(self) -> None:
        with contextlib.suppress(psycopg.OperationalError):  # a session that was lost undid everything
            self._connection.rollback()
        self._forget_catalog()

    def close(self) -> None:
        self._connection.close()

    # what the installer and the SQL client ask

    def _select(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        binds = {name: Bind("VARCHAR2", value=value) for name, value in parameters.items()}
        return list(self.execute(text, binds=binds).rows)

    def describe(self, name: str) -> Description | None:
        return dictionary.describe(self._select, name, _SCHEMA, self._vector_type)

    def compile_errors(self, kind: str = "", name: str = "") -> list[CompileError]:
        return dictionary.compile_errors(self._select, _SCHEMA, kind, name)

    def _vector_type(self, _owner: str, table: str, column: str) -> str:
        """VECTOR with its dimensions; every stored vector is FLOAT32."""
        with self._explained():
            row = self._connection.execute(
                "select nullif(atttypmod, -1) from pg_attribute"
                " where attrelid = to_regclass('app.' || quote_ident(%s)) and attname = %s",
                [stored_name(fold(table)), stored_name(fold(column))],
            ).fetchone()
        return f"VECTOR({(row and row[0]) or '*'}, FLOAT32)"

    def missing_prerequisites(self) -> list[str]:
        return []

    def recompile(self) -> list[Invalid]:
        return self.invalid()

    def invalid(self) -> list[Invalid]:
        """Packages whose declared routines have no body, and views beneath which something was dropped."""
        with self._explained():
            rows = self._connection.execute(
                "select ora.full_name(p.name), r ->> 'name'"
                "  from ora.package p, jsonb_array_elements(p.definition -> 'routines') r"
                " where not exists (select 1 from pg_proc f where f.pronamespace = to_regnamespace(quote_ident(p.name))"
                "                      and f.proname in (ora.stored_name(r ->> 'name'),"
                "                                        ora.stored_name((r ->> 'name') || %s))"
                "                      and f.prosrc not like '%%ORA-04067%%')",
                [PRIVATE_MARK],
            ).fetchall()
            views = self._connection.execute(
                "select ora.full_name(name) from ora.invalid_view order by name"
            ).fetchall()
        return [
            Invalid(capitals(package), "PACKAGE BODY", (f"{capitals(routine)} is declared and has no body",))
            for package, routine in rows
        ] + [Invalid(capitals(view), "VIEW", ("something that it needs was dropped",)) for (view,) in views]


class _RetryError(Exception):
    """A view can not be replaced in place."""


class _VectorLoader(Loader):
    """A vector as python-oracledb gives it: an array of float32."""

    def load(self, data: Any) -> array[float]:
        return array("f", json.loads(bytes(data)))


class _VectorBinaryLoader(Loader):
    """The same from pgvector's binary form: two 16-bit numbers, then big-endian float32."""

    format = psycopg.pq.Format.BINARY

    def load(self, data: Any) -> array[float]:
        return array("f", np.frombuffer(data, ">f4", offset=4).astype(np.float32).tobytes())


class _Float64VectorLoader(Loader):
    """A vector of FLOAT64, whose text is that of a PostgreSQL array, as an array of float64."""

    def load(self, data: Any) -> array[float]:
        return array("d", json.loads(b"[" + bytes(data)[1:-1] + b"]"))


class _Float64VectorBinaryLoader(_Float64VectorLoader):
    """The same: the type's binary form is its text."""

    format = psycopg.pq.Format.BINARY


class _DecimalBinaryLoader(NumericBinaryLoader):
    """NUMBER as int where it is whole, as Decimal otherwise."""

    def load(self, data: Any) -> Any:
        value = super().load(data)
        return int(value) if value == value.to_integral_value() else value


class _DecimalLoader(FloatLoader):
    """NUMBER as int where it is whole, as Decimal otherwise."""

    def load(self, data: Any) -> Any:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _bind(value: Any) -> Any:
    if isinstance(value, Json):
        return value.text
    if isinstance(value, str):
        return value or None  # '' is NULL
    if isinstance(value, np.ndarray):
        return value.astype(np.float32, copy=False)
    return value


def _number(text: str) -> int | Decimal:
    """A NUMBER of a bind variable, int where it is whole."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


# How a bind variable's value is made of PostgreSQL's text; others stay text.
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "NUMBER": _number,
    "BINARY_FLOAT": float,
    "BINARY_DOUBLE": float,
    "BOOLEAN": "true".__eq__,
}


def _unquoted(name: str) -> str:
    """An identifier without the quotes that PostgreSQL puts around it where it needs them."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _fingerprint() -> str:
    """Changes when the translator does: what it made is then made anew."""
    digest = hashlib.sha256()
    for path in sorted(_EMBEDDED.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
