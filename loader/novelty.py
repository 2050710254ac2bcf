"""Images held against the known good ones, where no defective image is known yet: calls to img_novelty."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Unpack

from loader.database import Database, Json
from loader.model import Model, register_model
from loader.new_images import Picture, decided, read_images
from loader.parameters import Judging, given
from loader.results import Decision
from loader.rows import Row, rows_of
from loader.spent import Spent
from loader.waiting import announced


def judge(
    database: Database,
    model: Model,
    pictures: Sequence[Picture],
    known_good: str,
    *,
    false_alarms: float | None = None,
    bits: int | None = None,
    spent: Spent | None = None,
    **parameters: Unpack[Judging],
) -> list[Decision]:
    """Judge images by img_novelty.judged.

    `false_alarms` is the wanted share of good images that are taken for outliers, `bits` as of Asking. Nothing is
    stored. Raises DatabaseError.
    """
    scored = given(known_good=known_good, **parameters)
    within_part = int(parameters.get("part") is not None)
    register_model(database, model)
    with announced("comparing the known good images with one another"):
        scores = database.value("img_novelty.scores", **scored, p_within_part=within_part, p_others=0)
        threshold = database.value(
            "img_novelty.threshold_for", p_scores=Json(scores), **given(false_alarms=false_alarms)
        )
    spent = spent or Spent()
    images, answers = [], []
    for image in read_images(model, pictures, bits, spent=spent):
        images.append(image)
        if image.embedding is not None:
            with spent.on("database"):
                judged = database.value(
                    "img_novelty.judged", p_embedding=image.embedding, p_threshold=threshold, **scored
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
    within_part: bool = True,
    all_pairs: bool = False,
    **parameters: Unpack[Judging],
) -> tuple[list[Row], list[Row]]:
    """The rows of img_novelty.outliers and of img_novelty.figures.

    Raises DatabaseError, also where there are many images and `all_pairs` does not allow to compare them all.
    """
    options = given(within_part=int(within_part), all_pairs=int(all_pairs), **parameters)
    with announced("comparing the stored images with the good ones"):
        scores = Json(database.value("img_novelty.scores", p_known_good=known_good, **options))
    return (
        rows_of(database, "img_novelty.outliers", scores=scores, false_alarms=false_alarms, limit=limit),
        rows_of(database, "img_novelty.figures", scores=scores, false_alarms=false_alarms),
    )
