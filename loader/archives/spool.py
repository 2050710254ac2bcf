"""Members of compressed TAR files, unpacked into one temporary file that has no name."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from typing import IO, BinaryIO

from loader.files import FileError

# What is left free on the disk of the temporary directory, where the database may lie too.
_LEFT_FREE = 500_000_000
_PIECE = 1 << 20
_LOOKED_AT = 64 * _PIECE


class Spool:
    """Bytes that were unpacked once, for as long as the process runs."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0
        self._since = _LOOKED_AT

    @property
    def descriptor(self) -> int:
        """The file, to read from."""
        return self._opened().fileno()

    @property
    def end(self) -> int:
        """Where the next bytes will lie."""
        return self._end

    def add(self, source: BinaryIO, size: int) -> int:
        """Take in `size` bytes; where they begin. Raises EOFError where there are fewer, FileError for want of room."""
        start = self._end
        file = self._opened()
        file.seek(start)
        while (left := start + size - self._end) > 0:
            self._look_for_room()
            piece = source.read(min(left, _PIECE))
            if not piece:
                raise EOFError
            try:
                file.write(piece)
            except OSError as error:
                raise FileError(_no_room(error.strerror or str(error))) from error
            self._end += len(piece)
            self._since += len(piece)
        return start

    def cut(self, end: int) -> None:
        """Forget what lies behind `end`."""
        if end < self._end:
            self._opened().truncate(end)
            self._end = end

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with this
            weakref.finalize(self, self._file.close)
        return self._file

    def _look_for_room(self) -> None:
        if self._since < _LOOKED_AT:
            return
        self._since = 0
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if free < _LEFT_FREE:
            raise FileError(_no_room(f"{free // 1_000_000} MB are left"))


def _no_room(reason: str) -> str:
    return (
        f"there is no room to unpack it in the temporary directory ({reason}): make room, set TMPDIR, or unpack "
        "the archive yourself"
    )
