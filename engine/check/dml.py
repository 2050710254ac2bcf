"""Statements of SQL that change rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.check import aggregates, expressions, fetches, queries, sequences, sources, written
from engine.check.checker import Checker
from engine.check.scopes import QueryScope, RowSource, Scope, ScopeKind
from engine.tree import dml as tree
from engine.tree import expressions as values
from engine.tree.base import Expression, Node, ObjectName, Statement
from engine.tree.queries import Query
from engine.tree.walk import bare


def check_statement(checker: Checker, scope: Scope, statement: Statement) -> None:
    """Check a statement of SQL, alone or in PL/SQL."""
    reader = _STATEMENTS.get(type(statement))
    if reader is not None:
        reader(checker, scope, statement)


def _target(checker: Checker, scope: Scope, target: tree.Target) -> QueryScope:
    """A block whose only source is what the statement changes."""
    block = QueryScope(ScopeKind.QUERY, scope)
    if isinstance(target.what, ObjectName):
        source = sources.table(checker, scope, target.what)
    elif isinstance(target.what, Query):
        items = queries.check_query(checker, scope, target.what)
        source = sources.row_source("", None if items is None else dict(items), target)
    else:
        expressions.type_of(checker, block, target.what)
        source = sources.row_source("", None, target)
    if target.alias is not None:
        source.name = target.alias.value
    block.sources.append(source)
    return block


def _insert(checker: Checker, scope: Scope, statement: tree.Insert) -> None:
    block = _target(checker, scope, statement.target)
    target = block.sources[0]
    written.check_columns(checker, target, statement.columns)
    if isinstance(statement.source, Query):
        written.check_inserted(checker, target, statement.columns, None)
        items = queries.check_query(checker, scope, statement.source)
        if items is not None:
            _check_count(checker, target, statement, len(items), statement.source)
            given = [(statement.source, kind) for _, kind in items]
            written.check_types(checker, target, statement.columns, given)
    elif isinstance(statement.source, tree.InsertValues):
        _values(checker, scope, target, statement, statement.source)
    else:
        _set(checker, block, statement.source)
    _returning(checker, scope, block, statement.returning)


def _values(
    checker: Checker, scope: Scope, target: RowSource, statement: tree.Insert, source: tree.InsertValues
) -> None:
    inner = QueryScope(ScopeKind.QUERY, scope)
    for row in source.rows:
        aggregates.check_none(checker, inner, row)
        if source.record or not isinstance(row, values.Row):
            expressions.type_of(checker, inner, row)
            continue
        given = [(item, expressions.type_of(checker, inner, item)) for item in row.items]
        _check_count(checker, target, statement, len(given), row)
        written.check_inserted(checker, target, statement.columns, row.items)
        written.check_types(checker, target, statement.columns, given)


def _check_count(checker: Checker, target: RowSource, statement: tree.Insert, count: int, at: Node) -> None:
    wanted = len(statement.columns)
    if not wanted:
        if target.columns is None:
            return
        wanted = len(target.columns) - len(target.hidden)
    if count != wanted:
        checker.complain("ORA-00947" if count < wanted else "ORA-00913", at)


def _insert_many(checker: Checker, scope: Scope, statement: tree.InsertMany) -> None:
    items = queries.check_query(checker, scope, statement.query)
    inner = QueryScope(ScopeKind.QUERY, scope)
    inner.sources.append(sources.row_source("", None if items is None else dict(items), statement))
    for when in statement.whens:
        if when.condition is not None:
            expressions.condition(checker, inner, when.condition)
        for branch in when.branches:
            target = _target(checker, scope, branch.target).sources[0]
            written.check_columns(checker, target, branch.columns)
            if branch.values is not None:
                expressions.check_below(checker, inner, branch.values)


def _set(checker: Checker, block: QueryScope, assignments: tuple[tree.SetColumns | tree.SetRow, ...]) -> None:
    target = block.sources[0]
    listed = tuple(c for item in assignments if isinstance(item, tree.SetColumns) for c in item.columns)
    written.check_columns(checker, target, listed)
    for assignment in assignments:
        value = assignment.value
        if isinstance(assignment, tree.SetColumns):
            written.check_updated(checker, target, assignment.columns, value)
        query = bare(value)
        if isinstance(assignment, tree.SetColumns) and isinstance(query, values.Subquery):
            expressions.check_width(checker, block, query, len(assignment.columns))
        else:
            found = expressions.type_of(checker, block, value)
            aggregates.check_none(checker, block, value)
            if isinstance(assignment, tree.SetColumns):
                written.check_types(checker, target, assignment.columns, [(value, found)])


def _where(checker: Checker, block: QueryScope, condition: Expression | None) -> None:
    if condition is not None:
        expressions.condition(checker, block, condition)
        aggregates.check_none(checker, block, condition)
        sequences.check_none(checker, block, condition)


def _update(checker: Checker, scope: Scope, statement: tree.Update) -> None:
    block = _target(checker, scope, statement.target)
    sources.add_all(checker, block, statement.sources)
    _set(checker, block, statement.assignments)
    _where(checker, block, statement.where)
    _returning(checker, scope, _led_by_target(block), statement.returning)


def _delete(checker: Checker, scope: Scope, statement: tree.Delete) -> None:
    block = _target(checker, scope, statement.target)
    sources.add_all(checker, block, statement.sources)
    _where(checker, block, statement.where)
    _returning(checker, scope, _led_by_target(block), statement.returning)


def _merge(checker: Checker, scope: Scope, statement: tree.Merge) -> None:
    block = _target(checker, scope, statement.target)
    sources.add_all(checker, block, (statement.source,))
    _where(checker, block, statement.on)
    for branch in statement.branches:
        if isinstance(branch, tree.MergeUpdate):
            _set(checker, block, branch.assignments)
            written.check_joined(checker, block, statement.on, branch.assignments)
            _where(checker, block, branch.delete_where)
        else:
            _merge_insert(checker, block, branch)
        _where(checker, block, branch.where)
    _returning(checker, scope, _led_by_target(block), statement.returning)


def _merge_insert(checker: Checker, block: QueryScope, branch: tree.MergeInsert) -> None:
    target = block.sources[0]
    written.check_columns(checker, target, branch.columns)
    written.check_inserted(checker, target, branch.columns, branch.values)
    led = _led_by_target(block)
    given = [(value, expressions.type_of(checker, led, value)) for value in branch.values]
    for value in branch.values:
        aggregates.check_none(checker, led, value)
    written.check_types(checker, target, branch.columns, given)


def _led_by_target(block: QueryScope) -> QueryScope:
    """The block where a name that the target and a source share is not ambiguous."""
    target = block.sources[0]
    return replace(block, sources=[replace(target, leads=True), *block.sources[1:]])


def _returning(checker: Checker, scope: Scope, block: QueryScope, clause: tree.ReturningInto | None) -> None:
    if clause is None:
        return
    found = [expressions.type_of(checker, block, item.expression) for item in clause.items]
    if clause.into is not None and checker.in_unit:
        star = any(isinstance(item.expression, values.Star) for item in clause.items)
        fetches.check_into(checker, scope, clause.into, None if star else found)


def _lock(checker: Checker, scope: Scope, statement: tree.LockTable) -> None:
    for name in statement.tables:
        sources.table(checker, scope, name)


def _explain(checker: Checker, scope: Scope, statement: tree.ExplainPlan) -> None:
    check_statement(checker, scope, statement.statement)


def _query(checker: Checker, scope: Scope, statement: Query) -> None:
    queries.check_query(checker, scope, statement)


_STATEMENTS: dict[type[Statement], Callable[[Checker, Scope, Any], None]] = {
    Query: _query,
    tree.Insert: _insert,
    tree.InsertMany: _insert_many,
    tree.Update: _update,
    tree.Delete: _delete,
    tree.Merge: _merge,
    tree.LockTable: _lock,
    tree.ExplainPlan: _explain,
}
