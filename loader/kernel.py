"""Kernel ridge regression: every image has weights by which it votes for and against each class.

Ridge regression in dual variables (C. Saunders, A. Gammerman, V. Vovk 1998) on targets of 1 for the images of a class
and -1 for the others, one regression for each class, which is regularised least-squares classification (R. Rifkin,
G. Yeo, T. Poggio 2003), with the Gaussian kernel exp(-g d^2). By grades the targets are numbers, see loader.targets.

Input are vectors z of length 1, whitened before (loader.linear). A class's score of an image is the sum over the fitted
images of weight x exp(-g d^2), d the distance of the two: nothing but a sum over stored vectors, which SQL does
(img_kernel).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.targets import Matrix, Targets, slope_of

Vectors = NDArray[np.floating[Any]]
DEFAULT_WIDTH = 0.5
DEFAULT_RIDGE = 0.1
# With a wider one no vote reaches beyond the image itself.
WIDEST, LEAST_RIDGE, MOST_RIDGE = 100.0, 1e-6, 1e6
# The kernel matrix of so many images takes 3.2 GB, and twice that while the system is solved.
MOST_IMAGES = 20_000
# So many images, spread evenly, tell the slope: each costs a column of the system.
MOST_CALIBRATING = 2_000


@dataclass(frozen=True, slots=True)
class KernelFit:
    """The weights of n images: `weights` is n x classes, the order of the classes that of `classes`.

    The softmax of the scores is the probability of each class: the weights of the regression are multiplied by `slope`.
    """

    classes: tuple[str, ...]
    weights: Matrix
    width: float
    slope: float

    def scores(self, vectors: Matrix, fitted: Vectors) -> Matrix:
        """The scores of the classes (m x classes) of `vectors` (m x d), by the images (n x d) that were fitted."""
        return gaussian(vectors, fitted, self.width) @ self.weights


def gaussian(a: Vectors, b: Vectors, width: float) -> Matrix:
    """exp(-width d^2) of each of `a` (m x d) with each of `b` (n x d), which all have length 1."""
    likeness: Matrix = a @ b.T
    likeness -= 1
    likeness *= 2 * width
    return np.exp(likeness, out=likeness)


def fit_values(vectors: Matrix, values: Matrix, *, width: float, ridge: float, label: str) -> KernelFit:
    """Kernel ridge regression on numbers: one "class", `label`, whose score is the number.

    Raises ConfigurationError above MOST_IMAGES.
    """
    weights = np.linalg.solve(_system(vectors, width, ridge), values[:, None]).astype(np.float64, copy=False)
    return KernelFit((label,), weights, width, 1.0)


def fit(vectors: Matrix, targets: Targets, *, width: float = DEFAULT_WIDTH, ridge: float = DEFAULT_RIDGE) -> KernelFit:
    """The weights W that solve (K + ridge I) W = Y, times the slope that calibrates their scores.

    `vectors` (n x d) have length 1. The slope makes the labels most probable by the scores that images have from
    all others, which follow from the diagonal of the same system's inverse with nothing fitted again (Rifkin and
    Lippert 2007, Notes on Regularized Least Squares). Raises ConfigurationError above MOST_IMAGES.
    """
    count, classes = targets.signs.shape
    calibrating = np.unique(np.linspace(0, count - 1, min(count, MOST_CALIBRATING)).astype(np.intp))
    known = np.zeros((count, classes + len(calibrating)))
    known[:, :classes] = targets.signs
    known[calibrating, classes + np.arange(len(calibrating))] = 1.0
    solved = np.linalg.solve(_system(vectors, width, ridge), known).astype(np.float64, copy=False)
    weights = solved[:, :classes]
    diagonal = solved[calibrating, classes + np.arange(len(calibrating))]
    left_out = targets.signs[calibrating] - weights[calibrating] / diagonal[:, None]
    slope = slope_of(left_out, targets.index[calibrating])
    return KernelFit(targets.classes, slope * weights, width, slope)


def _system(vectors: Matrix, width: float, ridge: float) -> Matrix:
    """K + ridge I. Raises ConfigurationError above MOST_IMAGES."""
    if len(vectors) > MOST_IMAGES:
        raise ConfigurationError(
            f"{len(vectors):,} images are more than the {MOST_IMAGES:,} that KERNEL is fitted on: fit part by part, "
            "or LDA, which has no such limit"
        )
    system = gaussian(vectors, vectors, width)
    np.fill_diagonal(system, system.diagonal() + ridge)
    return system
