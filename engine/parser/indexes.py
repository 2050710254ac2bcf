"""CREATE INDEX and CREATE VECTOR INDEX; the words up to INDEX have been read."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import calls, clauses, expressions, partitions, queries
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import ddl as tree
from engine.tree.base import Expression, Place
from engine.tree.units import Creation

_ORGANIZATIONS = ("INMEMORY NEIGHBOR GRAPH", "NEIGHBOR PARTITIONS", "NEIGHBOR GRAPH", "INMEMORY GRAPH")
_VECTOR_OPTIONS = ("PARALLEL", "NOPARALLEL", "LOCAL", "GLOBAL", "ONLINE", "DUPLICATE ALL", "DISTRIBUTE AUTO",
    "TABLESPACE x", "LOGGING", "NOLOGGING", "REPLACE")  # fmt: skip


def index(cursor: Cursor, place: Place, creation: Creation, kind: str) -> tree.CreateIndex:
    """An index of columns or expressions."""
    name = cursor.object_name(Role.INDEX)
    cursor.expect("on")
    if cursor.at("cluster"):
        raise cursor.unsupported("an index on a cluster")
    table = cursor.object_name()
    alias = cursor.name() if not cursor.at_op("(") else None
    keys = cursor.list_in_parentheses(_key)
    if cursor.at("from"):
        raise cursor.unsupported("a bitmap join index")
    options = clauses.options(cursor, clauses.INDEX)
    partitioning = partitions.partitioning(cursor)
    indextype, parameters = None, None
    if cursor.accept("indextype", "is"):
        indextype = cursor.object_name()
        options += clauses.options(cursor, clauses.INDEX)
        if cursor.accept("parameters"):
            parameters = cursor.in_parentheses(expressions.text)
    options += clauses.options(cursor, clauses.INDEX)
    return tree.CreateIndex(
        place, creation, kind, name, table, keys, alias, options, partitioning, indextype, parameters
    )


def create_within(cursor: Cursor) -> tree.CreateIndex:
    """CREATE INDEX inside USING INDEX (...)."""
    place = cursor.place
    cursor.expect("create")
    kind = cursor.accept_any("unique", "bitmap")
    cursor.expect("index")
    return index(cursor, place, Creation(place), kind)


def _key(cursor: Cursor) -> tree.IndexKey:
    key = calls.sort_key(cursor)
    if key.nulls:
        raise cursor.unexpected("','")
    return tree.IndexKey(key.place, key.expression, key.direction)


def vector_index(cursor: Cursor, place: Place, creation: Creation) -> tree.CreateVectorIndex:
    """A vector index."""
    name = cursor.object_name(Role.INDEX)
    cursor.expect("on")
    table = cursor.object_name()
    columns = cursor.list_in_parentheses(Cursor.name)
    include = cursor.list_behind(Cursor.name, "include")
    organization = ""
    if cursor.accept("organization"):
        organization = cursor.accept_phrase(_ORGANIZATIONS)
        if not organization:
            raise cursor.unexpected("INMEMORY NEIGHBOR GRAPH or NEIGHBOR PARTITIONS")
    measured = cursor.accept("with", "distance") or cursor.accept("distance")
    distance = cursor.any_name() if measured else None
    accuracy = queries.target_accuracy(cursor)
    parameters = cursor.list_behind(queries.vector_parameter, "parameters")
    options, parallel = _vector_options(cursor)
    if cursor.token.kind is Kind.WORD and cursor.at("quantization"):
        raise cursor.unsupported("QUANTIZATION of a vector index")
    return tree.CreateVectorIndex(
        place, creation, name, table, columns, include, organization, distance, accuracy, parameters, options, parallel
    )


def _vector_options(cursor: Cursor) -> tuple[tuple[tree.Option, ...], Expression | None]:
    """What stands behind PARAMETERS, and the degree of PARALLEL, which may be a bind variable in dynamic SQL."""
    options: list[tree.Option] = []
    parallel = None
    while True:
        option = clauses.option(cursor, _VECTOR_OPTIONS)
        if option is None:
            return tuple(options), parallel
        if option.words == ("PARALLEL",) and cursor.token.kind in (Kind.NUMBER, Kind.BIND):
            parallel = expressions.expression(cursor, expressions.ADDITIVE)
        else:
            options.append(option)
