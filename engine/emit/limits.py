"""OFFSET and FETCH."""

from __future__ import annotations

from engine.emit.context import Context, Search
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, Part
from engine.emit.values import emit_expression
from engine.tree import queries as tree


# EXACT, which `search` may say, is what is done anyway.
@reads(
    tree.RowLimit,
    "offset fetch search count ties accuracy",
    partitions="FETCH FIRST n PARTITIONS BY",
    percent="FETCH FIRST n PERCENT",
)
def emit_row_limit(node: tree.RowLimit, context: Context, *, ordered: bool) -> Fragment:
    """OFFSET and FETCH; where nothing is `ordered`, no row ties with another."""
    parts: list[Part] = []
    if node.offset is not None:
        parts += (("offset ora.row_limit(", node), emit_expression(node.offset, context), ") rows")
    if node.fetch:
        ties = "with ties" if node.ties and ordered else "only"
        parts += (("fetch first ( ora.row_limit(", node), _count(node, context), f") ) rows {ties}")
    return Fragment(*parts)


def _count(node: tree.RowLimit, context: Context) -> Fragment:
    return emit_expression(node.count, context) if node.count is not None else Fragment("1")


def approximate_search(node: tree.RowLimit | None, context: Context) -> Search | None:
    """The search that FETCH APPROX asks for."""
    if node is None or node.search != "APPROX":
        return None
    accuracy = Fragment("null") if node.accuracy is None else _accuracy(node.accuracy, context)
    return Search(Fragment(accuracy, ",", _count(node, context)))


@reads(tree.TargetAccuracy, "percent", parameters="WITH TARGET ACCURACY PARAMETERS")
def _accuracy(node: tree.TargetAccuracy, context: Context) -> Fragment:
    return EMPTY if node.percent is None else emit_expression(node.percent, context)
