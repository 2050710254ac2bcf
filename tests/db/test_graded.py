"""Labels that are numbers: predicted as scikit-learn and scipy would, and told apart at a threshold."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.kernel_ridge import KernelRidge

from loader import linear
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, fit
from loader.report import text_lines
from tests.db.helpers import insert_image

Numbers = NDArray[np.float64]
Cloud = tuple[NDArray[Any], Numbers, NDArray[np.str_]]


@pytest.fixture
def cloud(installed: Database) -> Cloud:
    """Vectors, the numbers that they stand for, and their parts: 80 images of two parts."""
    random = np.random.default_rng(3)
    direction = random.normal(size=8)
    vectors, values, parts = [], [], []
    for number in range(80):
        vector = random.normal(size=8).astype(np.float32)
        value = round(float(vector @ direction) / 4 + 0.2 * random.normal(), 2)
        part = "pq"[number % 2]
        insert_image(installed, part, repr(value), vector.tolist())
        vectors.append(vector)
        values.append(value)
        parts.append(part)
    installed.commit()
    return np.stack(vectors), np.array(values), np.array(parts)


def predictions(db: Database, run_id: int) -> tuple[NDArray[Any], Numbers, Numbers, list[tuple[str, str]]]:
    """Of each item in the order of storing: its fold, label and prediction as numbers, and both classes."""
    rows = list(
        db.execute(
            "select fold, actual_value, predicted_value, actual, predicted from image_run_item"
            f" where run_id = {run_id} order by image_id"
        ).rows
    )
    return (
        np.array([row[0] for row in rows]),
        np.array([float(row[1]) for row in rows]),
        np.array([float(row[2]) for row in rows]),
        [(row[3], row[4]) for row in rows],
    )


def expected(kind: str | None, x: NDArray[Any], y: Numbers, asked: NDArray[Any], k: int) -> float:
    """What a fold's images say of one image."""
    u, v = linear.unit(x), linear.unit(asked[None])
    moments = linear.Moments.of(u)
    if kind is None:
        distances = 1 - (v @ u.T)[0]
        near = np.argsort(distances)[:k]
        weights = np.exp((distances.min() - distances[near]) / 0.5)
        return float(weights @ y[near] / weights.sum())
    mean = u.mean(axis=0)
    covariance = np.cov((u - mean).T, bias=True)
    shrunk = 0.8 * covariance + 0.2 * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    if kind == "lda":
        slope = np.linalg.solve(shrunk, (u - mean).T @ (y - y.mean()) / len(y))
        return float(y.mean() + ((v - mean) @ slope)[0])
    rows = linear.Components.of(moments).whitening(0.2, 5)
    here, there = linear.applied(rows, v), linear.applied(rows, u)
    if kind == "whiten":
        near = np.argsort(1 - (here @ there.T)[0])[:k]
        return float(y[near].mean())
    return float(KernelRidge(alpha=0.3, kernel="rbf", gamma=0.6).fit(there, y - 0.1).predict(here)[0] + 0.1)


@pytest.mark.parametrize("kind", [None, "whiten", "lda", "kernel"])
def test_numbers_are_predicted_from_the_other_folds(installed: Database, cloud: Cloud, kind: str | None) -> None:
    vectors, values, parts = cloud
    votes: dict[str, Any] = {"weighting": "softmax", "temperature": 0.5} if kind is None else {}
    run_id = evaluate(
        installed,
        method="kfold",
        folds=4,
        k=5,
        transform_kind=kind,
        threshold=0.1,
        outputs=5,
        width=0.6,
        ridge=0.3,
        **votes,
    )
    folds, actual, found, classes = predictions(installed, run_id)
    np.testing.assert_allclose(actual, values)
    for at in range(len(values)):
        side = (folds != folds[at]) & (parts == parts[at])
        assert found[at] == pytest.approx(expected(kind, vectors[side], values[side], vectors[at], 5), abs=1e-4)
    assert classes == [
        ("0.1 or more" if a >= 0.1 else "below 0.1", "0.1 or more" if p >= 0.1 - 1e-9 else "below 0.1")
        for a, p in zip(actual, found, strict=True)
    ]
    ((tested, rmse, mae, spearman),) = installed.execute(
        f"select tested, rmse, mean_absolute_error, spearman from vw_evaluation_graded where run_id = {run_id}"
    ).rows
    assert tested == 80
    assert float(rmse) == pytest.approx(math.sqrt(((found - actual) ** 2).mean()))
    assert float(mae) == pytest.approx(np.abs(found - actual).mean())
    assert float(spearman) == pytest.approx(spearmanr(found, actual).statistic)
    ((accuracy,),) = installed.execute(f"select accuracy from vw_evaluation where run_id = {run_id}").rows
    assert float(accuracy) == pytest.approx(np.mean([a == p for a, p in classes]))


def test_leave_one_out_by_sql_alone(installed: Database, cloud: Cloud) -> None:
    run_id = int(installed.value("img_evaluate.evaluate", p_k=1, p_threshold=0.5))
    _, actual, found, _ = predictions(installed, run_id)
    assert set(found) <= set(actual)
    lines = list(text_lines(installed, run_id))
    assert any(line.startswith("Predicted numbers: RMSE") and line.endswith("classes from 0.5 on") for line in lines)


def test_a_label_that_is_no_number_is_not_tested(installed: Database, cloud: Cloud) -> None:
    insert_image(installed, "p", "1,5", [1.0] * 8)
    insert_image(installed, "p", "bad", [1.0] * 8)
    run_id = int(installed.value("img_evaluate.evaluate", p_k=1, p_threshold=0.5))
    assert list(installed.rows("img_report.untested_reasons", p_run_id=run_id)) == [
        ("its label has no number as quality", 2)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.33", 0.33),
        ("-2", -2),
        ("1e3", 1000),
        ("0", 0),
        ("01", None),
        ("1,5", None),
        ("[1]", None),
        ("NaN", None),
        ("", None),
    ],
)
def test_what_a_number_is(installed: Database, text: str, value: float | None) -> None:
    found = installed.value("img_graded.value_of", p_class=text)
    assert (None if found is None else float(found)) == value


def test_classes_alone_have_no_numbers(installed: Database, cloud: Cloud) -> None:
    run_id = int(installed.value("img_evaluate.evaluate", p_k=1))
    assert list(installed.rows("img_report.graded_figures", p_run_id=run_id)) == []


def test_a_kind_that_predicts_no_number_is_refused(installed: Database, cloud: Cloud) -> None:
    with pytest.raises(DatabaseError) as caught:
        installed.value("img_evaluate.begin_run", p_method="kfold", p_transform_kind="prototype", p_threshold=0.5)
    assert caught.value.code == 20180


@pytest.mark.parametrize(("kind", "threshold"), [("lda", 0.5), (None, 0.5), ("kernel", None)])
def test_grades_are_for_kernels_and_need_a_threshold(
    installed: Database, cloud: Cloud, kind: str | None, threshold: float | None
) -> None:
    given = {"p_transform_kind": kind, "p_threshold": threshold}
    with pytest.raises(DatabaseError) as caught:
        installed.value(
            "img_evaluate.begin_run",
            p_method="kfold",
            p_target="category1",
            p_grades="quality",
            **{name: value for name, value in given.items() if value is not None},
        )
    assert caught.value.code == 20183


def answered(db: Database, vector: NDArray[Any], **given: Any) -> Any:
    parameters = {"p_k": 5, "p_transform": "grade", **given}
    return json.loads(db.value("img_classify.classify", p_embedding=vector, p_part="q", **parameters))


@pytest.mark.parametrize("kind", ["centre", "whiten", "lda", "kernel", "joint"])
def test_classify_answers_with_a_number(installed: Database, cloud: Cloud, kind: str) -> None:
    vectors, values, parts = cloud
    fit(installed, "grade", kind, "quality", within_part=True, threshold=0.1, outputs=5, width=0.6, ridge=0.3)
    asked = np.random.default_rng(5).normal(size=8).astype(np.float32)
    answer = answered(installed, asked)
    if kind in ("whiten", "lda", "kernel"):
        side = parts == "q"
        assert answer["value"] == pytest.approx(expected(kind, vectors[side], values[side], asked, 5), abs=1e-4)
    assert answer["class"] == ("0.1 or more" if answer["value"] >= 0.1 else "below 0.1")
    assert answer["confidence"] is None
    assert answer["fit"]["kind"] == kind.upper()
    assert (answer["neighbours"] is None) == (kind in ("lda", "kernel", "joint"))
    if kind == "kernel":
        explained = answered(installed, asked, p_k=1000)["fit"]["explained"]
        assert sum(vote["vote"] for vote in explained["votes"]) == pytest.approx(answer["value"] - 0.1, abs=1e-4)

    batch = installed.value("img_classify.open_batch", p_transform="grade", p_k=5)
    installed.call("img_classify.add_item", p_run_id=batch, p_name="a", p_part="q", p_embedding=asked)
    installed.call("img_classify.classify_batch", p_run_id=batch)
    ((_, decision),) = installed.rows("img_classify.decisions", p_run_id=batch)
    assert json.loads(decision)["value"] == pytest.approx(answer["value"])
    assert json.loads(decision)["class"] == answer["class"]
    with pytest.raises(DatabaseError) as caught:
        list(installed.rows("img_classify.decisions", p_run_id=batch, p_min_confidence=0.5))
    assert caught.value.code == 20184


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"p_min_confidence": 0.5}, 20184),
        ({"p_calibration": "any"}, 20184),
        ({"p_target": "category1"}, 20121),
    ],
)
def test_a_number_has_no_confidence_and_one_target(
    installed: Database, cloud: Cloud, given: dict[str, Any], code: int
) -> None:
    fit(installed, "grade", "whiten", "quality", within_part=True, threshold=0.1)
    with pytest.raises(DatabaseError) as caught:
        answered(installed, np.ones(8, np.float32), **given)
    assert caught.value.code == code


def test_neighbours_whose_labels_are_no_numbers_say_nothing(installed: Database, cloud: Cloud) -> None:
    fit(installed, "grade", "centre", "quality", within_part=True, threshold=0.1)
    asked = np.full(8, 9.0, np.float32)
    insert_image(installed, "q", "not graded", asked.tolist())
    by_one, by_two = (answered(installed, asked, p_k=k) for k in (1, 2))
    assert (by_one["class"], by_one["value"]) == ("unknown", None)
    assert by_two["value"] == pytest.approx(float(by_two["neighbours"][1]["class"]))


def test_grades_of_more_than_two_classes_are_refused(installed: Database, cloud: Cloud) -> None:
    for name in ("c1", "c2", "c3"):
        insert_image(installed, "p", "0.7", [1.0] * 8, category=name)
    with pytest.raises(ConfigurationError, match="grades tell two classes apart, and there are 3: c1, c2, c3"):
        fit(installed, "x", "kernel", "category1", within_part=True, threshold=0.5, grades="quality")


def test_a_named_fit_by_grades_answers_with_classes(installed: Database, cloud: Cloud) -> None:
    vectors, values, parts = cloud
    installed.execute("delete from image_demo1")
    for vector, value, part in zip(vectors, values, parts, strict=True):
        insert_image(installed, part, repr(float(value)), vector.tolist(), category="bad" if value >= 0.1 else "fine")
    insert_image(installed, "q", "not graded", [1.0] * 8, category="bad")
    fit(
        installed,
        "grade",
        "kernel",
        "category1",
        within_part=True,
        threshold=0.1,
        grades="quality",
        outputs=5,
        width=0.6,
        ridge=0.3,
    )
    # The image without a grade has no vote.
    ((voters,),) = installed.execute("select count(*) from image_transform_support").rows
    assert voters == 80
    for asked in np.random.default_rng(6).normal(size=(5, 8)).astype(np.float32):
        answer = answered(installed, asked, p_target="category1")
        assert answer["class"] in ("bad", "fine")
        assert 0.5 <= answer["confidence"] <= 1
        assert answer["value"] is None
