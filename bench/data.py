"""What several benchmarks put into a database of their own: real embeddings, or vectors beside labels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database
from loader.export import keras_to_onnx
from loader.load import Summary, load
from loader.model import Model
from loader.sample import write_sample


@contextmanager
def elpv_database() -> Iterator[tuple[EmbeddedDatabase, Summary]]:
    """All 2,624 pictures of the ELPV data set, embedded by EfficientNet-Lite0 (1,280 floats), and how they went in."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, scratch_database() as database:
        root = Path(directory) / "Sample"
        write_sample(root, None)
        yield database, load(database, root, elpv_model(Path(directory)))


def elpv_model(directory: Path) -> Model:
    """EfficientNet-Lite0, exported into a directory."""
    path = directory / "efficientnet-lite0.onnx"
    keras_to_onnx.export("efficientnet-lite0", path)
    return Model(path)


def copy_images(database: EmbeddedDatabase, rows: Iterable[tuple[int, int, NDArray[np.float32]]]) -> None:
    """Copy (part, cluster, vector) into image_demo1; clusters are good and bad in turn."""
    connection = database.session.connection
    connection.execute("set local search_path = app, ora, public, pg_catalog")
    with connection.cursor().copy("copy image_demo1 (metadata, embedding) from stdin with (format binary)") as copy:
        copy.set_types(["jsonb", "vector"])
        for number, (part, cluster, vector) in enumerate(rows):
            quality = "good" if cluster % 2 else "bad"
            attributes = {"part": f"part{part}", "quality": quality, "categories": []}
            label = {"images": [{"file_name": f"{number}.png"}], "annotations": [{"attributes": attributes}]}
            copy.write_row((Jsonb(label), vector))
    connection.commit()


def analyze_images(database: EmbeddedDatabase) -> None:
    """Give the planner statistics of what was copied."""
    database.session.connection.execute("analyze app.image_demo1")
    database.session.connection.commit()


def vectors_of(database: EmbeddedDatabase, part: str, label: str) -> tuple[NDArray[np.str_], NDArray[np.float32]]:
    """The labels (a column of vw_image_label) and embeddings of a part's images."""
    rows = list(
        database.execute(f"select {label}, embedding from vw_image_label where part = '{part}' order by image_id").rows
    )
    return np.array([row[0] for row in rows]), np.array([np.asarray(row[1], np.float32) for row in rows])
