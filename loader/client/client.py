"""A session of the client: it runs what is read, shows what comes back, and keeps what commands change."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from getpass import getpass
from itertools import islice
from typing import Any, TextIO

from loader.client import commands, lexing
from loader.client.binds import BindError, Binds
from loader.client.formats import csv_lines, json_lines
from loader.client.leaving import LARGEST_STATUS, Action, Cause, Leave
from loader.client.output import Output
from loader.client.reader import Item, ItemKind, items
from loader.client.settings import Settings
from loader.client.substitution import Variables
from loader.client.tables import Style, laid_out
from loader.database import CompileError, Database, DatabaseError, Result
from loader.terminal import say
from loader.waiting import announced

# Rows whose values decide on the widths of columns together.
_PAGE = 1000
# Lines of a page that are no rows: a blank one, the headings and the dashes below them.
_HEADING = 3
# Characters of a statement that say which one is running.
_SUMMARY = 60
# Characters of an unknown command that its refusal repeats.
_BEGINNING = 10
# SQL.SQLCODE of an error without a number of Oracle's: ORA-00900, invalid SQL statement.
_INVALID_STATEMENT = 900


@dataclass(frozen=True, slots=True)
class Script:
    """What is being run: a file, or another text where `source` is None; `typed` tells of a terminal."""

    source: str | None = None
    typed: bool = False

    def place(self, line: int) -> str:
        """What stands before a message about this line."""
        if self.typed:
            return ""
        return f"{self.source}:{line}: " if self.source else f"line {line}: "


@dataclass(slots=True)
class Unit:
    """The stored unit that was created last, with its errors where the database did not keep it."""

    kind: str
    name: str
    errors: list[CompileError] | None = None


class Client:
    """Runs scripts and typed lines in one session.

    `failed` tells whether anything has failed so far, `buffer` is the last statement, which `/` repeats.
    """

    def __init__(self, database: Database, out: TextIO | None = None, errors: TextIO | None = None) -> None:
        self.database = database
        self.output = Output(out, errors)
        self.settings = Settings()
        self.variables = Variables(self.ask)
        self.binds = Binds()
        self.failed = False
        # The last complaint, which a lost session repeats when it is to end.
        self._reported = ""
        self.buffer = ""
        self.unit: Unit | None = None
        self.sqlcode = 0
        self.whenever = {cause: Action(leave=False) for cause in (Cause.SQL, Cause.SYSTEM)}
        self.depth = 0
        self._status: int | None = None

    @property
    def status(self) -> int:
        """The exit status: what EXIT or WHENEVER named, else 1 where something failed, else 0."""
        return int(self.failed) if self._status is None else self._status

    # running

    def run(self, lines: str | Iterable[str], source: str | None = None, arguments: Sequence[str] = ()) -> None:
        """Run a script, going on after a statement that fails unless WHENEVER SQLERROR EXIT stands.

        `lines` are the text, or its lines, each run before the next is read. `arguments` are &1, &2 and so on.
        Changes are committed at the end, as SQL*Plus does on leaving, unless EXIT or WHENEVER says ROLLBACK.
        """
        self.variables.define_arguments(arguments)
        try:
            self.run_lines(lines.split("\n") if isinstance(lines, str) else lines, Script(source))
            self.end("commit")
        except Leave as request:
            self.leave(request.action)
        finally:
            self.output.stop_spooling()

    def run_lines(self, lines: Iterable[str], script: Script) -> None:
        """Run what these lines hold. Raises Leave."""
        for item in items(lines, self._substituted):
            self._item(item, script)

    def _item(self, item: Item, script: Script) -> None:
        if self.settings.echo and not script.typed and item.text:
            self.output.line(f"SQL> {item.text}")
        match item.kind:
            case ItemKind.STATEMENT:
                self.buffer = item.text
                self.execute(item.text, script, item.line)
            case ItemKind.REPEAT:
                self.repeat(script, item.line)
            case ItemKind.COMMAND:
                commands.run(self, item.text, script, item.line)
            case ItemKind.UNKNOWN:
                beginning = item.text if len(item.text) <= _BEGINNING else f"{item.text[:_BEGINNING]}..."
                self.fail(
                    f'{script.place(item.line)}SP2-0734: unknown command beginning "{beginning}" - '
                    "rest of line ignored; HELP lists the commands"
                )
            case ItemKind.REFUSED | ItemKind.OPEN_COMMENT:
                self.fail(f"{script.place(item.line)}{item.text}")

    def repeat(self, script: Script, line: int) -> None:
        """Run the last statement again."""
        if not self.buffer:
            self.fail(f"{script.place(line)}SP2-0103: Nothing in SQL buffer to run.")
            return
        self.execute(self.buffer, script, line)

    def execute(self, text: str, script: Script, line: int) -> None:
        """Run a statement or block that stands at this line, and show what comes back."""
        names = lexing.bind_names(text)
        self.sqlcode = 0
        begun = time.monotonic()
        try:
            binds = self.binds.of(names)
            with announced(f"running {_summary(text)}", self.output.errors):
                result = self.database.execute(
                    text,
                    source=script.source,
                    line=line,
                    output=self.output.line if self.settings.serveroutput else None,
                    binds=binds,
                )
                if result.columns is not None:
                    self.show(result)
            self._executed(text, result)
            if self.settings.autoprint and lexing.is_block(text):
                for name in names:
                    self.print_bind(name)
        except BindError as error:
            self.fail(f"{script.place(line)}{error}")
        except DatabaseError as error:
            self._note_unit(text, error, line)
            if error.line is None and not script.typed:  # no nearer place is known than the statement
                error.source, error.line = script.source, line
            self.sqlcode = error.code or _INVALID_STATEMENT
            self.fail(error.report(), Cause.SQL)
        finally:
            if self.settings.timing:
                self.output.line(f"Elapsed: {_elapsed(time.monotonic() - begun)}")

    def _executed(self, text: str, result: Result) -> None:
        if result.columns is None and result.message and self.settings.feedback:
            self.output.line(result.message)
        self._note_unit(text)
        if result.invalid is not None:
            # A warning in SQL*Plus as well, which no WHENEVER stops at.
            self.fail(result.invalid.report())
        if lexing.is_ddl(text):
            self.database.commit()

    def _note_unit(self, text: str, error: DatabaseError | None = None, line: int = 1) -> None:
        """Keep in mind which unit was created last, for SHOW ERRORS."""
        made = lexing.created_unit(text)
        if made is None:
            return
        self.unit = Unit(*made)
        if error is not None:
            place = (error.line or line) - line + 1
            self.unit.errors = [CompileError(*made, place, error.column or 0, error.message)]

    # failing and leaving

    def fail(self, message: str, cause: Cause = Cause.COMMAND) -> None:
        """Say that something failed, and do what WHENEVER says. Raises Leave."""
        self.failed = True
        self._reported = message
        self.output.error(message)
        if cause is Cause.COMMAND:
            return
        action = self.whenever[cause]
        if action.leave:
            raise Leave(action)
        self.end(action.end)

    def leave(self, action: Action) -> None:
        """End as EXIT or WHENEVER says."""
        if action.sqlcode:
            # One byte is all that Unix keeps of it; an error never looks like success.
            self._status = (self.sqlcode % (LARGEST_STATUS + 1) or 1) if self.sqlcode else 0
        elif action.status is not None:
            self._status = action.status
        self.end(action.end)

    def end(self, how: str) -> None:
        """Commit the open transaction, undo it, or leave it open."""
        try:
            if how == "commit":
                self.database.commit()
            elif how == "rollback":
                self.database.rollback()
        except DatabaseError as error:
            self.failed = True
            self._status = None
            if error.report() != self._reported:
                self.output.error(error.report())

    # showing

    def show(self, result: Result) -> None:
        """The rows of a query, in the form that SET SQLFORMAT asks for."""
        if self.settings.sqlformat == "csv":
            self.output.data(csv_lines(result, heading=self._has_heading))
        elif self.settings.sqlformat == "json":
            self.output.data(json_lines(result))
        else:
            self._show_table(result)

    def _show_table(self, result: Result) -> None:
        count = 0
        heading = _HEADING if self._has_heading else 0
        size = max(1, (self.settings.pagesize or _PAGE + heading) - heading)
        while page := list(islice(result.rows, size)):
            if count and heading:
                self.output.line()
            self._print_table(result.columns or [], result.types, page)
            count += len(page)
        if not count and self.settings.feedback:
            self.output.line("\nno rows selected")
        elif self.settings.feedback and count >= self.settings.feedback:
            self.output.line(f"\n{count} row{'' if count == 1 else 's'} selected.")

    @property
    def _has_heading(self) -> bool:
        return self.settings.heading and self.settings.pagesize != 0

    def _print_table(self, columns: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        def style(width: int | None) -> Style:
            return Style(
                width=self.settings.linesize or width,
                cut=width is not None,
                heading=self._has_heading,
                longest=self.settings.long if width is not None else None,
                null=self.settings.null,
            )

        self.output.rendered(lambda width: laid_out(columns, types, rows, style(width)))

    def print_bind(self, name: str) -> None:
        """The value of a bind variable; a REFCURSOR is read to its end and closed. Raises BindError, DatabaseError."""
        bind = self.binds.find(name)
        if bind.type == "REFCURSOR":
            if bind.value is None:
                raise BindError(f'SP2-0625: Error printing variable "{name.lower()}": no cursor is open')
            value, bind.value = bind.value, None
            self.show(self.database.cursor(value))
            return
        self._print_table([name.upper()], [bind.type], [(bind.value,)])

    # substitution variables

    def _substituted(self, text: str) -> str:
        self.variables.prefix = self.settings.define
        replaced = self.variables.replaced(text)
        if replaced != text and self.settings.verify:
            self.output.line(f"old: {text}\nnew: {replaced}")
        return replaced

    @staticmethod
    def ask(prompt: str, *, hidden: bool = False) -> str | None:
        """What somebody at the terminal answers, or None where there is nobody."""
        if not sys.stdin.isatty():
            return None
        try:
            return getpass(prompt) if hidden else input(prompt)
        except EOFError:
            say()
            return None


def _summary(text: str) -> str:
    """The beginning of a statement, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= _SUMMARY else words[: _SUMMARY - 1] + "…"


def _elapsed(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02d}:{minutes:02d}:{rest:05.2f}"
