"""The map: stored images in two dimensions."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from loader import embedding_map
from loader.database import Database, DatabaseError, Json
from loader.linear import Components, Moments
from loader.load import load
from loader.model import Model
from loader.rows import Row, rows_of
from tests.db.helpers import insert_image
from tests.loader.conftest import Make
from tests.loader.test_cli import Loader, loader

__all__ = ["loader"]


def put(db: Database, vectors: Sequence[Sequence[float]]) -> list[int]:
    numbers = [insert_image(db, "tank", "good", vector) for vector in vectors]
    db.commit()
    return numbers


def state(db: Database) -> Row:
    (row,) = rows_of(db, "img_map.state")
    return row


def points(db: Database) -> dict[int, tuple[float, float]]:
    rows = db.execute("select image_id, x, y from vw_image_map_point order by image_id").rows
    return {int(number): (float(x), float(y)) for number, x, y in rows}


def by_svd(vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same by a singular value decomposition of the centred unit vectors: places, and shares of the variance."""
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centred = units - units.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * sizes[:2], (sizes**2 / (sizes**2).sum())[:2]


def test_the_axes_are_those_of_the_largest_variance(installed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_map, "_VECTORS", 7)
    monkeypatch.setattr(embedding_map, "_POINTS", 9)
    vectors = np.random.default_rng(3).normal(size=(40, 5)) * [5, 3, 1, 1, 1]
    numbers = put(installed, vectors.tolist())
    embedding_map.make(installed)
    places, shares = by_svd(vectors)
    found = points(installed)
    assert list(found) == numbers
    for axis in (0, 1):
        got = np.array([place[axis] for place in found.values()])
        assert min(np.abs(got - places[:, axis]).max(), np.abs(got + places[:, axis]).max()) < 1e-5
    told = state(installed)
    assert (told["points"], told["images_since"]) == (40, 0)
    assert [told["share_x"], told["share_y"]] == pytest.approx(shares.tolist(), abs=1e-5)


def test_the_same_vectors_have_the_same_axes() -> None:
    vectors = np.random.default_rng(4).normal(size=(30, 6))
    first, _ = Components.of(Moments.of(vectors)).axes(2)
    second, _ = Components.of(Moments.of(vectors[:9]) + Moments.of(vectors[9:])).axes(2)
    assert np.abs(first - second).max() < 1e-9
    assert (first[np.abs(first).argmax(axis=0), [0, 1]] > 0).all()


@pytest.mark.parametrize("vectors", [[[1.0, 2.0]], [[1.0, 2.0], [2.0, 4.0]], [[3.0]]], ids=str)
def test_images_that_do_not_differ_lie_on_one_point(installed: Database, vectors: list[list[float]]) -> None:
    put(installed, vectors)
    embedding_map.make(installed)
    assert np.abs(list(points(installed).values())).max() < 1e-6
    assert (state(installed)["share_x"], state(installed)["share_y"]) == (None, None)


def test_an_embedding_of_zeros_has_no_place(installed: Database) -> None:
    numbers = put(installed, [[0, 0], [1, 0], [0, 1]])
    embedding_map.make(installed)
    assert list(points(installed)) == numbers[1:]
    assert state(installed)["images_since"] == 0


def test_without_images_there_is_no_map(installed: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        embedding_map.make(installed)
    assert caught.value.code == 20108
    put(installed, [[0, 0]])
    with pytest.raises(DatabaseError, match="has a direction"):
        embedding_map.make(installed)
    assert rows_of(installed, "img_map.state") == []


def test_a_map_takes_the_place_of_the_former_one(installed: Database) -> None:
    put(installed, [[1, 0], [0, 1]])
    embedding_map.make(installed)
    (third,) = put(installed, [[1, 1]])
    assert state(installed)["images_since"] == 1
    assert third not in points(installed)
    embedding_map.make(installed)
    assert third in points(installed)
    assert state(installed)["images_since"] == 0


def test_the_order_of_chance_is_an_even_sample(installed: Database) -> None:
    numbers = put(installed, np.random.default_rng(5).normal(size=(50, 3)).tolist())
    embedding_map.make(installed)
    places = [int(n) for (n,) in installed.execute("select place from vw_image_map_point order by image_id").rows]
    assert sorted(places) == list(range(1, 51))
    assert places != sorted(places)
    sampled = rows_of(installed, "img_service.pictures", sample=20)
    assert [row["image_id"] for row in sampled] == [n for n, place in zip(numbers, places, strict=True) if place <= 20]


def test_an_image_leaves_the_map_with_its_embedding(
    installed: Database, make: Make, root: object, tiny_model: Model
) -> None:
    for name in "abc":
        make(f"{name}.json")
    load(installed, root, tiny_model)  # type: ignore[arg-type]
    embedding_map.make(installed)
    before = points(installed)
    make("b.json", seed=99)
    load(installed, root, tiny_model)  # type: ignore[arg-type]
    after = points(installed)
    assert len(before) == 3
    assert len(after) == 2
    assert after.items() <= before.items()
    assert state(installed)["images_since"] == 1


def test_a_point_of_an_image_that_is_gone_is_passed_over(installed: Database) -> None:
    (number,) = put(installed, [[1, 0]])
    installed.call("img_map.begin_map", p_share_x=0.5, p_share_y=None)
    rows = [{"image_id": n, "place": n, "x": 0.25, "y": -1} for n in (number, number + 1)]
    installed.call("img_map.put_points", p_points=Json(json.dumps(rows)))
    assert points(installed) == {number: (0.25, -1.0)}


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_from_0_to_1(installed: Database, share: float) -> None:
    with pytest.raises(DatabaseError, match="p_share_y"):
        installed.call("img_map.begin_map", p_share_x=0.5, p_share_y=share)


def test_the_command_says_what_the_axes_explain(loader: Loader, installed: Database) -> None:
    done = loader("map")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    put(installed, [[1, 0], [0, 1], [1, 1]])
    done = loader("map")
    assert done.returncode == 0, done.stderr
    assert "3 pictures are on the map; its axes explain" in done.stdout
