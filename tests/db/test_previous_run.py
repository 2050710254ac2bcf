"""img_report.previous_run: the last run before one that was done in the same way."""

from __future__ import annotations

from typing import Any

import pytest

from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, sweep
from tests.db.helpers import insert_image

# Each differs from {"k": 1} in one way.
OTHERS: list[dict[str, Any]] = [
    {"k": 2},
    {"k": 1, "target": "category1"},
    {"k": 1, "weighting": "softmax"},
    {"k": 1, "weighting": "softmax", "temperature": 0.2},
    {"k": 1, "metric": "euclidean"},
    {"k": 1, "only_part": "tank"},
    {"k": 1, "within_part": False},
    {"k": 1, "transform_kind": "centre", "method": "kfold", "folds": 2},
    {"k": 1, "transform_kind": "whiten", "method": "kfold", "folds": 2},
    {"k": 1, "transform_kind": "whiten", "method": "kfold", "folds": 2, "shrinkage": 0.5},
    {"k": 1, "transform_kind": "lda", "method": "kfold", "folds": 2},
    {"k": 1, "method": "kfold", "folds": 2},
    {"k": 1, "method": "kfold", "folds": 3},
    {"k": 1, "method": "kfold", "folds": 2, "seed": 7},
]


@pytest.fixture
def images(installed: Database) -> Database:
    for number in range(12):
        angle = [1.0 + number % 3, 2.0 - number % 2, float(number)]
        insert_image(installed, "tank", "good" if number % 2 else "bad", angle)
    return installed


def previous(db: Database, run_id: int) -> int | None:
    found = db.value("img_report.previous_run", p_run_id=run_id)
    return None if found is None else int(found)


def test_only_the_same_settings_are_the_same(images: Database) -> None:
    first = {str(settings): evaluate(images, **settings) for settings in [{"k": 1}, *OTHERS]}
    assert [previous(images, run_id) for run_id in first.values()] == [None] * len(first)
    second = {str(settings): evaluate(images, **settings) for settings in reversed([{"k": 1}, *OTHERS])}
    assert {name: previous(images, run_id) for name, run_id in second.items()} == first


def test_the_last_one_before_is_taken_and_no_sweep(images: Database) -> None:
    evaluate(images, k=1)
    second = evaluate(images, k=1)
    sweep(images, ks="1")
    third = evaluate(images, k=1)
    assert previous(images, third) == second


def test_a_run_that_there_is_not(images: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        previous(images, 999)
    assert caught.value.code == 20102
