"""Label layouts: each reads the labels of a tree and gives them in AI Hub's form.

A layout is a function from a Tree to LabelItems, and writing another one takes one such function:

    def mine(tree: Tree) -> Iterator[LabelItem]:
        yield LabelItem("anything/unique", "hash", label("x.png", part="tank", quality="good"))

The item's path is what the database knows the label by; its hash tells whether it changed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from loader.categories import Categories, hash_of, with_categories
from loader.kinds import is_image
from loader.labels import LabelError, Tree, nfc, printable, read_label


@dataclass(frozen=True, slots=True)
class LabelItem:
    """A label as JSON text, or the problem that made it unreadable."""

    path: str
    hash: str
    text: str | None = None
    problem: str | None = None

    def to_json(self) -> str:
        """As img_store.put_labels takes it."""
        head = f'{{"path": {json.dumps(self.path)}, "hash": {json.dumps(self.hash)}'
        if self.text is None:
            return f'{head}, "problem": {json.dumps(self.problem)}}}'
        return f'{head}, "label": {self.text}}}'


Layout = Callable[[Tree], Iterator[LabelItem]]


def label(file_name: str, part: str | None, quality: str | None, categories: list[str] | None = None) -> str:
    """A label in AI Hub's layout, as JSON text."""
    attributes: dict[str, Any] = {"part": part, "quality": quality}
    if categories is not None:
        attributes["categories"] = categories
    return json.dumps(
        {"images": [{"file_name": file_name}], "annotations": [{"attributes": attributes}]}, ensure_ascii=False
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _problems(tree: Tree) -> Iterator[LabelItem]:
    for path, reason in tree.problems:
        yield LabelItem(path, "-", problem=reason)


def aihub(tree: Tree, chosen: tuple[int, int] | None = None) -> Iterator[LabelItem]:
    """AI Hub: a JSON file for each image, images[].file_name, annotations[].attributes.

    The categories are those of the label's directories, see loader.categories; `chosen` overrides the rule.
    """
    rule = Categories((path for path, _ in tree.labels()), chosen)
    for path, spelled in tree.labels():
        try:
            read = read_label(tree.root / spelled)
            categories = rule.of(path)
            text = with_categories(read.text, categories) if categories else read.text
        except LabelError as error:
            yield LabelItem(path, "-", problem=str(error))
        except RecursionError:
            yield LabelItem(path, "-", problem="the label is nested too deeply")
        else:
            yield LabelItem(path, hash_of(read.hash, path, categories), text)
    rule.note(tree.notes)
    yield from _problems(tree)


def folders(tree: Tree) -> Iterator[LabelItem]:
    """Class folders: .../part/quality/x.jpg, the last two directories are the label."""
    for path in tree.images():
        pure = PurePosixPath(nfc(path))
        if not is_image(pure.name):
            continue
        if len(pure.parts) < 3:
            yield LabelItem(
                str(pure), "-", problem="the image does not lie in part/quality/: two directories are needed"
            )
            continue
        part, quality = pure.parts[-3:-1]
        text = label(str(pure), part, quality, [quality, part])
        yield LabelItem(str(pure), _hash(text), text)
    yield from _problems(tree)


def table(tree: Tree) -> Iterator[LabelItem]:
    """CSV files with the columns file, part and quality, in UTF-8, a head line first."""
    for path in tree.images():
        if not path.lower().endswith(".csv"):
            continue
        name = printable(path)
        try:
            text = (tree.root / path).read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            yield LabelItem(name, "-", problem=f"the table can not be read: {error}")
            continue
        reader = csv.DictReader(io.StringIO(text, newline=""))
        missing = {"file", "part", "quality"} - set(reader.fieldnames or ())
        if missing:
            yield LabelItem(name, "-", problem=f"line 1: the columns {', '.join(sorted(missing))} are missing")
            continue
        for row in reader:
            key = f"{name}#{row['file'] or f'line {reader.line_num}'}"
            made = label(row["file"] or "", row["part"] or None, row["quality"] or None, [])
            yield LabelItem(key, _hash(made), made)
    yield from _problems(tree)


def coco(tree: Tree) -> Iterator[LabelItem]:
    """COCO: JSON files with images[], annotations[] (image_id, category_id) and categories[].

    The category's name is the quality, its supercategory the part. An image whose annotations name several
    categories is refused by the database, as one whose annotations differ.
    """
    for path, spelled in tree.labels():
        try:
            read = read_label(tree.root / spelled)
            content = json.loads(read.text)
            categories = {c["id"]: c for c in content["categories"]}
            annotations: dict[Any, list[dict[str, Any]]] = {}
            for annotation in content["annotations"]:
                category = categories[annotation["category_id"]]
                attributes = {"part": category.get("supercategory"), "quality": category["name"], "categories": []}
                annotations.setdefault(annotation["image_id"], []).append({"attributes": attributes})
            images = content["images"]
        except LabelError as error:
            yield LabelItem(path, "-", problem=str(error))
            continue
        except (KeyError, TypeError, AttributeError) as error:
            yield LabelItem(path, "-", problem=f"this is no COCO file: {error!r} is missing or wrong")
            continue
        for image in images:
            one = {"images": [image], "annotations": annotations.get(image.get("id"), [])}
            text = json.dumps(one, ensure_ascii=False)
            yield LabelItem(f"{path}#{image.get('file_name', image.get('id'))}", _hash(text), text)
    yield from _problems(tree)


LAYOUTS: dict[str, Layout] = {"aihub": aihub, "folders": folders, "csv": table, "coco": coco}
