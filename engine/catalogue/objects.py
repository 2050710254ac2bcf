"""The objects of a schema, and the interface of what knows them. Names are as Oracle keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.tree.base import DataType, Expression, ObjectName
from engine.tree.ddl import Constraint
from engine.tree.plsql import Routine, Variable
from engine.tree.queries import Query
from engine.tree.units import CreatePackage, CreateType


@dataclass(eq=False, slots=True)
class SchemaObject:
    """An object of a schema. `elaborated` is kept for the checker: what it made of the object."""

    name: str
    elaborated: Any = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its type is None where it is unknown. `always_identity` is GENERATED ALWAYS AS IDENTITY."""

    name: str
    datatype: DataType | None = None
    hidden: bool = False
    not_null: bool = False
    has_default: bool = False
    virtual: bool = False
    always_identity: bool = False


@dataclass(eq=False, slots=True)
class Relation(SchemaObject):
    """A table or a view. `columns` is None where they are unknown, or where `query` says them.

    `names` are the columns' names that CREATE VIEW gives, empty where the query names them.
    """

    kind: str = "TABLE"
    columns: tuple[Column, ...] | None = None
    query: Query | None = None
    names: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    read_only: bool = False


@dataclass(eq=False, slots=True)
class PackageEntry(SchemaObject):
    """A package by its specification; it is None where only the name is known."""

    specification: CreatePackage | None = None


@dataclass(eq=False, slots=True)
class RoutineEntry(SchemaObject):
    """A routine that stands in no package."""

    routine: Routine | None = None


@dataclass(eq=False, slots=True)
class ObjectTypeEntry(SchemaObject):
    """A type of the schema."""

    definition: CreateType | None = None


@dataclass(eq=False, slots=True)
class SequenceEntry(SchemaObject):
    """A sequence."""


@dataclass(eq=False, slots=True)
class SynonymEntry(SchemaObject):
    """A synonym; what it stands for may be unknown."""

    target: ObjectName | None = None


class Catalogue(Protocol):
    """What the checker asks of a database."""

    @property
    def schema(self) -> str:
        """The user's own schema; empty where it is unknown."""

    @property
    def complete(self) -> bool:
        """Whether all objects that the user may name are known, but for those that Oracle supplies."""

    def find(self, name: str, schema: str = "") -> SchemaObject | None:
        """The table, view, package, routine, sequence, type or synonym of that name in a schema, the own by default."""

    def find_index(self, name: str) -> str | None:
        """The table of the index of that name."""

    def has_schema(self, name: str) -> bool:
        """Whether this is the own schema or another one that is known to exist."""


def package_constant(catalogue: Catalogue, package: str, name: str) -> Expression | None:
    """The expression that a package's specification gives a constant; None where none is known."""
    entry = catalogue.find(package)
    if not isinstance(entry, PackageEntry) or entry.specification is None:
        return None
    for declared in entry.specification.declarations:
        if isinstance(declared, Variable) and declared.constant and declared.name.value == name:
            return declared.default
    return None
