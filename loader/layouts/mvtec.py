"""MVTec AD and VisA: the data set's category is the part, the defect's name the first category of the label.

MVTec AD: category/train/good/x.png, category/test/defect/x.png, and masks in category/ground_truth/.
VisA: category/Data/Images/Normal or Anomaly/x.JPG, masks in category/Data/Masks/, defects in category/image_anno.csv.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from loader.kinds import is_image, is_mask_directory
from loader.labels import LabelError, Tree, nfc
from loader.layouts.base import LabelItem, accepted, label, problems, refused, remark
from loader.layouts.csv_table import read_columns
from loader.values import Cleaning, cleaned
from loader.wrappers import unpacked

_SPLITS = frozenset("train test val valid validation".split())
_GOOD = frozenset("good normal ok".split())
_VISA_TABLE = "image_anno.csv"


@dataclass(frozen=True, slots=True)
class _Place:
    """What the directories of an image say; `anomaly` where they do not name the defect."""

    category: str
    defect: str
    anomaly: bool = False


def mvtec(tree: Tree) -> Iterator[LabelItem]:
    """The images of the tree, without their masks."""
    masks, example = 0, ""
    tables = _VisaDefects(tree)
    for path in tree.images():
        pure = PurePosixPath(path)
        if not is_image(pure.name):
            continue
        directories = pure.parts[:-1]
        if any(map(is_mask_directory, directories)):
            masks += 1
            example = example or path
            continue
        name = nfc(path)
        place = _place(unpacked(directories), tree)
        if place is None:
            yield refused(
                name, "the image does not lie in category/train or test/defect/, nor in category/Data/Images/Normal/"
            )
            continue
        cleaning = Cleaning()
        try:
            part = cleaning.named("part", place.category)
            defect = cleaning.text("the defect", tables.defect(path) if place.anomaly else place.defect)
        except LabelError as error:
            yield refused(name, error)
            continue
        defect = defect or place.defect
        quality = "good" if defect.lower() in _GOOD else "defective"
        yield accepted(name, label(name, part, quality, [defect, *([part] if part else [])]), cleaning)
    if masks:
        yield remark(example, "masks were left out", masks)
    yield from problems(tree)


def _place(directories: tuple[str, ...], tree: Tree) -> _Place | None:
    lower = tuple(directory.lower() for directory in directories)
    # The root itself may be the directory of one category.
    above = (tree.root.resolve().name, *directories)
    for at, directory in enumerate(lower[:-1]):
        if directory in _SPLITS:
            return _Place(above[at], directories[at + 1])
        if directory == "images" and at and lower[at - 1] == "data":
            anomaly = lower[at + 1] not in _GOOD
            return _Place(above[at - 1], "anomaly" if anomaly else "good", anomaly)
    return None


class _VisaDefects:
    """The names of defects in VisA's tables, one table in memory at a time: images come in order of directories."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._category: PurePosixPath | None = None
        self._defects: dict[str, str] = {}

    def defect(self, path: str) -> str:
        """The defect that the table names for an image, 'anomaly' where it names none."""
        pure = PurePosixPath(path)
        lower = [part.lower() for part in pure.parts]
        category = PurePosixPath(*pure.parts[: lower.index("images") - 1])
        if category != self._category:
            self._category = category
            self._defects = {
                PurePosixPath(cleaned(image)).name: found
                for image, found in read_columns(self._tree.root / category / _VISA_TABLE, ("image", "label"))
            }
        return self._defects.get(nfc(pure.name), "anomaly")
