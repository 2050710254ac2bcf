"""What PostgreSQL's errors mean to people: Oracle's number and text, and the place in the Oracle source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from engine.emit.names import PRIVATE_MARK, local_place
from engine.results import EngineError
from engine.server.problems import full_disk, ran_full, tells_of_full_disk
from engine.session.shown import LongNames, Lookup
from engine.session.telling import ColumnsOfType, Told
from engine.words import capitals

if TYPE_CHECKING:
    from engine.emit.fragment import Rendered

_NAME = r'(?:"(?:[^"]|"")+"|[^\s".(]+)'
_FRAME = re.compile(
    rf"^PL/pgSQL function (?:(?P<schema>{_NAME})\.)?(?P<name>{_NAME})(?:\(.*\))? line (?P<line>\d+) (?:at|during) ",
    re.MULTILINE,
)
# The callers that are named, innermost first.
_CALLERS = 20
# PostgreSQL's classes of errors that say that a value can not be kept: of its data, and of its limits.
_REFUSING = ("22", "54")
# What PostgreSQL says where the disk is full, and Oracle where a tablespace is.
_DISK_FULL, _NO_ROOM = "53100", 1653
_LOST = (
    "ORA-03113: the embedded server ended the session, or was stopped or killed; what was committed stays: "
    "run this again"
)


class Failures:
    """Explains the errors of one session.

    `log_begin` is the size of the server's log at the session's begin: what was written since tells why it was lost.
    `schema` is the owner of everything, `columns_of_type` finds the columns of a table.
    """

    def __init__(
        self,
        directory: Path,
        log_begin: int,
        names: LongNames,
        lookup: Lookup,
        schema: str,
        columns_of_type: ColumnsOfType,
    ) -> None:
        self._directory = directory
        self._log_begin = log_begin
        self._names = names
        self._lookup = lookup
        self._schema = schema
        self._columns_of_type = columns_of_type

    def explain(
        self, error: psycopg.Error, *, lost: bool, rendered: Rendered | None = None, source: str | None = None
    ) -> EngineError:
        """The error of a statement; `lost` says that the session is gone with it."""
        state = error.diag.sqlstate or ""
        if state == _DISK_FULL or (lost and ran_full(self._directory, self._log_begin)):
            return EngineError(f"ORA-{_NO_ROOM:05d}: {full_disk(self._directory)}", code=_NO_ROOM)
        if lost:
            return EngineError(_LOST, code=3113)
        text = rendered.text if rendered is not None else ""
        told = Told(error, text, self._schema, self._names.full, self._columns_of_type)
        code, message = told.number_and_text()
        where, line, column, trace = self._place(error.diag, rendered, source)
        return EngineError(
            self._names.spelled_out(message),
            code=code,
            refused=state.startswith(_REFUSING) or isinstance(error, psycopg.DataError),
            source=where,
            line=line,
            column=column,
            trace=trace,
        )

    def _place(
        self, diagnostic: psycopg.errors.Diagnostic, rendered: Rendered | None, source: str | None
    ) -> tuple[str | None, int | None, int | None, list[str]]:
        """File, line and column of an error, and its callers."""
        line: int | None = None
        column: int | None = None
        trace: list[str] = []
        if diagnostic.statement_position and rendered is not None:
            place = rendered.place(int(diagnostic.statement_position) - 1)
            if place:
                line, column = place
        where = source
        for frame in _FRAME.finditer(diagnostic.context or ""):
            file, number, label = self._frame(frame["schema"], frame["name"], int(frame["line"]), rendered, source)
            if number is None:
                continue  # a function of the engine's own
            if line is None:
                where, line = file, number
            else:
                trace.append(f"at {label}, {file + ':' if file else 'line '}{number}")
        if len(trace) > _CALLERS:
            trace[_CALLERS:] = [f"and {len(trace) - _CALLERS} callers more"]
        return where, line, column, trace

    def _frame(
        self, schema: str | None, name: str, line: int, rendered: Rendered | None, source: str | None
    ) -> tuple[str | None, int | None, str]:
        """The file and line of a line inside a PL/pgSQL body, and the name of its routine."""
        if name == "inline_code_block":
            return source, (rendered.first_line + line - 1 if rendered else line), "the block"
        schema, routine = _unquoted(schema or ""), _unquoted(name)
        if schema.startswith("pg_temp") and (place := local_place(routine)) is not None:
            routine, begin = place
            return source, begin + line - 1 if begin else None, capitals(routine)
        shown = self._names.full(routine).partition(PRIVATE_MARK)[0]
        label = f"{self._names.full(schema)}.{shown}" if schema else shown
        row = self._lookup(
            "select file, line_offset from ora.source where schema_name = %s and routine = %s",
            [schema or "app", routine],
        )
        if row is None:
            return None, None, label
        return row[0] or None, row[1] + line, capitals(label)


def opening_failure(error: Exception, directory: Path) -> EngineError:
    """Why no session can be opened."""
    if tells_of_full_disk(str(error)):
        return EngineError(full_disk(directory))
    if isinstance(error, psycopg.Error):
        reason = " ".join(str(error).split())
        return EngineError(f"the embedded database in {directory} can not be opened: {reason}")
    return EngineError(str(error))


def _unquoted(name: str) -> str:
    """An identifier without the quotes that PostgreSQL puts around it where it needs them."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
