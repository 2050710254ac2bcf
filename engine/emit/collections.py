"""Associative arrays: their elements and their methods."""

from __future__ import annotations

from engine.emit.catalogue import DefinedType
from engine.emit.context import Context, Variable
from engine.emit.fragment import Fragment, Part
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name, Node

_WITHOUT_ARGUMENT = {"COUNT": "ora.element_count", "FIRST": "ora.first_element", "LAST": "ora.last_element"}
_WITH_ARGUMENT = {"NEXT": "ora.next_element", "PRIOR": "ora.prior_element"}


def array_of(name: Name, context: Context) -> Variable | None:
    """The array that a name means."""
    variable = context.variables.get(context.known(name))
    is_array = variable is not None and variable.defined is not None and variable.defined.element is not None
    return variable if is_array else None


def type_of_array(variable: Variable) -> DefinedType:
    """The type of an array's variable."""
    if variable.defined is None:
        raise TypeError("no array")
    return variable.defined


def text_of(name: Name, variable: Variable, context: Context) -> Fragment:
    """An array as PL/pgSQL names it."""
    return variable.text or context.spelled(name)


def place_of(node: tree.Call, context: Context) -> Fragment | None:
    """The element that `t(i)` is, as something to put a value in; None where it is none."""
    match node:
        case tree.Call(function=tree.Reference(parts=(name,)), arguments=(tree.Argument(name=None, value=index),)):
            array = array_of(name, context)
            if array is not None:
                boxed = ".value" if type_of_array(array).boxed else ""
                return Fragment(text_of(name, array, context), *_index(index, context), boxed)
    return None


def element_type(node: tree.Call, context: Context) -> DefinedType | None:
    """The type of the element that `t(i)` is."""
    match node:
        case tree.Call(function=tree.Reference(parts=(name,))):
            array = array_of(name, context)
            return type_of_array(array).element if array is not None else None
    return None


def _index(node: Expression, context: Context) -> tuple[Part, ...]:
    return "[(", emit_expression(node, context), ")::integer]"


def _only(node: tree.Call, context: Context) -> Expression:
    match node.arguments:
        case (tree.Argument(name=None, value=value),):
            return value
    raise context.not_supported("an element by other than one index", node)


def emit_element(node: tree.Call, name: Name, context: Context) -> Fragment:
    """`t(i)` as a value: NO_DATA_FOUND where it is missing."""
    array = array_of(name, context)
    if array is None:
        raise context.not_supported("a collection element or a method", node)
    text = Fragment(("ora.present(", node), text_of(name, array, context), *_index(_only(node, context), context), ")")
    return Fragment("(", text, ").value") if type_of_array(array).boxed else Fragment("(", text, ")")


def emit_method(names: tuple[Name, ...], call: tree.Call | None, node: Node, context: Context) -> Fragment:
    """A method of an array that gives a value: t.COUNT, t.EXISTS(i)."""
    array, method = array_of(names[0], context), names[-1].value
    if array is not None and len(names) == len(("t", "COUNT")):
        text = text_of(names[0], array, context)
        if call is None and method in _WITHOUT_ARGUMENT:
            return Fragment((f"{_WITHOUT_ARGUMENT[method]}(", node), text, ")")
        if call is not None and method == "EXISTS":
            return Fragment(("(", node), text, *_index(_only(call, context), context), "is distinct from null )")
        if call is not None and method in _WITH_ARGUMENT:
            index = emit_expression(_only(call, context), context)
            return Fragment((f"{_WITH_ARGUMENT[method]}(", node), text, ", (", index, ")::integer )")
    raise context.not_supported(f"the method {method} of a collection", node)


@emit_expression.emits(tree.Attribute, "target name")
def _field(node: tree.Attribute, context: Context) -> Fragment:
    match node.target:
        case tree.Call(function=tree.Reference(parts=(name,))) as call if array_of(name, context) is not None:
            return Fragment("(", emit_element(call, name, context), ").", context.spelled(node.name))
    raise context.not_supported("a field or method of a value that is no name", node)


def emit_delete(call: Expression, context: Context) -> Fragment | None:
    """`t.DELETE` or `t.DELETE(i)` as a statement; None where it is none."""
    function = call.function if isinstance(call, tree.Call) else call
    match function:
        case tree.Reference(parts=(name, method)) if method.value == "DELETE":
            array = array_of(name, context)
        case _:
            return None
    if array is None:
        return None
    text = text_of(name, array, context)
    if not isinstance(call, tree.Call) or not call.arguments:
        return Fragment(text, ":= '{}';")
    index = Fragment(text, *_index(_only(call, context), context))
    # Beyond the ends an assignment would make the array longer.
    return Fragment("if", index, "is distinct from null then", index, ":= null; end if;")
