"""The statements of a SQL*Plus-style script.

SQL ends at `;` or at a line holding only `/`. PL/SQL (a block, or CREATE of a package, procedure,
function, trigger or type) ends at a line holding only `/`. SQL*Plus commands take one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from engine.errors import SourceError
from engine.lexer import Kind, Scanner, Token

# Each command with the letters that are enough for it (SQL*Plus User's Guide and Reference, "SQL*Plus Command
# Reference"). Those of one letter are left out.
_ABBREVIATED = """acc[ept] app[end] archive attr[ibute] bre[ak] bti[tle] cha[nge] cl[ear] col[umn] comp[ute] conn[ect]
    copy def[ine] del desc[ribe] disc[onnect] ed[it] exec[ute] exit get help hist[ory] ho[st] input list oerr passw[ord]
    pau[se] ping pri[nt] pro[mpt] quit recover rem[ark] repf[ooter] reph[eader] run sav[e] set sho[w] shutdown spo[ol]
    sta[rt] startup store timi[ng] tti[tle] undef[ine] var[iable] whenever xquery"""
_OTHER_NAMES = {"quit": "exit", "start": "include"}


def _commands() -> dict[str, str]:
    found = {}
    for word in _ABBREVIATED.split():
        least, _, rest = word.rstrip("]").partition("[")
        for length in range(len(rest) + 1):
            found[least + rest[:length]] = _OTHER_NAMES.get(least + rest, least + rest)
    return found


# The full name of each command by all its spellings.
COMMANDS = _commands()
_COMMAND_PREFIXES = {"@@": "include_beside", "@": "include", "?": "help", "!": "host", "$": "host"}
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


def begins_unit(text: str) -> bool:
    """Whether a text is PL/SQL: a block, or CREATE of a stored unit."""
    scanner, words = Scanner(text), list[str]()
    try:
        while len(words) < 8 and not _is_unit(words):
            token = scanner.next()
            if token.kind is not Kind.WORD and not token.is_op("<<"):
                return False
            words.append(token.value)
    except SourceError:
        return False
    return _is_unit(words)


def _is_unit(words: list[str]) -> bool:
    if not words:
        return False
    if words[0] in ("begin", "declare", "<<"):
        return True
    if words[0] != "create":
        return False
    rest = words[1:]
    if rest[:2] == ["or", "replace"]:
        rest = rest[2:]
    if rest[:1] in (["editionable"], ["noneditionable"]):
        rest = rest[1:]
    return bool(rest and rest[0] in _STORED_UNITS)


def _holds_statements(words: list[str]) -> bool:
    """Whether what begins with these words is SQL that may hold semicolons: it ends as PL/SQL does."""
    if words in (["with", "function"], ["with", "procedure"]):
        return True
    return words[:1] == ["create"] and (words[-1] == "java" or words[-2:] == ["mle", "module"])


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
        word, rest = (*line.split(None, 1), "")[:2]
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
            plsql = plsql or _is_unit(words) or _holds_statements(words)
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
