"""The file of a dump: what is in it, and how it is written and read.

It is a ZIP archive, so that other tools can open it, of

    dump.json               what the dump is: its format, the schema's version, and the tables with their counts
    TABLE.jsonl             a table's rows, one JSON object a line, in UTF-8, as img_dump gives them
    TABLE.vectors           the vector of each row, in the same order: the number of its dimensions, 32 bits, and then
                            that many numbers of 32 bits (IEEE 754), all with the lowest byte first; 0 for no vector

Rows are deflated; vectors are stored as they are, since deflating them takes long and gains a tenth. Where all have
1,024 dimensions, numpy.fromfile reads them with the dtype [("dimensions", "<u4"), ("vector", "<f4", 1024)]. The comment
at the end of the archive, the last 64 bytes of the file, is the SHA-256 of everything before it: a file that was cut
off or altered is refused before anything else is read.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import struct
import sys
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import numpy as np

from loader.files import FileError, open_regular

# The version of what is said above. A reader takes in this one and those before it.
FORMAT = 1
MANIFEST = "dump.json"
_SEAL = 64
_BLOCK = 1 << 20
_LENGTH = struct.Struct("<I")
_DEFLATE_LEVEL = 3
# No row is longer: a label of 32 MB, in which each character may be written as six, and what stands beside it.
_LONGEST_LINE = 256_000_000
_LONGEST_MANIFEST = 1_000_000
# What a vector's column may have at most (AI Vector Search User's Guide, Create Tables Using the VECTOR Data Type).
_MOST_DIMENSIONS = 65_535

Vector = np.ndarray[Any, np.dtype[np.float32]]


class DumpError(Exception):
    """A file is no dump that can be taken in, or rows can not be put into one; the message says why."""


class NewerDumpError(DumpError):
    """A dump of a format that this loader does not know yet."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a dump. The digests are the SHA-256 of its two members; a table without vectors has one."""

    table_name: str
    row_count: int
    highest_id: int | None
    rows_sha256: str
    vectors_sha256: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What dump.json says. `database` and `made_at` are for people."""

    format: int
    schema_version: int
    product_version: str
    database: str
    made_at: str
    tables: list[Table]


class Writer:
    """Writes a dump to a file that may be read and written anywhere, in a with statement; `seal` makes it whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE_LEVEL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Of a file that is given up: it is not to be written any more when the archive is collected.
        with suppress(OSError, ValueError):
            self._archive.close()

    def rows(self, table: str, rows: Iterable[str]) -> tuple[int, str]:
        """Write a table's rows; their number, and the member's SHA-256."""
        return self._member(f"{table.lower()}.jsonl", row_lines(rows))

    def vectors(self, table: str, vectors: Iterable[object]) -> tuple[int, str]:
        """Write a table's vectors likewise. Raises DumpError for one of other numbers than FLOAT32."""
        # A description of one's own is not deflated, and a name is.
        return self._member(zipfile.ZipInfo(f"{table.lower()}.vectors"), vector_frames(table, vectors))

    def _member(self, member: str | zipfile.ZipInfo, pieces: Iterable[bytes]) -> tuple[int, str]:
        digest = hashlib.sha256()
        count = 0
        with self._archive.open(member, "w", force_zip64=True) as content:
            for piece in pieces:
                content.write(piece)
                digest.update(piece)
                count += 1
        return count, digest.hexdigest()

    def seal(self, manifest: Manifest) -> None:
        """Write what the dump is, and the checksum."""
        self._archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        self._archive.comment = bytes(_SEAL)
        self._archive.close()
        self._file.flush()
        size = self._file.seek(0, os.SEEK_END)
        seal = _digest(self._file, size - _SEAL)
        self._file.seek(size - _SEAL)
        self._file.write(seal)
        self._file.flush()


def row_lines(rows: Iterable[str]) -> Iterator[bytes]:
    """The content of the member that holds a table's rows."""
    for row in rows:
        yield row.encode() + b"\n"


def vector_frames(table: str, vectors: Iterable[object]) -> Iterator[bytes]:
    """The content of the member that holds its vectors. Raises DumpError for one of other numbers than FLOAT32."""
    for vector in vectors:
        yield _frame(table, vector)


def _frame(table: str, vector: object) -> bytes:
    if vector is None:
        return _LENGTH.pack(0)
    if not isinstance(vector, array) or vector.typecode != "f":
        raise DumpError(
            f"{table.lower()} has a vector that is not FLOAT32, which a dump does not hold: "  # noqa: S608
            "update image_demo1 set embedding = to_vector(embedding, *, float32)"
        )
    if sys.byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return _LENGTH.pack(len(vector)) + vector.tobytes()


def _digest(file: IO[bytes], size: int) -> bytes:
    """The SHA-256 of the first bytes of a file, as hexadecimal digits."""
    digest = hashlib.sha256()
    file.seek(0)
    while size > 0 and (block := file.read(min(size, _BLOCK))):
        digest.update(block)
        size -= len(block)
    return digest.hexdigest().encode()


class Dump:
    """A dump that is whole, to be read; use it in a with statement. Every method may raise DumpError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = open_regular(path, sys.maxsize)

    def __enter__(self) -> Self:
        try:
            file = self._opened.__enter__()
        except FileError as error:
            raise DumpError(f"{self._path}: {error}") from error
        try:
            with self._refused():
                self._check(file)
                self._archive = zipfile.ZipFile(file)
                self.manifest = _manifest(self._bounded(MANIFEST))
        except BaseException:
            self._opened.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def _check(self, file: IO[bytes]) -> None:
        if file.read(4) != b"PK\x03\x04":
            raise DumpError("it is no dump")
        size = file.seek(0, os.SEEK_END)
        seal = b""
        if size > _SEAL:
            file.seek(size - _SEAL)
            seal = file.read()
        if _digest(file, size - _SEAL) != seal:
            raise DumpError("it was cut off or altered, or is no dump: its last 64 bytes are not its checksum")

    def _bounded(self, name: str) -> bytes:
        with self._archive.open(name) as member:
            content = member.read(_LONGEST_MANIFEST + 1)
        if len(content) > _LONGEST_MANIFEST:
            raise DumpError(f"its {name} is too long")
        return content

    def rows(self, table: Table) -> Iterator[str]:
        """A table's rows, each a JSON object."""
        name = f"{table.table_name.lower()}.jsonl"
        with self._refused(), self._archive.open(name) as member:
            lines = _buffered(member)
            count = 0
            while line := lines.readline(_LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise DumpError(f"{name}: line {count + 1} is not ended, or too long")
                count += 1
                yield line[:-1].decode()
            _check_count(name, count, table)

    def vectors(self, table: Table) -> Iterator[Vector | None]:
        """A table's vectors, one for each of its rows."""
        name = f"{table.table_name.lower()}.vectors"
        with self._refused(), self._archive.open(name) as member:
            frames = _buffered(member)
            count = 0
            while head := frames.read(_LENGTH.size):
                (dimensions,) = _LENGTH.unpack(head)
                if dimensions > _MOST_DIMENSIONS:
                    raise DumpError(f"{name}: vector {count + 1} has {dimensions} dimensions")
                values = frames.read(4 * dimensions)
                if len(values) != 4 * dimensions:
                    raise DumpError(f"{name}: vector {count + 1} is cut off")
                count += 1
                yield np.frombuffer(values, "<f4").astype(np.float32, copy=False) if dimensions else None
            _check_count(name, count, table)

    @contextmanager
    def _refused(self) -> Iterator[None]:
        """Say of which file it is, whatever keeps it from being read."""
        try:
            yield
        except DumpError as error:
            raise type(error)(f"{self._path}: {error}") from error
        except (
            # What zipfile and zlib raise for an archive that is none: also a member that is missing (KeyError),
            # encrypted (RuntimeError) or of another compression (NotImplementedError).
            zipfile.BadZipFile,
            zlib.error,
            struct.error,
            ArithmeticError,
            EOFError,
            LookupError,
            RuntimeError,
            ValueError,
        ) as error:
            raise DumpError(f"{self._path}: it is no dump: {error}") from error
        except OSError as error:
            # A place before the archive's beginning, which a damaged list of members names.
            if error.errno != errno.EINVAL:
                raise
            raise DumpError(f"{self._path}: it is no dump: a member lies outside of it") from error


def _buffered(member: IO[bytes]) -> io.BufferedReader:
    return io.BufferedReader(cast(Any, member), _BLOCK)


def _check_count(name: str, count: int, table: Table) -> None:
    if count != table.row_count:
        raise DumpError(f"{name}: {count} rows, and {MANIFEST} says {table.row_count}")


def _manifest(content: bytes) -> Manifest:
    """What dump.json says, its types checked."""
    value = json.loads(content)
    found = value.get("format") if isinstance(value, dict) else None
    if not isinstance(found, int) or found < 1:
        raise DumpError(f"its {MANIFEST} names no format")
    if found > FORMAT:
        raise NewerDumpError(
            f"it has format {found}, and this loader reads formats up to {FORMAT}: update these files (git pull)"
        )
    tables = value.pop("tables", None)
    try:
        manifest = Manifest(**value, tables=[Table(**table) for table in tables])
    except TypeError as error:
        raise DumpError(f"its {MANIFEST} is not as format {found} has it: {error}") from error
    whole = [manifest.schema_version, *(table.row_count for table in manifest.tables)]
    names = [table.table_name for table in manifest.tables]
    if not all(isinstance(number, int) for number in whole) or not all(isinstance(name, str) for name in names):
        raise DumpError(f"its {MANIFEST} is not as format {found} has it")
    return manifest
