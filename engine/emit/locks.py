"""FOR UPDATE."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment
from engine.tree import queries as tree

_WAITS = {"": "for update", "NOWAIT": "for update nowait", "SKIP LOCKED": "for update skip locked"}


@reads(
    tree.ForUpdate,
    "wait",
    columns="FOR UPDATE OF a column",
    seconds="FOR UPDATE WAIT n, for which NOWAIT and SKIP LOCKED stand",
)
def emit_for_update(node: tree.ForUpdate, context: Context) -> Fragment:
    """FOR UPDATE behind its query."""
    context.effect("lock:")
    return Fragment((_WAITS[node.wait], node))
