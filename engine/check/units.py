"""Stored units and anonymous blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.catalogue import PackageEntry
from engine.check import bodies, declarations
from engine.check.checker import Checker, Setting
from engine.check.complaints import Complaints
from engine.check.scopes import Kind, Scope, ScopeKind, Symbol
from engine.tree import plsql as tree
from engine.tree import units
from engine.tree.base import ObjectName, Statement


def check_statement(checker: Checker, statement: Statement) -> bool:
    """Check a definition or a block; False for a statement that is neither."""
    reader = _READERS.get(type(statement))
    if reader is None:
        return False
    reader(checker, statement)
    return True


def _block(checker: Checker, statement: units.AnonymousBlock) -> None:
    bodies.check_block(checker, Setting(Scope(ScopeKind.BLOCK)), statement.block)


def _unit_scope(name: str, scope: Scope, statement: Statement) -> None:
    """Give a unit's scope its owner, and around it a scope in which the unit's own name is known."""
    scope.owner = Symbol(Kind.UNIT, name, statement.place, scope=scope)
    scope.parent = Scope(ScopeKind.UNIT, names={name: [scope.owner]})


def _package(checker: Checker, statement: units.CreatePackage) -> None:
    name = statement.name.name
    scope = Scope(ScopeKind.UNIT)
    _unit_scope(name.value, scope, statement)
    declarations.declare_all(checker, scope, statement.declarations)
    bodies.check_end(checker, statement.end_name, name)


def _package_body(checker: Checker, statement: units.CreatePackageBody) -> None:
    name = statement.name.name
    scope = _specified(checker, statement.name)
    if scope is None:
        return
    _unit_scope(name.value, scope, statement)
    scope.in_body = True
    declarations.declare_all(checker, scope, statement.block.declarations)
    declarations.check_defined(checker, scope)
    bodies.run(checker, Setting(scope), statement.block)
    bodies.check_end(checker, statement.block.end_label, name)


def _specified(checker: Checker, name: ObjectName) -> Scope | None:
    """A new scope with what the package's specification declares; None where that is unknown."""
    schema = name.parts[0].value if len(name.parts) > 1 else ""
    entry = checker.catalogue.find(name.name.value, schema)
    if not isinstance(entry, PackageEntry) or entry.specification is None:
        if entry is None and checker.catalogue.complete:
            checker.complain("PLS-00304", name, name.name.value)
        return None
    scope = Scope(ScopeKind.UNIT)
    _unit_scope(name.name.value, scope, entry.specification)
    silent = Checker(checker.catalogue, Complaints(True), True, {name.name.value})
    declarations.declare_all(silent, scope, entry.specification.declarations)
    return scope


def _routine(checker: Checker, statement: units.CreateRoutine) -> None:
    routine = statement.routine
    scope = Scope(ScopeKind.UNIT)
    declarations.declare_all(checker, scope, (routine,))


def _trigger(checker: Checker, statement: units.CreateTrigger) -> None:
    if isinstance(statement.body, tree.Block):
        bodies.check_block(checker, Setting(Scope(ScopeKind.TRIGGER)), statement.body)


def _nothing(_checker: Checker, _statement: Statement) -> None:
    pass


_READERS: dict[type[Statement], Callable[[Checker, Any], None]] = {
    units.AnonymousBlock: _block,
    units.CreatePackage: _package,
    units.CreatePackageBody: _package_body,
    units.CreateRoutine: _routine,
    units.CreateTrigger: _trigger,
    units.CreateType: _nothing,
    units.CreateTypeBody: _nothing,
}
PLSQL = (
    units.AnonymousBlock,
    units.CreatePackage,
    units.CreatePackageBody,
    units.CreateRoutine,
    units.CreateTrigger,
    units.CreateType,
    units.CreateTypeBody,
)
