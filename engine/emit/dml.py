"""INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat

from engine.emit.columns import shown_columns, sources_of, table_source
from engine.emit.context import Context, Source
from engine.emit.conversions import assigned
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.queries import emit_query
from engine.emit.rownum import emit_limit, emit_numbers, is_limit, rownum_conditions, uncounted
from engine.emit.sources import emit_from_item, table_name
from engine.emit.targets import emit_target
from engine.emit.values import emit_expression
from engine.tree import dml as tree
from engine.tree import expressions as values
from engine.tree.base import Expression, Name, ObjectName, Statement
from engine.tree.queries import Query

_statements = Emitters[Fragment]("a statement that changes rows")
_assignments = Emitters[Fragment]("an assignment of SET")


def emit_dml(node: Statement, context: Context) -> Fragment:
    """A statement that changes rows; INTO of its RETURNING may stand in PL/SQL."""
    return _statements(node, context.in_query())


@reads(tree.Target, "what alias", partition="PARTITION behind a table", only="ONLY (...)")
def _target(node: tree.Target, context: Context) -> Source:
    """The table that is changed, as the statement's expressions see it."""
    table = context.known(_table(node, context))
    context.effect(f"dml:{table}")
    return table_source(table, context.known(node.alias) if node.alias is not None else table, context)


def _table(node: tree.Target, context: Context) -> Name:
    if not isinstance(node.what, ObjectName):
        raise context.not_supported("a query in the place of the table that is changed", node)
    return table_name(node.what, context)


def _spelled(node: tree.Target, context: Context) -> Fragment:
    """The table's name and alias."""
    alias = Fragment("as", context.spelled(node.alias)) if node.alias is not None else EMPTY
    return Fragment(context.spelled(_table(node, context)), alias)


def _changing(target: tree.Target, context: Context) -> Context:
    """Where the table is changed and its columns are seen."""
    source = _target(target, context)
    return replace(context.over((source,)), changed=context.known(_table(target, context)))


# INSERT


@_statements.emits(tree.Insert, "target columns source -hints returning", log="LOG ERRORS")
def _insert(node: tree.Insert, context: Context) -> Fragment:
    inside = _changing(node.target, context)
    result = Fragment(("insert into", node), _spelled(node.target, inside))
    returning = _returning(node.returning, inside) if node.returning is not None else EMPTY
    if isinstance(node.source, tuple):
        return Fragment(result, _inserted_columns(node.source, inside), returning)
    if node.columns:
        columns = join([_column(column, "", inside) for column in node.columns])
        result = Fragment(result, "(", columns, ")")
    if isinstance(node.source, Query):
        return Fragment(result, emit_query(node.source, replace(context, changed=inside.changed)), returning)
    kinds = _kinds(node.columns, inside)
    return Fragment(result, _values(node.source, inside, kinds), returning)


def _kinds(columns: tuple[Expression, ...], context: Context) -> list[str]:
    """PostgreSQL's types of the columns that an INSERT fills, "" for one that is not known."""
    source = context.blocks[-1][0]
    if columns:
        return [_kind(column, context) for column in columns]
    return list(shown_columns(source).values())


def _kind(column: Expression, context: Context) -> str:
    """The type of a column of the table that is changed."""
    known = context.blocks[-1][0].columns or {}
    return known.get(context.known(column.parts[-1]), "") if isinstance(column, values.Reference) else ""


def _row(row: Expression, kinds: list[str], context: Context) -> Fragment:
    """A row of values, each as its column takes it."""
    if not isinstance(row, values.Row):
        return emit_expression(row, context)
    return Fragment(("(", row), _values_for(kinds, row.items, context), ")")


def _values_for(kinds: list[str], items: tuple[Expression, ...], context: Context) -> Fragment:
    """Values for columns of these types, as far as the columns are known."""
    return join([assigned(item, kind, context) for item, kind in zip(items, chain(kinds, repeat("")), strict=False)])


@reads(tree.InsertValues, "rows record")
def _values(node: tree.InsertValues, context: Context, kinds: list[str]) -> Fragment:
    alone = replace(context, changed="", blocks=())  # a row by itself: its functions may read the table
    if node.record:
        return _fields(node.rows[0], alone)
    return Fragment(("values", node), join([_row(row, kinds, alone) for row in node.rows]))


def _fields(record: Expression, context: Context) -> Fragment:
    """The fields of a record of PL/SQL as a row."""
    return Fragment(("select (", record), emit_expression(record, context), ").*")


def _inserted_columns(assignments: tuple[tree.SetColumns, ...], context: Context) -> Fragment:
    """INSERT ... SET column = value, ..."""
    alone = replace(context, changed="", blocks=())
    columns: list[Fragment] = []
    row: list[Fragment] = []
    for assignment in assignments:
        if len(assignment.columns) != 1:
            raise context.not_supported("several columns together in INSERT ... SET", assignment)
        columns.append(_column(assignment.columns[0], "", context))
        row.append(assigned(assignment.value, _kind(assignment.columns[0], context), alone))
    return Fragment("(", join(columns), ") values (", join(row), ")")


def _column(node: Expression, alias: str, context: Context) -> Fragment:
    """A column to be set; PostgreSQL does not take the alias in front of it."""
    if not isinstance(node, values.Reference) or len(node.parts) > 2:
        raise context.not_supported("a column of this form", node)
    if len(node.parts) == 2 and alias and context.known(node.parts[0]) != alias:
        raise context.fail(f"{node.parts[0].value} is not the alias of the table to be changed", node)
    return context.spelled(node.parts[-1])


# UPDATE and DELETE


@_statements.emits(tree.Update, "target assignments where -hints returning", sources="FROM in UPDATE", log="LOG ERRORS")
def _update(node: tree.Update, context: Context) -> Fragment:
    inside = _changing(node.target, context)
    alias = inside.blocks[-1][0].alias
    changes = join([_assignments(assignment, inside, alias) for assignment in node.assignments])
    parts: list[Part] = [("update", node), _spelled(node.target, inside), "set", changes]
    return Fragment(*parts, _where(node.where, node.target, inside), _returned(node.returning, inside))


@_assignments.emits(tree.SetColumns, "columns value parenthesised")
def _set_columns(node: tree.SetColumns, context: Context, alias: str) -> Fragment:
    columns = join([_column(column, alias, context) for column in node.columns])
    if node.parenthesised:
        return Fragment("(", columns, ") =", emit_expression(node.value, context))
    return Fragment(columns, "=", assigned(node.value, _kind(node.columns[0], context), context))


@_assignments.emits(tree.SetRow, "value", alias="SET VALUE of an object table")
def _set_row(node: tree.SetRow, context: Context, _: str) -> Fragment:
    columns = join([context.spell(name) for name in shown_columns(context.blocks[-1][0])])
    return Fragment("(", columns, ") = (", _fields(node.value, replace(context, blocks=())), ")")


def _where(node: Expression | None, target: tree.Target, context: Context) -> Fragment:
    if node is None:
        return EMPTY
    counted = rownum_conditions(node)
    return Fragment("where", _first_rows(node, counted, target, context) if counted else emit_expression(node, context))


def _first_rows(node: Expression, counted: list[Expression], target: tree.Target, context: Context) -> Fragment:
    """The rows that ROWNUM lets pass, by where they lie."""
    source = context.blocks[-1][0]
    if source.table in context.catalogue.views:
        raise context.not_supported("ROWNUM in a change of a view", counted[0])
    place = f"{context.spell(source.alias)}.ctid"
    rest = [emit_expression(condition, context) for condition in uncounted(node)]
    where = Fragment("where", join(rest, "and")) if rest else EMPTY
    rows = Fragment("from", _spelled(target, context), where)
    if all(is_limit(condition, context) for condition in counted):
        return Fragment(f"{place} in ( select {place}", rows, "limit", emit_limit(counted, context), ")")
    numbered = Fragment(f"( select {place} ,", emit_numbers(counted, context), "as rownum", rows, ") as counted")
    return Fragment(f"{place} in ( select ctid from", numbered, "where rownum is not null )")


@_statements.emits(tree.Delete, "target where -hints returning", sources="FROM behind DELETE", log="LOG ERRORS")
def _delete(node: tree.Delete, context: Context) -> Fragment:
    inside = _changing(node.target, context)
    result = Fragment(("delete from", node), _spelled(node.target, inside))
    return Fragment(result, _where(node.where, node.target, inside), _returned(node.returning, inside))


# MERGE


@_statements.emits(tree.Merge, "target source on branches -hints", returning="RETURNING of MERGE", log="LOG ERRORS")
def _merge(node: tree.Merge, context: Context) -> Fragment:
    target = _changing(node.target, context)
    alias = target.blocks[-1][0].alias
    both = (*target.blocks[-1], *sources_of((node.source,), context))
    inside = replace(target, blocks=(*target.blocks[:-1], both))
    source = emit_from_item(node.source, replace(context, changed=target.changed))
    parts: list[Part] = [("merge into", node), _spelled(node.target, inside), "using", source]
    parts += ("on (", emit_expression(node.on, inside), ")")
    for branch in node.branches:
        if isinstance(branch, tree.MergeUpdate):
            parts.append(_merge_update(branch, inside, alias))
        else:
            parts.append(_merge_insert(branch, inside, alias))
    return Fragment(*parts)


@reads(tree.MergeUpdate, "assignments where", delete_where="DELETE inside MERGE, for which a DELETE of its own stands")
def _merge_update(node: tree.MergeUpdate, context: Context, alias: str) -> Fragment:
    changes = join([_set_columns(assignment, context, alias) for assignment in node.assignments])
    condition = Fragment("and", emit_expression(node.where, context)) if node.where is not None else EMPTY
    return Fragment(("when matched", node), condition, "then update set", changes)


@reads(tree.MergeInsert, "columns values where")
def _merge_insert(node: tree.MergeInsert, context: Context, alias: str) -> Fragment:
    columns = join([_column(column, alias, context) for column in node.columns])
    listed = Fragment("(", columns, ")") if node.columns else EMPTY
    row = _values_for(_kinds(node.columns, context), node.values, context)
    condition = Fragment("and", emit_expression(node.where, context)) if node.where is not None else EMPTY
    return Fragment(("when not matched", node), condition, "then insert", listed, "values (", row, ")")


# RETURNING


def _returned(node: tree.ReturningInto | None, context: Context) -> Fragment:
    return _returning(node, context) if node is not None else EMPTY


@reads(tree.ReturningInto, "items into")
def _returning(node: tree.ReturningInto, context: Context) -> Fragment:
    if not context.in_unit or node.into is None:
        raise context.not_supported("RETURNING outside PL/SQL", node)
    items = join([_item(item, context) for item in node.items])
    if node.into.bulk:  # what is collected is put into its arrays around the statement
        return Fragment(("returning", node), items)
    targets = join([emit_target(target, context) for target in node.into.targets])
    return Fragment(("returning", node), items, "into", targets)


@reads(tree.ReturnedItem, "expression", version="OLD and NEW in RETURNING")
def _item(node: tree.ReturnedItem, context: Context) -> Fragment:
    return emit_expression(node.expression, context)
