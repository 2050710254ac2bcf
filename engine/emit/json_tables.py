"""JSON_TABLE."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.datatypes import emit_datatype
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, join
from engine.emit.json_functions import WRAPPERS, clauses, document, handled
from engine.emit.json_paths import emit_path
from engine.emit.literals import quoted
from engine.emit.value_types import is_text
from engine.emit.values import emit_source
from engine.json_paths import member
from engine.tree import queries as tree
from engine.tree.expressions import TextLiteral

# The function that a column of each kind is as.
_SEMANTICS = {"VALUE": "JSON_VALUE", "QUERY": "JSON_QUERY", "EXISTS": "JSON_EXISTS"}
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
    return emit_datatype(node.datatype, context) if node.datatype is not None else "text"


@emit_source.emits(
    tree.JsonTable,
    "operand path columns passing alias",
    options="an option of JSON_TABLE",
    handlers="ON ERROR of a whole JSON_TABLE",
    outer="the outer join operator (+)",
    pivot="PIVOT and UNPIVOT",
)
def _json_table(node: tree.JsonTable, context: Context) -> Fragment:
    """The rows of a document."""
    path = emit_path(node.path or TextLiteral(node.place, "$"), context, node.passing)
    shown = join(_shown(node.columns, context))
    alias = context.spelled(node.alias) if node.alias is not None else Fragment(f"json_table_{node.place.offset}")
    return Fragment(
        ("lateral ( select", node),
        shown,
        "from json_table(",
        document(node.operand, context, "json_or_null"),
        ",",
        path,
        _columns(node.columns, context),
        ") ) as",
        alias,
    )


def _shown(columns: Columns, context: Context) -> list[Fragment]:
    """The columns of the result, those of nested columns behind those beside them."""
    found: list[Fragment] = []
    for column in columns:
        if isinstance(column, tree.NestedColumns):
            found += _shown(column.columns, context)
        else:
            found.append(_shown_column(column, context))
    return found


def _shown_column(node: tree.JsonTableColumn, context: Context) -> Fragment:
    """A column; JSON's "" is Oracle's NULL, and a text of JSON has no blanks."""
    spelled = context.spelled(node.name)
    if not is_text(_type(node, context)):
        return spelled
    if node.kind == "QUERY":
        return Fragment("ora.compact_json(", spelled, ") as", spelled)
    return Fragment("nullif(", spelled, ", '') as", spelled)


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
    kept, wrapper = _query_clauses(node, target, context)
    exists = "exists" if node.kind == "EXISTS" else ""
    actions = clauses(handled(node.handlers, _SEMANTICS[node.kind], context))
    # Without PATH it is the member of the column's name, in the letters in which it is written.
    path = emit_path(node.path, context) if node.path is not None else quoted("$" + member(node.name.letters))
    return Fragment(name, f"{target} {kept} {exists} path", path, wrapper, actions)


def _query_clauses(node: tree.JsonTableColumn, target: str, context: Context) -> tuple[str, str]:
    """FORMAT JSON, and a wrapper. The first keeps JSON as text; the type json has no need of it."""
    for option in node.options:
        if option != "FORMAT JSON" and option not in WRAPPERS:
            raise context.not_supported(f"{option} in JSON_TABLE", node)
    wrapper = next((WRAPPERS[option] for option in node.options if option in WRAPPERS), "")
    if wrapper and node.kind != "QUERY" and target != "jsonb":
        raise context.refuse("ORA-40486", "array wrapper not valid for this column", node)
    return "format json" if node.kind == "QUERY" and target != "jsonb" else "", wrapper
