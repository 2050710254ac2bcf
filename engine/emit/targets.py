"""What a value is put into: a variable, a field of a record, a bind variable."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment, Part
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.words import fold


def emit_target(node: Expression, context: Context) -> Fragment:
    """A variable, field or bind variable to be written."""
    if isinstance(node, tree.Bind) and not node.indicator and (bound := context.binds.get(fold(node.name))):
        return bound.text
    if not isinstance(node, tree.Reference) or node.link:
        raise context.not_supported("what this value is put into", node)
    variable = context.variables.get(context.known(node.parts[0]))
    if variable is None:
        raise context.fail(f"the variable {node.parts[0].value} is not declared", node)
    fields: list[Part] = []
    for part in node.parts[1:]:
        fields += (".", context.spelled(part))
    return Fragment(variable.text or context.spelled(node.parts[0]), *fields)
