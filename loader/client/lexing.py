"""What the client must know of Oracle's text: where a statement ends, what it is, and its bind variables.

The only module of the client that uses the lexer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import SourceError
from engine.lexer import Kind, Scanner, Token
from engine.script import unit_of

# The words that SQL statements begin with: SQL Language Reference, "Types of SQL Statements". SET is a command of
# SQL*Plus as well.
_SQL_WORDS = frozenset(
    """administer alter analyze associate audit call comment commit create delete disassociate drop explain flashback
    grant insert lock merge noaudit purge rename revoke rollback savepoint select truncate update with""".split()
)
_SET_OBJECTS = ("transaction", "role", "constraint", "constraints")
_UNITS = ("package", "procedure", "function", "trigger", "type", "library", "mle")
_UNCLOSED_COMMENT = 1742
# Tokens that say what a statement is: CREATE OR REPLACE EDITIONABLE PACKAGE BODY schema.name are eight.
_HEAD = 9


@dataclass(frozen=True, slots=True)
class Scan:
    """How far a SQL text goes.

    `end` is the offset of the `;` that ends it, or None. `open_comment` and `open_literal` tell what is not closed.
    """

    end: int | None = None
    open_comment: bool = False
    open_literal: bool = False


def begins_statement(line: str) -> bool:
    """Whether a line begins a SQL statement or a PL/SQL block, and no command of the client."""
    words = [token.value for token in _head(line)[:2]]
    if not words:
        return False
    if words[0] == "set":
        return len(words) > 1 and words[1] in _SET_OBJECTS
    return words[0] in _SQL_WORDS or words[0] in ("begin", "declare", "(") or line.lstrip().startswith("<<")


def is_block(text: str) -> bool:
    """Whether a text is PL/SQL, which `;` does not end: a block, CREATE of a stored unit, or WITH FUNCTION."""
    words = [token.value for token in _head(text)]
    match words:
        case ["begin" | "declare" | "<<", *_]:
            return True
        case ["with", "function" | "procedure", *_]:
            return True
        case ["create", *rest]:
            while rest and rest[0] in ("or", "replace", "if", "not", "exists", "editionable", "noneditionable"):
                rest = rest[1:]
            return bool(rest) and rest[0] in _UNITS
    return False


def is_ddl(text: str) -> bool:
    """Whether a statement is DDL, which commits."""
    first = next(iter(_head(text)), None)
    return first is not None and first.is_word(
        "create", "alter", "drop", "truncate", "comment", "grant", "revoke", "rename", "purge"
    )


def created_unit(text: str) -> tuple[str, str] | None:
    """Kind and name of the stored unit or view that a CREATE makes, as the dictionary spells them."""
    head = _head(text)
    if not head or not head[0].is_word("create"):
        return None
    try:
        kind, name = unit_of(text)
    except SourceError:
        return None
    return (kind, name) if kind else None


def scan(text: str) -> Scan:
    """Look for the end of a SQL statement."""
    scanner = Scanner(text)
    try:
        for token in _tokens(scanner):
            if token.is_op(";"):
                return Scan(end=token.start)
    except SourceError as error:
        comment = error.code == _UNCLOSED_COMMENT
        return Scan(open_comment=comment, open_literal=not comment)
    return Scan()


def bind_names(text: str) -> list[str]:
    """The bind variables of a statement in lower case, each once; a stored unit has none."""
    if created_unit(text) is not None:
        return []
    names: dict[str, None] = {}
    try:
        for token in _tokens(Scanner(text)):
            if token.kind is Kind.BIND:
                names[token.value] = None
    except SourceError:
        return []  # the database says what is wrong
    return list(names)


def _head(text: str) -> list[Token]:
    """The first tokens of a text; fewer where one of them can not be read."""
    found: list[Token] = []
    try:
        for token in _tokens(Scanner(text)):
            found.append(token)
            if len(found) == _HEAD:
                break
    except SourceError:
        pass
    return found


def _tokens(scanner: Scanner) -> Iterator[Token]:
    """The tokens of a text without its end; a character that the lexer has no use for is passed over.

    Raises SourceError at a comment, literal or quoted name that is not closed.
    """
    while True:
        scanner.skip_blanks()
        if scanner.pos >= len(scanner.text):
            return
        try:
            yield scanner.next()
        except SourceError as error:
            if error.code == _UNCLOSED_COMMENT or _is_open(scanner.text[scanner.pos :]):
                raise
            scanner.advance(scanner.pos + 1)


def _is_open(rest: str) -> bool:
    """Whether what can not be read is a literal or quoted name whose end is missing."""
    return rest.lstrip("nNqQ").startswith(("'", '"'))
