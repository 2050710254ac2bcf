"""The declarative part of a block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.emit.captures import begin_routines
from engine.emit.catalogue import DefinedType
from engine.emit.columns import columns_of
from engine.emit.context import Context, Variable
from engine.emit.cursor_states import REF_CURSOR, state_declarations
from engine.emit.datatypes import defined_type, emit_datatype
from engine.emit.defined_types import define, define_subtype
from engine.emit.dispatch import Emitters, reads
from engine.emit.exceptions import initialised
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.queries import emit_query
from engine.emit.unit import CursorParameter, DeclaredCursor
from engine.emit.values import emit_expression
from engine.tree import plsql as tree
from engine.tree.base import Declaration, Name


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration becomes, and what holds behind it."""

    text: Fragment
    context: Context


declarations = Emitters[Declared]("a declaration")


def declare_all(nodes: Iterable[Declaration], context: Context) -> tuple[Fragment, Context]:
    """The declarations of a block, and what holds in its statements."""
    texts = []
    exceptions: frozenset[str] = frozenset()
    nodes = tuple(nodes)
    routines = [node for node in nodes if isinstance(node, tree.Routine)]
    for node in nodes:
        if routines and node is routines[0]:
            context = begin_routines(routines, context)
        if isinstance(node, tree.ExceptionDeclaration):
            exceptions |= {context.known(node.name)}
        if isinstance(node, tree.Pragma):
            name, state = initialised(node, context, exceptions)
            context = replace(context, exceptions={**context.exceptions, name: state})
            continue
        declared = declarations(node, context)
        texts.append(declared.text)
        context = declared.context
    return Fragment(*texts), context


@declarations.emits(tree.ExceptionDeclaration, "name")
def _exception(node: tree.ExceptionDeclaration, context: Context) -> Declared:
    state = context.unit.exceptions[node.place]
    return Declared(EMPTY, replace(context, exceptions={**context.exceptions, context.known(node.name): state}))


@declarations.emits(tree.Variable, "name datatype constant not_null default")
def _variable(node: tree.Variable, context: Context) -> Declared:
    kind = emit_datatype(node.datatype, context)
    words = ["constant" if node.constant else "", kind, "not null" if node.not_null else ""]
    if node.default is None and (node.constant or node.not_null):
        raise context.fail(f"{node.name.value} needs a value", node)
    defined = defined_type(node.datatype, context)
    value = Fragment(":=", emit_expression(node.default, context)) if node.default is not None else EMPTY
    if node.default is None and defined is not None and defined.element is not None and not defined.bounded:
        value = Fragment(":= '{}'")
    name = context.known(node.name)
    state = state_declarations(name, context) if kind == REF_CURSOR else ""
    text = Fragment(context.spelled(node.name), " ".join(word for word in words if word), value, ";", state)
    return Declared(text, context.with_variables({name: Variable(kind, defined=defined)}))


@declarations.emits(tree.CursorDeclaration, "name parameters result query")
def _cursor(node: tree.CursorDeclaration, context: Context) -> Declared:
    if node.result is not None or node.query is None:
        raise context.not_supported("a cursor with RETURN", node)
    parameters = tuple(_cursor_parameter(parameter, context) for parameter in node.parameters)
    inner = context.with_variables({parameter.name: Variable(parameter.type) for parameter in parameters})
    listed = join([Fragment(context.spell(parameter.name), parameter.type) for parameter in parameters])
    name = context.known(node.name)
    text = Fragment(
        context.spelled(node.name),
        "cursor",
        *(("(", listed, ")") if parameters else ()),
        "for",
        emit_query(node.query, inner),
        ";",
        state_declarations(name, context),
    )
    declared = DeclaredCursor(node, parameters, columns_of(node.query, inner))
    return Declared(text, replace(context, cursors={**context.cursors, name: declared}))


@reads(tree.Parameter, "name mode datatype default", nocopy="NOCOPY of a cursor's parameter")
def _cursor_parameter(node: tree.Parameter, context: Context) -> CursorParameter:
    if node.mode not in ("", "IN"):
        raise context.not_supported(f"{node.mode} of a cursor's parameter", node)
    return CursorParameter(context.known(node.name), emit_datatype(node.datatype, context, sized=False), node.default)


@declarations.hands_on(tree.TypeDeclaration)
def _type(node: tree.TypeDeclaration, context: Context) -> Declared:
    return _defined(*define(node, context), context)


@declarations.hands_on(tree.Subtype)
def _subtype(node: tree.Subtype, context: Context) -> Declared:
    return _defined(*define_subtype(node, context), context)


def _defined(name: Name, kind: DefinedType, context: Context) -> Declared:
    return Declared(EMPTY, replace(context, types={**context.types, context.known(name): kind}))
