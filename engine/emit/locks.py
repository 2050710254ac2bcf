"""FOR UPDATE: Oracle locks rows of tables, and must know which."""

from __future__ import annotations

from collections.abc import Iterator

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment
from engine.emit.functions import AGGREGATES
from engine.emit.rownum import rownum_conditions
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
def emit_for_update(node: tree.ForUpdate, context: Context, query: tree.Query) -> Fragment:
    """FOR UPDATE behind its query."""
    _check(query, node, context)
    context.effect("lock:")
    return Fragment((_WAITS[node.wait], node))


def _check(query: tree.Query, node: tree.ForUpdate, context: Context) -> None:
    if context.sql_depth > 1:
        message = "missing right parenthesis: FOR UPDATE stands in the outermost query alone"
        raise context.refuse("ORA-00907", message, node)
    if _is_combined(query.body):
        raise context.refuse("ORA-01786", "FOR UPDATE of this query expression is not allowed", node)
    if query.limit is not None or _reads_unmerged(query.body, context):
        raise context.refuse("ORA-02014", "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.", node)


def is_unmerged(query: tree.Query, context: Context) -> bool:
    """Whether the rows of a query can not be traced to rows of tables."""
    body = query.body
    numbered = isinstance(body, tree.Select) and bool(rownum_conditions(body.where))
    return query.limit is not None or numbered or _is_combined(body) or _reads_unmerged(body, context)


def _is_combined(body: tree.QueryBody) -> bool:
    """Whether rows are combined by a set operator, DISTINCT, GROUP BY or an aggregate."""
    if isinstance(body, tree.ParenthesisedQuery):
        return _is_combined(body.query.body)
    if not isinstance(body, tree.Select):
        return True
    grouped = body.group_by is not None or body.having is not None
    return grouped or body.quantifier in ("DISTINCT", "UNIQUE") or has_aggregates(body)


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


def _reads_unmerged(body: tree.QueryBody, context: Context) -> bool:
    """Whether a block numbers its rows, or reads what can not be traced."""
    if isinstance(body, tree.ParenthesisedQuery):
        return is_unmerged(body.query, context)
    if not isinstance(body, tree.Select):
        return False
    if has_windows(body):
        return True
    limited = bool(rownum_conditions(body.where))
    return any(_is_untraced(node, limited, context) for node in _sources(body))


def _sources(select: tree.Select) -> Iterator[Node]:
    for item in select.sources:
        yield from descendants(item, without=(tree.Query,))


def _is_untraced(node: Node, limited: bool, context: Context) -> bool:
    """Whether a source's rows can not be traced; those of an inline view that sorts can not where ROWNUM counts."""
    if isinstance(node, tree.TableSource):
        name = context.known(node.name.name)
        named = context.named_queries.get(name)
        return named.unmerged if named is not None else name in context.catalogue.unmerged
    if isinstance(node, tree.QuerySource):
        return is_unmerged(node.query, context) or (limited and bool(node.query.order_by))
    return False
