"""Data types."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import expressions
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import expressions as values
from engine.tree import types as tree
from engine.tree.base import DataType, Expression, ObjectName, Place
from engine.words import BUILTIN_TYPES

# The phrases of BUILTIN_TYPES by their first words.
_BY_FIRST_WORD: dict[str, tuple[str, ...]] = {}
for _phrase in BUILTIN_TYPES:
    _first = _phrase.split()[0].lower()
    _BY_FIRST_WORD[_first] = (*_BY_FIRST_WORD.get(_first, ()), _phrase)

_SECOND_FRACTION = {"timestamp", "time"}


def datatype(cursor: Cursor) -> DataType:
    """A data type."""
    place, token = cursor.place, cursor.token
    if token.kind is Kind.WORD and not cursor.ahead().is_op(".", "%", "@"):
        if token.value == "interval" and cursor.ahead().is_word("day", "year"):
            return _interval(cursor)
        if token.value == "vector":
            return _vector(cursor)
        if token.value in _SECOND_FRACTION:
            return _timestamp(cursor)
        phrase = cursor.accept_phrase(_BY_FIRST_WORD.get(token.value, ()))
        if phrase:
            return _builtin(cursor, place, phrase)
        if token.value == "ref" and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
            cursor.take()
            return tree.NamedType(place, cursor.object_name(), is_reference=True)
    return _named(cursor)


def _builtin(cursor: Cursor, place: Place, phrase: str) -> DataType:
    if phrase == "JSON" and (cursor.at_op("(") or cursor.at("validate")):
        raise cursor.unsupported("the type JSON with a modifier")
    sizes, unit = sized(cursor)
    character_set = ""
    if cursor.accept("character", "set"):
        character_set = cursor.take().value.upper()
        if cursor.accept_op("%"):
            cursor.expect("charset")
            character_set += "%CHARSET"
    return tree.BuiltinType(place, phrase, sizes, unit, character_set)


def sized(cursor: Cursor) -> tuple[tuple[Expression, ...], str]:
    """`(n)`, `(p, s)`, `(*, s)` or `(n CHAR)`, where it stands here: the sizes and the unit."""
    if not cursor.at_op("("):
        return (), ""
    cursor.take()
    sizes = cursor.listed(expressions.expression)
    unit = cursor.accept_any("char", "byte")
    cursor.expect_op(")")
    return sizes, unit


def precision(cursor: Cursor) -> Expression | None:
    """`(n)` where it stands here; `(l, f)` of SECOND is a Row."""
    if not cursor.at_op("("):
        return None
    place = cursor.place
    items = cursor.list_in_parentheses(expressions.expression)
    return items[0] if len(items) == 1 else values.Row(place, items)


def _timestamp(cursor: Cursor) -> DataType:
    """TIMESTAMP or TIME, whose precision stands before WITH TIME ZONE."""
    place, word = cursor.place, cursor.take().value.upper()
    sizes, _ = sized(cursor)
    zone = cursor.accept_phrase(("WITH LOCAL TIME ZONE", "WITH TIME ZONE"))
    return tree.BuiltinType(place, f"{word} {zone}".strip(), sizes)


def _interval(cursor: Cursor) -> DataType:
    place = cursor.place
    cursor.take()
    leading = cursor.take().value.upper()
    first = precision(cursor)
    cursor.expect("to")
    trailing = cursor.expect_any("month" if leading == "YEAR" else "second")
    return tree.IntervalType(place, leading, first, trailing, precision(cursor))


def _vector(cursor: Cursor) -> DataType:
    place = cursor.place
    cursor.take()
    if not cursor.accept_op("("):
        return tree.VectorType(place)
    dimension = expressions.expression(cursor)
    words = ["", ""]
    for index in range(2):
        if cursor.accept_op(","):
            words[index] = "*" if cursor.accept_op("*") else cursor.take().value.upper()
    cursor.expect_op(")")
    return tree.VectorType(place, dimension, words[0], words[1])


def _named(cursor: Cursor) -> DataType:
    place = cursor.place
    if cursor.token.kind not in (Kind.WORD, Kind.QUOTED):
        raise cursor.unexpected("a data type", 902)
    if cursor.in_sql and cursor.is_reserved(cursor.token):
        raise cursor.error("ORA-00902", "invalid datatype")
    name = _type_name(cursor)
    if cursor.accept_op("%"):
        return tree.AnchoredType(place, name, cursor.expect_any("type", "rowtype"))
    sizes, unit = sized(cursor)
    return tree.NamedType(place, name, sizes, unit)


def _type_name(cursor: Cursor) -> ObjectName:
    place = cursor.place
    parts = [cursor.name(Role.TABLE)]
    while cursor.at_op(".") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
        cursor.take()
        parts.append(cursor.any_name())
    return ObjectName(place, tuple(parts), cursor.link())
