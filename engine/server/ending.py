"""The server that runs, and its end: politely, then less so, then by force."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from engine.server import locks, processes
from engine.server.host import announced, warn
from engine.server.places import PORT
from engine.server.problems import ServerError
from engine.server.processes import Postmaster

# How long, in seconds, each way of stopping may take before the next, less polite one.
_FAST_S, _IMMEDIATE_S, _KILL_S = 20.0, 5.0, 5.0
# How long the processes of a server that was killed may take to notice it.
_NOTICE_S = 5.0
POLL_S = 0.02
# Child processes that go on without this one; they are kept to be waited for, should they end before it.
children: list[subprocess.Popen[bytes]] = []


def find(directory: Path) -> Postmaster | None:
    """The running server, also one that has not written its file yet, or whose file was lost."""
    found = processes.find(directory / "data")
    if found is None:
        held = locks.acquire(directory / "server")
        if held is None:
            return processes.find_without_file(directory / "data")
        os.close(held)
    return found


def end_server(directory: Path) -> bool:
    """End the server and all its processes; whether there were any."""
    found = find(directory)
    if found is not None:
        end(found, directory)
    ended = end_leftovers(directory)
    os.close(ended.lock)
    forget(directory / "data")
    return found is not None or ended.any


def end(found: Postmaster, directory: Path) -> None:
    """End a server: politely, then less so, then by force, each for a limited time."""
    ways = ((signal.SIGINT, _FAST_S), (signal.SIGQUIT, _IMMEDIATE_S), (signal.SIGKILL, _KILL_S))
    with announced(f"stopping the embedded server in {directory}"):
        # PostgreSQL 18 that is told to stop during its recovery waits for ever when that is done.
        if found.status != "stopping":
            _wait(lambda: processes.is_open(found.process) or not processes.is_alive(found.process), _FAST_S)
        for way, limit in ways:
            try:
                found.process.send_signal(way)
            except psutil.AccessDenied as error:
                raise ServerError(
                    f"the embedded server in {directory} runs as {found.process.username()}: stop it as that user"
                ) from error
            except psutil.NoSuchProcess:
                return
            if _wait(lambda: not processes.is_alive(found.process), limit):
                if way != signal.SIGINT:
                    _say_forced(directory)
                return
    raise ServerError(f"the embedded server in {directory}, process {found.process.pid}, can not be ended")


def _say_forced(directory: Path) -> None:
    warn(f"the embedded server in {directory} did not stop in time and was ended; what was committed stays")


@dataclass(slots=True)
class Ended:
    """The server's own lock, which proves that none of its processes is left, and whether there were any."""

    lock: int
    any: bool


def end_leftovers(directory: Path) -> Ended:
    """Wait for the processes that outlived their postmaster, and kill those that do not notice it."""
    data = directory / "data"

    def take() -> Ended | None:
        lock = locks.acquire(directory / "server")
        # A server of an earlier version of this program holds no lock.
        if lock is not None and (data / "postmaster.pid").exists() and next(processes.of(data), None) is not None:
            os.close(lock)
            return None
        return None if lock is None else Ended(lock, False)

    if (ended := _wait(take, 0)) is not None:
        return ended
    ended = _wait(take, _NOTICE_S)
    if ended is None:
        left = list(processes.of(data))
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if left:
            _say_forced(directory)
        ended = _wait(take, _KILL_S)
    if ended is None:
        raise ServerError(
            f"a server of {directory} runs where this process can not see it, such as in another container, "
            "or as another user: stop it there"
        )
    ended.any = True
    return ended


_Found = TypeVar("_Found")


def _wait(look: Callable[[], _Found], limit_s: float) -> _Found:
    """What `look` found as soon as that is something true, or at the end of the limit."""
    deadline = time.monotonic() + limit_s
    while True:
        for child in children:
            child.poll()
        found = look()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(POLL_S)


def forget(data: Path) -> None:
    """Remove what a server left that was killed; PostgreSQL heeds it while any process has its number.

    To be called where it is proven that no process of this server is left.
    """
    for name in ("postmaster.pid", f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (data / name).unlink(missing_ok=True)
