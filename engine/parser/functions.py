"""Functions and literals that begin with a word and have a syntax of their own, in a table by that word."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.lexer import Kind
from engine.parser import calls, datatypes, expressions, json_functions, queries
from engine.parser.cursor import Cursor
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.words import PSEUDO_COLUMNS


class Special(NamedTuple):
    """When a word begins something special here, and how that is read."""

    holds: Callable[[Cursor], bool]
    read: Callable[[Cursor], Expression]


# when


def _always(_: Cursor) -> bool:
    return True


def _before_parenthesis(cursor: Cursor) -> bool:
    return cursor.ahead().is_op("(")


def _before_text(cursor: Cursor) -> bool:
    return cursor.ahead().kind is Kind.STRING


def _no_name(cursor: Cursor) -> bool:
    return not cursor.ahead().is_op(".", "(", "%", "=>", ":=")


def _before_operand(cursor: Cursor) -> bool:
    """Whether an operand follows, so that the word is not a name."""
    token = cursor.ahead()
    if token.kind is Kind.OPERATOR:
        return token.value in ("(", "-", "+", "*") and token.value != "*"
    if token.kind is Kind.WORD:
        return not cursor.is_reserved(token) or token.value in _OPERAND_WORDS
    return token.kind is not Kind.END


_OPERAND_WORDS = PSEUDO_COLUMNS | {"null", "case", "not", "exists", "prior", "date", "when", "sql"}


def _in_plsql(cursor: Cursor) -> bool:
    return cursor.in_unit and cursor.ahead().is_op("%")


def _using(cursor: Cursor) -> bool:
    """Whether TRANSLATE (x USING ...) stands here, as far as can be seen at its first comma."""
    if not cursor.ahead().is_op("("):
        return False
    depth, count = 0, 1
    while (token := cursor.ahead(count)).kind is not Kind.END:
        depth += token.is_op("(") - token.is_op(")")
        if depth == 0 or (depth == 1 and token.is_op(",")):
            return False
        if depth == 1 and token.is_word("using"):
            return True
        count += 1
    return False


def _field_of(cursor: Cursor) -> bool:
    return cursor.ahead().is_op("(") and cursor.ahead(3).is_word("from")


def _before_query(cursor: Cursor) -> bool:
    return cursor.ahead().is_op("(") and cursor.ahead(2).is_word("select", "with")


def _new_object(cursor: Cursor) -> bool:
    return cursor.ahead().kind in (Kind.WORD, Kind.QUOTED) and not cursor.is_reserved(cursor.ahead())


# how


def _null(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    return tree.NullLiteral(place)


def _boolean(cursor: Cursor) -> Expression:
    place = cursor.place
    return tree.BooleanLiteral(place, cursor.take().value == "true")


def _datetime(cursor: Cursor) -> Expression:
    place, kind = cursor.place, cursor.take().value.upper()
    return tree.DateTimeLiteral(place, kind, cursor.take().value)


def _interval(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    text = cursor.take().value
    leading = cursor.expect_any("year", "month", "day", "hour", "minute", "second")
    first = datatypes.precision(cursor)
    trailing, last = "", None
    if cursor.accept("to"):
        trailing = cursor.expect_any("month", "hour", "minute", "second")
        last = datatypes.precision(cursor)
    return tree.IntervalLiteral(place, text, leading, first, trailing, last)


def _unary(cursor: Cursor) -> Expression:
    place, operator = cursor.place, cursor.take().value.upper()
    return tree.Unary(place, operator, expressions.expression(cursor, expressions.POWER))


def _new(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    name = expressions.reference(cursor)
    return tree.New(place, calls.call(cursor, name) if cursor.at_op("(") else name)


def _sql_cursor(cursor: Cursor) -> Expression:
    place = cursor.place
    name = tree.Reference(place, (cursor.any_name(),))
    return expressions.cursor_attribute(cursor, name)


def _cursor(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    return tree.CursorExpression(place, cursor.in_parentheses(queries.query))


def _exists(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    return tree.Exists(place, cursor.in_parentheses(queries.query))


def _case(cursor: Cursor) -> Expression:
    return calls.case(cursor)


def _multiset(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    return tree.Multiset(place, cursor.in_parentheses(queries.query))


def _cast(cursor: Cursor) -> Expression:
    place, function = cursor.place, cursor.take().value.upper()
    cursor.expect_op("(")
    operand = expressions.expression(cursor)
    cursor.expect("as")
    datatype = datatypes.datatype(cursor)
    default, formats = None, []
    if cursor.accept("default"):
        default = expressions.expression(cursor)
        cursor.expect("on", "conversion", "error")
    while cursor.accept_op(","):
        formats.append(expressions.expression(cursor))
    cursor.expect_op(")")
    return tree.Cast(place, function, operand, datatype, default, tuple(formats))


def _extract(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    cursor.expect_op("(")
    field = cursor.take().value.upper()
    cursor.expect("from")
    source = expressions.expression(cursor)
    cursor.expect_op(")")
    return tree.Extract(place, field, source)


def _trim(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    cursor.expect_op("(")
    side = "" if cursor.ahead().is_op(")", ",", ".", "(") else cursor.accept_any("leading", "trailing", "both")
    character, source = None, None
    if not (side and cursor.at("from")):
        source = expressions.expression(cursor)
    if cursor.accept("from"):
        character, source = source, expressions.expression(cursor)
    if source is None:
        raise cursor.unexpected("an expression")
    cursor.expect_op(")")
    return tree.Trim(place, side, character, source)


def _translate(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    cursor.expect_op("(")
    operand = expressions.expression(cursor)
    cursor.expect("using")
    charset = cursor.expect_any("char_cs", "nchar_cs")
    cursor.expect_op(")")
    return tree.Translate(place, operand, charset)


def _vector_text(cursor: Cursor) -> Expression:
    place, function = cursor.place, cursor.take().value.upper()
    cursor.expect_op("(")
    operand = expressions.expression(cursor)
    returned = json_functions.returning(cursor)
    form = cursor.expect_any("dense", "sparse") if cursor.accept("format") else ""
    cursor.expect_op(")")
    return tree.VectorText(place, function, operand, returned, form)


SPECIAL: dict[str, Special] = {
    "null": Special(_always, _null),
    "true": Special(_no_name, _boolean),
    "false": Special(_no_name, _boolean),
    "date": Special(_before_text, _datetime),
    "time": Special(_before_text, _datetime),
    "timestamp": Special(_before_text, _datetime),
    "interval": Special(_before_text, _interval),
    "prior": Special(_before_operand, _unary),
    "connect_by_root": Special(_before_operand, _unary),
    "case": Special(_before_operand, _case),
    "exists": Special(_before_query, _exists),
    "new": Special(_new_object, _new),
    "sql": Special(_in_plsql, _sql_cursor),
    "cursor": Special(_before_query, _cursor),
    "multiset": Special(_before_query, _multiset),
    "cast": Special(_before_parenthesis, _cast),
    "xmlcast": Special(_before_parenthesis, _cast),
    "treat": Special(_before_parenthesis, _cast),
    "validate_conversion": Special(_before_parenthesis, _cast),
    "extract": Special(_field_of, _extract),
    "trim": Special(_before_parenthesis, _trim),
    "translate": Special(_using, _translate),
    "from_vector": Special(_before_parenthesis, _vector_text),
    "vector_serialize": Special(_before_parenthesis, _vector_text),
}
