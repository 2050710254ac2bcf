"""Pictures that were sent, classified by the database."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from loader.classification import classify
from loader.labels import printable
from loader.model import Model
from loader.parameters import Asking
from loader.waiting import telling
from service.gate import Gate
from service.sessions import Sessions


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
    """Decides pictures by a model, by the stored images and by the options that the service was started with."""

    def __init__(self, model: Model, sessions: Sessions, gate: Gate, options: Asking) -> None:
        self.model = model
        self._sessions = sessions
        self._gate = gate
        self._options = options

    def decide(self, uploads: Sequence[Upload], part: str | None) -> tuple[list[Answer], float]:
        """The answers, in order, and the seconds of work that they took, without the wait.

        The pictures of one request are decided by one statement, so that they are decided on one state of the
        database. Raises FullError, ClosingError, NoSessionError and DatabaseError.
        """
        options: Asking = {**self._options, "part": part}
        with self._gate.entered(), telling(False):
            begun = time.perf_counter()
            pictures = [upload.file.read() for upload in uploads]
            with self._sessions.one() as database:
                decisions = classify(database, self.model, pictures, **options)
            seconds = time.perf_counter() - begun
        return [
            Answer(printable(upload.name), decision.answer, decision.problem or None)
            for upload, decision in zip(uploads, decisions, strict=True)
        ], seconds
