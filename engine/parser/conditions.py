"""Conditions: what may stand between two expressions, or behind one, to make a truth of it."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import expressions, json_functions
from engine.parser.cursor import Cursor
from engine.tree import expressions as tree
from engine.tree.base import Expression

_UNEQUAL = ("<>", "!=", "^=", "~=")
# Two operators that make one with blanks between them.
_SPLIT = {("<", ">"): "<>", ("<", "="): "<=", (">", "="): ">="}
_PREDICATES = (
    "NULL", "NAN", "INFINITE", "EMPTY", "A SET", "DANGLING", "TRUE", "FALSE", "UNKNOWN", "PRESENT", "ANY",
    "DOCUMENT",
)  # fmt: skip


def comparison(cursor: Cursor, left: Expression) -> Expression:
    """A comparison, or a condition that begins with a word, behind its left side."""
    if cursor.token.kind is Kind.OPERATOR:
        return _compared(cursor, left)
    if cursor.accept("is"):
        return _is(cursor, left)
    negated = cursor.accept("not")
    word = cursor.take().value
    if word == "in":
        return _in(cursor, left, negated)
    if word == "between":
        low = expressions.expression(cursor, expressions.ADDITIVE)
        cursor.expect("and")
        high = expressions.expression(cursor, expressions.ADDITIVE)
        return tree.Between(left.place, left, low, high, negated)
    if word == "overlaps":
        return tree.Overlaps(left.place, left, expressions.expression(cursor, expressions.ADDITIVE))
    if word in ("member", "submultiset"):
        cursor.accept("of")
        collection = expressions.expression(cursor, expressions.ADDITIVE)
        return tree.Membership(left.place, word.upper(), left, collection, negated)
    pattern = expressions.expression(cursor, expressions.ADDITIVE)
    escape = expressions.expression(cursor, expressions.ADDITIVE) if cursor.accept("escape") else None
    return tree.Like(left.place, word.upper(), left, pattern, escape, negated)


def _compared(cursor: Cursor, left: Expression) -> Expression:
    operator = cursor.take().value
    if cursor.token.kind is Kind.OPERATOR and (operator, cursor.token.value) in _SPLIT:
        operator = _SPLIT[operator, cursor.take().value]
    if operator in _UNEQUAL:
        operator = "<>"
    if cursor.at_any("any", "some", "all") and cursor.ahead().is_op("("):
        right: Expression = _quantified(cursor)
    else:
        right = expressions.expression(cursor, expressions.ADDITIVE)
    return tree.Comparison(left.place, operator, left, right)


def _quantified(cursor: Cursor) -> Expression:
    place, word = cursor.place, cursor.take().value.upper()
    return tree.Quantified(place, word, _items(cursor))


def _items(cursor: Cursor) -> tuple[Expression, ...]:
    """The values of a list in parentheses; those of a query are one Subquery."""
    found = expressions.parenthesised(cursor)
    if isinstance(found, tree.Row):
        return found.items
    return (found.inner,) if isinstance(found, tree.Parenthesised) else (found,)


def _in(cursor: Cursor, left: Expression, negated: bool) -> Expression:
    if not cursor.at_op("("):
        single = expressions.expression(cursor, expressions.ADDITIVE)
        return tree.In(left.place, left, (single,), negated, parenthesised=False)
    return tree.In(left.place, left, _items(cursor), negated)


def _is(cursor: Cursor, left: Expression) -> Expression:
    negated = cursor.accept("not")
    if cursor.accept("json"):
        return tree.IsJson(left.place, left, json_functions.condition_options(cursor), negated)
    if cursor.at_any("of"):
        cursor.take()
        cursor.accept("type")
        return tree.IsOfType(left.place, left, cursor.list_in_parentheses(_object_type), negated)
    what = cursor.accept_phrase(_PREDICATES)
    if not what:
        raise cursor.unexpected("NULL", 908)
    return tree.Is(left.place, left, what, negated)


def _object_type(cursor: Cursor) -> tree.NamedObjectType:
    place = cursor.place
    only = cursor.accept("only")
    return tree.NamedObjectType(place, cursor.object_name(), only)


def dangling(cursor: Cursor) -> Expression:
    """A choice of a simple CASE: an expression, or a condition that lacks its left side."""
    place = cursor.place
    if expressions.rank_here(cursor) == expressions.COMPARISON and not cursor.at("between", "("):
        return comparison(cursor, tree.Selector(place))
    return expressions.expression(cursor)
