"""New images classified by the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Unpack

from loader.batches import batched
from loader.database import Database
from loader.depth import Depth
from loader.model import Model, register_model
from loader.new_images import NewImage, Picture, decided, read_images, read_new
from loader.parameters import Asking, given
from loader.results import Decision
from loader.spent import Spent

# Images that the database compares at once, while those after them are decoded and embedded.
_BATCH = 64
# The same where each call crosses a network: fewer and larger ones.
_REMOTE_BATCH = 256
# What is not open_batch's: of each picture, of the reading, and of the answers.
_OTHERS = ("part", "bits", "min_confidence", "max_distance", "approximate")


def classify(
    database: Database,
    model: Model,
    pictures: Sequence[Picture],
    *,
    first: int = 1,
    spent: Spent | None = None,
    **options: Unpack[Asking],
) -> list[Decision]:
    """Classify pictures by img_classify; the decisions have their order.

    Pictures that are no files are called by their place, counted from `first`. The transaction is rolled back, so that
    nothing is left of them. Raises DatabaseError.
    """
    spent = spent or Spent()
    with spent.on("database"):
        model_id = register_model(database, model)
    if len(pictures) == 1:
        bits = options.get("bits")
        image = read_new(model, pictures[0], Depth(bits, bits), first, spent)
        with spent.on("database"):
            decisions = _one(database, model_id, image, options)
    else:
        decisions = _many(
            database, model_id, read_images(model, pictures, options.get("bits"), first, spent), spent, options
        )
    database.rollback()
    return decisions


def _one(database: Database, model_id: int, image: NewImage, options: Asking) -> list[Decision]:
    """The decision of a single picture, by a single call."""
    if image.embedding is None:
        return decided(database, [image], [])
    asked = {name: value for name, value in options.items() if name not in ("bits", "approximate")}
    approximate = int(options.get("approximate", False))
    answer = database.value(
        "img_classify.classify", **given(embedding=image.embedding, model_id=model_id, approximate=approximate, **asked)
    )
    return decided(database, [image], [json.loads(answer)])


def _many(
    database: Database, model_id: int, images: Iterator[NewImage], spent: Spent, options: Asking
) -> list[Decision]:
    """The decisions by batches."""
    batch = {name: value for name, value in options.items() if name not in _OTHERS}
    opening = given(model_id=model_id, approximate=int(options.get("approximate", False)), **batch)
    with spent.on("database"):
        # The first batch, before any picture is read: it checks the options.
        run_id = database.value("img_classify.open_batch", **opening)
    decisions: list[Decision] = []
    for some in batched(images, _REMOTE_BATCH if database.remote else _BATCH):
        with spent.on("database"):
            if decisions:
                run_id = database.value("img_classify.open_batch", **opening)
            decisions += _decided(database, run_id, some, options)
    return decisions


def _decided(database: Database, run_id: int, images: Sequence[NewImage], options: Asking) -> list[Decision]:
    """What the database says of the images of one batch."""
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
    database.call_many("img_classify.add_item", items)
    database.call("img_classify.classify_batch", p_run_id=run_id)
    rows = database.rows(
        "img_classify.decisions",
        p_run_id=run_id,
        p_min_confidence=options.get("min_confidence"),
        p_max_distance=options.get("max_distance"),
    )
    return decided(database, images, [json.loads(decision) for _, decision in rows])
