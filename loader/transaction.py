"""A session's work that is kept step by step, and the time that it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from loader.database import Database, DatabaseError

T = TypeVar("T")

DEADLOCK = 60
# Errors that another loader on the same labels can cause, and that pass: a row of the same key was put in
# at the same moment (1), a deadlock.
_PASSING = (1, DEADLOCK)
_ATTEMPTS = 8


class Transaction:
    """A session's work, which is kept or undone step by step, or in a dry run undone at the end alone."""

    def __init__(self, database: Database, dry_run: bool) -> None:
        self.database = database
        self._dry_run = dry_run

    def keep(self) -> None:
        """Commit, but in a dry run."""
        if not self._dry_run:
            self.database.commit()

    def end(self) -> None:
        """Commit, or undo a dry run."""
        if self._dry_run:
            self.database.rollback()
        else:
            self.database.commit()

    def put(self, routine: str, **parameters: Any) -> None:
        """A call of a procedure, see `repeat`."""
        self.repeat(lambda: self.database.call(routine, **parameters))

    def value(self, routine: str, **parameters: Any) -> Any:
        """A function's result, see `repeat`."""
        return self.repeat(lambda: self.database.value(routine, **parameters))

    def rows(self, routine: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a function's cursor, see `repeat`."""
        return self.repeat(lambda: list(self.database.rows(routine, **parameters)))

    def repeat(self, work: Callable[[], T]) -> T:
        """Work that is done again where another loader was in the way.

        A call that fails undoes itself; the locks of the calls before it are let go too, except in a dry run,
        whose own rows would be gone with them.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                return work()
            except DatabaseError as error:
                if error.code not in _PASSING:
                    raise
                if not self._dry_run:
                    self.database.rollback()
                time.sleep(0.05 * attempt)
        return work()


class Clock:
    """Adds up the time spent inside its with statements."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.monotonic() - self._begun
