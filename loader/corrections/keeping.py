"""Corrections kept: in the files first, then in the database; both or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from loader.corrections import overlay
from loader.corrections.applying import Applied
from loader.corrections.label_file import Rewritten
from loader.corrections.overlay import Correction
from loader.database import Database, DatabaseError, Json
from loader.rows import Row


class NotStoredError(Exception):
    """A file or the database did not take the corrections; the message says what became of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one label.

    `line` goes into the file of corrections, and `back` where it has to be taken back. `own` is what the label says
    itself then, `after` what it says with its corrections.
    """

    row: Row
    correction: Correction
    line: dict[str, Any]
    back: dict[str, Any]
    own: str
    after: Applied
    file: Rewritten | None = None

    @property
    def image_id(self) -> int:
        """The image."""
        return int(self.row["image_id"])

    @property
    def root(self) -> str:
        """Where the source's files lie."""
        return str(self.row["source_root"])

    @property
    def source(self) -> str:
        """The source's name."""
        return str(self.row["source_name"])

    def to_json(self) -> str:
        """As img_correction.put_labels takes it; the texts go in as they are, so that no number changes."""
        members = f'"image_id": {self.image_id}, "label": {self.after.text}'
        if self.after.digest is not None:
            members += f', "own": {self.own}, "correction": {json.dumps(self.after.digest)}'
        return f"{{{members}}}"


def keep(database: Database, steps: Sequence[Step]) -> None:
    """Write the lines, and the label files that are to be written; then store the labels, and commit.

    Raises NotStoredError.
    """
    files: list[Rewritten] = []
    lines: list[Step] = []
    try:
        for step in steps:
            if step.file is not None:
                step.file.write()
                files.append(step.file)
        for root, group in groupby(sorted(steps, key=attrgetter("root")), attrgetter("root")):
            of_root = list(group)
            overlay.append(Path(root), [step.line for step in of_root])
            lines += of_root
        _store(database, steps)
    except (OSError, DatabaseError) as error:
        raise NotStoredError(f"{_reason(error)}; {_taken_back(files, lines)}") from error


def _store(database: Database, steps: Sequence[Step]) -> None:
    for source, group in groupby(sorted(steps, key=attrgetter("source")), attrgetter("source")):
        rows = Json(json.dumps([step.correction.to_row() for step in group]))
        database.call("img_correction.note", p_source=source, p_corrections=rows)
    labels = {step.image_id: step.to_json() for step in steps}
    database.call("img_correction.put_labels", p_labels=Json(f"[{','.join(labels.values())}]"))
    database.commit()


def _taken_back(files: Sequence[Rewritten], steps: Sequence[Step]) -> str:
    """Undo what was written; what became of it, in words."""
    try:
        for file in files:
            file.take_back()
        for root, group in groupby(steps, attrgetter("root")):
            overlay.append(Path(root), [step.back for step in group])
    except OSError as error:
        return (
            f"what was written before could not be taken back ({error.filename}: {error.strerror}), and the next load "
            "takes it in"
        )
    return "nothing was changed" + (", and the file of corrections says that they were taken back" if steps else "")


def _reason(error: OSError | DatabaseError) -> str:
    if isinstance(error, DatabaseError):
        return f"the database did not take it: {error.message}"
    return f"{error.filename or 'the file of corrections'} can not be written: {error.strerror}"
