"""No clause of the tree is dropped: what the emitter can meet is read or refused, each class and each field."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import typing
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

import engine.emit
import engine.tree
from engine.emit import statements
from engine.emit.dispatch import STATED, Emitters, reads
from engine.tree.base import Name, Node, ObjectName, Place
from engine.tree.expressions import Comparison
from engine.tree.plsql import TypeBody

# Names stand for themselves: Context knows what becomes of them.
NAMES = {Name, ObjectName}


def modules(package: typing.Any) -> Iterator[typing.Any]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


NODES: dict[str, type[Node]] = {
    name: value
    for module in modules(engine.tree)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, Node)
}
TABLES = [table for module in modules(engine.emit) for table in vars(module).values() if isinstance(table, Emitters)]
REFUSED = {cls for table in TABLES for cls in table.refused}


def by_name(classes: Iterable[type[Node]]) -> list[type[Node]]:
    return sorted(classes, key=lambda cls: cls.__name__)


def concrete(cls: type[Node]) -> frozenset[type[Node]]:
    """The class and those made from it, without those that others are made from."""
    below = [other for other in NODES.values() if cls in other.__bases__]
    return frozenset().union(*map(concrete, below)) if below else frozenset((cls,))


def classes_in(hint: typing.Any) -> set[type[Node]]:
    """The classes of nodes that a field may hold."""
    if isinstance(hint, type) and issubclass(hint, Node):
        return set(concrete(hint))
    return {cls for argument in typing.get_args(hint) for cls in classes_in(argument)}


def reachable() -> set[type[Node]]:
    """The classes that some function can meet, by way of the fields that are read."""
    found: set[type[Node]] = set()
    pending = set(statements.translate.functions)
    while pending:
        cls = pending.pop()
        found.add(cls)
        if cls in STATED:
            hints = typing.get_type_hints(cls, NODES | {"Place": Place, "TypeBody": TypeBody})
            for name in STATED[cls].read:
                pending |= classes_in(hints[name]) - found
    return found


@pytest.mark.parametrize("cls", by_name(reachable() - NAMES), ids=lambda cls: cls.__name__)
def test_what_can_be_met_is_read_or_refused(cls: type[Node]) -> None:
    assert cls in STATED or cls in REFUSED


@cache
def attributes(module: str) -> frozenset[str]:
    """The names behind a dot, and those of patterns, in a module."""
    path = Path(importlib.import_module(module).__file__ or "")
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    matched = {name for node in nodes if isinstance(node, ast.MatchClass) for name in node.kwd_attrs}
    return frozenset(matched.union(node.attr for node in nodes if isinstance(node, ast.Attribute)))


def handed_on(module: str) -> set[str]:
    """The modules of the emitter whose functions a module uses."""
    found = {getattr(value, "__module__", "") for value in vars(importlib.import_module(module)).values()}
    return {name for name in found if isinstance(name, str) and name.startswith("engine.emit.")}


@pytest.mark.parametrize("cls", by_name(STATED), ids=lambda cls: cls.__name__)
def test_what_is_stated_as_read_is_read_there_or_where_it_is_handed_on(cls: type[Node]) -> None:
    module = STATED[cls].module
    named = attributes(module).union(*map(attributes, handed_on(module)))
    assert STATED[cls].read - named == set()


@pytest.mark.parametrize("cls", by_name(STATED), ids=lambda cls: cls.__name__)
def test_each_field_is_stated_once(cls: type[Node]) -> None:
    stated = STATED[cls]
    listed = [*stated.read, *stated.silent, *stated.refused]
    assert sorted(listed) == sorted(field.name for field in fields(cls) if field.name != "place")
    assert all(stated.refused.values())


@pytest.mark.parametrize("names", ["operator left", "operator left right more", "operator left right -right"])
def test_a_field_that_is_left_out_or_does_not_exist_is_an_error_at_import(names: str) -> None:
    with pytest.raises(TypeError, match=r"Comparison: .*(right|more).* must be read or refused"):
        reads(Comparison, names)
