"""Work that takes longer than a request may: one at a time, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from loader.config import ConfigurationError
from loader.database import DatabaseError


class Chore:
    """A piece of work that is begun by a button; whether it is under way, and why it failed the last time."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._problem: str | None = None

    def begin(self) -> None:
        """Begin it, unless it is under way."""
        with self._lock:
            if self._thread is None:
                self._problem = None
                self._thread = threading.Thread(target=self._run, name="chore", daemon=True)
                self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        with self._lock:
            return self._thread is not None

    @property
    def problem(self) -> str | None:
        """Why it failed the last time; None where it did not."""
        with self._lock:
            return self._problem

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, for at most so long."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _run(self) -> None:
        problem: str | None = "it broke off: the service's log says more"
        try:
            self._work()
            problem = None
        except (ConfigurationError, DatabaseError) as error:
            problem = str(error)
        finally:
            with self._lock:
                self._thread, self._problem = None, problem
