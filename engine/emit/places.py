"""What an assignment or FETCH can put a value into, elements of arrays included."""

from __future__ import annotations

from dataclasses import replace

from engine.emit.collections import element_of
from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.literals import quoted
from engine.emit.targets import changed_text, emit_target
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.words import fold


def emit_assignment(target: Expression, value: Fragment | str, context: Context) -> Fragment:
    """A value put into a variable, a field, a bind variable, an element or a field of one."""
    field = target.name if isinstance(target, tree.Attribute) else None
    element = element_of(target.target if isinstance(target, tree.Attribute) else target, context)
    if element is None:
        return Fragment(emit_target(target, context), ":=", value, ";")
    element = replace(element, array=changed_text(element.name, context))
    if not element.type.keyed:
        fields = (".", context.spelled(field)) if field is not None else ()
        return Fragment(element.place, *fields, ":=", value, ";")
    key = f"[ {quoted(context.known(field))} ]" if field is not None else ""
    return Fragment(element.place, key, ":= to_jsonb( (", value, f")::{place_type(target, context)} );")


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
        case tree.Attribute(target=target, name=name):
            element = element_of(target, context)
            return ((element.value_type.fields if element is not None else None) or {}).get(context.known(name), "")
    element = element_of(node, context)
    return element.value_type.type if element is not None else ""
