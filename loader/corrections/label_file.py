"""A label file of AI Hub's layout, written in place: whole or not at all, and only what is corrected in it."""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from loader.corrections.applying import groups_of
from loader.corrections.overlay import sync_directory
from loader.documents import parse, read_file, write
from loader.drafts import draft
from loader.labels import LabelError
from loader.stored_file import stored_file
from loader.values import cleaned

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)

Steps: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A label file before and after it is written."""

    path: Path
    before: bytes
    after: bytes

    def write(self) -> None:
        """Put it in place, whole. Raises OSError."""
        _replace(self.path, self.after)

    def take_back(self) -> None:
        """Put in place what was there. Raises OSError."""
        _replace(self.path, self.before)


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode
    with draft(path) as temporary:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode & 0o7777)
            os.fsync(descriptor)
    sync_directory(path.parent)


def label_file(root: str, label_path: str, image_path: str | None) -> Path | None:
    """The file of a label that has one of its own; None for a line of an annotation file or a member of an archive."""
    if "#" in label_path or label_path == image_path or not label_path.lower().endswith(".json"):
        return None
    found = stored_file(root, label_path)
    return found.resolve() if found is not None and found.is_file() else None


def rewritten(path: Path, changes: Mapping[str, str | None], was: Mapping[str, str | None]) -> Rewritten:
    """New values in place of those that the label says; all else stays, to the last blank. Nothing is written yet.

    Raises LabelError where the label has several annotations or says another thing by now.
    """
    content = read_file(path)
    text, label = parse(content)
    groups = groups_of(label)
    if len(groups) != 1 or len(groups[0].attributes) != 1:
        raise LabelError(f"{path} has several annotations: correct it beside the label")
    for name in changes:
        said = groups[0].said[name]
        if (None if said is None else cleaned(said)) != was[name]:
            raise LabelError(
                f"{path} says {said or 'nothing'} as {name}, not {was[name] or 'nothing'}: load it again first"
            )
    # From the last place to the first, so that the places before stay where they are.
    places = sorted((_place(path, text, name) for name in changes), reverse=True)
    for start, end, name in places:
        text = text[:start] + json.dumps(changes[name], ensure_ascii=False) + text[end:]
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    return Rewritten(path, content, mark + text.encode())


def _place(path: Path, text: str, name: str) -> tuple[int, int, str]:
    """Where the value of part or quality stands. Raises LabelError."""
    for place, start, end in _values(text):
        names = tuple(step for step in place if isinstance(step, str))
        if names == ("annotations", "attributes", name):
            return start, end, name
    raise LabelError(f"{path} names no {name}: correct it beside the label")


def _values(text: str) -> Iterator[tuple[Steps, int, int]]:
    """Every value of a JSON text that is no object and no list: the names and numbers that lead there, and its span."""
    steps: list[str | int] = []
    names_next = False
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            steps.append("" if mark == "{" else 0)
            names_next = mark == "{"
        elif mark in "}]":
            steps.pop()
            names_next = False
        elif mark == ",":
            last = steps[-1]
            names_next = isinstance(last, str)
            if isinstance(last, int):
                steps[-1] = last + 1
        elif names_next:
            steps[-1] = json.loads(mark)
            names_next = False
        elif mark != ":":
            yield tuple(steps), token.start(), token.end()


def restated(own: str, changes: Mapping[str, str | None]) -> str:
    """What the database has of a label whose file was rewritten, as text."""
    _, label = parse(own.encode("utf-8", "surrogatepass"))
    for group in groups_of(label):
        for attributes in group.attributes:
            attributes.update(changes)
    return write(label)
