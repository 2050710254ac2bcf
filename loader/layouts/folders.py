"""Class folders: .../part/quality/x.jpg, the last two directories are the label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from loader.kinds import is_image
from loader.labels import LabelError, Tree, nfc
from loader.layouts.base import LabelItem, accepted, label, problems, refused, remark
from loader.values import Cleaning
from loader.wrappers import unpacked

# Directories that hold all parts of a data set, and so are probably none.
_MVTEC = frozenset("train test ground_truth".split())
_NO_PARTS = _MVTEC | frozenset("val valid validation images img image imgs data dataset labels".split())


def folders(tree: Tree) -> Iterator[LabelItem]:
    """The images of the tree; one that lies less deep is refused."""
    doubtful: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for path in tree.images():
        pure = PurePosixPath(nfc(path))
        if not is_image(pure.name):
            continue
        name = str(pure)
        # As they are spelled on disk, so that what is cleaned is counted.
        directories = unpacked(PurePosixPath(path).parts[:-1])
        if len(directories) < 2:
            yield refused(name, "the image does not lie in part/quality/: two directories are needed")
            continue
        cleaning = Cleaning()
        try:
            part, quality = cleaning.named("part", directories[-2]), cleaning.named("quality", directories[-1])
        except LabelError as error:
            yield refused(name, error)
            continue
        if part and part.lower() in _NO_PARTS:
            doubtful[part] += 1
            examples.setdefault(part, name)
        categories = [text for text in (quality, part) if text]
        yield accepted(name, label(name, part, quality, categories), cleaning)
    for part, count in doubtful.items():
        advice = ": --layout mvtec reads trees of train, test and ground_truth" if part.lower() in _MVTEC else ""
        yield remark(examples[part], f"images lie in {part}, which was taken for their part{advice}", count)
    yield from problems(tree)
