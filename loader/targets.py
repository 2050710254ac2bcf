"""What a regression on classes is fitted to: of each image one number for each class, the largest for its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError

Matrix = NDArray[np.float64]
# A number that is less than its threshold by no more than this reaches it (img_graded.co_tie).
TIE = 1e-9
# Where the labels can not be told from one another at all, the scores still decide.
_FLATTEST, _STEEPEST = 1e-3, 100.0
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Targets:
    """The classes of n images: `index` is the place of each image's class in `classes`, `signs` is n x classes."""

    classes: tuple[str, ...]
    index: NDArray[np.intp]
    signs: Matrix

    @classmethod
    def of(cls, labels: Sequence[str], grades: Matrix | None = None) -> Targets:
        """1 for an image's own class and -1 for the others; by grades the grade for the upper of two classes.

        `grades` are numbers less a threshold, such as how probable a defect is. The upper class is the one whose grades
        have the larger mean, and the lower one's number is minus the upper one's. Raises ConfigurationError for grades
        of more than two classes.
        """
        classes = sorted(set(labels))
        index: NDArray[np.intp] = np.searchsorted(classes, labels)
        if grades is None:
            return cls(tuple(classes), index, 2.0 * (index[:, None] == np.arange(len(classes))) - 1.0)
        if len(classes) > 2:
            raise ConfigurationError(f"grades tell two classes apart, and there are {len(classes)}: {_named(classes)}")
        means = np.array([grades[index == number].mean() for number in range(len(classes))])
        sides = np.where(np.arange(len(classes)) == means.argmax(), 1.0, -1.0)
        return cls(tuple(classes), index, grades[:, None] * sides)


def _named(classes: Sequence[str]) -> str:
    """The first few of them."""
    return ", ".join(classes[:5]) + (", ..." if len(classes) > 5 else "")


def slope_of(scores: Matrix, index: NDArray[np.intp]) -> float:
    """The factor from 0.001 to 100 by which the softmax of the scores makes the classes `index` most probable.

    The likelihood is concave in it, so that bisecting its derivative finds the maximum.
    """
    own = scores[np.arange(len(scores)), index]
    low, high = _FLATTEST, _STEEPEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        powers = np.exp(middle * (scores - scores.max(axis=1, keepdims=True)))
        expected = (powers * scores).sum(axis=1) / powers.sum(axis=1)
        low, high = (middle, high) if (own - expected).sum() > 0 else (low, middle)
    return low
