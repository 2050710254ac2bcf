"""What a value is put into: a variable, a field of a record, a bind variable."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment, Part
from engine.emit.package_variables import changed, variable_of
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name
from engine.words import fold


def check_changed(name: Name, context: Context) -> None:
    """Refuse a change of a variable that a local function takes: it has a copy."""
    variable = context.variables.get(context.known(name))
    if variable is not None and variable.kept:
        raise context.not_supported(
            "a local function that changes the variables around it", name, "make it a procedure"
        )


def changed_text(name: Name, context: Context) -> Fragment:
    """A variable as PL/pgSQL changes it."""
    check_changed(name, context)
    variable = context.variables.get(context.known(name))
    if variable is None:
        raise context.fail(f"the variable {name.value} is not declared", name)
    return changed(variable, context) if variable.setting else variable.text or context.spelled(name)


def emit_target(node: Expression, context: Context) -> Fragment:
    """A variable, field or bind variable to be written."""
    if isinstance(node, tree.Bind) and not node.indicator and (bound := context.binds.get(fold(node.name))):
        return bound.text
    if not isinstance(node, tree.Reference) or node.link:
        raise context.not_supported("what this value is put into", node)
    of_package = _of_package(node, context)
    text, rest = (changed_text(node.parts[0], context), node.parts[1:]) if of_package is None else of_package
    fields: list[Part] = []
    for part in rest:
        fields += (".", context.spelled(part))
    return Fragment(text, *fields)


def _of_package(node: tree.Reference, context: Context) -> tuple[Fragment, tuple[Name, ...]] | None:
    """A variable that is named with its package, and what stands behind it."""
    first, *rest = node.parts
    known = context.known(first)
    if known in context.variables or not rest:
        return None
    own = context.package
    package = own if own is not None and own.name == known else context.catalogue.package(known)
    name = context.known(rest[0])
    if package is None or name not in package.variables:
        return None
    return changed(variable_of(package, name, context), context), tuple(rest[1:])
