"""Queries: WITH, set operators, ORDER BY, row limits and locks around query blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.emit import best_rows, columns, limits, locks
from engine.emit.context import Context
from engine.emit.counted import counting
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.ordering import emit_order_by
from engine.emit.value_types import type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.walk import descendants

_SET_OPERATORS = {"UNION": "union", "INTERSECT": "intersect", "MINUS": "except", "EXCEPT": "except"}


@dataclass(frozen=True, slots=True)
class Use:
    """What a query is for: `top` tells that its headings are shown to a person, `into` that INTO may stand in it.

    `order_by` is how the rows of a block are sorted, `fetched` that a row limit stands behind it.
    """

    top: bool = False
    into: bool = False
    order_by: tuple[values.SortKey, ...] = ()
    fetched: bool = False


# A block, a compound of several, a query in parentheses, VALUES.
emit_body = Emitters[Fragment]("a query")


@reads(tree.Query, "body with_ order_by limit for_update", order_siblings="ORDER SIBLINGS BY")
def emit_query(query: tree.Query, context: Context, *, top: bool = False, into: bool = False) -> Fragment:
    """A query with all its clauses.

    `top` tells that its headings are shown to a person, `into` that INTO may stand in it.
    """
    inside = context.in_query()
    if inside.best_rows is None:
        inside = replace(inside, best_rows=best_rows.find(query, inside))
    *seen, known = columns.named_queries(query, inside)
    parts: list[Part] = [_with(query.with_, inside, seen) if query.with_ is not None else EMPTY]
    parts.append(emit_body(query.body, known, Use(top, into, query.order_by, query.limit is not None)))
    if query.order_by:
        parts.append(emit_order_by(query.order_by, _ordering(query, known)))
    if query.limit is not None:
        parts.append(limits.emit_row_limit(query.limit, known, ordered=bool(query.order_by)))
    if query.for_update is not None:
        parts.append(locks.emit_for_update(query.for_update, known))
    return Fragment(*parts)


def _ordering(query: tree.Query, context: Context) -> Context:
    """What ORDER BY sees: the sources of the first block, and the names of its select list."""
    body: tree.QueryBody = query.body
    while isinstance(body, tree.Compound | tree.ParenthesisedQuery):
        body = body.operands[0] if isinstance(body, tree.Compound) else body.query.body
    if not isinstance(body, tree.Select):
        return context
    inside = context.over(columns.block_sources(body, context))
    if body is query.body:
        inside = replace(inside, rownum=counting(body, inside, query.order_by, fetched=query.limit is not None).value)
    named = {context.known(item.alias): type_of(item.expression, inside) for item in body.items if item.alias}
    return replace(inside, aliases=named, search=limits.approximate_search(query.limit, inside))


# WITH


@reads(tree.With, "queries", declarations="WITH FUNCTION")
def _with(node: tree.With, _: Context, seen: list[Context]) -> Fragment:
    """`seen` is what each of the named queries sees."""
    word = "with recursive" if any(_is_recursive(table) for table in node.queries) else "with"
    tables = [_common_table(table, inside) for table, inside in zip(node.queries, seen, strict=False)]
    return Fragment((word, node), join(tables))


def _is_recursive(table: tree.CommonTable) -> bool:
    name = table.name.value
    return any(
        isinstance(node, tree.TableSource) and len(node.name.parts) == 1 and node.name.name.value == name
        for node in descendants(table.query)
    )


@reads(tree.CommonTable, "name columns query", search="SEARCH", cycle="CYCLE")
def _common_table(node: tree.CommonTable, context: Context) -> Fragment:
    names = join([context.spelled(name) for name in node.columns])
    listed = Fragment("(", names, ")") if node.columns else EMPTY
    kept = "materialized" if context.best_rows is not None and id(node) in context.best_rows.kept else ""
    return Fragment(context.spelled(node.name), listed, f"as {kept} (", emit_query(node.query, context), ")")


# bodies


@emit_body.emits(tree.ParenthesisedQuery, "query")
def _parenthesised(node: tree.ParenthesisedQuery, context: Context, use: Use) -> Fragment:
    outer = replace(context, sql_depth=context.sql_depth - 1)
    return Fragment(("(", node), emit_query(node.query, outer, top=use.top, into=use.into), ")")


@emit_body.emits(tree.Values, "rows")
def _values(node: tree.Values, context: Context, _: Use) -> Fragment:
    return Fragment(("values", node), join([emit_expression(row, context) for row in node.rows]))


@emit_body.emits(tree.Compound, "operands operators")
def _compound(node: tree.Compound, context: Context, use: Use) -> Fragment:
    """Set operators are done from left to right, also where PostgreSQL would do INTERSECT first."""
    use = replace(use, order_by=(), fetched=False)
    result = emit_body(node.operands[0], context, use)
    for index, (operator, operand) in enumerate(zip(node.operators, node.operands[1:], strict=True)):
        if index and operator.word == "INTERSECT":
            result = Fragment("(", result, ")")
        result = Fragment(result, _operator(operator, context), emit_body(operand, context, replace(use, into=False)))
    return result


@reads(tree.SetOperator, "word quantifier")
def _operator(node: tree.SetOperator, _: Context) -> Fragment:
    return Fragment((_SET_OPERATORS[node.word], node), "all" if node.quantifier == "ALL" else "")
