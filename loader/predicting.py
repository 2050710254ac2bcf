"""What SQL answers, in numpy: candidates tried on images at hand, as img_search and img_vote would answer.

The search of `tune` needs a hundred answers for each image, of which the database is asked for one: the chosen one's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from loader import kernel, linear
from loader.candidates import PLAIN, Candidate
from loader.linear import Matrix
from loader.transforms import Images

Indexes = NDArray[np.intp]
DEFAULT_TEMPERATURE = 0.07
# img_search.co_tie and co_spare, img_vote.co_least_distance.
_TIE, _SPARE, _LEAST_DISTANCE = 1e-6, 16, 1e-12


@dataclass(frozen=True)
class Trained:
    """Images that candidates are fitted on, with what several of them share; each is computed when it is asked for."""

    images: Images

    @cached_property
    def moments(self) -> linear.Moments:
        """Their sums."""
        return linear.Moments.of(self.images.vectors)

    @cached_property
    def components(self) -> linear.Components:
        """Their principal components."""
        return linear.Components.of(self.moments)


def predicted(
    tried: Sequence[Candidate], trained: Trained, asked: Matrix
) -> Iterator[tuple[Candidate, NDArray[np.object_]]]:
    """The class that each candidate, fitted on `trained`, gives to each of `asked` (m x d, of length 1).

    The candidates come in an order of their own: those that share a step of the fit follow one another.
    """
    vectors, labels = trained.images.vectors, trained.images.labels.tolist()
    classes = np.array(sorted(set(labels)), object)
    index: Indexes = np.searchsorted(classes, trained.images.labels)
    for kind, of_kind in groupby(tried, key=lambda candidate: candidate.settings.kind):
        if kind == PLAIN:
            for candidate, found in _voted(list(of_kind), _cosine(asked, vectors), index, len(classes)):
                yield candidate, classes[found]
        elif kind == "LDA":
            for candidate in of_kind:
                rows = linear.discriminant(trained.moments, vectors, labels, candidate.settings.shrinkage)
                yield candidate, classes[_scores(rows, asked).argmax(axis=1)]
        else:
            for (shrinkage, outputs), alike in groupby(
                of_kind, key=lambda candidate: (candidate.settings.shrinkage, candidate.settings.outputs)
            ):
                rows = trained.components.whitening(shrinkage, outputs)
                there, here = linear.applied(rows, vectors), linear.applied(rows, asked)
                if kind == "WHITEN":
                    answers = _voted(list(alike), _cosine(here, there), index, len(classes))
                else:
                    answers = _by_kernels(list(alike), there, here, labels)
                for candidate, found in answers:
                    yield candidate, classes[found]


def _scores(rows: Sequence[linear.Row], asked: Matrix) -> Matrix:
    coefficients = np.stack([row.coefficients for row in rows]).astype(np.float64)
    result: Matrix = asked @ coefficients.T + np.array([row.intercept for row in rows])
    return result


def _cosine(a: Matrix, b: Matrix) -> Matrix:
    """The cosine distances of each of `a` to each of `b`, all of length 1."""
    result: Matrix = 1 - a @ b.T
    return result


def _by_kernels(
    tried: Sequence[Candidate], there: Matrix, here: Matrix, labels: Sequence[str]
) -> Iterator[tuple[Candidate, Indexes]]:
    for width, alike in groupby(tried, key=lambda candidate: candidate.settings.width):
        system, near = kernel.gaussian(there, there, width), kernel.gaussian(here, there, width)
        for candidate in alike:
            yield candidate, (near @ kernel.regression(system, labels, candidate.settings.ridge)).argmax(axis=1)


def _voted(
    tried: Sequence[Candidate], distances: Matrix, index: Indexes, classes: int
) -> Iterator[tuple[Candidate, Indexes]]:
    """The class (by number) that the neighbours of each image vote for; `index` are the classes of those voting."""
    most = max(candidate.k or 0 for candidate in tried)
    voters, near = _nearest(distances, most)
    voting = index[voters]
    for candidate in tried:
        k = candidate.k or 0
        yield candidate, _winner(voting[:, :k], near[:, :k], candidate.weighting or "MAJORITY", classes)


def _nearest(distances: Matrix, most: int) -> tuple[Indexes, Matrix]:
    """The `most` nearest of each row and their distances, ties in the order of the columns (img_search)."""
    looked_at = min(most + _SPARE, distances.shape[1])
    order = np.argsort(distances, axis=1, kind="stable")[:, :looked_at]
    near = np.take_along_axis(distances, order, axis=1)
    level = np.cumsum(np.diff(near, axis=1, prepend=near[:, :1]) > _TIE, axis=1)
    settled = np.lexsort((order, level), axis=1)[:, :most]
    level = np.take_along_axis(level, settled, axis=1)
    first = np.argmax(level[:, :, None] <= level[:, None, :], axis=2)
    return np.take_along_axis(order, settled, axis=1), np.take_along_axis(near, first, axis=1)


def _winner(voting: Indexes, near: Matrix, weighting: str, classes: int) -> Indexes:
    """Of each row the class with most votes; of as many the one with the nearest vote, then the first (img_vote)."""
    if weighting == "MAJORITY":
        weights = np.ones_like(near)
    elif weighting == "INVERSE":
        weights = 1 / np.maximum(near, _LEAST_DISTANCE)
    else:
        weights = np.exp((near[:, :1] - near) / DEFAULT_TEMPERATURE)
    mine = voting[:, :, None] == np.arange(classes)
    votes = (weights[:, :, None] * mine).sum(axis=1)
    nearest = np.where(mine, near[:, :, None], np.inf).min(axis=1)
    best = votes == votes.max(axis=1, keepdims=True)
    winner: Indexes = np.where(best, nearest, np.inf).argmin(axis=1)
    return winner
