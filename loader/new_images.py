"""New images: read, embedded, and compared with the files that are stored."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from loader.content import sha256
from loader.database import Database, Json
from loader.depth import Depth
from loader.images import ImageError, read_image, read_picture
from loader.labels import printable
from loader.model import NOT_FINITE, Model
from loader.progress import Progress
from loader.results import Decision
from loader.rows import Row, rows_of
from loader.spent import Spent

# A file's path, its bytes, or a picture in memory.
Picture: TypeAlias = "str | os.PathLike[str] | bytes | Image.Image | NDArray[Any]"


@dataclass(frozen=True, slots=True)
class NewImage:
    """A picture: its vector, and SHA-256 where it is a file or its bytes; or the problem that it has."""

    name: str
    embedding: NDArray[np.float32] | None = None
    hash: str = ""
    problem: str = ""


def read_images(
    model: Model, pictures: Sequence[Picture], bits: int | None, first: int = 1, spent: Spent | None = None
) -> Iterator[NewImage]:
    """Read and embed the pictures, in their order, a thread for each core, ahead of what is asked for.

    So many `bits` of them count, see loader.parameters.Asking. One that is no file is called by its place, counted from
    `first`.
    """
    spent = spent or Spent()
    depth = Depth(bits, bits)
    threads = max(1, min(os.cpu_count() or 1, len(pictures)))
    with Progress("embedding", len(pictures), "images") as progress, ThreadPoolExecutor(threads) as pool:
        places = range(first, first + len(pictures))
        for image in pool.map(lambda picture, place: read_new(model, picture, depth, place, spent), pictures, places):
            progress.advance()
            yield image


def read_new(model: Model, picture: Picture, depth: Depth, place: int, spent: Spent) -> NewImage:
    """Read and embed one picture; one that is no file is called by its place."""
    name = printable(os.fspath(picture)) if isinstance(picture, str | os.PathLike) else f"picture {place}"
    try:
        with spent.on("decoding"):
            pixels, digest = _pixels(model, picture, depth)
        with spent.on("network"):
            embedding: NDArray[np.float32] = model.embed(pixels[np.newaxis])[0]
        if not np.isfinite(embedding).all():
            return NewImage(name, problem=NOT_FINITE)
        return NewImage(name, embedding, digest)
    except ImageError as error:
        return NewImage(name, problem=str(error))
    except OSError as error:
        return NewImage(name, problem=error.strerror or str(error))


def _pixels(model: Model, picture: Picture, depth: Depth) -> tuple[NDArray[np.uint8], str]:
    """What the network takes, and the SHA-256 of the file. Raises ImageError and OSError."""
    if isinstance(picture, str | os.PathLike | bytes):
        source = picture if isinstance(picture, bytes) else Path(picture)
        return read_image(source, model.preprocessing, depth), sha256(source)
    if isinstance(picture, Image.Image | np.ndarray):
        return read_picture(picture, model.preprocessing, depth), ""
    raise TypeError(
        "a picture is a path, bytes, an array or an image of Pillow's, not "
        f"{type(picture).__module__}.{type(picture).__qualname__}"
    )


def decided(database: Database, images: Sequence[NewImage], answers: Iterable[dict[str, Any]]) -> list[Decision]:
    """The decision of each image; `answers` are those of the images that could be read, in order."""
    stored = _stored_files(database, {image.hash for image in images if image.hash})
    given = iter(answers)
    return [
        Decision(image.name, None, image.problem)
        if image.embedding is None
        else Decision(image.name, next(given) | {"stored": stored.get(image.hash, [])})
        for image in images
    ]


def _stored_files(database: Database, hashes: Iterable[str]) -> dict[str, list[Row]]:
    """The stored images that are files of these hashes, by hash."""
    found: dict[str, list[Row]] = {}
    for row in rows_of(database, "img_report.stored_files", hashes=Json(json.dumps(sorted(hashes)))):
        found.setdefault(row.pop("image_hash"), []).append(row)
    return found
