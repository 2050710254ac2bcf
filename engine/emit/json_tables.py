"""JSON_TABLE."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.datatypes import emit_datatype
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, join
from engine.emit.json_functions import document, handler_clauses
from engine.emit.json_paths import emit_path
from engine.emit.value_types import is_text
from engine.tree import queries as tree
from engine.tree.expressions import TextLiteral

Columns = tuple[tree.JsonTableColumn | tree.NestedColumns, ...]


def table_columns(columns: Columns, context: Context) -> dict[str, str]:
    """PostgreSQL's types of the columns, nested ones too, by their names."""
    found: dict[str, str] = {}
    for column in columns:
        if isinstance(column, tree.NestedColumns):
            found |= table_columns(column.columns, context)
        else:
            found[context.known(column.name)] = _type(column, context)
    return found


def _type(node: tree.JsonTableColumn, context: Context) -> str:
    if node.kind == "ORDINALITY":
        return "integer"
    if node.datatype is None:
        advice = "add VARCHAR2(n CHAR) or NUMBER"
        raise context.not_supported("a JSON_TABLE column without a type", node, advice)
    return emit_datatype(node.datatype, context)


def emit_json_table(node: tree.JsonTable, context: Context) -> Fragment:
    """The rows of a document."""
    path = emit_path(node.path or TextLiteral(node.place, "$"), context)
    shown = join([_shown(name, kind, context) for name, kind in _texts(node.columns, context)])
    alias = context.spelled(node.alias) if node.alias is not None else Fragment(f"json_table_{node.place.offset}")
    return Fragment(
        ("lateral ( select", node),
        shown,
        "from json_table(",
        document(node.operand, context),
        ",",
        path,
        _columns(node.columns, context),
        ") ) as",
        alias,
    )


def _texts(columns: Columns, context: Context) -> list[tuple[str, bool]]:
    """The columns' names, and whether a text that is no JSON stands in each."""
    found: list[tuple[str, bool]] = []
    for column in columns:
        if isinstance(column, tree.NestedColumns):
            found += _texts(column.columns, context)
        else:
            plain = is_text(_type(column, context)) and "FORMAT JSON" not in column.options
            found.append((context.known(column.name), plain))
    return found


def _shown(name: str, is_plain_text: bool, context: Context) -> Fragment:
    """A column of the result; JSON's "" is Oracle's NULL."""
    spelled = context.spell(name)
    return Fragment(f"nullif({spelled}, '') as {spelled}" if is_plain_text else spelled)


def _columns(columns: Columns, context: Context) -> Fragment:
    return Fragment("columns (", join([_column_or_nested(column, context) for column in columns]), ")")


def _column_or_nested(column: tree.JsonTableColumn | tree.NestedColumns, context: Context) -> Fragment:
    return _nested(column, context) if isinstance(column, tree.NestedColumns) else _column(column, context)


@reads(tree.NestedColumns, "path columns")
def _nested(node: tree.NestedColumns, context: Context) -> Fragment:
    return Fragment(("nested path", node), emit_path(node.path, context), _columns(node.columns, context))


@reads(tree.JsonTableColumn, "name kind datatype path options handlers")
def _column(node: tree.JsonTableColumn, context: Context) -> Fragment:
    name = context.spelled(node.name)
    if node.kind == "ORDINALITY":
        return Fragment(name, "for ordinality")
    target = _type(node, context)
    if node.path is None:
        raise context.not_supported("a JSON_TABLE column without PATH", node)
    for option in node.options:
        if option != "FORMAT JSON":
            raise context.not_supported(f"{option} in JSON_TABLE", node)
    # FORMAT JSON keeps an object or array as JSON text; the type json has no need of it.
    kept = "format json" if node.options and target != "jsonb" else ""
    exists = "exists" if node.kind == "EXISTS" else ""
    clauses = handler_clauses(node.handlers, "JSON_TABLE", context)
    return Fragment(name, f"{target} {kept} {exists} path", emit_path(node.path, context), clauses)
