"""The statements of a SQL*Plus-style script.

SQL ends at `;` or at a line holding only `/`. PL/SQL (a block, or CREATE of a package, procedure,
function, trigger or type) ends at a line holding only `/`. SQL*Plus commands take one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from engine.lexer import Kind, Scanner, Token

COMMANDS = {
    "desc": "describe", "describe": "describe", "exec": "execute", "execute": "execute",
    "set": "set", "exit": "exit", "quit": "exit", "prompt": "prompt", "rem": "remark",
    "remark": "remark", "whenever": "whenever", "help": "help", "show": "show",
    "acc": "accept", "accept": "accept", "def": "define", "define": "define", "undef": "undefine",
    "undefine": "undefine",
}  # fmt: skip
_COMMAND_PREFIXES = {"@@": "include_beside", "@": "include", "?": "help"}
_STORED_UNITS = ("package", "procedure", "function", "trigger", "type", "library")


class StatementKind(Enum):
    """How a statement is to be run."""

    SQL = "SQL"
    PLSQL = "PL/SQL"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script.

    `text` has no terminator, except that PL/SQL keeps the `;` after its last END. `line` is its
    first line in the script, from 1. `terminated` tells whether its terminator was there.
    `command` is the SQL*Plus command in its full spelling, for that kind only.
    """

    text: str
    line: int
    kind: StatementKind
    terminated: bool = True
    command: str = ""


def _alone_on_line(text: str, token: Token) -> bool:
    line_start = text.rfind("\n", 0, token.start) + 1
    line_end = text.find("\n", token.start)
    return text[line_start : line_end if line_end >= 0 else len(text)].strip() == "/"


def _is_plsql(words: list[str]) -> bool:
    if not words:
        return False
    if words[0] in ("begin", "declare", "<<"):
        return True
    if words[0] != "create":
        return False
    rest = words[1:]
    if rest[:2] == ["or", "replace"]:
        rest = rest[2:]
    if rest[:3] == ["if", "not", "exists"]:
        rest = rest[3:]
    if rest[:1] in (["editionable"], ["noneditionable"]):
        rest = rest[1:]
    return bool(rest and rest[0] in _STORED_UNITS)


def _command(scanner: Scanner) -> Statement | None:
    text, start = scanner.text, scanner.pos
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    line = text[start:end].strip()
    name = ""
    for prefix, command in _COMMAND_PREFIXES.items():
        if line.startswith(prefix):
            name, rest = command, line[len(prefix) :]
            break
    else:
        word, _, rest = line.partition(" ")
        name = COMMANDS.get(word.lower().rstrip(";"), "")
        # SET TRANSACTION, SET ROLE and SET CONSTRAINTS are SQL
        if name == "set" and rest.lower().startswith(("transaction", "role", "constraint")):
            return None
    if not name:
        return None
    # A command is continued on the next line by a hyphen at the end of the line.
    first_line = scanner.line
    while rest.endswith("-") and end < len(text):
        following = text.find("\n", end + 1)
        following = len(text) if following < 0 else following
        rest = rest[:-1].rstrip() + " " + text[end + 1 : following].strip()
        end = following
    scanner.advance(end)
    argument = rest.strip()
    if name in ("describe", "set", "exit", "show", "include", "include_beside", "whenever"):
        argument = argument.rstrip("; \t")
    return Statement(argument, first_line, StatementKind.COMMAND, command=name)


def unit_of(text: str) -> tuple[str, str]:
    """The kind and the name of what a CREATE statement creates, as the dictionary spells them; or empty strings."""
    scanner = Scanner(text)
    words: list[str] = []
    while not words or words[-1] not in (*_STORED_UNITS, "view"):
        token = scanner.next()
        if token.kind is not Kind.WORD:
            return "", ""
        words.append(token.value)
    kind = words[-1].upper()
    token = scanner.next()
    if token.is_word("body"):
        kind, token = f"{kind} BODY", scanner.next()
    if token.is_word("if"):
        scanner.next(), scanner.next()
        token = scanner.next()
    following = scanner.next()
    if following.is_op("."):
        token = scanner.next()
    return kind, token.value if token.kind is Kind.QUOTED else token.value.upper()


def split(text: str, source: str | None = None) -> Iterator[Statement]:
    """The statements of `text`, one after the other, as they are found.

    Raises SourceError (with `source` as its file) at a token that can not be read.
    """
    scanner = Scanner(text, source)
    while True:
        scanner.skip_blanks()
        if scanner.pos >= len(text):
            return
        command = _command(scanner)
        if command is not None:
            yield command
            continue
        statement = _statement(scanner)
        if statement is not None:
            yield statement


def _statement(scanner: Scanner) -> Statement | None:
    text = scanner.text
    first = scanner.next()
    if first.is_op(";") or (first.is_op("/") and _alone_on_line(text, first)):
        return None  # an empty statement; `/` after a finished one repeats nothing here
    words: list[str] = []
    token, last = first, first
    plsql = False
    while True:
        if len(words) < 8:
            words.append(token.value)
            plsql = plsql or _is_plsql(words)
        if token.kind is Kind.END:
            end, terminated = last.end, False
            break
        if token.is_op("/") and _alone_on_line(text, token):
            end, terminated = last.end, True
            break
        if token.is_op(";") and not plsql:
            end, terminated = last.end, True
            break
        last = token
        token = scanner.next()
    kind = StatementKind.PLSQL if plsql else StatementKind.SQL
    return Statement(text[first.start : end], first.line, kind, terminated)


def is_complete(text: str) -> bool:
    """Whether text typed so far ends a statement (for an interactive prompt)."""
    statements = list(split(text))
    return not statements or statements[-1].terminated or statements[-1].kind is StatementKind.COMMAND
