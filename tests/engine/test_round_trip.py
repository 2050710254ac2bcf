"""Every statement comes back from its tree as it went in, so that no clause is dropped on the way."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.parser import parse
from engine.script import Statement, StatementKind, split
from engine.tree import base, ddl, dml, expressions, plsql, queries, types, units
from engine.tree.base import Node
from tests.engine.printing import PRINT, text_of
from tests.engine.tokens import difference

ROOT = Path(__file__).parents[2]
TEXTS = sorted((ROOT / "tests/engine/texts").glob("*.sql"))
DATABASE = sorted(path for path in (ROOT / "db").rglob("*") if path.suffix in (".sql", ".pks", ".pkb"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "db/README.md", ROOT / "engine/SUBSET.md"]
_EXAMPLE = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SUBSTITUTION = re.compile(r"&&?(\w+)\.?")


def statements(path: Path) -> Iterator[Statement]:
    """The statements of a file, or of the examples of a page, with names for what a client would put in."""
    text = path.read_text(encoding="utf-8")
    examples = _EXAMPLE.findall(text) if path.suffix == ".md" else [text]
    for example in examples:
        for statement in split(_SUBSTITUTION.sub(r"v\1", example), path.name):
            if statement.kind is not StatementKind.COMMAND:
                yield statement


def comes_back(text: str) -> Node:
    tree = parse(text)
    printed = text_of(tree)
    assert parse(printed) == tree, printed
    assert difference(text, printed) == {}, printed
    return tree


@pytest.mark.parametrize("path", [*TEXTS, *DATABASE, *PAGES], ids=lambda path: path.name)
def test_a_statement_comes_back_with_all_its_words(path: Path) -> None:
    for statement in statements(path):
        comes_back(statement.text)


def nodes(value: Any) -> Iterator[Node]:
    """A node and all below it."""
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, Node):
            yield found
            stack.extend(getattr(found, field.name) for field in dataclasses.fields(found))
        elif isinstance(found, tuple) and not isinstance(found, base.Place):
            stack.extend(found)


def classes() -> set[type[Node]]:
    modules = (base, ddl, dml, expressions, plsql, queries, types, units)
    found = {c for module in modules for c in vars(module).values() if isinstance(c, type) and issubclass(c, Node)}
    return {c for c in found if not any(other is not c and issubclass(other, c) for other in found)}


def test_the_texts_hold_every_class_of_the_tree() -> None:
    met = {type(node) for path in TEXTS for statement in statements(path) for node in nodes(parse(statement.text))}
    assert classes() - met == set()
    assert set(PRINT) == classes() - {units.Creation}


def test_a_node_knows_where_its_text_begins() -> None:
    for path in TEXTS:
        for statement in statements(path):
            text = statement.text
            for node in nodes(parse(text, path.name, statement.line)):
                line_start = text.rfind("\n", 0, node.place.offset) + 1
                expected = (text.count("\n", 0, node.place.offset) + statement.line, node.place.offset - line_start + 1)
                assert (node.place.line, node.place.column) == expected, node
                if isinstance(node, base.Name):
                    assert text.startswith(node.written, node.place.offset)


def test_every_field_of_every_class_is_filled_somewhere() -> None:
    """A field that is empty in all texts is one that no test shows to be kept."""
    filled: set[tuple[type[Node], str]] = set()
    for path in TEXTS:
        for statement in statements(path):
            for node in nodes(parse(statement.text)):
                filled |= {(type(node), f.name) for f in dataclasses.fields(node) if getattr(node, f.name)}
    wanted = {(c, f.name) for c in classes() for f in dataclasses.fields(c)}
    assert sorted(f"{c.__name__}.{name}" for c, name in wanted - filled) == []
