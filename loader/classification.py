"""New images classified by the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader.content import sha256
from loader.database import Database, Json
from loader.depth import Depth
from loader.images import ImageError, read_image
from loader.labels import printable
from loader.load import register_model
from loader.model import NOT_FINITE, Model
from loader.progress import Progress
from loader.waiting import announced

_STORED = ("image_id", "part", "quality", "source_name", "label_path", "image_path")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the database says of an image: img_classify.classify's JSON, or why it could not be read.

    Beside it the answer has `stored`: the stored images that are this very file, each with image_id, part, quality,
    source_name, label_path and image_path.
    """

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

    `depth` is what images of more than 8 bits a sample were loaded with, where they do not declare it. The transaction
    is rolled back, so that nothing is left of the batch. Raises DatabaseError.
    """
    model_id = register_model(database, model)
    run_id = database.value(
        "img_classify.open_batch",
        p_model_id=model_id,
        **{f"p_{name}": value for name, value in parameters.items() if value is not None},
    )
    decisions: dict[int, Decision] = {}
    hashes: dict[int, str] = {}
    items: dict[int, dict[str, Any]] = {}
    with Progress("embedding", len(paths), "images") as progress:
        for number, path in enumerate(paths):
            name = printable(str(path))
            try:
                embedding = embedded(path, model, depth)
                hashes[number] = sha256(path)
                items[number] = {"p_run_id": run_id, "p_name": name[-1000:], "p_part": part, "p_embedding": embedding}
            except ImageError as error:
                decisions[number] = Decision(name, None, str(error))
            except OSError as error:
                decisions[number] = Decision(name, None, error.strerror or str(error))
            progress.advance()
    with announced(f"looking for the neighbours of {len(items)} images"):
        database.call_many("img_classify.add_item", list(items.values()))
        database.call("img_classify.classify_batch", p_run_id=run_id)
    rows = database.rows(
        "img_classify.decisions", p_run_id=run_id, p_min_confidence=min_confidence, p_max_distance=max_distance
    )
    stored = stored_files(database, hashes.values())
    for number, (_, decision) in zip(items, rows, strict=True):
        answer = json.loads(decision) | {"stored": stored.get(hashes[number], [])}
        decisions[number] = Decision(printable(str(paths[number])), answer)
    database.rollback()
    return [decisions[number] for number in range(len(paths))]


def stored_files(database: Database, hashes: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The stored images that are files of these hashes, by hash."""
    found: dict[str, list[dict[str, Any]]] = {}
    wanted = Json(json.dumps(sorted(set(hashes))))
    for image_hash, *row in database.rows("img_report.stored_files", p_hashes=wanted):
        found.setdefault(image_hash, []).append(dict(zip(_STORED, row, strict=True)))
    return found


def embedded(path: Path, model: Model, depth: Depth | None) -> NDArray[np.float32]:
    """The image's vector. Raises ImageError."""
    embedding: NDArray[np.float32] = model.embed(read_image(path, model.preprocessing, depth)[np.newaxis])[0]
    if not np.isfinite(embedding).all():
        raise ImageError(NOT_FINITE)
    return embedding
