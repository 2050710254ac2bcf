"""New images: read, embedded, and compared with the files that are stored."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from loader.model import NOT_FINITE, Model
from loader.progress import Progress
from loader.spent import Spent

_STORED = ("image_id", "part", "quality", "source_name", "label_path", "image_path")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the database says of an image, img_classify.classify's or img_novelty.judged's JSON; or why it is not read.

    Beside it the answer has `stored`: the stored images that are this very file, each with image_id, part, quality,
    source_name, label_path and image_path.
    """

    name: str
    answer: dict[str, Any] | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NewImage:
    """An image file: its vector and SHA-256, or the problem that it has."""

    name: str
    embedding: NDArray[np.float32] | None = None
    hash: str = ""
    problem: str = ""


def read_images(model: Model, paths: Sequence[Path], depth: Depth | None, spent: Spent) -> Iterator[NewImage]:
    """Read and embed the files, in their order, with a thread for each core that goes ahead of what is asked for.

    `depth` is as they were loaded with, where they do not declare it.
    """
    threads = min(os.cpu_count() or 1, len(paths)) or 1
    with Progress("classifying", len(paths), "images") as progress, ThreadPoolExecutor(threads) as pool:
        for image in pool.map(lambda path: _read(model, path, depth, spent), paths):
            yield image
            progress.advance()


def _read(model: Model, path: Path, depth: Depth | None, spent: Spent) -> NewImage:
    name = printable(str(path))
    try:
        with spent.on("decoding"):
            pixels = read_image(path, model.preprocessing, depth)
        with spent.on("network"):
            embedding: NDArray[np.float32] = model.embed(pixels[np.newaxis])[0]
        if not np.isfinite(embedding).all():
            return NewImage(name, problem=NOT_FINITE)
        return NewImage(name, embedding, sha256(path))
    except ImageError as error:
        return NewImage(name, problem=str(error))
    except OSError as error:
        return NewImage(name, problem=error.strerror or str(error))


def decided(database: Database, images: Sequence[NewImage], answers: Iterable[dict[str, Any]]) -> list[Decision]:
    """The decision of each image; `answers` are those of the images that could be read, in order."""
    stored = _stored_files(database, {image.hash for image in images if image.embedding is not None})
    given = iter(answers)
    return [
        Decision(image.name, None, image.problem)
        if image.embedding is None
        else Decision(image.name, next(given) | {"stored": stored.get(image.hash, [])})
        for image in images
    ]


def _stored_files(database: Database, hashes: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The stored images that are files of these hashes, by hash."""
    found: dict[str, list[dict[str, Any]]] = {}
    wanted = Json(json.dumps(sorted(hashes)))
    for image_hash, *row in database.rows("img_report.stored_files", p_hashes=wanted):
        found.setdefault(image_hash, []).append(dict(zip(_STORED, row, strict=True)))
    return found
