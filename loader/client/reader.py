"""Statements and commands in the lines of a script, or in what was typed: one after the other, as they are met.

SQL*Plus User's Guide, "Running Scripts" and "Understanding SQL*Plus Command Syntax": SQL ends at `;` or at a line that
holds only `/`, PL/SQL at such a line, and a command at the end of its line, unless that is a hyphen. As there, a `;`
at the end of a line ends SQL even where a literal is open: an error never swallows what follows it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from loader.client import lexing
from loader.client.names import command_of
from loader.client.substitution import SubstitutionError

# Gives a line as it stands after its substitution variables were replaced.
Substitute = Callable[[str], str]


class ItemKind(Enum):
    """What a piece of input is."""

    STATEMENT = auto()
    COMMAND = auto()
    REPEAT = auto()
    OPEN_COMMENT = auto()
    REFUSED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Item:
    """A statement, or a command with its continued lines made one.

    `text` has no terminator, except that PL/SQL keeps the `;` after its last END. `line` is its first line, from 1.
    `terminated` tells whether its end was there. Of a REFUSED item, `text` says why it can not be run.
    """

    kind: ItemKind
    text: str
    line: int
    terminated: bool = True


def items(lines: Iterable[str], substitute: Substitute = str) -> Iterator[Item]:
    """The items of some lines; a line is read no sooner than the items before it are done with."""
    return _Reader(lines, substitute).items()


def is_complete(text: str) -> bool:
    """Whether what was typed so far can be sent off."""
    return all(item.terminated for item in items(text.split("\n")))


class _Reader:
    def __init__(self, lines: Iterable[str], substitute: Substitute) -> None:
        self._lines = iter(lines)
        self._given_back: deque[str] = deque()
        self._substitute = substitute
        self._line = 0

    def items(self) -> Iterator[Item]:
        while (line := self._next()) is not None:
            text = line.strip()
            if not text or text == ";" or text.startswith("--"):
                continue
            if text.startswith("/*"):
                comment = self._comment(line)
                if comment is not None:
                    yield comment
            elif text.rstrip(";").rstrip() == "/":
                yield Item(ItemKind.REPEAT, "", self._line)
            elif lexing.begins_statement(line):
                yield self._statement(line)
            elif command_of(text) is None:
                yield Item(ItemKind.UNKNOWN, text, self._line)
            else:
                yield self._command(text)

    def _next(self) -> str | None:
        line = self._given_back.popleft() if self._given_back else next(self._lines, None)
        if line is None:
            return None
        self._line += 1
        return line.rstrip("\r\n").removeprefix("\ufeff")

    def _give_back(self, lines: list[str]) -> None:
        """Read these lines again."""
        self._given_back.extendleft(reversed(lines))
        self._line -= len(lines)

    def _comment(self, line: str) -> Item | None:
        """Pass over a comment; an item where it is not closed, and everything after it is comment."""
        first = self._line
        rest = line.partition("/*")[2]
        while "*/" not in rest:
            following = self._next()
            if following is None:
                message = "ORA-01742: comment not terminated properly: /* is not closed"
                return Item(ItemKind.OPEN_COMMENT, message, first, terminated=False)
            rest = following
        rest = rest.partition("*/")[2]
        if rest.strip():
            self._give_back([rest])
        return None

    def _command(self, text: str) -> Item:
        first, terminated = self._line, True
        # A line of hyphens, as scripts print them, is not continued.
        while text.endswith("-") and not text.endswith("--"):
            following = self._next()
            terminated = following is not None
            text = f"{text[:-1].rstrip()} {(following or '').strip()}".rstrip()
        try:
            return Item(ItemKind.COMMAND, self._substitute(text), first, terminated)
        except SubstitutionError as error:
            return Item(ItemKind.REFUSED, str(error), first, terminated)

    def _statement(self, line: str | None) -> Item:
        """A statement whose first line is at hand."""
        first = self._line
        lines: list[str] = []
        problem = ""
        block = terminated = False
        while line is not None and not terminated:
            if line.strip() == "/" and lines and not lexing.scan("\n".join(lines)).open_comment:
                terminated = True
                break
            try:
                lines.append(line if problem or line.lstrip().startswith("--") else self._substitute(line))
            except SubstitutionError as error:
                problem = str(error)
                lines.append(line)
            if ";" in lines[-1] and not block:
                block = lexing.is_block("\n".join(lines))
                terminated = not block and self._ends(lines)
            line = None if terminated else self._next()
        if problem:
            return Item(ItemKind.REFUSED, problem, first, terminated)
        return Item(ItemKind.STATEMENT, "\n".join(lines).strip(), first, terminated)

    def _ends(self, lines: list[str]) -> bool:
        """Whether the last line ends the SQL statement; if so it is cut there, and the rest of it given back."""
        text = "\n".join(lines)
        found = lexing.scan(text)
        if found.end is not None:
            rest = text[found.end + 1 :]
            lines[:] = text[: found.end].split("\n")
            if rest.strip():
                self._give_back([rest])
            return True
        if found.open_literal and lines[-1].rstrip().endswith(";"):
            lines[-1] = lines[-1].rstrip()[:-1]
            return True
        return False
