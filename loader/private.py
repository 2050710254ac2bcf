"""Files that are their owner's alone."""

from __future__ import annotations

import os
from pathlib import Path


def private_file(path: Path) -> Path:
    """The path of a file that nobody else can read (0600) in a directory that nobody else can enter (0700).

    Both are made where they are missing, and their modes set where they are not so. Raises OSError, also where the
    file is a link, which could lead to a file that others read.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    return path
