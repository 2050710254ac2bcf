"""Whitening and LDA by ten folds over 2,624 images, the fits in the loader included."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.data import elpv_database
from bench.result import Result
from loader.database.embedded import EmbeddedDatabase
from loader.evaluation import evaluate

# What each took on the same machine when copies were first looked for: a third of that is the target.
_BEFORE_S = {"lda": 25.0, "whiten": 28.0}


def _seconds(database: EmbeddedDatabase, kind: str | None) -> float:
    begun = time.perf_counter()
    evaluate(database, target="category1", method="kfold", transform_kind=kind)
    return time.perf_counter() - begun


def run() -> Iterator[Result]:
    """All 2,624 pictures of the ELPV data set, EfficientNet-Lite0."""
    with elpv_database() as (database, _):
        plain = _seconds(database, None)
        for kind, before in _BEFORE_S.items():
            spent = _seconds(database, kind)
            yield Result(
                f"evaluate by 10 folds with {kind}, of the time it took ({before:g} s)",
                spent / before,
                1 / 3,
                at_least=False,
                detail=f"{spent:.1f} s; without a transform {plain:.1f} s",
            )
