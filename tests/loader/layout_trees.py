"""Small trees for the tests of layouts, and what a layout makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loader.labels import walk
from loader.layouts import LabelItem, Layout, UnreadLabel
from loader.layouts.remarks import labels_alone
from loader.notes import Notes

Classes = list[tuple[str | None, str | None]]


@dataclass
class Read:
    """What a layout gave: the part and quality of each annotation by path, reasons by path, and notes."""

    classes: dict[str, Classes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    labels: dict[str, Any] = field(default_factory=dict)


def write_tree(root: Path, files: dict[str, str | bytes | Any]) -> None:
    """Text in UTF-8, bytes as they are, anything else as JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case bytes():
                path.write_bytes(content)
            case str():
                path.write_bytes(content.encode())
            case _:
                path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def items(root: Path, layout: Layout) -> Iterator[LabelItem]:
    return (item.read() if isinstance(item, UnreadLabel) else item for item in layout(walk(root)))


def read(root: Path, layout: Layout) -> Read:
    result = Read()
    notes = Notes()
    for item in labels_alone(items(root, layout), notes):
        assert isinstance(item, LabelItem)
        json.loads(item.to_json()).keys()
        assert item.path not in result.classes.keys() | result.problems.keys()
        if item.text is None:
            assert item.problem
            result.problems[item.path] = item.problem
            continue
        label = result.labels[item.path] = json.loads(item.text)
        attributes = [a["attributes"] for a in label["annotations"]]
        result.classes[item.path] = [(a["part"], a["quality"]) for a in attributes]
    result.notes = list(notes.lines())
    return result
