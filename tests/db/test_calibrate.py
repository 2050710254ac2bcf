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


def test_a_largest_distance_is_refused_where_there_is_none(overlapping: Database) -> None:
    fit(overlapping, "mine", "lda", "quality", within_part=True, shrinkage=None)
    asked = np.ones(8, np.float32)
    batch = overlapping.value("img_classify.open_batch", p_transform="mine")
    for routine, given in (
        ("img_classify.classify", {"p_embedding": asked, "p_part": "p", "p_transform": "mine"}),
        ("img_classify.decisions", {"p_run_id": batch}),
    ):
        with pytest.raises(DatabaseError) as caught:
            overlapping.value(routine, p_max_distance=1, **given)
        assert caught.value.code == 20170


def test_what_can_not_be_calibrated(overlapping: Database) -> None:
    fit(overlapping, "centred", "centre", "quality", within_part=True, shrinkage=None)
    alone = evaluate(overlapping)
    lda = evaluate(overlapping, method="kfold", folds=4, transform_kind="lda")
    for parameters, code in (
        ({"p_run_id": alone}, 20152),
        ({"p_run_id": lda, "p_name": "centred"}, 20152),
        ({"p_run_id": lda, "p_name": "none"}, 20117),
        ({"p_run_id": 0}, 20102),
        ({"p_run_id": lda, "p_name": "x" * 101}, 20148),
    ):
        with pytest.raises(DatabaseError) as caught:
            overlapping.value("img_calibrate.calibrate", **parameters)
        assert caught.value.code == code


# votes


def isotonic(values: NDArray[Any], weights: NDArray[Any]) -> list[float]:
    """Pool adjacent violators."""
    blocks: list[list[float]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append([float(value), float(weight), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (b, v, m), (a, w, n) = blocks.pop(), blocks.pop()
            blocks.append([(a * w + b * v) / (w + v), w + v, n + m])
    return [value for value, _, count in blocks for _ in range(int(count))]


def steps(sure: NDArray[Any], hit: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The least confidence of each bin, and what it is worth."""
    values, counts = np.unique(sure, return_counts=True)
    bins = min(15, len(sure) // 10)
    placed = np.ceil(bins * (np.cumsum(counts) - counts / 2) / len(sure)).astype(int)
    least, share, weight = [], [], []
    for number in np.unique(placed):
        inside = np.isin(sure, values[placed == number])
        least.append(values[placed == number].min())
        weight.append(inside.sum() + 1)
        share.append((hit[inside].sum() + hit.mean()) / weight[-1])
    return np.array(least), np.array(isotonic(np.array(share), np.array(weight)))


def worth(sure: float, least: NDArray[Any], share: NDArray[Any]) -> float:
    return float(share[max(0, int(np.searchsorted(least, sure, side="right")) - 1)])


@pytest.mark.parametrize("given", [{"k": 5}, {"k": 7, "weighting": "softmax"}, {"transform_kind": "centre"}])
def test_what_votes_are_worth_is_what_pooling_gives(given: dict[str, Any], overlapping: Database) -> None:
    run_id = evaluate(overlapping, method="kfold", folds=4, **given)
    assert overlapping.value("img_calibrate.calibrate", p_run_id=run_id) == 80
    rows = list(
        overlapping.execute(
            "select fold, confidence, case when predicted = actual then 1 else 0 end, actual_share,"
            f" calibrated_confidence, calibrated_actual_share from image_run_item where run_id = {run_id}"
        ).rows
    )
    fold, sure, hit, share, told, told_share = (np.array(column, float) for column in zip(*rows, strict=True))
    for row in range(len(rows)):
        others = fold != fold[row]
        expected = worth(sure[row], *steps(sure[others], hit[others]))
        assert told[row] == pytest.approx(expected)
        # Of two classes the other one has the rest, where it got no vote as well.
        assert share[row] == pytest.approx(sure[row] if hit[row] else 1 - sure[row])
        assert told_share[row] == pytest.approx(expected if hit[row] else 1 - expected)


def test_classify_tells_what_votes_are_worth(overlapping: Database) -> None:
    run_id = evaluate(overlapping, method="kfold", folds=4, k=5)
    overlapping.value("img_calibrate.calibrate", p_run_id=run_id, p_name="votes")
    rows = overlapping.execute(
        f"select confidence, case when predicted = actual then 1 else 0 end from image_run_item where run_id = {run_id}"
    ).rows
    sure, hit = (np.array(column, float) for column in zip(*rows, strict=True))
    asked = np.array([0.2, 0.1, 0.3, 0, 0, 0.1, 0, 0], np.float32)
    given = {"p_embedding": asked, "p_part": "p"}
    plain = json.loads(overlapping.value("img_classify.classify", **given))
    told = json.loads(overlapping.value("img_classify.classify", p_calibration="votes", **given))
    assert told["confidence"] == pytest.approx(worth(float(plain["confidence"]), *steps(sure, hit)))
    assert (told["class"], told["neighbours"]) == (plain["class"], plain["neighbours"])
    batch = overlapping.value("img_classify.open_batch", p_calibration="votes")
    overlapping.call("img_classify.add_item", p_run_id=batch, p_name="x", p_part="p", p_embedding=asked)
    overlapping.call("img_classify.classify_batch", p_run_id=batch)
    ((_, decided),) = overlapping.rows("img_classify.decisions", p_run_id=batch)
    assert json.loads(decided) == told
    for other, code in (
        ({"p_calibration": "none"}, 20172),
        ({"p_calibration": "votes", "p_k": 3}, 20171),
        ({"p_calibration": "votes", "p_metric": "euclidean"}, 20171),
        ({"p_calibration": "votes", "p_target": "category1"}, 20171),
    ):
        for routine, asks in (("img_classify.classify", given), ("img_classify.open_batch", {})):
            with pytest.raises(DatabaseError) as caught:
                overlapping.value(routine, **asks, **other)
            assert caught.value.code == code


def test_a_calibration_of_that_name_is_replaced(overlapping: Database) -> None:
    for k in (3, 5):
        run_id = evaluate(overlapping, method="kfold", folds=4, k=k)
        overlapping.value("img_calibrate.calibrate", p_run_id=run_id, p_name="votes")
    assert list(overlapping.execute("select name, k, images from image_calibration").rows) == [("votes", 5, 80)]


def test_thresholds_of_a_calibrated_run_are_of_what_classify_tells(overlapping: Database) -> None:
    run_id = evaluate(overlapping, method="kfold", folds=4, k=5)
    overlapping.value("img_calibrate.calibrate", p_run_id=run_id)
    (least,) = (
        float(row[1])
        for row in overlapping.rows("img_threshold.rejection", p_run_id=run_id, p_coverage=1)
        if row[2] == "calibrated confidence"
    )
    ((expected,),) = overlapping.execute(
        f"select min(calibrated_confidence) from image_run_item where run_id = {run_id}"
    ).rows
    assert least == float(expected)


def test_few_answers_are_not_calibrated(installed: Database) -> None:
    for number in range(12):
        insert_image(installed, "p", "good" if number % 2 else "bad", [1, number])
    run_id = evaluate(installed, method="kfold", folds=3, k=1)
    with pytest.raises(DatabaseError, match="has 8 answers outside of a fold, and a calibration needs 10") as caught:
        installed.value("img_calibrate.calibrate", p_run_id=run_id)
    assert caught.value.code == 20173
