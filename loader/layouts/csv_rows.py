"""Rows of CSV files: the encoding, the separator and the quotes, one row in memory at a time."""

from __future__ import annotations

import codecs
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import TextIO

from loader.content import opened
from loader.files import FileError
from loader.labels import LabelError

SEPARATORS = (",", ";", "\t")

# Characters of a cell and of a row, and cells of a row, that no table of labels comes near.
_CELL = 128 * 1024
_ROW = 1024 * 1024
_CELLS = 4096
# Characters that are read at a time.
_PIECE = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row, the line on which it begins, and why it can not be used where that is so.

    `last` where nothing behind it can be trusted.
    """

    line: int
    cells: list[str] = field(default_factory=list)
    problem: str | None = None
    last: bool = False

    @property
    def blank(self) -> bool:
        """Whether no cell says anything."""
        return self.problem is None and not any(cell.strip() for cell in self.cells)


def encoding_of(path: Path, asked: str | None = None) -> str:
    """The encoding of a file: as asked for, by its byte order mark, by its NUL bytes, UTF-8, or else CP949.

    The whole file is decoded once to know. Raises LabelError where it can not be.
    """
    if asked:
        _decode(path, asked)
        return asked
    with _open(path) as file:
        head = file.read(4096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            _decode(path, name)
            return name
    # UTF-16 has a NUL in one of two places for each comma, digit and line end; a stray one is no sign.
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) * 20 > len(head) and not min(first, second):
        name = "utf-16-be" if first else "utf-16-le"
        _decode(path, name)
        return name
    try:
        _decode(path, "utf-8")
    except LabelError as error:
        try:
            _decode(path, "cp949")
        except LabelError:
            raise LabelError(f"{error}, nor is it CP949: name the encoding by --encoding") from error
        return "cp949"
    return "utf-8"


def _decode(path: Path, encoding: str) -> None:
    """Raises LabelError with the place that is not of the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    place = lines = 0
    try:
        with _open(path) as file:
            while True:
                chunk = file.read(1 << 20)
                try:
                    decoder.decode(chunk, not chunk)
                except UnicodeDecodeError as error:
                    place = max(place - len(error.object) + len(chunk), 0) + error.start
                    line = lines + chunk.count(b"\n", 0, error.start) + 1
                    raise LabelError(f"line {line}: byte {place} is not {encoding.upper()}") from error
                if not chunk:
                    return
                place += len(chunk)
                lines += chunk.count(b"\n")
    except LabelError:
        raise
    except (OSError, ValueError) as error:
        raise LabelError(f"the file can not be read as {encoding.upper()}: {error}") from error


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file as text, every kind of line end as a newline. Raises LabelError where it can not be opened."""
    with _open(path) as file:
        yield io.TextIOWrapper(file, encoding)


@contextmanager
def _open(path: Path) -> Iterator[BufferedReader]:
    """A file of any size, for it is read piece by piece."""
    try:
        with opened(path, sys.maxsize) as file:
            yield file
    except FileError as error:
        raise LabelError(f"the table can not be read: {error}") from error


def rows(stream: TextIO, separator: str) -> Iterator[Row]:
    """The rows of a stream, the blank ones too. A row that can not be used carries the reason."""
    reader = _Reader(separator)
    for piece in iter(lambda: stream.readline(_PIECE), ""):
        if reader.idle and '"' not in piece and piece.endswith("\n"):
            yield reader.plain(piece)
            continue
        for row in reader.read(piece):
            yield row
            if row.last:
                return
    yield from reader.end()


class _Reader:
    """Cells from pieces of lines: RFC 4180, with blanks around quotes allowed."""

    def __init__(self, separator: str) -> None:
        self.line = 1
        self._separator = separator
        self._mark = re.compile(f'["\n{re.escape(separator)}]')
        self._begin()

    def _begin(self) -> None:
        self._first = self.line
        self._cells: list[str] = []
        self._problem: str | None = None
        self._room = _ROW
        self._begin_cell()

    def _begin_cell(self) -> None:
        self._cell: list[str] = []
        self._size = 0
        self._quote = 0  # the line on which the cell's quote begins
        self._inside = self._adjacent = False

    @property
    def idle(self) -> bool:
        """Whether the next character begins a row."""
        return not self._cells and not self._cell and not self._quote and self._problem is None

    def plain(self, piece: str) -> Row:
        """A whole line without quotes, which most lines are."""
        cells = piece[:-1].split(self._separator)
        line, self.line = self.line, self.line + 1
        self._first = self.line
        if len(cells) > _CELLS:
            return Row(line, cells[:_CELLS], f"there are more than {_CELLS} cells")
        return Row(line, cells)

    def _add(self, text: str) -> None:
        self._size += len(text)
        self._room -= len(text)
        if self._size > _CELL:
            self._problem = self._problem or f"a cell is longer than {_CELL:,} characters"
        elif self._room < 0:
            self._problem = self._problem or f"the row is longer than {_ROW:,} characters"
        elif text:
            self._cell.append(text)

    def _end_cell(self) -> None:
        if len(self._cells) < _CELLS:
            self._cells.append("".join(self._cell))
        else:
            self._problem = self._problem or f"there are more than {_CELLS} cells"
        self._begin_cell()

    def _end_row(self) -> Row:
        self._end_cell()
        row = Row(self._first, self._cells, self._problem)
        self.line += 1
        self._begin()
        return row

    def read(self, piece: str) -> Iterator[Row]:
        """The rows that end in a piece of a line."""
        at = 0
        while at < len(piece):
            if self._inside:
                at = self._read_quoted(piece, at)
            elif not self._quote:
                found = self._mark.search(piece, at)
                end = found.start() if found else len(piece)
                self._add(piece[at:end])
                at = end + 1
                if not found:
                    continue
                if piece[end] == "\n":
                    yield self._end_row()
                elif piece[end] == self._separator:
                    self._end_cell()
                elif "".join(self._cell).strip():
                    self._add('"')
                else:
                    self._cell.clear()
                    self._quote, self._inside = self.line, True
            else:
                mark, at = piece[at], at + 1
                if mark == '"' and self._adjacent:
                    self._add('"')
                    self._inside = True
                elif mark == "\n":
                    yield self._end_row()
                elif mark == self._separator:
                    self._end_cell()
                elif mark.isspace():
                    self._adjacent = False
                elif self._quote == self.line:
                    self._problem = self._problem or "there is text behind a closing quote"
                    self._quote = 0
                    self._add(mark)
                else:
                    # A quote that was never closed, most likely: this one, of a later cell, ended its text.
                    yield self._unclosed()
                    return

    def _read_quoted(self, piece: str, at: int) -> int:
        end = piece.find('"', at)
        self._add(piece[at:] if end < 0 else piece[at:end])
        if end < 0:
            self.line += piece.endswith("\n")
            return len(piece)
        self._inside, self._adjacent = False, True
        return end + 1

    def _unclosed(self) -> Row:
        problem = f"the quote that begins on line {self._quote} is not closed; what follows was not read"
        return Row(self._first, self._cells, problem, last=True)

    def end(self) -> Iterator[Row]:
        """What the end of the file leaves."""
        if self._inside:
            yield self._unclosed()
        elif not self.idle:
            yield self._end_row()
