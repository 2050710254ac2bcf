"""What was said of pictures, written down beside the answers: they never wait for it, nor fail by it."""

from __future__ import annotations

import hashlib
import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from prometheus_client import Counter

from loader.database import Database, DatabaseError, Json
from loader.terminal import warn
from loader.values import LONGEST_NAME

# Decisions that wait to be written, at most: more are not logged, and counted.
_LONGEST_QUEUE = 10_000
# Decisions that are written at once.
_BATCH = 200
# How often old decisions are removed, in seconds.
_PURGE_S = 3600.0
# How often the thread looks whether it shall end, in seconds.
_LOOK_S = 0.5
# How long an end waits for what is still to be written, in seconds.
PATIENCE_S = 10.0


class Origin(Enum):
    """How a picture came."""

    SENT = "SENT"
    WATCHED = "WATCHED"


class DecisionLog:
    """Writes decisions by a thread and a session of its own, and keeps them for `days`.

    `facts` are what is the same of all of them. `logged` and `failed` count decisions; a failure is said once, until
    it goes well again.
    """

    def __init__(
        self,
        connect: Callable[[], Database],
        days: int,
        facts: Mapping[str, str | None],
        logged: Counter,
        failed: Counter,
    ) -> None:
        self.days = days
        self._connect = connect
        self._facts = facts
        self._logged = logged
        self._failed = failed
        self._waiting: queue.Queue[dict[str, Any]] = queue.Queue(_LONGEST_QUEUE)
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._database: Database | None = None
        self._is_failing = False
        self._purged_at: float | None = None

    def add(
        self,
        origin: Origin,
        content: bytes,
        decision: Mapping[str, Any],
        nearest_distance: float | None,
        facts: Mapping[str, str | None],
    ) -> None:
        """Note a decision; it is written soon."""
        row = {
            "decided_at": datetime.now(UTC).isoformat(),
            "origin": origin.value,
            "image_hash": hashlib.sha256(content).hexdigest(),
            "answer": decision["class"],
            "best": decision.get("best"),
            "confidence": decision.get("confidence"),
            "nearest_distance": nearest_distance,
            **self._facts,
            **facts,
        }
        row["image_name"] = str(row.get("image_name") or "")[-LONGEST_NAME:]
        try:
            self._waiting.put_nowait({name: value for name, value in row.items() if value is not None})
        except queue.Full:
            self._fail(1, "more decisions wait to be written than are kept in memory")

    def start(self) -> None:
        """Begin to write."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="decision-log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end; a database that does not answer is waited for no longer than PATIENCE_S."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        while not self._ending.is_set() or not self._waiting.empty():
            self._purge_when_due()
            try:
                rows = [self._waiting.get(timeout=_LOOK_S)]
            except queue.Empty:
                continue
            while len(rows) < _BATCH and not self._waiting.empty():
                rows.append(self._waiting.get_nowait())
            if self._written("img_log.put", len(rows), p_decisions=Json(json.dumps(rows, ensure_ascii=False))):
                self._logged.inc(len(rows))
        self._close()

    def _purge_when_due(self) -> None:
        now = time.monotonic()
        if self._purged_at is None or now - self._purged_at > _PURGE_S:
            self._purged_at = now
            self._written("img_log.purge", 0, p_days=self.days)

    def _written(self, routine: str, count: int, **parameters: Any) -> bool:
        """Whether the call went well, and was committed; `count` decisions are lost otherwise."""
        try:
            try:
                self._call(routine, **parameters)
            except DatabaseError as error:
                self._close()
                if not error.ended_session:
                    raise
                self._call(routine, **parameters)  # by a new session: the database was stopped and started
        except DatabaseError as error:
            self._close()
            self._fail(count, error.message.partition("\n")[0])
            return False
        self._is_failing = False
        return True

    def _call(self, routine: str, **parameters: Any) -> None:
        if self._database is None:
            self._database = self._connect()
        self._database.call(routine, **parameters)
        self._database.commit()

    def _fail(self, count: int, reason: str) -> None:
        self._failed.inc(count)
        if not self._is_failing:
            self._is_failing = True
            warn(f"warning: decisions are not logged: {reason}")

    def _close(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            try:
                database.close()
            except DatabaseError:
                return  # it is gone already
