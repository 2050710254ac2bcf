"""ZIP: its members by the central directory, and the bytes of one, unpacked as far as they are read."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from loader.archives.member import DAMAGED, Kind, Listing, Member, Sought, Window
from loader.archives.names import is_litter
from loader.files import FileError

_ENCRYPTED = 0x1
_UTF8 = 0x800
_WINDOWS = 0
_KINDS = {zipfile.ZIP_STORED: Kind.STORED, zipfile.ZIP_DEFLATED: Kind.DEFLATED}
_METHODS = {9: "Deflate64", 12: "BZIP2", 14: "LZMA", 93: "Zstandard", 95: "XZ"}
PASSWORD = "it is protected by a password: unpack it"  # noqa: S105 - a message
# A byte of Deflate holds at most so many.
_MOST_OF_A_BYTE = 1032
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_SIGNATURE = b"PK\3\4"
_PIECE = 64 * 1024
_IN_MEMORY = 64 * 1024 * 1024


def listed(file: BinaryIO) -> Listing:
    """What the central directory of an open ZIP says. The listing is empty, but for `damage`, where it is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    # Of a damaged file zipfile raises what comes, struct.error and UnicodeDecodeError among it.
    except Exception as error:
        if isinstance(error, zipfile.BadZipFile) and "span multiple disks" in str(error):
            return Listing(damage="it is the last piece of an archive: put the pieces together first")
        return Listing(damage=f"{DAMAGED}: {error}")
    if _overlap(infos, os.fstat(file.fileno()).st_size):
        return Listing(damage=f"{DAMAGED}: members lie upon each other, as in files that are made to fill a disk")
    found = Listing()
    flagged = [info.flag_bits & _UTF8 for info in infos]
    systems = {info.create_system for info, flag in zip(infos, flagged, strict=True) if not flag}
    found.on_windows = systems == {_WINDOWS}
    for info, flag in zip(infos, flagged, strict=True):
        name = _name(info, bool(flag))
        spelled = name if isinstance(name, str) else name.decode("latin-1")
        if spelled.endswith("/") or is_litter(spelled):
            continue
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            found.others += 1
            continue
        kind = _KINDS.get(info.compress_type, Kind.DEFLATED)
        found.members.append(
            Member(name, info.header_offset, info.file_size, kind, info.compress_size, info.CRC, _problem(info))
        )
    return found


def _name(info: zipfile.ZipInfo, is_utf8: bool) -> bytes | str:
    """The name as it is spelled; old programs of Windows write a backslash between its parts, which CP949 never has."""
    name = info.orig_filename.partition("\0")[0].replace("\\", "/")
    return name if is_utf8 else name.encode("cp437")


def _problem(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _ENCRYPTED:
        return PASSWORD
    if info.compress_type not in _KINDS:
        method = _METHODS.get(info.compress_type, f"method {info.compress_type}")
        return f"it is compressed by {method}, which is not read here: unpack it"
    if info.file_size > info.compress_size * _MOST_OF_A_BYTE:
        return f"{DAMAGED}: {info.compress_size:,} bytes can not hold the {info.file_size:,} that are told"
    return ""


def _overlap(infos: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether members share bytes, by which a small file could hold more than Deflate lets it."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return True
        end = info.header_offset + _LOCAL_HEADER.size + info.compress_size
    return end > size


def opened(descriptor: int, member: Member) -> RawIOBase:
    """The bytes of a member, of an open archive. Raises FileError, also while they are read."""
    header = os.pread(descriptor, _LOCAL_HEADER.size, member.start)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_SIGNATURE):
        raise FileError(f"{DAMAGED}: there is no member where it should begin")
    _, name, extra = _LOCAL_HEADER.unpack(header)
    start = member.start + _LOCAL_HEADER.size + name + extra
    return _Unpacked(Window(descriptor, start, member.packed), member)


class _Unpacked(Sought):
    """The content of a member. What was unpacked is kept, in memory or, if it is much, in a temporary file."""

    def __init__(self, packed: Window, member: Member) -> None:
        super().__init__(member.size)
        self._pieces = _inflated(packed) if member.kind == Kind.DEFLATED else _read(packed)
        self._crc = member.crc
        self._found_crc = 0
        self._done = 0
        self._kept = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by close

    def readinto(self, buffer: Any) -> int:
        """Read, and unpack what that needs. Raises FileError for damage."""
        end = min(self._position + len(buffer), self._size)
        self._unpack(end)
        self._kept.seek(self._position)
        data = self._kept.read(max(end - self._position, 0))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        """Give the memory back."""
        self._kept.close()
        super().close()

    def _unpack(self, end: int) -> None:
        if self._done >= end:
            return
        self._kept.seek(self._done)
        while self._done < end:
            piece = next(self._pieces, b"")
            self._done += len(piece)
            if not piece or self._done > self._size:
                raise FileError(f"{DAMAGED}: the member is {'longer' if piece else 'shorter'} than it should be")
            self._found_crc = zlib.crc32(piece, self._found_crc)
            self._kept.write(piece)
        if self._done == self._size and self._found_crc != self._crc:
            raise FileError(f"{DAMAGED}: the member's checksum is wrong")


def _read(packed: Window) -> Iterator[bytes]:
    file = BufferedReader(packed, _PIECE)
    while piece := file.read(_PIECE):
        yield piece


def _inflated(packed: Window) -> Iterator[bytes]:
    """Pieces of unpacked bytes, none much longer than a packed one. Raises FileError."""
    file = BufferedReader(packed, _PIECE)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not inflater.eof:
            given = inflater.unconsumed_tail or file.read(_PIECE)
            if piece := inflater.decompress(given, _PIECE):
                yield piece
            elif not given:
                return
    except zlib.error as error:
        raise FileError(f"{DAMAGED}: {error}") from error
