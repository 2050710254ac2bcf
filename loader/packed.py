"""The archives of a tree: the files in them belong to the tree, below the archive's own path."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from loader.content import contents
from loader.files import FileError
from loader.kinds import is_packed, whole_of, without_ending

if TYPE_CHECKING:
    from loader.labels import Tree

# Pieces and files that are named of many.
_SHOWN = 3


class Packed:
    """The archives that a walk met, and the pieces of those that were split."""

    def __init__(self) -> None:
        self._archives: list[str] = []
        self._pieces: dict[str, list[str]] = defaultdict(list)

    def add(self, path: str) -> bool:
        """Note an archive, or a piece of one; False for any other file."""
        directory, name = path.rpartition("/")[::2]
        if whole := whole_of(name):
            self._pieces[f"{directory}/{whole}" if directory else whole].append(path)
        elif is_packed(name):
            self._archives.append(path)
        else:
            return False
        return True

    def take_in(self, tree: Tree) -> None:
        """Put what the archives hold into the tree, and name those that can not be read."""
        archives = set(self._archives)
        for whole, pieces in sorted(self._pieces.items()):
            # Of a ZIP in pieces the last has the name of the whole.
            is_zip = any(path.lower()[-4:-2] == ".z" for path in pieces)
            if is_zip:
                pieces += [whole] if whole in archives else []
                archives.discard(whole)
            if whole in archives:
                tree.notes.add("pieces of archives were left out: the whole lies beside them", pieces[0], len(pieces))
            else:
                pieces.sort(key=lambda path: (len(path), path))
                tree.problems.append((pieces[0], _advice(whole, pieces, is_zip)))
        for path in sorted(archives):
            try:
                _take_in(tree, path)
            except FileError as error:
                tree.problems.append((path, f"the archive can not be read: {error}"))


def _advice(whole: str, pieces: list[str], is_zip: bool) -> str:
    name = whole.rpartition("/")[2]
    listed = ", ".join(path.rpartition("/")[2] for path in pieces[:_SHOWN]) + (", ..." if pieces[_SHOWN:] else "")
    how = f"zip -s 0 {name} --out whole.zip" if is_zip else f"cat them, in the order of their numbers, to {name}"
    return f"an archive is there in {len(pieces)} pieces ({listed}): put them together first ({how})"


def _take_in(tree: Tree, archive: str) -> None:
    found = contents(tree.root / archive)
    beside = tree.root / archive.rpartition("/")[0]
    # Where people unpack to: beside the archive, or into a directory of its name.
    places = [place for place in (beside, beside / without_ending(archive.rpartition("/")[2])) if place.is_dir()]
    unpacked = 0
    for name in found.names:
        if any((place / name).is_file() for place in places):
            unpacked += 1
        else:
            tree.add(f"{archive}/{name}")
    if unpacked:
        tree.notes.add("files of archives were left out: they lie unpacked beside them", archive, unpacked)
    if found.others:
        tree.notes.add("links in archives were left out", archive, found.others)
    if found.doubled:
        tree.notes.add("files stand twice in an archive: the last one was taken", archive, found.doubled)
    tree.problems += [(f"{archive}/{name}", "its name leads outside the archive") for name in found.outside]
    if found.damage:
        tree.problems.append((archive, found.damage))
