"""Nested cross-validation: SQL answers as the search in the loader does, and no fold chooses for itself."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from loader import linear, predicting, tuning
from loader.agreement import Answers, answers
from loader.candidates import LARGEST_K, PLAIN, Candidate, candidates
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate
from loader.predicting import Trained, predicted
from loader.searching import INNER_FOLDS, Budget, Choice, choose, inner_folds, preferred
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
    Candidate(Settings("CENTRE"), 5, "INVERSE"),
    Candidate(Settings("PROTOTYPE")),
    Candidate(Settings("JOINT", width=0.6, ridge=0.3)),
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
        np.linalg.norm(vectors, axis=1),
        linear.unit(vectors.astype(np.float32)),
    )


@pytest.mark.parametrize("only", TRIED, ids=lambda candidate: candidate.options())
def test_sql_and_the_loader_agree_on_every_image(
    cloud: Database, monkeypatch: pytest.MonkeyPatch, only: Candidate
) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda **_: [only])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[3], folds=3, budget_s=600)
    assert {choice.candidate for choice in tuned.choices.values()} == {only}
    assert list(tuned.choices) == [1, 2, 3]
    assert tuned.differences == []


@pytest.fixture
def cells(installed: Database) -> Database:
    """Two classes by a grade, in two parts; the quality is the grade, and a few images have none."""
    random = np.random.default_rng(8)
    direction = random.normal(size=10)
    for number in range(80):
        vector = random.normal(size=10).round(2)
        grade = round(float(np.clip(0.5 + vector @ direction / 8 + 0.15 * random.normal(), 0, 1)), 2)
        label = "unknown" if number % 20 == 0 else f"{grade:.2f}"
        insert_image(installed, "pq"[number % 2], label, vector.tolist(), category="bad" if grade >= 0.5 else "fine")
    installed.commit()
    return installed


GRADED = [
    Candidate(Settings("KERNEL", 0.1, 4, 0.6, 0.3, by_grades=True)),
    Candidate(Settings("JOINT", width=0.6, ridge=0.3, by_grades=True)),
    Candidate(Settings("JOINT", width=0.6, ridge=0.3)),
]


@pytest.mark.parametrize("only", GRADED, ids=lambda candidate: candidate.options())
def test_sql_and_the_loader_agree_where_grades_stand_beside_classes(
    cells: Database, monkeypatch: pytest.MonkeyPatch, only: Candidate
) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda **_: [only])
    (tuned,) = tuning.tune(cells, target="category1", seeds=[3], folds=3, budget_s=600, grades="quality", threshold=0.5)
    assert tuned.differences == []
    rows = list(cells.execute(f"select predicted, confidence from image_run_item where run_id = {tuned.run_id}").rows)
    assert {predicted for predicted, _ in rows} == {"bad", "fine"}
    assert all(0.5 <= float(confidence) <= 1 for _, confidence in rows)
    ((accuracy,),) = cells.execute(f"select accuracy from vw_evaluation where run_id = {tuned.run_id}").rows
    assert float(accuracy) > 0.5


NUMBERS = [candidate for candidate in TRIED if candidate.settings.kind != "PROTOTYPE"]


@pytest.mark.parametrize("only", NUMBERS, ids=lambda candidate: candidate.options())
def test_sql_and_the_loader_agree_on_numbers(cells: Database, monkeypatch: pytest.MonkeyPatch, only: Candidate) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda **_: [only])
    (tuned,) = tuning.tune(cells, target="quality", seeds=[3], folds=3, budget_s=600, threshold=0.5)
    assert tuned.differences == []
    ((tested, rmse),) = cells.execute(
        f"select tested, rmse from vw_evaluation_graded where run_id = {tuned.run_id}"
    ).rows
    assert tested == 76
    assert 0 < float(rmse) < 0.5


def test_what_differs_is_told_with_both_margins(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda **_: [TRIED[6]])
    answered = answers

    def wrong(*given: Any) -> Answers:
        right = answered(*given)
        return Answers(np.array(["other"] * len(right.classes), object), right.margins)

    monkeypatch.setattr(tuning, "answers", wrong)
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[3], folds=3, budget_s=600)
    assert len(tuned.differences) == 120
    assert {difference.near_tie for difference in tuned.differences} == {False}
    # The probabilities of the best class follow from the margin where there are two.
    assert all(0 < difference.confidence <= 1 and difference.margin > 0 for difference in tuned.differences)


def test_folds_that_chose_differently_make_one_run(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = iter([TRIED[3], TRIED[5], TRIED[6], TRIED[7]])
    monkeypatch.setattr(tuning, "choose", lambda *_: Choice(next(wanted), 4, 4))
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[1], folds=4, budget_s=600)
    assert tuned.differences == []
    kept = list(cloud.rows("img_report.tuned_folds", p_run_id=tuned.run_id))
    assert [(row[1], row[7], row[8]) for row in kept] == [
        ("PLAIN", 15, "SOFTMAX"),
        ("WHITEN", 5, "SOFTMAX"),
        ("LDA", None, None),
        ("KERNEL", None, None),
    ]
    ((tested, correct),) = cloud.execute(
        f"select tested, correct from vw_evaluation where run_id = {tuned.run_id}"
    ).rows
    assert (sum(row[9] for row in kept), sum(row[10] for row in kept)) == (tested, correct)
    assert tested == 120
    # The choices stay, the coefficients and weights do not; with the run the choices go too.
    for table in ("image_transform_row", "image_transform_support", "image_transform_weight"):
        assert list(cloud.execute(f"select count(*) from {table}").rows) == [(0,)]
    cloud.call("img_run.forget", p_run_id=tuned.run_id)
    assert list(cloud.execute("select count(*) from image_transform").rows) == [(0,)]


def test_across_parts_one_choice_serves_all(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda **_: [TRIED[1], TRIED[7]])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[1], folds=3, budget_s=600, within_part=False)
    assert tuned.differences == []


def test_the_plain_neighbour_is_the_evaluation_by_one(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "candidates", lambda **_: TRIED[:1])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[5], folds=3, budget_s=600)
    alone = evaluate(cloud, method="kfold", folds=3, seed=5, k=1)
    figures = [
        list(cloud.execute(f"select correct, fingerprint from vw_evaluation where run_id = {run}").rows)
        for run in (tuned.plain_run_id, alone, tuned.run_id)
    ]
    assert figures[0] == figures[1] == figures[2]


def test_a_fold_does_not_choose_for_itself(cloud: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, set[Any]]] = []

    def spied(sides: Any, *given: Any) -> Choice:
        seen.append((len(seen) + 1, {number for side in sides for number in side.numbers}))
        return choose(sides, *given)

    monkeypatch.setattr(tuning, "choose", spied)
    monkeypatch.setattr(tuning, "candidates", lambda **_: TRIED[:2])
    (tuned,) = tuning.tune(cloud, target="quality", seeds=[1], folds=3, budget_s=600)
    for fold, numbers in seen:
        rows = cloud.execute(
            f"select image_id from image_run_item where run_id = {tuned.run_id} and fold = {fold}"
        ).rows
        tested = {number for (number,) in rows}
        assert len(tested) == 40
        assert not tested & numbers
        assert len(numbers) == 80


def later() -> float:
    return time.monotonic() + 600


def test_the_candidate_that_is_right_most_often_is_chosen() -> None:
    data = images()
    useless = Candidate(Settings("KERNEL", 1.0, 1, 1e-3, 1e6))
    assert choose([data], 1, later(), [useless, Candidate(Settings("LDA", 0.2))]).candidate.settings.kind == "LDA"
    # Of two that are right equally often, the first.
    same = [Candidate(Settings("LDA", 0.2)), Candidate(Settings("LDA", 0.2000001))]
    assert choose([data], 1, later(), same).candidate == same[0]


@pytest.mark.parametrize(("by_kernel_alone", "by_joint_alone", "chosen"), [(9, 6, "JOINT"), (9, 5, "KERNEL")])
def test_an_average_is_preferred_unless_one_kernel_is_better_by_more_than_chance(
    by_kernel_alone: int, by_joint_alone: int, chosen: str
) -> None:
    both = [True] * 50
    one = np.array(both + [True] * by_kernel_alone + [False] * by_joint_alone)
    average = np.array(both + [False] * by_kernel_alone + [True] * by_joint_alone)
    right = {Candidate(Settings("KERNEL")): one, Candidate(Settings("JOINT")): average}
    assert preferred(right).settings.kind == chosen


def test_what_is_right_more_often_than_all_kernels_needs_no_average() -> None:
    right = {
        Candidate(Settings("LDA")): np.array([True] * 9 + [False]),
        Candidate(Settings("KERNEL")): np.array([True] * 8 + [False] * 2),
        Candidate(Settings("JOINT")): np.array([True] * 8 + [False] * 2),
    }
    assert preferred(right).settings.kind == "LDA"


def test_a_search_gives_the_same_bits_however_many_folds_are_under_way() -> None:
    data = [images(), images(50, seed=5)]
    tried = candidates()
    chosen = [choose(data, 1, later(), tried, workers=workers) for workers in (1, 4)]
    assert chosen[0] == chosen[1]


def test_a_spent_budget_tries_the_simplest_alone() -> None:
    choice = choose([images()], 1, 0.0, candidates())
    assert choice.candidate.settings.kind == PLAIN
    assert choice.tried == sum(candidate.settings.kind == PLAIN for candidate in candidates())
    assert choice.all == len(candidates())


def test_the_budget_is_shared_by_the_searches_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("loader.searching.time.monotonic", lambda: now)
    budget = Budget(60, 3)
    assert budget.next_deadline() == 120
    now = 140.0
    assert budget.next_deadline() == 150
    now = 170.0
    assert budget.next_deadline() == 170


def test_of_equal_distances_the_first_in_order_are_looked_at() -> None:
    random = np.random.default_rng(9)
    distances = random.integers(0, 6, size=(40, 60)).astype(float)
    for count in (1, 7, 60):
        expected = np.argsort(distances, axis=1, kind="stable")[:, :count]
        np.testing.assert_array_equal(predicting._first(distances, count), expected)


def test_every_class_is_spread_over_the_inner_folds() -> None:
    labels = np.array(["a"] * 9 + ["b"] * 40, object)
    folds: NDArray[Any] = inner_folds(labels, 3)
    for name in ("a", "b"):
        counts = np.bincount(folds[labels == name], minlength=INNER_FOLDS)
        assert counts.max() - counts.min() <= 1
    assert (folds != inner_folds(labels, 4)).any()


@pytest.mark.parametrize("labels", [["a"], ["a", "b"], ["a"] * 5])
def test_few_images_or_one_class(labels: list[str]) -> None:
    data = replace(images(len(labels)), labels=np.array(labels, object))
    if len(labels) == 1:
        with pytest.raises(ConfigurationError, match="two images or more"):
            choose([data], 1, later(), candidates())
    else:
        assert choose([data], 1, later(), candidates()).tried == len(candidates())


@pytest.mark.parametrize("options", [{}, {"numbers": True}, {"grades": True}])
def test_the_grid_holds_each_candidate_once_and_knows_its_largest_k(options: dict[str, bool]) -> None:
    found = candidates(**options)
    assert len(found) == len(set(found))
    assert max(candidate.k or 0 for candidate in found) == LARGEST_K
    data = replace(images(40), values=np.linspace(-1, 1, 40))
    if options.get("numbers"):
        data = replace(data, sides=("below 0.5", "0.5 or more"))
    answered = dict(predicted(found, Trained(data), images(5, seed=2)))
    assert set(answered) == set(found)


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
