"""What a value is put into: a variable, a field of a record, a bind variable."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment, Part
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name
from engine.words import fold


def check_changed(name: Name, context: Context) -> None:
    """Refuse a change of a variable that a local function takes: it has a copy."""
    variable = context.variables.get(context.known(name))
    if variable is not None and variable.kept:
        raise context.not_supported(
            "a local function that changes the variables around it", name, "make it a procedure"
        )


def emit_target(node: Expression, context: Context) -> Fragment:
    """A variable, field or bind variable to be written."""
    if isinstance(node, tree.Bind) and not node.indicator and (bound := context.binds.get(fold(node.name))):
        return bound.text
    if not isinstance(node, tree.Reference) or node.link:
        raise context.not_supported("what this value is put into", node)
    variable = context.variables.get(context.known(node.parts[0]))
    if variable is None:
        raise context.fail(f"the variable {node.parts[0].value} is not declared", node)
    check_changed(node.parts[0], context)
    fields: list[Part] = []
    for part in node.parts[1:]:
        fields += (".", context.spelled(part))
    return Fragment(variable.text or context.spelled(node.parts[0]), *fields)
