"""What SQL answers, in numpy: candidates tried on images at hand, as img_search and img_vote would answer.

The search of `tune` needs a hundred answers for each image, of which the database is asked for one: the chosen one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader import kernel, linear, targets
from loader.candidates import PLAIN, Candidate
from loader.linear import Matrix
from loader.targets import Targets
from loader.transforms import NUMBER, Images, Settings

Indexes = NDArray[np.intp]
DEFAULT_TEMPERATURE = 0.07
# img_search.co_tie and co_spare, img_vote.co_least_distance.
TIE, _SPARE, _LEAST_DISTANCE = 1e-6, 16, 1e-12


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

    @cached_property
    def classes(self) -> NDArray[np.object_]:
        """Their classes; of a graded run the sides of the threshold."""
        return np.array(self.images.sides or sorted(set(self.images.labels.tolist())), object)

    @cached_property
    def index(self) -> Indexes:
        """The place of each image's class."""
        if self.images.sides:
            return reaching(self.images.values)
        found: Indexes = np.searchsorted(self.classes, self.images.labels)
        return found


Answers = Iterator[tuple[Candidate, Indexes]]


def predicted(
    tried: Sequence[Candidate], trained: Trained, asked: Images
) -> Iterator[tuple[Candidate, NDArray[np.object_]]]:
    """The class that each candidate, fitted on `trained`, gives to each of `asked`.

    The candidates come in an order of their own: those that share a step of the fit follow one another.
    """
    for answers, alike in groupby(tried, key=lambda candidate: _ANSWERS[candidate.settings.kind]):
        for candidate, found in answers(list(alike), trained, asked):
            yield candidate, trained.classes[found]


def neighbours_of(settings: Settings, trained: Trained, asked: Images) -> Matrix:
    """The cosine distances of each of `asked` to each of `trained`, in the space of PLAIN, CENTRE or WHITEN."""
    if settings.kind == "WHITEN":
        rows = trained.components.whitening(settings.shrinkage, settings.outputs)
        return _cosine(linear.applied(rows, asked.vectors), linear.applied(rows, trained.images.vectors))
    if settings.kind == "CENTRE":
        mean = trained.images.embeddings.mean(axis=0)
        here, there = (linear.unit((images.embeddings - mean).astype(np.float32)) for images in (asked, trained.images))
        return _cosine(here, there)
    return _cosine(asked.vectors, trained.images.vectors)


def prototypes_of(trained: Trained, asked: Images) -> Matrix:
    """The cosine distances of each of `asked` to the mean of each class."""
    embeddings, index = trained.images.embeddings, trained.index
    means = np.stack([embeddings[index == number].mean(axis=0) for number in range(len(trained.classes))])
    return _cosine(asked.vectors, linear.unit(means.astype(np.float32)))


def _by_neighbours(tried: Sequence[Candidate], trained: Trained, asked: Images) -> Answers:
    for settings, alike in groupby(tried, key=lambda candidate: candidate.settings):
        yield from _voted(list(alike), trained, neighbours_of(settings, trained, asked))


def _by_prototypes(tried: Sequence[Candidate], trained: Trained, asked: Images) -> Answers:
    nearest = prototypes_of(trained, asked).argmin(axis=1)
    for candidate in tried:
        yield candidate, nearest


def _by_discriminants(tried: Sequence[Candidate], trained: Trained, asked: Images) -> Answers:
    images = trained.images
    for candidate in tried:
        shrinkage = candidate.settings.shrinkage
        if images.sides:
            row = linear.regression(trained.moments, images.vectors, images.values, shrinkage, NUMBER)
            yield candidate, reaching(linear.scores([row], asked.vectors)[:, 0])
        else:
            rows = linear.discriminant(trained.moments, images.vectors, images.labels.tolist(), shrinkage)
            yield candidate, linear.scores(rows, asked.vectors).argmax(axis=1)


def _by_kernels(tried: Sequence[Candidate], trained: Trained, asked: Images) -> Answers:
    """KERNEL and JOINT: each KERNEL is computed once, for all that it is a member of."""
    members = sorted({member for candidate in tried for member in candidate.settings.members}, key=_sharing)
    scores = dict(_kernel_scores(members, trained, asked))
    for candidate in tried:
        total = np.sum([scores[member] for member in candidate.settings.members], axis=0)
        yield (
            candidate,
            reaching(total[:, 0] / len(candidate.settings.members)) if trained.images.sides else total.argmax(axis=1),
        )


def _sharing(settings: Settings) -> tuple[Any, ...]:
    """The order in which KERNELs share most: the whitened space, then the kernels, then the system to solve."""
    return settings.shrinkage, settings.outputs, settings.width, settings.ridge, settings.by_grades


def _kernel_scores(wanted: Sequence[Settings], trained: Trained, asked: Images) -> Iterator[tuple[Settings, Matrix]]:
    """The scores of the classes, less the slope, which changes no order."""
    signs = {by_grades: _voting(trained.images, by_grades) for by_grades in {settings.by_grades for settings in wanted}}
    for (shrinkage, outputs), of_space in groupby(wanted, key=lambda settings: _sharing(settings)[:2]):
        rows = trained.components.whitening(shrinkage, outputs)
        here, alike = linear.applied(rows, asked.vectors), list(of_space)
        # Those that vote by their grades are mostly all; then one system is solved for classes and grades.
        for count in {len(voters) for voters, _ in signs.values()}:
            known = {by_grades: found for by_grades, (voters, found) in signs.items() if len(voters) == count}
            voters = next(voters for voters, _ in signs.values() if len(voters) == count)
            there = linear.applied(rows, voters.vectors)
            yield from _solved([settings for settings in alike if settings.by_grades in known], known, there, here)


def _voting(images: Images, by_grades: bool) -> tuple[Images, Matrix]:
    """The images that vote, and what they are fitted to."""
    if images.sides:
        return images, images.values[:, None]
    voters = images.graded() if by_grades else images
    return voters, Targets.of(voters.labels.tolist(), voters.values if by_grades else None).signs


def _solved(
    wanted: Iterable[Settings], signs: Mapping[bool, Matrix], there: Matrix, here: Matrix
) -> Iterator[tuple[Settings, Matrix]]:
    """The kernels are as exact as SQL's distances: numpy's exponentials of doubles take ten times as long."""
    there, here = there.astype(np.float32), here.astype(np.float32)
    for width, of_width in groupby(wanted, key=lambda settings: settings.width):
        system = kernel.gaussian(there, there, width).astype(np.float64)
        near = kernel.gaussian(here, there, width).astype(np.float64)
        diagonal = system.diagonal().copy()
        for ridge, alike in groupby(of_width, key=lambda settings: settings.ridge):
            np.fill_diagonal(system, diagonal + ridge)
            both = list(alike)
            known = [signs[settings.by_grades] for settings in both]
            solved = near @ np.linalg.solve(system, np.hstack(known))
            yield from zip(both, np.hsplit(solved, np.cumsum([found.shape[1] for found in known])[:-1]), strict=True)


_ANSWERS: dict[str, Callable[[Sequence[Candidate], Trained, Images], Answers]] = {
    PLAIN: _by_neighbours,
    "CENTRE": _by_neighbours,
    "WHITEN": _by_neighbours,
    "PROTOTYPE": _by_prototypes,
    "LDA": _by_discriminants,
    "KERNEL": _by_kernels,
    "JOINT": _by_kernels,
}


def _cosine(a: Matrix, b: Matrix) -> Matrix:
    """The cosine distances of each of `a` to each of `b`, all of length 1."""
    result: Matrix = 1 - a @ b.T
    return result


def reaching(values: Matrix) -> Indexes:
    """1 for numbers, less a threshold, that reach it, 0 for the others."""
    return (values >= -targets.TIE).astype(np.intp)


def _voted(tried: Sequence[Candidate], trained: Trained, distances: Matrix) -> Answers:
    """The class (by number) that the neighbours of each image vote for; of a graded run the side of their mean."""
    if trained.images.sides:
        for candidate in tried:
            yield candidate, reaching(mean_of_neighbours(candidate, trained, distances))
        return
    voters, near = _nearest(distances, max(candidate.k or 0 for candidate in tried))
    mine = trained.index[voters][:, :, None] == np.arange(len(trained.classes))
    nearest = np.minimum.accumulate(np.where(mine, near[:, :, None], np.inf), axis=1)
    # Counted from one neighbour to the next, once for each weighting, as img_vote does.
    counted: dict[str, Matrix] = {}
    for candidate in tried:
        weighting = candidate.weighting or "MAJORITY"
        place = min(candidate.k or 1, near.shape[1]) - 1
        if weighting not in counted:
            counted[weighting] = np.cumsum(_weights(near, weighting)[:, :, None] * mine, axis=1)
        yield candidate, _winner(counted[weighting][:, place], nearest[:, place])


def mean_of_neighbours(candidate: Candidate, trained: Trained, distances: Matrix) -> Matrix:
    """The weighted mean of the neighbours' numbers, less the threshold (img_graded)."""
    voters, near = _nearest(distances, candidate.k or 1)
    weights = _weights(near, candidate.weighting or "MAJORITY")
    result: Matrix = (weights * trained.images.values[voters]).sum(axis=1) / weights.sum(axis=1)
    return result


def _nearest(distances: Matrix, most: int) -> tuple[Indexes, Matrix]:
    """The `most` nearest of each row and their distances, ties in the order of the columns (img_search)."""
    looked_at = min(most + _SPARE, distances.shape[1])
    order = _first(distances, looked_at)
    near = np.take_along_axis(distances, order, axis=1)
    level = np.cumsum(np.diff(near, axis=1, prepend=near[:, :1]) > TIE, axis=1)
    settled = np.lexsort((order, level), axis=1)[:, :most]
    level = np.take_along_axis(level, settled, axis=1)
    first = np.argmax(level[:, :, None] <= level[:, None, :], axis=2)
    return np.take_along_axis(order, settled, axis=1), np.take_along_axis(near, first, axis=1)


def _first(distances: Matrix, count: int) -> Indexes:
    """The columns of the `count` smallest of each row, in their order; of equals those to the left come first."""
    last = np.partition(distances, count - 1, axis=1)[:, count - 1 : count]
    # So many, that in no row one is left out which equals the last.
    wide = int((distances <= last).sum(axis=1).max(initial=count))
    columns = np.sort(np.argpartition(distances, wide - 1, axis=1)[:, :wide], axis=1)
    order = np.argsort(np.take_along_axis(distances, columns, axis=1), axis=1, kind="stable")[:, :count]
    found: Indexes = np.take_along_axis(columns, order, axis=1)
    return found


def _weights(near: Matrix, weighting: str) -> Matrix:
    """What the votes of neighbours at these distances weigh (img_vote)."""
    if weighting == "MAJORITY":
        return np.ones_like(near)
    if weighting == "INVERSE":
        return 1 / np.maximum(near, _LEAST_DISTANCE)
    result: Matrix = np.exp((near[:, :1] - near) / DEFAULT_TEMPERATURE)
    return result


def _winner(votes: Matrix, nearest: Matrix) -> Indexes:
    """Of each row the class with most votes; of as many the one with the nearest vote, then the first (img_vote)."""
    best = votes == votes.max(axis=1, keepdims=True)
    winner: Indexes = np.where(best, nearest, np.inf).argmin(axis=1)
    return winner
