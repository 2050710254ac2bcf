"""What may follow an operand: arguments, attributes, subscripts, the clauses of aggregates and analytic functions."""

from __future__ import annotations

from dataclasses import replace

from engine.lexer import Kind
from engine.parser import conditions, datatypes, expressions, iterators
from engine.parser.cursor import DEEPEST, Cursor
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name
from engine.words import CURSOR_ATTRIBUTES, KEYWORD_ARGUMENTS

_AGGREGATE_CLAUSES = ("within", "keep", "over", "ignore", "respect", "from")
_CALLABLE = (tree.Reference, tree.Attribute, tree.Call, tree.CursorAttribute)


def followed(cursor: Cursor, found: Expression) -> Expression:
    """An operand with all that follows it."""
    steps = 0
    while True:
        step = _step(cursor, found)
        if step is None:
            return found
        found = step
        steps += 1
        if steps > DEEPEST // 4:
            raise cursor.unsupported(f"more than {DEEPEST // 4} steps behind one name")


def _step(cursor: Cursor, found: Expression) -> Expression | None:
    token = cursor.token
    if token.kind is Kind.OPERATOR:
        return _operator_step(cursor, found)
    if token.kind is not Kind.WORD:
        return None
    if token.value == "at":
        return _time_zone(cursor, found)
    if token.value == "collate":
        cursor.take()
        return tree.Collate(found.place, found, cursor.name())
    if token.value in ("day", "year") and isinstance(found, tree.Parenthesised):
        return _interval(cursor, found)
    if token.value in _AGGREGATE_CLAUSES and isinstance(found, tree.Call):
        return _aggregate_clause(cursor, found)
    if token.value in _AGGREGATE_CLAUSES and isinstance(found, tree.JsonConstructor):
        return replace(found, over=over(cursor)) if _at_over(cursor) else None
    return None


def _operator_step(cursor: Cursor, found: Expression) -> Expression | None:
    operator = cursor.token.value
    if operator == "(":
        if cursor.ahead().is_op("+") and cursor.ahead(2).is_op(")"):
            cursor.take(), cursor.take(), cursor.take()
            return tree.OuterColumn(found.place, found)
        return call(cursor, found) if isinstance(found, _CALLABLE) else None
    if operator == "." and not isinstance(found, tree.NumberLiteral):
        following = cursor.ahead()
        if following.kind not in (Kind.WORD, Kind.QUOTED) or isinstance(found, tree.Reference):
            return None
        cursor.take()
        return tree.Attribute(found.place, found, cursor.any_name() if cursor.in_sql else expressions.qualified(cursor))
    if operator == "%" and cursor.ahead().is_word(*CURSOR_ATTRIBUTES):
        return expressions.cursor_attribute(cursor, found)
    if operator == "[" and cursor.in_sql and isinstance(found, (*_CALLABLE, tree.Subscript)):
        cursor.take()
        steps = cursor.listed(_subscript)
        cursor.expect_op("]")
        return tree.Subscript(found.place, found, steps)
    return None


def _subscript(cursor: Cursor) -> tree.SubscriptStep:
    place = cursor.place
    first = expressions.expression(cursor)
    last = expressions.expression(cursor) if cursor.accept("to") else None
    return tree.SubscriptStep(place, first, last)


def _time_zone(cursor: Cursor, found: Expression) -> Expression | None:
    if cursor.accept("at", "local"):
        return tree.AtTimeZone(found.place, found, None)
    if cursor.accept("at", "time", "zone"):
        return tree.AtTimeZone(found.place, found, expressions.expression(cursor, expressions.POWER))
    return None


def _interval(cursor: Cursor, found: Expression) -> Expression | None:
    if not (cursor.ahead().is_word("to") or cursor.ahead().is_op("(")):
        return None
    leading = cursor.take().value.upper()
    first = datatypes.precision(cursor)
    cursor.expect("to")
    trailing = cursor.expect_any("second", "month")
    return tree.IntervalDifference(found.place, found, leading, first, trailing, datatypes.precision(cursor))


# arguments


def call(cursor: Cursor, function: Expression) -> Expression:
    """Arguments in parentheses behind what is called."""
    place = function.place
    cursor.expect_op("(")
    quantifier = ""
    if cursor.at_any("distinct", "unique", "all") and not cursor.ahead().is_op(")", ",", "."):
        quantifier = cursor.take().value.upper()
    if cursor.accept_op(")"):
        return tree.Call(place, function)
    arguments = _arguments(cursor, function)
    overflow = _overflow(cursor)
    order_by = sort_keys(cursor) if cursor.accept("order", "by") else ()
    nulls = _nulls(cursor)
    cursor.expect_op(")")
    return tree.Call(place, function, arguments, quantifier, order_by, overflow, nulls)


def _arguments(
    cursor: Cursor, function: Expression
) -> tuple[tree.Argument | tree.Association | tree.IteratorAssociation, ...]:
    words: dict[int, frozenset[str]] = {}
    if isinstance(function, tree.Reference) and len(function.parts) == 1:
        words = KEYWORD_ARGUMENTS.get(function.parts[0].value, {})
    found = [_argument(cursor, words.get(0))]
    while cursor.accept_op(","):
        found.append(_argument(cursor, words.get(len(found))))
    return tuple(found)


def _argument(
    cursor: Cursor, words: frozenset[str] | None = None
) -> tree.Argument | tree.Association | tree.IteratorAssociation:
    place, token = cursor.place, cursor.token
    if words and token.kind is Kind.WORD and token.value.upper() in words and cursor.ahead().is_op(")", ","):
        return tree.Argument(place, None, tree.Keyword(place, cursor.take().value.upper()))
    if token.is_word("for") and not cursor.in_sql:
        return _iterated(cursor)
    if token.kind in (Kind.WORD, Kind.QUOTED) and cursor.ahead().is_op("=>"):
        name = cursor.any_name()
        cursor.take()
        return tree.Argument(place, name, expressions.expression(cursor))
    value = expressions.expression(cursor)
    if cursor.at_op("=>", "|", ".."):
        return _association(cursor, value)
    if cursor.accept("default"):
        default = expressions.expression(cursor)
        cursor.expect("on", "conversion", "error")
        return tree.Argument(place, None, tree.ConversionDefault(place, value, default))
    return tree.Argument(place, None, value)


def _association(cursor: Cursor, first: Expression) -> tree.Association:
    keys = [first]
    if cursor.at_op(".."):
        raise cursor.unsupported("a range as the key of a qualified expression")
    while cursor.accept_op("|"):
        keys.append(expressions.expression(cursor))
    cursor.expect_op("=>")
    return tree.Association(first.place, tuple(keys), expressions.expression(cursor))


def _iterated(cursor: Cursor) -> tree.IteratorAssociation:
    place = cursor.place
    cursor.expect("for")
    iterator = iterators.iterator(cursor)
    kind = cursor.accept_any("index", "sequence")
    key = expressions.expression(cursor) if kind == "INDEX" else None
    cursor.expect_op("=>")
    return tree.IteratorAssociation(place, iterator, kind, key, expressions.expression(cursor))


def _overflow(cursor: Cursor) -> tree.Overflow | None:
    place = cursor.place
    if not cursor.accept("on", "overflow"):
        return None
    action = cursor.expect_any("error", "truncate")
    indicator = None
    if action == "TRUNCATE" and cursor.token.kind is Kind.STRING:
        indicator = expressions.text(cursor)
    return tree.Overflow(place, action, indicator, cursor.accept_phrase(("WITH COUNT", "WITHOUT COUNT")))


def _nulls(cursor: Cursor) -> str:
    word = cursor.accept_any("ignore", "respect")
    if word:
        cursor.expect("nulls")
    return word


# clauses behind the parentheses


def _aggregate_clause(cursor: Cursor, found: tree.Call) -> Expression | None:
    if cursor.at("within", "group"):
        cursor.take(), cursor.take()
        cursor.expect_op("(")
        cursor.expect("order", "by")
        keys = sort_keys(cursor)
        cursor.expect_op(")")
        return replace(found, within_group=keys)
    if cursor.at("keep") and cursor.ahead().is_op("("):
        return replace(found, keep=_keep(cursor))
    if cursor.at_any("ignore", "respect") and cursor.ahead().is_word("nulls"):
        return replace(found, nulls=_nulls(cursor))
    if cursor.at("from") and cursor.ahead().is_word("first", "last") and cursor.ahead(2).is_word(*_AGGREGATE_CLAUSES):
        cursor.take()
        return replace(found, from_end=cursor.take().value.upper())
    return replace(found, over=over(cursor)) if _at_over(cursor) else None


def _keep(cursor: Cursor) -> tree.Keep:
    place = cursor.place
    cursor.expect("keep")
    cursor.expect_op("(")
    cursor.expect("dense_rank")
    which = cursor.expect_any("first", "last")
    cursor.expect("order", "by")
    keys = sort_keys(cursor)
    cursor.expect_op(")")
    return tree.Keep(place, which, keys)


def _at_over(cursor: Cursor) -> bool:
    following = cursor.ahead()
    is_name = following.kind is Kind.QUOTED or (following.kind is Kind.WORD and not cursor.is_reserved(following))
    return cursor.at("over") and (following.is_op("(") or is_name)


def over(cursor: Cursor) -> tree.Window | Name:
    """OVER (...), or OVER and a window's name."""
    cursor.expect("over")
    if not cursor.at_op("("):
        return cursor.name()
    return cursor.in_parentheses(window)


def window(cursor: Cursor) -> tree.Window:
    """What stands in the parentheses of a window."""
    place = cursor.place
    begins_name = cursor.at_name() and not cursor.at_any("partition", "rows", "range", "groups")
    base = cursor.name() if begins_name else None
    partition_by = cursor.listed(expressions.expression) if cursor.accept("partition", "by") else ()
    siblings = cursor.accept("order", "siblings", "by")
    order_by = sort_keys(cursor) if siblings or cursor.accept("order", "by") else ()
    frame = _frame(cursor) if cursor.at_any("rows", "range", "groups") else None
    return tree.Window(place, base, partition_by, order_by, siblings, frame)


def _frame(cursor: Cursor) -> tree.Frame:
    place, unit, end = cursor.place, cursor.take().value.upper(), None
    if cursor.accept("between"):
        start = _bound(cursor)
        cursor.expect("and")
        end = _bound(cursor)
    else:
        start = _bound(cursor)
    exclusion = ""
    if cursor.accept("exclude"):
        exclusion = cursor.accept_phrase(("CURRENT ROW", "GROUP", "TIES", "NO OTHERS"))
        if not exclusion:
            raise cursor.unexpected("CURRENT ROW, GROUP, TIES or NO OTHERS")
    return tree.Frame(place, unit, start, end, exclusion)


def _bound(cursor: Cursor) -> tree.FrameBound:
    place = cursor.place
    kind = cursor.accept_phrase(("UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING", "CURRENT ROW"))
    if kind:
        return tree.FrameBound(place, kind)
    value = expressions.expression(cursor, expressions.ADDITIVE)
    return tree.FrameBound(place, cursor.expect_any("preceding", "following"), value)


def sort_keys(cursor: Cursor) -> tuple[tree.SortKey, ...]:
    """The items behind ORDER BY."""
    return cursor.listed(sort_key)


def sort_key(cursor: Cursor) -> tree.SortKey:
    """An item of ORDER BY."""
    place = cursor.place
    value = expressions.expression(cursor)
    direction = cursor.accept_any("asc", "desc")
    nulls = ""
    if cursor.at("nulls") and cursor.ahead().is_word("first", "last"):
        cursor.take()
        nulls = cursor.take().value.upper()
    return tree.SortKey(place, value, direction, nulls)


# CASE


def case(cursor: Cursor) -> Expression:
    """CASE ... END as an expression."""
    place = cursor.place
    cursor.expect("case")
    selector = None if cursor.at("when") else expressions.expression(cursor)
    whens = []
    while cursor.at("when"):
        whens.append(_when(cursor, selector is not None))
    if not whens:
        raise cursor.unexpected("WHEN", 905)
    otherwise = expressions.expression(cursor) if cursor.accept("else") else None
    cursor.expect("end")
    return tree.Case(place, selector, tuple(whens), otherwise)


def _when(cursor: Cursor, simple: bool) -> tree.When:
    place = cursor.place
    cursor.expect("when")
    choices = choice_list(cursor, simple)
    cursor.expect("then")
    return tree.When(place, choices, expressions.expression(cursor))


def choice_list(cursor: Cursor, simple: bool) -> tuple[Expression, ...]:
    """What stands between WHEN and THEN: one condition, or the choices of a simple CASE."""
    if not simple:
        return (expressions.expression(cursor),)
    return cursor.listed(conditions.dangling)
