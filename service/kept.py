"""A value that takes long to find, kept for a while and found anew in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """What `find` found, at most about `seconds` old; only the first one is waited for.

    Where that fails, who asks next waits and meets the error.
    """

    def __init__(self, find: Callable[[], _T], seconds: float) -> None:
        self._find = find
        self._seconds = seconds
        self._lock = threading.Lock()
        # The value and when it was found.
        self._found: tuple[_T, float] | None = None
        self._is_looking = False

    def value(self) -> _T:
        """The value."""
        with self._lock:
            if self._found is None:
                self._found = self._find(), time.monotonic()
            value, found_at = self._found
            if time.monotonic() - found_at > self._seconds and not self._is_looking:
                self._is_looking = True
                threading.Thread(target=self._look, name="kept", daemon=True).start()
            return value

    def forget(self) -> None:
        """Find it anew when it is asked for next."""
        with self._lock:
            self._found = None

    def _look(self) -> None:
        found = None
        try:
            found = self._find(), time.monotonic()
        finally:
            with self._lock:
                self._found, self._is_looking = found, False
