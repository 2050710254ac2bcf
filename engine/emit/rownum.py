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
from engine.tree.walk import bare, descendants

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
    return _is_word(node, ("ROWNUM",))


def is_counter(node: Node) -> bool:
    """Whether this is ROWNUM or LEVEL, in parentheses or without."""
    return _is_word(node, ("ROWNUM", "LEVEL"))


def _is_word(node: Node, words: tuple[str, ...]) -> bool:
    node = bare(node)
    return (
        isinstance(node, tree.Reference)
        and len(node.parts) == 1
        and node.parts[0].value in words
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
    """The number of rows that conditions on ROWNUM, or on LEVEL, let pass; NULL where they let all pass."""
    limits = [limit for condition in found for limit in _limits(condition, context)]
    # PostgreSQL's LEAST passes over NULL.
    return limits[0] if len(limits) == 1 else Fragment("least(", join(limits), ")")


def is_limit(condition: Expression, context: Context) -> bool:
    """Whether a condition is a number of rows: it compares ROWNUM, or LEVEL, with what is one for all rows."""
    compared = _compared(condition)
    return bool(compared) and not any(_has_column(bound, context) for _, bound in compared)


def _compared(node: Expression) -> list[tuple[str, Expression]]:
    """The values that a condition compares ROWNUM or LEVEL with, and the operators; none for another condition."""
    match node:
        case tree.Comparison(right=right, left=left) if not isinstance(right, tree.Quantified):
            operator = node.operator
            if not is_counter(left):
                left, operator, right = right, _TURNED.get(operator, operator), left
            return [(operator, right)] if is_counter(left) and not uses_rownum(right) else []
        case tree.Between(negated=False) if is_counter(node.operand):
            return [(">=", node.low), ("<=", node.high)]
        case tree.In(negated=False) if is_counter(node.operand) and not _has_query(node):
            return [("=", item) for item in node.items]
    return []


def _has_query(node: tree.In) -> bool:
    return any(isinstance(item, tree.Subquery) for item in node.items)


def _has_column(node: Expression, context: Context) -> bool:
    return any(_is_column(found, context) for found in descendants(node))


def _limits(node: Expression, context: Context) -> list[Fragment]:
    if not is_limit(node, context):
        raise context.not_supported("this condition on ROWNUM", node, "compare ROWNUM alone, or put it into a subquery")
    if isinstance(node, tree.In):
        return [_listed(node, context)]
    return [_limit(operator, bound, node, context) for operator, bound in _compared(node)]


def _listed(node: tree.In, context: Context) -> Fragment:
    """ROWNUM IN a list lets pass as many rows as the list has numbers from 1 on without a gap."""
    items = join([emit_expression(item, context) for item in node.items])
    most = len(node.items)
    series = f"generate_series( 1 , {most} )"
    opening = (f"( select coalesce( min( n ) - 1 , {most} ) from", node)
    return Fragment(opening, series, "as n where ( n in (", items, ") ) is not true )")


def _limit(operator: str, bound: Expression, node: Expression, context: Context) -> Fragment:
    value = emit_expression(bound, context)
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


# other conditions


def emit_numbers(found: list[Expression], context: Context) -> Fragment:
    """ROWNUM of each row, in the order of reading, and NULL for the rows that conditions do not let pass.

    The numbers for which a row would pass are a set that is computed for it alone; the aggregate counts the rows whose
    set has the next number.
    """
    sets = [_numbers(condition, context) for condition in found]
    return Fragment("ora.rownum(", join(sets, "*"), ") over ( rows unbounded preceding )")


def _numbers(node: Expression, context: Context) -> Fragment:
    """The numbers for which a condition lets the row pass."""
    match node:
        case tree.Parenthesised(inner=inner):
            return _numbers(inner, context)
        case tree.And(conditions=parts):
            return Fragment("(", join([_numbers(part, context) for part in parts], "*"), ")")
        case tree.Or(conditions=parts):
            return Fragment("(", join([_numbers(part, context) for part in parts], "+"), ")")
    if not uses_rownum(node):
        return Fragment("ora.all_numbers(", emit_expression(node, context), ")")
    compared = _compared(node)
    if not compared:
        raise context.not_supported("this condition on ROWNUM", node, "put it into a subquery")
    sets = [
        Fragment((f"ora.numbers( '{operator}' ,", node), emit_expression(bound, context), ")")
        for operator, bound in compared
    ]
    return Fragment("(", join(sets, "+" if isinstance(node, tree.In) else "*"), ")")
