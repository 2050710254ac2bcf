"""SQL's answers held against the loader's by the same fit, and how near each decision is to another.

Both compute alike and round in another way: the engine sums up the products of a distance in single precision. So a
near tie may fall to either side. The rule: SQL decides; the two agree where their answers are the same, or where the
loader's is within NEAR_TIE of another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader import linear
from loader.candidates import Candidate
from loader.linear import Matrix
from loader.predicting import TIE, Trained, mean_of_neighbours, neighbours_of, predicted, prototypes_of, reaching
from loader.transforms import Fit, Images

NEAR_TIE = 1e-4


@dataclass(frozen=True, slots=True)
class Difference:
    """An image that SQL and the loader answer differently: SQL's confidence, and the loader's margin."""

    image_id: int
    confidence: float
    margin: float

    @property
    def near_tie(self) -> bool:
        """Whether rounding explains it."""
        return self.margin <= NEAR_TIE


@dataclass(frozen=True, slots=True)
class Answers:
    """The loader's answers to images, and how far each is from another."""

    classes: NDArray[Any]
    margins: Matrix


def answers(chosen: Candidate, trained: Trained, fits: Sequence[Fit], asked: Images) -> Answers:
    """What was fitted on `trained` for what was chosen, applied to `asked` as SQL applies it."""
    if chosen.settings.kind in ("LDA", "KERNEL", "JOINT"):
        scores = np.mean([_scores(fit, asked.vectors) for fit in fits], axis=0)
        if trained.images.sides:
            return Answers(trained.classes[reaching(scores[:, 0])], np.abs(scores[:, 0]))
        order = np.sort(scores, axis=1)
        margins = order[:, -1] - order[:, -2] if scores.shape[1] > 1 else np.full(len(scores), np.inf)
        return Answers(trained.classes[scores.argmax(axis=1)], margins)
    ((_, classes),) = predicted([chosen], trained, asked)
    return Answers(classes, _margins(chosen, trained, asked))


def _scores(fit: Fit, vectors: Matrix) -> Matrix:
    """Scores of the classes whose softmax is their probability."""
    if fit.votes is not None and fit.located is not None:
        return fit.votes.scores(linear.applied(fit.rows, vectors), linear.unit(fit.located))
    return linear.scores(fit.rows, vectors)


def _margins(chosen: Candidate, trained: Trained, asked: Images) -> Matrix:
    """How far the distances are from another order, and from being ties or not (img_search.co_tie)."""
    if chosen.settings.kind == "PROTOTYPE":
        nearest = np.sort(prototypes_of(trained, asked), axis=1)
        return nearest[:, 1] - nearest[:, 0] if nearest.shape[1] > 1 else np.full(len(nearest), np.inf)
    distances = neighbours_of(chosen.settings, trained, asked)
    nearest = np.sort(distances, axis=1)[:, : (chosen.k or 0) + 1]
    if nearest.shape[1] == 1:
        return np.full(len(nearest), np.inf)
    result: Matrix = np.abs(np.diff(nearest, axis=1) - TIE).min(axis=1)
    if trained.images.sides:
        return np.minimum(result, np.abs(mean_of_neighbours(chosen, trained, distances)))
    return result
