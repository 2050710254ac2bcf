"""Items in batches, by number and by length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def batched(
    items: Iterable[T], most: int, length: Callable[[T], int] = lambda _: 0, longest: int = 0
) -> Iterator[list[T]]:
    """At most `most` items a batch, and in sum at most `longest` (0: no limit), or one that is longer alone."""
    batch: list[T] = []
    total = 0
    for item in items:
        added = length(item)
        if batch and (len(batch) == most or (longest and total + added > longest)):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += added
    if batch:
        yield batch
