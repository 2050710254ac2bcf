"""How far confidence can be trusted, before and after img_calibrate, each fold calibrated by the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.data import elpv_database
from bench.result import Result
from loader.database.embedded import EmbeddedDatabase
from loader.evaluation import evaluate

# Expected calibration error, 15 bins of equal count.
_LARGEST = 0.03
_KINDS: dict[str, dict[str, Any]] = {
    "votes of 5 neighbours": {"k": 5},
    "votes of 5 neighbours by softmax": {"k": 5, "weighting": "softmax"},
    "votes of 15 neighbours": {"k": 15},
    "LDA": {"transform_kind": "lda"},
}


def _figures(database: EmbeddedDatabase, run_id: int) -> list[tuple[float, float, float]]:
    """Calibration error, Brier score and log loss, as they were and calibrated."""
    rows = database.rows("img_calibrate.figures", p_run_id=run_id)
    return [(float(error), float(brier), float(loss)) for _, _, error, brier, loss in rows]


def run() -> Iterator[Result]:
    """All 2,624 pictures of the ELPV data set, EfficientNet-Lite0, 10 folds, seed 1."""
    with elpv_database() as (database, _):
        for kind, given in _KINDS.items():
            run_id = evaluate(database, target="category1", method="kfold", **given)
            database.value("img_calibrate.calibrate", p_run_id=run_id)
            (error, brier, loss), (calibrated, calibrated_brier, calibrated_loss) = _figures(database, run_id)
            yield Result(
                f"calibration error of {kind}",
                calibrated,
                _LARGEST,
                at_least=False,
                detail=f"{error:.4f} before; Brier score {brier:.4f} to {calibrated_brier:.4f}, "
                f"log loss {loss:.4f} to {calibrated_loss:.4f}",
            )
            yield Result(f"Brier score of {kind}, of what it was", calibrated_brier / brier, 1, at_least=False)
            yield Result(f"log loss of {kind}, of what it was", calibrated_loss / loss, 1, at_least=False)
