"""Packages: a schema of the package's name, with a function for each constant and a routine for each member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from engine.emit.calls import marked, qualified
from engine.emit.catalogue import DefinedType, Package, Routine
from engine.emit.context import Context, MadeRoutine
from engine.emit.datatypes import defined_type, emit_datatype
from engine.emit.defined_types import define, define_subtype
from engine.emit.definitions import plain_name
from engine.emit.dispatch import reads
from engine.emit.exceptions import initialised
from engine.emit.fragment import EMPTY, Fragment
from engine.emit.package_variables import reading_function, variables_of
from engine.emit.routines import DEFINER, attributes, definition, dollar_tag, heading
from engine.emit.values import emit_expression
from engine.tree import plsql as tree
from engine.tree import units
from engine.tree.base import Declaration, Name


@dataclass(frozen=True, slots=True)
class Specification:
    """A package as its specification declares it, the statements that make its constants, and its rights."""

    package: Package
    constants: tuple[Fragment, ...]
    rights: str


@dataclass(frozen=True, slots=True)
class Body:
    """A package with its private members, and the statements that make them."""

    package: Package
    constants: tuple[Fragment, ...]
    members: tuple[MadeRoutine, ...]


@dataclass(slots=True)
class _Compiled:
    """A package while its items are emitted: what has been declared so far, and what has been made."""

    package: Package
    constants: list[Fragment] = field(default_factory=list)
    members: list[MadeRoutine] = field(default_factory=list)
    defined: list[Routine] = field(default_factory=list)


def specification(node: units.CreatePackage, context: Context) -> Specification:
    """What a package declares."""
    name = context.known(plain_name(node.name, context))
    compiled = _Compiled(Package(name))
    inner = replace(context, package=compiled.package)
    for item in node.declarations:
        if isinstance(item, tree.Routine):
            attributes(item.options, "", inner)
            compiled.package.routines.append(heading(item, inner).routine)
        else:
            _item(item, inner, compiled)
    rights = attributes(node.options, DEFINER, context)
    return Specification(compiled.package, tuple(compiled.constants), rights)


def _item(item: Declaration, context: Context, compiled: _Compiled) -> None:
    """An item of a package that is no routine."""
    package = compiled.package
    match item:
        case tree.ExceptionDeclaration(name=name):
            package.exceptions[context.known(name)] = context.unit.exceptions[item.place]
        case tree.Pragma():
            known, state = initialised(item, context, frozenset(package.exceptions))
            package.exceptions[known] = state
        case tree.TypeDeclaration():
            name, kind = define(item, context)
            package.types[context.known(name)] = kind
        case tree.Subtype():
            name, kind = define_subtype(item, context)
            package.types[context.known(name)] = kind
        case tree.Variable(constant=True):
            compiled.constants.append(_constant(item, context, package))
        case tree.Variable():
            compiled.constants.append(_variable(item, context, package))
        case _:
            what = "CURSOR" if isinstance(item, tree.CursorDeclaration) else "item of this kind"
            raise context.not_supported(f"a package's {what}", item)


@reads(tree.Variable, "name datatype constant default", not_null="NOT NULL of a package's constant")
def _constant(node: tree.Variable, context: Context, package: Package) -> Fragment:
    kind = emit_datatype(node.datatype, context)
    if node.default is None:
        raise context.fail(f"{node.name.value} needs a value", node)
    value = emit_expression(node.default, context)
    name = context.known(node.name)
    package.constants[name] = kind
    tag = dollar_tag(value)
    return Fragment(
        (f"create or replace function {context.spell(package.name)}.{context.spell(name)}()", node),
        f"returns {kind} language sql immutable parallel safe as {tag} select (",
        value,
        f")::{kind} {tag}",
    )


@reads(tree.Variable, "name datatype default constant", not_null="NOT NULL of a package's variable")
def _variable(node: tree.Variable, context: Context, package: Package) -> Fragment:
    kind = emit_datatype(node.datatype, context)
    defined = defined_type(node.datatype, context) or DefinedType(kind)
    if kind in ("record", "refcursor"):
        raise context.not_supported("a package's variable of this type", node)
    first = Fragment(":=", emit_expression(node.default, context)) if node.default is not None else EMPTY
    if node.default is None and defined.element is not None and not defined.bounded:
        first = Fragment(":= '{}'")
    name = context.known(node.name)
    package.constants[name] = kind
    package.variables[name] = replace(defined, type=kind)
    return reading_function(package, name, package.variables[name], first, context)


# bodies


def package_body(node: units.CreatePackageBody, context: Context) -> Body:
    """A package's body. Raises SourceError where its specification is missing or says something else."""
    name = plain_name(node.name, context)
    declared = context.catalogue.packages.get(context.known(name))
    if declared is None:
        raise context.fail(f"the package {name.value} has no specification", name)
    declarations = _declarations(node.block, context)
    public = [routine for routine in declared.routines if not routine.private]
    package = Package(
        declared.name,
        [replace(routine, effects=None) for routine in public],
        dict(declared.constants),
        dict(declared.exceptions),
        dict(declared.types),
        dict(declared.variables),
    )
    compiled = _Compiled(package)
    inner = replace(context, package=package)
    for item in declarations:
        # The variables that were declared so far.
        inner = inner.with_variables(variables_of(package, inner))
        if isinstance(item, tree.Routine):
            _routine(item, inner, compiled, public)
        else:
            _item(item, inner, compiled)
    _check_complete(public, compiled, name, context)
    return Body(package, tuple(compiled.constants), tuple(compiled.members))


@reads(
    tree.Block,
    "declarations -labels -end_label -declare",
    statements="a package's initialization part",
    handlers="a package's initialization part",
)
def _declarations(node: tree.Block, _: Context) -> tuple[Declaration, ...]:
    return node.declarations


def _check_complete(public: Iterable[Routine], compiled: _Compiled, name: Name, context: Context) -> None:
    for routine in public:
        if not any(_same(routine, other) for other in compiled.defined):
            shown = f"{compiled.package.name}.{routine.name}".upper()
            raise context.fail(f"{shown} is declared and has no body", name)


def _routine(node: tree.Routine, context: Context, compiled: _Compiled, public: list[Routine]) -> None:
    """A routine of a body, or its forward declaration."""
    package = compiled.package
    head = heading(node, context)
    routine = head.routine
    if not any(_same(routine, other) for other in public):
        if any(other.name == routine.name for other in public):
            raise context.fail(f"{routine.name.upper()} does not match its declaration", node)
        routine = replace(routine, private=True)
    known = next((other for other in package.routines if _same(routine, other)), None)
    if known is None:
        package.routines.append(routine)
        known = routine
    rights = context.catalogue.rights.get(package.name, DEFINER)
    if node.body is None:  # a forward declaration
        return
    notes = replace(context.notes, effects=[], routines=[])
    text = definition(
        node, replace(head, routine=routine), qualified(package.name, routine, context), rights, context.noting(notes)
    )
    package.routines[package.routines.index(known)] = replace(routine, effects=tuple(notes.effects))
    compiled.defined.append(routine)
    compiled.members += [*notes.routines, MadeRoutine(context.stored(marked(routine)), text, node.body)]


def _same(left: Routine, right: Routine) -> bool:
    """Whether a declaration and a body belong together."""
    return (
        left.name == right.name
        and left.returns == right.returns
        and [(p.name, p.mode, p.type) for p in left.parameters] == [(p.name, p.mode, p.type) for p in right.parameters]
    )
