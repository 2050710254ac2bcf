"""export-data: what is written reads back as what is stored, whole or not at all."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import loader
from loader import export_data
from loader.config import EmbeddedSettings, OracleSettings
from loader.database import Database
from tests.db.helpers import insert_image
from tests.loader.conftest import Make
from tests.loader.test_cli import Loader
from tests.loader.test_cli import loader as command

__all__ = ["command"]


@pytest.fixture
def images(
    settings: OracleSettings | EmbeddedSettings,
    installed: Database,
    root: Path,
    make: Make,
    tiny_model: loader.Model,
) -> Iterator[loader.ImageDatabase]:
    """Six images of a load, whose labels hold what files have to quote, and one that no load put in."""
    for number in range(6):
        make(f"{number}.json", part='탱크, "no. 1"\nleft', quality="=good" if number % 2 else "bad")
    with loader.connect(settings, model=tiny_model) as images:
        images.load(root)
        insert_image(images.database, "other", "good", [0.1] * tiny_model.dimension)
        images.database.execute("update image_demo1 set model_id = (select max(model_id) from image_model)")
        images.database.commit()
        yield images


def read(path: Path) -> dict[str, list[Any]]:
    """The columns of a file; null is None, and a vector a list of numbers."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            heads, *rows = csv.reader(file)
        columns: dict[str, list[Any]] = {head: [row[place] or None for row in rows] for place, head in enumerate(heads)}
        dimensions = [columns.pop(head) for head in heads if head[0] == "d" and head[1:].isdigit()]
        if dimensions:
            columns["embedding"] = [list(map(float, vector)) for vector in zip(*dimensions, strict=True)]
        return columns
    if path.suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        table: dict[str, list[Any]] = parquet.read_table(path).to_pydict()
        return table
    with np.load(path, allow_pickle=False) as archive:
        return {name: [None if _is_nothing(value) else value for value in archive[name].tolist()] for name in archive}


def _is_nothing(value: Any) -> bool:
    return bool(value == "" or value == -1 or value != value)


def plain(values: list[Any]) -> list[Any]:
    return [None if value is None else str(value) for value in values]


@pytest.mark.parametrize("format", export_data.FORMATS)
def test_what_is_written_reads_back(images: loader.ImageDatabase, tmp_path: Path, format: str) -> None:
    if format == "parquet":
        pytest.importorskip("pyarrow")
    run = images.evaluate(method="kfold", folds=2, transform_kind="prototype", target="quality")
    written = images.export(tmp_path / "out", format)
    assert written == {"images": 7, "embeddings": 7, "predictions": 7, "neighbours": written["neighbours"]}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.{format}" for name in written}
    stored = images.images()
    found = read(tmp_path / "out" / f"images.{format}")
    assert set(found) == set(stored[0])
    for column, values in found.items():
        assert plain(values) == plain([row[column] for row in stored]), column
    vectors = images.embeddings()
    found = read(tmp_path / "out" / f"embeddings.{format}")
    assert [int(number) for number in found["image_id"]] == vectors.image_ids.tolist()
    assert (np.array(found["embedding"], np.float32) == vectors.vectors).all()
    found = read(tmp_path / "out" / f"predictions.{format}")
    predictions = images.predictions(run.run_id)
    assert found["predicted"] == [row["predicted"] for row in predictions]
    confidences = [np.nan if value is None else float(value) for value in found["confidence"]]
    wanted = [np.nan if row["confidence"] is None else row["confidence"] for row in predictions]
    np.testing.assert_array_equal(confidences, wanted)
    # Classes are compared: no image is behind them.
    found = read(tmp_path / "out" / f"neighbours.{format}")
    assert set(found["neighbour_id"]) == {None}
    assert {"bad", "=good"} <= set(found["class"])


def test_without_an_evaluation_there_are_no_predictions(
    images: loader.ImageDatabase, command: Loader, tmp_path: Path
) -> None:
    done = command("export-data", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{tmp_path}/out/images.csv: 7 rows",
        f"{tmp_path}/out/embeddings.csv: 7 rows",
        "no predictions: nothing was evaluated yet (python -m loader evaluate)",
    ]
    refused = command("export-data", tmp_path / "out", "--run", 999)
    assert refused.returncode == 2
    assert "there is no run 999" in refused.stderr


def test_an_empty_database_gives_empty_files(
    settings: OracleSettings | EmbeddedSettings, installed: Database, tmp_path: Path
) -> None:
    with loader.connect(settings) as images:
        for format in ("csv", "npz"):
            assert images.export(tmp_path / "out", format) == {"images": 0, "embeddings": 0}
    assert read(tmp_path / "out" / "images.csv")["image_id"] == []
    assert read(tmp_path / "out" / "images.npz")["image_id"] == []


def test_files_that_are_there_stay(
    images: loader.ImageDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images.export(tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(loader.ConfigurationError, match=r"images\.csv exists: .*--force"):
        images.export(tmp_path / "out")
    images.forget(images.sources()[0]["source"])
    # What fails at the second file leaves the first as it was, too.
    monkeypatch.setattr(export_data, "_DIGITS", "%z")
    with pytest.raises(ValueError, match="unsupported format"):
        images.export(tmp_path / "out", force=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    monkeypatch.undo()
    images.export(tmp_path / "out", force=True)
    assert len(read(tmp_path / "out" / "images.csv")["image_id"]) == 1


def test_what_can_not_be_written_is_said(
    images: loader.ImageDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(loader.ConfigurationError, match="unknown format xls: choose from csv, parquet, npz"):
        images.export(tmp_path / "out", "xls")
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "no" / "out"):
        with pytest.raises(loader.ConfigurationError, match="can not be written: name a directory"):
            images.export(place)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(loader.ConfigurationError, match="Parquet needs pyarrow"):
        images.export(tmp_path / "out", "parquet")
    assert not (tmp_path / "out").exists()


def test_embeddings_of_two_dimensions_are_no_array(images: loader.ImageDatabase) -> None:
    insert_image(images.database, "short", "good", [1.0, 2.0])
    with pytest.raises(loader.DatabaseError, match="differ in their dimension"):
        images.embeddings()
    assert images.embeddings(part="short").vectors.shape == (1, 2)
    images.database.rollback()
