"""Evaluation with ten neighbours, and a sweep of 30 settings, against plain SQL for one neighbour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.data import analyze_images, copy_images
from bench.result import Result
from bench.timing import Cost, cost
from bench.validate import plain_sql_cost
from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database

_ROWS, _DIMENSION, _PARTS = 5_000, 1_024, 5
_KS = "1,3,5,7,9,11,15,21,31,51"


def fill(database: EmbeddedDatabase, rows: int, dimension: int, parts: int, seed: int = 4) -> None:
    """Clustered vectors, ten clusters of two classes in each part, beside labels of AI Hub's layout."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(parts, 10, dimension)).astype(np.float32)

    def vectors() -> Iterator[tuple[int, int, NDArray[np.float32]]]:
        for number in range(rows):
            part, cluster = number % parts, int(random.integers(10))
            yield part, cluster, np.abs(centres[part, cluster] + random.normal(size=dimension).astype(np.float32))

    copy_images(database, vectors())
    analyze_images(database)


def _cost(database: EmbeddedDatabase, call: str) -> Cost:
    return cost(database, lambda: database.execute(f"declare r number; begin r := {call}; end;"))


def run() -> Iterator[Result]:
    """5,000 vectors of 1,024 floats in five parts."""
    with scratch_database() as database:
        fill(database, _ROWS, _DIMENSION, _PARTS)
        ours = _cost(database, "img_classify.evaluate(p_k => 10)")
        largest = _cost(database, "img_classify.evaluate(p_k => 51)")
        sweep = _cost(database, f"img_classify.sweep(p_ks => '{_KS}')")
        name, plain = plain_sql_cost(database)
        yield Result(
            f"evaluate, k = 10, {_ROWS} x {_DIMENSION} in {_PARTS} parts / best plain SQL for one neighbour",
            ours.cpu_s / plain.cpu_s,
            1.0,
            at_least=False,
            detail=f"{ours} / {plain} ({name})",
        )
        yield Result(
            "sweep of 30 settings of k and weighting / one run with the largest k",
            sweep.cpu_s / largest.cpu_s,
            1.3,
            at_least=False,
            detail=f"{sweep} / {largest} (k = 51); a run with k = 10: {ours}",
        )
