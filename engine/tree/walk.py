"""A walk over the tree that needs no list of its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from engine.tree.base import Node
from engine.tree.expressions import Call, Parenthesised, Reference
from engine.tree.queries import Query

# The types of fields that hold no nodes.
_PLAIN = ("str", "bool", "tuple[str, ...]")
_FIELDS: dict[type[Node], tuple[str, ...]] = {}


def _field_names(kind: type[Node]) -> tuple[str, ...]:
    found = _FIELDS.get(kind)
    if found is None:
        named = (field.name for field in fields(kind) if field.name != "place" and field.type not in _PLAIN)
        found = _FIELDS[kind] = tuple(named)
    return found


def bare(node: Node) -> Node:
    """A node without the parentheses around it."""
    while isinstance(node, Parenthesised):
        node = node.inner
    return node


def children(node: Node) -> list[Node]:
    """The nodes that stand right below this one, in the order of the fields."""
    found: list[Node] = []
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [item for item in value if isinstance(item, Node)]
    return found


def descendants(node: Node, without: tuple[type[Node], ...] = ()) -> Iterator[Node]:
    """The node and all below it, each before those below it; what stands below a node of `without` is left out."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if not isinstance(current, without):
            pending += reversed(children(current))


def of_block(node: Node) -> Iterator[Node]:
    """The node and all below it that belongs to the same query block: queries in it are left out."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Query):
            continue
        yield current
        pending += reversed(children(current))


def names_of_block(node: Node) -> Iterator[Reference]:
    """The names in a node that belong to the same query block, but for those of functions that are called."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Reference):
            yield current
        elif not isinstance(current, Query):
            called = current.function if isinstance(current, Call) else None
            below = [child for child in children(current) if child is not called or not isinstance(called, Reference)]
            pending += reversed(below)
