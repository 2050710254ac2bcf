"""The arguments of SQL functions, which are given by position."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression


def positional(node: tree.Call, context: Context) -> list[Expression]:
    """The arguments of a SQL function."""
    found = []
    for argument in node.arguments:
        if not isinstance(argument, tree.Argument):
            raise context.not_supported("a qualified expression as an argument", argument)
        found.append(_value(argument, context))
    return found


@reads(tree.Argument, "value", name="a named argument of a SQL function")
def _value(node: tree.Argument, _: Context) -> Expression:
    return node.value


emit_expression.refuse(
    {
        tree.Association: "a qualified expression",
        tree.IteratorAssociation: "a qualified expression",
        tree.New: "NEW",
    }
)
