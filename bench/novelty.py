"""How well good solar cells are told from defective ones where no defective one is known, against scikit-learn's AUROC.

All 2,624 pictures of the ELPV data set, EfficientNet-Lite0. The functional ones are the known good ones; the defective
ones are hidden: they take part in neither scores nor thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from bench.data import elpv_database, vectors_of
from bench.result import Result
from loader.novelty import outliers

_K = 3


def run() -> Iterator[Result]:
    """AUROC with its interval for each part, and the largest difference from scikit-learn's."""
    with elpv_database() as (database, _):
        _, rows = outliers(database, "functional", target="category1", k=_K)
        unlike = 0.0
        for part, good, others, threshold, false_alarms, missed, auroc, low, high in rows:
            print(
                f"  {part}: AUROC {100 * auroc:.2f} % (95 %: {100 * low:.2f} to {100 * high:.2f}), {good} functional, "
                f"{others} defective; threshold {threshold:.4f}: {100 * false_alarms:.2f} % false alarms, "
                f"{100 * missed:.2f} % of the defective ones missed",
                flush=True,
            )
            labels, vectors = vectors_of(database, str(part), "category1")
            is_good = labels == "functional"
            neighbours = NearestNeighbors(metric="cosine", algorithm="brute").fit(vectors[is_good])
            scores = np.empty(len(labels))
            # Without an argument, each of the fitted is not its own neighbour.
            scores[is_good] = neighbours.kneighbors(n_neighbors=_K)[0].mean(axis=1)
            scores[~is_good] = neighbours.kneighbors(vectors[~is_good], n_neighbors=_K)[0].mean(axis=1)
            unlike = max(unlike, abs(roc_auc_score(~is_good, scores) - float(auroc)))
        yield Result(
            "AUROC of the parts, largest difference from scikit-learn's", 100 * unlike, 0.01, at_least=False, unit="%"
        )
