"""CREATE: the words before the kind, and each kind in a table; tables, views, sequences and other small things here."""

from __future__ import annotations

from collections.abc import Callable

from engine.parser import clauses, columns, expressions, indexes, partitions, queries, sources, units
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import ddl as tree
from engine.tree.base import Place, Statement
from engine.tree.units import Creation

_TABLE_KINDS = (
    "GLOBAL TEMPORARY", "PRIVATE TEMPORARY", "IMMUTABLE BLOCKCHAIN", "BLOCKCHAIN", "IMMUTABLE", "SHARDED",
    "DUPLICATED",
)  # fmt: skip
_FORCES = ("NO FORCE", "NOFORCE", "FORCE")
# What CREATE makes and the tree does not hold, by its words.
_REFUSED = (
    "MATERIALIZED VIEW LOG", "MATERIALIZED VIEW", "MATERIALIZED ZONEMAP", "ROLE", "TABLESPACE", "DATABASE LINK",
    "DATABASE", "PROFILE", "JAVA", "LIBRARY", "OPERATOR", "INDEXTYPE", "DIMENSION", "CLUSTER", "OUTLINE",
    "EDITION", "RESTORE POINT", "AUDIT POLICY", "FLASHBACK ARCHIVE", "DOMAIN", "PROPERTY GRAPH", "MLE MODULE",
    "MLE ENV", "JSON COLLECTION TABLE", "JSON COLLECTION VIEW", "PRIVATE OUTLINE", "EDITIONING VIEW",
    "JSON RELATIONAL DUALITY VIEW", "JSON DUALITY VIEW", "HYBRID VECTOR INDEX", "SEARCH INDEX", "PLUGGABLE DATABASE",
    "SCHEMA", "ASSERTION", "ANALYTIC VIEW", "ATTRIBUTE DIMENSION", "HIERARCHY", "SPFILE", "PFILE", "CONTROLFILE",
    "ROLLBACK SEGMENT", "UNDO TABLESPACE", "TEMPORARY TABLESPACE", "BIGFILE TABLESPACE", "DISKGROUP", "XMLSCHEMA",
    "LOGICAL PARTITION TRACKING", "VERTICAL", "LOCKDOWN PROFILE",
)  # fmt: skip


def create(cursor: Cursor) -> Statement:
    """CREATE of anything."""
    place = cursor.place
    cursor.expect("create")
    replace = cursor.accept("or", "replace")
    if cursor.at("and"):
        raise cursor.unsupported("CREATE JAVA")
    force = cursor.accept_phrase(_FORCES)
    editionable = cursor.accept_any("editionable", "noneditionable")
    force = force or cursor.accept_phrase(_FORCES)
    public = cursor.accept("public")
    kind_place = cursor.place
    kind = cursor.accept_phrase(_KINDS)
    if not kind:
        raise _refused(cursor)
    given = {"OR REPLACE": replace, "FORCE": force, "EDITIONABLE": editionable, "PUBLIC": public}
    for words, is_given in given.items():
        if is_given and kind not in _KINDS_WITH[words]:
            raise cursor.error("ORA-00922", f"missing or invalid option: {words} does not go with {kind}")
    exists = cursor.accept("if", "not", "exists")
    creation = Creation(kind_place, replace, exists, editionable)
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(cursor, place, creation)
    if kind == "VIEW":
        return _view(cursor, place, creation, force)
    if kind == "SYNONYM":
        return _synonym(cursor, place, creation, public)
    if kind.endswith("INDEX"):
        return indexes.index(cursor, place, creation, kind.removesuffix("INDEX").strip())
    return _table(cursor, place, creation, kind.removesuffix("TABLE").strip())


def _refused(cursor: Cursor) -> Exception:
    first = cursor.token
    phrase = cursor.accept_phrase(_REFUSED)
    if phrase:
        return cursor.unsupported(f"CREATE {phrase}", first)
    return cursor.error("ORA-00901", "invalid CREATE command")


# tables


def _table(cursor: Cursor, place: Place, creation: Creation, kind: str) -> Statement:
    name = cursor.object_name()
    object_type = cursor.object_name() if cursor.accept("of") else None
    items = cursor.list_in_parentheses(_item) if cursor.at_op("(") else ()
    options = clauses.options(cursor, clauses.STORAGE)
    partitioning = partitions.partitioning(cursor)
    trailing = clauses.options(cursor, clauses.STORAGE)
    query = queries.query(cursor) if cursor.accept("as") else None
    if not items and query is None and object_type is None:
        raise cursor.unexpected("'('", 906)
    return tree.CreateTable(place, creation, name, kind, items, object_type, options, partitioning, trailing, query)


def _item(cursor: Cursor) -> tree.Column | tree.Constraint:
    return columns.item(cursor)


# views


def _view(cursor: Cursor, place: Place, creation: Creation, force: str) -> Statement:
    name = cursor.object_name(Role.VIEW)
    if cursor.at("of"):
        raise cursor.unsupported("an object view")
    found = cursor.list_in_parentheses(_view_column) if cursor.at_op("(") else ()
    options = clauses.options(cursor, clauses.VIEW)
    cursor.expect("as")
    query = queries.query(cursor)
    restriction = sources.restriction(cursor)
    constraint = cursor.name(Role.CONSTRAINT) if restriction and cursor.accept("constraint") else None
    return tree.CreateView(place, creation, name, query, found, force, options, restriction, constraint)


def _view_column(cursor: Cursor) -> tree.ViewColumn | tree.Constraint:
    place = cursor.place
    if columns.at_constraint(cursor):
        return columns.table_constraint(cursor)
    found = columns.column(cursor)
    if found.datatype is not None or found.default is not None or found.options:
        raise cursor.unsupported("a data type or a property of a view's column")
    return tree.ViewColumn(place, found.name, found.visibility, found.constraints)


# sequences, synonyms and other small things


def _sequence(cursor: Cursor, place: Place, creation: Creation) -> Statement:
    return tree.CreateSequence(place, creation, cursor.object_name(), columns.sequence_options(cursor))


def _synonym(cursor: Cursor, place: Place, creation: Creation, public: bool) -> Statement:
    name = cursor.object_name()
    cursor.expect("for")
    return tree.CreateSynonym(place, creation, name, cursor.object_name(), public)


def _context(cursor: Cursor, place: Place, creation: Creation) -> Statement:
    name = cursor.object_name()
    cursor.expect("using")
    package = cursor.object_name()
    words = []
    while phrase := cursor.accept_phrase(("ACCESSED GLOBALLY", "INITIALIZED EXTERNALLY", "INITIALIZED GLOBALLY")):
        words.append(phrase)
    return tree.CreateContext(place, creation, name, package, tuple(words))


def _directory(cursor: Cursor, place: Place, creation: Creation) -> Statement:
    name = cursor.object_name()
    cursor.expect("as")
    return tree.CreateDirectory(place, creation, name, expressions.text(cursor))


def _user(cursor: Cursor, place: Place, creation: Creation) -> Statement:
    return tree.CreateUser(place, creation, cursor.any_name(), clauses.words(cursor))


def _vector_index(cursor: Cursor, place: Place, creation: Creation) -> Statement:
    return indexes.vector_index(cursor, place, creation)


_READERS: dict[str, Callable[[Cursor, Place, Creation], Statement]] = {
    "PACKAGE": units.package,
    "PROCEDURE": units.procedure,
    "FUNCTION": units.function,
    "TYPE": units.object_type,
    "TRIGGER": units.trigger,
    "SEQUENCE": _sequence,
    "CONTEXT": _context,
    "DIRECTORY": _directory,
    "USER": _user,
    "VECTOR INDEX": _vector_index,
}
_KINDS = (
    *_READERS, "VIEW", "SYNONYM", "UNIQUE INDEX", "BITMAP INDEX", "MULTIVALUE INDEX", "INDEX", "TABLE",
    *(f"{kind} TABLE" for kind in _TABLE_KINDS),
)  # fmt: skip
_UNITS = frozenset(["PACKAGE", "PROCEDURE", "FUNCTION", "TYPE", "TRIGGER"])
# The words before a kind, and the kinds that they go with.
_KINDS_WITH = {
    "OR REPLACE": _UNITS | {"VIEW", "SYNONYM", "CONTEXT", "DIRECTORY"},
    "FORCE": frozenset(["VIEW"]),
    "EDITIONABLE": _UNITS | {"VIEW", "SYNONYM"},
    "PUBLIC": frozenset(["SYNONYM"]),
}
