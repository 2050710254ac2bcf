"""The embedded engine, a PostgreSQL server that speaks Oracle SQL and PL/SQL, as the loader's database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.session import EngineError, Session, UnknownRoutineError
from engine.words import fold
from loader.database import dictionary, hosting
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

# PostgreSQL's name of the database.
DATABASE = "images"
# The owner of everything.
_SCHEMA = "APP"


class EmbeddedDatabase(Database):
    """A session on the embedded database in `directory`, which is made when it is first used."""

    transactional_ddl = True
    # pgvector's own limits of its type vector.
    largest_vector = 16_000
    largest_indexed_vector = 2_000

    def __init__(self, directory: Path, session: Session | None = None) -> None:
        self.directory = directory
        with _told():
            self.session = session or Session(directory, database=DATABASE, program="loader")
        self.description = self.session.description

    @property
    def fingerprint(self) -> str:
        """Changes with what stored units are translated by."""
        return self.session.fingerprint

    def another(self) -> EmbeddedDatabase:
        with _told():
            return EmbeddedDatabase(self.directory, self.session.another())

    # calls

    def call(self, routine: str, **parameters: Any) -> None:
        with _told():
            self.session.call(routine, _plain(parameters))

    def call_many(self, routine: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with _told():
            self.session.call_many(routine, [_plain(row) for row in rows])

    def value(self, routine: str, **parameters: Any) -> Any:
        with _told():
            return self.session.value(routine, _plain(parameters))

    def rows(self, routine: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        return _rows(self.session.rows(routine, _plain(parameters)))

    def some_rows(self, count: int, routine: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with _told():
            return self.session.some_rows(count, routine, _plain(parameters))

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
        with _told():
            result = self.session.execute(text, source=source, line=line, output=output, binds=binds)
        return Result(result.message, result.columns, result.types, _rows(result.rows), result.row_count)

    def cursor(self, value: Any) -> Result:
        with _told():
            result = self.session.cursor(value)
        return Result(result.message, result.columns, result.types, _rows(result.rows), result.row_count)

    def begin_snapshot(self, *, read_only: bool = True) -> None:
        with _told():
            self.session.begin_snapshot(read_only=read_only)

    def commit(self, *, wait: bool = True) -> None:
        with _told():
            self.session.commit(wait=wait)

    def rollback(self) -> None:
        with _told():
            self.session.rollback()

    def close(self) -> None:
        self.session.close()

    # what the installer and the SQL client ask

    def _select(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        binds = {name: Bind("VARCHAR2", value=value) for name, value in parameters.items()}
        return list(self.execute(text, binds=binds).rows)

    def describe(self, name: str) -> Description | None:
        return dictionary.describe(self._select, name, _SCHEMA, self._vector_type)

    def compile_errors(self, kind: str = "", name: str = "") -> list[CompileError]:
        return dictionary.compile_errors(self._select, _SCHEMA, kind, name)

    def _vector_type(self, _owner: str, table: str, column: str) -> str:
        with _told():
            return self.session.vector_type(fold(table), fold(column))

    def missing_prerequisites(self) -> list[str]:
        return []

    def recompile(self) -> list[Invalid]:
        return self.invalid()

    def invalid(self) -> list[Invalid]:
        with _told():
            return [Invalid(found.name, found.kind, (found.reason,)) for found in self.session.invalid()]


@contextmanager
def _told() -> Iterator[None]:
    """Raise the engine's errors as the loader's."""
    try:
        with hosting.told():
            yield
    except EngineError as error:
        message = error.message
        if isinstance(error, UnknownRoutineError):
            message += ": run `python -m loader install` (or `make install-db`) first"
        raise DatabaseError(
            message,
            code=error.code,
            refused=error.refused,
            source=error.source,
            line=error.line,
            column=error.column,
            trace=error.trace,
        ) from error


def _rows(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    with _told():
        yield from rows


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with the text of what is JSON."""
    return {name: value.text if isinstance(value, Json) else value for name, value in parameters.items()}
