"""An index of the archives that were met, on disk, so that memory does not grow with the number of their members."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from loader.archives import tars, zips
from loader.archives.member import Kind, Listing, Member, Window
from loader.archives.names import below, decoded
from loader.archives.spool import Spool
from loader.files import LARGEST_IMAGE, FileError, check_size, open_regular

# What a member may have when it is unpacked, whatever else may be larger.
LARGEST_MEMBER = LARGEST_IMAGE
_COMPRESSION = re.compile(r"(gz|bz2|xz)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: the names of its files.

    `others` are links and devices, which are left out, `doubled` names that stand twice, of which the last counts,
    `outside` those that lead out of the archive. `damage` is why it can not be used, or not all of it.
    """

    names: list[str]
    others: int
    doubled: int
    outside: list[str]
    damage: str


class Archives:
    """The archives that were met, by path, size and time of change. Several threads may ask at once."""

    def __init__(self) -> None:
        # A file without a name: SQLite removes it when it is closed.
        self._index = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._index.close)
        self._index.executescript(
            "create table archive (id integer primary key, path blob unique, size integer, mtime integer);"
            "create table member (archive integer, name text, start integer, size integer, kind integer,"
            " packed integer, crc integer, problem text, primary key (archive, name)) without rowid;"
        )
        self._spool = Spool()
        self._lock = threading.RLock()

    def contents(self, path: Path) -> Contents:
        """What an archive holds, read anew. Raises FileError where it can not be opened, or unpacked."""
        with open_regular(path, sys.maxsize) as file, self._lock:
            return self._take_in(path, file)

    @contextmanager
    def opened(self, path: Path, name: str, limit: int) -> Iterator[BufferedReader]:
        """Open a member of at most `limit` bytes, unpacked. Raises FileError, also while it is read."""
        with open_regular(path, sys.maxsize) as file:
            member = self._member(path, file, name)
            if member.problem:
                raise FileError(member.problem)
            check_size(member.size, min(limit, LARGEST_MEMBER))
            with BufferedReader(self._raw(file, member)) as content:
                yield cast(BufferedReader, content)

    def size(self, path: Path, name: str) -> int:
        """The bytes of a member, unpacked. Raises FileError."""
        with open_regular(path, sys.maxsize) as file:
            return self._member(path, file, name).size

    def _raw(self, file: BinaryIO, member: Member) -> RawIOBase:
        match member.kind:
            case Kind.PLAIN:
                return Window(file.fileno(), member.start, member.size)
            case Kind.SPOOLED:
                return Window(self._spool.descriptor, member.start, member.size)
            case _:
                return zips.opened(file.fileno(), member)

    def _member(self, path: Path, file: BinaryIO, name: str) -> Member:
        """A member by its name, of the archive as it is now. Raises FileError."""
        status = os.fstat(file.fileno())
        archive = (os.fsencode(path), status.st_size, status.st_mtime_ns)
        query = (
            "select start, m.size, kind, packed, crc, problem from archive a left join member m"
            " on m.archive = a.id and name = ? where a.path = ? and a.size = ? and a.mtime = ?"
        )
        with self._lock:
            row = self._index.execute(query, (name, *archive)).fetchone()
            if row is None:
                self._take_in(path, file)
                row = self._index.execute(query, (name, *archive)).fetchone()
        if row is None:
            raise FileError("the archive changed while it was read: load again")
        start, size, kind, packed, crc, problem = row
        if start is None:
            raise FileError("there is no such file in the archive")
        return Member(name, start, size, Kind(kind), packed, crc, problem)

    def _take_in(self, path: Path, file: BinaryIO) -> Contents:
        """List an archive in place of what was known of it; under the lock."""
        status = os.fstat(file.fileno())
        found = self._listed(path, file)
        key = os.fsencode(path)
        index = self._index
        index.execute("delete from member where archive = (select id from archive where path = ?)", (key,))
        index.execute("delete from archive where path = ?", (key,))
        cursor = index.execute("insert into archive values (null, ?, ?, ?)", (key, status.st_size, status.st_mtime_ns))
        names, outside = [], []
        spelled = decoded((member.name for member in found.members), on_windows=found.on_windows)
        for name, member in zip(spelled, found.members, strict=True):
            place = below(name)
            if place is None:
                outside.append(name)
                continue
            names.append(place)
            index.execute(
                "insert or replace into member values (?, ?, ?, ?, ?, ?, ?, ?)",
                (cursor.lastrowid, place, *_row(member)),
            )
        unique = list(dict.fromkeys(names))
        return Contents(unique, found.others, len(names) - len(unique), outside, found.damage)

    def _listed(self, path: Path, file: BinaryIO) -> Listing:
        if path.suffix.lower() == ".zip":
            found = zips.listed(file)
            if found.members and all(member.problem == zips.PASSWORD for member in found.members):
                return Listing(
                    damage=f"the archive's {len(found.members)} files are protected by a password: unpack it"
                )
            return found
        compression = _COMPRESSION.search(path.name)
        return tars.listed(file, compression[1].lower() if compression else "", self._spool, LARGEST_MEMBER)


def _row(member: Member) -> tuple[int | str, ...]:
    """As it is kept, behind archive and name."""
    return member.start, member.size, member.kind, member.packed, member.crc, member.problem
