"""Blocks and their exception handlers."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import declarations, statements
from engine.parser.cursor import Cursor
from engine.tree import plsql as tree
from engine.tree.base import Declaration, Name, Place, Statement


def block(cursor: Cursor, labels: tuple[tree.Label, ...] = ()) -> tree.Block:
    """[DECLARE ...] BEGIN ... END [label], without the semicolon."""
    with cursor.deeper():
        place = labels[0].place if labels else cursor.place
        declare = cursor.accept("declare")
        declared = declarations.declarations(cursor) if declare else ()
        run, handlers = executable(cursor)
        return tree.Block(place, declared, run, handlers, labels, end_name(cursor), declare)


def body(cursor: Cursor, ends_with: str = "") -> tree.Block:
    """The declarations and statements of a routine, behind IS or AS; without the semicolon.

    `ends_with` is what a timing point of a trigger repeats behind END.
    """
    with cursor.deeper():
        place = cursor.place
        declare = cursor.accept("declare")
        declared = declarations.declarations(cursor)
        run, handlers = executable(cursor)
        if ends_with:
            cursor.expect(*ends_with.lower().split())
        name = None if ends_with else end_name(cursor)
        return tree.Block(place, declared, run, handlers, (), name, declare)


def initialisation(cursor: Cursor, place: Place, declared: tuple[Declaration, ...]) -> tree.Block:
    """What follows the declarations of a package's body, up to its end."""
    if cursor.accept("end"):
        return tree.Block(place, declared, None, (), (), end_name(cursor))
    run, handlers = executable(cursor)
    return tree.Block(place, declared, run, handlers, (), end_name(cursor))


def executable(cursor: Cursor) -> tuple[tuple[Statement, ...], tuple[tree.Handler, ...]]:
    """BEGIN statements [EXCEPTION handlers] END."""
    cursor.expect("begin")
    run = statements.statements(cursor)
    handlers = exception_handlers(cursor)
    cursor.expect("end")
    return run, handlers


def exception_handlers(cursor: Cursor) -> tuple[tree.Handler, ...]:
    """EXCEPTION WHEN ..., where it stands here."""
    if not cursor.accept("exception"):
        return ()
    found = []
    while cursor.at("when"):
        found.append(_handler(cursor))
    if not found:
        raise cursor.unexpected("WHEN")
    return tuple(found)


def _handler(cursor: Cursor) -> tree.Handler:
    place = cursor.place
    cursor.expect("when")
    names = []
    others = cursor.at("others") and cursor.ahead().is_word("then") and cursor.accept("others")
    if not others:
        names.append(declarations.exception_name(cursor))
        while cursor.accept("or"):
            names.append(declarations.exception_name(cursor))
    cursor.expect("then")
    return tree.Handler(place, tuple(names), statements.statements(cursor), others)


def end_name(cursor: Cursor) -> Name | None:
    """The name that may follow END."""
    if cursor.token.kind in (Kind.WORD, Kind.QUOTED):
        return cursor.any_name()
    return None
