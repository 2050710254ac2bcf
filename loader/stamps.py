"""Whether a file is as it was when it was read, seen without reading it.

A stamp holds a file's size, its two times of change and its number. The second time (ctime) is the system's own: a
program that sets the first one back changes it. Two changes within one step of the clock have the same times, so a
stamp is kept only where the last change was some seconds old when the file was read, as git does with its index. Where
the clock of a file server is behind by more than that, and the file is written twice within one of its steps, a
change can be missed.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

# FAT keeps times in steps of two seconds, some others of one.
_SETTLED_NS = 3_000_000_000


def stamp_of(status: os.stat_result) -> str:
    """The stamp of a file."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def now() -> int:
    """The time before a file is read, in nanoseconds since 1970."""
    return time.time_ns()


def lasting(stamp: str, status: os.stat_result, read_at: int) -> str | None:
    """The stamp where a later change of the file will show in it, else None: the file is to be read again."""
    changed_at = max(status.st_mtime_ns, status.st_ctime_ns)
    return stamp if changed_at + _SETTLED_NS <= read_at else None


def code_stamp(*modules: str) -> str:
    """A stamp of modules' text: what they make of a file may change with it."""
    digest = hashlib.sha256()
    for name in modules:
        digest.update(Path(str(sys.modules[name].__file__)).read_bytes())
    return digest.hexdigest()[:16]
