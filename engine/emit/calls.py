"""Calls of stored routines: which routine is meant, what it does to the database, and its arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.emit.catalogue import Parameter, Routine
from engine.emit.context import Context, LocalRoutines, StandIn
from engine.emit.endings import ends_by_raising
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.literals import quoted
from engine.emit.names import PRIVATE_MARK
from engine.emit.places import emit_assignment, place_type
from engine.emit.stand_ins import stand_in
from engine.emit.targets import check_changed, emit_target
from engine.emit.values import emit_expression
from engine.supplied.packages import may_be_supplied
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name
from engine.tree.walk import descendants
from engine.words import capitals

Arguments = tuple[tree.Argument | tree.Association | tree.IteratorAssociation, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The routines that a name means, several where it is overloaded, and PostgreSQL's name of them.

    Local subprograms take variables around them before their arguments.
    """

    name: str
    routines: tuple[Routine, ...]
    local: LocalRoutines | None = None

    @property
    def functions(self) -> tuple[Routine, ...]:
        """Those that return a value."""
        return tuple(routine for routine in self.routines if routine.is_function)

    @property
    def procedures(self) -> tuple[Routine, ...]:
        """Those that return none."""
        return tuple(routine for routine in self.routines if not routine.is_function)


def qualified(package: str, routine: Routine, context: Context) -> str:
    """The PostgreSQL name of a package's routine; a private one has a mark that SQL cannot spell."""
    return f"{context.spell(package)}.{context.spell(marked(routine))}"


def marked(routine: Routine) -> str:
    """The name of a routine inside its package's schema."""
    return routine.name + PRIVATE_MARK if routine.private else routine.name


def find_routines(reference: tree.Reference, context: Context) -> Found | None:
    """The routines that a reference means, if it is one's name."""
    if reference.link or len(reference.parts) > 2:
        return None
    names = [context.known(part) for part in reference.parts]
    own = context.package
    if len(names) == 1 and (local := context.locals.get(names[0])) is not None:
        return Found(local.name, local.routines, local)
    if len(names) == 2:
        package = own if own is not None and own.name == names[0] else context.catalogue.package(names[0])
        if package is None:
            return None
        routines = [r for r in package.find(names[1]) if package is own or not r.private]
        return Found(qualified(package.name, routines[0], context), tuple(routines)) if routines else None
    if own is not None and (members := own.find(names[0])):
        return Found(qualified(own.name, members[0], context), tuple(members))
    routines = [routine for routine in context.catalogue.routines if routine.name == names[0]]
    return Found(context.spell(names[0]), tuple(routines)) if routines else None


def is_call(reference: tree.Reference, context: Context) -> bool:
    """Whether a name without arguments is a call of a stored function."""
    found = find_routines(reference, context)
    return found is not None and bool(found.functions)


def emit_function_call(reference: tree.Reference, arguments: Arguments, context: Context) -> Fragment:
    """A call of a stored function as a value."""
    found = _known(reference, context)
    if not found.functions:
        raise context.fail(f"{_shown(reference)} is a procedure, not a function", reference)
    return _call(replace(found, routines=found.functions), reference, arguments, context)


def emit_procedure_call(node: Expression, context: Context) -> Fragment:
    """A call of a stored procedure, as it stands behind CALL."""
    reference, arguments = (node.function, node.arguments) if isinstance(node, tree.Call) else (node, ())
    if not isinstance(reference, tree.Reference):
        raise context.not_supported("a call of this form", node)
    found = _known(reference, context)
    if not found.procedures:
        raise context.fail(f"{_shown(reference)} is a function; its result must be used", reference)
    return _call(replace(found, routines=found.procedures), reference, arguments, context)


def _known(reference: tree.Reference, context: Context) -> Found:
    found = find_routines(reference, context)
    if found is not None:
        return found
    if len(reference.parts) == 2 and context.catalogue.package(context.known(reference.parts[0])) is not None:
        package, member = (part.value for part in reference.parts)
        if may_be_supplied(package):
            raise context.not_supported(_shown(reference), reference.parts[1])
        raise context.fail(f"the package {package} has no member {member}", reference.parts[1])
    if may_be_supplied(reference.parts[0].value) or len(reference.parts) > 2:
        raise context.not_supported(f"the call of {_shown(reference)}", reference)
    raise context.fail(f"the procedure {_shown(reference)} is not known", reference)


def _shown(reference: tree.Reference) -> str:
    return ".".join(part.value for part in reference.parts)


def _call(found: Found, reference: tree.Reference, arguments: Arguments, context: Context) -> Fragment:
    given = [argument for argument in arguments if isinstance(argument, tree.Argument)]
    if len(given) < len(arguments):
        raise context.not_supported("a qualified expression as an argument", reference)
    fitting = _fitting(found.routines, given, reference, context)
    for routine in fitting:
        for effect in _effects(routine, found):
            context.effect(effect)
    single = fitting[0] if len(fitting) == 1 else None
    parts = _taken(found.local, single, reference, context) if found.local is not None else []
    parts += [
        _argument(argument, _parameter(single, index, argument, context), context)
        for index, argument in enumerate(given)
    ]
    call = Fragment((f"{found.name} (", reference), join(parts), ")")
    violation = _violation(fitting, context) if context.sql_depth else ""
    if not violation:
        return call
    return Fragment("case when ora.refuse_call(", quoted(violation), ") then", call, "end")


def _effects(routine: Routine, found: Found) -> tuple[str, ...]:
    """What a call does: by the routine's name where it is stored, by what it does itself where it is local."""
    if found.local is None:
        return (f"call:{routine.package}.{routine.name}",)
    return ("unknown:",) if routine.effects is None else routine.effects


def _taken(local: LocalRoutines, routine: Routine | None, at: tree.Reference, context: Context) -> list[Fragment]:
    """The variables that a local subprogram takes; a procedure gives back those that it may change."""
    written = local.captured.written if routine is None or not routine.is_function else frozenset()
    if written:
        _check_guards(written, at, context)
    parts = []
    for name in sorted(local.captured.variables):
        variable = context.variables.get(name)
        if variable is None or variable is not local.scope[name]:
            raise context.not_supported(f"a local subprogram where another {name.upper()} hides the one it takes", at)
        if name in written:
            check_changed(Name(at.place, capitals(name), capitals(name)), context)
        parts.append(variable.text or Fragment((context.spell(name), at)))
    return parts


def _check_guards(written: frozenset[str], at: tree.Reference, context: Context) -> None:
    """Refuse what a handler would see otherwise: a procedure that fails gives back no variable that it has changed.

    It does not matter where no handler around names the variable, and nothing runs behind the handlers.
    """
    for guard in context.guards:
        named = {
            context.known(n.parts[0]) for h in guard.handlers for n in descendants(h) if isinstance(n, tree.Reference)
        }
        if named & written or (
            guard is not context.unit.body and not all(ends_by_raising(h.statements) for h in guard.handlers)
        ):
            raise context.not_supported(
                "an exception handler around a local procedure that changes the variables around it",
                at,
                "give them to it as parameters IN OUT",
            )


def _fitting(
    routines: tuple[Routine, ...], given: list[tree.Argument], reference: tree.Reference, context: Context
) -> list[Routine]:
    """The routines that take these arguments, by their number and names."""
    positional = next((index for index, argument in enumerate(given) if argument.name), len(given))
    if any(argument.name is None for argument in given[positional:]):
        raise context.fail("a positional argument follows a named one", reference)
    named = {context.known(argument.name) for argument in given if argument.name}
    fitting = [routine for routine in routines if routine.accepts(positional, named)]
    if not fitting:
        raise context.fail(f"wrong number or names of arguments in the call of {_shown(reference)}", reference)
    return fitting


def _parameter(routine: Routine | None, index: int, argument: tree.Argument, context: Context) -> Parameter | None:
    """The parameter that an argument is for, where one routine is meant."""
    if routine is None:
        return None
    if argument.name is None:
        return routine.parameters[index]
    name = context.known(argument.name)
    return next(parameter for parameter in routine.parameters if parameter.name == name)


def _argument(argument: tree.Argument, parameter: Parameter | None, context: Context) -> Fragment:
    if parameter is not None and parameter.mode != "in":
        value = _written_argument(argument.value, parameter, context)
    else:
        value = emit_expression(argument.value, context)
        if parameter is not None and parameter.type:
            value = Fragment("(", value, f")::{parameter.type}")
    label = Fragment((f"{context.spell(context.known(argument.name))} =>", argument)) if argument.name else EMPTY
    return Fragment(label, value)


def _written_argument(node: Expression, parameter: Parameter, context: Context) -> Fragment:
    """What an OUT parameter gives its value to: PostgreSQL takes a variable of the same type alone."""
    kind = place_type(node, context)
    if not kind or not parameter.type or kind.partition("(")[0] == parameter.type.partition("(")[0]:
        return emit_target(node, context)
    key = f"argument {len(context.notes.stand_ins) + 1}"
    first = emit_expression(node, context) if parameter.mode == "inout" else None
    kept = emit_assignment(node, f'"{key}"', context)
    return stand_in(key, StandIn(f'"{key}"', parameter.type, first, kept), context)


def _violation(routines: list[Routine], context: Context) -> str:
    """What Oracle raises where SQL calls a function that does too much, by its text; empty for one that may be called.

    PL/SQL Language Reference, "PL/SQL Functions that SQL Statements Can Invoke".
    """
    found = [_violated(routine, context) for routine in routines]
    return found[0] if all(found) else ""


def _violated(routine: Routine, context: Context) -> str:
    for effect in context.catalogue.effects(routine, context.package):
        kind, _, table = effect.partition(":")
        if kind in ("ddl", "ends"):
            return "ORA-14552: cannot perform a DDL, commit or rollback inside a query or DML"
        if context.changed is None and kind in ("dml", "lock"):
            return "ORA-14551: cannot perform a DML operation inside a query"
        if context.changed and table == context.changed:
            return f"ORA-04091: table {table.upper()} is mutating, trigger/function may not see it"
    return ""
