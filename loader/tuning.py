"""Settings chosen by nested cross-validation: what is reported was measured on folds that chose nothing.

For each fold of an evaluation, each candidate is tried on its training side by an inner cross-validation, and the one
that is right most often is fitted on that side. SQL then answers the fold by it, as classify would (S. Varma, R. Simon
2006, Bias in error estimation when using cross-validation for model selection).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loader.agreement import Answers, Difference, answers
from loader.candidates import LARGEST_K, Candidate, candidates
from loader.config import ConfigurationError
from loader.database import Database
from loader.database.base import Json
from loader.evaluation import TUNED, evaluate, numbers_of, sides_of
from loader.parallel import ordered
from loader.predicting import Trained
from loader.searching import Budget, Choice, choose
from loader.transforms import Fit, Images, begin, fitted, store
from loader.waiting import Wait, announced


@dataclass(frozen=True, slots=True)
class Tuned:
    """The runs of a seed: by the settings that were chosen, and by the plain nearest neighbour.

    `differences` are the images that the loader, by the same fits, answers in another way than SQL did. What is not a
    near tie among them would be a fault: see loader.agreement.
    """

    seed: int
    run_id: int
    plain_run_id: int
    choices: dict[int, Choice]
    differences: list[Difference]


def tune(
    database: Database, *, target: str, seeds: Sequence[int], folds: int, budget_s: float, **parameters: Any
) -> list[Tuned]:
    """Tune by nested cross-validation with each seed; each seed's runs are committed together.

    `parameters` are those of img_evaluate.begin_run without the p_ of their names. Raises DatabaseError, and
    ConfigurationError where nothing can be tested.
    """
    given = {"method": "kfold", "target": target, "folds": folds, **parameters}
    # The nearest neighbour answers with classes, or with its own number.
    plainly = {name: value for name, value in given.items() if name != "grades"}
    if given.get("grades"):
        plainly.pop("threshold")
    budget = Budget(budget_s, len(seeds) * folds)
    found = []
    with announced("tuning: settings are chosen for each fold on all others") as wait:
        for seed in seeds:
            plain = evaluate(database, k=1, seed=seed, **plainly)
            found.append(_tuned(database, seed, plain, {**given, "seed": seed}, budget, wait))
    return found


def chosen_most(runs: Sequence[Tuned]) -> Candidate:
    """The candidate that most folds chose; of as many, the one that was chosen first."""
    chosen = [choice.candidate for run in runs for choice in run.choices.values()]
    return max(chosen, key=chosen.count)


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
    numbers = numbers_of(given)
    tried = candidates(numbers=numbers["p_threshold"] is not None, grades=numbers["p_grades"] is not None)
    groups = list(database.rows("img_transform.groups", p_run_id=run_id))
    parts = {
        part: Images.of(
            database.rows("img_transform.fold_rows", p_run_id=run_id, p_part=part), sides_of(database, numbers)
        )
        for part in sorted({part for _, part in groups})
    }
    choices: dict[int, Choice] = {}
    expected: dict[Any, tuple[str, float]] = {}
    for fold in sorted({fold for fold, _ in groups}):
        wait.now(f"tuning with seed {seed}: fold {fold}")
        sides = {part: images.only(images.folds != fold) for part, images in parts.items()}
        sides = {part: side for part, side in sides.items() if len(side)}
        if not sides:
            continue
        choices[fold] = choose(list(sides.values()), seed, budget.next_deadline(), tried)
        asked = {part: parts[part].only(parts[part].folds == fold) for part in sides}
        shared = {"p_target": given["target"], "p_run_id": run_id, "p_fold": fold}
        if choices[fold].candidate.settings.by_grades or numbers["p_grades"] is None:
            shared |= numbers
        for part, found in _fit(database, choices[fold].candidate, shared, sides, asked).items():
            for number, label, margin in zip(asked[part].numbers, found.classes, found.margins, strict=True):
                expected[number] = label, float(margin)
    if not choices:
        raise ConfigurationError("there is nothing to choose by: each part needs images in two folds or more")
    wait.now(f"evaluating what was chosen with seed {seed}")
    database.call("img_evaluate.finish_run", p_run_id=run_id)
    differences = [
        Difference(int(number), math.nan if confidence is None else float(confidence), expected[number][1])
        for number, label, confidence in database.rows("img_report.answers", p_run_id=run_id)
        if expected[number][0] != label
    ]
    database.commit()
    return Tuned(seed, run_id, plain, choices, differences)


def _fit(
    database: Database,
    chosen: Candidate,
    shared: Mapping[str, Any],
    sides: Mapping[str, Images],
    asked: Mapping[str, Images],
) -> dict[str, Answers]:
    """Fit what was chosen for a fold on its training side, several parts at a time; the answers to expect of SQL."""

    def fit_part(part: str) -> tuple[list[Fit], Answers]:
        trained = Trained(sides[part])
        fits = fitted(chosen.settings, trained.moments, sides[part])
        return fits, answers(chosen, trained, fits, asked[part])

    transform_ids = begin(
        database,
        chosen.settings,
        **shared,
        p_within_part=int("*" not in sides),
        p_images=sum(len(side) for side in sides.values()),
        p_k=chosen.k,
        p_weighting=chosen.weighting,
    )
    found = dict(zip(sides, ordered(fit_part, list(sides)), strict=True))
    if chosen.settings.kind in ("CENTRE", "PROTOTYPE"):
        database.call("img_transform.fit_fold", p_transform_id=transform_ids[0])
    for part, (fits, _) in found.items():
        if fits:
            store(database, transform_ids, part, fits)
    return {part: expected for part, (_, expected) in found.items()}
