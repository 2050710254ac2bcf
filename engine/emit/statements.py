"""Statements as a whole: what is to be run for each, and what the client says afterwards."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.dispatch import Emitters
from engine.emit.dml import emit_dml
from engine.emit.fragment import Fragment, Rendered, render
from engine.emit.queries import emit_query
from engine.emit.translation import Translation
from engine.tree import dml, queries
from engine.tree.base import Node, Statement

translate = Emitters[Translation]("a statement")

_DONE = {
    dml.Insert: "{count} created.",
    dml.Update: "{count} updated.",
    dml.Delete: "{count} deleted.",
    dml.Merge: "{count} merged.",
}


def rendered(fragment: Fragment, node: Node) -> Rendered:
    """A statement's text; its first line is that of the Oracle statement."""
    return render(fragment, node.place.line)


@translate.emits(queries.Query, "body with_ order_by order_siblings limit for_update")
def _query(node: queries.Query, context: Context) -> Translation:
    return Translation([rendered(emit_query(node, context, top=True), node)], query=True)


def _dml(node: Statement, context: Context) -> Translation:
    return Translation([rendered(emit_dml(node, context), node)], done=_DONE[type(node)])


for _class in _DONE:
    translate.functions[_class] = _dml


@translate.emits(dml.Commit, "", comment="COMMIT with a comment", write="COMMIT WRITE")
def _commit(_: dml.Commit, __: Context) -> Translation:
    return Translation([], transaction="commit", done="Commit complete.")


@translate.emits(dml.Rollback, "", savepoint="ROLLBACK TO a savepoint")
def _rollback(_: dml.Rollback, __: Context) -> Translation:
    return Translation([], transaction="rollback", done="Rollback complete.")


translate.refuse(
    {
        dml.InsertMany: "a multi-table INSERT",
        dml.LockTable: "LOCK TABLE",
        dml.ExplainPlan: "EXPLAIN PLAN",
        dml.Savepoint: "SAVEPOINT",
        dml.SetTransaction: "SET TRANSACTION",
        dml.SetConstraints: "SET CONSTRAINTS",
    }
)
