"""The linear algebra of transforms: what SQL can not compute, and nothing else.

Input are unit vectors x / |x| (n x d) and their classes; output are rows of coefficients (d each) and an
intercept, which SQL applies as coefficients . x / |x| + intercept. See img_transform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
DEFAULT_SHRINKAGE = 0.2
DEFAULT_OUTPUTS = 128


@dataclass(frozen=True, slots=True)
class Row:
    """One linear function; `label` is its class, for a discriminant."""

    coefficients: NDArray[np.float32]
    intercept: float
    label: str | None = None


def unit(vectors: NDArray[Any]) -> Matrix:
    """Each row divided by its length; one of no length stays."""
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    result: Matrix = wide / np.where(lengths > 0, lengths, 1.0)
    return result


def applied(rows: Sequence[Row], vectors: Matrix) -> Matrix:
    """The rows' functions (columns) of unit vectors (rows), each result divided by its length."""
    return unit(scores(rows, vectors))


def scores(rows: Sequence[Row], vectors: Matrix) -> Matrix:
    """The rows' functions (columns) of unit vectors (rows)."""
    coefficients = np.stack([row.coefficients for row in rows]).astype(np.float64)
    result: Matrix = vectors @ coefficients.T + np.array([row.intercept for row in rows])
    return result


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine between each row of `a` and the same row of `b`."""
    found: NDArray[np.float32] = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return found


def _shrunk(covariance: Matrix, shrinkage: float) -> Matrix:
    """(1 - s) C + s m I, m the mean variance (Ledoit and Wolf 2004)."""
    mean = np.trace(covariance) / len(covariance)
    result: Matrix = (1 - shrinkage) * covariance
    # Where all vectors are one and the same there is no variance at all; the rest of the sum stays finite.
    np.fill_diagonal(result, result.diagonal() + max(shrinkage * mean, 1e-12))
    return result


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over unit vectors, from which the moments of the rest follow where some of the vectors are left out."""

    count: int
    total: Matrix
    scatter: Matrix

    @classmethod
    def of(cls, vectors: Matrix) -> Moments:
        """The sums over all of them: x, and x x'."""
        return cls(len(vectors), vectors.sum(axis=0), vectors.T @ vectors)

    def __add__(self, other: Moments) -> Moments:
        """The sums over the vectors of both."""
        return Moments(self.count + other.count, self.total + other.total, self.scatter + other.scatter)

    def without(self, vectors: Matrix) -> Moments:
        """The sums over the others, where these are among those summed."""
        less = Moments.of(vectors)
        return Moments(self.count - less.count, self.total - less.total, self.scatter - less.scatter)


def discriminant(moments: Moments, vectors: Matrix, labels: Sequence[str], shrinkage: float) -> list[Row]:
    """Linear discriminant analysis with a shrunk common covariance C: class k's score is
    x . C^-1 m_k - m_k . C^-1 m_k / 2 + log p_k, with mean m_k and share p_k (Hastie et al., The Elements of
    Statistical Learning, 2nd ed., eq. 4.10). `moments` are those of `vectors`."""
    names = sorted(set(labels))
    index = np.searchsorted(names, labels)
    counts = np.bincount(index, minlength=len(names))
    means = np.stack([vectors[index == k].mean(axis=0) for k in range(len(names))])
    within = moments.scatter - (means.T * counts) @ means
    covariance = _shrunk(within / moments.count, shrinkage)
    weights = np.linalg.solve(covariance, means.T).T
    intercepts = -0.5 * (weights * means).sum(axis=1) + np.log(counts / moments.count)
    return [
        Row(weight.astype(np.float32), float(intercept), name)
        for weight, intercept, name in zip(weights, intercepts, names, strict=True)
    ]


def regression(moments: Moments, vectors: Matrix, values: Matrix, shrinkage: float, label: str) -> Row:
    """Linear regression of numbers on vectors, whose covariance C is shrunk: a number is the mean of all and
    (x - mean of x) . C^-1 cov(x, number). `moments` are those of `vectors`."""
    mean = moments.total / moments.count
    covariance = _shrunk(moments.scatter / moments.count - np.outer(mean, mean), shrinkage)
    shared = (vectors - mean).T @ (values - values.mean()) / moments.count
    weights = np.linalg.solve(covariance, shared)
    return Row(weights.astype(np.float32), float(values.mean() - weights @ mean), label)


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components: the mean, and the directions (columns) with their variances, the largest first."""

    mean: Matrix
    variances: Matrix
    directions: Matrix
    count: int

    @classmethod
    def of(cls, moments: Moments) -> Components:
        """The components of the vectors that were summed."""
        mean = moments.total / moments.count
        variances, directions = np.linalg.eigh(moments.scatter / moments.count - np.outer(mean, mean))
        return cls(mean, variances[::-1], directions[:, ::-1], moments.count)

    def axes(self, count: int) -> tuple[Matrix, list[float]]:
        """The first directions (columns), and the share of the variance along each: none where there is no variance.

        A direction is as good as its opposite: the one is taken whose largest coefficient is above 0, so that the same
        vectors always have the same axes.
        """
        directions = self.directions[:, :count]
        largest = np.abs(directions).argmax(axis=0)
        signed: Matrix = directions * np.sign(directions[largest, range(directions.shape[1])])
        total = float(self.variances.sum())
        shares = [max(float(value), 0.0) / total for value in self.variances[:count]] if total > 1e-12 else []
        return signed, shares

    def whitening(self, shrinkage: float, outputs: int = DEFAULT_OUTPUTS) -> list[Row]:
        """Each component divided by its shrunk standard deviation; at most `outputs` of them.

        Shrinking the covariance towards the identity changes its eigenvalues alone.
        """
        least = max(shrinkage * float(self.variances.mean()), 1e-12)
        kept = min(outputs, self.count, len(self.mean))
        deviations = np.sqrt(np.maximum((1 - shrinkage) * self.variances[:kept], 0) + least)
        rows = (self.directions[:, :kept] / deviations).T
        return [Row(row.astype(np.float32), float(-row @ self.mean)) for row in rows]
