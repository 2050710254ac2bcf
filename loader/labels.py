"""Label files: where they are and what they say."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

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


@dataclass(slots=True)
class Tree:
    """What one walk of a directory found.

    Paths are relative to the root with forward slashes, as the file system spells them. `labels`
    maps a path in Unicode form NFC to that spelling, `images` an image's name in NFC to the paths
    of the files that bear it. `problems` are places that could not be read, with the reason.
    """

    root: Path
    labels: dict[str, str] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def find_image(self, file_name: str) -> str:
        """The one image that a label means by `file_name`, a name or the end of a path.

        Raises LabelError where there is none, more than one, or one outside the root.
        """
        wanted = PurePosixPath(nfc(file_name.replace("\\", "/")))
        if wanted.is_absolute() or _DRIVE.match(file_name) or ".." in wanted.parts:
            raise LabelError(f"the label names a file outside the root: {file_name}")
        parts = wanted.parts
        found = [
            path for path in self.images.get(wanted.name, []) if PurePosixPath(nfc(path)).parts[-len(parts) :] == parts
        ]
        if not found:
            raise LabelError(f"the label names {file_name}, and there is no such image below the root")
        if len(found) > 1:
            raise LabelError(
                f"the label names {file_name}, and {len(found)} images are called so: {', '.join(sorted(found)[:3])}"
            )
        return found[0]


def nfc(text: str) -> str:
    """`text` in Unicode's composed form: macOS writes Korean names in decomposed form."""
    return unicodedata.normalize("NFC", text)


def walk(root: Path) -> Tree:
    """Walk `root` once: `*.json` are labels, every other file may be an image.

    Links to directories are not followed, so that a loop of them does no harm; files and
    directories whose name begins with a dot are left out.
    """
    tree = Tree(root)
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
            tree.images.setdefault(nfc(entry.name), []).append(path)
        elif key in tree.labels:
            tree.problems.append((key, "two label files have this name, in different Unicode forms: rename one"))
        else:
            tree.labels[key] = path
    tree.labels = dict(sorted(tree.labels.items()))
    return tree


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
    """Read a label file. Raises LabelError with line and column where it is not JSON."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LabelError(f"the label can not be read: {error.strerror}") from error
    if not content.strip():
        raise LabelError("the label is empty")
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse)
        # Half of a surrogate pair, or NUL, can stand in JSON text and not in a database.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        _check_strings(value)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LabelError(f"the label is not UTF-8: byte {error.start}, line {line}") from error
    except json.JSONDecodeError as error:
        raise LabelError(f"the label is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (UnicodeEncodeError, ValueError) as error:
        raise LabelError(f"the label is not JSON that a database can keep: {error}") from error
    except RecursionError as error:
        raise LabelError("the label is nested too deeply") from error
    return Label(text, hashlib.sha256(content).hexdigest())


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _check_strings(value: Any) -> None:
    match value:
        case str():
            if "\0" in value:
                raise ValueError("a text holds the character U+0000")
        case dict():
            for key, member in value.items():
                _check_strings(key)
                _check_strings(member)
        case list():
            for member in value:
                _check_strings(member)
