"""Label files: where they are and what they say."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import threading
import unicodedata
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from loader.config import ConfigurationError
from loader.kinds import CORRECTIONS, is_archive, is_image, is_left_out, is_mask_directory, masked, stem, whole_of
from loader.notes import Notes
from loader.packed import Packed
from loader.wrappers import remaining, unmarked

# The longest path that the database keeps.
_LONGEST = 1000
_DRIVE = re.compile(r"[A-Za-z]:")


class LabelError(ValueError):
    """A label or the image it names can not be used; the message says why."""


class Tree:
    """What one walk of a directory found, kept on disk so that memory does not grow with the number of files.

    Paths are relative to the root with forward slashes, as the file system spells them; Unicode form NFC
    is what they are compared in. `problems` are places that could not be read, with the reason; `notes` is
    what else there is to say, `doubts` what is likely wrong, `last_words` what adds to them when all labels are read;
    `passed_over` counts files of other kinds by the ending
    of their names, `archives` names those that are not read. Several threads may ask at once.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[tuple[str, str]] = []
        self.notes = Notes()
        self.doubts = Notes()
        self.last_words: list[Callable[[], None]] = []
        self.passed_over: Counter[str] = Counter()
        self.archives: list[str] = []
        # A file without a name: SQLite removes it when it is closed.
        self._index = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._index.close)
        self._lock = threading.Lock()
        self._index.executescript(
            "create table label (key text primary key, path text not null) without rowid;"
            # `rest` are the directories that do not wrap, the last first, each with / behind; `mask` is 1 for a mask.
            "create table image (path text primary key, name text not null, rest text not null, mask integer not null)"
            " without rowid;"
            "create index image_name on image (name, rest);"
            "create table depth (path text primary key, bits integer not null) without rowid;"
            "create table looks_like_mask (path text primary key, stem text not null) without rowid;"
            "create table fresh (stem text primary key) without rowid;"
        )
        self._has_stems = False
        self._has_depths = False

    def add(self, path: str) -> None:
        """Note a file: a label, or what may be an image. What can not be kept is a problem."""
        key = nfc(path)
        if len(key) > _LONGEST:
            self.problems.append((key[:_LONGEST], f"the path is longer than {_LONGEST} characters"))
        elif not path.lower().endswith(".json"):
            self.add_image(path)
        elif not self.add_label(path):
            self.problems.append((key, "two label files have this name, in different Unicode forms: rename one"))

    def add_label(self, path: str) -> bool:
        """Note a label file; False where there is one of that name in another Unicode form."""
        with self._lock:
            return self._index.execute("insert or ignore into label values (?, ?)", (nfc(path), path)).rowcount > 0

    def add_image(self, path: str) -> None:
        """Note a file that may be an image: anything that is no label."""
        *directories, name = nfc(path).split("/")
        image = is_image(name)
        if not image:
            if is_archive(name) or whole_of(name):
                self.archives.append(path)
            else:
                self.passed_over[PurePosixPath(name).suffix.lower() or "no ending"] += 1
        mask = any(map(is_mask_directory, directories))
        with self._lock:
            row = (path, name, _backwards(remaining(tuple(directories))), mask)
            self._index.execute("insert into image values (?, ?, ?, ?)", row)
            if image and not mask and (of := masked(name)):
                self._index.execute("insert into looks_like_mask values (?, ?)", (path, of))

    def finish(self) -> None:
        """Tell masks by their names, when all files are known."""
        with self._lock:
            if self._index.execute("select 1 from looks_like_mask limit 1").fetchone():
                self._make_stems()
                self._index.execute(
                    "update image set mask = 1 where path in (select m.path from looks_like_mask m"
                    " where exists (select 1 from loose l where l.stem = loosely(m.stem) and l.path <> m.path))"
                )

    def _make_stems(self) -> None:
        """An index of the names without their endings, made when it is needed first; under the lock."""
        if not self._has_stems:
            self._index.create_function("loosely", 1, _loosely, deterministic=True)
            self._index.create_function("stem", 1, stem, deterministic=True)
            self._index.executescript(
                "create table loose as select loosely(stem(loosely(name))) as stem, path from image;"
                "create index loose_stem on loose (stem);"
            )
            self._has_stems = True

    def is_empty(self) -> bool:
        """Whether the walk found no file that could be read, label or other."""
        with self._lock:
            query = "select exists (select 1 from label) or exists (select 1 from image)"
            return not self._index.execute(query).fetchone()[0]

    def masks(self) -> int:
        """How many images are masks."""
        with self._lock:
            return int(self._index.execute("select count(*) from image where mask = 1").fetchone()[0])

    def labels(self) -> Iterator[tuple[str, str]]:
        """The label files in order: the path in NFC, and as it is spelled."""
        return self._paged("select key, path from label where key > ? order by key limit 1000")

    def images(self, *, masks: bool = False) -> Iterator[str]:
        """The files that may be images, in order; masks are left out where they are not asked for."""
        left_out = "" if masks else "and mask = 0"
        query = f"select path from image where path > ? {left_out} order by path limit 1000"  # noqa: S608
        return (path for (path,) in self._paged(query))

    def add_fresh(self, paths: Iterable[str]) -> None:
        """Note files that are new or changed: a label that means such a name may mean another file now."""
        with self._lock:
            self._index.executemany("insert or ignore into fresh values (?)", ((_meant(path),) for path in paths))

    def has_fresh(self) -> bool:
        """Whether add_fresh noted any."""
        with self._lock:
            return self._index.execute("select 1 from fresh limit 1").fetchone() is not None

    def may_have_moved(self, file_name: str, image_path: str) -> bool:
        """Whether a label that means `file_name`, and had the image at `image_path`, may mean another one now."""
        with self._lock:
            (found,) = self._index.execute(
                "select not exists (select 1 from image where path = ?) or exists (select 1 from fresh where stem = ?)",
                (image_path, _meant(file_name)),
            ).fetchone()
        return bool(found)

    def put_depth(self, path: str, bits: int) -> None:
        """Note how many bits of a sample count in an image that has more than 8."""
        with self._lock:
            self._has_depths = True
            self._index.execute("insert or replace into depth values (?, ?)", (path, bits))

    def depth(self, path: str) -> int:
        """What put_depth noted; 0 for all other images."""
        if not self._has_depths:
            return 0
        with self._lock:
            found = self._index.execute("select bits from depth where path = ?", (path,)).fetchone()
        return int(found[0]) if found else 0

    def _paged(self, query: str) -> Iterator[Any]:
        """The rows of a query that goes on after a first column."""
        last = ""
        while True:
            with self._lock:
                found = self._index.execute(query, (last,)).fetchall()
            if not found:
                return
            yield from found
            last = found[-1][0]

    def find_image(self, file_name: str, label_path: str = "") -> str:
        """What `resolve` gives; a name that is only nearly the image's is noted."""
        path = self.resolve(file_name, label_path)
        if PurePosixPath(nfc(path)).name != _name(file_name):
            example = f"{printable(file_name)}: {printable(path)}"
            self.notes.add("names were taken for the only image that is called nearly so", example)
        return path

    def resolve(self, file_name: str, label_path: str = "") -> str:
        """The one image that a label means by `file_name`, a name or the end of a path.

        Where several are called so, it is the one whose directories end like the label's, without those that wrap;
        then the one that lies nearest to the label. A name that differs in case, in blanks at its ends or in its
        ending is taken where it is the only one. Raises LabelError where there is none, where two
        are as near, or for one outside the root.
        """
        wanted = PurePosixPath(nfc(file_name.replace("\\", "/")))
        outside = wanted.is_absolute() or bool(_DRIVE.match(file_name)) or ".." in wanted.parts
        directories = PurePosixPath(label_path).parent.parts
        found = [] if outside else self._named(wanted, directories)
        if not found:
            near = self._near(wanted)
            if not outside and (alike := _alike(near, wanted)):
                found = alike
        if not found:
            listed = f"; near is {', '.join(printable(path) for path in near[:3])}" if near else ""
            if outside:
                raise LabelError(f"the label names a file outside the root: {file_name}{listed}")
            raise LabelError(f"the label names {file_name}, and there is no such image below the root{listed}")
        return _nearest(found, directories, file_name)

    def _named(self, wanted: PurePosixPath, directories: tuple[str, ...]) -> list[str]:
        """The images of that name whose path ends so, of those whose directories end most like the label's.

        Masks only where there is nothing else.
        """
        rest = remaining(directories)
        with self._lock:
            # From the whole of the label's directories to none: a name such as 0001.jpg stands in each of many.
            for count in range(len(rest), 0, -1):
                start = _backwards(rest[-count:])
                rows = self._index.execute(
                    "select path, mask from image where name = ? and rest >= ? and rest < ? and mask = 0",
                    (wanted.name, start, f"{start[:-1]}0"),  # 0 is what follows / in the order of bytes
                ).fetchall()
                if found := _ending(rows, wanted):
                    return found
            rows = self._index.execute("select path, mask from image where name = ?", (wanted.name,)).fetchall()
        return _ending(rows, wanted)

    def _near(self, wanted: PurePosixPath) -> list[str]:
        """The images of nearly that name, in any directory."""
        with self._lock:
            self._make_stems()
            name = _loosely(stem(_loosely(wanted.name)))
            rows = self._index.execute(
                "select l.path from loose l join image i on i.path = l.path"
                " where l.stem = ? and i.mask = 0 order by l.path limit 100",
                (name,),
            ).fetchall()
        return [path for (path,) in rows if is_image(path) or nfc(path).endswith(wanted.name)]


def _name(file_name: str) -> str:
    """The last part of a path as a label spells it."""
    return PurePosixPath(nfc(file_name.replace("\\", "/"))).name


def _meant(file_name: str) -> str:
    """What is common to all names that a label may mean by one of them."""
    return _loosely(stem(_loosely(_name(file_name))))


def _backwards(directories: tuple[str, ...]) -> str:
    return "".join(f"{directory}/" for directory in reversed(directories))


def _loosely(name: str) -> str:
    return name.strip().casefold()


def _ending(rows: list[tuple[str, int]], wanted: PurePosixPath) -> list[str]:
    """The paths that end in the wanted parts; a whole path is meant alone, and masks only where nothing else is."""
    found = [(path, mask) for path, mask in rows if _parts(path)[-len(wanted.parts) :] == wanted.parts]
    whole = [path for path, _ in found if _parts(path) == wanted.parts]
    return whole or [path for path, mask in found if not mask] or [path for path, _ in found]


def _parts(path: str) -> tuple[str, ...]:
    return PurePosixPath(nfc(path)).parts


def _alike(near: list[str], wanted: PurePosixPath) -> list[str]:
    """Those of the near images whose directories are the wanted ones, but for case and blanks.

    One that has the wanted ending is nearer than one of another.
    """
    tail = tuple(map(_loosely, wanted.parts[:-1]))
    found = [path for path in near if not tail or tuple(map(_loosely, _parts(path)[-1 - len(tail) : -1])) == tail]
    same = [path for path in found if _loosely(_parts(path)[-1]) == _loosely(wanted.name)]
    return same or found


def _nearest(found: list[str], directories: tuple[str, ...], file_name: str) -> str:
    """The image that lies in the mirrored directory, then the nearest. Raises LabelError where two are as near."""
    if len(found) == 1:
        return found[0]
    ranked = sorted((_rank(PurePosixPath(nfc(path)).parent.parts, directories), path) for path in found)
    best = [path for rank, path in ranked if rank == ranked[0][0]]
    if len(best) > 1:
        listed = ", ".join(printable(path) for path in best[:3])
        raise LabelError(
            f"the label names {file_name}, and {len(best)} images are called so: {listed}; to tell them apart, write "
            "directories before the name in the label, or lay the labels in directories like the images'"
        )
    return best[0]


def _rank(image: tuple[str, ...], label: tuple[str, ...]) -> tuple[int, int, int]:
    """The smaller the likelier: equal last directories, steps from one to the other, equal marks (TL_x and TS_x)."""
    common = _equal(zip(image, label, strict=False))
    return (
        -_equal(zip(reversed(remaining(image)), reversed(remaining(label)), strict=False)),
        len(image) + len(label) - 2 * common,
        -_equal(zip(reversed(unmarked(image)), reversed(unmarked(label)), strict=False)),
    )


def _equal(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def nfc(text: str) -> str:
    """`text` in Unicode's composed form: macOS writes Korean names in decomposed form."""
    return unicodedata.normalize("NFC", text)


def walk(root: Path) -> Tree:
    """Walk `root` once: `*.json` are labels, every other file may be an image, archives are read in place.

    Linked directories are followed once each, after all others, and never into one that was walked or that holds
    the root. Files and directories whose name begins with a dot are left out, what systems leave (__MACOSX,
    Thumbs.db), and the root's file of corrections. Raises ConfigurationError where the temporary directory has no room
    for the index.
    """
    tree = Tree(root)
    try:
        _fill(tree)
        tree.finish()
    except sqlite3.OperationalError as error:
        raise ConfigurationError(
            f"the index of the files can not be kept in the temporary directory ({error}): make room, or set TMPDIR"
        ) from error
    return tree


def _fill(tree: Tree) -> None:
    packed = Packed()
    for path in _files(tree):
        if path != CORRECTIONS and not packed.add(path):
            tree.add(path)
    packed.take_in(tree)


def _files(tree: Tree) -> Iterator[str]:
    """The path of every file below the root that is not left out."""
    known: set[tuple[int, int]] = set()
    with contextlib.suppress(OSError):
        known.update(_identity(parent) for parent in tree.root.resolve().parents)
    stack, links = [""], list[str]()
    while stack or links:
        if not stack:
            # Of several links to one directory the first in order is followed, whatever order the disk gives.
            links.sort(reverse=True)
            stack.append(links.pop())
        directory = stack.pop()
        try:
            identity = _identity(tree.root / directory)
            if identity in known:
                tree.notes.add("linked directories were left out: they are read already", printable(directory))
                continue
            known.add(identity)
            with os.scandir(tree.root / directory) as entries:
                for entry in entries:
                    if is_left_out(entry.name):
                        continue
                    path = f"{directory}/{entry.name}" if directory else entry.name
                    if reason := _bad_name(entry.name):
                        tree.problems.append((printable(path), reason))
                    elif not entry.is_symlink() and entry.is_dir(follow_symlinks=False):
                        stack.append(path)
                    elif entry.is_symlink() and (tree.root / path).is_dir():
                        links.append(path)
                    else:
                        yield path
        except OSError as error:
            tree.problems.append((printable(directory) or ".", f"the directory can not be read: {error.strerror}"))


def _identity(directory: Path) -> tuple[int, int]:
    status = directory.stat()
    return status.st_dev, status.st_ino


def _bad_name(name: str) -> str:
    """Why a name can not be kept, with what it may have been meant to be; empty where it can."""
    try:
        nfc(name).encode()
    except UnicodeEncodeError:
        reason = "the name is not valid UTF-8: rename it"
        try:
            return f"{reason} (in CP949 it is {printable(os.fsencode(name).decode('cp949'))})"
        except UnicodeDecodeError:
            return reason
    return ""


def printable(path: str) -> str:
    """A path that can be printed and stored: bytes that are not UTF-8, and control characters, are escaped."""
    composed = nfc(path)
    if composed.isprintable():
        return composed
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in nfc(text))
