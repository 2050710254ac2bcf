"""Sources that begin with a word and a parenthesis: TABLE, THE, JSON_TABLE, XMLTABLE."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import datatypes, expressions, json_functions, queries
from engine.parser.cursor import Cursor
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import DataType, Expression


def _collection(cursor: Cursor) -> tree.Source:
    place, keyword = cursor.place, cursor.take().value.upper()
    cursor.expect_op("(")
    if cursor.at_any("select", "with"):
        inner = cursor.place
        found: Expression = values.Subquery(inner, queries.query(cursor))
    else:
        found = expressions.expression(cursor)
    cursor.expect_op(")")
    return tree.CollectionSource(place, found, keyword, outer(cursor))


def outer(cursor: Cursor) -> bool:
    """Whether the sign (+) stands here; it is taken."""
    if not (cursor.at_op("(") and cursor.ahead().is_op("+")):
        return False
    cursor.take(), cursor.take()
    cursor.expect_op(")")
    return True


# JSON_TABLE


def _json_table(cursor: Cursor) -> tree.Source:
    place = cursor.place
    cursor.take()
    cursor.expect_op("(")
    document = json_functions.operand(cursor)
    path = expressions.expression(cursor) if cursor.accept_op(",") else None
    passed = json_functions.passing(cursor)
    options = json_functions.options(cursor)
    handlers = json_functions.handlers(cursor)
    options += json_functions.options(cursor)
    handlers += json_functions.handlers(cursor)
    columns = _columns(cursor)
    cursor.expect_op(")")
    return tree.JsonTable(place, document, path, columns, passed, options, handlers, outer(cursor))


def _columns(cursor: Cursor) -> tuple[tree.JsonTableColumn | tree.NestedColumns, ...]:
    cursor.expect("columns")
    if cursor.at_op("("):
        return cursor.list_in_parentheses(_column)
    return cursor.listed(_column)


def _column(cursor: Cursor) -> tree.JsonTableColumn | tree.NestedColumns:
    place = cursor.place
    if cursor.at("nested") and (cursor.ahead().is_word("path") or cursor.ahead().kind is Kind.STRING):
        cursor.take()
        cursor.accept("path")
        path = _path(cursor)
        with cursor.deeper():
            return tree.NestedColumns(place, path, _columns(cursor))
    name = cursor.name()
    if cursor.accept("for", "ordinality"):
        return tree.JsonTableColumn(place, name, "ORDINALITY")
    datatype = _column_type(cursor)
    words = json_functions.options(cursor)
    kind = "VALUE"
    if cursor.accept("exists"):
        kind = "EXISTS"
    elif "FORMAT JSON" in words:
        kind = "QUERY"
    words += json_functions.options(cursor)
    found = json_functions.handlers(cursor)
    column_path = _path(cursor) if cursor.accept("path") else None
    words += json_functions.options(cursor)
    found += json_functions.handlers(cursor)
    words += json_functions.options(cursor)
    return tree.JsonTableColumn(place, name, kind, datatype, column_path, words, found)


def _column_type(cursor: Cursor) -> DataType | None:
    token = cursor.token
    if token.kind is not Kind.WORD or token.value in ("path", "exists", "format"):
        return None
    if json_functions.at_clause(cursor):
        return None
    return datatypes.datatype(cursor)


def _path(cursor: Cursor) -> Expression:
    """A path: a string, or its steps by names as in `PATH a.b[0]`."""
    if cursor.token.kind is Kind.STRING:
        return expressions.text(cursor)
    return expressions.expression(cursor, expressions.ADDITIVE)


# XMLTABLE


def _xml_table(cursor: Cursor) -> tree.Source:
    place = cursor.place
    cursor.take()
    cursor.expect_op("(")
    namespaces = cursor.list_behind(_namespace, "xmlnamespaces")
    if namespaces:
        cursor.expect_op(",")
    query = expressions.expression(cursor)
    has_values = cursor.accept("passing")
    mode = cursor.accept_phrase(("BY VALUE", "BY REF")) if has_values else ""
    passing = cursor.listed(_passed) if has_values else ()
    mode = f"{mode} {cursor.accept_phrase(('RETURNING SEQUENCE BY REF',))}".strip()
    columns = cursor.listed(_xml_column) if cursor.accept("columns") else ()
    cursor.expect_op(")")
    return tree.XmlTable(place, namespaces, query, passing, mode, columns, outer(cursor))


def _namespace(cursor: Cursor) -> tree.XmlNamespace:
    place = cursor.place
    if cursor.accept("default"):
        return tree.XmlNamespace(place, expressions.text(cursor), None)
    uri = expressions.text(cursor)
    cursor.expect("as")
    return tree.XmlNamespace(place, uri, cursor.any_name())


def _passed(cursor: Cursor) -> tree.XmlPassing:
    value = expressions.expression(cursor)
    return tree.XmlPassing(value.place, value, cursor.any_name() if cursor.accept("as") else None)


def _xml_column(cursor: Cursor) -> tree.XmlTableColumn:
    place, name = cursor.place, cursor.any_name()
    if cursor.accept("for", "ordinality"):
        return tree.XmlTableColumn(place, name, None, ordinality=True)
    datatype = None if cursor.at_any("path", "default") else datatypes.datatype(cursor)
    if cursor.at("by", "ref"):
        raise cursor.unsupported("a column of XMLTABLE BY REF")
    path = expressions.expression(cursor) if cursor.accept("path") else None
    default = expressions.expression(cursor) if cursor.accept("default") else None
    return tree.XmlTableColumn(place, name, datatype, path, default)


READERS: dict[str, Callable[[Cursor], tree.Source]] = {
    "table": _collection,
    "the": _collection,
    "json_table": _json_table,
    "xmltable": _xml_table,
}
