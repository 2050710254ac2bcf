"""Cursors: OPEN, FETCH and CLOSE."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.plsql import simple
from engine.emit.queries import emit_query
from engine.emit.targets import emit_target
from engine.emit.values import emit_expression
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import Name
from engine.tree.queries import Query


def cursor_call(name: Name, arguments: tuple[values.Argument, ...], context: Context) -> Fragment:
    """A cursor that is declared, with its arguments."""
    given = []
    for argument in arguments:
        if not isinstance(argument, values.Argument) or argument.name is not None:
            raise context.not_supported("a cursor's argument by its name", name)
        given.append(emit_expression(argument.value, context))
    return Fragment(context.spelled(name), *(("(", join(given), ")") if given else (EMPTY,)))


@simple.emits(tree.OpenFor, "cursor source", using="OPEN FOR with USING")
def _open_for(node: tree.OpenFor, context: Context) -> Fragment:
    if not isinstance(node.source, Query):
        raise context.not_supported("OPEN ... FOR a string", node)
    return Fragment(("open", node), emit_target(node.cursor, context), "for", emit_query(node.source, context), ";")


@simple.emits(tree.Close, "cursor")
def _close(node: tree.Close, context: Context) -> Fragment:
    return Fragment(("close", node), emit_target(node.cursor, context), ";")


simple.refuse({tree.Open: "OPEN of a cursor", tree.Fetch: "FETCH"})
