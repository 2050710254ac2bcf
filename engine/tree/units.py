"""Stored program units: packages, routines, object types, triggers, and the anonymous block that a user types."""

from __future__ import annotations

from dataclasses import dataclass

from engine.tree.base import DataType, Declaration, Expression, Name, Node, ObjectName, Statement
from engine.tree.plsql import Block, NestedTable, Routine, RoutineOption, Varray


@dataclass(frozen=True, slots=True)
class Creation(Node):
    """The words between CREATE and the kind: OR REPLACE, IF NOT EXISTS, EDITIONABLE or NONEDITIONABLE.

    Its place is that of the kind, from which on the dictionary keeps the text of a unit.
    """

    replace: bool = False
    if_not_exists: bool = False
    editionable: str = ""


@dataclass(frozen=True, slots=True)
class AnonymousBlock(Statement):
    """A block as a statement of its own."""

    block: Block


@dataclass(frozen=True, slots=True)
class CreatePackage(Statement):
    """CREATE PACKAGE: a specification."""

    creation: Creation
    name: ObjectName
    options: tuple[RoutineOption, ...]
    declarations: tuple[Declaration, ...]
    end_name: Name | None = None


@dataclass(frozen=True, slots=True)
class CreatePackageBody(Statement):
    """CREATE PACKAGE BODY; `block` holds the declarations, the initialisation and its handlers."""

    creation: Creation
    name: ObjectName
    block: Block


@dataclass(frozen=True, slots=True)
class CreateRoutine(Statement):
    """CREATE PROCEDURE or FUNCTION."""

    creation: Creation
    routine: Routine


# object types


@dataclass(frozen=True, slots=True)
class ObjectAttribute(Node):
    """An attribute of an object type."""

    name: Name
    datatype: DataType


@dataclass(frozen=True, slots=True)
class Method(Node):
    """A method of an object type; `modifiers` are OVERRIDING, NOT FINAL, INSTANTIABLE ... before it."""

    modifiers: tuple[str, ...]
    routine: Routine


@dataclass(frozen=True, slots=True)
class ObjectType(Node):
    """OBJECT (...) or UNDER supertype (...), with FINAL, INSTANTIABLE and so on behind it."""

    supertype: ObjectName | None
    members: tuple[ObjectAttribute | Method, ...]
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateType(Statement):
    """CREATE TYPE; without a definition it is announced only."""

    creation: Creation
    name: ObjectName
    definition: ObjectType | NestedTable | Varray | None = None
    options: tuple[RoutineOption, ...] = ()
    force: bool = False
    oid: Expression | None = None


@dataclass(frozen=True, slots=True)
class CreateTypeBody(Statement):
    """CREATE TYPE BODY."""

    creation: Creation
    name: ObjectName
    methods: tuple[Method, ...]
    end_name: Name | None = None


# triggers


@dataclass(frozen=True, slots=True)
class TriggerEvent(Node):
    """INSERT, DELETE, UPDATE [OF columns], or an event of DDL or of the database in capitals."""

    name: str
    columns: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Referencing(Node):
    """OLD, NEW or PARENT AS name."""

    what: str
    name: Name


@dataclass(frozen=True, slots=True)
class TimingPoint(Node):
    """BEFORE STATEMENT IS BEGIN ... END of a compound trigger."""

    timing: str
    block: Block


@dataclass(frozen=True, slots=True)
class CompoundTrigger(Node):
    """COMPOUND TRIGGER declarations, and what is run at each timing point."""

    declarations: tuple[Declaration, ...]
    points: tuple[TimingPoint, ...]
    end_name: Name | None = None


@dataclass(frozen=True, slots=True)
class CreateTrigger(Statement):
    """CREATE TRIGGER; `timing` is BEFORE, AFTER, INSTEAD OF or FOR; `target` a table, a view, or SCHEMA or DATABASE."""

    creation: Creation
    name: ObjectName
    timing: str
    events: tuple[TriggerEvent, ...]
    target: ObjectName
    body: Block | CompoundTrigger | Expression
    nested_column: Name | None = None
    referencing: tuple[Referencing, ...] = ()
    for_each_row: bool = False
    order: tuple[RoutineOption, ...] = ()
    state: str = ""
    when: Expression | None = None
