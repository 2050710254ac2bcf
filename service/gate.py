"""How many requests are worked on, and how many may wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class FullError(Exception):
    """As many requests wait as may."""


class ClosingError(Exception):
    """The service stops, and takes nothing more."""


class Gate:
    """Lets `workers` in at once and `waiting` wait; the others are turned away at once."""

    def __init__(self, workers: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(workers)
        self._condition = threading.Condition()
        self._most = workers + waiting
        self._inside = 0
        self._closed = False

    @property
    def inside(self) -> int:
        """Requests that are worked on or wait."""
        return self._inside

    @contextmanager
    def entered(self) -> Iterator[None]:
        """A place to work, waited for. Raises FullError and ClosingError."""
        with self._condition:
            if self._closed:
                raise ClosingError
            if self._inside >= self._most:
                raise FullError
            self._inside += 1
        try:
            with self._places:
                yield
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    def open(self) -> None:
        """Let requests in."""
        with self._condition:
            self._closed = False

    def close(self, patience_s: float) -> bool:
        """Let nobody in any more, and wait for those inside; whether all have left."""
        with self._condition:
            self._closed = True
            return self._condition.wait_for(lambda: not self._inside, patience_s)
