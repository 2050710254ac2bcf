"""What the checker makes of the objects of a catalogue, once for each, and only where it is asked for them."""

from __future__ import annotations

from engine.catalogue import ObjectTypeEntry, PackageEntry, Relation, RoutineEntry
from engine.check import datatypes, declarations, queries
from engine.check.checker import Checker
from engine.check.complaints import Complaints
from engine.check.scopes import Kind, Scope, ScopeKind, Symbol
from engine.check.types import UNKNOWN, Family, Type
from engine.tree.plsql import NestedTable, Varray


def _silent(checker: Checker, name: str) -> Checker:
    """A checker for an object that is not the one that is checked: what is wrong in it is not said here."""
    return Checker(checker.catalogue, Complaints(True), True, checker.elaborating | {name})


def package(checker: Checker, entry: PackageEntry) -> Scope | None:
    """The scope of a package's specification; None where it is unknown."""
    if entry.specification is None or entry.name in checker.elaborating:
        return None
    if entry.elaborated is None:
        inner = _silent(checker, entry.name)
        scope = Scope(ScopeKind.UNIT)
        scope.owner = Symbol(Kind.UNIT, entry.name, entry.specification.place, scope=scope)
        outer = Scope(ScopeKind.UNIT, names={entry.name: [scope.owner]})
        scope.parent = outer
        declarations.declare_all(inner, scope, entry.specification.declarations)
        entry.elaborated = scope
    found: Scope = entry.elaborated
    return found


def routine(checker: Checker, entry: RoutineEntry) -> Symbol | None:
    """The symbol of a routine that stands in no package; None where it is unknown."""
    if entry.routine is None or entry.name in checker.elaborating:
        return None
    if entry.elaborated is None:
        inner = _silent(checker, entry.name)
        entry.elaborated = declarations.routine_symbol(inner, Scope(ScopeKind.UNIT), entry.routine)
    found: Symbol = entry.elaborated
    return found


def columns_of(checker: Checker, entry: Relation) -> dict[str, Type] | None:
    """The types of a table's or view's columns by their names, hidden ones included; None where they are unknown."""
    if entry.elaborated is None:
        entry.elaborated = _columns(checker, entry) or UNKNOWN
    return entry.elaborated if isinstance(entry.elaborated, dict) else None


def _columns(checker: Checker, entry: Relation) -> dict[str, Type] | None:
    scope = Scope(ScopeKind.UNIT)
    if entry.columns is not None:
        return {
            column.name: datatypes.type_of(_silent(checker, ""), scope, column.datatype) if column.datatype else UNKNOWN
            for column in entry.columns
        }
    if entry.query is None or entry.name in checker.elaborating:
        return None
    items = queries.check_query(_silent(checker, entry.name), scope, entry.query)
    if items is None or (entry.names and len(entry.names) != len(items)):
        return None
    names = entry.names or tuple(name for name, _ in items)
    return {name: kind for name, (_, kind) in zip(names, items, strict=True)}


def row_of(checker: Checker, entry: Relation) -> Type:
    """The record type of a row of a table or view."""
    columns = columns_of(checker, entry)
    if columns is None:
        return Type(Family.RECORD, "RECORD")
    hidden = {column.name for column in entry.columns or () if column.hidden}
    fields = {name: kind for name, kind in columns.items() if name not in hidden}
    return Type(Family.RECORD, "RECORD", fields, origin=entry)


def object_type(checker: Checker, entry: ObjectTypeEntry) -> Type:
    """The type that CREATE TYPE made."""
    definition = entry.definition.definition if entry.definition is not None else None
    if isinstance(definition, NestedTable | Varray):
        if entry.elaborated is None:
            element = datatypes.type_of(_silent(checker, entry.name), Scope(ScopeKind.UNIT), definition.element)
            entry.elaborated = Type(Family.COLLECTION, "TABLE", element=element, origin=entry)
        found: Type = entry.elaborated
        return found
    return UNKNOWN
