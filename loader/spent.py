"""Where the time of a command goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


class Spent:
    """Seconds by what they were spent on, in the order in which that was first begun. Several threads may add."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Add the time of a with statement."""
        begun = time.perf_counter()
        with self._lock:
            self.seconds.setdefault(what, 0.0)
        try:
            yield
        finally:
            with self._lock:
                self.seconds[what] += time.perf_counter() - begun

    def lines(self) -> Iterator[str]:
        """What to show to people."""
        for what, seconds in self.seconds.items():
            yield f"{seconds:8.3f} s  {what}"
        yield f"{since_start():8.3f} s  in all, from the start of the process; what goes on side by side counts twice"


def since_start() -> float:
    """Seconds since this process began."""
    return time.time() - psutil.Process().create_time()
