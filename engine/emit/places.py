"""What an assignment or FETCH can put a value into, elements of arrays included."""

from __future__ import annotations

from engine.emit.collections import element_type, place_of
from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.targets import emit_target
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.words import fold


def emit_place(node: Expression, context: Context) -> Fragment:
    """A variable, a field, a bind variable, an element or a field of one."""
    if isinstance(node, tree.Attribute):
        return Fragment(emit_place(node.target, context), ".", context.spelled(node.name))
    place = place_of(node, context) if isinstance(node, tree.Call) else None
    return place if place is not None else emit_target(node, context)


def place_type(node: Expression, context: Context) -> str:
    """PostgreSQL's type of what a value is put into; "" where it is not known."""
    match node:
        case tree.Bind(name=name):
            bound = context.binds.get(fold(name))
            return bound.type if bound is not None else ""
        case tree.Reference(parts=(first, *fields)):
            variable = context.variables.get(context.known(first))
            if variable is None or not fields:
                return variable.type if variable is not None else ""
            known = variable.defined.fields if variable.defined is not None else None
            return (known or {}).get(context.known(fields[0]), "") if len(fields) == 1 else ""
        case tree.Call():
            element = element_type(node, context)
            return element.type if element is not None else ""
        case tree.Attribute(target=tree.Call() as target, name=name):
            element = element_type(target, context)
            return ((element.fields if element is not None else None) or {}).get(context.known(name), "")
    return ""
