"""Sessions on the database that requests share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loader.database import Database, DatabaseError

# How long a request waits for a session that others hold, in seconds.
PATIENCE_S = 20.0


class NoSessionError(Exception):
    """Every session was held for PATIENCE_S."""


class Sessions:
    """At most `count` sessions, opened as they are needed; each is one request's at a time."""

    def __init__(self, connect: Callable[[], Database], count: int) -> None:
        self._connect = connect
        self._count = count
        self._held = 0
        self._free: list[Database] = []
        self._condition = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[Database]:
        """A session; what was not committed is undone at the end.

        Raises NoSessionError, and DatabaseError where there is no database.
        """
        with self._condition:
            if not self._condition.wait_for(lambda: self._held < self._count, PATIENCE_S):
                raise NoSessionError
            self._held += 1
            database = self._free.pop() if self._free else None
        try:
            if database is None:
                database = self._connect()
            yield database
        except DatabaseError as error:
            if error.ended_session:
                if database is not None:
                    _close(database)
                database = None
                self._close_free()
            raise
        finally:
            clean = database is not None and _is_clean(database)
            with self._condition:
                self._held -= 1
                if database is not None and clean:
                    self._free.append(database)
                self._condition.notify_all()

    def close(self) -> None:
        """Close the sessions, those that requests hold as well when they become free within PATIENCE_S."""
        with self._condition:
            self._condition.wait_for(lambda: not self._held, PATIENCE_S)
        self._close_free()

    def _close_free(self) -> None:
        """Close those that nobody holds: where one was lost, the others were too."""
        with self._condition:
            free, self._free = self._free, []
        for database in free:
            _close(database)


def _is_clean(database: Database) -> bool:
    """Whether nothing is left of a request in the session; else it is closed."""
    try:
        database.rollback()
    except DatabaseError:
        _close(database)
        return False
    return True


def _close(database: Database) -> None:
    try:
        database.close()
    except DatabaseError:
        return  # it is gone already
