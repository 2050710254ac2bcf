"""The map: stored images in two dimensions, by the two directions in which their unit vectors vary most."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from loader.batches import batched
from loader.database import Database, DatabaseError, Json
from loader.linear import Components, Matrix, Moments, unit

# Vectors that are held at a time, and points that are put in at once.
_VECTORS, _POINTS = 4_000, 5_000
_SEED = 1


def make(database: Database) -> None:
    """Make the map anew and commit it. It reads the embeddings twice, so that they need not fit into memory.

    Raises DatabaseError where there are none, or they can not be compared.
    """
    moments: Moments | None = None
    for _, vectors in _batches(database):
        moments = Moments.of(vectors) if moments is None else moments + Moments.of(vectors)
    if moments is None:
        raise DatabaseError("no stored embedding has a direction: there is nothing to place")
    components = Components.of(moments)
    axes, shares = components.axes(2)
    numbers, places = [], []
    for found, vectors in _batches(database):
        numbers += found
        places.append((vectors - components.mean) @ axes)
    share_x, share_y = (*shares, None, None)[:2]
    database.call("img_map.begin_map", p_share_x=share_x, p_share_y=share_y)
    for points in batched(_points(numbers, np.concatenate(places)), _POINTS):
        database.call("img_map.put_points", p_points=Json(json.dumps(points)))
    database.commit()


def _batches(database: Database) -> Iterator[tuple[list[int], Matrix]]:
    """The stored images some at a time: their numbers and their unit vectors."""
    for rows in batched(database.rows("img_map.vectors"), _VECTORS):
        numbers, vectors = zip(*rows, strict=True)
        try:
            yield [int(number) for number in numbers], unit(np.asarray(vectors, np.float32))
        except (TypeError, ValueError) as error:
            raise DatabaseError("the embeddings differ in their dimension, or are sparse") from error


def _points(numbers: list[int], places: NDArray[np.float64]) -> Iterator[dict[str, float]]:
    """The rows of img_map.put_points, in the order of the numbers; a vector of one dimension has no y."""
    chance = np.random.default_rng(_SEED).permutation(len(numbers)) + 1
    for number, order, place in zip(numbers, chance.tolist(), places.tolist(), strict=True):
        x, y = (*place, 0.0)[:2]
        yield {"image_id": number, "place": order, "x": round(x, 6), "y": round(y, 6)}
