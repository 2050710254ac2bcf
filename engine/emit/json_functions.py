"""SQL/JSON functions and constructors."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.datatypes import emit_datatype
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.json_paths import emit_path
from engine.emit.literals import quoted
from engine.emit.ordering import emit_order_by
from engine.emit.value_types import is_text
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression, Node

_WRAPPERS = {
    "WITH WRAPPER": "with wrapper",
    "WITH ARRAY WRAPPER": "with wrapper",
    "WITH UNCONDITIONAL WRAPPER": "with wrapper",
    "WITH UNCONDITIONAL ARRAY WRAPPER": "with wrapper",
    "WITH CONDITIONAL WRAPPER": "with conditional wrapper",
    "WITH CONDITIONAL ARRAY WRAPPER": "with conditional wrapper",
    "WITHOUT WRAPPER": "without wrapper",
    "WITHOUT ARRAY WRAPPER": "without wrapper",
}
_PLAIN_ACTIONS = frozenset(("NULL", "ERROR"))


def document(node: Expression, context: Context) -> Fragment:
    """A document of JSON, which may be a text; FORMAT JSON says what is so anyway."""
    value = node.operand if isinstance(node, tree.JsonInput) else node
    return Fragment("(", emit_expression(value, context), ")::jsonb")


@emit_expression.emits(tree.JsonInput, "operand")
def _input(node: tree.JsonInput, context: Context) -> Fragment:
    return document(node, context)


@reads(tree.Returning, "datatype options")
def returned_type(node: tree.Returning, context: Context) -> str:
    """The type behind RETURNING."""
    if node.options:
        raise context.not_supported(f"{node.options[0]} behind RETURNING", node)
    return emit_datatype(node.datatype, context, sized=False)


def handler_clauses(handlers: tuple[tree.JsonHandler, ...], function: str, context: Context) -> str:
    """NULL ON ERROR, ERROR ON EMPTY and the like, in PostgreSQL's order: empty, then error."""
    found = dict(_handler(handler, context, function) for handler in handlers)
    return " ".join(found[event] for event in ("EMPTY", "ERROR") if event in found)


@reads(tree.JsonHandler, "action value event details")
def _handler(node: tree.JsonHandler, context: Context, function: str) -> tuple[str, str]:
    if node.action == "DEFAULT":
        raise context.not_supported(f"DEFAULT in {function}", node, "use NVL or COALESCE")
    if node.action not in _PLAIN_ACTIONS or node.event not in ("EMPTY", "ERROR") or node.details or node.value:
        raise context.not_supported(f"{node.action} ON {node.event}", node)
    return node.event, f"{node.action} on {node.event}".lower()


# JSON_VALUE, JSON_QUERY, JSON_EXISTS


@emit_expression.emits(tree.JsonPathCall, "function operand path returning options handlers", passing="PASSING")
def _path_call(node: tree.JsonPathCall, context: Context) -> Fragment:
    if node.function == "JSON_EXISTS":
        _refuse(node.options, "JSON_EXISTS", node, context)
        if node.handlers or node.returning is not None:
            raise context.not_supported("a clause of JSON_EXISTS", node.handlers[0] if node.handlers else node)
        return Fragment(("json_exists(", node), *_document_and_path(node, context), ")")
    target = "text" if node.returning is None else returned_type(node.returning, context)
    clauses = handler_clauses(node.handlers, node.function, context)
    if node.function == "JSON_QUERY":
        wrapper = _wrapper(node, context)
        call = ("json_query(", node)
        return Fragment(call, *_document_and_path(node, context), f"returning {target} {wrapper} {clauses} )")
    _refuse(node.options, "JSON_VALUE", node, context)
    call = ("json_value(", node)
    value = Fragment(call, *_document_and_path(node, context), f"returning {target} {clauses} )")
    # JSON's "" is Oracle's NULL.
    return Fragment("nullif(", value, ", '')") if is_text(target) else value


def _document_and_path(node: tree.JsonPathCall, context: Context) -> tuple[Part, Part, Part]:
    return document(node.operand, context), ",", emit_path(node.path, context)


def _wrapper(node: tree.JsonPathCall, context: Context) -> str:
    _refuse(tuple(option for option in node.options if option not in _WRAPPERS), "JSON_QUERY", node, context)
    return _WRAPPERS[node.options[-1]] if node.options else ""


def _refuse(options: tuple[str, ...], function: str, node: Node, context: Context) -> None:
    if options:
        raise context.not_supported(f"{function} with {options[0]}", node)


# JSON, JSON_SERIALIZE


@emit_expression.emits(
    tree.JsonSerialize, "function operand returning options", handlers="ON ERROR in JSON and JSON_SERIALIZE"
)
def _serialize(node: tree.JsonSerialize, context: Context) -> Fragment:
    _refuse(node.options, node.function, node, context)
    if node.function == "JSON_SCALAR":
        raise context.not_supported(node.function, node)
    if node.returning is not None:
        if node.function != "JSON_SERIALIZE":
            raise context.not_supported(f"RETURNING in {node.function}", node)
        target = returned_type(node.returning, context)
        if not is_text(target):
            raise context.not_supported("JSON_SERIALIZE of another type than a text's", node.returning)
    value = node.operand.operand if isinstance(node.operand, tree.JsonInput) else node.operand
    kind = "text" if node.function == "JSON_SERIALIZE" else "jsonb"
    return Fragment(("(", node), emit_expression(value, context), f")::{kind}")


# JSON_OBJECT, JSON_ARRAY and their aggregates


@emit_expression.emits(
    tree.JsonConstructor,
    "function entries order_by nulls returning",
    query="JSON_ARRAY of a query",
    options="STRICT and WITH UNIQUE KEYS",
    over="OVER of a function of JSON",
)
def _constructor(node: tree.JsonConstructor, context: Context) -> Fragment:
    if node.function == "JSON_OBJECTAGG":
        raise context.not_supported(node.function, node)
    if node.order_by and node.function != "JSON_ARRAYAGG":
        raise context.not_supported(f"ORDER BY in {node.function}", node)
    members = join([_entry(entry, context, node.function) for entry in node.entries])
    order = emit_order_by(node.order_by, context) if node.order_by else EMPTY
    target = "jsonb" if node.returning is None else returned_type(node.returning, context)
    nulls = {"": "", "NULL ON NULL": "null on null", "ABSENT ON NULL": "absent on null"}.get(node.nulls)
    if nulls is None:
        raise context.not_supported(node.nulls, node)
    return Fragment((f"{node.function.lower()}(", node), members, order, f"{nulls} returning {target} )")


# `form` tells how an entry is written, which says nothing more.
@reads(tree.JsonEntry, "key value form")
def _entry(node: tree.JsonEntry, context: Context, function: str) -> Fragment:
    value = emit_expression(node.value, context)
    if function != "JSON_OBJECT":
        return value
    if node.key is not None:
        return Fragment("(", emit_expression(node.key, context), ") value", value)
    if not isinstance(node.value, tree.Reference):
        raise context.not_supported("JSON_OBJECT of a value without a key", node)
    # A column alone is the value of its name, in the letters in which it is written.
    return Fragment("(", f"{quoted(node.value.parts[-1].value)}::text", ") value", value)


# JSON_TRANSFORM


@emit_expression.emits(
    tree.JsonTransform,
    "operand operations",
    returning="RETURNING in JSON_TRANSFORM",
    options="an option of JSON_TRANSFORM",
    handlers="a handler of JSON_TRANSFORM",
    passing="PASSING in JSON_TRANSFORM",
)
def _transform(node: tree.JsonTransform, context: Context) -> Fragment:
    value = node.operand.operand if isinstance(node.operand, tree.JsonInput) else node.operand
    result = emit_expression(value, context)
    for operation in node.operations:
        result = _operation(operation, context, result)
    return Fragment(("(", node), result, ")")


@reads(tree.JsonOperation, "verb paths value", handlers="a handler of an operation of JSON_TRANSFORM")
def _operation(node: tree.JsonOperation, context: Context, result: Fragment) -> Fragment:
    if node.verb != "SET" or node.value is None:
        raise context.not_supported(f"the operation {node.verb} of JSON_TRANSFORM", node)
    path, value = emit_path(node.paths[0], context), emit_expression(node.value, context)
    return Fragment(("ora.json_transform_set(", node), result, ",", path, ", to_jsonb(", value, ") )")


emit_expression.refuse({tree.JsonPathValue: "PATH in JSON_TRANSFORM"})
