"""A query block: SELECT ... FROM ... WHERE ... GROUP BY ... HAVING."""

from __future__ import annotations

from dataclasses import replace

from engine.emit import columns, json_dots
from engine.emit.aggregates import emit_window
from engine.emit.best_joins import emit_best
from engine.emit.context import Context
from engine.emit.counted import Counting, counting, emit_counted
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, Part, conjunction, join
from engine.emit.levels import emit_levels
from engine.emit.queries import Use, emit_body
from engine.emit.references import means_column
from engine.emit.rownum import emit_limit, uncounted
from engine.emit.sources import emit_sources
from engine.emit.targets import emit_target
from engine.emit.values import emit_expression
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Expression
from engine.words import LONGEST_NAME


# Hints are comments to PostgreSQL, as to Oracle those that it can not follow.
@emit_body.emits(
    tree.Select,
    "items quantifier -hints into sources where hierarchy group_by having windows",
    qualify="QUALIFY",
)
def _select(node: tree.Select, context: Context, use: Use) -> Fragment:
    inside = context.over(columns.block_sources(node, context))
    counted = counting(node, inside, use.order_by, fetched=use.fetched)
    inside = replace(inside, rownum=counted.value)
    items = Fragment(("select", node), _distinct(node), _items(node, inside, top=use.top, counted=counted))
    best = context.best_rows.joins.get(id(node)) if context.best_rows is not None else None
    if best is not None:
        return emit_best(node, best, items, inside)
    parts: list[Part] = [items]
    if node.into is not None:
        parts.append(_into(node.into, context, allowed=use.into))
    if counted.inside is not None:
        return Fragment(*parts, "from", emit_counted(counted.inside, counted, node, inside), _grouped(node, inside))
    if node.sources:
        parts += ("from", emit_sources(node.sources, inside))
    if node.hierarchy is not None:
        parts.append(emit_levels(node.hierarchy, inside, node))
    rest = [emit_expression(condition, inside) for condition in uncounted(node.where)]
    if rest:
        parts += ("where", conjunction(rest))
    parts.append(_grouped(node, inside))
    if not counted.found:
        return Fragment(*parts)
    limited = Fragment(*parts, "limit", emit_limit(counted.found, inside))
    # PL/pgSQL takes no INTO in parentheses.
    return limited if node.into is not None else Fragment("(", limited, ")")


def _distinct(node: tree.Select) -> str:
    return "distinct" if node.quantifier in ("DISTINCT", "UNIQUE") else ""


def _grouped(node: tree.Select, context: Context) -> Fragment:
    parts: list[Part] = []
    if node.group_by is not None:
        parts.append(_group_by(node.group_by, context))
    if node.having is not None:
        parts += ("having", emit_expression(node.having, context))
    if node.windows:
        parts += (("window", node.windows[0]), join([_named_window(window, context) for window in node.windows]))
    return Fragment(*parts)


@reads(tree.NamedWindow, "name window")
def _named_window(node: tree.NamedWindow, context: Context) -> Fragment:
    return Fragment(context.spelled(node.name), "as", emit_window(node.window, context))


# the select list


def _items(node: tree.Select, context: Context, *, top: bool, counted: Counting) -> Fragment:
    return join([_item(item, context, node=node, top=top, counted=counted) for item in node.items])


@reads(tree.SelectItem, "expression alias heading")
def _item(item: tree.SelectItem, context: Context, *, node: tree.Select, top: bool, counted: Counting) -> Fragment:
    if isinstance(item.expression, values.Star):
        return _star(item.expression, context, node, counted)
    value = emit_expression(item.expression, context)
    if item.alias is not None:
        return Fragment(value, "as", context.spelled(item.alias))
    if isinstance(item.expression, values.Reference):
        if json_dots.read(item.expression, context) is not None:
            return Fragment(value, "as", context.spelled(item.expression.parts[-1]))
        if means_column(item.expression, context):
            return value
    return Fragment(value, "as", context.spell(_heading(item.heading))) if top else value


def _heading(text: str) -> str:
    """The heading Oracle gives an unnamed expression: its text, cut to the longest name."""
    return text.encode()[:LONGEST_NAME].decode(errors="ignore")


@reads(values.Star, "qualifier")
def _star(star: values.Star, context: Context, node: tree.Select, counted: Counting) -> Fragment:
    """SELECT *; it leaves out the columns that were declared INVISIBLE, LEVEL and ROWNUM."""
    starred = columns.starred(star, context)
    if not any(source.hidden for source in starred) and not counted.named:
        return Fragment(context.spelled(star.qualifier[-1]), ".", "*") if star.qualifier else Fragment(("*", star))
    merged = any(join_.using or join_.natural for item in node.sources for join_ in item.joins)
    if merged or any(source.columns is None for source in starred):
        construct = "SELECT * over a join with invisible columns, or beside ROWNUM"
        raise context.not_supported(construct, star, "name the columns")
    shown = [
        Fragment((f"{context.spell(source.alias)}.{context.spell(name)}", star))
        for source in starred
        for name in columns.shown_columns(source)
    ]
    return join(shown)


@reads(tree.Into, "targets bulk limit")
def _into(node: tree.Into, context: Context, *, allowed: bool) -> Fragment:
    if node.bulk or node.limit is not None:
        raise context.not_supported("BULK COLLECT", node, "use a cursor FOR loop or set-based SQL")
    if not allowed:
        raise context.not_supported("INTO at this place", node)
    return Fragment(("into strict", node), join([emit_target(target, context) for target in node.targets]))


# GROUP BY


@reads(tree.GroupBy, "elements -having_first")
def _group_by(node: tree.GroupBy, context: Context) -> Fragment:
    return Fragment(("group by", node), join([_grouping(element, context) for element in node.elements]))


def _grouping(node: Expression, context: Context) -> Fragment:
    if isinstance(node, values.NumberLiteral):
        return Fragment("(", emit_expression(node, context), "::numeric )")  # a value, and no place in the list
    return _grouping_set(node, context) if isinstance(node, tree.GroupingSet) else emit_expression(node, context)


@reads(tree.GroupingSet, "kind elements")
def _grouping_set(node: tree.GroupingSet, context: Context) -> Fragment:
    return Fragment((f"{node.kind.lower()} (", node), join([_grouping(e, context) for e in node.elements]), ")")


emit_expression.refuse({tree.GroupingSet: "ROLLUP, CUBE and GROUPING SETS outside GROUP BY"})
