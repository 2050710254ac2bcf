"""Where the time of a command goes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    stat = Path("/proc/self/stat")
    if not stat.exists():
        return time.time() - psutil.Process().create_time()
    # By Linux' own clock: the time of day at which it was booted is known to the second alone.
    ticks = int(stat.read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
