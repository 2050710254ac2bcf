"""What a load has to say beside its counts: how often it happened, and an example."""

from __future__ import annotations

import threading
from collections.abc import Iterator


class Notes:
    """Counted remarks, in the order in which each was made first. Several threads may add at once."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()

    def add(self, text: str, example: str = "", count: int = 1) -> None:
        """Note `text`, a plural without its number, such as "names were resolved"; the first example is kept."""
        with self._lock:
            before, first = self._found.get(text, (0, example))
            self._found[text] = (before + count, first)

    def lines(self) -> Iterator[str]:
        """For people: "3 names were resolved, such as ..."."""
        with self._lock:
            found = list(self._found.items())
        for text, (count, example) in found:
            yield f"{count} {text}" + (f", such as {example}" if example else "")
