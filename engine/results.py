"""What a session gives back and takes: results, bind variables, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Output = Callable[[str], None]
Row = tuple[Any, ...]


class EngineError(Exception):
    """A statement failed, or the database can not be reached.

    `code` is Oracle's error number without its sign where there is one. `refused` says that values were refused, where
    no number does. `source`, `line` and `column` say where in the Oracle text, as far as that is known. `trace` names
    the callers, innermost first, as lines of text. The cause is the error that PostgreSQL gave, if it was one.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        refused: bool = False,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
        trace: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.refused = refused
        self.source = source
        self.line = line
        self.column = column
        self.trace = tuple(trace)


class UnknownRoutineError(EngineError):
    """There is no such stored procedure or function."""


@dataclass(slots=True)
class Bind:
    """A bind variable.

    `type` is Oracle's name of the type without its length, which is `size`, or 0 where it has none. `value` is None
    for NULL, a string for a text, a vector or JSON, a number or a boolean; of a REFCURSOR it is what names the cursor.
    A block may change it.
    """

    type: str
    size: int = 0
    value: Any = None


@dataclass(slots=True)
class Result:
    """What a statement gave back.

    `columns`, `types` (Oracle's names, one for each column) and `rows` belong to a query and are None and empty
    otherwise; `rows` may be read once. `message` is what a SQL client says.
    """

    message: str = ""
    columns: list[str] | None = None
    types: list[str] = field(default_factory=list)
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    row_count: int = 0


@dataclass(frozen=True, slots=True)
class Invalid:
    """A stored object that does not compile as it stands, and why."""

    name: str
    kind: str
    reason: str
