"""The functions of SQL/JSON that read a document: JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_SERIALIZE, JSON."""

from __future__ import annotations

from dataclasses import dataclass

from engine.emit.context import Context
from engine.emit.datatypes import emit_datatype, text_length
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment
from engine.emit.json_paths import emit_path
from engine.emit.value_types import is_text, type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression, Node

WRAPPERS = {
    "WITH WRAPPER": "with wrapper",
    "WITH ARRAY WRAPPER": "with wrapper",
    "WITH UNCONDITIONAL WRAPPER": "with wrapper",
    "WITH UNCONDITIONAL ARRAY WRAPPER": "with wrapper",
    "WITH CONDITIONAL WRAPPER": "with conditional wrapper",
    "WITH CONDITIONAL ARRAY WRAPPER": "with conditional wrapper",
    "WITHOUT WRAPPER": "without wrapper",
    "WITHOUT ARRAY WRAPPER": "without wrapper",
}
# What a function may do on an error and where its path finds nothing (SQL Language Reference).
_VALUE_ACTIONS = frozenset(("NULL", "ERROR", "DEFAULT"))
_QUERY_ACTIONS = frozenset(("NULL", "ERROR", "EMPTY", "EMPTY ARRAY", "EMPTY OBJECT"))
_EXISTS_ACTIONS = frozenset(("TRUE", "FALSE", "ERROR"))
_ACTIONS = {"JSON_VALUE": _VALUE_ACTIONS, "JSON_QUERY": _QUERY_ACTIONS, "JSON_EXISTS": _EXISTS_ACTIONS}
_SAME_ACTIONS = {"EMPTY": "EMPTY ARRAY"}
# What stands for the call where its document is a text that is no JSON.
_NO_JSON = {"EMPTY ARRAY": "'[]'", "EMPTY OBJECT": "'{}'", "TRUE": "true", "FALSE": "false"}


@dataclass(frozen=True, slots=True)
class Action:
    """What is done on an error, or where a path finds nothing; the value is that of DEFAULT."""

    word: str
    value: Fragment = EMPTY


# By the events ERROR and EMPTY.
Actions = dict[str, Action]


# what they share


def document(node: Expression, context: Context, reader: str = "json_of") -> Fragment:
    """A document of JSON, which may be a text that a function of the run-time library reads."""
    value = _unmarked(node)
    emitted = emit_expression(value, context)
    if is_text(type_of(value, context)):
        return Fragment(f"ora.{reader}(", emitted, ")")
    return Fragment("(", emitted, ")::jsonb")


def _unmarked(node: Expression) -> Expression:
    """A value without FORMAT JSON, which says what is so anyway."""
    return node.operand if isinstance(node, tree.JsonInput) else node


@emit_expression.emits(tree.JsonInput, "operand")
def _input(node: tree.JsonInput, context: Context) -> Fragment:
    return document(node, context)


def without_pretty(options: tuple[str, ...], returning: tree.Returning | None) -> tuple[tuple[str, ...], bool]:
    """The clauses without PRETTY, which may stand behind the type of RETURNING too, and whether it stands there."""
    found = options + (returning.options if returning is not None else ())
    return tuple(option for option in found if option != "PRETTY"), "PRETTY" in found


@reads(tree.Returning, "datatype options")
def returned_type(node: tree.Returning, context: Context) -> str:
    """The type behind RETURNING; without_pretty reads its options."""
    return emit_datatype(node.datatype, context, sized=False)


def returned_text(value: Fragment, node: tree.Returning | None, context: Context, *, fails: bool = True) -> Fragment:
    """A text as RETURNING VARCHAR2(n), which takes none that is longer."""
    if node is None or (length := text_length(node.datatype, context)) is None:
        return value
    size, in_bytes = length
    return Fragment("ora.json_sized(", value, f", {size}, {in_bytes}, {fails}".lower(), ")")


def handled(handlers: tuple[tree.JsonHandler, ...], function: str, context: Context) -> Actions:
    """NULL ON ERROR, DEFAULT 0 ON EMPTY and the like. What is done on an error is done on EMPTY too, unless that is
    said."""
    found = dict(_handler(handler, context, _ACTIONS.get(function, _VALUE_ACTIONS)) for handler in handlers)
    if "ERROR" in found and function != "JSON_EXISTS":
        found.setdefault("EMPTY", found["ERROR"])
    return found


@reads(tree.JsonHandler, "action value event details")
def _handler(node: tree.JsonHandler, context: Context, known: frozenset[str]) -> tuple[str, Action]:
    if node.action not in known or node.event not in ("EMPTY", "ERROR") or node.details:
        raise context.not_supported(f"{node.action} ON {node.event}", node)
    value = emit_expression(node.value, context) if node.value is not None else EMPTY
    return node.event, Action(_SAME_ACTIONS.get(node.action, node.action), value)


def clauses(actions: Actions) -> Fragment:
    """The handlers in PostgreSQL's order: on empty, then on error."""
    found = [(event, actions[event]) for event in ("EMPTY", "ERROR") if event in actions]
    return Fragment(*(Fragment(action.word.lower(), action.value, f"on {event.lower()}") for event, action in found))


def _is_error(actions: Actions) -> bool:
    """Whether an error is raised."""
    return "ERROR" in actions and actions["ERROR"].word == "ERROR"


def as_json(node: Expression, context: Context) -> Fragment:
    """A value as a scalar of JSON, or as what it is where it is JSON."""
    if isinstance(node, tree.NullLiteral):
        return Fragment(("null::jsonb", node))
    return Fragment(("to_jsonb(", node), emit_expression(node, context), ")")


# JSON_VALUE, JSON_QUERY, JSON_EXISTS


@emit_expression.emits(tree.JsonPathCall, "function operand path passing returning options handlers")
def _path_call(node: tree.JsonPathCall, context: Context) -> Fragment:
    actions = handled(node.handlers, node.function, context)
    error = actions.get("ERROR", Action("FALSE" if node.function == "JSON_EXISTS" else "NULL"))
    reader = "json_of" if _is_error(actions) else "json_or_null"
    arguments = Fragment(document(node.operand, context, reader), ",", emit_path(node.path, context, node.passing))
    call = _CALLS[node.function](node, arguments, actions, context)
    other = error.value if error.word == "DEFAULT" else Fragment(_NO_JSON.get(error.word, ""))
    text = _unmarked(node.operand)
    if not other or not is_text(type_of(text, context)):
        return call
    read = emit_expression(text, context)
    return Fragment(
        "case when ora.json_or_null(", read, ") is null and", read, "is not null then", other, "else", call, "end"
    )


def _json_exists(node: tree.JsonPathCall, arguments: Fragment, actions: Actions, context: Context) -> Fragment:
    _refuse(node.options, "JSON_EXISTS", node, context)
    if node.returning is not None or "EMPTY" in actions:
        raise context.not_supported("a clause of JSON_EXISTS", node)
    return Fragment(("json_exists(", node), arguments, clauses(actions), ")")


def _json_value(node: tree.JsonPathCall, arguments: Fragment, actions: Actions, context: Context) -> Fragment:
    returning = node.returning.options if node.returning is not None else ()
    _refuse((*node.options, *returning), "JSON_VALUE", node, context)
    target = type_of(node, context)
    if is_text(target) and _is_error(actions):
        value = Fragment(("json_value(", node), arguments, "returning text", clauses(actions), ")")
        return Fragment("nullif(", returned_text(value, node.returning, context), ", '')")
    value = Fragment(("json_value(", node), arguments, f"returning {target}", clauses(actions), ")")
    # JSON's "" is Oracle's NULL.
    return Fragment("nullif(", value, ", '')") if is_text(target) else value


def _json_query(node: tree.JsonPathCall, arguments: Fragment, actions: Actions, context: Context) -> Fragment:
    options, pretty = without_pretty(node.options, node.returning)
    _refuse(tuple(option for option in options if option not in WRAPPERS), "JSON_QUERY", node, context)
    wrapper = WRAPPERS[options[-1]] if options else ""
    value = Fragment(("json_query(", node), arguments, f"returning jsonb {wrapper}", clauses(actions), ")")
    if node.returning is not None and returned_type(node.returning, context) == "jsonb":
        return value
    return _written(value, node.returning, context, pretty=pretty, fails=_is_error(actions))


_CALLS = {"JSON_EXISTS": _json_exists, "JSON_VALUE": _json_value, "JSON_QUERY": _json_query}


def _refuse(options: tuple[str, ...], function: str, node: Node, context: Context) -> None:
    if options:
        raise context.not_supported(f"{function} with {options[0]}", node)


# the text of JSON


def _written(
    value: Fragment, node: tree.Returning | None, context: Context, *, pretty: bool, fails: bool = True
) -> Fragment:
    """JSON as the text that RETURNING asks for."""
    if node is not None and not is_text(returned_type(node, context)):
        raise context.not_supported("RETURNING of another type than a text or JSON", node)
    text = Fragment("ora.json_pretty(" if pretty else "ora.json_text(", value, ")")
    return returned_text(text, node, context, fails=fails)


@emit_expression.emits(
    tree.JsonSerialize, "function operand returning options", handlers="ON ERROR in JSON and JSON_SERIALIZE"
)
def _serialize(node: tree.JsonSerialize, context: Context) -> Fragment:
    options, pretty = without_pretty(node.options, node.returning)
    _refuse(options, node.function, node, context)
    if node.function == "JSON_SERIALIZE":
        return _written(emit_expression(_unmarked(node.operand), context), node.returning, context, pretty=pretty)
    if node.returning is not None or pretty:
        raise context.not_supported(f"a clause of {node.function}", node)
    if node.function == "JSON":
        return document(node.operand, context)
    return as_json(node.operand, context)
