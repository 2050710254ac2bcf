"""INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

from dataclasses import replace

from engine.emit.columns import sources_of, table_source
from engine.emit.context import Context, Source
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.queries import emit_query
from engine.emit.sources import emit_from_item, table_name
from engine.emit.targets import emit_target
from engine.emit.values import emit_expression
from engine.tree import dml as tree
from engine.tree import expressions as values
from engine.tree.base import Expression, Name, ObjectName, Statement
from engine.tree.queries import Query

_statements = Emitters[Fragment]("a statement that changes rows")


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


@_statements.emits(tree.Insert, "target columns source hints returning", log="LOG ERRORS")
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
    return Fragment(result, _values(node.source, inside), returning)


@reads(tree.InsertValues, "rows", record="INSERT of a record variable")
def _values(node: tree.InsertValues, context: Context) -> Fragment:
    alone = replace(context, changed="", blocks=())  # a row by itself: its functions may read the table
    return Fragment(("values", node), join([emit_expression(row, alone) for row in node.rows]))


def _inserted_columns(assignments: tuple[tree.SetColumns, ...], context: Context) -> Fragment:
    """INSERT ... SET column = value, ..."""
    alone = replace(context, changed="", blocks=())
    columns: list[Fragment] = []
    row: list[Fragment] = []
    for assignment in assignments:
        if len(assignment.columns) != 1:
            raise context.not_supported("several columns together in INSERT ... SET", assignment)
        columns.append(_column(assignment.columns[0], "", context))
        row.append(emit_expression(assignment.value, alone))
    return Fragment("(", join(columns), ") values (", join(row), ")")


def _column(node: Expression, alias: str, context: Context) -> Fragment:
    """A column to be set; PostgreSQL does not take the alias in front of it."""
    if not isinstance(node, values.Reference) or len(node.parts) > 2:
        raise context.not_supported("a column of this form", node)
    if len(node.parts) == 2 and alias and context.known(node.parts[0]) != alias:
        raise context.fail(f"{node.parts[0].value} is not the alias of the table to be changed", node)
    return context.spelled(node.parts[-1])


# UPDATE and DELETE


@_statements.emits(tree.Update, "target assignments where hints returning", sources="FROM in UPDATE", log="LOG ERRORS")
def _update(node: tree.Update, context: Context) -> Fragment:
    inside = _changing(node.target, context)
    alias = inside.blocks[-1][0].alias
    changes = join([_assignment(assignment, alias, inside) for assignment in node.assignments])
    parts: list[Part] = [("update", node), _spelled(node.target, inside), "set", changes]
    return Fragment(*parts, _where(node.where, inside), _returned(node.returning, inside))


def _assignment(node: tree.SetColumns | tree.SetRow, alias: str, context: Context) -> Fragment:
    if isinstance(node, tree.SetRow):
        raise context.not_supported("SET ROW", node)
    return _set_columns(node, context, alias)


@reads(tree.SetColumns, "columns value parenthesised")
def _set_columns(node: tree.SetColumns, context: Context, alias: str) -> Fragment:
    columns = join([_column(column, alias, context) for column in node.columns])
    if node.parenthesised:
        columns = Fragment("(", columns, ")")
    return Fragment(columns, "=", emit_expression(node.value, context))


def _where(node: Expression | None, context: Context) -> Fragment:
    return Fragment("where", emit_expression(node, context)) if node is not None else EMPTY


@_statements.emits(tree.Delete, "target where hints returning", sources="FROM behind DELETE", log="LOG ERRORS")
def _delete(node: tree.Delete, context: Context) -> Fragment:
    inside = _changing(node.target, context)
    result = Fragment(("delete from", node), _spelled(node.target, inside))
    return Fragment(result, _where(node.where, inside), _returned(node.returning, inside))


# MERGE


@_statements.emits(tree.Merge, "target source on branches hints", returning="RETURNING of MERGE", log="LOG ERRORS")
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
    row = join([emit_expression(value, context) for value in node.values])
    condition = Fragment("and", emit_expression(node.where, context)) if node.where is not None else EMPTY
    return Fragment(("when not matched", node), condition, "then insert", listed, "values (", row, ")")


# RETURNING


def _returned(node: tree.ReturningInto | None, context: Context) -> Fragment:
    return _returning(node, context) if node is not None else EMPTY


@reads(tree.ReturningInto, "items into")
def _returning(node: tree.ReturningInto, context: Context) -> Fragment:
    if not context.in_unit or node.into is None:
        raise context.not_supported("RETURNING outside PL/SQL", node)
    if node.into.bulk:
        raise context.not_supported("BULK COLLECT", node, "use a cursor FOR loop or set-based SQL")
    items = join([_item(item, context) for item in node.items])
    targets = join([emit_target(target, context) for target in node.into.targets])
    return Fragment(("returning", node), items, "into", targets)


@reads(tree.ReturnedItem, "expression", version="OLD and NEW in RETURNING")
def _item(node: tree.ReturnedItem, context: Context) -> Fragment:
    return emit_expression(node.expression, context)
