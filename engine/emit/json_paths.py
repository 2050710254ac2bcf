"""Paths of JSON: members, array positions and `*`, which both languages write alike."""

from __future__ import annotations

import re

from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.literals import quoted
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression

_PATH = re.compile(r'\$(\.(\w+|"[^"\\]*"|\*)|\[(\d+|\*)\])*')


def emit_path(node: Expression, context: Context) -> Fragment:
    """A path that is written as a literal, or the bind variable of a dynamic statement in place of one."""
    if isinstance(node, tree.Bind):
        return Fragment(emit_expression(node, context), "::jsonpath")
    if not isinstance(node, tree.TextLiteral):
        raise context.not_supported("a JSON path that is not a literal", node)
    if not _PATH.fullmatch(node.value):
        advice = 'it knows $, .name, ."name", .*, [n] and [*]'
        raise context.not_supported(f"the JSON path {node.value!r}", node, advice)
    return Fragment((quoted(node.value), node))
