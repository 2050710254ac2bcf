"""CSV files with a column for the file, the part and the quality, the head line first."""

from __future__ import annotations

import codecs
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from loader import content
from loader.config import ConfigurationError
from loader.files import identity
from loader.labels import LabelError, Tree, nfc, printable
from loader.layouts.base import LabelItem, Layout, accepted, contradiction, label_of, problems, refused, remark, shown
from loader.layouts.contradictions import Contradictions
from loader.layouts.csv_rows import SEPARATORS, Row, encoding_of, open_text, rows
from loader.layouts.splits import Splits
from loader.values import Cleaning, check_file_name, cleaned

# The headings of each column, the surest first: letters and digits alone, in lower case.
HEADINGS = {
    "file": (
        "file filename filepath image imagename imagefile imagefilename imagepath img path "
        "파일 파일명 파일이름 이미지 이미지명 이미지파일 이미지파일명 파일경로 경로"
    ).split(),
    "part": "part partname component 부품 부품명 부위 파트".split(),
    "quality": "quality 품질 품질상태 양불 양불판정 판정 등급 상태".split(),
}
# Annotations of one image, which no table of labels comes near.
_ANNOTATIONS = 1000
_BATCH = 10_000


def table(tree: Tree, *, encoding: str | None = None, columns: Mapping[str, str] | None = None) -> Iterator[LabelItem]:
    """The labels of all CSV files of the tree. `columns` gives the headings of file, part and quality.

    Raises ConfigurationError where the temporary directory has no room for the rows.
    """
    splits, contradictions = Splits(tree), Contradictions()
    for path in tree.images():
        if path.lower().endswith(".csv"):
            try:
                found = _Table(
                    tree.root / path, printable(path), encoding, columns or {}, splits.of(path), contradictions
                )
                yield from found.items()
            except (LabelError, OSError, UnicodeError) as error:
                yield refused(printable(path), error)
            except sqlite3.OperationalError as error:
                raise ConfigurationError(
                    f"rows of {printable(path)} can not be kept in the temporary directory ({error}): "
                    "make room, or set TMPDIR"
                ) from error
    contradictions.note(tree)
    yield from problems(tree)


def table_with(encoding: str | None, columns: str | None) -> Layout:
    """The layout with options of the command line; `columns` is file=...,part=...,quality=...

    Raises ConfigurationError where they can not be used.
    """
    named: dict[str, str] = {}
    for pair in columns.split(",") if columns else ():
        name, _, heading = pair.partition("=")
        if name.strip() not in HEADINGS or not heading.strip() or name.strip() in named:
            raise ConfigurationError(f"--columns takes file=...,part=...,quality=..., not {shown(columns or '')}")
        named[name.strip()] = heading
    if encoding:
        try:
            # Some codecs of Python make bytes of bytes, and some have no form that reads piece by piece.
            if "a,1".encode(encoding).decode(encoding) != "a,1":
                raise LookupError
            codecs.getincrementaldecoder(encoding)()
        except (LookupError, ValueError, TypeError) as error:
            raise ConfigurationError(f"unknown encoding {shown(encoding)}: such as utf-8, cp949, utf-16") from error
    return partial(table, encoding=encoding, columns=named)


def read_columns(path: Path, headings: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The cells of a small table below these headings; nothing where there is no such table."""
    with contextlib.suppress(LabelError, OSError, UnicodeError), open_text(path, encoding_of(path)) as stream:
        places: list[int] | None = None
        for row in rows(stream, ","):
            if row.problem or row.blank:
                continue
            if places is None:
                head = [_heading(cell) for cell in row.cells]
                if not set(headings) <= set(head):
                    return
                places = [head.index(heading) for heading in headings]
            elif len(row.cells) > max(places):
                yield tuple(row.cells[place] for place in places)


def _heading(text: str) -> str:
    plain = cleaned(text).casefold()
    return "".join(c for c in plain if c.isalnum()) or plain


class _Table:
    """One file. Its rows are kept on disk, so that those of one image come together, however far apart."""

    def __init__(
        self,
        file: Path,
        name: str,
        encoding: str | None,
        columns: Mapping[str, str],
        file_name_of: Callable[[str], str],
        contradictions: Contradictions,
    ) -> None:
        self._file = file
        self._identity = identity(content.status(file))
        self._name = name
        self._file_name_of = file_name_of
        self._columns = columns
        self._contradictions = contradictions
        self._encoding = encoding_of(self._file, encoding)
        self._guessed = encoding is None and self._encoding == "cp949"

    def items(self) -> Iterator[LabelItem]:
        """The labels, the rows that can not be used, and remarks on the file. Raises LabelError."""
        separator, head, places = self._read_head()
        if self._guessed:
            yield remark(self._name, "tables are not UTF-8 and were read as CP949 (--encoding names another)")
        # A file without a name: SQLite removes it when it is closed.
        with contextlib.closing(sqlite3.connect("", check_same_thread=False)) as spill:
            spill.execute(
                "create table entry (id integer primary key, key text, file text, line integer, part text, "
                "quality text, changed integer, problem text)"
            )
            with open_text(self._file, self._encoding) as stream:
                yield from self._fill(spill, stream, separator, head, places)
            # It is read more than once, each time from its beginning.
            if identity(content.status(self._file)) != self._identity:
                raise LabelError("the table changed while it was read: load again")
            spill.execute("create index entry_key on entry (key, id)")
            repeated = 0
            found = spill.execute("select key, file, line, part, quality, changed, problem from entry order by key, id")
            for _, group in groupby(found, key=lambda entry: entry[0]):
                item, more = self._label(group)
                repeated += more
                yield item
        if repeated:
            yield remark(self._name, "rows say again what an earlier row says of the same image", repeated)

    def _read_head(self) -> tuple[str, Row, dict[str, int]]:
        """The separator by which most columns are found, the head row, and the places of the columns."""
        best: tuple[str, Row, dict[str, int]] | None = None
        for separator in SEPARATORS:
            with open_text(self._file, self._encoding) as stream:
                head = next((row for row in rows(stream, separator) if not row.blank and not _is_hint(row)), None)
            if head is None:
                raise LabelError("the table is empty")
            places = {} if head.problem else self._places(head)
            if best is None or len(places) > len(best[2]):
                best = separator, head, places
        assert best is not None  # noqa: S101 - there are separators
        _, head, places = best
        if head.problem:
            raise LabelError(f"line {head.line}: {head.problem}")
        missing = [name for name in HEADINGS if name not in places]
        if missing:
            what = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
            headings = ", ".join(cleaned(cell) for cell in head.cells[:10])
            raise LabelError(
                f"line {head.line}: the {what} missing; there are {shown(headings)} "
                f"(--columns {missing[0]}=... names one)"
            )
        return best

    def _places(self, head: Row) -> dict[str, int]:
        headings = [_heading(cell) for cell in head.cells]
        places = {}
        for name, usual in HEADINGS.items():
            given = self._columns.get(name)
            wanted = next((w for w in ([_heading(given)] if given else usual) if w in headings), None)
            if wanted is None:
                continue
            if headings.count(wanted) > 1:
                raise LabelError(f"line {head.line}: the column {shown(wanted)} stands twice")
            places[name] = headings.index(wanted)
        return places

    def _fill(
        self, spill: sqlite3.Connection, stream: Any, separator: str, head: Row, places: dict[str, int]
    ) -> Iterator[LabelItem]:
        waiting: list[tuple[Any, ...]] = []
        for row in rows(stream, separator):
            if row.line <= head.line or row.blank:
                continue
            entry, problem = self._entry(row, len(head.cells), places)
            if entry is None:
                yield refused(f"{self._name}:{row.line}", f"line {row.line}: {problem}")
                continue
            waiting.append(entry)
            if len(waiting) == _BATCH:
                spill.executemany("insert into entry values (null, ?, ?, ?, ?, ?, ?, ?)", waiting)
                waiting.clear()
        spill.executemany("insert into entry values (null, ?, ?, ?, ?, ?, ?, ?)", waiting)

    def _entry(self, row: Row, columns: int, places: dict[str, int]) -> tuple[tuple[Any, ...] | None, str | None]:
        """What is kept of a row; None, and why, where it names no file."""
        problem = row.problem
        cells = row.cells
        if row.last:
            return None, problem
        if problem is None and len(cells) <= max(places.values()):
            problem = f"there are {len(cells)} cells, and the head has {columns}"
        if problem is None and any(cell.strip() for cell in cells[columns:]):
            problem = f"there are {len(cells)} cells, and the head has {columns}"
        cleaning = Cleaning()
        part = quality = None
        file = cells[places["file"]].strip() if len(cells) > places["file"] else ""
        if not file:
            return None, problem or "the cell of the file is empty"
        try:
            "".join(cells).encode()
            check_file_name(file)
            if problem is None:
                part = cleaning.text("part", cells[places["part"]])
                quality = cleaning.text("quality", cells[places["quality"]])
        except UnicodeEncodeError:
            return None, "a cell holds half of a surrogate pair, which is no character"
        except LabelError as error:
            problem = str(error)
            file = file[:1000]
        return (nfc(file.replace("\\", "/")), file, row.line, part, quality, cleaning.changed, problem), None

    def _label(self, entries: Iterator[tuple[Any, ...]]) -> tuple[LabelItem, int]:
        """The label of one image from its rows, and how many of them say nothing new."""
        found: dict[str | None, tuple[str | None, int]] = {}
        cleaning = Cleaning()
        repeated = 0
        problem = file_name = None
        for _, file, line, part, quality, changed, trouble in entries:
            file_name = file_name or file
            cleaning.changed += changed
            known, where = found.setdefault(part, (quality, line))
            if trouble:
                problem = problem or f"line {line}: {trouble}"
            elif known != quality:
                problem = problem or contradiction(part, (f"line {where}", known), (f"line {line}", quality))
            elif where != line:
                repeated += 1
            if len(found) > _ANNOTATIONS:
                problem = problem or f"more than {_ANNOTATIONS} parts are named"
                found.popitem()
        assert file_name is not None  # noqa: S101 - a group has a row
        name = f"{self._name}#{file_name}"
        if problem:
            return refused(name, problem), repeated
        classes = [(part, quality) for part, (quality, _) in found.items()]
        for part, quality in classes:
            cleaning.named("part", part)
            cleaning.named("quality", quality)
        self._contradictions.add(nfc(file_name.replace("\\", "/")), cleaning.said, name)
        return accepted(name, label_of(self._file_name_of(file_name), classes, []), cleaning), repeated


def _is_hint(row: Row) -> bool:
    """Excel's line that names the separator."""
    return row.line == 1 and cleaned("".join(row.cells)).lower() in {"sep=", "sep=,", "sep=;", "sep=\t"}
