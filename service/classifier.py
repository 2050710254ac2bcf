"""Pictures that were sent, classified by the database."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from loader.classification import classify
from loader.labels import printable
from loader.model import Model
from service.gate import Gate
from service.sessions import Sessions

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that was sent, and what its sender calls it."""

    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of an upload: the database's decision, or the problem that the picture has."""

    name: str
    decision: Mapping[str, Any] | None
    problem: str | None


class Classifier:
    """Decides pictures by a model, by the stored images and by the parameters that the service was started with."""

    def __init__(self, model: Model, sessions: Sessions, gate: Gate, parameters: Mapping[str, Any]) -> None:
        self.model = model
        self._sessions = sessions
        self._gate = gate
        self._parameters = dict(parameters)

    def decide(self, uploads: Sequence[Upload], part: str | None) -> tuple[list[Answer], float]:
        """The answers, in order, and the seconds of work that they took, without the wait.

        The pictures of one request are decided by one statement, so that they are decided on one state of the
        database. Raises FullError, ClosingError, NoSessionError and DatabaseError.
        """
        with self._gate.entered(), tempfile.TemporaryDirectory(prefix="classify-") as directory:
            begun = time.perf_counter()
            paths = [_written(Path(directory) / str(number), upload.file) for number, upload in enumerate(uploads)]
            with self._sessions.one() as database:
                decisions = classify(database, self.model, paths, part=part, **self._parameters)
            seconds = time.perf_counter() - begun
        return [
            Answer(printable(upload.name), decision.answer, decision.problem or None)
            for upload, decision in zip(uploads, decisions, strict=True)
        ], seconds


def _written(path: Path, file: BinaryIO) -> Path:
    with path.open("wb") as target:
        while block := file.read(_BLOCK):
            target.write(block)
    return path
