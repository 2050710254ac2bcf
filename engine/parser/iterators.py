"""What a FOR loop or a qualified expression runs over (PL/SQL Language Reference, "Iterators")."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import datatypes, expressions
from engine.parser.cursor import Cursor
from engine.tree import expressions as tree
from engine.tree.base import Expression


def iterator(cursor: Cursor) -> tree.Iterator:
    """`i [, j] IN control, control ...`; FOR has been read."""
    place = cursor.place
    variables = cursor.listed(_variable)
    cursor.expect("in")
    return tree.Iterator(place, variables, cursor.listed(control))


def _variable(cursor: Cursor) -> tree.IterandDeclaration:
    place = cursor.place
    name = cursor.name()
    mutability = cursor.accept_any("mutable", "immutable")
    datatype = None if cursor.at("in") or cursor.at_op(",") else datatypes.datatype(cursor)
    return tree.IterandDeclaration(place, name, mutability, datatype)


def control(cursor: Cursor) -> tree.IteratorControl:
    """One control of an iterator."""
    place = cursor.place
    reverse = cursor.at("reverse") and not cursor.ahead().is_op(".", "..", "(") and cursor.accept("reverse")
    kind = cursor.accept_phrase(("VALUES OF", "INDICES OF", "PAIRS OF"))
    if kind:
        source = expressions.expression(cursor)
        while_, when = _stops(cursor)
        return tree.Collection(place, kind, source, reverse=reverse, while_=while_, when=when)
    repeat = cursor.at("repeat") and cursor.ahead().kind is not Kind.OPERATOR and cursor.accept("repeat")
    low = expressions.expression(cursor, expressions.ADDITIVE)
    if cursor.accept_op(".."):
        high = expressions.expression(cursor, expressions.ADDITIVE)
        step = expressions.expression(cursor, expressions.ADDITIVE) if cursor.accept("by") else None
        while_, when = _stops(cursor)
        return tree.Stepped(place, low, high, step, reverse=reverse, while_=while_, when=when)
    while_, when = _stops(cursor)
    return tree.Single(place, low, repeat, reverse=reverse, while_=while_, when=when)


def _stops(cursor: Cursor) -> tuple[Expression | None, Expression | None]:
    while_ = expressions.expression(cursor) if cursor.accept("while") else None
    when = expressions.expression(cursor) if cursor.accept("when") else None
    return while_, when
