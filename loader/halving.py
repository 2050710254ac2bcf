"""Batches that lose one item where the database refuses one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from loader.database import DatabaseError

T = TypeVar("T")


def put_halved(items: Sequence[T], put: Callable[[Sequence[T]], object]) -> Iterator[tuple[T, DatabaseError]]:
    """Put the items by one call, which does all or nothing; where it is refused, by two of half of them, and so on.

    Gives the items that are refused alone, each with the error. Raises DatabaseError where the database does not
    refuse the values but fails.
    """
    try:
        put(items)
    except DatabaseError as error:
        if not error.refuses_row:
            raise
        if len(items) == 1:
            yield items[0], error
            return
        middle = len(items) // 2
        yield from put_halved(items[:middle], put)
        yield from put_halved(items[middle:], put)
