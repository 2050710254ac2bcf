"""AI Hub: a JSON file for each image, images[].file_name, annotations[].attributes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from loader.documents import parse, read_file, repeated_name, write
from loader.labels import LabelError, Tree
from loader.layouts.base import LabelItem, accepted, problems, refused, shown
from loader.values import Cleaning


def aihub(tree: Tree) -> Iterator[LabelItem]:
    """The label files of the tree, with their values cleaned."""
    for path, spelled in tree.labels():
        try:
            yield _read(path, tree.root / spelled)
        except LabelError as error:
            yield refused(path, error)
    yield from problems(tree)


def _read(path: str, file: Path) -> LabelItem:
    content = read_file(file)
    text, value = parse(content)
    if name := repeated_name(value):
        raise LabelError(f"the name {shown(name, 100)!r} stands twice in one object of the label")
    cleaning = Cleaning()
    cleaning.label(value)
    if cleaning.changed:
        return accepted(path, write(value), cleaning)
    return accepted(path, text, cleaning, hashlib.sha256(content).hexdigest())
