"""EXECUTE IMMEDIATE of a statement that is known before it runs, but for values (engine/templates.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.emit.actions import row_count
from engine.emit.context import Bound, Context
from engine.emit.definitions import definitions
from engine.emit.dml import emit_dml
from engine.emit.fragment import Fragment, join
from engine.emit.plsql import simple
from engine.emit.queries import emit_query
from engine.emit.targets import emit_target
from engine.emit.unit import Unit
from engine.emit.value_types import type_of
from engine.emit.values import emit_expression
from engine.templates import Value
from engine.tree import ddl, dml
from engine.tree import plsql as tree
from engine.tree.base import Node, Statement
from engine.tree.queries import Into, Query

_CASTS = {"text": "text", "number": "numeric"}
_DROPPED = ("INDEX", "SEQUENCE")
_OTHERS = (
    "EXECUTE IMMEDIATE of another statement than a query, DML, CREATE VECTOR INDEX, CREATE SEQUENCE, "
    "ALTER TABLE, ALTER INDEX, DROP INDEX and DROP SEQUENCE"
)


# The text and the arguments have become the template.
@simple.emits(tree.ExecuteImmediate, "-text into -using", returning="RETURNING INTO of EXECUTE IMMEDIATE")
def _execute(node: tree.ExecuteImmediate, context: Context) -> Fragment:
    statement, values = _read(node, context)
    outside = _outside(context)
    if node.into is not None and not isinstance(statement, Query):
        raise context.not_supported("EXECUTE IMMEDIATE with INTO of another statement than a query", node)
    if not isinstance(statement, Query | dml.Insert | dml.Update | dml.Delete | dml.Merge):
        return _definition(statement, replace(outside, binds=values, in_unit=False), node)
    declared, binds = _variables(values)
    inner = replace(outside, binds=binds, in_unit=False)
    if not isinstance(statement, Query):
        run = Fragment(emit_dml(statement, inner), ";", row_count(context))
    elif node.into is not None:
        run = _query(node, statement, node.into, inner, context)
    else:
        raise context.not_supported("EXECUTE IMMEDIATE of a query without INTO", node)
    return Fragment(("declare", node), declared, "begin", run, "end;") if declared else run


def _read(node: tree.ExecuteImmediate | tree.OpenFor, context: Context) -> tuple[Statement, dict[str, Bound]]:
    """The statement of a text, and its values by the names that they have in it."""
    template = context.unit.templates[node.place]
    return template.statement, {name: _bound(value, context) for name, value in template.values.items()}


def _outside(context: Context) -> Context:
    """The text knows no name of the unit around it."""
    return replace(context, package=None, variables={}, cursors={}, exceptions={}, types={}, locals={}, unit=Unit())


def dynamic_rows(node: tree.OpenFor, context: Context) -> tuple[Fragment, Fragment]:
    """The query of OPEN FOR a text, behind the variables of its values."""
    statement, values = _read(node, context)
    if not isinstance(statement, Query):
        raise context.not_supported("OPEN FOR the text of another statement than a query", node)
    declared, binds = _variables(values)
    return declared, emit_query(statement, replace(_outside(context), binds=binds, in_unit=False))


def _variables(values: Mapping[str, Bound]) -> tuple[Fragment, dict[str, Bound]]:
    """Variables for the values of a statement, whose names no column can have.

    A value whose type is not known stays where it is used.
    """
    declared, binds = [], dict(values)
    for number, (name, value) in enumerate(values.items(), 1):
        if value.type:
            variable = f'"value {number}"'
            declared.append(Fragment(f"{variable} constant {value.type} :=", value.text, ";"))
            binds[name] = Bound(Fragment(variable), value.type)
    return Fragment(*declared), binds


def _bound(value: Value, context: Context) -> Bound:
    text = emit_expression(value.expression, context)
    cast = _CASTS.get(value.kind)
    if cast is None:
        return Bound(text, type_of(value.expression, context))
    return Bound(Fragment("(", text, f")::{cast}"), cast)


def _query(node: Node, query: Query, into: Into, inner: Context, context: Context) -> Fragment:
    if into.bulk or into.limit is not None:
        raise context.not_supported("BULK COLLECT of EXECUTE IMMEDIATE", into)
    targets = join([emit_target(target, context) for target in into.targets])
    notes = replace(inner.notes, searches=[])
    rows = emit_query(query, inner.noting(notes))
    # How hard a search tries decides what it is thought to cost: it is said before the query is planned.
    searches = (Fragment("perform", search, ";") for search in notes.searches)
    return Fragment(*searches, ("select * into strict", node), targets, "from (", rows, ") as dynamic ;")


def _definition(statement: Statement, inner: Context, node: Node) -> Fragment:
    is_known = isinstance(statement, ddl.CreateVectorIndex | ddl.CreateSequence | ddl.AlterTable | ddl.AlterIndex)
    if not is_known and not (isinstance(statement, ddl.Drop) and statement.kind in _DROPPED):
        raise inner.not_supported(_OTHERS, node)
    inner.effect("ddl:")
    # DDL commits.
    return Fragment(definitions(statement, inner).in_plpgsql(node), "perform ora.note_commit();")
