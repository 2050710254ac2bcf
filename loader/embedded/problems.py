"""Why the embedded server can not be used, as one line for people."""

from __future__ import annotations

import shutil
from pathlib import Path

# Free disk below which nothing more is written: a server that can not write its log stops at once, and can
# not start again before there is room.
RESERVE = 64 * 2**20


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


def unusable(directory: Path, error: OSError) -> ServerError:
    """What an error of the operating system means for a database directory."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        reason = "is not a directory"
    else:
        place = "" if error.filename in (None, str(directory)) else f" ({error.filename})"
        reason = f"can not be used: {(error.strerror or str(error)).lower()}{place}"
    return ServerError(f"{directory} {reason}; name a directory of your own by EMBEDDED_DB_DIR")
