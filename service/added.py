"""Pictures that a person labelled in the service: written below a directory of their own, and loaded at once.

The directory is a source as any other, in AI Hub's layout: `python -m loader DIR` reads it the same way.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loader.config import ConfigurationError
from loader.database import Database, Json
from loader.depth import Depth
from loader.drafts import draft
from loader.images import ImageError, kind_and_size, read_image
from loader.kinds import is_image, suffix_of
from loader.labels import printable
from loader.load import load
from loader.model import Model
from loader.rows import Row, rows_of
from loader.values import LONGEST
from loader.waiting import telling
from service.gate import Gate
from service.sessions import Sessions

# Of SHA-256 in a file's name.
_DIGITS = 16


class AddError(Exception):
    """A picture can not be added; the message says why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says of a picture; categories are "" where nothing is said."""

    part: str
    quality: str
    category1: str = ""
    category2: str = ""

    @classmethod
    def checked(cls, **values: str) -> Label:
        """Raises AddError for a value that no label can have."""
        stripped = {name: value.strip() for name, value in values.items()}
        for name, value in stripped.items():
            if len(value) > LONGEST or not value.isprintable():
                raise AddError(f"{name}: at most {LONGEST} characters, and no hidden ones")
        label = cls(**stripped)
        if not label.part or not label.quality:
            raise AddError("say what the picture is: a part and a quality")
        if bool(label.category1) != bool(label.category2):
            raise AddError("give both categories, or none")
        return label

    def to_json(self, file_name: str, original: str, size: tuple[int, int]) -> str:
        """A label file of AI Hub's layout."""
        categories = [self.category1, self.category2] if self.category1 else []
        attributes = {"part": self.part, "quality": self.quality, "categories": categories}
        image = {"id": 1, "file_name": file_name, "width": size[0], "height": size[1], "original_name": original}
        label: Mapping[str, Any] = {
            "images": [image],
            "annotations": [{"id": 1, "image_id": 1, "attributes": attributes}],
        }
        return json.dumps(label, ensure_ascii=False, indent=1) + "\n"


class Added:
    """Adds pictures, one after the other."""

    def __init__(self, directory: Path, model: Model, sessions: Sessions, gate: Gate, bits: int | None) -> None:
        self.directory = directory
        self._model = model
        self._sessions = sessions
        self._gate = gate
        self._bits = bits
        self._lock = threading.Lock()

    def add(self, name: str, content: bytes, label: Label) -> Row:
        """Write the picture and its label, and load them; the stored image, as of img_report.stored_files.

        A picture that was added before gets the new label. Raises AddError, and FullError, ClosingError,
        NoSessionError and DatabaseError; after the last two the files are there, and the next load takes them in.
        """
        digest = hashlib.sha256(content).hexdigest()
        with self._lock, self._gate.entered(), telling(False):
            try:
                read_image(content, self._model.preprocessing, Depth(self._bits, self._bits))
                kind, size = kind_and_size(content)
            except ImageError as error:
                raise AddError(f"{printable(name)}: {error}") from error
            file_name = f"{digest[:_DIGITS]}{suffix_of(name) if is_image(name) else f'.{kind}'}"
            label_path = f"labels/{digest[:_DIGITS]}.json"
            try:
                _write(self.directory / "images" / file_name, content)
                _write(self.directory / label_path, label.to_json(file_name, printable(name), size).encode())
            except OSError as error:
                raise AddError(f"{error.filename}: {error.strerror}") from error
            with self._sessions.one() as database:
                return self._loaded(database, label_path, digest)

    def _loaded(self, database: Database, label_path: str, digest: str) -> Row:
        try:
            summary = load(database, self.directory, self._model, bits=self._bits)
        except ConfigurationError as error:
            raise AddError(str(error)) from error
        source = str(self.directory.resolve())
        for row in rows_of(database, "img_report.stored_files", hashes=Json(json.dumps([digest]))):
            if (row["source_name"], row["label_path"]) == (source, label_path):
                return row
        reasons = [reason for path, reason in summary.failures if path == label_path]
        raise AddError(reasons[0] if reasons else f"{label_path} was written, and could not be loaded")


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft(path) as place:
        place.write_bytes(content)
