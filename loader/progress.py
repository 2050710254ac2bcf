"""How far long work has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

from tqdm import tqdm

from loader.terminal import say, status_line
from loader.waiting import PATIENCE_S, is_told

_INTERVAL_S = 5.0


class Progress:
    """Counts up to `total` (None: not known), from any thread; use it in a with statement."""

    def __init__(self, what: str, total: int | None, unit: str, stream: TextIO | None = None) -> None:
        self.what = what
        self.total = total
        self.unit = unit
        self.done = 0
        self._stream = stream or sys.stderr
        self._told = is_told()
        self._bar = (
            tqdm(total=total, desc=what, unit=f" {unit}", file=self._stream, delay=PATIENCE_S)
            if self._told and self._stream.isatty()
            else None
        )
        # The first line comes after PATIENCE_S.
        self._said = time.monotonic() - _INTERVAL_S + PATIENCE_S
        self._lock = threading.Lock()

    def advance(self, count: int = 1) -> None:
        """`count` more are done."""
        with self._lock:
            self.done += count
            if self._bar is not None:
                with status_line().lock:
                    status_line().erase()
                    self._bar.update(count)
                    status_line().spoken = time.monotonic()
            elif self._told and time.monotonic() - self._said > _INTERVAL_S:
                self._said = time.monotonic()
                of = f" of {self.total}" if self.total else ""
                say(f"{self.what}: {self.done}{of} {self.unit}", self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
