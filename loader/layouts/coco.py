"""COCO: JSON files with images[], annotations[] (image_id, category_id) and categories[].

The category's name is the quality, its supercategory the part. An image may have annotations of several parts, and one
whose annotations name several categories of one part is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from loader.documents import Pairs, Repeated, Spelled, noticed, parse, read_file, repeated_name, write
from loader.labels import LabelError, Tree, nfc
from loader.layouts.base import LabelItem, accepted, contradiction, problems, refused, remark, shown
from loader.layouts.splits import Splits
from loader.values import Cleaning, check_file_name, kind

# A COCO file is held in memory while it is read.
_LARGEST = 1024 * 1024 * 1024
# What is kept of an annotation: outlines and boxes would take most of the memory.
_OF_ANNOTATIONS = frozenset("id image_id category_id".split())
_OTHER_TASKS = {"caption": "captions", "segments_info": "panoptic segments"}
_PLAIN = re.compile(r"-?\d{1,40}(?:\.0{1,40})?")

T = TypeVar("T")


def coco(tree: Tree) -> Iterator[LabelItem]:
    """The images of all COCO files of the tree, each with its annotations."""
    splits = Splits(tree)
    for path, spelled in tree.labels():
        try:
            _, content = parse(read_file(tree.root / spelled, _LARGEST), _members)
            yield from _File(path, content, splits.of(path)).items()
        except LabelError as error:
            yield refused(path, error)
    yield from problems(tree)


def _members(pairs: Pairs) -> dict[str, Any]:
    members = noticed(pairs)
    if "image_id" in members and not isinstance(members, Repeated):
        task = {name: True for name in _OTHER_TASKS if name in members}
        return {name: member for name, member in members.items() if name in _OF_ANNOTATIONS} | task
    return members


def _id(value: object) -> tuple[str, bool] | None:
    """An id as text, and whether it is a number; None for what can be none."""
    if isinstance(value, Spelled):
        return (str(int(Decimal(value))) if _PLAIN.fullmatch(value) else str(value)), True
    return (value, False) if isinstance(value, str) else None


class _ById(Generic[T]):
    """Things by their ids. 1 and "1" are two ids, and where one of them is not there it means the other."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, bool], T] = {}

    def get(self, value: object) -> T | None:
        given = _id(value)
        if given is None:
            return None
        text, number = given
        return self.found.get(given) or self.found.get((text, not number))


@dataclass(slots=True)
class _Category:
    part: Any = None
    quality: Any = None
    problem: str | None = None


@dataclass(slots=True)
class _Image:
    """The images of one file name, which may be listed several times; `classes` with the annotations that say so."""

    entry: dict[str, Any]
    classes: list[tuple[str, _Category]] = field(default_factory=list)
    problem: str | None = None


class _File:
    """One COCO file; `file_name_of` gives the image that a file name means."""

    def __init__(self, path: str, content: Any, file_name_of: Callable[[str], str]) -> None:
        self._path = path
        self._file_name_of = file_name_of
        if not isinstance(content, dict):
            raise LabelError(f"this is not a COCO file: it holds {kind(content)}, not an object")
        if isinstance(content, Repeated):
            raise LabelError(f"the name {shown(content.repeated)!r} stands twice in the COCO file")
        self._content = content
        self._images: dict[str, _Image] = {}
        self._by_id: _ById[_Image] = _ById()
        self._categories: _ById[_Category] = _ById()
        self._twice = 0

    def items(self) -> Iterator[LabelItem]:
        """Labels, refusals and remarks. Raises LabelError where the file is none of COCO's."""
        if "images" not in self._content:
            raise LabelError("this is not a COCO file: images is missing")
        passed = self._passed_over()
        if passed:
            yield remark(self._path, f"COCO files were passed over: they hold {passed}")
            return
        images, annotations = self._list("images"), self._list("annotations")
        self._read_categories()
        yield from self._read_images(images)
        yield from self._read_annotations(annotations)
        for name, image in self._images.items():
            yield self._item(name, image)
        if self._twice:
            yield remark(self._path, "images are listed twice: their annotations were put together", self._twice)

    def _passed_over(self) -> str | None:
        """What the file holds instead of categories of images."""
        annotations = self._content.get("annotations")
        if annotations is None:
            return "no annotations"
        if annotations == [] == self._content["images"]:
            return "no images"
        if not isinstance(annotations, list):
            return None
        for name, task in _OTHER_TASKS.items():
            if annotations and all(isinstance(a, dict) and name in a and "category_id" not in a for a in annotations):
                return f"{task}, and no categories of images"
        return None

    def _list(self, name: str) -> list[Any]:
        found = self._content.get(name)
        if found is None:
            raise LabelError(f"this is not a COCO file: {name} is missing")
        if not isinstance(found, list):
            raise LabelError(f"this is not a COCO file: {name} is {kind(found)}, not a list")
        return found

    def _read_categories(self) -> None:
        for entry in self._list("categories"):
            if not isinstance(entry, dict):
                continue  # no annotation can name it
            known = _id(entry.get("id"))
            if known is None:
                continue
            category = _Category(entry.get("supercategory"), entry.get("name"))
            if isinstance(entry, Repeated):
                category.problem = f"category {shown(known[0])} has the name {shown(entry.repeated)!r} twice"
            before = self._categories.found.setdefault(known, category)
            if (before.part, before.quality) != (category.part, category.quality):
                before.problem = f"category {shown(known[0])} is listed twice, with different names"

    def _read_images(self, images: list[Any]) -> Iterator[LabelItem]:
        for number, entry in enumerate(images, 1):
            known = _id(entry.get("id")) if isinstance(entry, dict) else None
            called = f"image {shown(known[0])}" if known else f"image number {number}"
            key = f"{self._path}#{called}"
            if not isinstance(entry, dict):
                what = f": {shown(entry)}" if isinstance(entry, str) else ""
                yield refused(key, f"{called} of the list is {kind(entry)}, not an object{what}")
                continue
            name = entry.get("file_name")
            if not isinstance(name, str) or isinstance(name, Spelled) or not name.strip():
                reason = "is missing or empty" if not name or isinstance(name, str) else f"is {kind(name)}, not a text"
                yield refused(key, f"the file_name of {called} {reason}")
                continue
            if nfc(name) in self._images:
                self._twice += 1
            image = self._images.setdefault(nfc(name), _Image(entry))
            if repeated := repeated_name(entry):
                image.problem = f"the name {shown(repeated)!r} stands twice in {called}"
            if known is None:
                continue  # no annotation can name it
            before = self._by_id.found.setdefault(known, image)
            if before is not image:
                names = f"{shown(before.entry['file_name'])} and {shown(name)}"
                before.problem = image.problem = f"{called} is listed twice, as {names}"

    def _read_annotations(self, annotations: list[Any]) -> Iterator[LabelItem]:
        for number, annotation in enumerate(annotations, 1):
            known = _id(annotation.get("id")) if isinstance(annotation, dict) else None
            called = f"annotation {shown(known[0])}" if known else f"annotation number {number}"
            if not isinstance(annotation, dict):
                yield refused(
                    f"{self._path}#annotation number {number}", f"{called} is {kind(annotation)}, not an object"
                )
                continue
            image_id = annotation.get("image_id")
            image = self._by_id.get(image_id)
            if image is None:
                # By its number, for ids of annotations need not differ.
                yield refused(
                    f"{self._path}#annotation number {number}", f"{called} {self._unknown(image_id, 'image')}"
                )
                continue
            if isinstance(annotation, Repeated):
                image.problem = image.problem or f"the name {shown(annotation.repeated)!r} stands twice in {called}"
                continue
            category_id = annotation.get("category_id")
            category = self._categories.get(category_id)
            if category is None:
                image.problem = image.problem or f"{called} {self._unknown(category_id, 'category')}"
            elif category.problem:
                image.problem = image.problem or f"{called}: {category.problem}"
            else:
                image.classes.append((called, category))

    @staticmethod
    def _unknown(value: Any, what: str) -> str:
        if value is None:
            return f"has no {what}_id"
        known = _id(value)
        if known is None:
            return f"has {kind(value)} as {what}_id, not a number or a text"
        text = shown(known[0]) if known[1] else repr(shown(known[0]))
        return f"names {what} {text}, which the file does not list"

    def _item(self, name: str, image: _Image) -> LabelItem:
        path = f"{self._path}#{name}"
        if image.problem:
            return refused(path, image.problem)
        cleaning = Cleaning()
        try:
            check_file_name(name)
            annotations = []
            found: dict[str | None, tuple[str, str | None]] = {}
            for called, category in image.classes:
                attributes = {"part": category.part, "quality": category.quality, "categories": []}
                cleaning.attributes(attributes)
                part, said = attributes["part"], (called, attributes["quality"])
                before = found.setdefault(part, said)
                if before[1] != said[1]:
                    raise LabelError(contradiction(part, before, said))
                annotations.append({"attributes": attributes})
            meant = self._file_name_of(image.entry["file_name"])
        except LabelError as error:
            return refused(path, error)
        label = {"images": [image.entry | {"file_name": meant}], "annotations": annotations}
        return accepted(path, write(label), cleaning)
