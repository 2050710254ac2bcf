"""A value that is kept."""

from __future__ import annotations

import threading

import pytest

from service.kept import Kept


def test_it_is_found_once_and_anew_in_the_background() -> None:
    found = threading.Event()
    values = iter([1, 2])

    def find() -> int:
        value = next(values)
        if value == 2:
            found.set()
        return value

    kept = Kept(find, 3600.0)
    assert [kept.value(), kept.value()] == [1, 1]
    kept._seconds = -1.0
    assert kept.value() == 1
    assert found.wait(20)


def test_who_asks_next_meets_the_error() -> None:
    def find() -> int:
        raise RuntimeError("no database")

    kept = Kept(find, 3600.0)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            kept.value()


def test_it_is_found_anew_after_it_was_forgotten() -> None:
    values = iter([1, 2])
    kept = Kept(lambda: next(values), 3600.0)
    assert kept.value() == 1
    kept.forget()
    assert kept.value() == 2
