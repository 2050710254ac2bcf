"""A walk over the tree that needs no list of its nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from engine.tree.base import Node

_FIELDS: dict[type[Node], tuple[str, ...]] = {}


def _field_names(kind: type[Node]) -> tuple[str, ...]:
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(field.name for field in fields(kind) if field.name != "place")
    return found


def children(node: Node) -> Iterator[Node]:
    """The nodes that stand right below this one, in the order of the fields."""
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield item


def descendants(node: Node, without: tuple[type[Node], ...] = ()) -> Iterator[Node]:
    """The node and all below it, each before those below it; what stands below a node of `without` is left out."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if not isinstance(current, without):
            pending.extend(reversed(list(children(current))))
