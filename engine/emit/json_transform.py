"""JSON_TRANSFORM: each operation is a call of the run-time library on what the one before it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, join
from engine.emit.json_constructors import is_json_text
from engine.emit.json_functions import as_json, document, returned_text, without_pretty
from engine.emit.json_paths import literal_path
from engine.emit.literals import quoted
from engine.emit.value_types import type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree


@dataclass(frozen=True, slots=True)
class _Verb:
    """An operation: the handlers that it may have by their events, each time the default first (JSON Developer's
    Guide). `in_order` are the events that its function takes, in the order of its arguments."""

    function: str
    handlers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    in_order: tuple[str, ...] = ()


_ON_NULL = ("NULL", "IGNORE", "ERROR", "REMOVE")
_SETTING = ("EXISTING", "MISSING", "NULL")
_VERBS = {
    "SET": _Verb(
        "set",
        {"EXISTING": ("REPLACE", "IGNORE", "ERROR"), "MISSING": ("CREATE", "IGNORE", "ERROR"), "NULL": _ON_NULL},
        _SETTING,
    ),
    "INSERT": _Verb(
        "set", {"EXISTING": ("ERROR", "IGNORE", "REPLACE"), "MISSING": ("CREATE",), "NULL": _ON_NULL}, _SETTING
    ),
    "REPLACE": _Verb(
        "set", {"EXISTING": ("REPLACE",), "MISSING": ("IGNORE", "ERROR", "CREATE"), "NULL": _ON_NULL}, _SETTING
    ),
    "REMOVE": _Verb("remove", {"EXISTING": ("REMOVE",), "MISSING": ("IGNORE", "ERROR")}, ("MISSING",)),
    "RENAME": _Verb("rename", {"EXISTING": ("REPLACE",), "MISSING": ("IGNORE", "ERROR")}, ("MISSING",)),
    "APPEND": _Verb(
        "append",
        {
            "MISSING": ("ERROR", "IGNORE", "CREATE"),
            "MISMATCH": ("ERROR", "IGNORE", "REPLACE"),
            "NULL": ("NULL", "IGNORE", "ERROR"),
        },
        ("MISSING", "MISMATCH", "NULL"),
    ),
}
# The number under which an option is refused that the operation's handler does not have.
_WRONG_OPTION = {"EXISTING": "ORA-40764", "MISSING": "ORA-40765", "MISMATCH": "ORA-40100", "NULL": "ORA-40791"}


@emit_expression.emits(
    tree.JsonTransform,
    "operand operations returning options",
    handlers="a handler of JSON_TRANSFORM",
    passing="PASSING in JSON_TRANSFORM",
)
def _transform(node: tree.JsonTransform, context: Context) -> Fragment:
    options, pretty = without_pretty(node.options, node.returning)
    if options:
        raise context.not_supported(f"JSON_TRANSFORM with {options[0]}", node)
    result = document(node.operand, context)
    for operation in node.operations:
        result = _operation(operation, context, result)
    if type_of(node, context) == "jsonb":
        return Fragment(("(", node), result, ")")
    text = Fragment(("ora.json_pretty(" if pretty else "ora.json_text(", node), result, ")")
    return returned_text(text, node.returning, context)


@reads(tree.JsonOperation, "verb paths value handlers")
def _operation(node: tree.JsonOperation, context: Context, result: Fragment) -> Fragment:
    verb = _VERBS.get(node.verb)
    if verb is None:
        raise context.not_supported(f"the operation {node.verb} of JSON_TRANSFORM", node)
    said = dict(_handler(handler, context, verb) for handler in node.handlers)
    words = [quoted(said.get(event, verb.handlers[event][0])) for event in verb.in_order]
    value = [_value(node, context)] if node.verb != "REMOVE" else []
    arguments = join([result, _steps(node, context), *value, *words])
    return Fragment((f"ora.json_transform_{verb.function}(", node), arguments, ")")


def _steps(node: tree.JsonOperation, context: Context) -> str:
    path = literal_path(node.paths[0], context)
    shown = f"the path {path.text} of JSON_TRANSFORM"
    if path.steps is None:
        raise context.not_supported(shown, node, "it takes members, [n] and [*]")
    if not path.steps:
        if node.verb == "SET":
            raise context.refuse("ORA-40810", "update of root value not allowed", node)
        raise context.not_supported(shown, node)
    if node.verb == "RENAME" and not path.steps[-1].startswith("."):
        raise context.not_supported(f"RENAME of an element, {path.text}", node)
    return f"array[{', '.join(quoted(_unquoted(step)) for step in path.steps)}]"


def _unquoted(step: str) -> str:
    """A step with its member's name as it is."""
    return "." + step[2:-1] if step.startswith('."') else step


def _value(node: tree.JsonOperation, context: Context) -> Fragment:
    if node.value is None:
        raise context.not_supported(f"{node.verb} without a value", node)
    if node.verb == "RENAME":
        return emit_expression(node.value, context)
    return document(node.value, context) if is_json_text(node.value, context) else as_json(node.value, context)


def _handler(node: tree.JsonHandler, context: Context, verb: _Verb) -> tuple[str, str]:
    known = verb.handlers.get(node.event)
    if known is None or node.action == "DEFAULT" or node.details:
        raise context.not_supported(f"{node.action} ON {node.event} of this operation", node)
    if node.action not in known:
        message = f"invalid option in ON {node.event} clause"
        raise context.refuse(_WRONG_OPTION[node.event], message, node)
    return node.event, node.action


emit_expression.refuse({tree.JsonPathValue: "PATH in JSON_TRANSFORM"})
