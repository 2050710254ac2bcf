"""Parameters of the packages, as Python's callers give them: their names without p_, None for the default.

The defaults, the ranges and every check are the packages' own (img_choice).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast


class Voting(TypedDict, total=False):
    """How neighbours are found, and how they vote (img_classify)."""

    k: int | None
    weighting: str | None
    temperature: float | None
    metric: str | None
    target: str | None
    target_accuracy: int | None


class Asking(Voting, total=False):
    """What is asked of new pictures (img_classify.open_batch, decisions).

    `bits` are those of a sample that count in images of more than 8 that do not declare them, as they were loaded.
    """

    part: str | None
    transform: str | None
    calibration: str | None
    source: str | None
    min_confidence: float | None
    max_distance: float | None
    approximate: bool
    bits: int | None


class Judging(TypedDict, total=False):
    """Which good images count, and how many of them a score is the mean of (img_novelty.scores)."""

    part: str | None
    target: str | None
    k: int | None
    source: str | None


class Splitting(TypedDict, total=False):
    """Which images an evaluation tests, and from which others it predicts them (img_evaluate)."""

    method: str | None
    only_part: str | None
    within_part: bool | None
    folds: int | None
    seed: int | None
    group_path: str | None
    test_share: float | None
    test_path: str | None
    source: str | None


class Fitting(TypedDict, total=False):
    """What a transform is fitted with; see loader.transforms.Settings. It is the loader's, not the packages'."""

    shrinkage: float | None
    outputs: int | None
    width: float | None
    ridge: float | None


class Evaluating(Voting, Splitting, Fitting, total=False):
    """What an evaluation takes; `transform_kind` is fitted in each fold.

    With a `threshold` the labels are numbers and predicted as such; by `grades`, the target whose labels are the
    numbers then, KERNEL tells the classes of another apart.
    """

    threshold: float | None
    grades: str | None
    transform_kind: str | None
    approximate: bool | None
    near_distance: float | None


class Sweeping(Splitting, total=False):
    """What a sweep takes: `ks` and `metrics` are lists, separated by commas."""

    ks: str | None
    metrics: str | None
    target: str | None
    temperature: float | None


def fitting_of(parameters: Mapping[str, Any]) -> tuple[Fitting, dict[str, Any]]:
    """What the transform is fitted with, and the others."""
    names = Fitting.__annotations__
    fitting = {name: value for name, value in parameters.items() if name in names}
    return cast(Fitting, fitting), {name: value for name, value in parameters.items() if name not in names}


def given(**parameters: Any) -> dict[str, Any]:
    """The parameters that are not None, by their names in the packages."""
    return {f"p_{name}": value for name, value in parameters.items() if value is not None}
