"""PARTITION BY of tables and indexes."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import clauses, expressions
from engine.parser.cursor import Cursor
from engine.tree import ddl as tree
from engine.tree.base import Expression, Name
from engine.tree.expressions import Default, Keyword, Reference

_KINDS = ("RANGE", "LIST", "HASH", "CONSISTENT HASH", "REFERENCE", "SYSTEM", "DIRECTORY")


def partitioning(cursor: Cursor, word: str = "partition") -> tree.Partitioning | None:
    """PARTITION BY or SUBPARTITION BY, where it stands here."""
    place = cursor.place
    if not cursor.accept(word, "by"):
        return None
    kind = cursor.accept_phrase(_KINDS)
    if not kind:
        raise cursor.unsupported(f"PARTITION BY {cursor.token.value.upper()}")
    columns = cursor.optional_list(expressions.expression)
    interval = cursor.in_parentheses(expressions.expression) if cursor.accept("interval") else None
    automatic = cursor.accept("automatic")
    store_in = _store_in(cursor)
    inner = partitioning(cursor, "subpartition") if word == "partition" else None
    template = cursor.list_behind(_subpartition, "subpartition", "template")
    count = _count(cursor, word)
    store_in = store_in or _store_in(cursor)
    tablespace_set = cursor.name() if cursor.accept("tablespace", "set") else None
    listed = cursor.optional_list(partition) if word == "partition" else ()
    return tree.Partitioning(
        place, kind, columns, interval, automatic, count, store_in, listed, inner, template, tablespace_set
    )


def _count(cursor: Cursor, word: str) -> Expression | None:
    if not cursor.accept(word + "s"):
        return None
    place = cursor.place
    return Keyword(place, "AUTO") if cursor.accept("auto") else expressions.expression(cursor, expressions.ADDITIVE)


def _store_in(cursor: Cursor) -> tuple[Name, ...]:
    return cursor.list_behind(Cursor.name, "store", "in")


def partition(cursor: Cursor) -> tree.Partition:
    """PARTITION name VALUES ..., with its subpartitions."""
    return _partition(cursor, "partition")


def _subpartition(cursor: Cursor) -> tree.Partition:
    return _partition(cursor, "subpartition")


def _partition(cursor: Cursor, word: str) -> tree.Partition:
    place = cursor.place
    cursor.expect(word)
    name = None
    if cursor.token.kind is Kind.QUOTED or (cursor.at_name() and not cursor.at("tablespace")):
        name = cursor.name()
    bound = "LESS THAN" if cursor.accept("values", "less", "than") else "LIST" if cursor.accept("values") else ""
    values = cursor.list_in_parentheses(_bound) if bound else ()
    options = clauses.options(cursor, clauses.INDEX)
    inner = cursor.optional_list(_subpartition) if word == "partition" else ()
    return tree.Partition(place, name, bound, values, options, inner)


def _bound(cursor: Cursor) -> Expression:
    place = cursor.place
    if cursor.accept("default"):
        return Default(place)
    if cursor.at("maxvalue"):
        return Reference(place, (cursor.any_name(),))
    return expressions.expression(cursor)
