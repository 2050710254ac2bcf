"""Labels that are numbers: predicted as scikit-learn and scipy would, and told apart at a threshold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.kernel_ridge import KernelRidge

from loader import linear
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate
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
        ("0.1 or more" if a >= 0.1 else "below 0.1", "0.1 or more" if p >= 0.1 else "below 0.1")
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


@pytest.mark.parametrize("kind", ["prototype", "tuned"])
def test_kinds_that_predict_no_number_are_refused(installed: Database, cloud: Cloud, kind: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        installed.value("img_evaluate.begin_run", p_method="kfold", p_transform_kind=kind, p_threshold=0.5)
    assert caught.value.code == 20180
