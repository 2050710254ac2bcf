"""The categories that AI Hub's directories give to the labels below them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from loader.notes import Notes
from loader.wrappers import is_wrapper, remaining, unpacked

# Directories of a label where none wraps: <set>/<category1>/<category2>/.
_NEEDED = 3


class Categories:
    """The rule for the labels of one tree, and how often each part of it was used.

    Wrapping directories are taken out (loader.wrappers), and the first two that remain are the categories. Where none
    wraps they are the second and third below the root; where no label of the tree lies so deep, the first two.
    With fewer the label's own categories stay. An archive is no directory: what it holds counts as if it had been
    unpacked where it lies, but an archive whose name wraps does wrap. `chosen` are the numbers of two
    directories below the root, from 1 and with archives, which decide alone where they are given.
    """

    def __init__(self, paths: Iterable[str], chosen: tuple[int, int] | None = None) -> None:
        self._chosen = chosen
        self._has_sets = False
        if chosen is None:
            # Labels come by directories, so that each is looked at once.
            for directory, _ in groupby(paths, _directory):
                found = _parts(directory)
                if len(unpacked(found)) >= _NEEDED and not any(map(is_wrapper, found)):
                    self._has_sets = True
                    break
        self._used: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._find = lru_cache(maxsize=1000)(self._find_once)

    def of(self, path: str) -> list[str] | None:
        """The two categories of a label file, None where its own stay. Its path is relative to the root, in NFC."""
        rule, found = self._find(_directory(path))
        self._used[rule] += 1
        return list(found) if found else None

    def _find_once(self, directory: str) -> tuple[str, tuple[str, ...]]:
        """The part of the rule that a directory falls under, for people, and the categories: two or none."""
        names = _parts(directory)
        if self._chosen is not None:
            if len(names) < max(self._chosen):
                return "labels keep their own categories: they lie less deep than --categories says", ()
            first, second = self._chosen
            return (
                f"labels take their categories from the directories {first} and {second} below the root",
                (names[first - 1], names[second - 1]),
            )
        plain = unpacked(names)
        if any(map(is_wrapper, names)):
            rule, found = "first two directories that remain without those that wrap others", remaining(names)[:2]
        elif self._has_sets:
            rule, found = "second and third directory below the root", plain[1:3]
        else:
            rule, found = "first two directories below the root", plain[:2]
        if len(found) < 2:
            return "labels keep their own categories: fewer than two directories name them", ()
        rule = f"labels take their categories from the {rule}"
        self._examples.setdefault(rule, f"{directory} ({', '.join(found)})")
        return rule, found

    def note(self, notes: Notes) -> None:
        """Say what was used."""
        for rule, count in self._used.items():
            notes.add(rule, self._examples.get(rule, ""), count=count)


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _parts(directory: str) -> tuple[str, ...]:
    return tuple(directory.split("/")) if directory else ()


def set_categories(label: Any, categories: list[str]) -> None:
    """Put the categories into each annotation's attributes, in place; what is no annotation stays as it is."""
    annotations = label.get("annotations") if isinstance(label, dict) else None
    for annotation in annotations if isinstance(annotations, list) else [annotations]:
        attributes = annotation.get("attributes") if isinstance(annotation, dict) else None
        for each in attributes if isinstance(attributes, list) else [attributes]:
            if isinstance(each, dict):
                each["categories"] = categories


def hash_of(file_hash: str, path: str, categories: list[str] | None) -> str:
    """What tells whether a label changed: its file, and the categories where a rule gives others than it did first.

    The first rule, the second and third directory of each path that has them, was no part of the hash.
    """
    found = _parts(_directory(path))[1:3]
    if categories == (list(found) if len(found) == 2 else None):
        return file_hash
    return hashlib.sha256(f"{file_hash} {json.dumps(categories)}".encode()).hexdigest()
