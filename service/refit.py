"""The fitted transform that the service decides by: what was stored since it was fitted, and fitting it anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from loader.config import ConfigurationError
from loader.database import Database
from loader.evaluation import fit
from loader.rows import Row, rows_of
from loader.waiting import telling
from service.chore import Chore
from service.sessions import Sessions


class Phase(Enum):
    """How far a refit is."""

    NONE = "NONE"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Standing:
    """The refit under way, or the last one: since when (UTC), and what went wrong."""

    phase: Phase
    since: str = ""
    problem: str = ""


class Refit:
    """Fits the transform of a name as it was fitted before, in the background and in a session of its own.

    Until the new fit is committed, requests are decided by the old one.
    """

    def __init__(self, name: str, connect: Callable[[], Database], sessions: Sessions) -> None:
        self.name = name
        self._connect = connect
        self._sessions = sessions
        self._chore = Chore(self._fit)
        self._begun_at = ""
        self._done_at = ""

    def begin(self) -> None:
        """Begin, unless it is under way."""
        self._chore.begin()

    def standing(self) -> Standing:
        """How it stands now."""
        if self._chore.is_running:
            return Standing(Phase.RUNNING, self._begun_at)
        if problem := self._chore.problem:
            return Standing(Phase.FAILED, self._begun_at, problem.partition("\n")[0])
        return Standing(Phase.DONE, self._done_at) if self._done_at else Standing(Phase.NONE)

    def fitted(self) -> Row | None:
        """How the transform was fitted and what came since, as of img_service.named_fit; None where it is gone."""
        with self._sessions.one() as database:
            return next(iter(rows_of(database, "img_service.named_fit", name=self.name)), None)

    def _fit(self) -> None:
        self._begun_at = _now()
        found = self.fitted()
        if found is None:
            raise ConfigurationError(f"there is no transform {self.name} any more: python -m loader fit {self.name}")
        with telling(False), self._connect() as database:
            fit(
                database,
                self.name,
                found["kind"],
                found["target"],
                within_part=bool(found["within_part"]),
                source=found["source_name"],
                shrinkage=found["shrinkage"],
                outputs=None if found["outputs"] is None else int(found["outputs"]),
                width=found["kernel_width"],
                ridge=found["ridge"],
            )
        self._done_at = _now()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
