"""The types of expressions; on the way, what is wrong in them is complained of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.check import calls, columns, datatypes, datetimes, keys, names, queries
from engine.check.checker import Checker
from engine.check.scopes import VALUES, Kind, Scope, Symbol, display
from engine.check.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    INTERVAL,
    NULL,
    NUMBER,
    SUPPLIED_VALUES,
    TEXT,
    UNKNOWN,
    Family,
    Type,
    convertible,
)
from engine.tree import expressions as tree
from engine.tree.base import Condition, DataType, Expression, Name, Node, ObjectName
from engine.tree.queries import Query
from engine.tree.walk import bare, children


def type_of(checker: Checker, scope: Scope, node: Expression) -> Type:
    """The type of an expression, UNKNOWN where that can not be told."""
    reader = _READERS.get(type(node))
    if reader is not None:
        return reader(checker, scope, node)
    check_below(checker, scope, node)
    return BOOLEAN if isinstance(node, Condition) else UNKNOWN


def check_below(checker: Checker, scope: Scope, node: Node) -> None:
    """Check all expressions and queries below a node that has no rules of its own."""
    for child in children(node):
        check_any(checker, scope, child)


def check_any(checker: Checker, scope: Scope, node: Node) -> None:
    """Check a node of an expression, whatever it is."""
    if isinstance(node, Expression):
        type_of(checker, scope, node)
    elif isinstance(node, Query):
        queries.check_query(checker, scope, node)
    elif isinstance(node, DataType):
        datatypes.type_of(checker, scope, node)
    elif not isinstance(node, Name | ObjectName):
        check_below(checker, scope, node)


def condition(checker: Checker, scope: Scope, node: Expression) -> None:
    """Check an expression that must be true or false."""
    found = type_of(checker, scope, node)
    if not columns.in_sql(scope) and not convertible(BOOLEAN, found):
        checker.complain("PLS-00382", node)


# literals


def _constant_type(kind: Type) -> Callable[[Checker, Scope, Expression], Type]:
    return lambda _checker, _scope, _node: kind


# names


def _reference(checker: Checker, scope: Scope, node: tree.Reference) -> Type:
    if node.link:
        return UNKNOWN
    sql = columns.in_sql(scope)
    if sql:
        found = columns.find(checker, scope, node.parts)
        if found is not None:
            return found
    meaning = names.meaning(checker, scope, node.parts, role="sql" if sql else "value")
    if meaning is None:
        return UNKNOWN
    if not meaning.symbols:
        return supplied_value(checker, scope, node) if meaning.supplied else UNKNOWN
    return symbol_type(checker, scope, node, meaning)


def supplied_value(checker: Checker, scope: Scope, node: tree.Reference) -> Type:
    """The type of one of Oracle's values that take no arguments."""
    if len(node.parts) > 1:
        return UNKNOWN
    name = node.parts[0].value
    calls.check_place_of_builtin(checker, scope, node, name)
    return SUPPLIED_VALUES.get(name, UNKNOWN)


def symbol_type(checker: Checker, scope: Scope, node: tree.Reference, meaning: names.Meaning) -> Type:
    """The type of a name that is declared somewhere."""
    symbol = meaning.symbols[0]
    rest = node.parts[meaning.used :]
    if symbol.kind in VALUES:
        if columns.in_sql(scope) and not checker.in_unit and meaning.entry is not None:
            checker.complain("PLS-00221", node.parts[meaning.used - 1], symbol.name)
        return component(checker, symbol.type, rest, symbol.name)
    if symbol.kind is Kind.ROUTINE:
        return _call_without_arguments(checker, scope, node, meaning, rest)
    if symbol.kind is Kind.CURSOR and rest:
        checker.complain("PLS-00225", node, symbol.name)
    elif symbol.kind in _NO_VALUES and not rest:
        checker.complain(_NO_VALUES[symbol.kind], node, symbol.name)
    return UNKNOWN


# What has no value, and the number under which it is refused where one must stand.
_NO_VALUES = {Kind.TYPE: "PLS-00330", Kind.EXCEPTION: "PLS-00705", Kind.UNIT: "PLS-00226"}


def _call_without_arguments(
    checker: Checker, scope: Scope, node: tree.Reference, meaning: names.Meaning, rest: tuple[Name, ...]
) -> Type:
    symbol = meaning.symbols[0]
    if rest and not any(other.is_function for other in meaning.symbols):
        checker.complain("PLS-00225", node, symbol.name)
        return UNKNOWN
    chosen = calls.choose(checker, scope, node, meaning.symbols, (), function=True)
    return component(checker, chosen.type, rest, symbol.name) if chosen is not None else UNKNOWN


def component(checker: Checker, value: Type, rest: tuple[Name, ...], owner: str) -> Type:
    """The type of what stands behind a value's dots: fields of records, methods of collections."""
    if not rest:
        return value
    if value.family is Family.COLLECTION:
        method = rest[0].value
        if method in names.COLLECTION_METHODS:
            return INTEGER if method in ("COUNT", "LIMIT") else value.index or UNKNOWN
        checker.complain("PLS-00302", rest[0], method)
        return UNKNOWN
    return names.field_type(checker, value, rest, owner)


def _attribute(checker: Checker, scope: Scope, node: tree.Attribute) -> Type:
    return component(checker, type_of(checker, scope, node.target), (node.name,), "")


def _subscript(checker: Checker, scope: Scope, node: tree.Subscript) -> Type:
    """An array step of JSON, in which LAST is no name."""
    type_of(checker, scope, node.target)
    for step in node.steps:
        for position in (step.first, step.last):
            if position is not None and not _names_last(position):
                type_of(checker, scope, position)
    return UNKNOWN


def _names_last(node: Expression) -> bool:
    first = node.operands[0] if isinstance(node, tree.Operation) else node
    return isinstance(first, tree.Reference) and display(first.parts) == "LAST"


def _cursor_attribute(checker: Checker, scope: Scope, node: tree.CursorAttribute) -> Type:
    if isinstance(node.cursor, tree.Reference) and not node.cursor.link:
        parts = node.cursor.parts
        if columns.in_sql(scope):
            checker.complain("PLS-00229", node)
        elif display(parts) != "SQL":
            check_cursor_name(checker, scope, node.cursor, "PLS-00324")
    return INTEGER if node.attribute.endswith("ROWCOUNT") else BOOLEAN if "BULK" not in node.attribute else UNKNOWN


def check_cursor_name(checker: Checker, scope: Scope, node: tree.Reference, number: str) -> Symbol | None:
    """The cursor or the cursor variable that a name means; complains under this number where it is another thing."""
    meaning = names.meaning(checker, scope, node.parts)
    if meaning is None or not meaning.symbols:
        return None
    symbol = meaning.symbols[0]
    if symbol.kind in (Kind.CURSOR, Kind.ROUTINE):
        return symbol if symbol.kind is Kind.CURSOR else None
    found = component(checker, symbol.type, node.parts[meaning.used :], symbol.name) if symbol.kind in VALUES else None
    if found is None or (found.known and found.family not in (Family.CURSOR, Family.OBJECT)):
        checker.complain(number, node, display(node.parts))
        return None
    return symbol


# operators


def _parenthesised(checker: Checker, scope: Scope, node: tree.Parenthesised) -> Type:
    return type_of(checker, scope, node.inner)


def _unary(checker: Checker, scope: Scope, node: tree.Unary) -> Type:
    found = type_of(checker, scope, node.operand)
    if node.operator in ("-", "+") and not columns.in_sql(scope) and found.family is Family.BOOLEAN:
        checker.complain("PLS-00306", node, node.operator)
    return found if found.family in (Family.NUMBER, Family.INTERVAL) else UNKNOWN


def _operation(checker: Checker, scope: Scope, node: tree.Operation) -> Type:
    found = [type_of(checker, scope, operand) for operand in node.operands]
    result = found[0]
    for operator, right in zip(node.operators, found[1:], strict=True):
        if not columns.in_sql(scope) and Family.BOOLEAN in (result.family, right.family):
            checker.complain("PLS-00306", node, operator)
            return UNKNOWN
        if operator == "+" and result.family is right.family is Family.DATETIME:
            if columns.in_sql(scope):
                checker.complain("ORA-00975", node)
            else:
                checker.complain("PLS-00306", node, operator)
            return UNKNOWN
        result = _operated(operator, result, right)
    return result


def _operated(operator: str, left: Type, right: Type) -> Type:
    if operator == "||":
        texts = (Family.TEXT, Family.NUMBER, Family.DATETIME, Family.NULL, Family.RAW)
        return (
            TEXT
            if left.family in texts and right.family in texts and Family.RAW not in (left.family, right.family)
            else UNKNOWN
        )
    if left.family is Family.NUMBER and right.family is Family.NUMBER:
        return NUMBER
    if Family.DATETIME in (left.family, right.family) and operator in ("+", "-"):
        return _moved(left, right)
    return UNKNOWN


def _moved(left: Type, right: Type) -> Type:
    """The type of a point in time and a number, an interval or another point in time, added or subtracted."""
    if left.family is right.family:
        return NUMBER if left.base == right.base == "DATE" else INTERVAL
    time, other = (left, right) if left.family is Family.DATETIME else (right, left)
    if other.family is Family.INTERVAL:
        return time
    return DATE if other.family is Family.NUMBER else UNKNOWN


def _logical(checker: Checker, scope: Scope, node: tree.And | tree.Or) -> Type:
    for operand in node.conditions:
        condition(checker, scope, operand)
    return BOOLEAN


def _not(checker: Checker, scope: Scope, node: tree.Not) -> Type:
    condition(checker, scope, node.condition)
    return BOOLEAN


def _comparison(checker: Checker, scope: Scope, node: tree.Comparison) -> Type:
    in_sql = columns.in_sql(scope)
    query = bare(node.right)
    if isinstance(node.left, tree.Row) and isinstance(query, tree.Subquery):
        type_of(checker, scope, node.left)
        check_width(checker, scope, query, len(node.left.items))
        return BOOLEAN
    if isinstance(node.right, tree.Quantified) and in_sql:
        type_of(checker, scope, node.left)
        _check_list(checker, scope, node.right.items, _width(node.left))
        return BOOLEAN
    left = type_of(checker, scope, node.left)
    right = type_of(checker, scope, node.right)
    keys.check_compared(checker, node.left, left, right, in_sql=in_sql, operator=node.operator)
    if in_sql:
        keys.check_large(checker, node.left, left, right)
        keys.check_type(checker, node.right, right, left)
    if not in_sql and not convertible(left, right):
        checker.complain("PLS-00306", node, node.operator)
    return BOOLEAN


def _in(checker: Checker, scope: Scope, node: tree.In) -> Type:
    found = [type_of(checker, scope, node.operand)]
    if columns.in_sql(scope):
        found += _check_list(checker, scope, node.items, _width(node.operand))
    else:
        found += [type_of(checker, scope, item) for item in node.items]
    keys.check_compared(checker, node.operand, *found, in_sql=columns.in_sql(scope), operator="IN")
    if columns.in_sql(scope):
        keys.check_large(checker, node.operand, *found)
    return BOOLEAN


def _between(checker: Checker, scope: Scope, node: tree.Between) -> Type:
    found = [type_of(checker, scope, part) for part in (node.operand, node.low, node.high)]
    if columns.in_sql(scope):
        keys.check_type(checker, node.low, found[1], found[0])
        keys.check_type(checker, node.high, found[2], found[0])
    keys.check_compared(checker, node.operand, *found, in_sql=columns.in_sql(scope), operator="BETWEEN")
    return BOOLEAN


def _width(node: Expression) -> int:
    """How many values an operand is."""
    return len(node.items) if isinstance(node, tree.Row) else 1


def _check_list(checker: Checker, scope: Scope, items: Sequence[Expression], width: int) -> list[Type]:
    """Check what stands behind IN, ANY or ALL: queries of so many columns, and values, whose types are given."""
    found = []
    for item in items:
        query = bare(item)
        if isinstance(query, tree.Subquery):
            check_width(checker, scope, query, width)
            continue
        found.append(type_of(checker, scope, item))
        if width > 1 and isinstance(item, tree.Row) and len(item.items) != width:
            checker.complain("ORA-00913" if len(item.items) > width else "ORA-00947", item)
    return found


def check_width(checker: Checker, scope: Scope, node: tree.Subquery, width: int) -> None:
    """Check a query that gives so many columns."""
    found = queries.check_query(checker, scope, node.query)
    if found is not None and len(found) != width:
        checker.complain("ORA-00913" if len(found) > width else "ORA-00947", node)


def _quantified(checker: Checker, scope: Scope, node: tree.Quantified) -> Type:
    for item in node.items:
        query = bare(item)
        if isinstance(query, tree.Subquery):
            queries.check_query(checker, scope, query.query)  # it may stand beside several values
        else:
            type_of(checker, scope, item)
    return UNKNOWN


def check_choice(
    checker: Checker, selector: Expression, kind: Type, choice: Expression, found: Type, *, in_sql: bool
) -> None:
    """Complain of a choice of a simple CASE that can not be compared with its selector, outside SQL."""
    if not in_sql and not isinstance(choice, Condition) and not convertible(kind, found):
        name = display(selector.parts) if isinstance(selector, tree.Reference) else "CASE"
        checker.complain("PLS-00615", choice, name)


def _case(checker: Checker, scope: Scope, node: tree.Case) -> Type:
    selector = type_of(checker, scope, node.selector) if node.selector is not None else None
    in_sql = columns.in_sql(scope)
    results = []
    for when in node.whens:
        for choice in when.choices:
            if selector is None or node.selector is None:
                condition(checker, scope, choice)
            else:
                found = type_of(checker, scope, choice)
                check_choice(checker, node.selector, selector, choice, found, in_sql=in_sql)
                keys.check_compared(checker, node.selector, selector, found, in_sql=in_sql, operator="=")
        results.append(type_of(checker, scope, when.result))
    if node.otherwise is not None:
        results.append(type_of(checker, scope, node.otherwise))
    families = {result.family for result in results if result.family is not Family.NULL}
    return next((r for r in results if r.known), UNKNOWN) if len(families) == 1 else UNKNOWN


def _subquery(checker: Checker, scope: Scope, node: tree.Subquery) -> Type:
    if not columns.in_sql(scope):
        checker.complain("PLS-00405", node)
    found = queries.check_query(checker, scope, node.query)
    if found is not None and len(found) > 1 and columns.in_sql(scope):
        checker.complain("ORA-00913", node)
    return found[0][1] if found is not None and len(found) == 1 else UNKNOWN


def _exists(checker: Checker, scope: Scope, node: tree.Exists) -> Type:
    if not columns.in_sql(scope):
        checker.complain("PLS-00204", node, "EXISTS")
    queries.check_query(checker, scope, node.query)
    return BOOLEAN


def _current_of(checker: Checker, scope: Scope, node: tree.CurrentOf) -> Type:
    if isinstance(node.cursor, tree.Reference) and not node.cursor.link:
        meaning = names.meaning(checker, scope, node.cursor.parts)
        symbol = meaning.symbols[0] if meaning is not None and meaning.symbols else None
        query = symbol.tree.query if symbol is not None and symbol.kind is Kind.CURSOR else None
        if query is not None and query.for_update is None:
            checker.complain("PLS-00404", node.cursor, display(node.cursor.parts))
    return BOOLEAN


def _cast(checker: Checker, scope: Scope, node: tree.Cast) -> Type:
    type_of(checker, scope, node.operand)
    for value in (node.default, *node.formats):
        if value is not None:
            type_of(checker, scope, value)
    found = datatypes.type_of(checker, scope, node.datatype)
    return found if node.function == "CAST" else UNKNOWN


def _vector_text(checker: Checker, scope: Scope, node: tree.VectorText) -> Type:
    check_below(checker, scope, node)
    return TEXT


def _call(checker: Checker, scope: Scope, node: tree.Call) -> Type:
    return calls.type_of_call(checker, scope, node)


def _selector(_checker: Checker, _scope: Scope, _node: tree.Selector) -> Type:
    return UNKNOWN


_READERS: dict[type[Node], Callable[[Checker, Scope, Any], Type]] = {
    tree.NumberLiteral: _constant_type(NUMBER),
    tree.NullLiteral: _constant_type(NULL),
    tree.BooleanLiteral: _constant_type(BOOLEAN),
    tree.IntervalLiteral: _constant_type(INTERVAL),
    tree.Selector: _selector,
    tree.DateTimeLiteral: lambda checker, scope, node: datetimes.literal(checker, scope, node),
    tree.Extract: lambda checker, scope, node: datetimes.extract(checker, scope, node),
    tree.TextLiteral: _constant_type(TEXT),
    tree.Reference: _reference,
    tree.Attribute: _attribute,
    tree.Subscript: _subscript,
    tree.CursorAttribute: _cursor_attribute,
    tree.Parenthesised: _parenthesised,
    tree.Unary: _unary,
    tree.Operation: _operation,
    tree.And: _logical,
    tree.Or: _logical,
    tree.Not: _not,
    tree.Comparison: _comparison,
    tree.In: _in,
    tree.Between: _between,
    tree.Quantified: _quantified,
    tree.Case: _case,
    tree.Subquery: _subquery,
    tree.Exists: _exists,
    tree.Cast: _cast,
    tree.VectorText: _vector_text,
    tree.CurrentOf: _current_of,
    tree.Call: _call,
}
