"""Many new pictures: read ahead of the database, and answered in their order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loader.classification import classify
from loader.database import Database, DatabaseError
from loader.load import load
from loader.model import Model
from loader.spent import Spent
from tests.loader.conftest import Make

# More than the database takes at once.
MANY = 150


@pytest.fixture
def loaded(installed: Database, root: Path, make: Make, tiny_model: Model) -> Path:
    for number in range(12):
        make(f"labels/{number}.json", quality="good" if number % 2 else "bad")
    assert load(installed, root, tiny_model).stored == 12
    return root


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    random = np.random.default_rng(7)
    paths = []
    for number in range(MANY):
        paths.append(tmp_path / f"new{number}.png")
        Image.fromarray(random.integers(0, 256, (40, 30, 3), np.uint8)).save(paths[-1])
    return paths


def test_the_answers_have_the_order_of_the_pictures(
    installed: Database, loaded: Path, pictures: list[Path], tiny_model: Model
) -> None:
    pictures[70] = loaded / "images" / "5.png"
    decisions = classify(installed, tiny_model, pictures, k=3)
    assert [decision.name for decision in decisions] == [str(path) for path in pictures]
    for place in (0, 63, 64, 70, MANY - 1):
        assert decisions[place] == classify(installed, tiny_model, [pictures[place]], k=3)[0]
    stored = decisions[70].answer
    assert stored is not None
    assert [found["image_path"] for found in stored["stored"]] == ["images/5.png"]


def test_bad_pictures_cost_themselves_alone(
    installed: Database, loaded: Path, pictures: list[Path], tiny_model: Model
) -> None:
    # All of a batch, and one of another.
    bad = [*range(64, 128), 3]
    for number in bad:
        pictures[number].write_bytes(b"no picture")
    decisions = classify(installed, tiny_model, pictures, k=3)
    assert [number for number, decision in enumerate(decisions) if decision.answer is None] == sorted(bad)
    assert all("no image of a known kind" in decisions[number].problem for number in bad)


def test_no_batch_stays_in_the_database(
    installed: Database, loaded: Path, pictures: list[Path], tiny_model: Model
) -> None:
    classify(installed, tiny_model, pictures, k=3)
    assert list(installed.execute("select count(*) from image_batch").rows) == [(0,)]


def test_a_wrong_parameter_is_refused_before_a_picture_is_read(
    installed: Database, loaded: Path, pictures: list[Path], tiny_model: Model
) -> None:
    spent = Spent()
    with pytest.raises(DatabaseError, match="k must be a whole number"):
        classify(installed, tiny_model, pictures, k=0, spent=spent)
    assert "decoding" not in spent.seconds


def test_it_is_known_what_the_time_was_spent_on(
    installed: Database, loaded: Path, pictures: list[Path], tiny_model: Model
) -> None:
    spent = Spent()
    classify(installed, tiny_model, pictures[:3], spent=spent)
    assert set(spent.seconds) == {"database", "decoding", "network"}
    assert all(seconds > 0 for seconds in spent.seconds.values())
    assert [line.split("  ")[-1] for line in spent.lines()][:-1] == list(spent.seconds)
