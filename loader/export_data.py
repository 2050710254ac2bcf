"""What is stored, as files for other programs: images with labels, embeddings, predictions and their neighbours."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.drafts import draft
from loader.results import Embeddings
from loader.rows import COLUMNS, rows_of
from loader.waiting import announced

# The columns that hold whole numbers, and other numbers; all others hold text.
_WHOLE: Final = frozenset({"image_id", "neighbour_id", "place", "fold", "has_embedding"})
_FLOATS: Final = frozenset({"confidence", "nearest_distance", "distance"})
# What stands for nothing in an array, which has no null.
_NO_WHOLE, _NO_FLOAT, _NO_TEXT = -1, np.nan, ""
# Digits that bring back every float32.
_DIGITS = "%.9g"


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write: a list of values for each column, None for null; or a matrix with a row for each image."""

    name: str
    columns: Mapping[str, list[Any]]
    matrix: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.columns["image_id"])


def export_data(
    database: Database, directory: Path, format: str, *, run_id: int | None = None, force: bool = False
) -> dict[str, int]:
    """Write images, embeddings, predictions and neighbours of one moment to `directory`; the rows of each.

    The last two are those of the run, by default of the last evaluation; where there is none they are not written. A
    file appears when all of them are whole. Raises ConfigurationError for an unknown format, one that needs a package
    that is missing, and files that are there already, unless `force`; OSError where they can not be written.
    """
    if format not in _WRITERS:
        raise ConfigurationError(f"unknown format {format}: choose from {', '.join(_WRITERS)}")
    write = _WRITERS[format]()
    with announced("reading what is stored"):
        database.begin_snapshot()
        tables = list(_tables(database, run_id))
        database.rollback()
    if not directory.parent.is_dir() or (directory.exists() and not directory.is_dir()):
        raise ConfigurationError(f"{directory} can not be written: name a directory, or one to make in one that exists")
    paths = {table.name: directory / f"{table.name}.{format}" for table in tables}
    if (present := [path for path in paths.values() if path.exists()]) and not force:
        raise ConfigurationError(f"{present[0]} exists: name another directory, or replace it by --force")
    directory.mkdir(exist_ok=True)
    with announced(f"writing {len(tables)} files to {directory}"), ExitStack() as drafts:
        for table in tables:
            write(drafts.enter_context(draft(paths[table.name])), table)
    return {table.name: len(table) for table in tables}


def embeddings(database: Database, **parameters: Any) -> Embeddings:
    """The embeddings of stored images; `parameters` are those of img_report.image_vectors. Raises DatabaseError."""
    numbers, vectors = [], []
    for image_id, vector in database.rows(
        "img_report.image_vectors", **{f"p_{name}": value for name, value in parameters.items()}
    ):
        numbers.append(int(image_id))
        vectors.append(np.asarray(vector, np.float32))
    if len({vector.shape for vector in vectors}) > 1:
        raise DatabaseError("the embeddings differ in their dimension: those of one source or part may not")
    matrix = np.array(vectors, np.float32).reshape(len(vectors), -1) if vectors else np.empty((0, 0), np.float32)
    return Embeddings(np.array(numbers, np.int64), matrix)


def _tables(database: Database, run_id: int | None) -> Iterator[Table]:
    yield _table(database, "images", "img_report.image_rows")
    found = embeddings(database)
    yield Table("embeddings", {"image_id": found.image_ids.tolist()}, found.vectors)
    run_id = run_id or database.value("img_report.latest_run")
    if run_id is not None:
        yield _table(database, "predictions", "img_report.prediction_rows", run_id=run_id)
        yield _table(database, "neighbours", "img_report.neighbour_rows", run_id=run_id)


def _table(database: Database, name: str, routine: str, **parameters: Any) -> Table:
    rows = rows_of(database, routine, **parameters)
    return Table(name, {column: [_value(column, row[column]) for row in rows] for column in COLUMNS[routine]})


def _value(column: str, value: Any) -> Any:
    return int(value) if column in _WHOLE and value is not None else value


# the formats: each gives what writes a table to a path

_Write = Callable[[Path, Table], None]


def _csv() -> _Write:
    """Comma-separated, UTF-8, a heading first; nothing for null, and a column for each dimension (d0, d1 ...)."""

    def write(path: Path, table: Table) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            dimensions = 0 if table.matrix is None else table.matrix.shape[1]
            writer = csv.writer(file)
            writer.writerow([*table.columns, *(f"d{place}" for place in range(dimensions))])
            rows = zip(*table.columns.values(), strict=True)
            if table.matrix is None:
                writer.writerows(rows)
                return
            digits = ",".join([_DIGITS] * dimensions).split(",")
            for row, vector in zip(rows, table.matrix, strict=True):
                writer.writerow(chain(row, map(str.__mod__, digits, vector.tolist())))

    return write


def _parquet() -> _Write:
    """Parquet, by pyarrow: int64, float64 and strings with nulls; an embedding is a list of fixed length of floats."""
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ConfigurationError(
            f"Parquet needs pyarrow ({error.name} is missing): pip install -e '.[parquet]'"
        ) from error

    def kind(column: str) -> Any:
        return arrow.int64() if column in _WHOLE else arrow.float64() if column in _FLOATS else arrow.string()

    def write(path: Path, table: Table) -> None:
        arrays = {column: arrow.array(values, kind(column)) for column, values in table.columns.items()}
        if table.matrix is not None:
            flat = arrow.array(table.matrix.ravel())
            arrays["embedding"] = arrow.FixedSizeListArray.from_arrays(flat, max(1, table.matrix.shape[1]))
        parquet.write_table(arrow.table(arrays), path)

    return write


def _npz() -> _Write:
    """NumPy's archive with an array for each column: -1, NaN and the empty string stand for null."""

    def array(column: str, values: list[Any]) -> NDArray[Any]:
        if column in _WHOLE:
            return np.array([_NO_WHOLE if value is None else value for value in values], np.int64)
        if column in _FLOATS:
            return np.array([_NO_FLOAT if value is None else value for value in values], np.float64)
        return np.array([_NO_TEXT if value is None else value for value in values], np.str_)

    def write(path: Path, table: Table) -> None:
        arrays = {column: array(column, values) for column, values in table.columns.items()}
        if table.matrix is not None:
            arrays["embedding"] = table.matrix
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    return write


_WRITERS: Final[Mapping[str, Callable[[], _Write]]] = {"csv": _csv, "parquet": _parquet, "npz": _npz}
FORMATS: Final = tuple(_WRITERS)
