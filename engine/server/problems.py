"""Why the embedded server can not be used, as one line for people."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from engine.server.host import host

# Free disk below which nothing more is written: a server that can not write its log stops at once, and can
# not start again before there is room.
RESERVE = 64 * 2**20
# Free disk below which a server can not open the next file of its write-ahead log.
_LEAST = 16 * 2**20
_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded")


class ServerError(Exception):
    """The server can not be started, reached or stopped; the message says why and what to do."""


def check_space(directory: Path, needed: int = RESERVE) -> None:
    """Raise ServerError where less than `needed` bytes of the disk are free."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise ServerError(
            f"the disk of {directory} is nearly full, {free / 2**20:.0f} MB are left and {needed / 2**20:.0f} "
            "needed: make room and run this again; what was committed stays"
        )


def full_disk(directory: Path) -> str:
    """What a full disk means for the one who reads it."""
    return f"the disk of {directory} is full: make room and run this again; what was committed stays"


def tells_of_full_disk(text: str) -> bool:
    """Whether the operating system's words for it are in an error or a log."""
    return _NO_ROOM.search(text) is not None


def log_size(directory: Path) -> int:
    """The bytes of the server's log, which is where its next words will stand."""
    try:
        return (directory / "server.log").stat().st_size
    except OSError:
        return 0


def ran_full(directory: Path, since: int) -> bool:
    """Whether a server that was lost may have ended of a full disk, by its log from the byte `since` on.

    A full disk may have kept it from saying so.
    """
    try:
        if shutil.disk_usage(directory).free < _LEAST:
            return True
        with (directory / "server.log").open("rb") as file:
            file.seek(since)
            return tells_of_full_disk(file.read().decode("utf-8", "replace"))
    except OSError:
        return False


def unusable(directory: Path, error: OSError) -> ServerError:
    """What an error of the operating system means for a database directory."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        reason = "is not a directory"
    else:
        place = "" if error.filename in (None, str(directory)) else f" ({error.filename})"
        reason = f"can not be used: {(error.strerror or str(error)).lower()}{place}"
    return ServerError(f"{directory} {reason}; name a directory of your own by {host().setting}")
