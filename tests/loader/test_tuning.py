"""Nested cross-validation: SQL answers as the search in the loader does, and no fold chooses for itself."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from loader import linear, tuning
from loader.candidates import LARGEST_K, PLAIN, Candidate, candidates
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate
from loader.predicting import Trained, predicted
from loader.transforms import Images, Settings
from tests.db.helpers import insert_image

TRIED = [
    Candidate(Settings(PLAIN), 1, "MAJORITY"),
    Candidate(Settings(PLAIN), 3, "MAJORITY"),
    Candidate(Settings(PLAIN), 9, "INVERSE"),
    Candidate(Settings(PLAIN), 15, "SOFTMAX"),
    Candidate(Settings("WHITEN", 0.3, 5), 5, "MAJORITY"),
    Candidate(Settings("WHITEN", 0.3, 5), 5, "SOFTMAX"),
    Candidate(Settings("LDA", 0.3)),
    Candidate(Settings("KERNEL", 0.1, 4, 0.6, 0.3)),
    Candidate(Settings("KERNEL", 0.1, 4, 0.6, 1.0)),
]


@pytest.fixture
def cloud(installed: Database) -> Database:
    """Three classes that overlap, in two parts; every vector is there twice or more, so that distances tie."""
    random = np.random.default_rng(7)
    centres = {name: random.normal(size=10) for name in ("fair", "good", "poor")}
    for number in range(60):
        label = list(centres)[random.integers(3)]
        vector = (centres[label] + 1.3 * random.normal(size=10)).round(2)
        for _ in range(2):
            insert_image(installed, "pq"[number % 2], label, vector.tolist())
    installed.commit()
    return installed


def images(count: int = 60, seed: int = 1) -> Images:
    """Images of two classes in six dimensions, no fold among them."""
    random = np.random.default_rng(seed)
    labels = np.array(random.choice(["bad", "good"], count), object)
    vectors = random.normal(size=(count, 6)) + np.where(labels == "good", 0.6, -0.6)[:, None]
    none = np.full(count, np.nan)
    return Images(
        np.full(count, None, object),
        np.arange(count).astype(object),
        labels,
        none,
        linear.unit(vectors.astype(np.float32)),
    )


@pytest.mark.parametrize("only", TRIED, ids=lambda candidate: candidate.options())
def test_sql_and_the_loader_agree_on_every_image(
    cloud: Database, monkeypatch: pytest.MonkeyPatch, only: Candidate
) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda: [only])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[3], folds=3, budget_s=600)
    assert {choice.candidate for choice in tuned.choices.values()} == {only}
    assert list(tuned.choices) == [1, 2, 3]
    assert tuned.differences == []


def test_what_differs_is_counted(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda: [TRIED[0]])
    answered = predicted

    def wrong(tried: Any, trained: Any, asked: Any) -> Any:
        for candidate, classes in answered(tried, trained, asked):
            yield candidate, np.array(["other"] * len(classes), object)

    monkeypatch.setattr(tuning, "predicted", wrong)
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[3], folds=3, budget_s=600)
    assert tuned.differences == [1.0] * 120


def test_folds_that_chose_differently_make_one_run(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = iter([TRIED[3], TRIED[5], TRIED[6], TRIED[7]])
    monkeypatch.setattr(tuning, "choose", lambda *_: tuning.Choice(next(wanted), 4))
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[1], folds=4, budget_s=600)
    assert tuned.differences == []
    kept = list(cloud.rows("img_report.tuned_folds", p_run_id=tuned.run_id))
    assert [(row[1], row[6], row[7]) for row in kept] == [
        ("PLAIN", 15, "SOFTMAX"),
        ("WHITEN", 5, "SOFTMAX"),
        ("LDA", None, None),
        ("KERNEL", None, None),
    ]
    ((tested, correct),) = cloud.execute(
        f"select tested, correct from vw_evaluation where run_id = {tuned.run_id}"
    ).rows
    assert (sum(row[8] for row in kept), sum(row[9] for row in kept)) == (tested, correct)
    assert tested == 120
    # The choices stay, the coefficients and weights do not; with the run the choices go too.
    for table in ("image_transform_row", "image_transform_support", "image_transform_weight"):
        assert list(cloud.execute(f"select count(*) from {table}").rows) == [(0,)]
    cloud.call("img_run.forget", p_run_id=tuned.run_id)
    assert list(cloud.execute("select count(*) from image_transform").rows) == [(0,)]


def test_across_parts_one_choice_serves_all(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda: [TRIED[1], TRIED[7]])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[1], folds=3, budget_s=600, within_part=False)
    assert tuned.differences == []


def test_the_plain_neighbour_is_the_evaluation_by_one(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda: TRIED[:1])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[5], folds=3, budget_s=600)
    alone = evaluate(cloud, method="kfold", folds=3, seed=5, k=1)
    figures = [
        list(cloud.execute(f"select correct, fingerprint from vw_evaluation where run_id = {run}").rows)
        for run in (tuned.plain_run_id, alone, tuned.run_id)
    ]
    assert figures[0] == figures[1] == figures[2]


def test_a_fold_does_not_choose_for_itself(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, set[Any]]] = []
    choose = tuning.choose

    def spied(sides: Any, seed: int, deadline: float) -> tuning.Choice:
        seen.append((len(seen) + 1, {number for side in sides for number in side.numbers}))
        return choose(sides, seed, deadline)

    monkeypatch.setattr(tuning, "choose", spied)
    monkeypatch.setattr(tuning, "candidates", lambda: TRIED[:2])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[1], folds=3, budget_s=600)
    for fold, numbers in seen:
        rows = cloud.execute(
            f"select image_id from image_run_item where run_id = {tuned.run_id} and fold = {fold}"
        ).rows
        tested = {number for (number,) in rows}
        assert len(tested) == 40
        assert not tested & numbers
        assert len(numbers) == 80


def test_the_candidate_that_is_right_most_often_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    data = images()
    useless = Candidate(Settings("KERNEL", 1.0, 1, 1e-3, 1e6))
    monkeypatch.setattr(tuning, "candidates", lambda: [useless, Candidate(Settings("LDA", 0.2))])
    assert tuning.choose([data], 1, time.monotonic() + 600).candidate.settings.kind == "LDA"
    # Of two that are right equally often, the first.
    same = [Candidate(Settings("LDA", 0.2)), Candidate(Settings("LDA", 0.2000001))]
    monkeypatch.setattr(tuning, "candidates", lambda: same)
    assert tuning.choose([data], 1, time.monotonic() + 600).candidate == same[0]


def test_a_spent_budget_tries_the_simplest_alone() -> None:
    choice = tuning.choose([images()], 1, 0.0)
    assert choice.candidate.settings.kind == PLAIN
    assert choice.tried == sum(candidate.settings.kind == PLAIN for candidate in candidates())


def test_the_budget_is_shared_by_the_searches_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("loader.tuning.time.monotonic", lambda: now)
    budget = tuning.Budget(60, 3)
    assert budget.next_deadline() == 120
    now = 140.0
    assert budget.next_deadline() == 150
    now = 170.0
    assert budget.next_deadline() == 170


def test_every_class_is_spread_over_the_inner_folds() -> None:
    labels = np.array(["a"] * 9 + ["b"] * 40, object)
    folds: NDArray[Any] = tuning._inner_folds(labels, 3)
    for name in ("a", "b"):
        counts = np.bincount(folds[labels == name], minlength=tuning.INNER_FOLDS)
        assert counts.max() - counts.min() <= 1
    assert (folds != tuning._inner_folds(labels, 4)).any()


@pytest.mark.parametrize("labels", [["a"], ["a", "b"], ["a"] * 5])
def test_few_images_or_one_class(labels: list[str]) -> None:
    data = replace(images(len(labels)), labels=np.array(labels, object))
    if len(labels) == 1:
        with pytest.raises(ConfigurationError, match="two images or more"):
            tuning.choose([data], 1, time.monotonic() + 600)
    else:
        assert tuning.choose([data], 1, time.monotonic() + 600).tried == len(candidates())


def test_the_grid_holds_each_candidate_once_and_knows_its_largest_k() -> None:
    found = candidates()
    assert len(found) == len(set(found))
    assert max(candidate.k or 0 for candidate in found) == LARGEST_K
    answers = dict(predicted(found, Trained(images(40)), images(5, seed=2).vectors))
    assert set(answers) == set(found)


def test_the_mean_of_runs_has_the_interval_of_one(cloud: Database) -> None:
    runs = [evaluate(cloud, method="kfold", folds=3, seed=seed, k=1) for seed in (1, 2)]
    figures = [
        [float(value) for value in row]
        for run in runs
        for row in cloud.execute(
            f"select accuracy, accuracy_low, accuracy_high from vw_evaluation where run_id = {run}"
        ).rows
    ]
    alone = tuning.mean_accuracy(cloud, runs[:1])
    assert [alone[f"accuracy{end}"] for end in ("", "_low", "_high")] == pytest.approx(figures[0])
    both = tuning.mean_accuracy(cloud, runs)
    assert both["accuracy"] == pytest.approx((figures[0][0] + figures[1][0]) / 2)
    assert both["accuracy_low"] < both["accuracy"] < both["accuracy_high"]
    with pytest.raises(DatabaseError) as caught:
        tuning.mean_accuracy(cloud, [999_999])
    assert caught.value.code == 20102
