"""A catalogue in memory: CREATE, ALTER and DROP change it in the order of a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.catalogue.objects import (
    Column,
    ObjectTypeEntry,
    PackageEntry,
    Relation,
    RoutineEntry,
    SchemaObject,
    SequenceEntry,
    SynonymEntry,
)
from engine.tree import ddl, units
from engine.tree.base import Node, ObjectName, Statement


class MemoryCatalogue:
    """The objects of one schema; those of others are unknown."""

    def __init__(self, schema: str = "", complete: bool = False) -> None:
        self.schema = schema
        self.complete = complete
        self._objects: dict[str, SchemaObject] = {}
        self._indexes: dict[str, str] = {}

    # asking

    def find(self, name: str, schema: str = "") -> SchemaObject | None:
        """The object of that name; a synonym of an object that is known here is that object."""
        if schema not in ("", self.schema):
            return None
        found = self._objects.get(name)
        seen = {name}
        while isinstance(found, SynonymEntry) and found.target is not None:
            target = found.target.name.value
            if target in seen or not self.is_own(found.target) or target not in self._objects:
                break
            seen.add(target)
            found = self._objects[target]
        return found

    def find_index(self, name: str) -> str | None:
        """The table of the index of that name."""
        return self._indexes.get(name)

    def has_schema(self, name: str) -> bool:
        """Whether this is the own schema."""
        return bool(name) and name == self.schema

    # changing

    def put(self, entry: SchemaObject) -> None:
        """Keep an object, in place of the one that has its name."""
        self._objects[entry.name] = entry
        self._forget_elaborated()

    def remove(self, name: str) -> None:
        """Drop the object of that name, and the indexes of a table."""
        self._objects.pop(name, None)
        self._indexes = {index: table for index, table in self._indexes.items() if table != name}
        self._forget_elaborated()

    def apply(self, statement: Statement) -> None:
        """Change the catalogue as this statement changes the schema; one that defines nothing changes nothing."""
        change = _CHANGES.get(type(statement))
        if change is not None:
            change(self, statement)

    def _forget_elaborated(self) -> None:
        for entry in self._objects.values():
            entry.elaborated = None

    def put_named(self, name: ObjectName, entry: SchemaObject) -> None:
        """Keep an object that a statement creates, unless it is one of another schema."""
        if self.is_own(name):
            self.put(entry)

    def put_index(self, index: str, table: str) -> None:
        """Keep an index by its table."""
        self._indexes[index] = table

    def drop_index(self, name: str) -> None:
        """Forget an index."""
        self._indexes.pop(name, None)

    def indexes_of(self, table: str) -> list[str]:
        """The indexes of a table."""
        return [index for index, owner in self._indexes.items() if owner == table]

    def is_own(self, name: ObjectName) -> bool:
        """Whether a name is one of the own schema."""
        return not name.link and (len(name.parts) == 1 or name.parts[0].value == self.schema)

    def own_relation(self, name: ObjectName) -> Relation | None:
        """The table or view of that name in the own schema."""
        found = self._objects.get(name.name.value) if self.is_own(name) else None
        return found if isinstance(found, Relation) else None


# tables


def column_of(item: ddl.Column) -> Column:
    """A column as CREATE TABLE or ADD describes it."""
    default = item.default
    generated = isinstance(default, ddl.Generated)
    always = isinstance(default, ddl.Identity) and default.generation.startswith("ALWAYS")
    not_null = any(
        (isinstance(c, ddl.NotNull) and not c.nullable) or (isinstance(c, ddl.Unique) and c.primary)
        for c in item.constraints
    )
    return Column(
        item.name.value,
        item.datatype,
        item.visibility == "INVISIBLE",
        not_null or isinstance(default, ddl.Identity),
        default is not None,
        generated,
        always,
    )


def _create_table(catalogue: MemoryCatalogue, statement: ddl.CreateTable) -> None:
    columns = tuple(column_of(item) for item in statement.items if isinstance(item, ddl.Column))
    constraints = [item for item in statement.items if isinstance(item, ddl.Constraint)]
    for item in statement.items:
        if isinstance(item, ddl.Column):
            constraints += item.constraints
    known = statement.object_type is None
    entry = Relation(
        statement.name.name.value,
        "TABLE",
        columns if known and statement.query is None else None,
        statement.query if known else None,
        tuple(column.name for column in columns) if statement.query is not None else (),
        tuple(constraints),
    )
    catalogue.put_named(statement.name, entry)


def _create_view(catalogue: MemoryCatalogue, statement: ddl.CreateView) -> None:
    names = tuple(item.name.value for item in statement.columns if isinstance(item, ddl.ViewColumn))
    entry = Relation(
        statement.name.name.value,
        "VIEW",
        None,
        statement.query,
        names,
        read_only=statement.restriction == "READ ONLY",
    )
    catalogue.put_named(statement.name, entry)


def _alter_table(catalogue: MemoryCatalogue, statement: ddl.AlterTable) -> None:
    relation = catalogue.own_relation(statement.name)
    if relation is None:
        return
    for action in statement.actions:
        change = _ALTERATIONS.get(type(action))
        if change is not None and relation.columns is not None:
            change(relation, action)
        if isinstance(action, ddl.RenameItem) and not action.kind:
            _rename(catalogue, relation, action.new.value)
    catalogue.put(relation)


def _add_items(relation: Relation, action: ddl.AddItems) -> None:
    added = tuple(column_of(item) for item in action.items if isinstance(item, ddl.Column))
    relation.columns = (relation.columns or ()) + added
    relation.constraints += tuple(item for item in action.items if isinstance(item, ddl.Constraint))


def _modify_columns(relation: Relation, action: ddl.ModifyColumns) -> None:
    changed = {item.name.value: item for item in action.columns}
    relation.columns = tuple(
        _modified(column, changed[column.name]) if column.name in changed else column
        for column in relation.columns or ()
    )


def _modified(column: Column, change: ddl.Column) -> Column:
    new = column_of(change)
    nullable = any(isinstance(c, ddl.NotNull) and c.nullable for c in change.constraints)
    return replace(
        column,
        datatype=new.datatype or column.datatype,
        hidden=new.hidden if change.visibility else column.hidden,
        not_null=not nullable and (column.not_null or new.not_null),
        has_default=column.has_default or new.has_default,
    )


def _drop_columns(relation: Relation, action: ddl.DropColumns) -> None:
    dropped = {name.value for name in action.columns}
    relation.columns = tuple(column for column in relation.columns or () if column.name not in dropped)


def _drop_constraint(relation: Relation, action: ddl.DropConstraint) -> None:
    relation.constraints = tuple(c for c in relation.constraints if not _is_chosen(c, action.constraint))


def _is_chosen(constraint: ddl.Constraint, choice: ddl.ConstraintChoice) -> bool:
    """Whether a constraint is the one that a name, PRIMARY KEY or UNIQUE (columns) means."""
    if choice.name is not None:
        return constraint.name is not None and constraint.name.value == choice.name.value
    if not isinstance(constraint, ddl.Unique):
        return False
    return constraint.primary if choice.kind == "PRIMARY KEY" else constraint.columns == choice.columns


def _rename_item(relation: Relation, action: ddl.RenameItem) -> None:
    if action.kind == "COLUMN" and action.old is not None:
        old, new = action.old.value, action.new.value
        relation.columns = tuple(
            replace(column, name=new) if column.name == old else column for column in relation.columns or ()
        )


def _rename(catalogue: MemoryCatalogue, entry: SchemaObject, new: str) -> None:
    indexes = catalogue.indexes_of(entry.name)
    catalogue.remove(entry.name)
    entry.name = new
    catalogue.put(entry)
    for index in indexes:
        catalogue.put_index(index, new)


# units and the rest


def _create_package(catalogue: MemoryCatalogue, statement: units.CreatePackage) -> None:
    catalogue.put_named(statement.name, PackageEntry(statement.name.name.value, statement))


def _create_routine(catalogue: MemoryCatalogue, statement: units.CreateRoutine) -> None:
    name = statement.routine.name
    catalogue.put_named(name, RoutineEntry(name.name.value, statement.routine))


def _create_type(catalogue: MemoryCatalogue, statement: units.CreateType) -> None:
    catalogue.put_named(statement.name, ObjectTypeEntry(statement.name.name.value, statement))


def _create_sequence(catalogue: MemoryCatalogue, statement: ddl.CreateSequence) -> None:
    catalogue.put_named(statement.name, SequenceEntry(statement.name.name.value))


def _create_synonym(catalogue: MemoryCatalogue, statement: ddl.CreateSynonym) -> None:
    catalogue.put_named(statement.name, SynonymEntry(statement.name.name.value, statement.target))


def _create_index(catalogue: MemoryCatalogue, statement: ddl.CreateIndex | ddl.CreateVectorIndex) -> None:
    if catalogue.is_own(statement.name):
        catalogue.put_index(statement.name.name.value, statement.table.name.value)


def _rename_index(catalogue: MemoryCatalogue, statement: ddl.AlterIndex) -> None:
    table = catalogue.find_index(statement.name.name.value)
    if statement.new_name is not None and table is not None:
        catalogue.drop_index(statement.name.name.value)
        catalogue.put_index(statement.new_name.value, table)


def _drop(catalogue: MemoryCatalogue, statement: ddl.Drop) -> None:
    if statement.kind.endswith("INDEX"):
        catalogue.drop_index(statement.name.name.value)
    elif not statement.kind.endswith("BODY") and statement.kind not in ("TRIGGER", "DIRECTORY", "CONTEXT", "USER"):
        catalogue.remove(statement.name.name.value)


def _rename_object(catalogue: MemoryCatalogue, statement: ddl.Rename) -> None:
    entry = catalogue.find(statement.old.value)
    if entry is not None:
        _rename(catalogue, entry, statement.new.value)


_CHANGES: dict[type[Statement], Callable[[MemoryCatalogue, Any], None]] = {
    ddl.CreateTable: _create_table,
    ddl.CreateView: _create_view,
    ddl.AlterTable: _alter_table,
    ddl.CreateIndex: _create_index,
    ddl.CreateVectorIndex: _create_index,
    ddl.AlterIndex: _rename_index,
    ddl.CreateSequence: _create_sequence,
    ddl.CreateSynonym: _create_synonym,
    ddl.Drop: _drop,
    ddl.Rename: _rename_object,
    units.CreatePackage: _create_package,
    units.CreateRoutine: _create_routine,
    units.CreateType: _create_type,
}
_ALTERATIONS: dict[type[Node], Callable[[Relation, Any], None]] = {
    ddl.AddItems: _add_items,
    ddl.ModifyColumns: _modify_columns,
    ddl.DropColumns: _drop_columns,
    ddl.DropConstraint: _drop_constraint,
    ddl.RenameItem: _rename_item,
}
