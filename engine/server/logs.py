"""What the server writes down, as far as it is read and kept."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from engine.server import locks
from engine.server.problems import ServerError, full_disk, tells_of_full_disk

_KEPT, _MAX = 256 * 2**10, 2**20
_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ \[\d+\] ")
_SHOWN_LINES = 3


def failure(directory: Path, log: Path, begin: int, status: int) -> ServerError:
    """Why a start failed, by what the server wrote since the byte `begin` of its log."""
    with log.open("rb") as file:
        file.seek(begin)
        text = file.read().decode("utf-8", "replace")
    lines = [_PREFIX.sub("", line) for line in text.splitlines()]
    said = [line for line in lines if re.match(r"(postgres: )?(FATAL|PANIC|ERROR|DETAIL|HINT)\b|postgres: ", line)]
    if any(tells_of_full_disk(line) for line in said):
        return ServerError(full_disk(directory))
    reason = " ".join(" ".join(line.split()) for line in said[-_SHOWN_LINES:]) or f"it ended with status {status}"
    return ServerError(f"the embedded server in {directory} does not start: {reason} (its log: {log})")


def cut(directory: Path) -> None:
    """Keep the end of a log that has grown; the server goes on at the end of whatever is there."""
    log = directory / "server.log"
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > _MAX:
            descriptor = locks.open_owned(log, os.O_RDWR | os.O_APPEND)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                file.seek(-_KEPT, os.SEEK_END)
                kept = file.read().partition(b"\n")[2]
                file.truncate(0)
                file.write(kept)
