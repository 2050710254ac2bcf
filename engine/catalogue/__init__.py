"""What a schema holds: the interface that the checker asks, and a catalogue in memory that scripts fill."""

from engine.catalogue.memory import MemoryCatalogue
from engine.catalogue.objects import (
    Catalogue,
    Column,
    ObjectTypeEntry,
    PackageEntry,
    Relation,
    RoutineEntry,
    SchemaObject,
    SequenceEntry,
    SynonymEntry,
    package_constant,
)

__all__ = [
    "Catalogue",
    "Column",
    "MemoryCatalogue",
    "ObjectTypeEntry",
    "PackageEntry",
    "Relation",
    "RoutineEntry",
    "SchemaObject",
    "SequenceEntry",
    "SynonymEntry",
    "package_constant",
]
