"""AI Hub: a JSON file for each image, images[].file_name, annotations[].attributes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from loader.categories import Categories, set_categories
from loader.categories import hash_of as hash_with
from loader.documents import parse, read_file, repeated_name, write
from loader.labels import LabelError, Tree
from loader.layouts.base import LabelItem, accepted, hash_of, problems, refused, shown
from loader.layouts.contradictions import Contradictions
from loader.values import Cleaning


def aihub(tree: Tree, chosen: tuple[int, int] | None = None) -> Iterator[LabelItem]:
    """The label files of the tree, with their values cleaned.

    The categories are those of the label's directories, see loader.categories; `chosen` overrides the rule. Where the
    label says another thing, see loader.layouts.contradictions.
    """
    contradictions = Contradictions()
    rule = Categories((path for path, _ in tree.labels()), chosen)
    for path, spelled in tree.labels():
        try:
            yield _read(path, tree.root / spelled, rule, contradictions)
        except LabelError as error:
            yield refused(path, error)
    rule.note(tree.notes)
    contradictions.note(tree)
    yield from problems(tree)


def _read(path: str, file: Path, rule: Categories, contradictions: Contradictions) -> LabelItem:
    content = read_file(file)
    text, value = parse(content)
    if name := repeated_name(value):
        raise LabelError(f"the name {shown(name, 100)!r} stands twice in one object of the label")
    cleaning = Cleaning()
    cleaning.label(value)
    if cleaning.changed:
        text = write(value)
    contradictions.add(path, cleaning.said)
    said = hash_of(text) if cleaning.changed else hashlib.sha256(content).hexdigest()
    categories = rule.of(path)
    if categories:
        set_categories(value, categories)
        text = write(value)
    return accepted(path, text, cleaning, hash_with(said, path, categories))
