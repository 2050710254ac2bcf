"""From the text of one statement to its tree.

`parse` reads a statement of SQL, a block or a CREATE of a stored unit, without the terminator of the client.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import (
    alterations,
    conditional,
    definitions,
    dml,
    expressions,
    units,
)
from engine.parser.cursor import DEEPEST, Cursor
from engine.parser.static import Constants
from engine.script import begins_unit
from engine.tree.base import Expression, Statement

_STATEMENTS: dict[str, Callable[[Cursor], Statement]] = {
    **dml.STATEMENTS,
    "begin": units.anonymous_block,
    "declare": units.anonymous_block,
    "<<": units.anonymous_block,
    "create": definitions.create,
    "alter": alterations.alter,
    "drop": alterations.drop,
    "truncate": alterations.truncate,
    "rename": alterations.rename,
    "comment": alterations.comment,
    "purge": alterations.purge,
    "grant": alterations.grant,
    "revoke": alterations.grant,
    "call": dml.call_statement,
    "explain": dml.explain,
    "(": dml.STATEMENTS["select"],
}
# Statements that the tree does not hold, by their first words.
_REFUSED = (
    "analyze", "associate", "audit", "noaudit", "flashback", "administer", "disassociate", "shutdown", "startup",
    "roll",
)  # fmt: skip


def no_constants(_package: str, _name: str) -> None:
    """The constants of packages where none are known."""


def parse(text: str, source: str | None = None, line: int = 1, constants: Constants = no_constants) -> Statement:
    """The tree of one statement; a `;` behind it is taken.

    `source` and `line` say where the text stands, for places and messages. Conditional compilation asks `constants`.
    Raises SourceError where the text is wrong by Oracle's rules, with Oracle's number, and NotSupported where it is
    outside what the tree holds.
    """
    cursor = Cursor(text, source, line, in_unit=begins_unit(text))
    if cursor.in_unit:
        conditional.select(cursor, constants)
    token = cursor.token
    reader = None
    if token.kind in (Kind.WORD, Kind.OPERATOR):
        reader = _STATEMENTS.get(token.value)
    if reader is None:
        raise _no_statement(cursor)
    found = reader(cursor)
    cursor.accept_op(";")
    if cursor.token.kind is not Kind.END:
        raise cursor.unexpected("the end of the statement", 933)
    return found


def parse_expression(text: str, source: str | None = None, line: int = 1, *, plsql: bool = False) -> Expression:
    """The tree of an expression alone."""
    cursor = Cursor(text, source, line, in_unit=plsql)
    found = expressions.expression(cursor)
    if cursor.token.kind is not Kind.END:
        raise cursor.unexpected("the end of the expression", 933)
    return found


def _no_statement(cursor: Cursor) -> Exception:
    if cursor.token.kind is Kind.END:
        return cursor.error("ORA-00900", "invalid SQL statement: there is none")
    if cursor.at_any(*_REFUSED):
        return cursor.unsupported(cursor.token.value.upper())
    if cursor.token.kind in (Kind.DIRECTIVE, Kind.SUBSTITUTION):
        return cursor.unexpected("a statement")
    return cursor.error("ORA-00900", f"invalid SQL statement: it begins with {cursor.token.describe()}")


__all__ = ["DEEPEST", "no_constants", "parse", "parse_expression"]
