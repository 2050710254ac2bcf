"""New images classified by the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loader.batches import batched
from loader.database import Database
from loader.depth import Depth
from loader.load import register_model
from loader.model import Model
from loader.new_images import Decision, NewImage, decided, read_images
from loader.spent import Spent

# Images that the database compares at once, while those after them are decoded and embedded.
_BATCH = 64


def classify(
    database: Database,
    model: Model,
    paths: Sequence[Path],
    *,
    part: str | None = None,
    min_confidence: float | None = None,
    max_distance: float | None = None,
    depth: Depth | None = None,
    spent: Spent | None = None,
    **parameters: Any,
) -> list[Decision]:
    """Classify images by img_classify's batches; `parameters` are open_batch's, without the p_ of their names.

    `depth` is what images of more than 8 bits a sample were loaded with, where they do not declare it. The decisions
    have the order of `paths`. The transaction is rolled back, so that nothing is left of the batches. Raises
    DatabaseError.
    """
    spent = spent or Spent()
    given = {f"p_{name}": value for name, value in parameters.items() if value is not None}
    thresholds = {"p_min_confidence": min_confidence, "p_max_distance": max_distance}
    with spent.on("database"):
        given["p_model_id"] = register_model(database, model)
        # The first batch, before any image is read: it checks the parameters.
        run_id = database.value("img_classify.open_batch", **given)
    decisions: list[Decision] = []
    for images in batched(read_images(model, paths, depth, spent), _BATCH):
        with spent.on("database"):
            if decisions:
                run_id = database.value("img_classify.open_batch", **given)
            decisions += _decided(database, run_id, images, part, thresholds)
    database.rollback()
    return decisions


def _decided(
    database: Database, run_id: int, images: Sequence[NewImage], part: str | None, thresholds: dict[str, float | None]
) -> list[Decision]:
    """What the database says of the images of one batch."""
    items = [
        {"p_run_id": run_id, "p_name": image.name[-1000:], "p_part": part, "p_embedding": image.embedding}
        for image in images
        if image.embedding is not None
    ]
    database.call_many("img_classify.add_item", items)
    database.call("img_classify.classify_batch", p_run_id=run_id)
    rows = database.rows("img_classify.decisions", p_run_id=run_id, **thresholds)
    return decided(database, images, [json.loads(decision) for _, decision in rows])
