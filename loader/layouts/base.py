"""What every layout gives: labels in AI Hub's form, refusals and remarks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from loader.labels import Tree, printable
from loader.values import LONGEST_NAME, Cleaning

# The key of an index takes 2,704 bytes on the embedded engine (PostgreSQL's B-tree), and 6,398 on Oracle's blocks.
_KEY_BYTES = 2500
_SEVERAL_PARTS = "labels describe several parts: all are stored, and the first is what is classified"


@dataclass(frozen=True, slots=True)
class LabelItem:
    """A label as JSON text, or the problem that made it unreadable, or neither: a remark on a file.

    `stamp` is what the database is to know the file by while it stays as it is, None where it is to be read again.
    `missing` are those of part and quality that the label does not name, `changed` is how many of its values
    were trimmed or composed, and `warnings` is what else a person should know: plurals without their number,
    which is `count`. Of a label that a person corrected `own` is the text without it, and `correction` is what is
    corrected in short (loader.corrections).
    """

    path: str
    hash: str
    text: str | None = None
    problem: str | None = None
    missing: tuple[str, ...] = ()
    changed: int = 0
    warnings: tuple[str, ...] = ()
    count: int = 1
    stamp: str | None = None
    own: str | None = None
    correction: str | None = None

    @property
    def is_label(self) -> bool:
        """Whether the database is to know it: a remark is for people alone."""
        return self.text is not None or self.problem is not None

    def to_json(self) -> str:
        """As img_store.put_labels takes it."""
        head = f'{{"path": {json.dumps(self.path)}, "hash": {json.dumps(self.hash)}'
        if self.stamp is not None:
            head += f', "stamp": {json.dumps(self.stamp)}'
        if self.text is None:
            return f'{head}, "problem": {json.dumps(self.problem)}}}'
        if self.own is not None:
            head += f', "correction": {json.dumps(self.correction)}, "own": {self.own}'
        return f'{head}, "label": {self.text}}}'


@dataclass(frozen=True, slots=True)
class UnreadLabel:
    """A label file that `read` reads: worth it only where the database does not know it by its path and stamp."""

    path: str
    stamp: str
    read: Callable[[], LabelItem]


Layout = Callable[[Tree], Iterator[LabelItem | UnreadLabel]]


def label(file_name: str, part: str | None, quality: str | None, categories: list[str] | None = None) -> str:
    """A label in AI Hub's layout, as JSON text."""
    return label_of(file_name, [(part, quality)], categories)


def label_of(file_name: str, classes: list[tuple[str | None, str | None]], categories: list[str] | None = None) -> str:
    """A label with an annotation for each part and quality, as JSON text."""
    annotations: list[dict[str, Any]] = [
        {"attributes": {"part": part, "quality": quality}} for part, quality in classes
    ]
    if categories is not None:
        for annotation in annotations:
            annotation["attributes"]["categories"] = categories
    return json.dumps({"images": [{"file_name": file_name}], "annotations": annotations}, ensure_ascii=False)


def shown(text: str, longest: int = 200) -> str:
    """A text from a file, for a message: without control characters, and cut."""
    escaped = printable(text.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace"))
    return escaped if len(escaped) <= longest else f"{escaped[: longest - 3]}..."


def key(path: str) -> str:
    """What the database knows a label by: as printed, and where it is too long cut and told apart by a hash."""
    escaped = shown(path, len(path) * 10 + 10)
    content = escaped.encode()
    if len(escaped) <= LONGEST_NAME and len(content) <= _KEY_BYTES:
        return escaped
    return f"{content[: _KEY_BYTES - 20].decode(errors='ignore')[: LONGEST_NAME - 20]}...{hash_of(escaped)[:16]}"


def contradiction(part: str | None, one: tuple[str, str | None], other: tuple[str, str | None]) -> str:
    """Why an image is refused that is given two qualities of one part; each with the place that says so."""
    said = " and ".join(f"{place} says {quality or 'nothing'}" for place, quality in (one, other))
    return f"{said} of the part {part or 'without a name'}"


def hash_of(text: str) -> str:
    """SHA-256 of a text, which may hold halves of surrogate pairs."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def refused(path: str, reason: object) -> LabelItem:
    """A label that can not be used."""
    return LabelItem(key(path), "-", problem=shown(str(reason), 1000))


def remark(path: str, warning: str, count: int = 1) -> LabelItem:
    """What a person should know beside the labels: a plural without its number, such as "masks were left out"."""
    return LabelItem(key(path), "-", warnings=(shown(warning, 1000),), count=count)


def accepted(
    path: str, text: str, cleaning: Cleaning, hashed: str | None = None, stamp: str | None = None
) -> LabelItem:
    """A label with cleaned values. `hashed` is its hash, else that of the text."""
    warnings = (_SEVERAL_PARTS,) if len(set(cleaning.said.get("part", ()))) > 1 else ()
    return LabelItem(
        key(path),
        hashed or hash_of(text),
        text,
        missing=tuple(cleaning.missing),
        changed=cleaning.changed,
        warnings=warnings,
        stamp=stamp,
    )


def problems(tree: Tree) -> Iterator[LabelItem]:
    """The places that the walk could not read."""
    for path, reason in tree.problems:
        yield refused(path, reason)
