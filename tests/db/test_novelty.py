"""Images held against the known good ones: scores against numpy, thresholds, and AUROC against scikit-learn."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from loader.database import Database, DatabaseError, Json
from tests.db.helpers import insert_image

Vectors = NDArray[np.float32]


def scored(good: Sequence[float], others: Sequence[float], scope: str = "tank") -> list[dict[str, Any]]:
    """Scores as img_novelty.scores gives them."""
    return [
        {"image_id": number, "scope": scope, "class": "good" if is_good else "bad", "is_good": is_good, "score": score}
        for number, (is_good, score) in enumerate([(1, s) for s in good] + [(0, s) for s in others])
    ]


def figures(db: Database, scores: list[dict[str, Any]], rate: float = 0.05) -> list[tuple[Any, ...]]:
    return list(db.rows("img_novelty.figures", p_scores=Json(json.dumps(scores)), p_false_alarms=rate))


def delong(good: NDArray[np.float64], others: NDArray[np.float64]) -> tuple[float, float]:
    """AUROC and its standard deviation, from all pairs."""
    won = (others[:, None] > good[None, :]) + 0.5 * (others[:, None] == good[None, :])
    variance = won.mean(axis=1).var(ddof=1) / len(others) + won.mean(axis=0).var(ddof=1) / len(good)
    return float(won.mean()), math.sqrt(variance)


@pytest.mark.parametrize("seed", range(4))
def test_auroc_is_that_of_scikit_learn(seed: int, installed: Database) -> None:
    random = np.random.default_rng(seed)
    scores: list[dict[str, Any]] = []
    expected = {}
    for scope, shift in (("door", 0.3), ("tank", 0.0)):
        # To two digits, so that there are ties.
        good = np.round(random.random(40 + seed), 2)
        others = np.round(random.random(25) + shift, 2)
        scores += scored(good.tolist(), others.tolist(), scope)
        truth = [0] * len(good) + [1] * len(others)
        expected[scope] = (roc_auc_score(truth, np.concatenate([good, others])), *delong(good, others))
    for scope, good_count, other_count, *_, auroc, low, high in figures(installed, scores):
        area, same, deviation = expected[scope]
        assert (good_count, other_count) == (40 + seed, 25)
        assert float(auroc) == pytest.approx(area)
        assert same == pytest.approx(area)
        assert float(low) == pytest.approx(max(0, area - 1.959964 * deviation))
        assert float(high) == pytest.approx(min(1, area + 1.959964 * deviation))


@pytest.mark.parametrize(
    ("good", "others", "auroc"),
    [
        ([0.1, 0.2], [0.3, 0.4], 1),
        ([0.3, 0.4], [0.1], 0),
        ([0.1], [0.2], 1),
        ([0.1, 0.2], [], None),
        ([0.5], [0.5], 0.5),
    ],
)
def test_no_interval_where_the_variance_says_nothing(
    good: list[float], others: list[float], auroc: float | None, installed: Database
) -> None:
    ((*_, area, low, high),) = figures(installed, scored(good, others))
    assert (area, low, high) == (auroc, None, None)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("count", [1, 9, 19, 20, 99, 100])
def test_the_threshold_is_a_place_among_the_good_ones(rate: float, count: int, installed: Database) -> None:
    good = np.random.default_rng(count).permutation(np.arange(1, count + 1)) / 1000
    # As a decimal number: 20 * 0.95 is 19.
    place = math.ceil(round((count + 1) * (1 - rate), 9))
    given = {"p_scores": Json(json.dumps(scored(good.tolist(), [9.0, 9.0]))), "p_false_alarms": rate}
    if place > count:
        with pytest.raises(DatabaseError) as error:
            installed.value("img_novelty.threshold_for", **given)
        assert error.value.code == 20163
        assert f"at least {math.ceil(round(1 / rate, 9)) - 1} known good images, and there are {count}:" in str(
            error.value
        )
        assert figures(installed, scored(good.tolist(), []), rate)[0][3] is None
    else:
        assert float(installed.value("img_novelty.threshold_for", **given)) == place / 1000
        beyond = figures(installed, scored(good.tolist(), []), rate)[0][4]
        assert float(beyond) == pytest.approx((count - place) / count)
        assert float(beyond) <= rate


@pytest.fixture
def cloud(installed: Database) -> tuple[Database, Vectors, list[tuple[str | None, str | None]]]:
    """Sixty images of two parts: good ones near an axis of it, others anywhere; some without label or direction."""
    random = np.random.default_rng(7)
    vectors = random.normal(size=(60, 6))
    labels: list[tuple[str | None, str | None]] = []
    for number in range(60):
        part = "tank" if number % 2 else "door"
        quality = "bad" if number % 5 == 0 else "good"
        if quality == "good":
            vectors[number] = vectors[number] * 0.2 + np.eye(6)[number % 2]
        labels.append((part, quality))
    labels[7], labels[8], vectors[9] = ("tank", None), (None, "good"), 0
    kept = vectors.astype(np.float32)
    for label, vector in zip(labels, kept, strict=True):
        insert_image(installed, *label, vector.tolist())
    return installed, kept, labels


def by_numpy(
    vectors: Vectors, labels: list[tuple[str | None, str | None]], k: int, *, within: bool, good: str | None
) -> dict[int, float]:
    norms = np.linalg.norm(vectors, axis=1)
    units = vectors / np.where(norms == 0, 1, norms)[:, None]
    distances = 1 - units @ units.T
    found = {}
    for i, (part, _) in enumerate(labels):
        others = [
            float(distances[i, j])
            for j, (other, quality) in enumerate(labels)
            if j != i and norms[j] > 0 and (not within or other == part) and (good is None or quality == good)
        ]
        if norms[i] > 0 and others:
            found[i] = float(np.mean(sorted(others)[:k]))
    return found


@pytest.mark.parametrize(
    ("k", "within", "good"),
    [(1, True, "good"), (3, True, "good"), (3, False, "good"), (2, True, None), (100, True, "good")],
)
def test_scores_are_those_of_numpy(
    k: int, within: bool, good: str | None, cloud: tuple[Database, Vectors, Any]
) -> None:
    db, vectors, labels = cloud
    first = next(db.execute("select min(image_id) from image_demo1").rows)[0]
    scores = json.loads(db.value("img_novelty.scores", p_known_good=good, p_k=k, p_within_part=int(within)))
    expected = by_numpy(vectors, labels, k, within=within, good=good)
    assert {s["image_id"] - first: s["score"] for s in scores} == pytest.approx(expected, abs=1e-6)
    for s in scores:
        part, quality = labels[s["image_id"] - first]
        assert s["scope"] == ((part or "-") if within else "*")
        assert s["is_good"] == int(good is None or quality == good)


def test_what_is_not_good_takes_no_part(cloud: tuple[Database, Vectors, Any]) -> None:
    db, *_ = cloud

    def good_scores() -> dict[int, float]:
        scores = json.loads(db.value("img_novelty.scores", p_known_good="good", p_others=0))
        assert all(s["is_good"] for s in scores)
        return {s["image_id"]: s["score"] for s in scores}

    with_others = good_scores()
    db.execute("delete from image_demo1 where label_quality = 'bad' or label_quality is null")
    assert good_scores() == with_others


def test_a_new_image_is_judged(cloud: tuple[Database, Vectors, Any]) -> None:
    db, *_ = cloud
    scores = db.value("img_novelty.scores", p_known_good="good", p_part="tank", p_others=0)
    threshold = db.value("img_novelty.threshold_for", p_scores=Json(scores), p_false_alarms=0.1)

    def judged(vector: list[float], **given: Any) -> dict[str, Any]:
        embedding = np.array(vector, np.float32)
        text = db.value(
            "img_novelty.judged", p_embedding=embedding, p_known_good="good", p_threshold=threshold, **given
        )
        return dict(json.loads(text))

    near = judged([0, 1, 0, 0, 0, 0], p_part="tank")
    assert near["class"] == "good"
    assert near["score"] <= near["threshold"] == pytest.approx(float(threshold))
    assert [n["place"] for n in near["neighbours"]] == [1, 2, 3]
    assert near["score"] == pytest.approx(np.mean([n["distance"] for n in near["neighbours"]]))
    assert judged([0, 0, 0, 0, 0, -1], p_part="tank")["class"] == "outlier"
    # Good for a door, and so not for a tank.
    assert judged([1, 0, 0, 0, 0, 0], p_part="tank")["class"] == "outlier"
    assert judged([1, 0, 0, 0, 0, 0])["class"] == "good"


def test_outliers_come_first(cloud: tuple[Database, Vectors, Any]) -> None:
    db, *_ = cloud
    scores = Json(db.value("img_novelty.scores", p_known_good="good"))
    rows = list(db.rows("img_novelty.outliers", p_scores=scores, p_false_alarms=0.1, p_limit=1000))
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    # One without a part is alone there: no threshold, and no judgement.
    assert {row[7] for row in rows if row[6] is None} <= {None}
    assert all(row[7] == int(row[5] > row[6]) for row in rows if row[6] is not None)
    assert rows[0][3] == "bad"
    assert len(list(db.rows("img_novelty.outliers", p_scores=scores, p_limit=2))) == 2


SCORES = json.dumps(scored([0.1] * 30, [0.2]))


@pytest.mark.parametrize(
    ("routine", "given", "code"),
    [
        ("scores", {"p_known_good": "best"}, 20162),
        ("scores", {"p_known_good": "good", "p_part": "roof"}, 20107),
        ("scores", {"p_known_good": "good", "p_target": "size"}, 20110),
        ("scores", {"p_known_good": "good", "p_k": 0}, 20109),
        ("scores", {"p_known_good": "good", "p_source": "x"}, 20149),
        ("scores", {"p_known_good": "good", "p_within_part": None}, 20124),
        ("scores", {"p_known_good": "good", "p_others": 2}, 20124),
        ("threshold_for", {"p_scores": Json(SCORES), "p_false_alarms": 0}, 20120),
        ("threshold_for", {"p_scores": Json(SCORES), "p_false_alarms": 1}, 20120),
        ("threshold_for", {"p_scores": Json(SCORES), "p_false_alarms": None}, 20120),
        ("threshold_for", {"p_scores": Json("[]")}, 20163),
        ("judged", {"p_known_good": "best", "p_threshold": 1}, 20162),
        ("judged", {"p_known_good": "good", "p_threshold": None}, 20120),
        ("judged", {"p_known_good": "good", "p_threshold": 3}, 20120),
        ("judged", {"p_known_good": "good", "p_threshold": 1, "p_part": "roof"}, 20107),
        ("judged", {"p_known_good": "good", "p_threshold": 1, "p_embedding": [1.0, 0.0]}, 20104),
        ("judged", {"p_known_good": "good", "p_threshold": 1, "p_embedding": [0.0] * 6}, 20105),
    ],
)
def test_it_refuses(routine: str, given: dict[str, Any], code: int, cloud: tuple[Database, Vectors, Any]) -> None:
    db, *_ = cloud
    if routine == "judged":
        given = given | {"p_embedding": np.array(given.get("p_embedding", [1.0] * 6), np.float32)}
    with pytest.raises(DatabaseError) as error:
        db.value(f"img_novelty.{routine}", **given)
    assert error.value.code == code
