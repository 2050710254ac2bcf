"""What the loader asks of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from engine import results
from engine.results import Bind as Bind
from engine.results import Output as Output

Setting = str | int | float | bytes | None

# Oracle's own errors that say that a row's values can not be kept: a key that is there (1) or too long for an index
# (1450), a null (1400), a number too large (1426, 1438) or no number (1722), a check constraint (2290), a reference to
# nothing (2291), a value too large for a variable (6502) or a column (12899), JSON text that is none (40441, 40834) or
# no UTF-8 (40474), and a vector of another number of dimensions, of a wrong form, or with a dimension that is no number
# or out of range (51803 to 51806).
_ROW_CODES = frozenset(
    {1, 1400, 1426, 1438, 1450, 1722, 2290, 2291, 6502, 12899, 40441, 40474, 40834, 51803, 51804, 51805, 51806}
)


# End-of-file on communication channel: the server ended the session.
_END_OF_FILE = 3113


class DatabaseError(Exception):
    """A statement failed, or the database can not be reached.

    `code` is Oracle's error number without its sign (20001, 942) where there is one, else None.
    `refused` says that the values were refused, where no number does.
    `source`, `line` and `column` say where in the Oracle text, as far as that is known. `trace`
    names the callers, innermost first, as lines of text.
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
        self._refused = refused
        self.source = source
        self.line = line
        self.column = column
        self.trace = tuple(trace)

    @property
    def refuses_row(self) -> bool:
        """Whether the values were refused, so that other rows may go well; otherwise something broke."""
        code = self.code or 0
        return self._refused or 20000 <= code <= 20999 or code in _ROW_CODES

    @property
    def ended_session(self) -> bool:
        """Whether the session is gone: ORA-03113 of the embedded server, or a LostConnectionError."""
        return self.code == _END_OF_FILE

    @property
    def place(self) -> str:
        """file:line:column as far as known, or an empty string."""
        parts = [self.source or "", str(self.line) if self.line else "", str(self.column) if self.column else ""]
        if not self.line:
            return self.source or ""
        return (
            ":".join(part for part in parts if part)
            if self.source
            else "line " + ", column ".join(part for part in parts[1:] if part)
        )

    def report(self) -> str:
        """The message with its place and its callers, for people."""
        lines = [f"{self.place}: {self.message}" if self.place else self.message]
        return "\n".join([*lines, *(f"  {line}" for line in self.trace)])


class LostConnectionError(DatabaseError):
    """The session is gone, and with it what was not committed; a new one may be had by Database.another."""

    @property
    def ended_session(self) -> bool:
        """It has."""
        return True


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON text that is to be bound as the database's JSON type."""

    text: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """A stored object that does not compile, with its first errors as lines of text."""

    name: str
    kind: str
    errors: tuple[str, ...]

    def report(self) -> str:
        """The object and its errors, for people."""
        return "\n".join([f"{self.kind} {self.name}", *(f"  {error}" for error in self.errors)])


@dataclass(frozen=True, slots=True)
class CompileError:
    """A row of USER_ERRORS; `line` and `column` count from the unit's own first line."""

    kind: str
    name: str
    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """A column of a table or view, its type in Oracle's spelling."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class ArgumentDescription:
    """A parameter of a routine; `mode` is IN, OUT or IN/OUT."""

    name: str
    type: str
    mode: str
    has_default: bool


@dataclass(frozen=True, slots=True)
class RoutineDescription:
    """A procedure, or a function where `returns` is the type of its result."""

    name: str
    arguments: tuple[ArgumentDescription, ...]
    returns: str | None


@dataclass(frozen=True, slots=True)
class Description:
    """What DESCRIBE shows: the columns of a table or view, or the routines of a package, or one routine."""

    columns: tuple[ColumnDescription, ...] = ()
    routines: tuple[RoutineDescription, ...] = ()


@dataclass(slots=True)
class Result(results.Result):
    """What a statement gave back; `invalid` is the stored unit that it created although that does not compile."""

    invalid: Invalid | None = None


class Database(ABC):
    """A session. Changes are kept by commit only; closing without it undoes them.

    A call or statement that fails changes nothing, and what the transaction did before it stays.
    """

    # What a person is told that the commands talk to; never holds a password.
    description: str
    # Whether a migration file can be undone as a whole.
    transactional_ddl: bool = False
    # Whether the session's user owns the schema that holds the images: installing is the owner's.
    owns_schema: bool = True
    # Whether a call may cross a network, so that few large calls and few sessions are wanted.
    remote: bool = False
    # The most dimensions of a vector that can be stored, and of one that a vector index takes.
    largest_vector: int
    largest_indexed_vector: int

    @property
    def fingerprint(self) -> str:
        """Mixed into the checksums of packages and views: they are made anew when it changes."""
        return ""

    @abstractmethod
    def call(self, routine: str, **parameters: Any) -> None:
        """Call a stored procedure by named notation."""

    @abstractmethod
    def call_many(self, routine: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Call a stored procedure once per row, in few round trips."""

    @abstractmethod
    def value(self, routine: str, **parameters: Any) -> Any:
        """What a stored function returns: a string, a number, JSON as text; None for NULL and for JSON's null."""

    @abstractmethod
    def rows(self, routine: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of the cursor (SYS_REFCURSOR) that a stored function returns."""

    @abstractmethod
    def some_rows(self, count: int, routine: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The first `count` rows of such a cursor; no more are fetched, nor locked by FOR UPDATE."""

    @abstractmethod
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
        lower case; a block leaves its values in them. Raises DatabaseError.
        """

    @abstractmethod
    def cursor(self, value: Any) -> Result:
        """The rows of an open cursor, the value of a REFCURSOR variable; it is closed after the last."""

    @abstractmethod
    def begin_snapshot(self, *, read_only: bool = True) -> None:
        """Begin a transaction that sees this one moment and its own changes; rollback ends it.

        By default it can change nothing.
        """

    @abstractmethod
    def commit(self, *, wait: bool = True) -> None:
        """Keep the changes; without `wait` they need not be on disk yet.

        A crash of the server may undo what was not waited for. The next commit that waits, of whatever session, makes
        it last.
        """

    @abstractmethod
    def rollback(self) -> None:
        """Undo the changes since the last commit."""

    @abstractmethod
    def close(self) -> None:
        """End the session."""

    @abstractmethod
    def another(self) -> Database:
        """A second session on the same database."""

    @abstractmethod
    def describe(self, name: str) -> Description | None:
        """What DESCRIBE shows of a table, view, package, procedure or function; None where there is none."""

    @abstractmethod
    def compile_errors(self, kind: str = "", name: str = "") -> list[CompileError]:
        """The errors of one stored unit (`kind` as the dictionary has it, PACKAGE BODY), or of all that have some."""

    @abstractmethod
    def missing_prerequisites(self) -> list[str]:
        """What an installation needs and does not find, each a sentence that says how to mend it."""

    @contextmanager
    def waiting_for_locks(self, seconds: float) -> Iterator[None]:  # noqa: ARG002
        """Let DDL wait for so long where another session holds a lock; an engine may do so by itself."""
        yield

    @abstractmethod
    def invalid(self) -> list[Invalid]:
        """What does not compile as it stands."""

    @abstractmethod
    def recompile(self) -> list[Invalid]:
        """Compile what is invalid of the product's own packages and views; what stays so."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
