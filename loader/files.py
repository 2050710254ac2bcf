"""Files read so that nothing hangs: regular ones alone, of a size that is checked before."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

# Larger label files and images are refused before they are read. The first is what Oracle's type JSON holds.
LARGEST_LABEL = 32_000_000
LARGEST_IMAGE = 1_000_000_000
_MEGABYTE = 1_000_000
_CHANGED = "it changed while it was read: run this again"

_KINDS = (
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a directory"),
)


class FileError(ValueError):
    """A file can not be read; the message says why, as the end of a sentence."""


def special_kind(mode: int) -> str:
    """What a file is that is no regular one, such as "a FIFO"; empty for a regular one."""
    return "" if stat.S_ISREG(mode) else next((kind for is_kind, kind in _KINDS if is_kind(mode)), "no file")


def identity(status: os.stat_result) -> tuple[int, int, int, int]:
    """What tells a file from another, and from what it was before."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@contextmanager
def open_regular(path: Path, limit: int) -> Iterator[BufferedReader]:
    """Open a regular file of at most `limit` bytes, which has to stay as it is until the block ends.

    It is looked at before it is opened, for to open a FIFO or a device can wait or change something, and after, for
    it may be another by then. Raises FileError; OSError of the reading itself is the caller's.
    """
    try:
        _check(path.stat(), limit)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise FileError(error.strerror or str(error)) from error
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(str(error)) from error  # a name that holds NUL
    with os.fdopen(descriptor, "rb") as file:
        _check(os.fstat(descriptor), limit)
        opened = os.fstat(descriptor)
        yield file
        if not file.closed and identity(os.fstat(descriptor)) != identity(opened):
            raise FileError(_CHANGED)


def read_with_status(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """The content of a regular file that stayed as it was while it was read, and its status. Raises FileError."""
    with open_regular(path, limit) as file:
        status = os.fstat(file.fileno())
        try:
            content = file.read(status.st_size + 1)
        except OSError as error:
            raise FileError(error.strerror or str(error)) from error
        if len(content) != status.st_size:
            raise FileError(_CHANGED)
    return content, status


def check_size(size: int, limit: int) -> None:
    """Raises FileError for more bytes than the limit."""
    if size > limit:
        raise FileError(f"it has {size / _MEGABYTE:,.0f} MB, more than the limit of {limit // _MEGABYTE:,} MB")


def read_start(path: str, size: int) -> bytes:
    """The first bytes of a regular file. Raises FileError, and OSError where there is none."""
    _check_kind(os.stat(path))  # noqa: PTH116, a Path for each file takes as long again
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, size)
    finally:
        os.close(descriptor)


def _check(status: os.stat_result, limit: int) -> None:
    _check_kind(status)
    check_size(status.st_size, limit)


def _check_kind(status: os.stat_result) -> None:
    if kind := special_kind(status.st_mode):
        raise FileError(f"it is {kind}, no regular file")
