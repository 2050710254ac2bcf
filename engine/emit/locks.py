"""FOR UPDATE, and which blocks combine or number rows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment
from engine.emit.functions import AGGREGATES
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Node
from engine.tree.walk import descendants

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


def _own(select: tree.Select) -> Iterator[Node]:
    """The nodes of a block's select list, below no query of their own."""
    for item in select.items:
        yield from descendants(item, without=(tree.Query,))


def has_aggregates(select: tree.Select) -> bool:
    """Whether a block's select list combines rows by an aggregate."""
    return any(map(_is_aggregate, _own(select)))


def has_windows(select: tree.Select) -> bool:
    """Whether a block's select list has an analytic function."""
    return any(isinstance(node, values.Call) and node.over is not None for node in _own(select))


def _is_aggregate(node: Node) -> bool:
    if isinstance(node, values.JsonConstructor):
        return node.function.endswith("AGG") and node.over is None
    if not isinstance(node, values.Call) or node.over is not None or not isinstance(node.function, values.Reference):
        return False
    return len(node.function.parts) == 1 and node.function.parts[0].value in AGGREGATES
