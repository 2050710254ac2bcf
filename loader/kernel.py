"""Kernel ridge regression: every image has weights by which it votes for and against each class.

Ridge regression in dual variables (C. Saunders, A. Gammerman, V. Vovk 1998) on targets of 1 for the images of a class
and -1 for the others, one regression for each class, which is regularised least-squares classification (R. Rifkin,
G. Yeo, T. Poggio 2003), with the Gaussian kernel exp(-g d^2).

Input are vectors z of length 1, whitened before (loader.linear). A class's score of an image is the sum over the fitted
images of weight x exp(-g d^2), d the distance of the two: nothing but a sum over stored vectors, which SQL does
(img_kernel).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.linear import Matrix

DEFAULT_WIDTH = 0.5
DEFAULT_RIDGE = 0.1
# With a wider one no vote reaches beyond the image itself.
WIDEST, LEAST_RIDGE, MOST_RIDGE = 100.0, 1e-6, 1e6
# The kernel matrix of so many images takes 3.2 GB, and twice that while it is inverted.
MOST_IMAGES = 20_000
# Where the labels can not be told from one another at all, the scores still decide.
_FLATTEST, _STEEPEST = 1e-3, 100.0
_STEPS = 60


@dataclass(frozen=True, slots=True)
class KernelFit:
    """The weights of n images: `weights` is n x classes, the order of the classes that of `classes`.

    The softmax of the scores is the probability of each class: the weights of the regression are multiplied by `slope`.
    """

    classes: tuple[str, ...]
    weights: Matrix
    width: float
    slope: float

    def scores(self, vectors: Matrix, fitted: Matrix) -> Matrix:
        """The scores of the classes (m x classes) of `vectors` (m x d), by the images (n x d) that were fitted."""
        return gaussian(vectors, fitted, self.width) @ self.weights


def gaussian(a: Matrix, b: Matrix, width: float) -> Matrix:
    """exp(-width d^2) of each of `a` (m x d) with each of `b` (n x d), which all have length 1."""
    likeness: Matrix = a @ b.T
    likeness -= 1
    likeness *= 2 * width
    return np.exp(likeness, out=likeness)


def fit_values(vectors: Matrix, values: Matrix, *, width: float, ridge: float, label: str) -> KernelFit:
    """Kernel ridge regression on numbers: one "class", `label`, whose score is the number.

    Raises ConfigurationError above MOST_IMAGES.
    """
    _check_count(len(vectors))
    system = gaussian(vectors, vectors, width)
    np.fill_diagonal(system, system.diagonal() + ridge)
    weights: Matrix = np.linalg.solve(system, values[:, None]).astype(np.float64, copy=False)
    return KernelFit((label,), weights, width, 1.0)


def _check_count(count: int) -> None:
    if count > MOST_IMAGES:
        raise ConfigurationError(
            f"{count:,} images are more than the {MOST_IMAGES:,} that KERNEL is fitted on: fit part by part, "
            "or LDA, which has no such limit"
        )


def targets(labels: Sequence[str]) -> tuple[list[str], NDArray[np.intp], Matrix]:
    """The classes, the number of each image's class, and n x classes: 1 for its own class, -1 for the others."""
    classes = sorted(set(labels))
    index: NDArray[np.intp] = np.searchsorted(classes, labels)
    signs: Matrix = 2.0 * (index[:, None] == np.arange(len(classes))) - 1.0
    return classes, index, signs


def regression(kernels: Matrix, labels: Sequence[str], ridge: float) -> Matrix:
    """The weights W that solve (K + ridge I) W = Y, for kernels K that are at hand."""
    _, _, signs = targets(labels)
    system = kernels + ridge * np.eye(len(kernels))
    weights: Matrix = np.linalg.solve(system, signs).astype(np.float64, copy=False)
    return weights


def fit(
    vectors: Matrix, labels: Sequence[str], *, width: float = DEFAULT_WIDTH, ridge: float = DEFAULT_RIDGE
) -> KernelFit:
    """The weights W that solve (K + ridge I) W = Y, times the slope that calibrates their scores.

    `vectors` (n x d) have length 1. The slope makes the labels most probable by the scores that each image has from
    all others, which follow from the same inverse with nothing fitted again (Rifkin and Lippert 2007, Notes
    on Regularized Least Squares). Raises ConfigurationError above MOST_IMAGES.
    """
    _check_count(len(vectors))
    classes, index, signs = targets(labels)
    system = gaussian(vectors, vectors, width)
    np.fill_diagonal(system, system.diagonal() + ridge)
    inverse: Matrix = np.linalg.inv(system).astype(np.float64, copy=False)
    weights: Matrix = inverse @ signs
    left_out = signs - weights / inverse.diagonal()[:, None]
    slope = _slope(left_out, index)
    return KernelFit(tuple(classes), slope * weights, width, slope)


def _slope(scores: Matrix, index: NDArray[np.intp]) -> float:
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
