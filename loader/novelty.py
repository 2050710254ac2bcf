"""Images held against the known good ones, where no defective image is known yet: calls to img_novelty."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loader.database import Database, Json
from loader.depth import Depth
from loader.load import register_model
from loader.model import Model
from loader.new_images import Decision, decided, read_images
from loader.spent import Spent
from loader.waiting import announced


def judge(
    database: Database,
    model: Model,
    paths: Sequence[Path],
    known_good: str,
    *,
    part: str | None = None,
    false_alarms: float | None = None,
    depth: Depth | None = None,
    spent: Spent | None = None,
    **parameters: Any,
) -> list[Decision]:
    """Judge images by img_novelty.judged; `parameters` are its k, target and source.

    `false_alarms` is the wanted share of good images that are taken for outliers. Nothing is stored. Raises
    DatabaseError.
    """
    spent = spent or Spent()
    given = _given(part=part, known_good=known_good, **parameters)
    register_model(database, model)
    with announced("comparing the known good images with one another"):
        scores = database.value("img_novelty.scores", **given, p_within_part=int(part is not None), p_others=0)
        threshold = database.value(
            "img_novelty.threshold_for", p_scores=Json(scores), **_given(false_alarms=false_alarms)
        )
    images, answers = [], []
    for image in read_images(model, paths, depth, spent):
        images.append(image)
        if image.embedding is not None:
            with spent.on("database"):
                judged = database.value(
                    "img_novelty.judged", p_embedding=image.embedding, p_threshold=threshold, **given
                )
            answers.append(json.loads(judged))
    decisions = decided(database, images, answers)
    database.rollback()
    return decisions


def outliers(
    database: Database,
    known_good: str | None,
    *,
    false_alarms: float | None = None,
    limit: int | None = None,
    **parameters: Any,
) -> tuple[list[Sequence[Any]], list[Sequence[Any]]]:
    """The rows of img_novelty.outliers and of img_novelty.figures; `parameters` are those of img_novelty.scores.

    Raises DatabaseError.
    """
    with announced("comparing the stored images with the good ones"):
        scores = database.value("img_novelty.scores", p_known_good=known_good, **_given(**parameters))
    rate = _given(false_alarms=false_alarms)
    rows = database.rows("img_novelty.outliers", p_scores=Json(scores), **rate, **_given(limit=limit))
    return list(rows), list(database.rows("img_novelty.figures", p_scores=Json(scores), **rate))


def _given(**parameters: Any) -> dict[str, Any]:
    """The parameters that were given, by their names in the packages."""
    return {f"p_{name}": value for name, value in parameters.items() if value is not None}
