"""Calibration of an evaluation's confidence, against numpy."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, fit
from tests.db.helpers import insert_image

Probabilities = NDArray[np.float64]


@pytest.fixture
def overlapping(installed: Database) -> Database:
    """Two classes that overlap in eight dimensions, 80 images, labelled by chance near the middle."""
    random = np.random.default_rng(5)
    for number in range(80):
        quality = "good" if number % 2 else "bad"
        centre = np.full(8, 0.25 if quality == "good" else -0.25)
        insert_image(installed, "p", quality, (centre + random.normal(size=8)).round(3).tolist())
    installed.commit()
    return installed


def neighbours(db: Database, run_id: int) -> tuple[NDArray[Any], Probabilities, NDArray[Any], list[Any]]:
    """Of each item of a run its fold, its distance to each class, the number of its own class, and its item_id."""
    rows = list(
        db.execute(
            "select i.item_id, i.fold, i.actual, n.class, n.distance from image_run_item i"
            " join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id"
            f" where i.run_id = {run_id} order by i.item_id, n.class"
        ).rows
    )
    items = [row[0] for row in rows[::2]]
    distances = np.array([[float(a[4]), float(b[4])] for a, b in zip(rows[::2], rows[1::2], strict=True)])
    return (
        np.array([int(row[1]) for row in rows[::2]]),
        distances,
        np.array([("bad", "good").index(row[2]) for row in rows[::2]]),
        items,
    )


def probabilities(distances: Probabilities, temperature: float) -> Probabilities:
    weights = np.exp(-(distances - distances.min(axis=1, keepdims=True)) / temperature)
    result: Probabilities = weights / weights.sum(axis=1, keepdims=True)
    return result


def best_temperature(distances: Probabilities, actual: NDArray[Any]) -> float:
    tried = 2.0 ** np.linspace(-5, 5, 4001)
    losses = [-np.log(probabilities(distances, t)[np.arange(len(actual)), actual]).sum() for t in tried]
    return float(tried[int(np.argmin(losses))])


def test_the_temperature_and_the_confidence_are_those_of_numpy(overlapping: Database) -> None:
    run_id = evaluate(overlapping, method="kfold", folds=4, transform_kind="lda")
    found = overlapping.value("img_calibrate.calibrate", p_run_id=run_id)
    folds, distances, actual, items = neighbours(overlapping, run_id)
    assert float(found) == pytest.approx(best_temperature(distances, actual), rel=0.01)
    expected = {}
    for fold in set(folds.tolist()):
        t = best_temperature(distances[folds != fold], actual[folds != fold])
        for index in np.flatnonzero(folds == fold):
            expected[items[index]] = probabilities(distances[index : index + 1], t)[0]
    rows = overlapping.execute(
        "select item_id, confidence, calibrated_confidence, calibrated_actual_share"
        f" from image_run_item where run_id = {run_id} order by item_id"
    ).rows
    for (item_id, confidence, calibrated, share), own in zip(rows, actual, strict=True):
        assert float(calibrated) == pytest.approx(expected[item_id].max(), abs=0.01)
        assert float(share) == pytest.approx(expected[item_id][own], abs=0.01)
        assert (float(confidence) - 0.5) * (float(calibrated) - 0.5) >= 0


def test_the_view_tells_both(overlapping: Database) -> None:
    run_id = evaluate(overlapping, method="kfold", folds=4, transform_kind="lda")
    overlapping.value("img_calibrate.calibrate", p_run_id=run_id)
    given, calibrated = overlapping.execute(
        "select calibrated, images, expected_calibration_error, brier_score, log_loss from vw_evaluation_confidence"
        f" where run_id = {run_id} order by calibrated"
    ).rows
    assert [float(value) for value in given] == pytest.approx([0, *figures(overlapping, run_id, "")])
    assert [float(value) for value in calibrated] == pytest.approx([1, *figures(overlapping, run_id, "calibrated_")])


def figures(db: Database, run_id: int, of: str) -> list[float]:
    """Images, calibration error in 15 bins of equal count, Brier score and log loss of a run's items."""
    rows = db.execute(
        f"select {of}confidence, {of}actual_share, case when predicted = actual then 1 else 0 end"
        f" from image_run_item where run_id = {run_id} order by {of}confidence, item_no"
    ).rows
    sure, share, hit = (np.array(column, float) for column in zip(*rows, strict=True))
    bins = np.array_split(np.arange(len(sure)), 15)
    error = sum(len(b) * abs(sure[b].mean() - hit[b].mean()) for b in bins) / len(sure)
    return [len(sure), error, float(((sure - hit) ** 2).mean()), float(-np.log(share).mean())]


def test_classify_uses_the_calibration_of_a_named_transform(overlapping: Database) -> None:
    fit(overlapping, "mine", "lda", "quality", within_part=True, shrinkage=None)
    run_id = evaluate(overlapping, method="kfold", folds=4, transform_kind="lda")
    asked = np.array([0.2, 0.1, 0.3, 0, 0, 0.1, 0, 0], np.float32)

    def answer() -> Any:
        return json.loads(overlapping.value("img_classify.classify", p_embedding=asked, p_part="p", p_transform="mine"))

    before = answer()
    temperature = float(overlapping.value("img_calibrate.calibrate", p_run_id=run_id, p_name="mine"))
    after = answer()
    distances = np.array([[n["distance"] for n in after["neighbours"]]], float)
    assert before["confidence"] == pytest.approx(probabilities(distances, 1).max())
    assert after["confidence"] == pytest.approx(probabilities(distances, temperature).max())
    assert (before["class"], before["neighbours"]) == (after["class"], after["neighbours"])
    batch = overlapping.value("img_classify.open_batch", p_transform="mine")
    overlapping.call("img_classify.add_item", p_run_id=batch, p_name="x", p_part="p", p_embedding=asked)
    overlapping.call("img_classify.classify_batch", p_run_id=batch)
    ((_, decided),) = overlapping.rows("img_classify.decisions", p_run_id=batch)
    assert json.loads(decided) == after


def test_what_can_not_be_calibrated(overlapping: Database) -> None:
    fit(overlapping, "centred", "centre", "quality", within_part=True, shrinkage=None)
    votes = evaluate(overlapping, method="kfold", folds=4)
    lda = evaluate(overlapping, method="kfold", folds=4, transform_kind="lda")
    for parameters, code in (
        ({"p_run_id": votes}, 20152),
        ({"p_run_id": lda, "p_name": "centred"}, 20152),
        ({"p_run_id": lda, "p_name": "none"}, 20117),
        ({"p_run_id": 0}, 20102),
    ):
        with pytest.raises(DatabaseError) as caught:
            overlapping.value("img_calibrate.calibrate", **parameters)
        assert caught.value.code == code
