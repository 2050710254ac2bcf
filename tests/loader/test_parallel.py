"""Steps side by side: in order, each on one core, and no more than the memory can hold."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from loader.parallel import cores, ordered


def blas_threads() -> set[int]:
    """How many threads numpy's linear algebra would use now."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_results_come_in_order_though_the_first_ends_last() -> None:
    second_done = threading.Event()

    def step(item: int) -> int:
        if item == 0:
            assert second_done.wait(60)
        if item == 1:
            second_done.set()
        return 10 * item

    assert list(ordered(step, range(5), workers=2)) == [0, 10, 20, 30, 40]


def test_each_step_has_one_core_of_its_own() -> None:
    before = blas_threads()
    assert before
    assert set().union(*ordered(lambda _: blas_threads(), range(4), workers=2)) == {1}
    assert blas_threads() == before


@pytest.mark.parametrize(("bytes_each", "expected"), [(2**60, 1), (0, 4), (1, 4)])
def test_no_more_run_than_the_memory_holds(monkeypatch: pytest.MonkeyPatch, bytes_each: int, expected: int) -> None:
    started = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, workers: int, name: str) -> None:
            started.append(workers)
            super().__init__(workers, name)

    monkeypatch.setattr("loader.parallel.ThreadPoolExecutor", Pool)
    assert list(ordered(str, range(3), bytes_each=bytes_each, workers=4)) == ["0", "1", "2"]
    assert started == [expected]


def test_a_failure_is_raised_where_its_result_would_come() -> None:
    def step(item: int) -> int:
        if item == 1:
            raise ValueError("one")
        return item

    found = ordered(step, range(3), workers=2)
    assert next(found) == 0
    with pytest.raises(ValueError, match="one"):
        next(found)


def test_there_is_a_core() -> None:
    assert cores() >= 1
