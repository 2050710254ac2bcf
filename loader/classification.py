"""New images classified by the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Unpack

from loader.database import Database
from loader.load import register_model
from loader.model import Model
from loader.new_images import Picture, decided, read_images
from loader.parameters import Asking, given
from loader.results import Decision
from loader.waiting import announced

# What is not open_batch's: of each picture, of the reading, and of the answers.
_OTHERS = ("part", "bits", "min_confidence", "max_distance", "approximate")


def classify(
    database: Database, model: Model, pictures: Sequence[Picture], *, first: int = 1, **options: Unpack[Asking]
) -> list[Decision]:
    """Classify pictures by img_classify's batch.

    Pictures that are no files are called by their place, counted from `first`. The transaction is rolled back, so that
    nothing is left of the batch. Raises DatabaseError.
    """
    batch = {name: value for name, value in options.items() if name not in _OTHERS}
    model_id = register_model(database, model)
    run_id = database.value(
        "img_classify.open_batch",
        **given(model_id=model_id, approximate=int(options.get("approximate", False)), **batch),
    )
    images = read_images(model, pictures, options.get("bits"), first)
    items = [
        {
            "p_run_id": run_id,
            "p_name": image.name[-1000:],
            "p_part": options.get("part"),
            "p_embedding": image.embedding,
        }
        for image in images
        if image.embedding is not None
    ]
    with announced(f"looking for the neighbours of {len(items)} images"):
        database.call_many("img_classify.add_item", items)
        database.call("img_classify.classify_batch", p_run_id=run_id)
    rows = database.rows(
        "img_classify.decisions",
        p_run_id=run_id,
        p_min_confidence=options.get("min_confidence"),
        p_max_distance=options.get("max_distance"),
    )
    decisions = decided(database, images, [json.loads(decision) for _, decision in rows])
    database.rollback()
    return decisions
