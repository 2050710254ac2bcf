"""New images classified by the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader.database import Database
from loader.depth import Depth
from loader.images import ImageError, read_image
from loader.labels import printable
from loader.load import register_model
from loader.model import NOT_FINITE, Model
from loader.progress import Progress
from loader.waiting import announced


@dataclass(frozen=True, slots=True)
class Decision:
    """What the database says of an image: img_classify.classify's JSON, or why it could not be read."""

    name: str
    answer: dict[str, Any] | None
    problem: str = ""


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

    `depth` is what images of more than 8 bits a sample were loaded with, where they do not declare it. The batch is
    committed. Raises DatabaseError.
    """
    model_id = register_model(database, model)
    run_id = database.value(
        "img_classify.open_batch",
        p_model_id=model_id,
        **{f"p_{name}": value for name, value in parameters.items() if value is not None},
    )
    decisions: dict[int, Decision] = {}
    items: dict[int, dict[str, Any]] = {}
    with Progress("embedding", len(paths), "images") as progress:
        for number, path in enumerate(paths):
            name = printable(str(path))
            try:
                embedding = _embedding(path, model, depth)
                items[number] = {"p_run_id": run_id, "p_name": name[-1000:], "p_part": part, "p_embedding": embedding}
            except ImageError as error:
                decisions[number] = Decision(name, None, str(error))
            progress.advance()
    with announced(f"looking for the neighbours of {len(items)} images"):
        database.call_many("img_classify.add_item", list(items.values()))
        database.call("img_classify.classify_batch", p_run_id=run_id)
    rows = database.rows(
        "img_classify.decisions", p_run_id=run_id, p_min_confidence=min_confidence, p_max_distance=max_distance
    )
    for number, (_, decision) in zip(items, rows, strict=True):
        decisions[number] = Decision(printable(str(paths[number])), json.loads(decision))
    database.commit()
    return [decisions[number] for number in range(len(paths))]


def _embedding(path: Path, model: Model, depth: Depth | None) -> NDArray[np.float32]:
    """The image's vector. Raises ImageError."""
    embedding: NDArray[np.float32] = model.embed(read_image(path, model.preprocessing, depth)[np.newaxis])[0]
    if not np.isfinite(embedding).all():
        raise ImageError(NOT_FINITE)
    return embedding
