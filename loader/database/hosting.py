"""The embedded engine's server in this program: how it speaks to people, its start and its stop.

It is loaded in no time, unlike what talks to the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.server import host, server
from engine.server.host import Host
from engine.server.problems import full_disk, tells_of_full_disk
from loader.database.base import DatabaseError
from loader.terminal import warn
from loader.waiting import announced

host.serve(Host(warn, announced, setting="EMBEDDED_DB_DIR", stop="python -m loader stop"))


def use(directory: Path) -> None:
    """See to it that the server runs until this process ends. Raises DatabaseError."""
    with told(directory):
        server.connection_string(directory)


def start(directory: Path) -> None:
    """Start the server, and keep it running when this process ends. Raises DatabaseError."""
    with told():
        server.start(directory)


def stop(directory: Path) -> bool:
    """Stop the server, whoever uses it; whether one was running. Raises DatabaseError."""
    with told():
        return server.stop(directory)


def is_kept_running(directory: Path) -> bool:
    """Whether `start` was called, and not `stop` since."""
    return server.is_kept_running(directory)


@contextmanager
def told(directory: Path | None = None) -> Iterator[None]:
    """Raise the server's errors as the loader's; with a directory, a full disk is told as that."""
    try:
        yield
    except server.ServerError as error:
        full = directory is not None and tells_of_full_disk(str(error))
        raise DatabaseError(full_disk(directory) if directory and full else str(error)) from error
