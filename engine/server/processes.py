"""Which processes are the server of a data directory.

The number in postmaster.pid may be stale and belong to anything by now: after a crash, a reboot, or in
a new container. So a process counts as the server only if its executable is postgres, it works in this
directory, it belongs to the directory's owner, its command line names the directory, and it is as old as
the file says.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

# How far apart the two clocks of one start may be, in seconds.
_SAME_TIME_S = 5.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The first process of a running server.

    `status` is PostgreSQL's own word: starting, ready, stopping, or "" where none is written yet.
    `sockets` is the directory of its socket.
    """

    process: psutil.Process
    status: str
    sockets: Path


def find(data: Path) -> Postmaster | None:
    """The server of the data directory, if this process can see one."""
    lines = _lines(data)
    status = lines[7].strip() if len(lines) > 7 else ""
    sockets = data / (lines[4].strip() if len(lines) > 4 else "")
    with contextlib.suppress(psutil.Error, ValueError, IndexError):
        process = psutil.Process(abs(int(lines[0])))
        if _is_postmaster(process, data) and _is_as_old(process, lines):
            return Postmaster(process, status, sockets)
    return None


def find_without_file(data: Path) -> Postmaster | None:
    """The same by a look at all processes: the file may be gone, or another's."""
    for process in of(data):
        if _is_postmaster(process, data):
            return Postmaster(process, "", data)
    return None


def of(data: Path) -> Iterator[psutil.Process]:
    """All processes of the data directory's server, those included that outlived their postmaster."""
    for process in psutil.process_iter():
        if _is_server(process, data):
            yield process


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that ended and that its parent did not look at yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def is_open(process: psutil.Process) -> bool:
    """Whether a postmaster lets sessions in: it is neither in a recovery nor about to begin one after a crash.

    Then alone it has a writer of the log.
    """
    try:
        return any("postgres: walwriter" in _title(child) for child in process.children())
    except psutil.Error:
        return False


def _title(process: psutil.Process) -> str:
    try:
        return "".join(process.cmdline()[:1])
    except psutil.Error:
        return ""


def _lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _is_server(process: psutil.Process, data: Path) -> bool:
    try:
        return (
            Path(process.exe()).name == "postgres"
            and process.uids().effective == data.stat().st_uid
            and Path(process.cwd()).samefile(data)
        )
    except (psutil.Error, OSError):
        return False


def _is_postmaster(process: psutil.Process, data: Path) -> bool:
    """The others of its processes show their work in the place of the command line."""
    if not _is_server(process, data):
        return False
    words = process.cmdline()
    try:
        return Path(words[words.index("-D") + 1]).samefile(data)
    except (ValueError, IndexError, OSError):
        return False


def _is_as_old(process: psutil.Process, lines: list[str]) -> bool:
    """The third line is the time of the start.

    The clock may have been set since, which moves the age of every process: then its socket tells.
    """
    if abs(process.create_time() - int(lines[2])) <= _SAME_TIME_S:
        return True
    with contextlib.suppress(psutil.Error, IndexError):
        own = os.path.join(lines[4].strip(), f".s.PGSQL.{lines[3].strip()}")  # noqa: PTH118, a Path would drop "./"
        return any(str(socket.laddr) == own for socket in process.net_connections("unix"))
    return False
