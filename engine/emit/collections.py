"""Associative arrays: their elements and their methods."""

from __future__ import annotations

from dataclasses import dataclass

from engine.emit import json_dots
from engine.emit.catalogue import DefinedType
from engine.emit.context import Context, Variable
from engine.emit.fragment import Fragment
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


@dataclass(frozen=True, slots=True)
class Element:
    """`t(i)`: the array's name and text, its type, and the index."""

    name: Name
    array: Fragment
    type: DefinedType
    index: Fragment

    @property
    def value_type(self) -> DefinedType:
        """The type of the element."""
        return self.type.element or DefinedType("")

    @property
    def place(self) -> Fragment:
        """What a value can be put into; that of an array by texts is JSON."""
        index = Fragment("ora.bound(", self.array, ",", self.index, ")") if self.type.bounded else self.index
        return Fragment(self.array, "[", index, "]", ".value" if self.type.boxed else "")

    def emit(self, node: Node) -> Fragment:
        """The element as a value: NO_DATA_FOUND where it is missing."""
        if self.type.keyed:
            entry = Fragment(("ora.entry(", node), self.array, ",", self.index, ")")
            if self.value_type.fields is not None or self.value_type.type.startswith("app."):
                return Fragment(f"jsonb_populate_record( null::{self.value_type.type} ,", entry, ")")
            return Fragment("(", entry, f"#>> '{{}}' )::{self.value_type.type}")
        index = Fragment("ora.bound(", self.array, ",", self.index, ")") if self.type.bounded else self.index
        text = Fragment(("ora.present(", node), self.array, "[", index, "]", ")")
        return Fragment("(", text, ").value") if self.type.boxed else Fragment("(", text, ")")


def element_of(node: Expression, context: Context) -> Element | None:
    """The element that `t(i)` is; None where it is none."""
    match node:
        case tree.Call(function=tree.Reference(parts=(name,))) as call:
            array = array_of(name, context)
            if array is not None:
                return _element(call, name, text_of(name, array, context), type_of_array(array), context)
    return None


def _element(node: tree.Call, name: Name, array: Fragment, kind: DefinedType, context: Context) -> Element:
    match node.arguments:
        case (tree.Argument(name=None, value=value),):
            index = Fragment("(", emit_expression(value, context), ")::text" if kind.keyed else ")::integer")
            return Element(name, array, kind, index)
    raise context.not_supported("an element by other than one index", node)


def emit_element(node: tree.Call, context: Context) -> Fragment:
    """`t(i)` as a value."""
    element = element_of(node, context)
    if element is None:
        raise context.not_supported("a collection element or a method", node)
    return element.emit(node)


def emit_method(names: tuple[Name, ...], call: tree.Call | None, node: Node, context: Context) -> Fragment:
    """A method of an array that gives a value: t.COUNT, t.EXISTS(i)."""
    array, method = array_of(names[0], context), names[-1].value
    if array is not None and len(names) == len(("t", "COUNT")):
        kind, text = type_of_array(array), text_of(names[0], array, context)
        if call is None and method == "LIMIT" and kind.bounded:
            return Fragment((f"{kind.limit or 'null'}::integer", node))
        if call is None and method in _WITHOUT_ARGUMENT:
            value = Fragment("ora.initialised(", text, ")") if kind.bounded else text
            return Fragment((f"{_WITHOUT_ARGUMENT[method]}(", node), value, ")")
        if call is not None and method in (*_WITH_ARGUMENT, "EXISTS"):
            return _asked(method, _element(call, names[0], text, kind, context), node)
    raise context.not_supported(f"the method {method} of a collection", node)


def _asked(method: str, element: Element, node: Node) -> Fragment:
    if method in _WITH_ARGUMENT:
        return Fragment((f"{_WITH_ARGUMENT[method]}(", node), element.array, ",", element.index, ")")
    if element.type.keyed:
        return Fragment(("jsonb_exists(", node), element.array, ",", element.index, ")")
    return Fragment(("(", node), element.array, "[", element.index, "]", "is distinct from null )")


@emit_expression.emits(tree.Attribute, "target name")
def _field(node: tree.Attribute, context: Context) -> Fragment:
    element = element_of(node.target, context)
    if element is not None:
        return Fragment("(", element.emit(node), ").", context.spelled(node.name))
    dots = json_dots.read(node, context)
    if dots is not None:
        return json_dots.emit(dots, context)
    raise context.not_supported("a field or method of a value that is no name", node)
