"""Locks on files that the kernel releases when the last process that holds them ends, however it ends.

flock and not fcntl's record locks, which most libraries use: a child process can inherit a flock, so
that a server holds its own lock for as long as one of its processes lives, and closing another
descriptor of the same file does not release it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

_POLL_S = 0.02


def open_owned(path: Path, flags: int) -> int:
    """Open `path`, and make it where it is not there, as a file of the directory's owner. Raises OSError.

    No link is followed: root may do this in a directory of another user.
    """
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def acquire(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> int | None:
    """Lock the file `path`; the descriptor that holds the lock until it is closed.

    None where others hold it for longer than `wait_s` seconds. Raises OSError, also where the file
    system has no locks.
    """
    descriptor = open_owned(path, os.O_RDWR)
    deadline = time.monotonic() + wait_s
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                return descriptor
            if time.monotonic() >= deadline:
                break
            time.sleep(_POLL_S)
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def wait_for_others(path: Path) -> bool:
    """Wait until nobody holds the lock `path`; False where there is no such file. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)
    return True
