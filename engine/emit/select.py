"""A query block: SELECT ... FROM ... WHERE ... GROUP BY ... HAVING."""

from __future__ import annotations

from dataclasses import replace

from engine.emit import columns, json_dots
from engine.emit.aggregates import emit_window
from engine.emit.best_joins import emit_best
from engine.emit.conditions import conjunction
from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, Part, join
from engine.emit.functions import AGGREGATES
from engine.emit.queries import Use, emit_body
from engine.emit.references import means_column
from engine.emit.rownum import emit_limit, rownum_conditions, uncounted, uses_rownum
from engine.emit.sources import emit_sources
from engine.emit.targets import emit_target
from engine.emit.values import emit_expression
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Expression, Node
from engine.tree.walk import descendants
from engine.words import LONGEST_NAME


# Hints are comments to PostgreSQL, as to Oracle those that it can not follow.
@emit_body.emits(
    tree.Select,
    "items quantifier -hints into sources where group_by having windows",
    hierarchy="CONNECT BY",
    qualify="QUALIFY",
)
def _select(node: tree.Select, context: Context, use: Use) -> Fragment:
    inside = context.over(columns.sources_of(node.sources, context))
    numbered = replace(inside, numbered=True)
    found = rownum_conditions(node.where)
    _check_rownum(node, found, context)
    items = Fragment(("select", node), _distinct(node), _items(node, numbered, top=use.top))
    best = context.best_rows.joins.get(id(node)) if context.best_rows is not None else None
    if best is not None:
        return emit_best(node, best, items, inside)
    parts: list[Part] = [items]
    if node.into is not None:
        parts.append(_into(node.into, context, allowed=use.into))
    if node.sources:
        parts += ("from", emit_sources(node.sources, inside))
    rest = [emit_expression(condition, inside) for condition in uncounted(node.where)]
    if rest:
        parts += ("where", conjunction(rest))
    parts.append(_grouped(node, inside))
    if not found:
        return Fragment(*parts)
    limited = Fragment(*parts, "limit", emit_limit(found, inside))
    # PL/pgSQL takes no INTO in parentheses.
    return limited if node.into is not None else Fragment("(", limited, ")")


def _distinct(node: tree.Select) -> str:
    return "distinct" if node.quantifier in ("DISTINCT", "UNIQUE") else ""


def _check_rownum(node: tree.Select, found: list[Expression], context: Context) -> None:
    numbered = next((item for item in node.items if uses_rownum(item)), None)
    at: Node | None = found[0] if found else numbered
    combined = node.group_by is not None or node.quantifier in ("DISTINCT", "UNIQUE") or _has_aggregates(node)
    if at is not None and combined:
        construct = "ROWNUM beside DISTINCT, GROUP BY or an aggregate"
        raise context.not_supported(construct, at, "put it into a subquery")


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


def _items(node: tree.Select, context: Context, *, top: bool) -> Fragment:
    return join([_item(item, context, node=node, top=top) for item in node.items])


@reads(tree.SelectItem, "expression alias heading")
def _item(item: tree.SelectItem, context: Context, *, node: tree.Select, top: bool) -> Fragment:
    if isinstance(item.expression, values.Star):
        return _star(item.expression, context, node)
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
def _star(star: values.Star, context: Context, node: tree.Select) -> Fragment:
    """SELECT *; it leaves out the columns that were declared INVISIBLE."""
    starred = columns.starred(star, context)
    if not any(source.hidden for source in starred):
        return Fragment(context.spelled(star.qualifier[-1]), ".", "*") if star.qualifier else Fragment(("*", star))
    merged = any(join_.using or join_.natural for item in node.sources for join_ in item.joins)
    if merged or any(source.columns is None for source in starred):
        construct = "SELECT * over a join with invisible columns"
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


def _has_aggregates(select: tree.Select) -> bool:
    """Whether a block's select list combines rows by an aggregate, below no query of its own."""
    return any(_is_aggregate(node) for item in select.items for node in descendants(item, without=(tree.Query,)))


def _is_aggregate(node: Node) -> bool:
    if isinstance(node, values.JsonConstructor):
        return node.function.endswith("AGG") and node.over is None
    if not isinstance(node, values.Call) or node.over is not None or not isinstance(node.function, values.Reference):
        return False
    return len(node.function.parts) == 1 and node.function.parts[0].value in AGGREGATES
