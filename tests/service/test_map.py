"""The map: its page, its points, and how it is made by a button."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from loader import embedding_map
from loader.database import Database, DatabaseError
from loader.model import Model
from tests.db.helpers import insert_image
from tests.service.conftest import Start
from tests.service.test_pages import images

_PATIENCE_S = 120.0


@pytest.fixture
def mapped(stored: Database, run_id: int) -> Database:
    embedding_map.make(stored)
    return stored


def told(client: TestClient) -> str:
    return re.sub(r"\s+", " ", client.get("/map").text)


def test_a_button_makes_the_map(client: TestClient) -> None:
    assert "There is no map yet" in told(client)
    assert "data-map" not in told(client)
    assert client.post("/map", follow_redirects=False).status_code == 303
    client.app.state.service.map_maker.wait(_PATIENCE_S)  # type: ignore[attr-defined]
    page = told(client)
    assert "12 pictures, made at" in page
    assert "% of the variance" in page
    assert len(client.get("/map/points").json()["image"]) == 12


def test_a_map_that_could_not_be_made_is_told(stored: Database, start: Start, tiny_model: Model) -> None:
    def broken() -> Database:
        raise DatabaseError("the database is away", code=12541)

    with start(connect=broken) as client:
        maker = client.app.state.service.map_maker
        maker.begin()
        maker.wait(_PATIENCE_S)
        assert (maker.is_running, maker.problem) == (False, "the database is away")


def test_pictures_that_came_since_are_told(client: TestClient, mapped: Database) -> None:
    assert "came since" not in told(client)
    insert_image(mapped, "tank", "good", [1.0] * 8)
    mapped.commit()
    assert "1 pictures came since" in told(client)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "part=tank",
        "quality=good&part=door",
        "outcome=WRONG",
        "finding=OUTLIER",
        "least=0.5&most=0.9",
        "part=none",
        "finding=FAILED",
    ],
)
def test_the_points_are_those_of_the_grid(client: TestClient, mapped: Database, query: str) -> None:
    data = client.get(f"/map/points?{query}").json()
    assert data["image"] == images(client.get(f"/pictures?{query}").text)
    assert len(data["x"]) == len(data["y"]) == len(data["sign"]) == len(data["image"])
    assert sum(sign["images"] for sign in data["signs"]) == len(data["image"])


@pytest.mark.parametrize("colour", ["part", "quality", "category1", "category2", "predicted", "outcome"])
def test_a_point_has_the_sign_of_its_label(
    client: TestClient, mapped: Database, run_id: int, colour: str, query: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    labels = {
        "predicted": "e.predicted",
        "outcome": "case when e.predicted is null then 'UNTESTED' when e.predicted = e.actual then 'RIGHT'"
        " else 'WRONG' end",
    }
    rows = query(
        f"select i.image_id, {labels.get(colour, f'i.{colour}')} from vw_image_label i"
        f" left join vw_evaluation_item e on e.item_id = i.image_id and e.run_id = {run_id} order by 1"
    )
    data = client.get(f"/map/points?colour={colour}").json()
    names = [data["signs"][sign]["name"] for sign in data["sign"]]
    assert [(int(n), name) for n, name in rows] == list(zip(data["image"], names, strict=True))


def test_rare_classes_share_a_sign(client: TestClient, mapped: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.embedding_map._SIGNS", 1)
    data = client.get("/map/points?colour=part").json()
    assert data["signs"] == [{"name": "door", "images": 6}, {"name": None, "images": 6}]


def test_a_colour_is_one_of_the_labels(client: TestClient) -> None:
    assert client.get("/map/points?colour=x").status_code == 422
    assert client.get("/map/points?run=999").status_code == 422
