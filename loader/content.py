"""Where bytes come from: memory, a file on disk, or a member of an archive, whose path goes on behind the archive's.

`TS_1.zip/a/x.jpg` is a/x.jpg in TS_1.zip. Nothing is ever unpacked beside the archive.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import TypeAlias

from loader import files
from loader.archives import Archives, Contents
from loader.files import FileError, check_size, open_regular
from loader.kinds import places_in_archives

# The bytes themselves, or the path of what holds them.
Source: TypeAlias = Path | bytes


@cache
def _archives() -> Archives:
    return Archives()


def _member_of(path: Path) -> tuple[Path, str] | None:
    """The archive that holds a path, and the name in it; None for a file on disk."""
    return next(
        ((Path(archive), name) for archive, name in places_in_archives(str(path)) if Path(archive).is_file()), None
    )


def contents(archive: Path) -> Contents:
    """What an archive holds. Raises FileError where it can not be opened."""
    return _archives().contents(archive)


@contextmanager
def opened(source: Source, limit: int) -> Iterator[BufferedReader]:
    """Open a regular file, a member or bytes in memory, of at most `limit` bytes; it can be sought in.

    Raises FileError, of a damaged member also while it is read.
    """
    if isinstance(source, bytes):
        check_size(len(source), limit)
        yield BufferedReader(BytesIO(source))
        return
    member = _member_of(source)
    with open_regular(source, limit) if member is None else _archives().opened(*member, limit) as file:
        yield file


def read(path: Path, limit: int) -> bytes:
    """The content of a file or a member that stayed as it was while it was read. Raises FileError."""
    return read_with_status(path, limit)[0]


def read_with_status(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """The same, with what `status` says of it. Raises FileError."""
    member = _member_of(path)
    if member is None:
        return files.read_with_status(path, limit)
    try:
        before = status(path)
    except OSError as error:
        raise FileError(error.strerror or str(error)) from error
    with _archives().opened(*member, limit) as file:
        return file.read(), before


def read_start(path: str, size: int) -> bytes:
    """The first bytes of a file or a member. Raises FileError and OSError."""
    try:
        return files.read_start(path, size)
    except OSError:
        # As in `status`.
        if _member_of(Path(path)) is None:
            raise
    with opened(Path(path), sys.maxsize) as file:
        return file.read(size)


def sha256(source: Source) -> str:
    """SHA-256 of the content, hexadecimal. Raises OSError."""
    try:
        with opened(source, sys.maxsize) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileError as error:
        raise OSError(errno.EIO, str(error)) from error


def status(path: Path | str) -> os.stat_result:
    """What the file system says of a file; of a member it is what it says of the archive, but for the size.

    Raises OSError.
    """
    try:
        return os.stat(path)  # noqa: PTH116, which takes as long again
    except OSError:
        # Nothing lies in an archive's place on disk; to look for archives first would take longer than to ask.
        member = _member_of(Path(path))
        if member is None:
            raise
    archive, name = member
    found = archive.stat()
    try:
        size = _archives().size(archive, name)
    except FileError as error:
        raise OSError(errno.EIO, str(error)) from error
    fields = list(found)
    fields[6] = size
    return os.stat_result(fields, {name: getattr(found, name) for name in ("st_mtime_ns", "st_ctime_ns")})
