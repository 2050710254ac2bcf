"""The declarative part of a block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.emit.context import Context, Variable
from engine.emit.datatypes import emit_datatype
from engine.emit.dispatch import Emitters, reads
from engine.emit.exceptions import initialised
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.queries import emit_query
from engine.emit.unit import DeclaredCursor
from engine.emit.values import emit_expression
from engine.tree import plsql as tree
from engine.tree.base import Declaration


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration becomes, and what holds behind it."""

    text: Fragment
    context: Context


_declarations = Emitters[Declared]("a declaration")


def declare_all(nodes: Iterable[Declaration], context: Context) -> tuple[Fragment, Context]:
    """The declarations of a block, and what holds in its statements."""
    texts = []
    exceptions: frozenset[str] = frozenset()
    for node in nodes:
        if isinstance(node, tree.ExceptionDeclaration):
            exceptions |= {context.known(node.name)}
        if isinstance(node, tree.Pragma):
            name, state = initialised(node, context, exceptions)
            context = replace(context, exceptions={**context.exceptions, name: state})
            continue
        declared = _declarations(node, context)
        texts.append(declared.text)
        context = declared.context
    return Fragment(*texts), context


@_declarations.emits(tree.ExceptionDeclaration, "name")
def _exception(node: tree.ExceptionDeclaration, context: Context) -> Declared:
    state = context.unit.exceptions[node.place]
    return Declared(EMPTY, replace(context, exceptions={**context.exceptions, context.known(node.name): state}))


@_declarations.emits(tree.Variable, "name datatype constant not_null default")
def _variable(node: tree.Variable, context: Context) -> Declared:
    kind = emit_datatype(node.datatype, context)
    words = ["constant" if node.constant else "", kind, "not null" if node.not_null else ""]
    if node.default is None and (node.constant or node.not_null):
        raise context.fail(f"{node.name.value} needs a value", node)
    value = Fragment(":=", emit_expression(node.default, context)) if node.default is not None else EMPTY
    text = Fragment(context.spelled(node.name), " ".join(word for word in words if word), value, ";")
    return Declared(text, context.with_variables({context.known(node.name): Variable(kind)}))


@_declarations.emits(tree.CursorDeclaration, "name parameters result query")
def _cursor(node: tree.CursorDeclaration, context: Context) -> Declared:
    if node.result is not None or node.query is None:
        raise context.not_supported("a cursor with RETURN", node)
    parameters = {context.known(p.name): _cursor_parameter(p, context) for p in node.parameters}
    listed = join([Fragment(context.spelled(p.name), parameters[context.known(p.name)]) for p in node.parameters])
    inner = context.with_variables({name: Variable(kind) for name, kind in parameters.items()})
    heading = Fragment(context.spelled(node.name), "cursor", *(("(", listed, ")") if parameters else ()))
    text = Fragment(heading, "for", emit_query(node.query, inner), ";")
    cursors = {**context.cursors, context.known(node.name): DeclaredCursor(parameters)}
    return Declared(text, replace(context, cursors=cursors))


@reads(tree.Parameter, "name mode datatype", nocopy="NOCOPY of a cursor's parameter",
       default="a default of a cursor's parameter")  # fmt: skip
def _cursor_parameter(node: tree.Parameter, context: Context) -> str:
    if node.mode not in ("", "IN"):
        raise context.not_supported(f"{node.mode} of a cursor's parameter", node)
    return emit_datatype(node.datatype, context, sized=False)


_declarations.refuse(
    {
        tree.TypeDeclaration: "a local TYPE",
        tree.Subtype: "a local SUBTYPE",
    }
)


@_declarations.emits(
    tree.Routine, "kind name parameters result options body external role returns_self aggregate_using"
)
def _routine(node: tree.Routine, context: Context) -> Declared:
    raise context.not_supported("a local subprogram", node, "make it a private member of the package")


__all__ = ["declare_all"]
