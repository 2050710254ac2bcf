"""Statements that do one thing: assign, call, change rows, read one row, raise, return."""

from __future__ import annotations

from engine.emit.bulk import emit_bulk_change, emit_bulk_select
from engine.emit.calls import emit_procedure_call, find_routines
from engine.emit.collection_changes import emit_change
from engine.emit.context import Context
from engine.emit.dml import emit_dml
from engine.emit.exceptions import raised_state
from engine.emit.fragment import EMPTY, Fragment
from engine.emit.places import emit_assignment
from engine.emit.plsql import simple
from engine.emit.queries import emit_query
from engine.emit.transactions import calls_what_ends, check_place
from engine.emit.unit import ROW_COUNT
from engine.emit.values import emit_expression
from engine.tree import dml
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import Expression
from engine.tree.queries import Compound, Into, Query, QueryBody, Select

_RAISE_APPLICATION_ERROR = ("num", "msg", "keeperrorstack")


@simple.emits(tree.Assign, "target value")
def _assign(node: tree.Assign, context: Context) -> Fragment:
    return emit_assignment(node.target, emit_expression(node.value, context), context)


@simple.emits(tree.ProcedureCall, "call")
def _call(node: tree.ProcedureCall, context: Context) -> Fragment:
    if isinstance(node.call, values.Call) and _is_raise(node.call, context):
        return _raise_application_error(node.call, context)
    changed = emit_change(node.call, context)
    if changed is not None:
        return changed
    if calls_what_ends(node, context):
        check_place(node, context)
    return Fragment(("call", node), emit_procedure_call(node.call, context), ";")


def _is_raise(call: values.Call, context: Context) -> bool:
    """Whether RAISE_APPLICATION_ERROR is called, and no routine of this name that the user made."""
    match call.function:
        case values.Reference(parts=(name,)) if name.value == "RAISE_APPLICATION_ERROR":
            return find_routines(call.function, context) is None
    return False


def _raise_application_error(call: values.Call, context: Context) -> Fragment:
    given: dict[str, Expression] = {}
    for name, argument in zip(_RAISE_APPLICATION_ERROR, call.arguments, strict=False):
        if not isinstance(argument, values.Argument):
            raise context.not_supported("a qualified expression as an argument", call)
        given[context.known(argument.name) if argument.name else name] = argument.value
    if "num" not in given or "msg" not in given or len(given) != len(call.arguments):
        raise context.fail("RAISE_APPLICATION_ERROR takes an error number and a message", call)
    # The third argument says whether to keep the error stack, which is not shown here.
    number = emit_expression(given["num"], context)
    return Fragment(
        ("raise exception using errcode = ora.application_sqlstate(", call),
        number,
        "), message = ora.application_message(",
        number,
        ",",
        emit_expression(given["msg"], context),
        ");",
    )


@simple.emits(tree.Raise, "exception")
def _raise(node: tree.Raise, context: Context) -> Fragment:
    if node.exception is None:
        return Fragment(("raise ;", node))
    state = raised_state(node.exception, context)
    return Fragment((f"raise exception using errcode = '{state}', message = ora.message_of('{state}');", node))


@simple.emits(tree.Return, "value")
def _return(node: tree.Return, context: Context) -> Fragment:
    word = f"exit {context.unit.left}" if context.unit.left else "return"
    if node.value is None:
        return Fragment((word, node), ";")
    return Fragment((word, node), emit_expression(node.value, context), ";")


# SQL


def row_count(context: Context) -> Fragment:
    """What keeps the number of rows of the statement before, where it is asked for."""
    return Fragment(f"get diagnostics {ROW_COUNT} = row_count;") if context.unit.counts_rows else EMPTY


@simple.hands_on(dml.Insert, dml.Update, dml.Delete, dml.Merge)
def _changed(node: dml.Insert | dml.Update | dml.Delete | dml.Merge, context: Context) -> Fragment:
    returning = node.returning.into if not isinstance(node, dml.Merge) and node.returning is not None else None
    if returning is not None and returning.bulk:
        return emit_bulk_change(emit_dml(node, context), returning, context)
    return Fragment(emit_dml(node, context), ";", row_count(context))


@simple.hands_on(Query)
def _select(node: Query, context: Context) -> Fragment:
    into = _into(node.body)
    if into is not None and into.bulk:
        return emit_bulk_select(node, into, context)
    return Fragment(emit_query(node, context, into=True), ";", row_count(context))


def _into(body: QueryBody) -> Into | None:
    match body:
        case Select(into=into):
            return into
        case Compound(operands=operands):
            return _into(operands[0])
    return None
