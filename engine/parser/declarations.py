"""Declarations of PL/SQL: variables, types, cursors, exceptions, pragmas, routines."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import datatypes, expressions, queries, routines
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import DataType, Declaration, Expression, Name, ObjectName


def declarations(cursor: Cursor) -> tuple[Declaration, ...]:
    """The items of a declarative part, up to BEGIN or END."""
    found: list[Declaration] = []
    while not cursor.at_any("begin", "end") and cursor.token.kind is not Kind.END:
        found.append(declaration(cursor))
    return tuple(found)


def declaration(cursor: Cursor) -> Declaration:
    """One item of a declarative part."""
    if cursor.token.kind is Kind.WORD and not cursor.ahead().is_word("constant", "exception"):
        reader = _READERS.get(cursor.token.value)
        if reader is not None and (cursor.token.value != "type" or cursor.ahead(2).is_word("is")):
            return reader(cursor)
    return _variable(cursor)


def of_with(cursor: Cursor) -> tuple[Declaration, ...]:
    """The functions and procedures of a query's WITH."""
    found = []
    if not (cursor.at_any("function", "procedure") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED)):
        return ()
    outer, sql = cursor.in_unit, cursor.sql.count
    cursor.in_unit, cursor.sql.count = True, 0
    while cursor.at_any("function", "procedure") and not cursor.ahead().is_word("as"):
        found.append(routines.routine(cursor))
    cursor.in_unit, cursor.sql.count = outer, sql
    return tuple(found)


def default(cursor: Cursor) -> Expression | None:
    """`:= value` or DEFAULT value, where it stands here."""
    if cursor.accept_op(":=") or cursor.accept("default"):
        return expressions.expression(cursor)
    return None


def _variable(cursor: Cursor) -> Declaration:
    if cursor.at("type"):
        raise cursor.reserved(Role.COLUMN, cursor.token)
    place, name = cursor.place, cursor.name()
    if cursor.accept("exception"):
        cursor.expect_op(";")
        return tree.ExceptionDeclaration(place, name)
    constant = cursor.at("constant") and not cursor.ahead().is_op(";", ":=", ".", "%") and cursor.accept("constant")
    datatype = datatypes.datatype(cursor)
    not_null = _not_null(cursor)
    value = default(cursor)
    cursor.expect_op(";")
    return tree.Variable(place, name, datatype, constant, not_null, value)


def _not_null(cursor: Cursor) -> bool:
    return cursor.accept("not", "null")


def pragma(cursor: Cursor) -> tree.Pragma:
    """PRAGMA name [(arguments)], without the semicolon."""
    place = cursor.place
    cursor.expect("pragma")
    name = cursor.any_name()
    return tree.Pragma(place, name, cursor.list_in_parentheses(_pragma_argument) if cursor.at_op("(") else ())


def _pragma_declaration(cursor: Cursor) -> Declaration:
    found = pragma(cursor)
    cursor.expect_op(";")
    return found


def _pragma_argument(cursor: Cursor) -> values.Argument:
    place, name = cursor.place, None
    if cursor.token.kind is Kind.WORD and cursor.ahead().is_op("=>"):
        name = cursor.any_name()
        cursor.take()
    if cursor.token.kind is Kind.WORD and cursor.ahead().is_op(",", ")"):
        return values.Argument(place, name, values.Reference(place, (cursor.any_name(),)))
    return values.Argument(place, name, expressions.expression(cursor))


def _subtype(cursor: Cursor) -> Declaration:
    place = cursor.place
    cursor.expect("subtype")
    name = cursor.name()
    cursor.expect("is")
    datatype = datatypes.datatype(cursor)
    low, high = None, None
    if cursor.accept("range"):
        low = expressions.expression(cursor, expressions.ADDITIVE)
        cursor.expect_op("..")
        high = expressions.expression(cursor, expressions.ADDITIVE)
    not_null = _not_null(cursor)
    cursor.expect_op(";")
    return tree.Subtype(place, name, datatype, low, high, not_null)


# cursors


def _cursor(cursor: Cursor) -> Declaration:
    place = cursor.place
    cursor.expect("cursor")
    name = cursor.name()
    parameters = routines.parameters(cursor)
    result = datatypes.datatype(cursor) if cursor.accept("return") else None
    query = queries.query(cursor) if cursor.accept("is") else None
    cursor.expect_op(";")
    return tree.CursorDeclaration(place, name, parameters, result, query)


# types


def _type(cursor: Cursor) -> Declaration:
    place = cursor.place
    cursor.expect("type")
    name = cursor.name()
    cursor.expect("is")
    definition = _definition(cursor, name)
    cursor.expect_op(";")
    return tree.TypeDeclaration(place, name, definition)


def _definition(cursor: Cursor, name: Name) -> tree.TypeBody:
    place = cursor.place
    if cursor.accept("record"):
        return tree.RecordType(place, cursor.list_in_parentheses(_field))
    if cursor.accept("ref", "cursor"):
        return tree.RefCursor(place, datatypes.datatype(cursor) if cursor.accept("return") else None)
    if cursor.at_op("("):
        return tree.Enumeration(place, cursor.list_in_parentheses(Cursor.name))
    found = collection(cursor)
    if found is None:
        raise cursor.unsupported(f"the type {name.value} of this kind")
    return found


def _field(cursor: Cursor) -> tree.Field:
    place, name = cursor.place, cursor.any_name()
    datatype = datatypes.datatype(cursor)
    not_null = _not_null(cursor)
    return tree.Field(place, name, datatype, not_null, default(cursor))


def collection(cursor: Cursor) -> tree.NestedTable | tree.AssociativeArray | tree.Varray | None:
    """TABLE OF or VARRAY OF, or None where neither stands here."""
    place = cursor.place
    if cursor.accept("table", "of"):
        element, not_null = _element(cursor)
        if cursor.accept("index", "by"):
            return tree.AssociativeArray(place, element, datatypes.datatype(cursor), not_null)
        return tree.NestedTable(place, element, not_null)
    if cursor.accept("varray") or cursor.accept("varying", "array"):
        limit = cursor.in_parentheses(expressions.expression)
        cursor.expect("of")
        element, not_null = _element(cursor)
        return tree.Varray(place, limit, element, not_null)
    return None


def _element(cursor: Cursor) -> tuple[DataType, bool]:
    if cursor.at_op("("):
        with cursor.deeper():
            return cursor.in_parentheses(_element)
    return datatypes.datatype(cursor), _not_null(cursor)


def exception_name(cursor: Cursor) -> ObjectName:
    """The name of an exception: `e`, `package.e`."""
    place, parts = cursor.place, [cursor.name()]
    while cursor.accept_op("."):
        parts.append(cursor.any_name())
    return ObjectName(place, tuple(parts), cursor.link())


def _routine(cursor: Cursor) -> Declaration:
    return routines.routine(cursor)


_READERS: dict[str, Callable[[Cursor], Declaration]] = {
    "pragma": _pragma_declaration,
    "subtype": _subtype,
    "cursor": _cursor,
    "type": _type,
    "procedure": _routine,
    "function": _routine,
}
