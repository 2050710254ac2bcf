"""Small file systems, where mounting is allowed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def mounted(path: Path, *options: str) -> bool:
    """Whether `mount` with these options could be done at `path`."""
    path.mkdir(exist_ok=True)
    try:
        return subprocess.run(["mount", *options, str(path)], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many megabytes; the test is skipped where none can be mounted."""
    if not mounted(path, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "none"):
        pytest.skip("mounting a small file system takes rights that are missing here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """The same, which can not be written for a while."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def fill(disk: Path, left: int) -> Path:
    """A file that leaves `left` bytes of the disk."""
    ballast = disk / "ballast"
    # The server may take some of it at the same time.
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while (more := shutil.disk_usage(disk).free - left) > 0:
            file.write(bytes(min(more, 2**20)))
    return ballast
