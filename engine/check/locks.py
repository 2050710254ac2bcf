"""FOR UPDATE: Oracle locks rows of tables, and must know which (SQL Language Reference, SELECT, for_update_clause)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.catalogue import Relation
from engine.check import aggregates
from engine.check.checker import Checker
from engine.check.scopes import QueryScope, Scope
from engine.tree import queries as tree
from engine.tree.base import Node
from engine.tree.walk import names_of_block, of_block

Named = Mapping[str, tree.Query]


class _View(NamedTuple):
    """A query that is read from, and what names mean in it."""

    query: tree.Query
    named: Named


def check(checker: Checker, outer: Scope, query: tree.Query) -> None:
    """Check the FOR UPDATE of a query, if it has one."""
    if query.for_update is None:
        return
    body = query.body
    if isinstance(outer.parent, QueryScope):
        checker.complain("ORA-00907", query.for_update)
    elif isinstance(body, tree.Compound) or (isinstance(body, tree.Select) and _makes_rows(checker, outer, body)):
        checker.complain("ORA-01786", query.for_update)
    elif query.limit is not None or (isinstance(body, tree.Select) and _over_made_rows(checker, outer, query, body)):
        checker.complain("ORA-02014", query.for_update)


def _makes_rows(checker: Checker, scope: Scope, select: tree.Select) -> bool:
    """Whether a block's rows are none of a table, by DISTINCT, GROUP BY or an aggregate."""
    if select.quantifier in ("DISTINCT", "UNIQUE") or select.group_by is not None:
        return True
    return any(aggregates.contains(checker, scope, item.expression) for item in select.items)


def _over_made_rows(checker: Checker, scope: Scope, query: tree.Query, body: tree.Select) -> bool:
    named = {item.name.value: item.query for item in query.with_.queries} if query.with_ is not None else {}
    return _reads_apart(checker, scope, body, named)


def _reads_apart(checker: Checker, scope: Scope, select: tree.Select, named: Named) -> bool:
    """Whether one of a block's sources is a view that Oracle can not merge into it."""
    numbered = select.where is not None and _counts_rows(select.where)
    for item in select.sources:
        for source in (item.source, *(join.source for join in item.joins)):
            view = _view(checker, source, named)
            if view is None:
                continue
            if (numbered and view.query.order_by) or _is_apart(checker, scope, view.query, view.named):
                return True
    return False


def _is_apart(checker: Checker, scope: Scope, query: tree.Query, named: Named) -> bool:
    """Whether a view can not be read as a part of the query over it."""
    body = query.body
    if not isinstance(body, tree.Select):
        return True
    if query.limit is not None or _makes_rows(checker, scope, body):
        return True
    clauses = [item.expression for item in body.items]
    if body.where is not None:
        clauses.append(body.where)
    if any(aggregates.is_analytic(node) for clause in clauses for node in of_block(clause)):
        return True
    if any(_counts_rows(clause) for clause in clauses):
        return True
    return _reads_apart(checker, scope, body, named)


def _counts_rows(node: Node) -> bool:
    return any(found.parts[-1].value == "ROWNUM" for found in names_of_block(node))


def _view(checker: Checker, source: tree.Source, named: Named) -> _View | None:
    """The inline view, named query or view of the schema that a source is; None for a table and what is unknown."""
    if isinstance(source, tree.QuerySource):
        return _View(source.query, named)
    if not isinstance(source, tree.TableSource) or source.name.link:
        return None
    name = source.name.name.value
    common = named.get(name) if len(source.name.parts) == 1 else None
    if common is not None:
        return _View(common, {other: query for other, query in named.items() if other != name})
    schema = source.name.parts[0].value if len(source.name.parts) > 1 else ""
    entry = checker.catalogue.find(name, schema)
    if not isinstance(entry, Relation) or entry.kind != "VIEW" or entry.query is None:
        return None
    return _View(entry.query, {})
