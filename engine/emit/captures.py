"""What the local subprograms of a declarative part take of the variables around them.

PostgreSQL's routines see no variables but their own: a local subprogram becomes a routine to which each call hands
the variables around it that it names, itself or by what it calls. Names alone are looked at: one that a subprogram
hides may be handed to it in vain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from engine.emit.context import Captured, Context, LocalRoutines
from engine.emit.names import PRIVATE_MARK, local_name
from engine.tree import plsql
from engine.tree.base import Expression, Node
from engine.tree.expressions import Argument, Attribute, Call, Reference
from engine.tree.queries import Into
from engine.tree.walk import descendants


def begin_routines(nodes: Sequence[plsql.Routine], context: Context) -> Context:
    """Where the local subprograms of a declarative part are known by their names and by what they take."""
    own: dict[str, Captured] = {}
    called: dict[str, frozenset[str]] = {}
    for node in nodes:
        name = context.known(node.name.name)
        direct, known = _direct(node, context), own.get(name, Captured())
        own[name] = Captured(known.variables | direct.variables, known.written | direct.written)
        called[name] = called.get(name, frozenset()) | _names(descendants(node), context)
    begun = dict(context.locals)
    for name in own:
        captured = _with_called(name, own, called, context)
        begun[name] = LocalRoutines(*_stored(name, nodes, context), captured, context.variables)
    return replace(context, locals=begun)


def _stored(name: str, nodes: Sequence[plsql.Routine], context: Context) -> tuple[str, str]:
    """The schema and PostgreSQL's name of the subprograms of one name.

    Those of a block that a user typed are dropped with the session; where there is one of a name, its line is in it.
    """
    same = [node for node in nodes if context.known(node.name.name) == name and node.body is not None]
    first = same[0] if same else nodes[0]
    if context.unit.schema:
        line = (first.body or first).place.line if len(same) == 1 else 0
        return context.unit.schema, context.stored(local_name(name, line, first.place.offset))
    schema = context.spell(context.package.name) if context.package is not None else "app"
    return schema, context.stored(f"{context.unit.name}.{name}{PRIVATE_MARK}{first.place.offset}")


def _with_called(
    name: str, own: Mapping[str, Captured], called: Mapping[str, frozenset[str]], context: Context
) -> Captured:
    """What a subprogram takes for those that it calls too."""
    reached, pending = set[str](), [name]
    variables, written = frozenset[str](), frozenset[str]()
    while pending:
        current = pending.pop()
        around = context.locals.get(current)
        if current in reached or (current not in own and around is None):
            continue
        reached.add(current)
        captured = own[current] if current in own else around.captured if around is not None else Captured()
        variables |= captured.variables
        written |= captured.written
        pending += called.get(current, ())
    return Captured(variables, written)


def _direct(node: plsql.Routine, context: Context) -> Captured:
    """What a subprogram names itself of what is in scope around it."""
    hidden = {context.known(parameter.name) for parameter in node.parameters}
    body = node.body
    if body is not None:
        hidden |= {context.known(d.name) for d in body.declarations if isinstance(d, plsql.Variable)}
    # A package's variables are seen from everywhere.
    visible = {name for name, variable in context.variables.items() if not variable.setting} - hidden
    nodes = list(descendants(node))
    for cursor in cursors_around(node, context):
        nodes += descendants(cursor)
    written = _names((target for one in nodes for target in _targets(one)), context)
    return Captured(_names(nodes, context) & visible, written & visible)


def cursors_around(node: plsql.Routine, context: Context) -> list[plsql.CursorDeclaration]:
    """The cursors that are declared around a subprogram and named in it."""
    own = node.body.declarations if node.body is not None else ()
    hidden = {context.known(one.name) for one in own if isinstance(one, plsql.CursorDeclaration | plsql.Variable)}
    named = _names(descendants(node), context) - hidden
    return [cursor.declaration for name, cursor in context.cursors.items() if name in named]


def _names(nodes: Iterable[Node], context: Context) -> frozenset[str]:
    return frozenset(context.known(node.parts[0]) for node in nodes if isinstance(node, Reference))


def _targets(node: Node) -> Iterator[Node]:
    """What a statement may put values into."""
    match node:
        case plsql.Assign(target=target):
            yield _variable(target)
        case Into(targets=targets):
            yield from map(_variable, targets)
        case plsql.Open(cursor=cursor) | plsql.OpenFor(cursor=cursor) | plsql.Fetch(cursor=cursor):
            yield _variable(cursor)
        case plsql.Close(cursor=cursor):
            yield _variable(cursor)
        case plsql.ProcedureCall(call=call):
            # A method of a collection (t.DELETE), or arguments that are OUT.
            yield _variable(call)
            arguments = call.arguments if isinstance(call, Call) else ()
            yield from (_variable(one.value) for one in arguments if isinstance(one, Argument))


def _variable(target: Expression) -> Expression:
    """The reference that a target begins with."""
    while isinstance(target, Attribute | Call):
        target = target.target if isinstance(target, Attribute) else target.function
    return target


def scope_of(locals_: Mapping[str, LocalRoutines], context: Context) -> Context:
    """Where the local subprograms around are called with the copies of the variables that they take."""
    return replace(context, locals={name: replace(one, scope=context.variables) for name, one in locals_.items()})
