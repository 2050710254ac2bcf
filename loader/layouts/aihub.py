"""AI Hub: a JSON file for each image, images[].file_name, annotations[].attributes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

from loader import stamps
from loader.categories import Categories, set_categories
from loader.categories import hash_of as hash_with
from loader.content import status as status_of
from loader.documents import parse, read_with_status, repeated_name, write
from loader.labels import LabelError, Tree
from loader.layouts.base import LabelItem, UnreadLabel, accepted, hash_of, key, problems, refused, shown
from loader.layouts.contradictions import Contradictions
from loader.values import Cleaning

# What decides what a label file becomes: when it changes, all are read again.
_CODE = (
    "loader.categories",
    "loader.documents",
    "loader.json_limits",
    "loader.layouts.aihub",
    "loader.layouts.base",
    "loader.values",
)


def aihub(tree: Tree, chosen: tuple[int, int] | None = None) -> Iterator[LabelItem | UnreadLabel]:
    """The label files of the tree, with their values cleaned; each is read when it is asked for.

    The categories are those of the label's directories, see loader.categories; `chosen` overrides the rule. Where the
    label says another thing, see loader.layouts.contradictions.
    """
    contradictions = Contradictions()
    rule = Categories((path for path, _ in tree.labels()), chosen)
    code = stamps.code_stamp(*_CODE)
    root = str(tree.root)
    for path, spelled in tree.labels():
        categories = rule.of(path)
        how = _how(code, None if categories is None else tuple(categories))
        file = f"{root}/{spelled}"
        read = partial(_read, path, file, categories, how, contradictions)
        yield UnreadLabel(key(path), _stamp(file, how), read)
    rule.note(tree.notes)
    # When all are read, which is after they were given.
    tree.last_words.append(partial(contradictions.note, tree))
    yield from problems(tree)


@lru_cache(maxsize=1000)
def _how(code: str, categories: tuple[str, ...] | None) -> str:
    """How a label is read beside its file, in short."""
    return hashlib.sha256(f"{code} {json.dumps(categories)}".encode()).hexdigest()[:16]


def _stamp(file: str, how: str) -> str:
    """What a label file is now; nothing that could be stored where that can not be seen."""
    try:
        return f"{stamps.stamp_of(status_of(file))} {how}"
    except (OSError, ValueError):
        return "unseen"


def _read(path: str, file: str, categories: list[str] | None, how: str, contradictions: Contradictions) -> LabelItem:
    try:
        return _read_strictly(path, file, categories, how, contradictions)
    except LabelError as error:
        return refused(path, error)


def _read_strictly(
    path: str, file: str, categories: list[str] | None, how: str, contradictions: Contradictions
) -> LabelItem:
    read_at = stamps.now()
    content, status = read_with_status(Path(file))
    text, value = parse(content)
    if name := repeated_name(value):
        raise LabelError(f"the name {shown(name, 100)!r} stands twice in one object of the label")
    cleaning = Cleaning()
    cleaning.label(value)
    if cleaning.changed:
        text = write(value)
    contradictions.add(path, cleaning.said)
    said = hash_of(text) if cleaning.changed else hashlib.sha256(content).hexdigest()
    if categories:
        set_categories(value, categories)
        text = write(value)
    stamp = stamps.lasting(f"{stamps.stamp_of(status)} {how}", status, read_at)
    return accepted(path, text, cleaning, hash_with(said, path, categories), stamp)
