"""A run says how many labels are other ones now than when it read them, whatever changed them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loader.database import Database
from loader.evaluation import evaluate
from loader.rows import rows_of
from tests.db.helpers import insert_image

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def images(installed: Database) -> Database:
    for number in range(6):
        insert_image(installed, "tank", str(number % 2), [1.0, number / 10, 0.0])
    installed.commit()
    return installed


def set_label(database: Database, image_id: int, name: str, value: str) -> None:
    """As a user's own SQL does."""
    database.execute(
        "update image_demo1"
        f" set metadata = json_transform(metadata, set '$.annotations[0].attributes.{name}' = '{value}')"
        f" where image_id = {image_id}"
    )
    database.commit()


def changed(database: Database, run_id: int) -> int:
    (row,) = rows_of(database, "img_report.run_summary", run_id=run_id)
    (listed,) = [run for run in rows_of(database, "img_report.runs") if run["run"] == run_id]
    assert listed["labels_changed"] == row["labels_changed"]
    return int(row["labels_changed"])


@pytest.mark.parametrize("options", [{}, {"method": "kfold", "folds": 2}, {"target": "part", "within_part": False}])
def test_a_run_counts_the_labels_that_changed_since(images: Database, query: Query, options: dict[str, Any]) -> None:
    run_id = evaluate(images, **options)
    ids = [image_id for (image_id,) in query("select image_id from image_demo1 order by image_id")]
    assert changed(images, run_id) == 0
    set_label(images, ids[0], "part", "lid")
    assert changed(images, run_id) == 1
    set_label(images, ids[1], "quality", "9")
    of_quality = options.get("target", "quality") == "quality"
    assert changed(images, run_id) == 1 + of_quality
    set_label(images, ids[0], "part", "tank")
    assert changed(images, run_id) == int(of_quality)  # it says again what the run read
    if of_quality:
        shown = (
            f"select image_id, part, part_now, actual, actual_now from vw_evaluation_changed where run_id = {run_id}"
        )
        assert query(shown) == [(ids[1], "tank", "tank", "1", "9")]
    assert changed(images, evaluate(images, **options)) == 0


def test_a_label_that_is_taken_away_or_given_counts(images: Database, query: Query) -> None:
    insert_image(images, "tank", None, [1.0, 0.5, 0.5])
    images.commit()
    run_id = evaluate(images)
    ids = [image_id for (image_id,) in query("select image_id from image_demo1 order by image_id")]
    set_label(images, ids[-1], "quality", "1")
    assert changed(images, run_id) == 1
    images.execute(
        f"update image_demo1 set metadata = json_transform(metadata, remove '$.annotations[0].attributes.quality')"
        f" where image_id = {ids[0]}"
    )
    images.commit()
    assert changed(images, run_id) == 2


def test_labels_that_are_numbers_are_compared_as_numbers(images: Database, query: Query) -> None:
    run_id = evaluate(images, threshold=0.5)
    ids = [image_id for (image_id,) in query("select image_id from image_demo1 order by image_id")]
    set_label(images, ids[0], "quality", "0.0")
    assert changed(images, run_id) == 0
    set_label(images, ids[0], "quality", "0.25")  # below the threshold still, and another number
    assert changed(images, run_id) == 1
