"""The functions that make JSON of values: JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG, JSON_ARRAYAGG."""

from __future__ import annotations

from engine.emit.columns import shown_columns, starred
from engine.emit.context import Context, Source
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.functions import is_vector
from engine.emit.json_functions import returned_text, returned_type, without_pretty
from engine.emit.literals import quoted
from engine.emit.names import heading
from engine.emit.ordering import emit_order_by
from engine.emit.value_types import is_text, type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.tree.queries import Query, Select
from engine.tree.walk import bare

_VECTOR = "a VECTOR in a function that makes JSON"
_NULLS = {"": "", "NULL ON NULL": "null on null", "ABSENT ON NULL": "absent on null"}


@emit_expression.emits(
    tree.JsonConstructor,
    "function entries order_by nulls returning options",
    query="JSON_ARRAY of a query",
    over="OVER of a function of JSON",
)
def _constructor(node: tree.JsonConstructor, context: Context) -> Fragment:
    made = _made(node, context)
    if not _returns_text(node.returning, context):
        return made
    _, pretty = without_pretty(node.options, node.returning)
    opening, closing = ("ora.pretty_json(", ", '' )") if pretty else ("ora.compact_json((", ")::text )")
    return returned_text(Fragment(opening, made, closing), node.returning, context)


def emit_unwritten(node: tree.JsonConstructor, context: Context) -> Fragment:
    """The text for a reader that does not mind blanks in it."""
    return Fragment("(", _made(node, context), ")::text")


def _made(node: tree.JsonConstructor, context: Context) -> Fragment:
    """The JSON that is made, of the type json where it is to be a text: that keeps the order of members."""
    if node.order_by and node.function != "JSON_ARRAYAGG":
        raise context.not_supported(f"ORDER BY in {node.function}", node)
    options, _ = without_pretty(node.options, node.returning)
    unique = "with unique keys" if options == ("WITH UNIQUE KEYS",) else ""
    if options and not unique:
        raise context.not_supported(f"{node.function} with {options[0]}", node)
    nulls = _NULLS.get(node.nulls)
    if nulls is None:
        raise context.not_supported(node.nulls, node)
    members = join([member for entry in node.entries for member in _members(entry, context, node.function)])
    order = emit_order_by(node.order_by, context) if node.order_by else EMPTY
    kind = "json"
    if node.returning is not None and not _returns_text(node.returning, context):
        kind = returned_type(node.returning, context)
    return Fragment((f"{node.function.lower()}(", node), members, order, f"{nulls} {unique} returning {kind} )")


def _members(entry: tree.JsonEntry, context: Context, function: str) -> list[Fragment]:
    """The members of an entry; `*` has one for each column."""
    if not isinstance(entry.value, tree.Star):
        return [_entry(entry, context, function)]
    found = starred(entry.value, context) if context.blocks else []
    if not found or any(source.columns is None for source in found):
        raise context.not_supported(f"{function} of `*` at this place", entry, "name the columns")
    if any(is_vector(kind) for source in found for kind in shown_columns(source).values()):
        raise context.not_supported(_VECTOR, entry)
    return [
        Fragment("(", (f"{quoted(heading(name))}::text", entry), ") value", _column(source, name, context))
        for source in found
        for name in shown_columns(source)
    ]


def _column(source: Source, name: str, context: Context) -> str:
    qualifier = f"{context.spell(source.alias)}." if source.alias else ""
    return qualifier + context.spell(name)


@reads(tree.JsonEntry, "key value -form")
def _entry(node: tree.JsonEntry, context: Context, function: str) -> Fragment:
    if is_vector(type_of(node.value, context)):
        raise context.not_supported(_VECTOR, node)
    value = emit_expression(node.value, context)
    if is_json_text(node.value, context):
        value = Fragment(value, "format json")
    if not function.startswith("JSON_OBJECT"):
        return value
    if node.key is not None:
        return Fragment("(", emit_expression(node.key, context), ") value", value)
    if not isinstance(node.value, tree.Reference):
        raise context.not_supported(f"{function} of a value without a key", node)
    # A column alone is the value of its name, in the letters in which it is written.
    return Fragment("(", f"{quoted(node.value.parts[-1].letters)}::text", ") value", value)


def is_json_text(node: Expression, context: Context) -> bool:
    """Whether a value is a text that a function of JSON has made, by itself or in a query."""
    match bare(node):
        case tree.Subquery(query=Query(body=Select(items=(item,)))):
            return is_json_text(item.expression, context)
        case tree.JsonConstructor(returning=returning):
            return _returns_text(returning, context)
        case tree.JsonPathCall(function="JSON_QUERY", returning=returning):
            return _returns_text(returning, context)
        case tree.JsonSerialize(function="JSON_SERIALIZE", returning=returning):
            return _returns_text(returning, context)
    return False


def _returns_text(node: tree.Returning | None, context: Context) -> bool:
    return node is None or is_text(returned_type(node, context))
