"""Whole commands on python-oracledb: the same results as on the embedded engine, in few round trips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loader.classification import classify
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from tests.oracle.conftest import session
from tests.oracle.server import Server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


def write_images(root: Path, count: int) -> list[Path]:
    """`count` images of two parts and two qualities."""
    paths = []
    for number in range(count):
        path = root / ("tank" if number % 2 else "pipe") / ("good" if number % 3 else "bad") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (8, 8, 3), np.uint8)
        Image.fromarray(pixels).save(path)
        paths.append(path)
    return paths


def test_a_load_of_1000_images_takes_at_most_110_round_trips(product: Server, root: Path, tiny_model: Model) -> None:
    write_images(root, 1000)
    with session(product) as database:
        summary = load(database, root, tiny_model, layout=folders, workers=2)
    assert (summary.labels, summary.stored, summary.failed) == (1000, 1000, 0)
    assert product.round_trips() <= 110


def test_classifying_100_images_takes_at_most_20(product: Server, root: Path, tiny_model: Model) -> None:
    paths = write_images(root, 100)
    with session(product) as database:
        load(database, root, tiny_model, layout=folders)
    product.forget()
    with session(product) as database:
        decisions = classify(database, tiny_model, paths, k=1)
    assert [decision.answer["class"] for decision in decisions if decision.answer] == [
        path.parent.name for path in paths
    ]
    assert product.round_trips() <= 20
