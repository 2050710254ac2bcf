"""The fitted transform that the service decides by: what was stored since it was fitted, and fitting it anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.evaluation import fit
from loader.rows import Row, rows_of
from loader.waiting import telling
from service.sessions import Sessions


class Phase(Enum):
    """How far a refit is."""

    NONE = "NONE"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Standing:
    """The refit under way, or the last one: since when, and what went wrong."""

    phase: Phase = Phase.NONE
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
        self._lock = threading.Lock()
        self._standing = Standing()

    def standing(self) -> Standing:
        """How it stands now."""
        return self._standing

    def fitted(self) -> Row | None:
        """How the transform was fitted and what came since, as of img_service.named_fit; None where it is gone."""
        with self._sessions.one() as database:
            return next(iter(rows_of(database, "img_service.named_fit", name=self.name)), None)

    def start(self) -> bool:
        """Begin; False where one runs already."""
        with self._lock:
            if self._standing.phase is Phase.RUNNING:
                return False
            self._standing = Standing(Phase.RUNNING, _now())
        threading.Thread(target=self._run, name="refit", daemon=True).start()
        return True

    def _run(self) -> None:
        try:
            with telling(False):
                self._fit()
        except (ConfigurationError, DatabaseError) as error:
            text = error.message if isinstance(error, DatabaseError) else str(error)
            self._standing = Standing(Phase.FAILED, _now(), text.partition("\n")[0])
        except BaseException:
            self._standing = Standing(Phase.FAILED, _now(), "see what the service printed")
            raise
        else:
            self._standing = Standing(Phase.DONE, _now())

    def _fit(self) -> None:
        found = self.fitted()
        if found is None:
            raise ConfigurationError(f"there is no transform {self.name} any more: python -m loader fit {self.name}")
        with self._connect() as database:
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


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
