"""Steps of linear algebra side by side: a thread for each core, and each step on one of them.

numpy lets other threads run while it computes. Its library of linear algebra would start threads of its own in each of
them, so it is held to one: then the cores are not shared out twice, and a step gives the same bits however many run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psutil
from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ordered(
    function: Callable[[Item], Result], items: Sequence[Item], *, bytes_each: int = 0, workers: int | None = None
) -> Iterator[Result]:
    """What `function` gives of each item, in the order of the items; several are under way at a time.

    `bytes_each` is the memory that one takes: no more run than half of what is free can hold. `workers` is how many run
    at most; by default as many as there are cores.
    """
    wanted = workers or cores()
    if bytes_each:
        wanted = max(1, min(wanted, psutil.virtual_memory().available // 2 // bytes_each))
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(wanted, "fold") as pool:
        yield from pool.map(function, items)
