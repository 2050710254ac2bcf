"""What a name of PL/SQL means: the scopes from inside to outside, then the schema, then what Oracle supplies."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.catalogue import ObjectTypeEntry, PackageEntry, Relation, RoutineEntry, SchemaObject, SequenceEntry
from engine.check import columns, elaborate
from engine.check.checker import Checker
from engine.check.scopes import Kind, Scope, Symbol, display
from engine.check.types import SCALARS, UNKNOWN, Family, Type
from engine.supplied import functions, packages, standard, views
from engine.tree.base import Name

# What is asked of collections behind a dot (PL/SQL Language Reference, "Collection Methods").
COLLECTION_METHODS = frozenset("COUNT DELETE EXISTS EXTEND FIRST LAST LIMIT NEXT PRIOR TRIM".split())


@dataclass(slots=True)
class Meaning:
    """What the first `used` parts of a name stand for: symbols (several where a routine is overloaded), or an object.

    `type` is that of a value of which nothing else need be known. One with neither is something that is not known.
    """

    symbols: list[Symbol] = field(default_factory=list)
    used: int = 1
    entry: SchemaObject | None = None
    type: Type = UNKNOWN
    supplied: bool = False


def meaning(checker: Checker, scope: Scope, parts: tuple[Name, ...], role: str = "value") -> Meaning | None:
    """What a name means, or None where a complaint was made; `role` is value, type, anchor, row, call or exception."""
    found = scope.find(parts[0].value)
    if found:
        return _of_symbols(checker, found, parts)
    return _of_schema(checker, scope, parts, role)


def _of_symbols(checker: Checker, found: list[Symbol], parts: tuple[Name, ...]) -> Meaning | None:
    symbol = found[0]
    if len(found) > 1 and not all(other.kind is Kind.ROUTINE for other in found):
        checker.complain("PLS-00371", parts[0], symbol.name)
        return None
    if len(parts) == 1 or symbol.scope is None:
        return Meaning(found)
    inner = symbol.scope.own(parts[1].value)
    if inner:
        return Meaning(inner, 2)
    if symbol.kind is Kind.ROUTINE and symbol.is_function:
        return Meaning(found)  # a field of the function's result
    if symbol.kind is Kind.UNIT and len(parts) > 2 and checker.catalogue.has_schema(parts[0].value):
        return None
    checker.complain("PLS-00302", parts[1], parts[1].value)
    return None


def _of_schema(checker: Checker, scope: Scope, parts: tuple[Name, ...], role: str) -> Meaning | None:
    first = parts[0].value
    entry = checker.catalogue.find(first)
    if entry is not None:
        return _of_entry(checker, entry, parts, 1, role)
    if len(parts) > 1 and checker.catalogue.has_schema(first):
        entry = checker.catalogue.find(parts[1].value, first)
        if entry is not None:
            return _of_entry(checker, entry, parts, 2, role)
        if checker.catalogue.complete:
            checker.complain("PLS-00302", parts[1], parts[1].value)
            return None
        return Meaning(used=len(parts))
    if _is_supplied(first, len(parts), role):
        return Meaning(used=len(parts), supplied=True)
    later = _declared_later(scope, first)
    if later is not None and checker.catalogue.complete:
        checker.complain("PLS-00313" if later else "PLS-00320", parts[0], first)
        return None
    if not checker.catalogue.complete and role != "target":
        return Meaning(used=len(parts))
    if role == "sql":
        checker.complain("ORA-00904", parts[0], columns.quoted(parts))
    elif checker.catalogue.complete or len(parts) == 1:
        checker.complain("PLS-00201", parts[0], display(parts))
    return None


def _declared_later(scope: Scope, name: str) -> bool | None:
    """Whether a declarative part around declares this further on: True for a routine, None where none does."""
    current: Scope | None = scope
    while current is not None:
        if name in current.later:
            return current.later[name]
        current = current.parent
    return None


def _is_supplied(name: str, parts: int, role: str) -> bool:
    """Whether Oracle supplies something of this name that may stand in this role."""
    if packages.may_be_supplied(name) or name in _SUPPLIED_EVERYWHERE:
        return True
    if name in standard.SCHEMAS and parts > 1:
        return True
    if name in standard.EXCEPTIONS and (role == "exception" or parts == 1):
        return True
    return role in ("row", "anchor") and views.may_be_supplied(name)


_SUPPLIED_EVERYWHERE = (
    standard.ROUTINES
    | standard.OBJECT_TYPES
    | functions.SQL_FUNCTIONS
    | functions.PSEUDO_COLUMNS
    | functions.PLSQL_ONLY
    | {"SQL"}
)


def _of_entry(checker: Checker, entry: SchemaObject, parts: tuple[Name, ...], used: int, role: str) -> Meaning | None:
    if isinstance(entry, PackageEntry):
        return _of_package(checker, entry, parts, used)
    if isinstance(entry, RoutineEntry):
        symbol = elaborate.routine(checker, entry)
        return Meaning([symbol] if symbol is not None else [], used, entry)
    if isinstance(entry, Relation):
        return _of_relation(checker, entry, parts, used, role)
    if isinstance(entry, SequenceEntry) and role == "value" and len(parts) == used:
        checker.complain("PLS-00357", parts[used - 1], display(parts))
        return None
    if isinstance(entry, ObjectTypeEntry):
        return Meaning([], used, entry, elaborate.object_type(checker, entry))
    return Meaning([], len(parts), entry)


def _of_package(checker: Checker, entry: PackageEntry, parts: tuple[Name, ...], used: int) -> Meaning | None:
    scope = elaborate.package(checker, entry)
    if scope is None:
        return Meaning([], len(parts), entry)
    if len(parts) == used:
        return Meaning([Symbol(Kind.UNIT, entry.name, parts[used - 1].place, scope=scope)], used, entry)
    member = parts[used]
    found = scope.own(member.value)
    if found:
        return Meaning(found, used + 1, entry)
    checker.complain("PLS-00302", member, member.value)
    return None


def _of_relation(checker: Checker, entry: Relation, parts: tuple[Name, ...], used: int, role: str) -> Meaning | None:
    if role == "row":
        return Meaning([], used, entry, elaborate.row_of(checker, entry))
    if role == "anchor" and len(parts) > used:
        return _anchor(checker, entry, parts, used)
    if role == "anchor":
        checker.complain("PLS-00206", parts[0], display(parts))
        return None
    if role == "sql":
        checker.complain("ORA-00904", parts[0], columns.quoted(parts))
        return None
    if role in ("value", "call"):
        checker.complain("PLS-00357", parts[0], display(parts))
        return None
    return Meaning([], len(parts), entry)


def _anchor(checker: Checker, entry: Relation, parts: tuple[Name, ...], used: int) -> Meaning | None:
    columns = elaborate.columns_of(checker, entry)
    if columns is None:
        return Meaning([], len(parts), entry)
    column = parts[used].value
    if column not in columns:
        checker.complain("PLS-00302", parts[used], column)
        return None
    return Meaning([], used + 1, entry, columns[column])


# fields


def field_type(checker: Checker, value: Type, rest: tuple[Name, ...], owner: str) -> Type:
    """The type of `value.a.b`; complains where a record has no such field."""
    for name in rest:
        if value.family is Family.RECORD and value.fields is not None:
            if name.value not in value.fields:
                checker.complain("PLS-00302", name, name.value)
                return UNKNOWN
            value = value.fields[name.value]
        elif value.family in SCALARS:
            checker.complain("PLS-00487", name, owner)
            return UNKNOWN
        else:
            return UNKNOWN
        owner = name.value
    return value


def schema_type(found: Meaning | None) -> Type:
    """The type that a meaning which is no symbol stands for."""
    return found.type if found is not None else UNKNOWN
