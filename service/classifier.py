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
from service.decision_log import DecisionLog, Origin
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

    def told(self) -> dict[str, Any]:
        """As programs and pages read it."""
        return {"name": self.name, "problem": self.problem, **(self.decision or {})}

    @property
    def nearest_distance(self) -> float | None:
        """How far the nearest neighbour was; None where there is none."""
        neighbours = (self.decision or {}).get("neighbours") or []
        return float(neighbours[0]["distance"]) if neighbours else None


class Classifier:
    """Decides pictures by a model, by the stored images and by the options that the service was started with."""

    def __init__(
        self, model: Model, sessions: Sessions, gate: Gate, options: Asking, log: DecisionLog | None = None
    ) -> None:
        self.model = model
        self.options = options
        self._sessions = sessions
        self._gate = gate
        self._log = log

    def decide(
        self, uploads: Sequence[Upload], part: str | None, origin: Origin = Origin.SENT
    ) -> tuple[list[Answer], float]:
        """The answers, in order, and the seconds of work that they took, without the wait.

        The pictures of one request are decided on one state of the database, whatever is loaded, fitted or removed
        meanwhile. Raises FullError, ClosingError, NoSessionError and DatabaseError.
        """
        options: Asking = {**self.options, "part": part}
        label_state = ""
        with self._gate.entered(), telling(False):
            begun = time.perf_counter()
            pictures = [upload.file.read() for upload in uploads]
            with self._sessions.one() as database:
                database.begin_snapshot(read_only=False)
                if self._log is not None:
                    label_state = database.value("img_log.label_state")
                decisions = classify(database, self.model, pictures, **options)
            seconds = time.perf_counter() - begun
        answers = [
            Answer(printable(upload.name), decision.answer, decision.problem or None)
            for upload, decision in zip(uploads, decisions, strict=True)
        ]
        if self._log is not None:
            for answer, content in zip(answers, pictures, strict=True):
                if answer.decision is not None:
                    facts = {"image_name": answer.name, "part": part, "label_state": label_state}
                    self._log.add(origin, content, answer.decision, answer.nearest_distance, facts)
        return answers, seconds
