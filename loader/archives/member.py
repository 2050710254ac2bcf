"""What an archive holds: its members, and where the bytes of each lie."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import IntEnum
from io import RawIOBase
from typing import Any

# Why an archive can not be used, before the reason.
DAMAGED = "the archive is damaged"


class Kind(IntEnum):
    """How the bytes of a member are kept."""

    PLAIN = 0  # as they are, in the archive
    SPOOLED = 1  # as they are, in the temporary file of members that were unpacked
    STORED = 2  # as they are, behind a header of ZIP
    DEFLATED = 3  # compressed, behind a header of ZIP


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    `start` is where its bytes begin, or its header in a ZIP; `packed` and `size` are its bytes before and after
    unpacking, `crc` is their checksum in a ZIP. `problem` is why it can not be read.
    """

    name: bytes | str
    start: int
    size: int
    kind: Kind = Kind.PLAIN
    packed: int = 0
    crc: int = 0
    problem: str = ""


@dataclass(slots=True)
class Listing:
    """What one pass over an archive found: `others` are links and devices, `damage` is why the rest is not known.

    `on_windows` tells that the names were written there, if the archive says so.
    """

    members: list[Member] = field(default_factory=list)
    others: int = 0
    damage: str = ""
    on_windows: bool = False


class Sought(RawIOBase):
    """What can be read from any place; whoever derives from it says how many bytes there are, and reads them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position; it may lie behind the end. Raises ValueError for a place before the beginning."""
        place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if place < 0:
            raise ValueError(f"negative seek position {place}")
        self._position = place
        return place


class Window(Sought):
    """Some bytes of an open file as a file of its own. Several may read at once."""

    def __init__(self, descriptor: int, start: int, size: int) -> None:
        super().__init__(size)
        self._descriptor = descriptor
        self._start = start

    def readinto(self, buffer: Any) -> int:
        """Read up to the end of the window, or of the file."""
        wanted = max(min(len(buffer), self._size - self._position), 0)
        data = os.pread(self._descriptor, wanted, self._start + self._position)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
