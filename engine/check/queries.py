"""Queries: what their blocks read from, and the names and types of what they give."""

from __future__ import annotations

from collections import Counter

from engine.check import (
    columns,
    declarations,
    expressions,
    grouping,
    hierarchies,
    keys,
    locks,
    sequences,
    set_operators,
    sources,
)
from engine.check.checker import Checker
from engine.check.scopes import NamedQuery, QueryScope, Scope, ScopeKind
from engine.check.types import UNKNOWN, Family, Type
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Name

# The names and types of a query's columns; None where they are unknown.
Items = list[tuple[str, Type]]
_NAMELESS = "?"


def check_query(checker: Checker, scope: Scope, query: tree.Query) -> Items | None:
    """Check a query with all that stands in it."""
    outer = QueryScope(ScopeKind.QUERY, scope)
    if query.with_ is not None:
        _with(checker, outer, query.with_)
    block, items = _body(checker, outer, query.body)
    _order(checker, outer, block, items, query)
    if query.limit is not None:
        expressions.check_below(checker, outer, query.limit)
    if query.for_update is not None and block is not None:
        expressions.check_below(checker, block, query.for_update)
    locks.check(checker, outer, query)
    return items


def _with(checker: Checker, outer: QueryScope, clause: tree.With) -> None:
    declarations.declare_all(checker, outer, clause.declarations)
    for item in clause.queries:
        name = item.name.value
        for column in repeated(item.columns):
            checker.complain("ORA-32049", column)
        outer.common[name] = NamedQuery({column.value: UNKNOWN for column in item.columns} or None)
        found = check_query(checker, outer, item.query)
        if found is not None and item.columns and len(found) != len(item.columns):
            checker.complain("ORA-32038", item.columns[0])
        repeats = repeated_names(found) if not item.columns else frozenset()
        outer.common[name] = NamedQuery(_common_columns(item, found), repeats)


def _common_columns(item: tree.CommonTable, found: Items | None) -> dict[str, Type] | None:
    if found is None or (item.columns and len(item.columns) != len(found)) or item.search or item.cycle:
        return None
    if item.columns:
        return {name.value: kind for name, (_, kind) in zip(item.columns, found, strict=True)}
    return dict(found)


def _order(
    checker: Checker, outer: QueryScope, block: QueryScope | None, items: Items | None, query: tree.Query
) -> None:
    """Check ORDER BY, which sees the select list's aliases; that of a compound sees nothing else."""
    if not query.order_by:
        return
    if query.order_siblings and block is not None and not block.hierarchical:
        checker.complain("ORA-30929", query.order_by[0])
    if items is not None:
        grouping.check_positions(checker, query.order_by, len(items))
    if block is None:
        block = QueryScope(ScopeKind.QUERY, outer)
        block.sources.append(sources.row_source("", None if items is None else dict(items), query))
    elif items is not None:
        block.aliases = dict(items)
    for key in query.order_by:
        keys.check(checker, key.expression, expressions.type_of(checker, block, key.expression))
        sequences.check_none(checker, block, key.expression)
    block.aliases = {}
    if isinstance(query.body, tree.Select):
        grouping.check_aliases(checker, query.body, query.order_by)
        grouping.check_order(checker, block, query.body, query.order_by)
        sequences.check_items(checker, block, query.body)


def _body(checker: Checker, outer: QueryScope, body: tree.QueryBody) -> tuple[QueryScope | None, Items | None]:
    if isinstance(body, tree.Select):
        return _select(checker, outer, body)
    if isinstance(body, tree.Compound):
        return None, _compound(checker, outer, body)
    if isinstance(body, tree.ParenthesisedQuery):
        return None, check_query(checker, outer, body.query)
    expressions.check_below(checker, outer, body)
    return None, None


def _compound(checker: Checker, outer: QueryScope, compound: tree.Compound) -> Items | None:
    found = []
    for operand in compound.operands:
        block, items = _body(checker, outer, operand)
        found.append(items)
        if block is not None and isinstance(operand, tree.Select):
            sequences.check_items(checker, block, operand)
    set_operators.check(checker, compound, found)
    return _compound_items(found)


def _compound_items(found: list[Items | None]) -> Items | None:
    first = found[0]
    if first is None:
        return None
    others = [items for items in found[1:] if items is not None and len(items) == len(first)]
    if len(others) < len(found) - 1:
        return [(name, UNKNOWN) for name, _ in first]
    return [
        (name, kind if all(items[index][1].family is kind.family for items in others) else UNKNOWN)
        for index, (name, kind) in enumerate(first)
    ]


# a block


def _select(checker: Checker, outer: QueryScope, select: tree.Select) -> tuple[QueryScope, Items | None]:
    block = QueryScope(ScopeKind.QUERY, outer, hierarchical=select.hierarchy is not None)
    sources.add_all(checker, block, select.sources)
    items: Items | None = []
    aliases: dict[str, Type] = {}
    for item in select.items:
        added = _item(checker, block, item)
        if item.alias is not None and added:
            aliases[item.alias.value] = added[0][1]
        items = None if items is None or added is None else items + added
        if select.quantifier in ("DISTINCT", "UNIQUE"):
            for _, kind in added or ():
                keys.check(checker, item.expression, kind)
    if select.where is not None:
        expressions.condition(checker, block, select.where)
    _clauses(checker, block, select, aliases)
    grouping.check_block(checker, block, select)
    hierarchies.check_block(checker, block, select)
    sequences.check_block(checker, outer, block, select)
    return block, items


def _clauses(checker: Checker, block: QueryScope, select: tree.Select, aliases: dict[str, Type]) -> None:
    """Check the clauses behind WHERE; GROUP BY and HAVING see the aliases of the select list, as QUALIFY does."""
    if select.hierarchy is not None:
        expressions.check_below(checker, block, select.hierarchy)
    block.aliases = aliases
    for clause in (select.having, select.qualify):
        if clause is not None:
            expressions.check_any(checker, block, clause)
    for element in grouping.elements_of(select):
        keys.check(checker, element, expressions.type_of(checker, block, element))
    block.aliases = {}
    for window in select.windows:
        expressions.check_below(checker, block, window)


def _item(checker: Checker, block: QueryScope, item: tree.SelectItem) -> Items | None:
    expression = item.expression
    if isinstance(expression, values.Star):
        return _star(checker, block, expression)
    kind = expressions.type_of(checker, block, expression)
    return [(_name_of(item), kind)]


def _name_of(item: tree.SelectItem) -> str:
    """The name of a column that a select list gives: its alias, the column's, or the expression's text."""
    if item.alias is not None:
        return item.alias.value
    if isinstance(item.expression, values.Reference):
        return item.expression.parts[-1].value
    return "".join(item.heading.split()).upper() or _NAMELESS


def _star(checker: Checker, block: QueryScope, star: values.Star) -> Items | None:
    chosen = block.sources
    if star.qualifier:
        source = block.source(star.qualifier[-1].value)
        if source is None:
            checker.complain("ORA-00904", star, columns.quoted(star.qualifier))
            return None
        chosen = [source]
    for source in chosen:
        for name in sorted(source.repeated):
            checker.complain("ORA-00918", star, f'"{name}"')
    if any(source.columns is None or source.joined or source.repeated for source in chosen):
        return None
    return [(name, kind) for s in chosen for name, kind in (s.columns or {}).items() if name not in s.hidden]


def row_type(items: Items | None, origin: object) -> Type:
    """The record type of a query's rows."""
    if items is None or len({name for name, _ in items}) < len(items):
        return Type(Family.RECORD, "RECORD", origin=origin)
    return Type(Family.RECORD, "RECORD", dict(items), origin=origin)


def repeated(names: tuple[Name, ...]) -> list[Name]:
    """The names that stand behind the same one."""
    return [name for index, name in enumerate(names) if name in names[:index]]


def repeated_names(items: Items | None) -> frozenset[str]:
    """The names that several columns of an inline view have."""
    counted = Counter(name for name, _ in items or () if name != _NAMELESS)
    return frozenset(name for name, count in counted.items() if count > 1)
