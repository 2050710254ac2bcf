"""Local subprograms: each becomes a routine of its own, to which calls hand the variables that it takes (captures.py).

Those of a stored unit are kept beside it, those of a block that a user typed in the session's temporary schema.
"""

from __future__ import annotations

from dataclasses import replace

from engine.emit.captures import cursors_around, scope_of
from engine.emit.context import Context, LocalRoutines, MadeRoutine
from engine.emit.declarations import Declared, declarations
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.routines import INVOKER, Heading, Taken, definition, heading
from engine.tree import plsql as tree
from engine.tree.base import Expression
from engine.tree.expressions import Call, Reference, Single
from engine.tree.walk import descendants


@declarations.hands_on(tree.Routine)
def _local(node: tree.Routine, context: Context) -> Declared:
    """A local subprogram, which is made before the unit is; a forward declaration makes it known."""
    head = heading(node, replace(context, package=None))
    name = head.routine.name
    local = context.locals[name]
    others = tuple(one for one in local.routines if one.parameters != head.routine.parameters)
    if node.body is None:
        return _known(replace(local, routines=(*others, head.routine)), name, context)
    # What a routine does itself it does where it calls itself too.
    within = replace(local, routines=(*others, replace(head.routine, effects=())))
    notes = replace(context.notes, effects=[])
    text = _definition(node, head, within, replace(context, notes=notes))
    context.notes.routines.append(MadeRoutine(local.stored, text, node.body))
    made = replace(head.routine, effects=tuple(notes.effects))
    return _known(replace(local, routines=(*others, made)), name, context)


def _known(local: LocalRoutines, name: str, context: Context) -> Declared:
    return Declared(EMPTY, replace(context, locals={**context.locals, name: local}))


def _cursor(node: Expression) -> Expression:
    """The cursor of `c` or `c (arguments)`."""
    return node.function if isinstance(node, Call) else node


def _check_cursors(node: tree.Routine, cursors: list[tree.CursorDeclaration], context: Context) -> None:
    """Refuse a cursor that is declared around a subprogram and in it not just what FOR loops run over.

    PostgreSQL's routines have no cursors but their own: such loops have one of the same query.
    """
    nodes = list(descendants(node))
    looped = {id(_cursor(n.expression)) for n in nodes if isinstance(n, Single)}
    names = {context.known(cursor.name) for cursor in cursors}
    for one in nodes:
        if isinstance(one, Reference) and context.known(one.parts[0]) in names and id(one) not in looped:
            construct = "a local subprogram that uses a cursor declared around it"
            raise context.not_supported(construct, one, "declare it in the subprogram")


def _definition(node: tree.Routine, head: Heading, local: LocalRoutines, context: Context) -> Fragment:
    """CREATE for a local subprogram, in which the variables that it takes are copies."""
    taken, parameters, copies, given_back = local.captured, [], [], []
    is_function = head.routine.is_function
    variables = {name: variable for name, variable in context.variables.items() if variable.setting}
    for name in sorted(taken.variables):
        variable = context.variables[name]
        if variable.type in ("", "record"):
            raise context.not_supported(f"a local subprogram that takes {name.upper()} of what is around it", node)
        own, parameter = context.spell(name), context.spell(f"{name} around")
        is_written = name in taken.written and not is_function
        parameters.append(Fragment(f"{'inout' if is_written else 'in'} {parameter} {variable.type}"))
        copies.append(Fragment(f"{own} {variable.type} := {parameter};"))
        if is_written:
            given_back.append(Fragment(f"{parameter} := {own};"))
        variables[name] = replace(variable, text=None, kept=is_function)
    inner = replace(context, variables=variables, cursors={}, binds={}, guards=(), in_handler=False)
    cursors = cursors_around(node, context)
    _check_cursors(node, cursors, context)
    for cursor in cursors:
        declared = declarations(cursor, inner)
        copies.append(declared.text)
        inner = declared.context
    around = Taken(join(parameters), Fragment(*copies), Fragment(*given_back))
    inner = scope_of({**context.locals, head.routine.name: local}, inner)
    return definition(node, head, local.name, INVOKER, inner, around)
