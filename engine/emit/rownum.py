"""ROWNUM: in a select list the number of the row, in WHERE a limit of the rows.

ROWNUM counts the rows that pass WHERE. A condition on it that the first row does not fulfil lets none pass, and the
first number that does not fulfil it ends the query (SQL Language Reference, "ROWNUM Pseudocolumn"). So a comparison
with a value that no row changes is a number of rows: `ROWNUM < 3` is two of them, `ROWNUM > 1` none.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.emit.context import Context
from engine.emit.fragment import Fragment, join
from engine.emit.templates import fill
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression, Node
from engine.tree.queries import Query
from engine.tree.walk import descendants

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
# How many rows a comparison lets pass; NULL stands for all of them, and a comparison with NULL lets none pass.
_ROWS = {
    "<=": "ora.row_limit({0})",
    "<": "ora.row_limit(ceil(({0})::numeric) - 1)",
    "=": "case when ({0}) = 1 then 1 else 0 end",
    ">": "case when ({0}) < 1 then null else 0 end",
    ">=": "case when ({0}) <= 1 then null else 0 end",
    "<>": "case when ({0}) is null then 0 when ({0}) >= 1 and ({0}) = trunc(({0})::numeric)"
    " then ora.row_limit( ({0})::numeric - 1) end",
}


def is_rownum(node: Node) -> bool:
    """Whether this is the pseudocolumn, in parentheses or without."""
    if isinstance(node, tree.Parenthesised):
        return is_rownum(node.inner)
    return (
        isinstance(node, tree.Reference)
        and len(node.parts) == 1
        and node.parts[0].value == "ROWNUM"
        and not node.parts[0].quoted
    )


def uses_rownum(node: Node) -> bool:
    """Whether ROWNUM stands below a node, outside of the queries in it."""
    return any(is_rownum(found) for found in descendants(node, without=(Query,)))


def conditions(where: Expression | None) -> Iterator[Expression]:
    """The conditions that must all hold."""
    if isinstance(where, tree.And):
        for condition in where.conditions:
            yield from conditions(condition)
    elif isinstance(where, tree.Parenthesised):
        yield from conditions(where.inner)
    elif where is not None:
        yield where


def rownum_conditions(where: Expression | None) -> list[Expression]:
    """Those of the conditions in which ROWNUM stands."""
    return [condition for condition in conditions(where) if uses_rownum(condition)]


def uncounted(where: Expression | None) -> list[Expression]:
    """Those in which it does not stand."""
    return [condition for condition in conditions(where) if not uses_rownum(condition)]


def emit_limit(found: list[Expression], context: Context) -> Fragment:
    """The number of rows that conditions on ROWNUM let pass; NULL where they let all pass."""
    limits = [limit for condition in found for limit in _limits(condition, context)]
    # PostgreSQL's LEAST passes over NULL.
    return limits[0] if len(limits) == 1 else Fragment("least(", join(limits), ")")


def _limits(node: Expression, context: Context) -> list[Fragment]:
    if isinstance(node, tree.Comparison) and not isinstance(node.right, tree.Quantified):
        left, operator, right = node.left, node.operator, node.right
        if not is_rownum(left):
            left, operator, right = right, _TURNED.get(operator, operator), left
        if is_rownum(left) and not uses_rownum(right):
            return [_limit(operator, right, node, context)]
    if isinstance(node, tree.Between) and not node.negated and is_rownum(node.operand):
        return [_limit(">=", node.low, node, context), _limit("<=", node.high, node, context)]
    if isinstance(node, tree.In) and not node.negated and is_rownum(node.operand):
        return [_listed(node, context)]
    raise context.not_supported("this condition on ROWNUM", node, "compare ROWNUM alone, or put it into a subquery")


def _bound(node: Expression, context: Context) -> Fragment:
    if any(_is_column(found, context) for found in descendants(node)):
        advice = "compare ROWNUM with a value that is the same for all rows"
        raise context.not_supported("ROWNUM compared with a column", node, advice)
    return emit_expression(node, context)


def _listed(node: tree.In, context: Context) -> Fragment:
    """ROWNUM IN a list lets pass as many rows as the list has numbers from 1 on without a gap."""
    if any(isinstance(item, tree.Subquery) for item in node.items):
        raise context.not_supported("ROWNUM IN a query", node)
    items = join([_bound(item, context) for item in node.items])
    most = len(node.items)
    series = f"generate_series( 1 , {most} )"
    opening = (f"( select coalesce( min( n ) - 1 , {most} ) from", node)
    return Fragment(opening, series, "as n where ( n in (", items, ") ) is not true )")


def _limit(operator: str, bound: Expression, node: Expression, context: Context) -> Fragment:
    value = _bound(bound, context)
    if operator == "=" and isinstance(bound, tree.NumberLiteral) and bound.text == "1":
        return Fragment(("1", node))
    return fill(_ROWS[operator], [value], node)


def _is_column(node: Node, context: Context) -> bool:
    """Whether a name is a column of the query block at hand, which its LIMIT could not see."""
    if not isinstance(node, tree.Reference) or not context.blocks:
        return False
    names = [context.known(part) for part in node.parts]
    return any(
        names[-1] in (source.columns or {}) and (len(names) == 1 or names[0] == source.alias)
        for source in context.blocks[-1]
    )
