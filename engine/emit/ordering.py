"""ORDER BY: NULLs sort last in both languages unless it says otherwise."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, join
from engine.emit.values import emit_expression
from engine.tree.expressions import SortKey


def emit_order_by(keys: tuple[SortKey, ...], context: Context) -> Fragment:
    """ORDER BY and its keys, of which there is one at least."""
    return Fragment(("order by", keys[0]), join([_key(key, context) for key in keys]))


@reads(SortKey, "expression direction nulls")
def _key(node: SortKey, context: Context) -> Fragment:
    nulls = f"nulls {node.nulls.lower()}" if node.nulls else ""
    return Fragment(emit_expression(node.expression, context), node.direction.lower(), nulls)
