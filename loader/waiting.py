"""Say what a wait is for when it takes long."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from loader.terminal import say, status_line

# Seconds of silence that nobody takes for a hang.
PATIENCE_S = 2.0
_TICK_S = 0.5

# The command line says what it waits for; the library is silent, unless its caller wants to be told.
_told: ContextVar[bool] = ContextVar("told", default=True)

# Those under way, the innermost last: it is the one that is said.
_waits: list[Wait] = []


class Wait:
    """A wait under way; its text may change while it lasts."""

    def __init__(self, what: str, stream: TextIO) -> None:
        self.what = what
        self._stream = stream
        self._begun = time.monotonic()
        self._ended = threading.Event()
        self._said = False

    def now(self, what: str) -> None:
        """What is being done from here on."""
        self.what = what

    def begin(self) -> None:
        """Speak from now on, whenever there has been silence for PATIENCE_S."""
        with status_line().lock:
            _waits.append(self)
        threading.Thread(target=self._run, name="announced", daemon=True).start()

    def end(self) -> None:
        """Say no more, and leave the terminal's line empty."""
        with status_line().lock:
            self._ended.set()
            _waits.remove(self)
            status_line().erase()

    def _run(self) -> None:
        pause = PATIENCE_S
        while not self._ended.wait(pause):
            pause = min(PATIENCE_S, _TICK_S)
            line = status_line()
            with line.lock:
                now = time.monotonic()
                if self._ended.is_set() or _waits[-1] is not self or now - line.spoken < PATIENCE_S:
                    continue
                if self._stream.isatty():
                    line.show(f"{self.what} ({now - self._begun:.0f} s)", self._stream)
                elif not self._said:
                    self._said = True
                    say(self.what, self._stream)


@contextmanager
def announced(what: str, stream: TextIO | None = None) -> Iterator[Wait]:
    """Say `what` on standard error after PATIENCE_S of silence in the block.

    On a terminal it is one line that counts the seconds and is gone at the end; elsewhere one line, once.
    """
    wait = Wait(what, stream or sys.stderr)
    if not is_told():
        yield wait
        return
    wait.begin()
    try:
        yield wait
    finally:
        wait.end()


def is_told() -> bool:
    """Whether waits and progress are to be said."""
    return _told.get()


@contextmanager
def telling(told: bool) -> Iterator[None]:
    """Say waits and progress in the block, or be silent."""
    before = _told.set(told)
    try:
        yield
    finally:
        _told.reset(before)
