"""Thresholds of rejection and of escapes, against a search of all that are possible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loader.database import Database, DatabaseError

Items = list[tuple[str, str, float, float]]


def made_up(db: Database, items: Items, kind: str | None = None) -> int:
    """A run with these items: actual, predicted, confidence, nearest distance; by a transform of that kind."""
    db.execute(
        "insert into image_run (method, target, k, weighting, temperature, metric, within_part, transform_kind)"
        f" values ('LOO', 'QUALITY', 1, 'MAJORITY', 1, 'COSINE', 1, {repr(kind) if kind else 'null'})"
    )
    ((run_id,),) = db.execute("select max(run_id) from image_run").rows
    for number, (actual, predicted, confidence, distance) in enumerate(items, start=1):
        db.execute(
            "insert into image_run_item"
            " (run_id, item_id, image_id, part, actual, predicted, confidence, nearest_distance)"
            f" values ({run_id}, {number}, {number}, 'p', '{actual}', '{predicted}', {confidence!r}, {distance!r})"
        )
    return int(run_id)


def random_items(seed: int) -> Items:
    random = np.random.default_rng(seed)
    actual = random.choice(list("abc"), 60)
    predicted = np.where(random.random(60) < 0.7, actual, random.choice(list("abc"), 60))
    confidence = random.choice([0.2, 0.4, 0.6, 0.8, 1.0], 60)
    distance = np.round(random.random(60), 1)
    return list(zip(actual.tolist(), predicted.tolist(), confidence.tolist(), distance.tolist(), strict=True))


def possible(items: Items, kind: str) -> list[tuple[float, int, float]]:
    """Each threshold with how many it answers, and the share of those that are wrong."""
    found = []
    for threshold in {c if kind == "MIN_CONFIDENCE" else d for *_, c, d in items}:
        answered = [
            (actual, predicted)
            for actual, predicted, confidence, distance in items
            if (confidence >= threshold if kind == "MIN_CONFIDENCE" else distance <= threshold)
        ]
        found.append((threshold, len(answered), sum(a != p for a, p in answered) / len(answered)))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("wish", [{"error_rate": 0.0}, {"error_rate": 0.2}, {"coverage": 0.5}, {"coverage": 1.0}])
def test_rejection_keeps_what_is_wished(seed: int, wish: dict[str, float], installed: Database) -> None:
    items = random_items(seed)
    run_id = made_up(installed, items)
    found = {
        kind: (float(threshold), answered, float(error))
        for kind, threshold, _, answered, _, error in installed.rows(
            "img_threshold.rejection", p_run_id=run_id, **{f"p_{name}": value for name, value in wish.items()}
        )
    }
    for kind in ("MIN_CONFIDENCE", "MAX_DISTANCE"):
        if "error_rate" in wish:
            kept = [row for row in possible(items, kind) if row[2] <= wish["error_rate"]]
            best = max(kept, key=lambda row: row[1], default=None)
        else:
            kept = [row for row in possible(items, kind) if row[1] >= wish["coverage"] * len(items)]
            best = min(kept, key=lambda row: row[1])
        assert found.get(kind) == (None if best is None else pytest.approx(best)), kind


@pytest.mark.parametrize(
    ("kind", "units"),
    [
        (None, ["confidence", "COSINE"]),
        ("WHITEN", ["confidence", "COSINE after WHITEN"]),
        ("LDA", ["confidence"]),
    ],
)
def test_a_distance_that_is_none_is_not_proposed(kind: str | None, units: list[str], installed: Database) -> None:
    run_id = made_up(installed, random_items(1), kind)
    rows = installed.rows("img_threshold.rejection", p_run_id=run_id, p_coverage=0.9)
    assert [row[2] for row in rows] == units


@pytest.mark.parametrize("given", [{"min_confidence": 0.6}, {"max_distance": 0.5}, {"min_confidence": 2 / 3}, {}])
def test_what_thresholds_give_on_a_run(given: dict[str, float], installed: Database) -> None:
    items = random_items(4)
    run_id = made_up(installed, items)

    def counted(name: str | None) -> tuple[Any, ...]:
        own = [item for item in items if name in (None, item[0])]
        answered = [
            (a, p) for a, p, c, d in own if c >= given.get("min_confidence", 0) and d <= given.get("max_distance", 2)
        ]
        wrong = sum(a != p for a, p in answered)
        shares = (len(answered) / len(own), wrong / len(answered), wrong / len(own))
        return (name, len(own), len(answered), wrong, *(pytest.approx(share) for share in shares))

    found = [
        (name, images, answered, wrong, float(coverage), float(error), float(miss))
        for name, images, answered, coverage, wrong, error, miss in installed.rows(
            "img_threshold.applied", p_run_id=run_id, **{f"p_{name}": value for name, value in given.items()}
        )
    ]
    assert found == [counted(name) for name in (None, "a", "b", "c")]


def test_thresholds_of_a_run_that_answers_nothing(installed: Database) -> None:
    run_id = made_up(installed, [("a", "b", 0.5, 0.1)])
    rows = list(installed.rows("img_threshold.applied", p_run_id=run_id, p_min_confidence=1))
    assert rows == [(None, 1, 0, 0, 0, None, 0), ("a", 1, 0, 0, 0, None, 0)]
    lda = made_up(installed, [("a", "b", 0.5, 0.1)], "LDA")
    with pytest.raises(DatabaseError) as refused:
        list(installed.rows("img_threshold.applied", p_run_id=lda, p_max_distance=1))
    assert refused.value.code == 20170


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2, 0.9])
def test_no_more_of_a_class_pass_than_is_wished(seed: int, rate: float, installed: Database) -> None:
    items = random_items(seed)
    run_id = made_up(installed, items)
    ((name, threshold, images, missed, miss_rate, others, false_alarms, false_alarm_rate),) = installed.rows(
        "img_threshold.for_miss_rate", p_run_id=run_id, p_class="a", p_miss_rate=rate
    )

    def passing(least: float, *, is_class: bool) -> int:
        return sum((a == "a") == is_class and p != "a" and c >= least for a, p, c, _ in items)

    count = sum(actual == "a" for actual, *_ in items)
    assert (name, images, others) == ("a", count, len(items) - count)
    best = min(t for t in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 2.0) if passing(t, is_class=True) <= rate * count)
    least = 2.0 if threshold is None else float(threshold)
    assert missed == passing(least, is_class=True) <= rate * count
    # Of thresholds between which no confidence lies, either will do.
    assert false_alarms == others - passing(best, is_class=False) == others - passing(least, is_class=False)
    assert float(miss_rate) == pytest.approx(missed / count)
    assert float(false_alarm_rate) == pytest.approx(false_alarms / others)


def test_a_class_that_always_passes_or_never(installed: Database) -> None:
    never = made_up(installed, [("a", "a", 1.0, 0.1), ("b", "b", 0.5, 0.1)])
    assert [
        row[1:8] for row in installed.rows("img_threshold.for_miss_rate", p_run_id=never, p_class="a", p_miss_rate=0)
    ] == [(0, 1, 0, 0, 1, 0, 0)]
    always = made_up(installed, [("a", "b", 1.0, 0.1), ("b", "b", 1.0, 0.1)])
    assert [
        row[1:8] for row in installed.rows("img_threshold.for_miss_rate", p_run_id=always, p_class="a", p_miss_rate=0)
    ] == [(None, 1, 0, 0, 1, 1, 1)]
    alone = made_up(installed, [("a", "a", 1.0, 0.1)])
    ((*_, false_alarms, rate),) = installed.rows(
        "img_threshold.for_miss_rate", p_run_id=alone, p_class="a", p_miss_rate=0
    )
    assert (false_alarms, rate) == (0, None)


def test_a_run_shows_both_rates_of_each_class(installed: Database) -> None:
    items = random_items(5)
    run_id = made_up(installed, items)
    for name, _, _, _, _, _, miss_rate, false_alarm_rate in installed.rows("img_report.class_figures", p_run_id=run_id):
        own = [predicted for actual, predicted, *_ in items if actual == name]
        others = [predicted for actual, predicted, *_ in items if actual != name]
        assert float(miss_rate) == pytest.approx(sum(p != name for p in own) / len(own))
        assert float(false_alarm_rate) == pytest.approx(sum(p == name for p in others) / len(others))


@pytest.mark.parametrize(
    ("routine", "given", "code"),
    [
        ("rejection", {}, 20164),
        ("rejection", {"p_error_rate": 0.1, "p_coverage": 0.9}, 20164),
        ("rejection", {"p_error_rate": 1}, 20120),
        ("rejection", {"p_error_rate": -0.1}, 20120),
        ("rejection", {"p_coverage": 0}, 20120),
        ("rejection", {"p_coverage": 1.1}, 20120),
        ("rejection", {"p_run_id": 0, "p_coverage": 1}, 20102),
        ("for_miss_rate", {"p_class": "a", "p_miss_rate": 1}, 20120),
        ("for_miss_rate", {"p_class": "a", "p_miss_rate": None}, 20120),
        ("for_miss_rate", {"p_class": "z", "p_miss_rate": 0}, 20165),
        ("for_miss_rate", {"p_class": None, "p_miss_rate": 0}, 20165),
        ("for_miss_rate", {"p_run_id": 0, "p_class": "a", "p_miss_rate": 0}, 20102),
        ("applied", {"p_run_id": 0, "p_min_confidence": 0.5}, 20102),
        ("applied", {"p_min_confidence": 1.1}, 20120),
    ],
)
def test_it_refuses(routine: str, given: dict[str, Any], code: int, installed: Database) -> None:
    run_id = made_up(installed, random_items(1))
    with pytest.raises(DatabaseError) as error:
        list(installed.rows(f"img_threshold.{routine}", **({"p_run_id": run_id} | given)))
    assert error.value.code == code
