"""The linear algebra of transforms: what SQL can not compute, and nothing else.

Input are unit vectors x / |x| (n x d) and their classes; output are rows of coefficients (d each) and an
intercept, which SQL applies as coefficients . x / |x| + intercept. See img_transform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def unit(vectors: NDArray[np.float32]) -> Matrix:
    """Each row divided by its length."""
    wide = vectors.astype(np.float64)
    lengths: Matrix = np.linalg.norm(wide, axis=1, keepdims=True)
    return wide / lengths


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine between each row of `a` and the same row of `b`."""
    found: NDArray[np.float32] = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return found


def _shrunk(covariance: Matrix, shrinkage: float) -> Matrix:
    """(1 - s) C + s m I, m the mean variance (Ledoit and Wolf 2004)."""
    dimension = len(covariance)
    mean = np.trace(covariance) / dimension
    # Where all vectors are one and the same there is no variance at all; the rest of the sum stays finite.
    floor = max(shrinkage * mean, 1e-12)
    result: Matrix = (1 - shrinkage) * covariance + floor * np.eye(dimension)
    return result


def discriminant(vectors: Matrix, labels: Sequence[str], shrinkage: float) -> list[Row]:
    """Linear discriminant analysis with a shrunk common covariance C: class k's score is
    x . C^-1 m_k - m_k . C^-1 m_k / 2 + log p_k, with mean m_k and share p_k (Hastie et al., The Elements of
    Statistical Learning, 2nd ed., eq. 4.10)."""
    names = sorted(set(labels))
    index = np.searchsorted(names, labels)
    means = np.stack([vectors[index == k].mean(axis=0) for k in range(len(names))])
    within = vectors - means[index]
    covariance = _shrunk(within.T @ within / len(vectors), shrinkage)
    weights = np.linalg.solve(covariance, means.T).T
    shares = np.bincount(index, minlength=len(names)) / len(index)
    intercepts = -0.5 * (weights * means).sum(axis=1) + np.log(shares)
    return [
        Row(weight.astype(np.float32), float(intercept), name)
        for weight, intercept, name in zip(weights, intercepts, names, strict=True)
    ]


def whitening(vectors: Matrix, shrinkage: float, outputs: int = DEFAULT_OUTPUTS) -> list[Row]:
    """Principal components, each divided by its shrunk standard deviation; at most `outputs` of them."""
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    variances, directions = np.linalg.eigh(_shrunk(centred.T @ centred / len(vectors), shrinkage))
    order = np.argsort(variances)[::-1][: min(outputs, len(vectors), vectors.shape[1])]
    rows = (directions[:, order] / np.sqrt(variances[order])).T
    return [Row(row.astype(np.float32), float(-row @ mean)) for row in rows]
