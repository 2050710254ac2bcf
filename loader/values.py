"""The rules of what a label says: its part, quality and categories, the same for every layout."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from loader.labels import LabelError

# The longest part, quality and category, and the longest file name, that the database keeps: in characters.
LONGEST = 100
LONGEST_NAME = 1000

# What is cut off at both ends: all blanks of Unicode, and the marks without a width that editors leave.
_BLANKS = "".join(c for c in map(chr, range(0x10000)) if c.isspace()) + "\u200b\u2060\ufeff"
_KINDS = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}


def cleaned(text: str) -> str:
    """`text` in Unicode form NFC, without blanks at its ends."""
    return unicodedata.normalize("NFC", text).strip(_BLANKS)


def kind(value: object) -> str:
    """What a value of JSON is, for people. A number may be a subclass of str that keeps its spelling."""
    return "a text" if type(value) is str else _KINDS.get(type(value), "a number")


@dataclass(slots=True)
class Cleaning:
    """The values of one label: how many were changed, which it does not name, and by kind what it says."""

    changed: int = 0
    missing: list[str] = field(default_factory=list)
    said: dict[str, list[str | None]] = field(default_factory=dict)

    def text(self, name: str, value: object) -> str | None:
        """A value cleaned, None where it is missing or empty. A number is taken as it is spelled.

        Raises LabelError for another type, and for more than 100 characters.
        """
        if value is None:
            return None
        if not isinstance(value, str):
            raise LabelError(f"{name} is {kind(value)}, not a text")
        text = cleaned(value)
        # A subclass of str is the spelling of a number.
        self.changed += type(value) is not str or text != value
        if len(text) > LONGEST:
            raise LabelError(f"{name} has {len(text)} characters, and {LONGEST} are the limit: {text[:40]}...")
        return text or None

    def named(self, name: str, value: object) -> str | None:
        """As `text`, for a value that each label should name: noted where it is missing."""
        text = self.text(name, value)
        self.said.setdefault(name, []).append(text)
        if text is None and name not in self.missing:
            self.missing.append(name)
        return text

    def attributes(self, given: dict[str, Any]) -> None:
        """Clean the attributes of an annotation in place. Raises LabelError."""
        for name in ("part", "quality"):
            text = self.named(name, given.get(name))
            if name in given:
                given[name] = text
        categories = given.get("categories")
        if isinstance(categories, list):
            given["categories"] = [self.text("a category", category) for category in categories]
            self.said.setdefault("category", []).extend(given["categories"])
        elif categories is not None:
            given["categories"] = [self.text("categories", categories)]

    def label(self, label: Any) -> None:
        """Clean a label of AI Hub's form in place. Raises LabelError.

        Whether it describes one image, and names a file, is left to the database.
        """
        if not isinstance(label, dict):
            return
        _check_file_name(label.get("images"))
        annotations = label.get("annotations", [])
        if annotations is None:
            raise LabelError("the label has no annotations")
        for number, annotation in enumerate(annotations if isinstance(annotations, list) else [annotations], 1):
            if not isinstance(annotation, dict):
                raise LabelError(f"annotation {number} is {kind(annotation)}, not an object")
            attributes = annotation.get("attributes")
            if not isinstance(attributes, dict | None):
                raise LabelError(f"the attributes of annotation {number} are {kind(attributes)}, not an object")
            self.attributes({} if attributes is None else attributes)


def _check_file_name(images: Any) -> None:
    image = images[0] if isinstance(images, list) and images else images
    name = image.get("file_name") if isinstance(image, dict) else None
    if isinstance(name, str):
        check_file_name(name)
    elif name is not None:
        raise LabelError(f"file_name is {kind(name)}, not a text")


def check_file_name(name: str) -> None:
    """Raises LabelError for a name that is longer than the database keeps."""
    if len(name) > LONGEST_NAME:
        raise LabelError(f"file_name has {len(name)} characters, and {LONGEST_NAME} are the limit: {name[:40]}...")
