"""Statements of PL/SQL: which function emits which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.emit.context import Context
from engine.emit.dispatch import Emitters
from engine.emit.fragment import Fragment
from engine.emit.runs import Run, noted, sequence
from engine.emit.stand_ins import with_stand_ins
from engine.tree import dml, plsql
from engine.tree.base import Statement

# Statements that hold others, which the functions of `simple` do not.
compound = Emitters[Run]("a statement")
simple = Emitters[Fragment]("a statement")

# Those that PostgreSQL undoes by themselves where they fail, as Oracle does.
_DIRECT = (dml.Insert, dml.Update, dml.Delete, dml.Merge, plsql.ExecuteImmediate)


def emit_statement(node: Statement, context: Context) -> Run:
    """A statement with its semicolon."""
    if type(node) in compound.functions:
        return compound(node, context)
    notes = replace(context.notes, stand_ins={})
    run = noted(node, context.noting(notes), lambda inner: simple(node, inner), direct=isinstance(node, _DIRECT))
    return Run(with_stand_ins(run.text, notes), run.writes)


def emit_statements(nodes: Iterable[Statement], context: Context) -> Run:
    """Statements, one after the other."""
    return sequence([emit_statement(node, context) for node in nodes])


simple.refuse(
    {
        plsql.GoTo: "GOTO",
        plsql.PipeRow: "PIPE ROW",
        plsql.Pragma: "a pragma among the statements",
        dml.InsertMany: "a multi-table INSERT",
        dml.LockTable: "LOCK TABLE",
        dml.SetTransaction: "SET TRANSACTION in PL/SQL",
    }
)
