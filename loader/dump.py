"""Dumps what the database holds to a file, and restores it: img_dump gives and takes the rows."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from loader import __version__
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError, Json
from loader.dump_file import FORMAT, Dump, DumpError, Manifest, Table, Vector, Writer, row_lines, vector_frames
from loader.progress import Progress
from loader.waiting import announced

Item = TypeVar("Item")

# A batch of rows: so many, and no more characters than that after the last one.
_BATCH_ROWS = 1000
_BATCH_CHARACTERS = 4_000_000
# Seconds that the tables of an empty database are waited for.
_LOCK_WAIT_S = 30
_LOCKED = 54


@dataclass(frozen=True, slots=True)
class Held:
    """A table as img_dump.tables gives it."""

    table_name: str
    row_count: int
    highest_id: int | None
    has_vectors: int
    earlier_name: str | None


@dataclass(slots=True)
class Summary:
    """What was dumped or restored. `notes` are sentences about what the file does not hold."""

    rows: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    seconds: float = 0
    restored: bool = True
    notes: list[str] = field(default_factory=list)


def held_tables(database: Database) -> list[Held]:
    """The tables that a dump holds, in the order in which they are filled."""
    return [
        Held(name, rows, None if highest is None else int(highest), has_vectors, earlier)
        for name, rows, highest, has_vectors, earlier in database.rows("img_dump.tables")
    ]


# dump


def dump(database: Database, path: Path, *, force: bool = False) -> Summary:
    """Write what the database holds at this moment to `path`, which appears when it is whole.

    Raises ConfigurationError where a file is there that `force` does not allow to be replaced, and DumpError.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigurationError(f"{path} can not be written: name a file in a directory that exists")
    if path.exists() and not path.is_file():
        raise ConfigurationError(f"{path} is no regular file")
    if path.exists() and not force:
        raise ConfigurationError(f"{path} exists: name another file, or replace it by --force")
    begun = time.monotonic()
    database.begin_snapshot()
    tables = held_tables(database)
    with _draft(path) as draft:
        progress = Progress("dumping", sum(table.row_count for table in tables), "rows")
        with progress, draft.open("wb+") as file:
            with Writer(file) as writer:
                written = [_write(database, writer, table, progress) for table in tables]
                writer.seal(_manifest(database, written))
            os.fsync(file.fileno())
        size = draft.stat().st_size
        notes = [
            f"the column {name.lower()} of image_demo1 is not the product's, and not in the dump"
            for (name,) in database.rows("img_dump.own_columns")
        ]
        database.rollback()
        draft.replace(path)
    counts = {table.table_name: table.row_count for table in tables}
    return Summary(counts, size, time.monotonic() - begun, notes=notes)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """The path of a file beside `path`, which is removed if it is left there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _write(database: Database, writer: Writer, held: Held, progress: Progress) -> Table:
    rows = _rows(database, held)
    if not held.has_vectors:
        count, rows_sha256 = writer.rows(held.table_name, _counted(rows, progress))
        return Table(held.table_name, count, held.highest_id, rows_sha256, None)
    count, rows_sha256 = writer.rows(held.table_name, rows)
    # The vectors are what takes long.
    _, vectors_sha256 = writer.vectors(held.table_name, _counted(_vectors(database, held), progress))
    return Table(held.table_name, count, held.highest_id, rows_sha256, vectors_sha256)


def _rows(database: Database, held: Held) -> Iterator[str]:
    return (str(row) for (row,) in database.rows("img_dump.rows_of", p_table=held.table_name))


def _vectors(database: Database, held: Held) -> Iterator[object]:
    return (vector for (vector,) in database.rows("img_dump.vectors_of", p_table=held.table_name))


def _counted(items: Iterable[Item], progress: Progress) -> Iterator[Item]:
    count = 0
    for count, item in enumerate(items, start=1):
        if not count % _BATCH_ROWS:
            progress.advance(_BATCH_ROWS)
        yield item
    progress.advance(count % _BATCH_ROWS)


def _manifest(database: Database, tables: list[Table]) -> Manifest:
    return Manifest(
        format=FORMAT,
        schema_version=int(database.value("img_dump.schema_version")),
        product_version=__version__,
        database=database.description.partition(" in ")[0].partition(" at ")[0],
        made_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        tables=tables,
    )


# restore


def restore(database: Database, path: Path) -> Summary:
    """Put a dump into an installed database that holds nothing, all at once: cut short, it has put nothing.

    A database that holds just what the dump does is left as it is. Raises ConfigurationError where there is no file,
    DumpError, and DatabaseError.
    """
    if not path.exists():
        raise ConfigurationError(f"{path} does not exist")
    begun = time.monotonic()
    with _checked(path) as found:
        held = held_tables(database)
        now = {table.earlier_name: table.table_name for table in held}
        tables = {now.get(table.table_name, table.table_name): table for table in found.manifest.tables}
        summary = Summary({name: table.row_count for name, table in tables.items()}, path.stat().st_size)
        if any(table.row_count for table in held) and _holds(database, held, tables):
            summary.restored = False
        else:
            _prepare(database, found.manifest.schema_version, tables)
            if unknown := sorted(set(tables) - {table.table_name for table in held}):
                raise DumpError(f"{path}: it has a table {unknown[0]}, which this database does not know")
            known = {table.table_name: tables[table.table_name] for table in held if table.table_name in tables}
            _put_all(database, found, known)
        if summary.restored and summary.rows.get("IMAGE_VECTOR_INDEX"):
            summary.notes.append(
                'the vector index is not in a dump: python -m loader sql "exec img_index.rebuild" makes it as it was'
            )
    summary.seconds = time.monotonic() - begun
    return summary


@contextmanager
def _checked(path: Path) -> Iterator[Dump]:
    with ExitStack() as stack:
        with announced(f"checking {path}"):
            found = stack.enter_context(Dump(path))
        yield found


def _holds(database: Database, held: list[Held], tables: dict[str, Table]) -> bool:
    """Whether the database holds just the rows and vectors of a dump."""
    there = {table.table_name: table.row_count for table in held}
    if there != dict.fromkeys(there, 0) | {name: table.row_count for name, table in tables.items()}:
        return False
    with announced("comparing the dump with what the database holds"):
        database.begin_snapshot()
        same = all(
            table.row_count == 0 or _digests(database, table) == (tables[name].rows_sha256, tables[name].vectors_sha256)
            for name, table in ((table.table_name, table) for table in held)
        )
        database.rollback()
    return same


def _digests(database: Database, held: Held) -> tuple[str, str | None]:
    rows_sha256 = _sha256(row_lines(_rows(database, held)))
    if not held.has_vectors:
        return rows_sha256, None
    return rows_sha256, _sha256(vector_frames(held.table_name, _vectors(database, held)))


def _sha256(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _prepare(database: Database, schema_version: int, tables: dict[str, Table]) -> None:
    database.rollback()  # what was read is no more in use: DDL follows
    with database.waiting_for_locks(_LOCK_WAIT_S):
        database.call(
            "img_dump.prepare_restore",
            p_schema_version=schema_version,
            p_tables=Json(json.dumps([asdict(table) | {"table_name": name} for name, table in tables.items()])),
        )


def _put_all(database: Database, found: Dump, tables: dict[str, Table]) -> None:
    """Put the rows of all tables, commit, and let the tables number by themselves again."""
    try:
        try:
            database.call("img_dump.begin_restore")
        except DatabaseError as error:
            if error.code != _LOCKED:
                raise
            raise DatabaseError(
                "another restore or an installation is running: try again when it is done", code=_LOCKED
            ) from error
        with Progress("restoring", sum(table.row_count for table in tables.values()), "rows") as progress:
            for name, table in tables.items():
                _put(database, found, name, table, progress)
        database.commit()
    except BaseException:
        with suppress(DatabaseError):  # the first error is the one to tell
            database.rollback()
            _end(database)
        raise
    _end(database)


def _end(database: Database) -> None:
    with database.waiting_for_locks(_LOCK_WAIT_S):
        database.call("img_dump.end_restore")


def _put(database: Database, found: Dump, name: str, table: Table, progress: Progress) -> None:
    rows = found.rows(table)
    if table.vectors_sha256 is None:
        for batch in _batches((row, None) for row in rows):
            texts = ",".join(row for row, _ in batch)
            database.call("img_dump.put_rows", p_table=name, p_rows=Json(f"[{texts}]"))
            progress.advance(len(batch))
        return
    for batch in _batches(zip(rows, found.vectors(table), strict=True)):
        database.call_many(
            "img_dump.put_row", [{"p_table": name, "p_row": Json(row), "p_vector": vector} for row, vector in batch]
        )
        progress.advance(len(batch))


def _batches(rows: Iterable[tuple[str, Vector | None]]) -> Iterator[list[tuple[str, Vector | None]]]:
    """Some rows at a time, of which the last may be of any length."""
    batch: list[tuple[str, Vector | None]] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += len(row[0])
        if len(batch) == _BATCH_ROWS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
