"""Stored routines: a procedure or function of Oracle as one of PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.emit.blocks import emit_block
from engine.emit.calls import marked
from engine.emit.catalogue import Parameter, Routine
from engine.emit.context import Context, Variable
from engine.emit.cursor_states import REF_CURSOR, counts_rows, state_declarations, watched
from engine.emit.datatypes import defined_type, emit_datatype, is_clob
from engine.emit.dispatch import reads
from engine.emit.exceptions import declared_states
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.transactions import check_kept, check_transactions, ends_transactions
from engine.emit.unit import LOCAL_BODY, ROW_COUNT, Unit
from engine.emit.values import emit_expression
from engine.tree import plsql as tree
from engine.tree.base import Statement
from engine.tree.dml import Merge
from engine.tree.expressions import Reference
from engine.tree.walk import descendants

DEFINER, INVOKER = "security definer", "security invoker"
_RIGHTS = {"AUTHID DEFINER": DEFINER, "AUTHID CURRENT_USER": INVOKER}
_MODES = {"": "in", "IN": "in", "OUT": "out", "IN OUT": "inout"}
# What PostgreSQL sees while a routine's name is resolved; names of columns go before those of variables, as on Oracle.
PREFER_COLUMNS = "#variable_conflict use_column"
_WORD = re.compile(r"\w+")
# What the planner is told by hints in a routine.
_HINTS = {
    # Rows put in a moment ago have no statistics, and few rows are guessed: loops in loops.
    "use_hash": "set enable_nestloop = off set enable_mergejoin = off",
    # One plan serves all values of the variables, and planning takes longer than such a statement.
    "no_bind_aware": "set plan_cache_mode = force_generic_plan",
}


def in_unit(node: Statement, context: Context) -> Context:
    """Where a unit of PL/SQL stands, with what was found out about the whole of it."""
    return replace(context, in_unit=True, unit=replace(context.unit, exceptions=declared_states(node)))


@dataclass(frozen=True, slots=True)
class Taken:
    """What a local subprogram takes of the variables around it: parameters, and variables that are copies of them."""

    parameters: Fragment
    copies: Fragment
    given_back: Fragment

    def around(self, body: Fragment, label: str) -> Fragment:
        """A body inside a block with the copies; RETURN leaves its label, so that they are given back."""
        if not label:
            return Fragment("declare", self.copies, "begin", body, "; end")
        return Fragment("declare", self.copies, f"begin <<{label}>> begin", body, "; end;", self.given_back, "end")


@dataclass(frozen=True, slots=True)
class Heading:
    """What is known of a routine without its body, and its parameters as text."""

    routine: Routine
    parameters: Fragment


@reads(tree.Routine, "kind name parameters result options body", external="a routine in another language",
       role="a method", returns_self="a constructor", aggregate_using="AGGREGATE USING")  # fmt: skip
def heading(node: tree.Routine, context: Context) -> Heading:
    """The heading of a routine of the package at hand, or of a stand-alone one."""
    parameters: list[Parameter] = []
    texts = []
    inner = context
    for formal in node.parameters:
        parameter, text = _parameter(formal, inner)
        if not parameter.has_default and any(other.has_default for other in parameters):
            if parameter.mode == "out":
                construct = "an OUT parameter behind one that has a default"
                raise context.not_supported(construct, formal, "put it first")
            # PostgreSQL asks for a default here; each call gives a value, by the checker's rule.
            text = Fragment(text, "default null")
        parameters.append(parameter)
        texts.append(text)
        inner = inner.with_variables({parameter.name: Variable(parameter.type)})
    returns, clob = None, False
    if node.result is not None:
        if any(parameter.mode != "in" for parameter in parameters):
            raise context.not_supported("a function with OUT parameters", node.name.name, "make it a procedure")
        returns, clob = emit_datatype(node.result, context, sized=False), is_clob(node.result, context)
    package = context.package.name if context.package else ""
    name = context.known(node.name.name)
    return Heading(Routine(name, tuple(parameters), returns, package=package, returns_clob=clob), join(texts))


@reads(tree.Parameter, "name mode datatype -nocopy default")
def _parameter(node: tree.Parameter, context: Context) -> tuple[Parameter, Fragment]:
    kind = emit_datatype(node.datatype, context, sized=False)
    default = Fragment("default", emit_expression(node.default, context)) if node.default is not None else EMPTY
    mode = _MODES[node.mode]
    name, clob = context.known(node.name), is_clob(node.datatype, context)
    text = Fragment(mode, context.spelled(node.name), kind, default)
    return Parameter(name, mode, kind, node.default is not None, clob), text


def attributes(options: tuple[tree.RoutineOption, ...], rights: str, context: Context) -> str:
    """A routine's properties; `rights` are those that it has where it does not say AUTHID."""
    found = []
    for option in options:
        name = _option(option, context)
        if name in _RIGHTS:
            rights = _RIGHTS[name]
        elif name == "DETERMINISTIC":
            found.append("immutable")
        else:
            raise context.not_supported(name, option)
    return " ".join([rights, *found])


@reads(tree.RoutineOption, "name", text="this property of a routine", names="this property of a routine")
def _option(node: tree.RoutineOption, _: Context) -> str:
    return node.name


def definition(
    node: tree.Routine, head: Heading, name: str, rights: str, context: Context, taken: Taken | None = None
) -> Fragment:
    """CREATE FUNCTION or PROCEDURE for a routine with a body, by PostgreSQL's name.

    `rights` are those that it has where it does not say AUTHID; `taken` is what a local subprogram takes.
    """
    body = node.body
    if body is None:
        raise context.fail(f"{node.name.name.value} has no body", node)
    variables = {
        parameter.name: Variable(parameter.type, defined=defined_type(formal.datatype, context))
        for parameter, formal in zip(head.routine.parameters, node.parameters, strict=True)
    }
    unit = _unit(head.routine, body, taken, context)
    inner = replace(context.with_variables(variables), unit=unit, in_handler=False)
    cursors = [p.name for p in head.routine.parameters if p.type == REF_CURSOR]
    states = [row_count_declaration(inner), *(state_declarations(name, inner) for name in cursors)]
    own, named = _qualifier(head.routine, body, inner)
    declared = " ".join(filter(None, states))
    ends = unit.ends_transactions
    run = emit_block(body, inner.with_variables(own), named=named, declared=declared, commits=not ends and not taken)
    if ends:
        check_kept(body, inner)
    text = run.text if taken is None else taken.around(run.text, unit.left)
    returns = f"returns {head.routine.returns}" if head.routine.is_function else ""
    tag = dollar_tag(run.text)
    return Fragment(
        f"create or replace {node.kind.lower()} {name} (",
        join(filter(None, [taken.parameters if taken is not None else EMPTY, head.parameters])),
        " ".join([")", returns, "language plpgsql", *_properties(node, rights, inner), "as"]),
        (f"{tag} {PREFER_COLUMNS}", body),
        text,
        f"; {tag}",
    )


def _unit(routine: Routine, body: tree.Block, taken: Taken | None, context: Context) -> Unit:
    """What is known of a routine's whole text."""
    around = context.unit
    unit = replace(
        around,
        is_function=routine.is_function,
        name=f"{around.name}.{routine.name}" if around.name else routine.name,
        body=body,
        left=LOCAL_BODY if taken is not None and not routine.is_function else "",
    )
    if taken is None:
        ends = not routine.is_function and ends_transactions(body, context)
        unit = replace(unit, ends_transactions=ends)
        if ends:
            check_transactions(body, context)
            context.effect("ends:")
    return asked(unit, body, context)


def _properties(node: tree.Routine, rights: str, context: Context) -> Iterator[str]:
    """The properties and settings of a routine.

    One that ends transactions may have no rights and no settings of its own to PostgreSQL; the rights are the same, as
    there is one owner.
    """
    if context.unit.ends_transactions:
        others = tuple(option for option in node.options if option.name not in _RIGHTS)
        yield attributes(others, INVOKER, context)
    else:
        yield attributes(node.options, rights, context)
        if node.body is not None:
            yield from _settings(node.body)


def _qualifier(routine: Routine, body: tree.Block, context: Context) -> tuple[dict[str, Variable], str]:
    """The name of a routine where it stands before names that it declares, and the label of its block then.

    PL/pgSQL has a routine's name before its parameters alone.
    """
    names = {context.known(n.parts[0]) for n in descendants(body) if isinstance(n, Reference) and len(n.parts) > 1}
    if routine.name not in names or routine.name in context.variables:
        return {}, ""
    label = context.spell(marked(routine))
    return {routine.name: Variable("", Fragment(label))}, f"<<{label}>>"


def _settings(body: tree.Block) -> Iterator[str]:
    """What the planner is told while a routine runs."""
    nodes = list(descendants(body))
    if any(isinstance(node, Merge) for node in nodes):
        # A table that grows from empty has no statistics yet: few rows are guessed, and all of them would
        # be kept aside and looked through for each row that is merged.
        yield "set enable_material = off"
    hints = {word for node in nodes for word in _WORD.findall(getattr(node, "hints", "").lower())}
    yield from (settings for hint, settings in _HINTS.items() if hint in hints)


def asked(unit: Unit, block: tree.Block, context: Context) -> Unit:
    """A unit with the attributes of cursors that its block asks for."""
    return replace(unit, counts_rows=counts_rows(block, context), watched=watched(block, context))


def row_count_declaration(context: Context) -> str:
    """The variable behind SQL%ROWCOUNT, where it is used."""
    return f"{ROW_COUNT} bigint;" if context.unit.counts_rows else ""


def dollar_tag(text: Fragment) -> str:
    """A dollar quote that does not stand in a text."""
    tag, count = "$plsql$", 0
    while any(tag in piece.text for piece in text):
        count += 1
        tag = f"$plsql{count}$"
    return tag
