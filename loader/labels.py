"""Label files: where they are and what they say."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import threading
import unicodedata
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from loader.config import ConfigurationError

# The longest path that the database keeps.
_LONGEST = 1000
_DRIVE = re.compile(r"[A-Za-z]:")


class LabelError(ValueError):
    """A label or the image it names can not be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label file that was read: its content as JSON text, and the SHA-256 of the file."""

    text: str
    hash: str


class Tree:
    """What one walk of a directory found, kept on disk so that memory does not grow with the number of files.

    Paths are relative to the root with forward slashes, as the file system spells them; Unicode form NFC
    is what they are compared in. `problems` are places that could not be read, with the reason. Several
    threads may ask at once.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[tuple[str, str]] = []
        # A file without a name: SQLite removes it when it is closed.
        self._index = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._index.close)
        self._lock = threading.Lock()
        self._index.executescript(
            "create table label (key text primary key, path text not null) without rowid;"
            "create table image (path text primary key, name text not null) without rowid;"
            "create index image_name on image (name);"
        )

    def add_label(self, path: str) -> bool:
        """Note a label file; False where there is one of that name in another Unicode form."""
        with self._lock:
            return self._index.execute("insert or ignore into label values (?, ?)", (nfc(path), path)).rowcount > 0

    def add_image(self, path: str) -> None:
        """Note a file that may be an image."""
        with self._lock:
            self._index.execute("insert into image values (?, ?)", (path, nfc(PurePosixPath(path).name)))

    def labels(self) -> Iterator[tuple[str, str]]:
        """The label files in order: the path in NFC, and as it is spelled."""
        return self._paged("select key, path from label where key > ? order by key limit 1000")

    def images(self) -> Iterator[str]:
        """The files that may be images, in order."""
        return (path for (path,) in self._paged("select path from image where path > ? order by path limit 1000"))

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

    def find_image(self, file_name: str) -> str:
        """The one image that a label means by `file_name`, a name or the end of a path.

        Raises LabelError where there is none, more than one, or one outside the root.
        """
        wanted = PurePosixPath(nfc(file_name.replace("\\", "/")))
        if wanted.is_absolute() or _DRIVE.match(file_name) or ".." in wanted.parts:
            raise LabelError(f"the label names a file outside the root: {file_name}")
        parts = wanted.parts
        with self._lock:
            named = self._index.execute(
                "select path from image where name = ? order by path", (wanted.name,)
            ).fetchall()
        found = [path for (path,) in named if PurePosixPath(nfc(path)).parts[-len(parts) :] == parts]
        if not found:
            raise LabelError(f"the label names {file_name}, and there is no such image below the root")
        if len(found) > 1:
            raise LabelError(
                f"the label names {file_name}, and {len(found)} images are called so: {', '.join(found[:3])}"
            )
        return str(found[0])


def nfc(text: str) -> str:
    """`text` in Unicode's composed form: macOS writes Korean names in decomposed form."""
    return unicodedata.normalize("NFC", text)


def walk(root: Path) -> Tree:
    """Walk `root` once: `*.json` are labels, every other file may be an image.

    Links to directories are not followed, so that a loop of them does no harm; files and
    directories whose name begins with a dot are left out. Raises ConfigurationError where the temporary
    directory has no room for the index.
    """
    tree = Tree(root)
    try:
        _fill(tree)
    except sqlite3.OperationalError as error:
        raise ConfigurationError(
            f"the index of the files can not be kept in the temporary directory ({error}): make room, or set TMPDIR"
        ) from error
    return tree


def _fill(tree: Tree) -> None:
    root = tree.root
    for path, entry in _entries(tree, root, ""):
        key = nfc(path)
        try:
            key.encode()
        except UnicodeEncodeError:
            tree.problems.append((printable(path), "the file's name is not valid UTF-8: rename it"))
            continue
        if len(key) > _LONGEST:
            tree.problems.append((key[:_LONGEST], f"the path is longer than {_LONGEST} characters"))
        elif not entry.name.lower().endswith(".json"):
            tree.add_image(path)
        elif not tree.add_label(path):
            tree.problems.append((key, "two label files have this name, in different Unicode forms: rename one"))


def _entries(tree: Tree, root: Path, directory: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    stack = [directory]
    while stack:
        directory = stack.pop()
        try:
            with os.scandir(root / directory) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    path = f"{directory}/{entry.name}" if directory else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(path)
                    elif not (entry.is_symlink() and (root / path).is_dir()):
                        yield path, entry
        except OSError as error:
            tree.problems.append((printable(directory) or ".", f"the directory can not be read: {error.strerror}"))


def printable(path: str) -> str:
    """A path that can be printed and stored: bytes that are not UTF-8, and control characters, are escaped."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in nfc(text))


def read_label(path: Path) -> Label:
    """Read a label file. Raises LabelError with line and column where it is not JSON.

    Whether a database can keep the JSON is asked when it is sent (loader.json_limits).
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LabelError(f"the label can not be read: {error.strerror}") from error
    if not content.strip():
        raise LabelError("the label is empty")
    try:
        text = content.decode("utf-8-sig")
        # int refuses numbers of more than 4,300 digits by an error of its own.
        json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LabelError(f"the label is not UTF-8: byte {error.start}, line {line}") from error
    except json.JSONDecodeError as error:
        raise LabelError(f"the label is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise LabelError(f"the label is not JSON: {error}") from error
    except RecursionError as error:
        raise LabelError("the label is nested too deeply") from error
    return Label(text, hashlib.sha256(content).hexdigest())


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
