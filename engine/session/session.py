"""A session on a database of the engine's."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from engine.emit.catalogue import Routine
from engine.emit.names import PRIVATE_MARK, heading, stored_name
from engine.errors import SourceError
from engine.fingerprint import fingerprint
from engine.results import Bind, EngineError, Invalid, Output, Result, Row, UnknownRoutineError
from engine.server import server, sessions
from engine.server.problems import log_size
from engine.session import opening, stored, values
from engine.session.failures import Failures, opening_failure
from engine.session.notices import Notices
from engine.session.shown import LongNames
from engine.session.stored import Stored
from engine.words import capitals

if TYPE_CHECKING:
    from engine.emit.fragment import Rendered
    from engine.emit.translation import Translation
    from engine.session.installed import InstalledCatalogue

# The owner of everything, as the dictionary and SYS_CONTEXT name it.
SCHEMA = "APP"
_FETCH = 1000
# psycopg warns of the rest of a pipeline whose error is raised anyway.
logging.getLogger("psycopg").setLevel(logging.ERROR)


@dataclass(slots=True)
class _Running:
    """The file of a statement that runs, and the text of it that PostgreSQL is at; both may be unknown."""

    source: str | None = None
    rendered: Rendered | None = None


class Session:
    """A session on the database in `directory`, which is made when it is first used. Raises EngineError.

    `database` is PostgreSQL's name of the database, `program` what the server is told who connects. Changes are kept
    by commit only. A call or statement that fails changes nothing, and what the transaction did before it stays.
    """

    def __init__(
        self,
        directory: Path,
        *,
        database: str = "engine",
        program: str = "engine",
        uri: str | None = None,
    ) -> None:
        self.directory = directory
        self._database, self._program = database, program
        self._notices = Notices()
        self._names = LongNames(self._lookup)
        self._stored: Stored | None = None
        self._installed: InstalledCatalogue | None = None
        # The statements that call stored routines.
        self._calls: dict[tuple[str, ...], bytes] = {}
        # Whether this transaction has changed what is stored.
        self._altered = False
        # `uri` is of a session that has the server running and the database made.
        first = uri is None
        try:
            self._uri = uri or server.connection_string(directory)
            self._failures = Failures(
                directory, log_size(directory), self._names, self._lookup, SCHEMA, self._columns_of_type
            )
            if first:
                opening.ensure_database(self._uri, database)
            # PostgreSQL's session, for measurements and tests.
            self.connection = opening.connect(self._uri, database, program)
            self.connection.add_notice_handler(self._notices.hear)
            if first:
                opening.ensure_runtime(self.connection)
            values.register(self.connection)
            self.connection.commit()
        except (server.ServerError, psycopg.Error) as error:
            raise opening_failure(error, directory) from error

    @cached_property
    def fingerprint(self) -> str:
        """What stored units have to be translated again for; see engine.fingerprint."""
        return fingerprint()

    @property
    def description(self) -> str:
        """The server's version and the place of its data."""
        version = self.connection.info.server_version
        return f"embedded PostgreSQL {version // 10000}.{version % 10000} in {self.directory}"

    def another(self) -> Self:
        """A second session on the same database."""
        return type(self)(self.directory, database=self._database, program=self._program, uri=self._uri)

    def _lookup(self, query: str, parameters: list[Any]) -> TupleRow | None:
        """Read in a session of its own: the present one may be in a failed transaction."""
        try:
            with sessions.connect(self._uri, dbname=self._database) as connection:
                return connection.execute(cast(Any, query), parameters).fetchone()
        except (psycopg.Error, server.ServerError):
            return None

    # what exists

    @property
    def stored(self) -> Stored:
        """What there is, as the translation needs it."""
        if self._stored is None:
            with self._explained():
                self._stored = stored.read(self.connection, self._names)
        return self._stored

    @property
    def installed(self) -> InstalledCatalogue:
        """What there is, as the checker asks for it."""
        # The compiler is loaded with the first statement: a process that only calls stored routines needs none of it.
        from engine.session.installed import InstalledCatalogue

        if self._installed is None:
            self._installed = InstalledCatalogue(SCHEMA, self.stored, self._specification, self._view)
        return self._installed

    def _specification(self, name: str) -> str | None:
        with self._explained():
            row = self.connection.execute("select text from ora.specification where name = %s", [name]).fetchone()
        return row[0] if row else None

    def _view(self, name: str) -> str | None:
        """The text of a view's query."""
        with self._explained():
            query = "select text from ora.unit_text where kind = 'VIEW' and name = %s"
            row = self.connection.execute(query, [name]).fetchone()
        return row[0] if row else None

    def _columns_of_type(self, table: str, kind: str) -> list[str]:
        """The columns of a table that have that type, as far as what is stored was read."""
        known = self._stored.catalogue.columns.get(table, {}) if self._stored is not None else {}
        return [column for column, other in known.items() if other.removeprefix("ora.") == kind]

    def _forget_stored(self) -> None:
        self._stored = None
        self._calls.clear()
        self._installed = None

    # calls

    def call(self, routine: str, parameters: Mapping[str, Any]) -> None:
        """Call a stored procedure, package.procedure, by named notation."""
        self._check_space()
        self._run(self._calling("call", routine, parameters), parameters)

    def call_many(self, routine: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Call a stored procedure once for each row, in few round trips."""
        if not rows:
            return
        self._check_space()
        query = self._calling("call", routine, rows[0])
        with self._undone_alone(), self.connection.cursor() as cursor:
            cursor.executemany(query, [_arguments(row) for row in rows])
        self._commit_if_noted()

    def value(self, routine: str, parameters: Mapping[str, Any]) -> Any:
        """What a stored function returns; None for NULL."""
        row = self._run(self._calling("select", routine, parameters), parameters).fetchone()
        return row[0] if row else None

    def rows(self, routine: str, parameters: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of the cursor that a stored function returns."""
        cursor, batch = self._first_rows(_FETCH, routine, parameters)
        yield from batch
        while cursor is not None:
            batch = self._run(_fetching(_FETCH, cursor), binary=True).fetchall()
            yield from batch
            if len(batch) < _FETCH:
                self._run(_closing(cursor))
                cursor = None

    def some_rows(self, count: int, routine: str, parameters: Mapping[str, Any]) -> list[Row]:
        """The first `count` rows of such a cursor; no more are fetched, nor locked by FOR UPDATE."""
        cursor, rows = self._first_rows(count, routine, parameters)
        if cursor is not None:
            self._run(_closing(cursor))
        return rows

    def _first_rows(
        self, count: int, routine: str, parameters: Mapping[str, Any]
    ) -> tuple[sql.Identifier | None, list[Row]]:
        """The cursor that a stored function returns, and its first rows; None for one that has no more and is closed.

        They are one statement: what fails undoes all of it.
        """
        query = self._calling("select", routine, parameters)
        with self._undone_alone():
            ((name,),) = self.connection.execute(query, _arguments(parameters)).fetchall()
            cursor = sql.Identifier(name)
            rows = self.connection.execute(_fetching(count, cursor), binary=True).fetchall()
            has_ended = len(rows) < count
            if has_ended:
                self.connection.execute(_closing(cursor))
        self._commit_if_noted()
        return None if has_ended else cursor, rows

    def cursor(self, value: Any) -> Result:
        """The rows of an open cursor, the value of a REFCURSOR variable; it is closed after the last."""
        cursor = sql.Identifier(value)
        try:
            first = self._run(_fetching(_FETCH, cursor))
        except EngineError as error:
            # A cursor ends with its transaction.
            raise EngineError(
                "ORA-01001: invalid cursor; it is closed, or was by COMMIT or ROLLBACK", code=1001
            ) from error
        result = self._queried(first)

        def rows() -> Iterator[Row]:
            batch = first.fetchall()
            while batch:
                yield from batch
                batch = self._run(_fetching(_FETCH, cursor)).fetchall()
            self._run(_closing(cursor))

        result.rows = rows()
        return result

    def routine(self, name: str) -> Routine:
        """The one stored routine of that name, package.routine."""
        package_name, _, member = name.partition(".")
        package = self.stored.catalogue.packages.get(package_name)
        routines = package.find(member) if package else []
        if len(routines) != 1:
            raise UnknownRoutineError(f"{name} is not installed", code=6550)
        return routines[0]

    def _calling(self, verb: str, name: str, parameters: Collection[str]) -> bytes | sql.Composed:
        """The statement that calls a stored routine by named notation; kept, as a session calls the same ones again."""
        key = (verb, name, *parameters)
        if key not in self._calls:
            arguments = _placeholders(self.routine(name), parameters)
            composed = sql.SQL(cast(Any, verb) + " {}({})").format(_identifier(name), arguments)
            if self.connection.closed:
                return composed  # names can not be quoted any more: running it says that the session is gone
            self._calls[key] = composed.as_bytes(self.connection)
        return self._calls[key]

    def _check_space(self) -> None:
        """Refuse to write to a disk that is nearly full: PostgreSQL would stop in the middle of it."""
        try:
            server.check_space(self.directory)
        except server.ServerError as error:
            raise EngineError(str(error)) from error

    def _run(
        self, query: bytes | sql.Composed, parameters: Mapping[str, Any] | None = None, *, binary: bool = False
    ) -> psycopg.Cursor[TupleRow]:
        with self._undone_alone():
            cursor = self.connection.execute(query, _arguments(parameters or {}), binary=binary)
        self._commit_if_noted()
        return cursor

    def _commit_if_noted(self) -> None:
        if self._notices.commit_noted:
            self.commit()

    @contextlib.contextmanager
    def _undone_alone(self, running: _Running | None = None) -> Iterator[None]:
        """A call or statement that fails undoes itself and leaves what the transaction did before, as on Oracle."""
        running = running or _Running()
        try:
            self.connection.execute("savepoint statement")
            yield
            self.connection.execute("release savepoint statement")
        except psycopg.Error as error:
            failure = self._failure(error, running)
            self._undo_statement()
            raise failure from error
        except UnicodeEncodeError as error:
            self.connection.execute("rollback to savepoint statement")
            raise EngineError(f"a text can not be sent: {error}", refused=True) from error
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
        """Run one Oracle SQL statement or PL/SQL block that stands at `line` of `source`.

        `output` receives the lines of DBMS_OUTPUT. `binds` are the bind variables of the text, by their names in
        lower case; a block leaves its values in them.
        """
        from engine.session import compiling

        try:
            translation = compiling.compiled(text, self.stored.catalogue, self.installed, source, line, binds)
        except SourceError as error:
            raise EngineError(
                error.message, code=error.code, source=error.source, line=error.line, column=error.column
            ) from error
        self._names.learn(translation.long_names)
        self._notices.output = output
        try:
            result = self._execute(translation, source)
            if binds and translation.block:
                with self._explained():
                    values.take_values(self.connection, binds)
            return result
        finally:
            self._notices.output = None

    def _queried(self, cursor: psycopg.Cursor[TupleRow]) -> Result:
        described = cursor.description or []
        return Result(
            columns=[heading(self._names.full(column.name)) for column in described],
            types=[values.type_name(self.connection, column.type_code) for column in described],
            rows=iter(cursor),
            row_count=max(cursor.rowcount, 0),
        )

    def _execute(self, translation: Translation, source: str | None) -> Result:
        if translation.ends_transactions:
            cursor = self._run_outside(translation, source)
        else:
            try:
                cursor = self._attempt(translation, translation.main, source)
            except EngineError as error:
                # A view can not always be replaced in place.
                if not translation.retry or not isinstance(error.__cause__, psycopg.errors.InvalidTableDefinition):
                    raise
                cursor = self._attempt(translation, translation.retry, source)
        if translation.ddl:
            self._altered = True
            self._forget_stored()
        if translation.transaction == "commit" or self._notices.commit_noted:
            self.commit()
        elif translation.transaction == "rollback":
            self.rollback()
        count = max(cursor.rowcount, 0) if cursor is not None else 0
        if translation.query and cursor is not None and cursor.description is not None:
            return self._queried(cursor)
        rows = f"{count} row" if count == 1 else f"{count} rows"
        return Result(message=translation.done.replace("{count}", rows), row_count=count)

    def _attempt(
        self, translation: Translation, main: Sequence[Rendered], source: str | None
    ) -> psycopg.Cursor[TupleRow] | None:
        running = _Running(source)
        with self._undone_alone(running):
            return self._run_all(translation.before, main, translation.after, running)

    def _run_all(
        self, before: Sequence[str], main: Sequence[Rendered], after: Sequence[str], running: _Running
    ) -> psycopg.Cursor[TupleRow] | None:
        """Run what a statement was translated to, one after the other; the last result of its own text."""
        cursor: psycopg.Cursor[TupleRow] | None = None
        for statement in before:
            self.connection.execute(cast(Any, statement), prepare=False)
        for running.rendered in main:
            cursor = self.connection.execute(cast(Any, running.rendered.text), prepare=False)
        for statement in after:
            self.connection.execute(cast(Any, statement), prepare=False)
        return cursor

    def _run_outside(self, translation: Translation, source: str | None) -> psycopg.Cursor[TupleRow] | None:
        """Run a block that ends transactions outside one, where alone PostgreSQL does so."""
        with self._explained():
            row = self.connection.execute("select pg_current_xact_id_if_assigned() is not null").fetchone()
        if row and row[0]:
            raise EngineError(
                "the embedded engine does not run COMMIT and ROLLBACK in a block while earlier changes are pending; "
                "commit or roll back before it"
            )
        self.commit()
        running = _Running(source)
        self.connection.autocommit = True
        try:
            return self._run_all(translation.before, translation.main, (), running)
        except psycopg.Error as error:
            self._notices.commit_noted = False
            raise self._failure(error, running) from error
        finally:
            if not self.connection.closed:
                self.connection.autocommit = False

    def _undo_statement(self) -> None:
        self._notices.commit_noted = False
        if self.connection.closed:
            return
        if self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            with contextlib.suppress(psycopg.OperationalError):  # a session that was lost undid everything
                self.connection.execute("rollback to savepoint statement")
                self._keep_variables()

    def _keep_variables(self) -> None:
        """Give the packages' variables their values back, which PostgreSQL has undone."""
        for setting, value in self._notices.variables.items():
            self.connection.execute("select set_config(%s, %s, false)", [setting, value])

    def _failure(self, error: psycopg.Error, running: _Running) -> EngineError:
        lost = self.connection.closed
        return self._failures.explain(error, lost=lost, rendered=running.rendered, source=running.source)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._failure(error, _Running()) from error

    # transactions

    def begin_snapshot(self, *, read_only: bool = True) -> None:
        """Begin a transaction that sees this one moment and its own changes; by default it can change nothing."""
        self.rollback()
        mode = "read only" if read_only else "read write"
        with self._explained():
            self.connection.execute(f"set transaction isolation level repeatable read, {mode}")

    def commit(self, *, wait: bool = True) -> None:
        """Keep the changes; without `wait`, as COMMIT WRITE NOWAIT does, they need not be on disk yet.

        The server writes them within a second. Where it crashes before that, they are undone as a whole.
        """
        self._notices.commit_noted = False
        with self._explained():
            if not wait:
                self.connection.execute("set local synchronous_commit = off")
            self.connection.commit()
        self._altered = False

    def rollback(self) -> None:
        """Undo the changes since the last commit."""
        with contextlib.suppress(psycopg.OperationalError):  # a session that was lost undid everything
            self.connection.rollback()
            if self._notices.variables:
                self._keep_variables()
                self.connection.commit()
        if self._altered:
            self._altered = False
            self._forget_stored()

    def close(self) -> None:
        """End the session; what was not committed is undone."""
        self.connection.close()

    # what is stored, for people

    def vector_type(self, table: str, column: str) -> str:
        """VECTOR with its dimensions; every stored vector is FLOAT32."""
        with self._explained():
            row = self.connection.execute(
                "select nullif(atttypmod, -1) from pg_attribute"
                " where attrelid = to_regclass('app.' || quote_ident(ora.stored_name(%s)))"
                "   and attname = ora.stored_name(%s)",
                [table, column],
            ).fetchone()
        return f"VECTOR({(row and row[0]) or '*'}, FLOAT32)"

    def invalid(self) -> list[Invalid]:
        """Packages whose declared routines have no body, and views beneath which something was dropped."""
        with self._explained():
            rows = self.connection.execute(
                "select ora.full_name(p.name), r ->> 'name'"
                "  from ora.package p, jsonb_array_elements(p.definition -> 'routines') r"
                " where not exists (select 1 from pg_proc f where f.pronamespace = to_regnamespace(quote_ident(p.name))"
                "                      and f.proname in (ora.stored_name(r ->> 'name'),"
                "                                        ora.stored_name((r ->> 'name') || %s))"
                "                      and f.prosrc not like '%%ORA-04067%%')",
                [PRIVATE_MARK],
            ).fetchall()
            views = self.connection.execute("select ora.full_name(name) from ora.invalid_view order by name").fetchall()
        return [
            Invalid(capitals(package), "PACKAGE BODY", f"{capitals(routine)} is declared and has no body")
            for package, routine in rows
        ] + [Invalid(capitals(view), "VIEW", "something that it needs was dropped or renamed") for (view,) in views]


def _identifier(routine: str) -> sql.Identifier:
    return sql.Identifier(*map(stored_name, routine.split(".")))


def _placeholders(routine: Routine, names: Collection[str]) -> sql.Composed:
    """The arguments of these names in a call. Raises EngineError where they are not what the routine takes."""
    types = {parameter.name: parameter.type for parameter in routine.parameters}
    unknown = set(names) - set(types)
    if unknown:
        raise EngineError(f"{routine.name} has no parameter {', '.join(sorted(unknown))}")
    missing = [p.name for p in routine.parameters if p.mode == "in" and not p.has_default and p.name not in names]
    if missing:
        raise EngineError(f"{routine.name} needs the parameter {', '.join(missing)}", code=6550)
    return sql.SQL(", ").join(
        sql.SQL("{} => {}::{}").format(
            sql.Identifier(stored_name(name)),
            sql.Placeholder(name, format="b" if types[name].startswith("vector") else "s"),
            sql.SQL(cast(Any, types[name])),
        )
        for name in names
    )


def _fetching(count: int, cursor: sql.Identifier) -> sql.Composed:
    return sql.SQL("fetch {} from {}").format(sql.Literal(count), cursor)


def _closing(cursor: sql.Identifier) -> sql.Composed:
    return sql.SQL("close {}").format(cursor)


def _arguments(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.argument(value) for name, value in parameters.items()}
