"""Which image a file of labels means where the file's own name tells: instances_train2017.json, train2017/x.jpg."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import PurePosixPath

from loader.labels import LabelError, Tree, nfc

# Directories that are tried for an image: of one word of the label file's name there are few.
_TRIED = 20


class Splits:
    """The directories of the images, by their last name and the one above: train2017/, and train/images/."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._named: dict[str, list[str]] = defaultdict(list)
        for directory in dict.fromkeys(str(PurePosixPath(path).parent) for path in tree.images()):
            for name in {name.casefold() for name in PurePosixPath(nfc(directory)).parts[-2:]}:
                self._named[name].append(directory)

    def of(self, label_path: str) -> Callable[[str], str]:
        """A function from the file names in a file of labels to those of the images that are meant.

        Where a directory that the label file's name tells has the image, that is its path below the root; of
        several the one that is nearest to the label file. Else the name stays, and is looked for as any other.
        """
        label = PurePosixPath(nfc(label_path))
        words = [word.casefold() for word in re.split(r"[\W_]+", label.stem) if word]
        bare = [word.rstrip("0123456789") for word in words]
        directories: list[str] = []
        for word in dict.fromkeys([*words, *filter(None, bare)]):
            directories += sorted(self._named.get(word, ()), key=lambda path: (_steps(path, label.parent), path))
        return lambda file_name: self._file_name(directories[:_TRIED], file_name)

    def _file_name(self, directories: list[str], file_name: str) -> str:
        for directory in directories:
            # A name with half of a surrogate pair is refused later, as JSON that a database can not keep.
            with contextlib.suppress(LabelError, UnicodeEncodeError):
                return self._tree.find_image(f"{directory}/{file_name}")
        return file_name


def _steps(directory: str, label: PurePosixPath) -> int:
    """How many steps it is from one directory to the other."""
    one, other = PurePosixPath(nfc(directory)).parts, label.parts
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    return len(one) + len(other) - 2 * common
