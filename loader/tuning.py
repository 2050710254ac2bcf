"""Settings chosen by nested cross-validation: what is reported was measured on folds that chose nothing.

For each fold of an evaluation, each candidate is tried on its training side by an inner cross-validation, and the one
that is right most often is fitted on that side. SQL then answers the fold by it, as classify would (S. Varma, R. Simon
2006, Bias in error estimation when using cross-validation for model selection).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader import linear
from loader.candidates import LARGEST_K, PLAIN, Candidate, candidates
from loader.config import ConfigurationError
from loader.database import Database
from loader.database.base import Json
from loader.evaluation import TUNED, evaluate
from loader.predicting import Trained, predicted
from loader.transforms import Images, fitted, store
from loader.waiting import Wait, announced

INNER_FOLDS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a fold, and how many candidates the time allowed to try."""

    candidate: Candidate
    tried: int


@dataclass(frozen=True, slots=True)
class Tuned:
    """The runs of a seed: by the settings that were chosen, and by the plain nearest neighbour.

    `differences` are the images that the loader, by the same settings, answers in another way than SQL did: the
    confidence of each of SQL's answers. Both compute alike, but round in another way, so that a near tie may differ.
    """

    seed: int
    run_id: int
    plain_run_id: int
    choices: dict[int, Choice]
    differences: list[float]


class Budget:
    """Seconds for the search, shared evenly among the searches that are left."""

    def __init__(self, seconds: float, searches: int) -> None:
        self._end = time.monotonic() + seconds
        self._left = searches

    def next_deadline(self) -> float:
        """When the search that begins now has to end."""
        now = time.monotonic()
        share = max(self._end - now, 0) / max(self._left, 1)
        self._left -= 1
        return now + share


def tune(
    database: Database, *, target: str, seeds: Sequence[int], folds: int, budget_s: float, **parameters: Any
) -> list[Tuned]:
    """Tune by nested cross-validation with each seed; each seed's runs are committed together.

    `parameters` are those of img_evaluate.begin_run without the p_ of their names. Raises DatabaseError, and
    ConfigurationError where nothing can be tested.
    """
    given = {"method": "kfold", "target": target, "folds": folds, **parameters}
    budget = Budget(budget_s, len(seeds) * folds)
    found = []
    with announced("tuning: settings are chosen for each fold on all others") as wait:
        for seed in seeds:
            plain = evaluate(database, k=1, seed=seed, **given)
            found.append(_tuned(database, seed, plain, {**given, "seed": seed}, budget, wait))
    return found


def chosen_most(runs: Sequence[Tuned]) -> Candidate:
    """The candidate that most folds chose; of as many, the simpler one."""
    chosen = [choice.candidate for run in runs for choice in run.choices.values()]
    return max(candidates(), key=chosen.count)


def mean_accuracy(database: Database, runs: Sequence[int]) -> dict[str, float]:
    """The mean of the runs with its interval; see img_evaluate.mean_accuracy."""
    answer: dict[str, float] = json.loads(
        database.value("img_evaluate.mean_accuracy", p_runs=Json(json.dumps(list(runs))))
    )
    return answer


def _tuned(database: Database, seed: int, plain: int, given: dict[str, Any], budget: Budget, wait: Wait) -> Tuned:
    run_id = int(
        database.value(
            "img_evaluate.begin_run",
            p_transform_kind=TUNED,
            p_k=LARGEST_K,
            **{f"p_{name}": value for name, value in given.items() if value is not None},
        )
    )
    groups = list(database.rows("img_transform.groups", p_run_id=run_id))
    parts = {
        part: Images.of(database.rows("img_transform.fold_rows", p_run_id=run_id, p_part=part))
        for part in sorted({part for _, part in groups})
    }
    choices: dict[int, Choice] = {}
    expected: dict[Any, str] = {}
    for fold in sorted({fold for fold, _ in groups}):
        wait.now(f"tuning with seed {seed}: fold {fold}")
        sides = {part: images.only(images.folds != fold) for part, images in parts.items()}
        sides = {part: side for part, side in sides.items() if len(side)}
        if not sides:
            continue
        choices[fold] = choose(list(sides.values()), seed, budget.next_deadline())
        _store(database, run_id, fold, choices[fold].candidate, given["target"], sides)
        for part, side in sides.items():
            tested = parts[part].only(parts[part].folds == fold)
            if len(tested):
                ((_, classes),) = predicted([choices[fold].candidate], Trained(side), tested.vectors)
                expected.update(zip(tested.numbers, classes, strict=True))
    if not choices:
        raise ConfigurationError("there is nothing to choose by: each part needs images in two folds or more")
    wait.now(f"evaluating what was chosen with seed {seed}")
    database.call("img_evaluate.finish_run", p_run_id=run_id)
    differences = [
        float(confidence)
        for number, label, confidence in database.rows("img_report.answers", p_run_id=run_id)
        if expected[number] != label
    ]
    database.commit()
    return Tuned(seed, run_id, plain, choices, differences)


def choose(sides: Sequence[Images], seed: int, deadline: float) -> Choice:
    """The candidate that is right most often in an inner cross-validation of all parts together, the first of equals.

    All candidates are tried on the same inner folds; when the deadline nears, those that are left are not tried at all.
    """
    splits = [
        (Trained(side.only(folds != fold)), side.only(folds == fold))
        for side in sides
        for folds in [_inner_folds(side.labels, seed)]
        for fold in range(INNER_FOLDS)
    ]
    splits = [(trained, tested) for trained, tested in splits if len(trained.images) and len(tested)]
    right: dict[Candidate, int] = {}
    for tried in _batches(candidates()):
        begun = time.monotonic()
        for trained, tested in splits:
            for candidate, classes in predicted(tried, trained, tested.vectors):
                right[candidate] = right.get(candidate, 0) + int((classes == tested.labels).sum())
        now = time.monotonic()
        if now + (now - begun) > deadline:
            break
    order = [candidate for candidate in candidates() if candidate in right]
    if not order:
        raise ConfigurationError("there is nothing to choose by: each part needs two images or more")
    return Choice(max(order, key=right.__getitem__), len(order))


def _batches(found: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """The candidates in batches that share what is costly: each kind, and of KERNEL each shrinkage and dimension."""
    batches: dict[tuple[Any, ...], list[Candidate]] = {}
    for candidate in found:
        settings = candidate.settings
        detail = (settings.shrinkage, settings.outputs) if settings.kind not in (PLAIN, "LDA") else ()
        batches.setdefault((settings.kind, *detail), []).append(candidate)
    yield from batches.values()


def _inner_folds(labels: NDArray[Any], seed: int) -> NDArray[np.intp]:
    """A fold for each image, every class spread evenly over them in an order that the seed decides."""
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    order = shuffled[np.argsort(labels[shuffled].astype(str), kind="stable")]
    folds: NDArray[np.intp] = np.empty(len(labels), np.intp)
    folds[order] = np.arange(len(labels)) % INNER_FOLDS
    return folds


def _store(
    database: Database, run_id: int, fold: int, chosen: Candidate, target: str, sides: dict[str, Images]
) -> None:
    """Fit what was chosen for a fold on its training side."""
    transform_id = database.value(
        "img_transform.begin_fit",
        **chosen.parameters(),
        p_target=target,
        p_within_part=int("*" not in sides),
        p_images=sum(len(side) for side in sides.values()),
        p_run_id=run_id,
        p_fold=fold,
    )
    if chosen.settings.kind == PLAIN:
        return
    for part, side in sides.items():
        store(database, transform_id, part, side, fitted(chosen.settings, linear.Moments.of(side.vectors), side))
