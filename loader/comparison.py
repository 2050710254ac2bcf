"""Compares two models, or two ways to run one, on the same images: how often each is right, and how fast."""

from __future__ import annotations

import hashlib
import heapq
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.database import Database
from loader.depth import Depth
from loader.evaluation import evaluate
from loader.images import ImageError, read_image
from loader.labels import Tree, walk
from loader.layouts import LabelItem, Layout, UnreadLabel
from loader.linear import cosines
from loader.load import load
from loader.model import Model, Preprocessing
from loader.parameters import Evaluating
from loader.rows import Row
from loader.run_comparison import compare_runs, comparison_lines
from loader.source_depth import find_depth

# Images whose embeddings are compared, and labels with their images that are classified.
IMAGES, LABELS = 64, 500
# A gain in speed below this is not worth another model.
WORTHWHILE = 2.0
# From this cosine on two embeddings are the same but for rounding.
SAME = 0.99999
_BATCH = 4
_SOURCE = "compared"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models beside each other, or two ways to run one.

    `alike` is the smallest and the mean cosine of the two embeddings of the same images, at most IMAGES of them; None
    for different networks. The speeds are images a second of the networks alone, on all cores. `runs` are the two
    evaluations, as compare_runs gives them.
    """

    alike: tuple[float, float] | None
    speed_a: float
    speed_b: float
    runs: Row

    @property
    def gain(self) -> float:
        """How many times faster B is."""
        return self.speed_b / self.speed_a

    def lines(self) -> Iterator[str]:
        """For people."""
        if self.alike:
            yield "Cosine of the two embeddings: smallest {:.4f}, mean {:.4f}".format(*self.alike)
        yield f"Network alone: B {self.speed_b:.0f} images a second, A {self.speed_a:.0f}: {self.gain:.1f} times"
        yield from comparison_lines(self.runs)
        if self.alike and self.gain < WORTHWHILE and self.alike[0] < SAME:
            yield f"B does not pay on this CPU: {WORTHWHILE:.0f} times would be worth the loss"


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


def compare(
    database: Database,
    a: Model,
    b: Model,
    root: Path,
    layout: Layout,
    labels: int | None = LABELS,
    **evaluating: Unpack[Evaluating],
) -> Comparison:
    """Compare on images and labels below `root`, in an empty database; the two runs are of `evaluating`.

    `labels` is how many of them count, always the same ones; None: all. Raises ConfigurationError where there is no
    image or no label, and DatabaseError.
    """
    (embeddings_a, speed_a), (embeddings_b, speed_b) = (
        _embed(model, sample_images(root, model.preprocessing)) for model in (a, b)
    )

    def some(tree: Tree) -> Iterator[LabelItem | UnreadLabel]:
        found = (item for item in layout(tree) if isinstance(item, UnreadLabel) or item.is_label)
        return iter(heapq.nsmallest(labels, found, key=lambda item: _by_hash(item.path))) if labels else found

    runs = []
    for model in (a, b):
        load(database, root, model, layout=some, source=_SOURCE)
        runs.append(evaluate(database, **evaluating))
        # The run outlives the images, and the other model begins with none.
        database.call("img_source.forget", p_source=_SOURCE)
        database.commit()
    compared = compare_runs(database, *runs)
    alike = None
    if a.preprocessing == b.preprocessing and a.dimension == b.dimension:
        cosine = cosines(embeddings_a, embeddings_b)
        alike = float(cosine.min()), float(cosine.mean())
    return Comparison(alike, speed_a, speed_b, compared)


def _embed(model: Model, images: list[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], float]:
    """The embeddings, and images a second with every core busy: the best of three rounds."""
    batches = [np.stack(images[at : at + _BATCH]) for at in range(0, len(images), _BATCH)]
    cores = os.cpu_count() or 1
    best = float("inf")
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(3):
            begun = time.perf_counter()
            found = list(pool.map(model.embed, batches))
            best = min(best, time.perf_counter() - begun)
    embeddings = np.concatenate(found)
    return embeddings, len(embeddings) / best
