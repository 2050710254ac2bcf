"""Evaluation runs and their figures, against scikit-learn and numpy."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, fit
from tests.db.helpers import insert_image


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


def made_up_run(db: Database, actual: Sequence[str], predicted: Sequence[str], confidence: Sequence[float]) -> int:
    """A run with these predictions, put in by hand."""
    db.execute(
        "insert into image_run"
        " (method, target, k, weighting, temperature, metric, within_part, images, tested, correct)"
        f" values ('LOO', 'QUALITY', 1, 'MAJORITY', 1, 'COSINE', 1, {len(actual)}, {len(actual)},"
        f" {sum(a == p for a, p in zip(actual, predicted, strict=True))})"
    )
    ((run_id,),) = rows(db, "select max(run_id) from image_run")
    for i, (a, p, c) in enumerate(zip(actual, predicted, confidence, strict=True), start=1):
        db.execute(
            "insert into image_run_item (run_id, item_id, image_id, part, actual, predicted, confidence)"
            f" values ({run_id}, {i}, {i}, 'p{i % 2}', '{a}', '{p}', {c!r})"
        )
    return int(run_id)


def random_case(seed: int, size: int, classes: str) -> tuple[list[str], list[str], list[float]]:
    random = np.random.default_rng(seed)
    actual = random.choice(list(classes), size)
    wrong = random.choice(list(classes), size)
    predicted = np.where(random.random(size) < 0.7, actual, wrong)
    return actual.tolist(), predicted.tolist(), random.choice([0.2, 0.4, 0.5, 0.75, 1.0], size).tolist()


CASES: dict[str, tuple[list[str], list[str], list[float]]] = {
    "random, three classes": random_case(1, 80, "abc"),
    "random, two classes": random_case(2, 31, "ab"),
    "one class": (["a"] * 5, ["a"] * 5, [1.0] * 5),
    "one row right": (["a"], ["a"], [0.6]),
    "one row wrong": (["a"], ["b"], [0.6]),
    "all wrong": (["a", "b"], ["b", "a"], [0.9, 0.1]),
    "a class that is never predicted": (["a", "a", "b"], ["a", "a", "a"], [0.5, 1.0, 0.3]),
    "a class that never occurs": (["a", "a"], ["a", "c"], [0.5, 0.5]),
    "confidence of zero": (["a", "b"], ["a", "b"], [0.0, 1.0]),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore")
def test_figures_are_those_of_scikit_learn(name: str, installed: Database) -> None:
    actual, predicted, confidence = CASES[name]
    run_id = made_up_run(installed, actual, predicted, confidence)
    (figures,) = rows(
        installed,
        "select accuracy, balanced_accuracy, macro_precision, macro_recall, macro_f1, weighted_precision,"
        f" weighted_recall, weighted_f1 from vw_evaluation where run_id = {run_id}",
    )
    macro = metrics.precision_recall_fscore_support(actual, predicted, average="macro", zero_division=0)
    weighted = metrics.precision_recall_fscore_support(actual, predicted, average="weighted", zero_division=0)
    expected = [
        metrics.accuracy_score(actual, predicted),
        metrics.balanced_accuracy_score(actual, predicted),
        *macro[:3],
        *weighted[:3],
    ]
    assert [float(value) for value in figures] == pytest.approx(expected)
    classes = sorted({*actual, *predicted})
    by_class = metrics.precision_recall_fscore_support(actual, predicted, labels=classes, zero_division=0)
    found = rows(
        installed,
        "select class, precision_share, recall, f1, support from vw_evaluation_class"
        f" where run_id = {run_id} order by class",
    )
    assert [row[0] for row in found] == classes
    for column in range(4):
        assert [float(row[column + 1]) for row in found] == pytest.approx(list(by_class[column]))
    matrix = metrics.confusion_matrix(actual, predicted, labels=classes)
    assert {
        (a, p): n
        for a, p, n in rows(
            installed, f"select actual, predicted, images from vw_evaluation_confusion where run_id = {run_id}"
        )
    } == {(a, p): n for a, line in zip(classes, matrix, strict=True) for p, n in zip(classes, line, strict=True) if n}


@pytest.mark.parametrize("name", CASES)
def test_interval_coverage_and_calibration(name: str, installed: Database) -> None:
    actual, predicted, confidence = CASES[name]
    run_id = made_up_run(installed, actual, predicted, confidence)
    right = np.array([a == p for a, p in zip(actual, predicted, strict=True)])
    n, p, z = len(right), right.mean(), 1.959963984540054
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ((low, high, ece),) = rows(
        installed,
        f"select accuracy_low, accuracy_high, expected_calibration_error from vw_evaluation where run_id = {run_id}",
    )
    assert float(low) == pytest.approx((centre - half) / (1 + z * z / n), abs=1e-6)
    assert float(high) == pytest.approx((centre + half) / (1 + z * z / n), abs=1e-6)
    sure = np.array(confidence)
    bins = np.clip(np.ceil(sure * 15), 1, 15)
    expected = sum((bins == b).mean() * abs(right[bins == b].mean() - sure[bins == b].mean()) for b in set(bins))
    assert float(ece) == pytest.approx(expected)
    found = rows(
        installed,
        f"select threshold, coverage, accuracy from vw_evaluation_coverage where run_id = {run_id} order by threshold",
    )
    assert [float(t) for t, _, _ in found] == sorted(set(confidence))
    for threshold, coverage, accuracy in found:
        kept = sure >= threshold
        assert (float(coverage), float(accuracy)) == pytest.approx((kept.mean(), right[kept].mean()))


# real evaluations


@pytest.fixture
def cloud(installed: Database) -> tuple[list[int], NDArray[np.float32], NDArray[Any], NDArray[Any]]:
    """60 images in two parts and two overlapping classes: ids, vectors, parts, qualities."""
    random = np.random.default_rng(11)
    quality = random.choice(["bad", "good"], 60)
    part = random.choice(["a", "b"], 60)
    vectors = random.normal(size=(60, 8)) + 0.8 * (quality == "bad")[:, None] + 2 * (part == "a")[:, None]
    vectors = vectors.astype(np.float32)
    ids = [insert_image(installed, str(p), str(q), v.tolist()) for p, q, v in zip(part, quality, vectors, strict=True)]
    installed.commit()
    return ids, vectors, part, quality


Cloud = tuple[list[int], NDArray[np.float32], NDArray[Any], NDArray[Any]]


def distances(metric: str, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    a, b = a.astype(np.float64), b.astype(np.float64)
    if metric == "cosine":
        a = a / np.linalg.norm(a, axis=1, keepdims=True)
        b = b / np.linalg.norm(b, axis=1, keepdims=True)
        return np.asarray(1 - a @ b.T)
    if metric == "dot":
        return np.asarray(-a @ b.T)
    return np.asarray(np.linalg.norm(a[:, None] - b[None], axis=2))


def vote(
    distance: NDArray[Any], classes: NDArray[Any], k: int, weighting: str, temperature: float
) -> tuple[str, float]:
    """The rule of img_classify's specification, for one item."""
    order = np.argsort(distance, kind="stable")[:k]
    order = order[np.isfinite(distance[order])]
    near = distance[order]
    weights = {
        "majority": np.ones(len(near)),
        "inverse": 1 / np.maximum(near, 1e-12),
        "softmax": np.exp((near.min() - near) / temperature),
    }[weighting]
    totals = {str(c): weights[classes[order] == c].sum() for c in set(classes[order])}
    nearest = {c: near[classes[order] == c].min() for c in totals}
    best = min(totals, key=lambda c: (-round(totals[c], 9), nearest[c], c))
    return best, totals[best] / weights.sum()


@pytest.mark.parametrize(
    ("metric", "weighting", "k", "within"),
    [
        ("cosine", "majority", 1, 1),
        ("cosine", "majority", 4, 1),
        ("cosine", "inverse", 5, 1),
        ("cosine", "softmax", 7, 1),
        ("euclidean", "inverse", 3, 0),
        ("euclidean", "softmax", 9, 1),
        ("dot", "majority", 5, 1),
        ("dot", "softmax", 5, 0),
        ("cosine", "majority", 1000, 1),
    ],
)
def test_leave_one_out_against_numpy(
    metric: str, weighting: str, k: int, within: int, installed: Database, cloud: Cloud
) -> None:
    ids, vectors, part, quality = cloud
    run_id = evaluate(installed, metric=metric, weighting=weighting, k=k, within_part=bool(within), temperature=0.1)
    distance = distances(metric, vectors, vectors)
    np.fill_diagonal(distance, np.inf)
    if within:
        distance[part[:, None] != part[None]] = np.inf
    found = rows(
        installed,
        f"select item_id, predicted, confidence from image_run_item where run_id = {run_id} order by item_id",
    )
    for i, (item_id, predicted, confidence) in enumerate(found):
        expected, share = vote(distance[i], quality, k, weighting, 0.1)
        assert (item_id, predicted) == (ids[i], expected)
        assert float(confidence) == pytest.approx(share, rel=1e-3)


def test_ties_go_to_the_nearer_then_to_the_first_name(installed: Database) -> None:
    asked = insert_image(installed, "p", "x", [1, 0])
    insert_image(installed, "p", "b", [1, 0.1])
    insert_image(installed, "p", "a", [1, -0.2])
    insert_image(installed, "q", "x", [1, 0])
    for name in ("b", "a"):
        insert_image(installed, "q", name, [1, 0.5])
    run_id = evaluate(installed, k=2)
    found = dict(rows(installed, f"select item_id, predicted from image_run_item where run_id = {run_id}"))
    assert found[asked] == "b"
    assert found[asked + 3] == "a"


def test_what_can_not_be_tested_is_named(installed: Database) -> None:
    insert_image(installed, "p", "good", [1, 0])
    insert_image(installed, "p", "bad", [1, 1])
    insert_image(installed, None, "good", [1, 0])
    insert_image(installed, "p", None, [1, 0])
    insert_image(installed, "alone", "good", [1, 0])
    run_id = evaluate(installed)
    assert rows(installed, f"select images, tested, untested from vw_evaluation where run_id = {run_id}") == [(5, 2, 3)]
    assert [
        r
        for (r,) in rows(
            installed, f"select untested_reason from vw_evaluation_untested where run_id = {run_id} order by image_id"
        )
    ] == ["its label names no part", "its label has no quality", "nothing to compare with in its part"]


def test_folds_are_stratified_seeded_and_never_meet_themselves(installed: Database, cloud: Cloud) -> None:
    ids, _, part, quality = cloud
    runs = [evaluate(installed, method="kfold", folds=5, seed=seed, k=3) for seed in (1, 1, 2)]
    folds = [
        dict(rows(installed, f"select item_id, fold from image_run_item where run_id = {run_id}")) for run_id in runs
    ]
    assert folds[0] == folds[1] != folds[2]
    for stratum in {(p, q) for p, q in zip(part, quality, strict=True)}:
        members = [i for i, p, q in zip(ids, part, quality, strict=True) if (p, q) == stratum]
        sizes = [sum(folds[0][i] == fold for i in members) for fold in range(1, 6)]
        assert max(sizes) - min(sizes) <= 1
    for item_id, neighbour in rows(
        installed, f"select item_id, image_id from image_run_neighbour where run_id = {runs[0]}"
    ):
        assert folds[0][item_id] != folds[0][neighbour]
    fingerprints = rows(
        installed, f"select distinct fingerprint from vw_evaluation where run_id in ({runs[0]}, {runs[2]})"
    )
    assert len(fingerprints) == 1
    installed.execute(
        "update image_demo1 set metadata = json_transform(metadata, set '$.annotations[0].attributes.quality' = 'new')"
        f" where image_id = {ids[0]}"
    )
    changed = evaluate(installed)
    assert rows(installed, f"select fingerprint from vw_evaluation where run_id = {changed}") != fingerprints


def test_leaving_one_group_out(installed: Database) -> None:
    for group, quality, x in [("i1", "good", 1.0), ("i1", "good", 1.01), ("i2", "bad", 1.02), (None, "bad", 1.03)]:
        image_id = insert_image(installed, "p", quality, [x, 1.0])
        if group:
            installed.execute(
                f"update image_demo1 set metadata = json_transform(metadata, set '$.images[0].item' = '{group}')"
                f" where image_id = {image_id}"
            )
    run_id = evaluate(installed, method="logo", group_path="$.images[0].item", k=1)
    found = rows(
        installed,
        f"select group_key, predicted, untested_reason from image_run_item where run_id = {run_id} order by item_id",
    )
    assert found == [
        ("i1", "bad", None),
        ("i1", "bad", None),
        ("i2", "good", None),
        (None, None, "its label names no group at $.images[0].item"),
    ]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"k": 0}, 20109),
        ({"k": -3}, 20109),
        ({"k": 1.5}, 20109),
        ({"target": "colour"}, 20110),
        ({"weighting": "linear"}, 20111),
        ({"weighting": "inverse", "metric": "dot"}, 20111),
        ({"metric": "hamming"}, 20112),
        ({"method": "bootstrap"}, 20113),
        ({"weighting": "softmax", "temperature": 0}, 20114),
        ({"method": "kfold", "folds": 1}, 20115),
        ({"method": "logo"}, 20116),
        ({"method": "logo", "group_path": "$.a') or 1=1 --"}, 20116),
        ({"method": "kfold", "transform_kind": "pca"}, 20117),
        ({"transform_kind": "centre"}, 20119),
        ({"transform_kind": "lda"}, 20119),
        ({"only_part": "none"}, 20107),
    ],
    ids=str,
)
def test_bad_parameters_have_their_own_errors_and_leave_no_run(
    parameters: dict[str, Any], code: int, installed: Database, cloud: Cloud
) -> None:
    before = rows(installed, "select count(*) from image_run")
    with pytest.raises(DatabaseError) as caught:
        evaluate(installed, **parameters)
    assert caught.value.code == code
    installed.commit()
    assert rows(installed, "select count(*) from image_run") == before


def test_an_empty_table(installed: Database) -> None:
    for call in ("r := img_classify.evaluate;", "r := img_classify.sweep;"):
        with pytest.raises(DatabaseError) as caught:
            installed.execute(f"declare r number; begin {call} end;")
        assert caught.value.code == 20108


def test_a_sweep_agrees_with_the_single_evaluations(installed: Database, cloud: Cloud) -> None:
    run_id = installed.value("img_classify.sweep", p_ks="1,3,8", p_metrics="cosine, euclidean,dot", p_temperature=0.1)
    settings = rows(
        installed,
        f"select metric, weighting, k, correct, balanced_accuracy, place from vw_sweep where run_id >= {run_id}",
    )
    assert len(settings) == 3 * 3 * 3 - 3  # no inverse with dot
    assert sorted(row[-1] for row in settings) == list(range(1, 25))
    for metric, weighting, k, correct, balanced, _ in settings:
        single = evaluate(installed, metric=metric, weighting=weighting, k=k, temperature=0.1)
        ((expected, expected_balanced),) = rows(
            installed, f"select correct, balanced_accuracy from vw_evaluation where run_id = {single}"
        )
        assert correct == expected
        assert float(balanced) == pytest.approx(float(expected_balanced))
    best = rows(installed, f"select correct from vw_sweep where run_id >= {run_id} order by place")
    assert best == sorted(best, reverse=True)
    for ks in ("", "0", "1;2", "3,-1", "a"):
        with pytest.raises(DatabaseError) as caught:
            installed.value("img_classify.sweep", p_ks=ks)
        assert caught.value.code == 20109


@pytest.mark.parametrize(("only_a", "only_b", "both"), [(0, 0, 4), (1, 0, 3), (3, 9, 5), (12, 12, 0), (0, 40, 1)])
def test_mcnemar_against_scipy(only_a: int, only_b: int, both: int, installed: Database) -> None:
    from scipy.stats import binomtest

    size = only_a + only_b + both
    actual = ["x"] * size
    a = ["x"] * only_a + ["y"] * only_b + ["x"] * both
    b = ["y"] * only_a + ["x"] * only_b + ["x"] * both
    run_a, run_b = (made_up_run(installed, actual, predicted, [1.0] * size) for predicted in (a, b))
    result = json.loads(installed.value("img_classify.mcnemar", p_run_a=run_a, p_run_b=run_b))
    assert (result["only_a"], result["only_b"], result["both_right"]) == (only_a, only_b, both)
    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert float(result["p_value"]) == pytest.approx(expected)


# transforms


def unit(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def test_transforms_are_fitted_on_the_training_side_alone(installed: Database, cloud: Cloud) -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    ids, vectors, part, quality = cloud
    for kind in ("centre", "prototype", "whiten", "lda"):
        run_id = evaluate(installed, method="kfold", folds=4, k=3, transform_kind=kind, shrinkage=0.3)
        found = rows(
            installed,
            f"select fold, predicted, confidence from image_run_item where run_id = {run_id} order by item_id",
        )
        fold = np.array([row[0] for row in found])
        for i in range(len(ids)):
            train = (fold != fold[i]) & (part == part[i])
            x, y = vectors[train].astype(np.float64), quality[train]
            asked = vectors[i : i + 1].astype(np.float64)
            if kind == "centre":
                mean = x.mean(axis=0)
                expected = vote(distances("cosine", asked - mean, x - mean)[0], y, 3, "majority", 1)[0]
            elif kind == "prototype":
                names = np.array(sorted(set(y)))
                means = np.stack([x[y == name].mean(axis=0) for name in names])
                expected = str(names[distances("cosine", asked, means)[0].argmin()])
            elif kind == "whiten":
                u, mean = unit(x), unit(x).mean(axis=0)
                covariance = np.cov((u - mean).T, bias=True)
                mu = np.trace(covariance) / len(covariance)
                values, axes = np.linalg.eigh(0.7 * covariance + 0.3 * mu * np.eye(len(covariance)))
                w = axes / np.sqrt(values)
                expected = vote(distances("cosine", (unit(asked) - mean) @ w, (u - mean) @ w)[0], y, 3, "majority", 1)[
                    0
                ]
            else:
                # scikit-learn shrinks standardised features; with equal variances here by hand instead.
                names = np.array(sorted(set(y)))
                u = unit(x)
                means = np.stack([u[y == name].mean(axis=0) for name in names])
                within = u - means[np.searchsorted(names, y)]
                covariance = within.T @ within / len(u)
                mu = np.trace(covariance) / len(covariance)
                inverse = np.linalg.inv(0.7 * covariance + 0.3 * mu * np.eye(len(covariance)))
                prior = np.log([np.mean(y == name) for name in names])
                scores = unit(asked) @ inverse @ means.T - 0.5 * np.diag(means @ inverse @ means.T) + prior
                posterior = np.exp(scores[0] - scores[0].max())
                posterior /= posterior.sum()
                expected = str(names[posterior.argmax()])
                assert float(found[i][2]) == pytest.approx(posterior.max(), abs=1e-3)
                unshrunk = LinearDiscriminantAnalysis(solver="lsqr").fit(u, y)
                assert set(unshrunk.classes_) == set(names)
            assert found[i][1] == expected, (kind, i)
        assert rows(installed, f"select count(*) from image_transform where run_id = {run_id}") == [(0,)]


def test_evaluate_in_sql_says_when_it_needs_the_loader(installed: Database, cloud: Cloud) -> None:
    with pytest.raises(DatabaseError, match="python -m loader evaluate --transform LDA") as caught:
        installed.value("img_classify.evaluate", p_method="kfold", p_transform="lda")
    assert caught.value.code == 20118
    run_id = installed.value("img_classify.evaluate", p_method="kfold", p_transform="centre")
    assert rows(installed, f"select tested from vw_evaluation where run_id = {run_id}") == [(60,)]


def test_a_named_transform_is_used_by_classify(installed: Database, cloud: Cloud) -> None:
    _, vectors, part, _ = cloud
    for kind in ("lda", "prototype", "centre", "whiten"):
        fit(installed, "mine", kind, "quality", within_part=True, shrinkage=None)
        answer = json.loads(
            installed.value("img_classify.classify", p_embedding=vectors[0], p_part=str(part[0]), p_transform="mine")
        )
        assert answer["class"] in ("good", "bad")
        with pytest.raises(DatabaseError) as caught:
            installed.value("img_classify.classify", p_embedding=vectors[0], p_transform="other")
        assert caught.value.code == 20117
    fit(installed, "mine", "lda", "quality", within_part=True, shrinkage=None)
    with pytest.raises(DatabaseError) as caught:
        installed.value("img_classify.classify", p_embedding=vectors[0], p_transform="mine", p_target="part")
    assert caught.value.code == 20121
