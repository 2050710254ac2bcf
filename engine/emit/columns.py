"""The columns of queries and of what they read, by name, with PostgreSQL's types as far as they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.emit.context import Context, Source
from engine.emit.json_tables import table_columns
from engine.emit.value_types import TYPES, type_of
from engine.tree import queries as tree
from engine.tree.expressions import Reference, Star, Subquery

Columns = Mapping[str, str]
_DUAL: Columns = {"dummy": "text"}


def columns_of(query: tree.Query, context: Context) -> dict[str, str] | None:
    """A query's columns in order, None where they are not known; one without a name has its number for it."""
    return _body_columns(query.body, named_queries(query, context)[-1])


def named_queries(query: tree.Query, context: Context) -> list[Context]:
    """What each of the queries that WITH names sees, and at the end what the query itself sees."""
    seen: list[Context] = []
    for table in query.with_.queries if query.with_ is not None else ():
        name = context.known(table.name)
        # In its own text, where it is recursive, its columns are known by their names alone.
        own = {context.known(column): "" for column in table.columns} or None
        inside = replace(context, named_queries={**context.named_queries, name: own})
        found = columns_of(table.query, inside)
        if found is not None and own is not None:
            found = dict(zip(own, found.values(), strict=False))
        known = own if found is None else found
        seen.append(inside)
        context = replace(context, named_queries={**context.named_queries, name: known})
    return [*seen, context]


def _body_columns(body: tree.QueryBody, context: Context) -> dict[str, str] | None:
    if isinstance(body, tree.Compound):
        return _body_columns(body.operands[0], context)
    if isinstance(body, tree.ParenthesisedQuery):
        return columns_of(body.query, context)
    return _select_columns(body, context) if isinstance(body, tree.Select) else None


def _select_columns(select: tree.Select, context: Context) -> dict[str, str] | None:
    inside = context.over(block_sources(select, context))
    found: dict[str, str] = {}
    for index, item in enumerate(select.items):
        if isinstance(item.expression, Star):
            for source in starred(item.expression, inside):
                if source.columns is None:
                    return None
                found |= shown_columns(source)
        else:
            found[item_name(item, context) or str(index)] = type_of(item.expression, inside)
    return found


def item_name(item: tree.SelectItem, context: Context) -> str:
    """The name of a select list's item: its alias, or a column's own; "" for another expression without an alias."""
    if item.alias is not None:
        return context.known(item.alias)
    if isinstance(item.expression, Reference):
        return context.known(item.expression.parts[-1])
    return ""


def starred(star: Star, context: Context) -> list[Source]:
    """The sources of the query block at hand whose columns a star stands for."""
    qualifier = context.known(star.qualifier[-1]) if star.qualifier else ""
    return [source for source in context.blocks[-1] if qualifier in ("", source.alias)]


def shown_columns(source: Source) -> dict[str, str]:
    """The columns that SELECT * shows."""
    return {name: kind for name, kind in (source.columns or {}).items() if name not in source.hidden}


# sources

# What CONNECT BY adds to the sources of a block: LEVEL, which SELECT * leaves out.
_LEVEL = Source("connect_by", {"level": "numeric"}, hidden=frozenset(("level",)))


def block_sources(select: tree.Select, context: Context) -> tuple[Source, ...]:
    """What the expressions of a block see."""
    found = sources_of(select.sources, context)
    return found if select.hierarchy is None else (*found, _LEVEL)


def sources_of(items: tuple[tree.FromItem, ...], context: Context) -> tuple[Source, ...]:
    """What FROM names; a source sees those before it, as LATERAL does."""
    found: tuple[Source, ...] = ()
    for item in items:
        found = _item_sources(item, context, found)
    return found


def _item_sources(item: tree.FromItem, context: Context, before: tuple[Source, ...]) -> tuple[Source, ...]:
    for source in (item.source, *(join.source for join in item.joins)):
        if isinstance(source, tree.JoinedSource):
            before = _item_sources(source.item, context, before)
        elif isinstance(source, tree.AliasedSource):
            before = (*before, source_of(source, context.over(before)))
    return before


def source_of(node: tree.AliasedSource, context: Context) -> Source:
    """One source as expressions see it."""
    alias = context.known(node.alias) if node.alias is not None else ""
    if isinstance(node, tree.TableSource):
        return _table(node, alias, context)
    if isinstance(node, tree.QuerySource):
        return Source(alias, columns_of(node.query, context))
    if isinstance(node, tree.JsonTable):
        return Source(alias, table_columns(node.columns, context))
    return Source(alias)


def _table(node: tree.TableSource, alias: str, context: Context) -> Source:
    name = context.known(node.name.name)
    if len(node.name.parts) == 1 and name in context.named_queries:
        return Source(alias or name, context.named_queries[name])
    return table_source(name, alias or name, context)


def table_source(table: str, alias: str, context: Context) -> Source:
    """A table or view of the catalogue as a source."""
    columns = context.catalogue.columns.get(table)
    if columns is None:
        return Source(alias, _DUAL if table == "dual" else None)
    return Source(alias, columns, table, frozenset(context.catalogue.invisible.get(table, ())))


def _subquery_type(node: Subquery, context: Context) -> str:
    columns = columns_of(node.query, context)
    return next(iter(columns.values()), "") if columns is not None else ""


TYPES[Subquery] = _subquery_type
