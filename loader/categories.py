"""The categories that AI Hub's directories give to the labels below them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from loader.notes import Notes
from loader.wrappers import is_wrapper, remaining

# Without a directory that wraps: <set>/<category1>/<category2>/.
_SECOND_AND_THIRD = slice(1, 3)
_NEEDED = 3


class Categories:
    """The rule for the labels of one tree, and how often each part of it was used.

    Wrapping directories are taken out (loader.wrappers), and the first two that remain are the categories. Where none
    wraps they are the second and third below the root; where no label of the tree lies so deep, the first two.
    With fewer the label's own categories stay. `chosen` are the numbers of two directories below the root, from 1,
    which decide alone where they are given.
    """

    def __init__(self, paths: Iterable[str], chosen: tuple[int, int] | None = None) -> None:
        self._chosen = chosen
        self._has_sets = chosen is None and any(
            len(found) >= _NEEDED and not any(map(is_wrapper, found)) for found in map(_directories, paths)
        )
        self._used: Counter[str] = Counter()

    def of(self, path: str) -> list[str] | None:
        """The two categories of a label file, None where its own stay. Its path is relative to the root, in NFC."""
        rule, found = self._find(_directories(path))
        self._used[rule] += 1
        return list(found) if len(found) == 2 else None

    def _find(self, directories: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        own = "the labels' own (fewer than two directories name them)"
        if self._chosen is not None:
            if len(directories) < max(self._chosen):
                return "the labels' own (they lie less deep)", ()
            rule = f"directories {self._chosen[0]} and {self._chosen[1]} below the root"
            return rule, tuple(directories[number - 1] for number in self._chosen)
        left = remaining(directories)
        if len(left) == len(directories) and self._has_sets:
            found = directories[_SECOND_AND_THIRD]
            return ("the second and third directory below the root", found) if len(found) == 2 else (own, ())
        if len(left) < 2:
            return own, ()
        wrapped = "that remain without " + ", ".join(dict.fromkeys(filter(is_wrapper, directories)))
        return f"the first two directories {wrapped if len(left) < len(directories) else 'below the root'}", left[:2]

    def note(self, notes: Notes) -> None:
        """Say what was used."""
        for rule, count in self._used.items():
            notes.add(f"labels have as categories {rule}", count=count)


def _directories(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parent.parts


def set_categories(label: Any, categories: list[str]) -> None:
    """Put the categories into each annotation's attributes, in place; what is no annotation stays as it is."""
    annotations = label.get("annotations") if isinstance(label, dict) else None
    for annotation in annotations if isinstance(annotations, list) else [annotations]:
        attributes = annotation.get("attributes") if isinstance(annotation, dict) else None
        for each in attributes if isinstance(attributes, list) else [attributes]:
            if isinstance(each, dict):
                each["categories"] = categories


def with_categories(text: str, categories: list[str]) -> str:
    """A label's JSON text with the categories put in; its numbers keep every digit."""
    label = json.loads(text, parse_int=_Number, parse_float=_Number)
    set_categories(label, categories)
    return _write(label)


def hash_of(file_hash: str, path: str, categories: list[str] | None) -> str:
    """What tells whether a label changed: its file, and the categories where a rule gives others than it did first.

    The first rule, the second and third directory of each path that has them, was no part of the hash.
    """
    found = _directories(path)[_SECOND_AND_THIRD]
    if categories == (list(found) if len(found) == 2 else None):
        return file_hash
    return hashlib.sha256(f"{file_hash} {json.dumps(categories)}".encode()).hexdigest()


class _Number(str):
    """A number as it is spelled."""

    __slots__ = ()


def _write(value: Any) -> str:
    match value:
        case _Number():
            return value
        case dict():
            return f"{{{', '.join(f'{json.dumps(k, ensure_ascii=False)}: {_write(v)}' for k, v in value.items())}}}"
        case list():
            return f"[{', '.join(map(_write, value))}]"
    return json.dumps(value, ensure_ascii=False)
