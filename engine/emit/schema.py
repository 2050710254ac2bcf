"""What runs for DDL: for a table or an index its changes, for a view or a unit also what is registered of it."""

from __future__ import annotations

import json
from dataclasses import replace

from engine.emit import (
    actions,
    alterations,
    collections,
    control,
    cursors,
    dynamic,
    indexes,
    local_routines,
    objects,
    sequences,
    tables,
)
from engine.emit.anonymous import emit_typed_block
from engine.emit.catalogue import Package
from engine.emit.constraints import in_parentheses
from engine.emit.context import Context
from engine.emit.definitions import definitions, if_not_exists, is_replaced, plain_name
from engine.emit.fragment import Fragment
from engine.emit.literals import quoted
from engine.emit.objects import view_column
from engine.emit.package_variables import forgotten
from engine.emit.packages import package_body, specification
from engine.emit.queries import emit_query
from engine.emit.routines import DEFINER, definition, heading, in_unit
from engine.emit.statements import rendered, translate
from engine.emit.transactions import ends_transactions
from engine.emit.translation import Translation
from engine.tree import ddl, units
from engine.tree.base import Node, ObjectName, Statement

# The modules that enter what they emit in the tables of definitions and of statements of PL/SQL.
ENTERED = (
    actions,
    alterations,
    collections,
    control,
    cursors,
    dynamic,
    indexes,
    local_routines,
    objects,
    sequences,
    tables,
)


@translate.hands_on(*definitions.functions, *definitions.refused)
def _define(node: Statement, context: Context) -> Translation:
    made = definitions(node, context)
    return Translation(
        [rendered(change.as_statement(), node) for change in made.changes],
        after=[f"select {call}" for call in made.after],
        ddl=True,
        done=made.done,
    )


# views


@translate.emits(ddl.CreateView, "creation name query columns -force", options="a clause of a view",
                   restriction="WITH READ ONLY and WITH CHECK OPTION", constraint="a constraint of a view")  # fmt: skip
def _create_view(node: ddl.CreateView, context: Context) -> Translation:
    if if_not_exists(node.creation, context):
        raise context.not_supported("CREATE VIEW IF NOT EXISTS", node, "use CREATE OR REPLACE VIEW")
    name = plain_name(node.name, context)
    literal = context.name_literal(context.known(name))
    replaces = is_replaced(node.creation)
    view = Fragment(context.spelled(name), _view_columns(node, context), "as", emit_query(node.query, context))
    result = Translation(
        [rendered(Fragment(("create or replace view" if replaces else "create view", node), view), node)],
        before=[f"select ora.begin_view({literal})"] if replaces else [],
        after=[
            _kept_text("VIEW", context.known(name), node.query, context),
        ],
        ddl=True,
        done="View created.",
    )
    if replaces:
        steps = (Fragment(f"select ora.drop_view({literal}, false)"), Fragment(("create view", node), view))
        result.retry = [rendered(step, node) for step in steps]
    return result


def _view_columns(node: ddl.CreateView, context: Context) -> Fragment:
    constraints = [item for item in node.columns if isinstance(item, ddl.Constraint)]
    if constraints:
        raise context.not_supported("a constraint of a view", constraints[0])
    return in_parentheses(
        tuple(view_column(c, context) for c in node.columns if isinstance(c, ddl.ViewColumn)), context
    )


def _kept_text(kind: str, name: str, begin: Node, context: Context) -> str:
    """What keeps the Oracle text of a stored unit or view, from a place on, for the dictionary."""
    text = context.text[begin.place.offset :]
    if kind == "VIEW":
        text = text.rstrip().removesuffix(";")
    return f"select ora.keep_text({quoted(kind)}, {context.name_literal(name)}, {quoted(text)})"


def _kept_specification(name: ObjectName, context: Context) -> str:
    """What keeps a text that declares routines, which the checker reads again."""
    return f"select ora.keep_specification({quoted(name.name.value)}, {quoted(context.text)})"


# units


@translate.emits(units.AnonymousBlock, "block")
def _block(node: units.AnonymousBlock, context: Context) -> Translation:
    text = emit_typed_block(node.block, in_unit(node, context))
    routines = [rendered(routine.text, routine.body) for routine in context.notes.routines]
    return Translation(
        [*routines, rendered(text, node)],
        before=["select ora.drop_local_routines()"] if routines else [],
        block=True,
        ends_transactions=ends_transactions(node.block, context),
        done="PL/SQL procedure successfully completed.",
    )


@translate.emits(units.CreateRoutine, "creation routine")
def _create_routine(node: units.CreateRoutine, context: Context) -> Translation:
    if if_not_exists(node.creation, context):
        raise context.not_supported(f"CREATE {node.routine.kind} IF NOT EXISTS", node)
    plain_name(node.routine.name, context)
    inner = in_unit(node, context)
    head = heading(node.routine, inner)
    name = head.routine.name
    notes = replace(context.notes, effects=[])
    # It may call itself.
    known = replace(context.catalogue, routines=[*context.catalogue.routines, replace(head.routine, effects=())])
    within = replace(inner, catalogue=known, notes=notes)
    text = definition(node.routine, head, context.spell(name), DEFINER, within)
    made = Package("", [replace(head.routine, effects=tuple(notes.effects))]).to_json()["routines"][0]
    literal = context.name_literal(name)
    return Translation(
        [*(rendered(local.text, node) for local in context.notes.routines), rendered(text, node)],
        before=[f"select ora.drop_routine({literal})"],
        after=[
            f"select ora.register_routine({literal}, {quoted(json.dumps(made))})",
            *(_source_of("app", local.name, local.body, context) for local in context.notes.routines),
            _source_of("app", context.stored(name), node.routine.body, context),
            _kept_text(node.routine.kind, name, node.creation, context),
            _kept_specification(node.routine.name, context),
        ],
        ddl=True,
        done=f"{node.routine.kind.capitalize()} created.",
    )


@translate.emits(units.CreatePackage, "creation name options declarations -end_name")
def _create_package(node: units.CreatePackage, context: Context) -> Translation:
    made = specification(node, in_unit(node, context))
    package = made.package
    described = package.to_json() | {"rights": made.rights}
    known = context.catalogue.packages.get(package.name)
    if known is not None:
        # The body stays until it is replaced: what is known of it is kept.
        described["routines"] += [routine for routine in known.to_json()["routines"] if routine["private"]]
    literal = context.name_literal(package.name)
    return Translation(
        [rendered(constant, node) for constant in made.constants],
        before=[f"select ora.begin_package({literal}, {quoted(json.dumps(package.constants))})"],
        after=[
            f"select ora.register_package({literal}, {quoted(json.dumps(described))})",
            *forgotten(package),
            _kept_text("PACKAGE", package.name, node.creation, context),
            _kept_specification(node.name, context),
        ],
        ddl=True,
        done="Package created.",
    )


@translate.emits(units.CreatePackageBody, "creation name block")
def _create_package_body(node: units.CreatePackageBody, context: Context) -> Translation:
    made = package_body(node, in_unit(node, context))
    name = made.package.name
    declared = context.catalogue.packages[name]
    public = replace(made.package, constants=declared.constants, exceptions=declared.exceptions, types=declared.types)
    public = replace(public, variables=declared.variables)
    described = public.to_json() | {"rights": context.catalogue.rights.get(name, DEFINER)}
    literal = context.name_literal(name)
    texts = (*made.constants, *(member.text for member in made.members))
    sources = [_source_of(context.stored(name), m.name, m.body, context) for m in made.members]
    return Translation(
        [rendered(text, node) for text in texts],
        before=[f"select ora.begin_package_body({literal})"],
        after=[
            f"select ora.register_package({literal}, {quoted(json.dumps(described))})",
            *sources,
            *forgotten(made.package),
            _kept_text("PACKAGE BODY", name, node.creation, context),
        ],
        ddl=True,
        done="Package body created.",
    )


def _source_of(schema: str, routine: str, body: Node | None, context: Context) -> str:
    """Where a routine stands in its file: the line before its body's first."""
    line = body.place.line - 1 if body is not None else 0
    return f"select ora.register_source({quoted(schema)}, {quoted(routine)}, {quoted(context.source or '')}, {line})"


translate.refuse(
    {
        units.CreateTrigger: "CREATE TRIGGER",
        units.CreateType: "CREATE TYPE",
        units.CreateTypeBody: "CREATE TYPE BODY",
    }
)
