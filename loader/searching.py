"""The search of `tune`: the candidate that is right most often on folds of the images at hand."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader.candidates import Candidate
from loader.config import ConfigurationError
from loader.parallel import ordered
from loader.predicting import Trained, predicted
from loader.transforms import Images

INNER_FOLDS = 4

Right = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a fold, and how many of all candidates the time allowed to try."""

    candidate: Candidate
    tried: int
    all: int


class Budget:
    """Seconds for the search, shared evenly among the searches that are left."""

    def __init__(self, seconds: float, searches: int) -> None:
        self._end = time.monotonic() + seconds
        self._left = searches

    def next_deadline(self) -> float:
        """When the search that begins now has to end."""
        now = time.monotonic()
        share = max(self._end - now, 0) / max(self._left, 1)
        self._left -= 1
        return now + share


def choose(
    sides: Sequence[Images], seed: int, deadline: float, tried: Sequence[Candidate], *, workers: int | None = None
) -> Choice:
    """The candidate that is right most often in an inner cross-validation of all parts together, see `preferred`.

    All candidates are tried on the same inner folds, of which several are under way at a time; when the deadline nears,
    those that are left are not tried at all.
    """
    splits = [
        (Trained(side.only(folds != fold)), side.only(folds == fold))
        for side in sides
        for folds in [inner_folds(side.labels, seed)]
        for fold in range(INNER_FOLDS)
    ]
    splits = [(trained, tested) for trained, tested in splits if len(trained.images) and len(tested)]
    if not splits:
        raise ConfigurationError("there is nothing to choose by: each part needs two images or more")
    right: dict[Candidate, Right] = {}
    for batch in _batches(tried):
        begun = time.monotonic()

        def try_batch(split: tuple[Trained, Images], batch: Sequence[Candidate] = batch) -> dict[Candidate, Right]:
            trained, tested = split
            return {
                candidate: np.asarray(classes == tested.labels, bool)
                for candidate, classes in predicted(batch, trained, tested)
            }

        found = list(ordered(try_batch, splits, workers=workers))
        right |= {candidate: np.concatenate([of_split[candidate] for of_split in found]) for candidate in batch}
        now = time.monotonic()
        if now + (now - begun) > deadline:
            break
    return Choice(
        preferred({candidate: right[candidate] for candidate in tried if candidate in right}), len(right), len(tried)
    )


def preferred(right: dict[Candidate, Right]) -> Candidate:
    """The candidate that is right most often, the first of equals; but for a KERNEL the best JOINT.

    One KERNEL of many is the best by chance to some extent, which an average is not. So a KERNEL has to be right more
    often than the best JOINT by more than one standard error of the difference: the root of the number of images on
    which one of the two is wrong (L. Breiman et al. 1984 for the rule of one standard error).
    """
    best = max(right, key=lambda candidate: int(right[candidate].sum()))
    joints = [candidate for candidate in right if candidate.settings.kind == "JOINT"]
    if best.settings.kind != "KERNEL" or not joints:
        return best
    joint = max(joints, key=lambda candidate: int(right[candidate].sum()))
    gained = int(right[best].sum()) - int(right[joint].sum())
    return best if gained > math.sqrt(int((right[best] != right[joint]).sum())) else joint


def _batches(tried: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """The candidates in batches that share what is costly: those of a kind, of KERNEL and JOINT together."""
    batches: dict[Any, list[Candidate]] = {}
    for candidate in tried:
        kind = candidate.settings.kind
        batches.setdefault("KERNEL" if kind == "JOINT" else kind, []).append(candidate)
    yield from batches.values()


def inner_folds(labels: NDArray[Any], seed: int) -> NDArray[np.intp]:
    """A fold for each image, every class spread evenly over them in an order that the seed decides."""
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    order = shuffled[np.argsort(labels[shuffled].astype(str), kind="stable")]
    folds: NDArray[np.intp] = np.empty(len(labels), np.intp)
    folds[order] = np.arange(len(labels)) % INNER_FOLDS
    return folds
