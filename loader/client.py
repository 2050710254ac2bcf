"""The SQL client: Oracle SQL, PL/SQL blocks and a few SQL*Plus commands, on either database."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice
from numbers import Number, Real
from pathlib import Path
from typing import Any, TextIO

from wcwidth import wcswidth

from engine.errors import SourceError
from engine.script import Statement, StatementKind, is_complete, split
from loader.database import Database, DatabaseError, Result
from loader.database.text import interval_text, number_text
from loader.private import private_file
from loader.terminal import say, shown
from loader.waiting import announced

_PAGE = 1000
_DDL = re.compile(r"\s*(create|alter|drop|truncate|comment|grant|revoke)\b", re.IGNORECASE)
_NESTED_FILES = 20
# Characters of a statement that say which one is running.
_SUMMARY = 60
# What divides lines and columns in a value is a blank in a table.
_BLANKS = re.compile(r"\r?\n|\t")
HELP = """\
SQL statements end with ; and PL/SQL blocks with a line that holds only /
  exec PROCEDURE[(ARGUMENTS)]   call a procedure        describe NAME   columns of a table or view
  set serveroutput on|off       show DBMS_OUTPUT (on)   set long N      cut values after N characters (80)
  @FILE                         run a script            show errors     invalid objects and why
  whenever sqlerror|oserror exit|continue               exit            commit, and leave (Ctrl-D too)
EXIT and WHENEVER ... EXIT take a status (success, failure, warning, a number from 0 to 255) and commit or rollback."""

# The exit status of SQL*Plus' words on Unix (SQL*Plus User's Guide, EXIT).
_STATUS = {"success": 0, "failure": 1, "warning": 2}
_LARGEST_STATUS = 255
# SQL.SQLCODE of an error without a number of Oracle's: ORA-00900, invalid SQL statement.
_INVALID_STATEMENT = 900
# What SQL*Plus scripts set and this client does anyway: it never substitutes variables, and takes blank lines.
_NO_EFFECT = {"define": ("off",), "verify": ("on", "off"), "sqlblanklines": ("on",)}


class _Cause(Enum):
    """What went wrong, as far as WHENEVER tells it apart: commands of SQL*Plus stop nothing."""

    SQL = "sqlerror"
    SYSTEM = "oserror"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class _Action:
    """What EXIT or WHENEVER asks for.

    `status` None: none was given. `sqlcode`: the last error's number. `end`: what becomes of the open transaction.
    """

    leave: bool
    status: int | None = None
    sqlcode: bool = False
    end: str = "none"


class _Exit(Exception):
    """The script asked to leave."""

    def __init__(self, action: _Action) -> None:
        super().__init__()
        self.action = action


class Client:
    """Runs scripts and typed lines in one session.

    `failed` tells whether any statement has failed so far.
    """

    def __init__(self, database: Database, out: TextIO | None = None, errors: TextIO | None = None) -> None:
        self.database = database
        self.out = out or sys.stdout
        self.errors = errors or sys.stderr
        self.failed = False
        self.server_output = True
        self.long = 80
        self._whenever = {cause: _Action(leave=False) for cause in (_Cause.SQL, _Cause.SYSTEM)}
        self._status: int | None = None
        self._sqlcode = 0
        self._depth = 0

    @property
    def status(self) -> int:
        """The exit status: what EXIT or WHENEVER named, else 1 where something failed, else 0."""
        return int(self.failed) if self._status is None else self._status

    # running

    def run(self, text: str, source: str | None = None) -> None:
        """Run a script, going on after a statement that fails unless WHENEVER SQLERROR EXIT stands.

        Changes are committed at the end, as SQL*Plus does on leaving, unless EXIT or WHENEVER says ROLLBACK.
        """
        try:
            self._run(text, source)
            self._end("commit")
        except _Exit as request:
            self._leave(request.action)

    def _run(self, text: str, source: str | None) -> None:
        try:
            for statement in split(text, source):
                self._guarded(lambda statement=statement: self._statement(statement, source))  # type: ignore[misc]
        except SourceError as error:
            place = f"{source}:{error.line}:{error.column}" if source else f"line {error.line}, column {error.column}"
            self._sqlcode = _INVALID_STATEMENT
            self._fail(f"{place}: {error.message}", _Cause.SQL)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except DatabaseError as error:
            self._sqlcode = error.code or _INVALID_STATEMENT
            self._fail(error.report(), _Cause.SQL)

    def _fail(self, message: str, cause: _Cause = _Cause.COMMAND) -> None:
        self.failed = True
        self.out.flush()
        say(f"ERROR {message}", self.errors, lines=True)
        if cause is _Cause.COMMAND:
            return
        action = self._whenever[cause]
        if action.leave:
            raise _Exit(action)
        self._end(action.end)

    def _leave(self, action: _Action) -> None:
        if action.sqlcode:
            # One byte is all that Unix keeps of it; an error never looks like success.
            self._status = (self._sqlcode % (_LARGEST_STATUS + 1) or 1) if self._sqlcode else 0
        elif action.status is not None:
            self._status = action.status
        self._end(action.end)

    def _end(self, how: str) -> None:
        try:
            if how == "commit":
                self.database.commit()
            elif how == "rollback":
                self.database.rollback()
        except DatabaseError as error:
            self.failed = True
            self._status = None
            say(f"ERROR {error.report()}", self.errors, lines=True)

    def _statement(self, statement: Statement, source: str | None) -> None:
        if statement.kind is StatementKind.COMMAND:
            self._command(statement, source)
            return
        self._execute(statement.text, source, statement.line)

    def _execute(self, text: str, source: str | None, line: int) -> None:
        self._sqlcode = 0
        with announced(f"running {_summary(text)}", self.errors):
            result = self.database.execute(
                text, source=source, line=line, output=self._print if self.server_output else None
            )
            if result.columns is not None:
                self._show(result.columns, result)
        if result.columns is None and result.message:
            self._print(result.message)
        if result.invalid is not None:
            # A warning in SQL*Plus as well, which no WHENEVER stops at.
            self._fail(f"{result.invalid.report()}")
        if _DDL.match(text):
            self.database.commit()

    def _print(self, line: str) -> None:
        say(line, self.out, lines=True)

    # SQL*Plus commands

    def _command(self, statement: Statement, source: str | None) -> None:
        argument = statement.text
        match statement.command:
            case "describe":
                self._describe(argument)
            case "execute":
                body = argument.rstrip().rstrip(";")
                if not body:
                    self._fail("EXEC needs a procedure: exec img_classify.validate_loo")
                    return
                self._execute(f"begin {body}; end;", source, statement.line)
            case "set":
                self._set(argument)
            case "show":
                self._show_command(argument)
            case "prompt":
                self._print(argument)
            case "remark":
                pass
            case "whenever":
                self._set_whenever(argument)
            case "accept" | "define" | "undefine":
                self._fail(
                    f"{statement.command.upper()} and the variables that it is about are not known here: "
                    "run this script in SQL*Plus or SQLcl"
                )
            case "include" | "include_beside":
                self._include(argument, source, beside=statement.command == "include_beside")
            case "help":
                self._print(HELP)
            case "exit":
                action = _exit_action(argument.split())
                if action is None:
                    self._fail(f"EXIT {argument} is not known: {_EXITS}")
                    action = _Action(leave=True, status=_STATUS["failure"], end="commit")
                raise _Exit(action)
            case _:
                self._fail(f"{statement.command.upper()} is not known here: run this script in SQL*Plus or SQLcl")

    def _set(self, argument: str) -> None:
        words = argument.lower().split()
        if words[:1] in (["serveroutput"], ["serverout"]) and words[1:2] in (["on"], ["off"]):
            self.server_output = words[1] == "on"
        elif len(words) == 2 and words[0] == "long" and words[1].isdigit() and int(words[1]) > 0:
            self.long = int(words[1])
        elif len(words) == 2 and words[1] in _NO_EFFECT.get(words[0], ()):
            pass
        elif words[:1] == ["define"]:
            self._fail("substitution variables are not known here: run this script in SQL*Plus or SQLcl")
        else:
            self._fail(f"SET {argument} is not known: set serveroutput on|off, set long N")

    def _show_command(self, argument: str) -> None:
        if argument.lower() not in ("errors", "err"):
            self._fail(f"SHOW {argument} is not known: show errors")
            return
        invalid = self.database.recompile()
        if not invalid:
            self._print("No errors.")
        for item in invalid:
            self._print(f"{item.kind} {item.name}")
            for error in item.errors:
                self._print(f"  {error}")

    def _set_whenever(self, argument: str) -> None:
        words = argument.split()
        cause = {"sqlerror": _Cause.SQL, "oserror": _Cause.SYSTEM}.get(words[0].lower() if words else "")
        action = None
        if cause is not None and [word.lower() for word in words[1:2]] == ["exit"]:
            action = _exit_action(words[2:])
        elif cause is not None and [word.lower() for word in words[1:2]] == ["continue"]:
            end = words[2].lower() if len(words) == 3 else "none"
            if len(words) <= 3 and end in ("commit", "rollback", "none"):
                action = _Action(leave=False, end=end)
        if cause is None or action is None:
            self._fail(
                f"WHENEVER {argument} is not known: whenever sqlerror|oserror, then continue [commit|rollback|none] "
                f"or {_EXITS}"
            )
            return
        self._whenever[cause] = action

    def _include(self, argument: str, source: str | None, *, beside: bool) -> None:
        name = argument.strip().strip('"')
        path = Path(name if Path(name).suffix else f"{name}.sql")
        if source and not path.is_absolute() and (beside or not path.exists()):
            path = Path(source).parent / path
        if not path.exists() and len(words := name.split()) > 1:
            self._fail(f"{words[0]} is given arguments: run it in SQL*Plus or SQLcl, which know &1", _Cause.SYSTEM)
            return
        if self._depth >= _NESTED_FILES:
            self._fail(f"scripts are nested more than {_NESTED_FILES} deep at {path}", _Cause.SYSTEM)
            return
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self._fail(f"{path} can not be read: {error}", _Cause.SYSTEM)
            return
        self._depth += 1
        try:
            self._run(text, str(path))
        finally:
            self._depth -= 1

    def _describe(self, name: str) -> None:
        columns = self.database.describe(name)
        if not columns:
            self._fail(f"there is no table or view {name.upper()}")
            return
        self._print_table(["Name", "Null?", "Type"], columns)

    # tables

    def _show(self, columns: Sequence[str], result: Result) -> None:
        count = 0
        while page := list(islice(result.rows, _PAGE)):
            if count:
                self._print("")
            self._print_table(columns, page)
            count += len(page)
        self._print("\nno rows selected" if not count else f"\n{count} row{'' if count == 1 else 's'} selected.")

    def _print_table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        for line in table(columns, rows, self.long):
            self._print(line)

    # interactive

    def interact(self, history: Path) -> None:
        """Read statements from the terminal until EXIT or the end of input; what is typed is kept in `history`."""
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory

        session: PromptSession[str] = PromptSession(history=FileHistory(str(private_file(history))))
        self._print("Type help for the commands, exit to leave.")
        text = ""
        try:
            while True:
                lines = text.count("\n") + 1
                try:
                    typed = session.prompt("SQL> " if not text else f"{lines:>3}  ")
                except KeyboardInterrupt:
                    text = ""
                    continue
                text += typed + "\n"
                if self._wants_more(text):
                    continue
                statement, text = text, ""
                try:
                    self._run(statement, None)
                except KeyboardInterrupt:
                    self._print("cancelled")
        except EOFError:
            self._end("commit")
        except _Exit as request:
            self._leave(request.action)

    @staticmethod
    def _wants_more(text: str) -> bool:
        try:
            return not is_complete(text)
        except SourceError:
            # An open string or comment; a wrong character is reported when the statement is sent off.
            return not text.rstrip().endswith((";", "/"))


_EXITS = "exit [success|failure|warning|sql.sqlcode|0 to 255] [commit|rollback]"


def _exit_action(words: Sequence[str]) -> _Action | None:
    """What stands after EXIT; None where SQL*Plus has more than this client, such as a bind variable."""
    words = [word.lower() for word in words]
    end = words.pop() if words[-1:] in (["commit"], ["rollback"]) else "commit"
    match words:
        case []:
            return _Action(leave=True, end=end)
        case ["sql.sqlcode"]:
            return _Action(leave=True, sqlcode=True, end=end)
        case [word] if word in _STATUS:
            return _Action(leave=True, status=_STATUS[word], end=end)
        case [word] if word.isdecimal() and int(word) <= _LARGEST_STATUS:
            return _Action(leave=True, status=int(word), end=end)
    return None


def _summary(text: str) -> str:
    """The beginning of a statement, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= _SUMMARY else words[: _SUMMARY - 1] + "…"


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], long: int) -> Iterator[str]:
    """Aligned lines: numbers to the right, text by its width on a terminal, cut after `long` characters."""
    cells = [[cell(value, long) for value in row] for row in rows]
    heads = [shown(name) for name in columns]
    right = (
        [all(isinstance(row[i], Number) or row[i] is None for row in rows) for i in range(len(columns))]
        if isinstance(rows, list)
        else [False] * len(columns)
    )
    widths = [max(_width(text) for text in column) for column in zip(heads, *cells, strict=True)]

    def line(texts: Sequence[str]) -> str:
        padded = [
            " " * (width - _width(text)) + text if to_right else text + " " * (width - _width(text))
            for text, width, to_right in zip(texts, widths, right, strict=True)
        ]
        return "  ".join(padded).rstrip()

    yield line(heads)
    yield "  ".join("-" * width for width in widths)
    for row in cells:
        yield line(row)


def _width(text: str) -> int:
    width = wcswidth(text)
    return width if width >= 0 else len(text)


def cell(value: Any, long: int) -> str:
    """A value as text on one line, hidden characters escaped; NULL is empty."""
    text = shown(_BLANKS.sub(" ", _text(value)))
    return text if len(text) <= long else text[: long - 1] + "…"


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case Decimal():
            return number_text(value)
        case timedelta():
            return interval_text(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex().upper()
        case array() | list() | tuple():
            # A vector, as a rule: enough of it to tell it from others.
            shown = ", ".join(f"{part:.6g}" if isinstance(part, Real) else _text(part) for part in value[:8])
            return f"[{shown}{', ...' if len(value) > 8 else ''}]"
    return str(value)
