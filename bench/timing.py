"""What a statement costs: medians of the server's CPU time, which others' work hardly changes, and of time passed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import psutil

from loader.database.embedded import EmbeddedDatabase


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU time of the session's process, and seconds that passed."""

    cpu_s: float
    wall_s: float

    def __str__(self) -> str:
        return f"{self.cpu_s:.2f} s of CPU time, {self.wall_s:.2f} s passed"


def cost(database: EmbeddedDatabase, action: Callable[[], object], times: int = 3) -> Cost:
    """The medians of some runs; changes are undone after each."""
    server = psutil.Process(database.session.connection.info.backend_pid)
    spent: list[Cost] = []
    for _ in range(times):
        before, begun = server.cpu_times(), time.perf_counter()
        action()
        passed, after = time.perf_counter() - begun, server.cpu_times()
        spent.append(Cost(after.user - before.user + after.system - before.system, passed))
        database.rollback()
    return Cost(median(one.cpu_s for one in spent), median(one.wall_s for one in spent))
