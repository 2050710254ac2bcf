"""New images classified by the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loader.database import Database
from loader.depth import Depth
from loader.load import register_model
from loader.model import Model
from loader.new_images import Decision, decided, read_images
from loader.waiting import announced


def classify(
    database: Database,
    model: Model,
    paths: Sequence[Path],
    *,
    part: str | None = None,
    min_confidence: float | None = None,
    max_distance: float | None = None,
    depth: Depth | None = None,
    **parameters: Any,
) -> list[Decision]:
    """Classify images by img_classify's batch; `parameters` are open_batch's, without the p_ of their names.

    `depth` is what images of more than 8 bits a sample were loaded with, where they do not declare it. The transaction
    is rolled back, so that nothing is left of the batch. Raises DatabaseError.
    """
    model_id = register_model(database, model)
    run_id = database.value(
        "img_classify.open_batch",
        p_model_id=model_id,
        **{f"p_{name}": value for name, value in parameters.items() if value is not None},
    )
    images = read_images(model, paths, depth)
    items = [
        {"p_run_id": run_id, "p_name": image.name[-1000:], "p_part": part, "p_embedding": image.embedding}
        for image in images
        if image.embedding is not None
    ]
    with announced(f"looking for the neighbours of {len(items)} images"):
        database.call_many("img_classify.add_item", items)
        database.call("img_classify.classify_batch", p_run_id=run_id)
    rows = database.rows(
        "img_classify.decisions", p_run_id=run_id, p_min_confidence=min_confidence, p_max_distance=max_distance
    )
    decisions = decided(database, images, [json.loads(decision) for _, decision in rows])
    database.rollback()
    return decisions
