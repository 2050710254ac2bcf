"""Compares two models, or two ways to run one: how alike their embeddings are, how often right, how fast."""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.database.scratch import scratch_database
from loader.depth import Depth
from loader.images import ImageError, read_image
from loader.labels import Tree, walk
from loader.layouts import LabelItem, Layout, UnreadLabel
from loader.linear import cosines
from loader.load import load
from loader.model import Model, Preprocessing
from loader.source_depth import find_depth

# Images whose embeddings are compared, and labels with their images that are classified.
IMAGES, LABELS = 64, 500
# A gain in speed below this is not worth another model.
WORTHWHILE = 2.0
# From this cosine on two embeddings are the same but for rounding.
SAME = 0.99999
_BATCH = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """A faster model beside the exact one.

    `cosine_least` and `cosine_mean` compare the two embeddings of the same images, at most IMAGES of them.
    `exact_right` and `other_right` of `tested` images have their nearest neighbour's quality (leave-one-out, within
    the part); `p_value` is McNemar's. `exact_speed` and `other_speed` are images a second of the networks alone, on
    all cores.
    """

    cosine_least: float
    cosine_mean: float
    tested: int
    exact_right: int
    other_right: int
    p_value: float
    exact_speed: float
    other_speed: float

    @property
    def gain(self) -> float:
        """How many times faster the other is."""
        return self.other_speed / self.exact_speed

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"Cosine of the two embeddings: smallest {self.cosine_least:.4f}, mean {self.cosine_mean:.4f}"
        yield (
            f"Nearest neighbour's quality right, leave-one-out: {self.other_right} of {self.tested}, "
            f"exact {self.exact_right} (McNemar's test p = {self.p_value:.2f})"
        )
        yield (
            f"Network alone: {self.other_speed:.0f} images a second, exact {self.exact_speed:.0f}: "
            f"{self.gain:.1f} times"
        )
        if self.gain < WORTHWHILE and self.cosine_least < SAME:
            yield f"It does not pay on this CPU: {WORTHWHILE:.0f} times would be worth the loss"


def sample_images(root: Path, preprocessing: Preprocessing) -> list[NDArray[np.uint8]]:
    """At most IMAGES of the images below `root`, always the same ones, spread over all by a hash of their paths.

    Files that are no images are passed over. Raises ConfigurationError where none is one.
    """
    tree = walk(root)
    images = list(_some_images(tree, preprocessing, find_depth(tree)))
    if not images:
        raise ConfigurationError(f"there is no image below {root}")
    return images


def _by_hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _some_images(tree: Tree, preprocessing: Preprocessing, depth: Depth) -> Iterator[NDArray[np.uint8]]:
    count = 0
    # Some more than are needed, since not every file is an image.
    for path in heapq.nsmallest(4 * IMAGES, tree.images(), key=_by_hash):
        try:
            yield read_image(tree.root / path, preprocessing, depth)
        except ImageError:
            continue
        count += 1
        if count == IMAGES:
            return


def compare(exact: Model, other: Model, images: list[NDArray[np.uint8]], root: Path, layout: Layout) -> Comparison:
    """Compare on `images` and on the labels below `root`; leave-one-out is the database's own, in one made for it.

    Raises ConfigurationError where there is no label, or the two take different images.
    """
    if exact.preprocessing != other.preprocessing or exact.dimension != other.dimension:
        raise ConfigurationError(f"{exact.name} and {other.name} are different networks: nothing to compare")
    batches = [np.stack(images[at : at + _BATCH]) for at in range(0, len(images), _BATCH)]
    (before, exact_speed), (after, other_speed) = (_embed(model, batches) for model in (exact, other))
    alike = cosines(before, after)

    def some(tree: Tree) -> Iterator[LabelItem | UnreadLabel]:
        found = (item for item in layout(tree) if isinstance(item, UnreadLabel) or item.is_label)
        return iter(heapq.nsmallest(LABELS, found, key=lambda item: _by_hash(item.path)))

    with scratch_database() as database:
        runs = []
        for model in (exact, other):
            load(database, root, model, layout=some, replace_model=True)
            runs.append(database.value("img_evaluate.evaluate", p_k=1))
        counts = json.loads(database.value("img_evaluate.mcnemar", p_run_a=runs[0], p_run_b=runs[1]))
        database.rollback()
    return Comparison(
        cosine_least=float(alike.min()),
        cosine_mean=float(alike.mean()),
        tested=sum(int(counts[key]) for key in ("both_right", "only_a", "only_b", "both_wrong")),
        exact_right=int(counts["both_right"] + counts["only_a"]),
        other_right=int(counts["both_right"] + counts["only_b"]),
        p_value=float(counts["p_value"]),
        exact_speed=exact_speed,
        other_speed=other_speed,
    )


def _embed(model: Model, batches: list[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], float]:
    """The embeddings, and images a second with every core busy: the best of three rounds."""
    cores = os.cpu_count() or 1
    best = float("inf")
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(3):
            begun = time.perf_counter()
            found = list(pool.map(model.embed, batches))
            best = min(best, time.perf_counter() - begun)
    embeddings = np.concatenate(found)
    return embeddings, len(embeddings) / best
