"""Methods of collections that change them: DELETE, EXTEND, TRIM."""

from __future__ import annotations

from engine.emit.catalogue import DefinedType
from engine.emit.collections import array_of, type_of_array
from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.targets import changed_text
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression

_METHODS = ("DELETE", "EXTEND", "TRIM")


def emit_change(call: Expression, context: Context) -> Fragment | None:
    """A method that changes a collection, as a statement; None where it is none."""
    function = call.function if isinstance(call, tree.Call) else call
    match function:
        case tree.Reference(parts=(name, method)) if method.value in _METHODS:
            array = array_of(name, context)
        case _:
            return None
    if array is None:
        return None
    kind, text = type_of_array(array), changed_text(name, context)
    arguments = [_argument(one, context) for one in call.arguments] if isinstance(call, tree.Call) else []
    if method.value == "DELETE":
        return _deleted(text, kind, arguments)
    return _resized(method.value.lower(), text, kind, arguments)


def _argument(node: tree.Argument | tree.Association | tree.IteratorAssociation, context: Context) -> Fragment:
    if not isinstance(node, tree.Argument) or node.name is not None:
        raise context.not_supported("an argument of this form of a collection's method", node)
    return emit_expression(node.value, context)


def _deleted(text: Fragment, kind: DefinedType, arguments: list[Fragment]) -> Fragment:
    """All elements, one, or those from one index to another."""
    value = Fragment("ora.initialised(", text, ")") if kind.bounded else text
    if not arguments:
        return Fragment("perform", value, ";", text, ":= '{}';") if kind.bounded else Fragment(text, ":= '{}';")
    first, last = arguments[0], arguments[-1]
    index = "text" if kind.keyed else "integer"
    return Fragment(text, ":= ora.without(", value, ", (", first, f")::{index} , (", last, f")::{index} );")


def _resized(method: str, text: Fragment, kind: DefinedType, arguments: list[Fragment]) -> Fragment:
    """A nested table or a VARRAY with more elements or fewer."""
    count = Fragment("(", arguments[0], ")::integer") if arguments else "1"
    if method == "trim":
        return Fragment(text, ":= ora.trimmed(", text, ",", count, ");")
    limit = str(kind.limit) if kind.limit is not None else "null"
    cell = kind.type.removesuffix("[]")
    element = (
        Fragment(text, "[ ora.bound(", text, ", (", arguments[1], ")::integer ) ]")
        if len(arguments) > 1
        else f"jsonb_populate_record( null::{cell} , '{{}}' )"
    )
    return Fragment(text, ":= ora.extended(", text, ",", count, ",", element, f", {limit} );")
