"""The file of corrections beside a source's files, to which lines are added and in which none is ever changed.

A line is a JSON object. One that corrects has `id`, `label` (what the database knows the label by: its file's path
below the root, and of annotation files FILE#IMAGE), `part` or `quality` or both with the new value, `was` with what the
label said itself, `by` and `at` (UTC, ISO 8601). `image` names the picture for people, and `of` the part that is meant
where a label has several. With `"written": true` the label file itself was written, and the line is its record alone. A
line that takes one back has `undo` (its id), `label`, `by` and `at`.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from loader.config import ConfigurationError
from loader.documents import parse, repeated_name
from loader.drafts import NO_LOCKS
from loader.files import LARGEST_IMAGE, FileError, read_with_status
from loader.kinds import CORRECTIONS
from loader.labels import LabelError
from loader.values import LONGEST, LONGEST_NAME, cleaned

FIELDS = ("part", "quality")
_LONGEST_ID = 32


@dataclass(frozen=True, slots=True)
class Correction:
    """A line that corrects a label, with the undo that a later line brought."""

    id: str
    label: str
    by: str
    at: str
    changes: Mapping[str, str]
    was: Mapping[str, str | None]
    of: str | None = None
    image: str | None = None
    written: bool = False
    line: int = 0
    undone_by: str | None = None
    undone_at: str | None = None

    def to_line(self) -> dict[str, Any]:
        """As it stands in the file."""
        members: dict[str, Any] = {"id": self.id, "label": self.label, "image": self.image, "of": self.of}
        members |= {**self.changes, "was": dict(self.was), "written": self.written or None}
        members |= {"by": self.by, "at": self.at}
        return {name: value for name, value in members.items() if value is not None}

    def to_row(self) -> dict[str, Any]:
        """As img_correction.note takes it."""
        undone = {"undone_by": self.undone_by, "undone_at": self.undone_at} if self.undone_at else {}
        return self.to_line() | undone

    def undone(self, by: str, at: str) -> Correction:
        """The same, taken back."""
        return replace(self, undone_by=by, undone_at=at)

    def undo_line(self, by: str, at: str) -> dict[str, Any]:
        """The line that takes it back."""
        return {"undo": self.id, "label": self.label, "by": by, "at": at}


@dataclass(slots=True)
class Overlay:
    """What the file says: the corrections of each label in order, those that were taken back too; and bad lines."""

    path: Path
    by_label: dict[str, list[Correction]] = field(default_factory=dict)
    damaged: list[tuple[int, str]] = field(default_factory=list)

    def of(self, label: str) -> list[Correction]:
        """All corrections of a label, in order."""
        return self.by_label.get(label, [])

    def in_force(self, label: str) -> list[Correction]:
        """Those that a load applies."""
        return [found for found in self.of(label) if found.undone_at is None and not found.written]

    def all(self) -> Iterator[Correction]:
        """The corrections of all labels."""
        for found in self.by_label.values():
            yield from found


def new_id() -> str:
    """What no other correction is called."""
    return secrets.token_hex(8)


def now() -> str:
    """This moment, as a line has it."""
    return _spelled(datetime.now(UTC))


def _spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def read(root: Path, about: Iterable[str] = ()) -> Overlay:
    """The corrections of a source, or of the labels `about` alone; none where there is no such file.

    Raises ConfigurationError where it can not be read: without it each label would go back to what it says itself.
    """
    path = root / CORRECTIONS
    overlay = Overlay(path)
    if not os.path.lexists(path):
        return overlay
    try:
        content, _ = read_with_status(path, LARGEST_IMAGE)
    except FileError as error:
        raise ConfigurationError(f"{path}: the corrections can not be read: {error}") from error
    known: dict[str, tuple[str, int]] = {}
    meant = [label.encode() for label in about]
    for number, line in enumerate(content.split(b"\n"), 1):
        # A label stands in its line as it is spelled, but for what is written with a backslash.
        if line.strip() and (not meant or b"\\" in line or any(label in line for label in meant)):
            try:
                _take(overlay, known, number, line)
            except LabelError as error:
                overlay.damaged.append((number, str(error)))
    return overlay


def _take(overlay: Overlay, known: dict[str, tuple[str, int]], number: int, line: bytes) -> None:
    """Take in a line; `known` has the corrections by their ids: label and place. Raises LabelError."""
    members = _members(line)
    label, by, at = _text(members, "label"), _text(members, "by"), _time(members)
    if "undo" in members:
        undone = _text(members, "undo")
        if undone not in known or known[undone][0] != label:
            raise LabelError(f"it takes back {undone}, and no line before it corrects {label} by that id")
        found = overlay.by_label[label]
        found[known[undone][1]] = found[known[undone][1]].undone(by, at)
        return
    changes = {name: cleaned(_text(members, name)) for name in FIELDS if members.get(name) is not None}
    was = members.get("was")
    if not changes:
        raise LabelError("it names neither part nor quality")
    if not isinstance(was, dict) or not changes.keys() <= was.keys():
        raise LabelError("`was` does not say what the label said itself")
    correction = Correction(
        id=_text(members, "id"),
        label=label,
        by=by,
        at=at,
        changes=changes,
        was={name: None if was[name] is None else cleaned(_text(was, name)) for name in changes},
        of=cleaned(_text(members, "of")) if members.get("of") is not None else None,
        image=_text(members, "image") if members.get("image") is not None else None,
        written=members.get("written") is True,
        line=number,
    )
    if correction.id in known:
        raise LabelError(f"the id {correction.id} is that of an earlier line")
    found = overlay.by_label.setdefault(label, [])
    known[correction.id] = label, len(found)
    found.append(correction)


def _members(line: bytes) -> dict[str, Any]:
    try:
        _, members = parse(line)
    except LabelError as error:
        raise LabelError(str(error).replace("the label", "the line", 1)) from error
    if name := repeated_name(members):
        raise LabelError(f"the name {name!r} stands twice in it")
    if not isinstance(members, dict):
        raise LabelError("it is no JSON object")
    return members


def _text(members: Mapping[str, Any], name: str) -> str:
    """A member that is a text. Raises LabelError."""
    value = members.get(name)
    longest = {"label": LONGEST_NAME, "image": LONGEST_NAME, "id": _LONGEST_ID, "undo": _LONGEST_ID}.get(name, LONGEST)
    if type(value) is not str or not value.strip():
        raise LabelError(f"{name} is missing or no text")
    if len(value) > longest:
        raise LabelError(f"{name} has more than {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise LabelError(f"{name} holds half of a surrogate pair, which is no character") from error
    if "\0" in value:
        raise LabelError(f"{name} holds the character U+0000")
    return value


def _time(members: Mapping[str, Any]) -> str:
    """When the line was written, as `now` spells it. Raises LabelError."""
    text = _text(members, "at")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return _spelled(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise LabelError(f"`at` is no time with a zone, such as 2026-11-29T02:00:00Z: {text}")


def append(root: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """Add whole lines, and wait until they are on the disk; another writer waits meanwhile. Raises OSError.

    A line that a power cut left without its end stays one damaged line. Where the file system has no locks, the system
    still adds each call's lines in one piece.
    """
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
    path = root / CORRECTIONS
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        is_locked = _lock(descriptor)
        size = os.fstat(descriptor).st_size
        try:
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                text = b"\n" + text
            _write_all(descriptor, text)
            os.fsync(descriptor)
        except OSError:
            if is_locked:
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_directory(root)


def _lock(descriptor: int) -> bool:
    """Whether other writers wait now: some file systems have no locks. Raises OSError."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return False
    return True


def _write_all(descriptor: int, text: bytes) -> None:
    while text:
        text = text[os.write(descriptor, text) :]


def sync_directory(directory: Path) -> None:
    """Wait until the names in a directory are on the disk. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why corrections can not be kept beside files.

    No load said where these lie, they are not there on this machine, or nothing may be written there.
    """

    kind: Literal["UNKNOWN", "AWAY", "READ_ONLY"]
    path: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "UNKNOWN":
                return "no load said where the files of its source lie: load it once more (python -m loader ROOT)"
            case "AWAY":
                return f"{self.path} is not there on this machine: correct where the files lie, or load them from there"
            case "READ_ONLY":
                return f"{self.path} can not be written: let the user who runs this write it"


def obstacle(root: str | None) -> Obstacle | None:
    """What stands in the way of corrections beside the files below `root`; None for nothing."""
    if root is None:
        return Obstacle("UNKNOWN")
    directory = Path(root)
    if not directory.is_dir():
        return Obstacle("AWAY", root)
    file = directory / CORRECTIONS
    if not os.access(file if file.exists() else directory, os.W_OK):
        return Obstacle("READ_ONLY", str(file))
    return None
