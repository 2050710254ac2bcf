"""TAR, compressed or not: its members, found in one pass."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, cast

from loader.archives.member import DAMAGED, Kind, Listing, Member
from loader.archives.names import is_litter
from loader.archives.spool import Spool
from loader.files import FileError
from loader.kinds import is_archive

_OPENERS: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    "gz": lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file)),
    "bz2": lambda file: cast(BinaryIO, bz2.BZ2File(file)),
    "xz": lambda file: cast(BinaryIO, lzma.LZMAFile(file)),  # noqa: SIM115 - the file is the caller's
}
# A longer header says nothing of use: names are of some thousand bytes.
_LONGEST_HEADER = 1 << 20
_LARGEST = 1 << 60
# What follows the end of an archive is read to check the sum of all bytes; it is padding, and not much.
_LONGEST_PADDING = 1 << 26
# The compressed bytes are not what they were: nothing that was read of them can be trusted.
_WRONG = (gzip.BadGzipFile, zlib.error, lzma.LZMAError, OSError, MemoryError)


class _Guarded:
    """A file that tarfile reads its headers from, none of them too long; `last` is what was read last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.last = b""

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _LONGEST_HEADER:
            raise tarfile.ReadError("a header has no sensible length")
        self.last = self._file.read(size)
        return self.last

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, place: int) -> int:
        return self._file.seek(place)


def listed(file: BinaryIO, compression: str, spool: Spool, largest: int) -> Listing:
    """The members of an open TAR; `compression` is gz, bz2, xz or empty.

    Those of a compressed one go to the spool as they are met, unless they have more than `largest` bytes. Of one that
    is cut off the members before the end are listed. Raises FileError where the spool has no room.
    """
    found = Listing()
    begin = spool.end
    try:
        if compression:
            unpacked = _OPENERS[compression](file)
            _list(unpacked, found, lambda member: _spooled(member, unpacked, spool, largest))
            _check_rest(unpacked)
        else:
            size = os.fstat(file.fileno()).st_size
            _list(file, found, lambda member: _whole(member, size))
    except EOFError:
        found.damage = f"{DAMAGED}{_after(found)}: it is cut off"
    except FileError:
        spool.cut(begin)
        raise
    except _WRONG as error:
        spool.cut(begin)
        return Listing(damage=f"{DAMAGED}: {error}")
    return found


def _list(file: BinaryIO, found: Listing, checked: Callable[[Member], Member]) -> None:
    """Add the members to `found`, each as `checked` returns it. Raises EOFError for a file that is cut off."""
    guarded = _Guarded(file)
    try:
        archive = tarfile.TarFile(fileobj=cast(BinaryIO, guarded), encoding="utf-8", errors="surrogateescape")
        place = -1
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # they are kept for ever, else
            if not 0 <= info.size <= _LARGEST or archive.offset <= place:
                raise tarfile.ReadError("a file has no sensible length")
            place = archive.offset
            if info.isdir() or is_litter(info.name):
                continue
            if not info.isreg():
                found.others += 1
                continue
            name = info.name.encode("utf-8", "surrogateescape")
            problem = "it is a sparse file: unpack it" if info.issparse() else ""
            found.members.append(checked(Member(name, info.offset_data, info.size, problem=problem)))
        # tarfile takes a header that it can not read for the end.
        if guarded.last.strip(b"\0"):
            raise tarfile.ReadError("a header can not be read")
    except (tarfile.TarError, ValueError, OverflowError, RecursionError) as error:
        if isinstance(error, FileError):
            raise
        if str(error) == "unexpected end of data":
            raise EOFError from error
        found.damage = f"{DAMAGED}{_after(found)}: {error}"


def _after(found: Listing) -> str:
    return f" after {len(found.members)} files" if found.members else ""


def _whole(member: Member, size: int) -> Member:
    if member.start + member.size > size:
        raise EOFError
    return member


def _spooled(member: Member, unpacked: BinaryIO, spool: Spool, largest: int) -> Member:
    """A member whose bytes lie in the spool, where they can be of use."""
    if member.problem or member.size > largest:
        return member
    if isinstance(member.name, bytes) and is_archive(member.name.decode("latin-1")):
        return replace(member, problem="it is an archive in an archive: unpack it")
    unpacked.seek(member.start)
    return replace(member, start=spool.add(unpacked, member.size), kind=Kind.SPOOLED)


def _check_rest(unpacked: BinaryIO) -> None:
    """Read what follows the archive, by which its checksum is compared."""
    left = _LONGEST_PADDING
    while left > 0 and (piece := unpacked.read(_LONGEST_HEADER)):
        left -= len(piece)
