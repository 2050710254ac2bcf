"""What is installed in the embedded database, as the checker asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from engine.catalogue import Column, PackageEntry, Relation, RoutineEntry, SchemaObject, SequenceEntry
from engine.emit.catalogue import Catalog
from engine.emit.names import heading, stored_name
from engine.errors import SourceError
from engine.parser import parse
from engine.session.stored import Stored
from engine.tree import units
from engine.tree.base import DataType, Place, Statement
from engine.tree.queries import Query
from engine.tree.types import BuiltinType, IntervalType, VectorType

_NOWHERE = Place(0, 0, 0)
# Oracle's types by the beginnings of PostgreSQL's names of them; what is not here is not told apart.
_TYPES = {
    "numeric": "NUMBER",
    "bigint": "NUMBER",
    "integer": "NUMBER",
    "smallint": "NUMBER",
    "text": "VARCHAR2",
    "character varying": "VARCHAR2",
    "boolean": "BOOLEAN",
    "json": "JSON",
    "datetime": "DATE",
}


def _datatype(name: str) -> DataType | None:
    if name.startswith("vector"):
        return VectorType(_NOWHERE)
    if name.startswith("interval"):
        return IntervalType(_NOWHERE, "DAY", None, "SECOND", None)
    if name.startswith("timestamp"):
        return BuiltinType(_NOWHERE, "TIMESTAMP WITH TIME ZONE" if name.endswith(" with time zone") else "TIMESTAMP")
    known = next((oracle for beginning, oracle in _TYPES.items() if name.startswith(beginning)), None)
    return BuiltinType(_NOWHERE, known) if known is not None else None


class InstalledCatalogue:
    """The objects of the embedded database's one schema; a package's specification is read when it is asked for.

    `specification` gives the text of a package's specification, or a routine's, and `view` that of a view's query by
    PostgreSQL's name of it; None where it was not kept.
    """

    complete = True

    def __init__(
        self,
        schema: str,
        stored: Stored,
        specification: Callable[[str], str | None],
        view: Callable[[str], str | None],
    ) -> None:
        self.schema = schema
        self._specification = specification
        self._view = view
        self._objects: dict[str, SchemaObject] = {}
        for name in stored.sequences:
            self._put(SequenceEntry(heading(name)))
        self._views = {heading(name): stored_name(name) for name in stored.catalogue.views}
        for name, types in stored.catalogue.columns.items():
            self._put(_relation(stored.catalogue, name, types))
        for routine in stored.catalogue.routines:
            self._put(RoutineEntry(heading(routine.name)))
        for name in stored.catalogue.packages:
            self._put(PackageEntry(heading(name)))
        self._read: set[str] = set()

    def _put(self, entry: SchemaObject) -> None:
        self._objects[entry.name] = entry

    def find(self, name: str, schema: str = "") -> SchemaObject | None:
        """The table, view, package, routine or sequence of that name."""
        if schema not in ("", self.schema):
            return None
        found = self._objects.get(name)
        if isinstance(found, PackageEntry | RoutineEntry) and name not in self._read:
            self._read.add(name)
            _specify(found, self._specification(name))
        elif isinstance(found, Relation) and found.kind == "VIEW" and name not in self._read:
            self._read.add(name)
            text = self._view(self._views[name])
            tree = _tree(text) if text is not None else None
            found.query = tree if isinstance(tree, Query) else None
        return found

    def find_index(self, _name: str) -> str | None:
        """The table of an index, which is not known here."""
        return None

    def has_schema(self, name: str) -> bool:
        """Whether this is the one schema."""
        return name == self.schema


def _relation(catalogue: Catalog, name: str, types: dict[str, str]) -> Relation:
    hidden = catalogue.invisible.get(name, set())
    columns = tuple(Column(heading(column), _datatype(kind), column in hidden) for column, kind in types.items())
    kind = "VIEW" if name in catalogue.views else "TABLE"
    return Relation(heading(name), kind, columns)


@lru_cache(maxsize=256)
def _tree(text: str) -> Statement | None:
    """The tree of a specification or a view, None where it can not be read; each change of the schema asks anew."""
    try:
        return parse(text)
    except SourceError:
        return None


def _specify(entry: PackageEntry | RoutineEntry, text: str | None) -> None:
    """Give an object its tree; without a text that can be read it stays unknown."""
    tree = _tree(text) if text is not None else None
    if isinstance(entry, PackageEntry) and isinstance(tree, units.CreatePackage):
        entry.specification = tree
    elif isinstance(entry, RoutineEntry) and isinstance(tree, units.CreateRoutine):
        entry.routine = tree.routine
