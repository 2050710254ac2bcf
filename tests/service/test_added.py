"""Pictures that a person labels: written, loaded and known at once; a refit of the transform that decides."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from loader.database import Database
from loader.evaluation import fit
from loader.load import load
from loader.model import Model
from tests.service.conftest import Start, png
from tests.service.test_classify import form
from tests.service.test_watch import settled


@pytest.fixture
def added(tmp_path: Path) -> Path:
    return tmp_path / "added"


@pytest.fixture
def adding(stored: Database, start: Start, added: Path) -> Iterator[TestClient]:
    with start(decision={"k": 1}, added=added) as client:
        yield client


def add(client: TestClient, content: bytes, name: str = "new.png", **label: str) -> Any:
    return client.post("/add", data={"part": "tank", "quality": "good", **label}, files={"file": (name, content)})


def decided(client: TestClient, content: bytes, part: str | None = "tank") -> dict[str, Any]:
    answer = client.post("/classify", params={"part": part} if part else {}, files=form(("x.png", content)))
    (decision,) = answer.json()["decisions"]
    return dict(decision)


def files(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_a_new_class_is_known_to_the_next_request(
    adding: TestClient, stored: Database, added: Path, tiny_model: Model
) -> None:
    picture = png(side=9, colour=77)
    assert decided(adding, picture)["class"] in ("good", "bad")
    answer = add(adding, picture, quality=" 긁힘 ", name="사진 1.png")
    assert answer.status_code == 200
    image = answer.json()["image"]
    assert (image["part"], image["quality"], image["source_name"]) == ("tank", "긁힘", str(added))
    decision = decided(adding, picture)
    assert (decision["class"], decision["confidence"]) == ("긁힘", 1)
    assert [found["image_id"] for found in decision["stored"]] == [image["image_id"]]
    label = json.loads((added / image["label_path"]).read_text(encoding="utf-8"))
    assert label["images"][0]["original_name"] == "사진 1.png"
    assert (added / image["image_path"]).read_bytes() == picture


def test_the_directory_is_a_source_as_any_other(
    adding: TestClient, stored: Database, added: Path, tiny_model: Model
) -> None:
    add(adding, png(colour=3))
    add(adding, png(colour=200), quality="bad", category1="defective", category2="dent")
    again = load(stored, added, tiny_model)
    assert (again.labels, again.unchanged, again.new, again.failed) == (2, 2, 0, 0)
    rows = stored.execute(
        "select quality, category1, category2 from vw_image_label where part = 'tank' and quality = 'bad'"
        " and category1 = 'defective'"
    ).rows
    assert list(rows) == [("bad", "defective", "dent")]


def test_a_picture_that_is_added_again_gets_the_new_label(adding: TestClient, added: Path) -> None:
    first = add(adding, png(colour=40)).json()["image"]
    second = add(adding, png(colour=40), quality="bad").json()["image"]
    assert (first["image_id"], first["quality"]) == (second["image_id"], "good")
    assert second["quality"] == "bad"
    assert len(files(added)) == 2


@pytest.mark.parametrize(
    ("label", "content", "says"),
    [
        ({"part": ""}, png(), "a part and a quality"),
        ({"quality": " "}, png(), "a part and a quality"),
        ({"quality": "x" * 101}, png(), "at most 100"),
        ({"quality": "a\u202eb"}, png(), "hidden"),
        ({"category1": "a"}, png(), "both categories"),
        ({}, b"no picture", "no image of a known kind"),
        ({}, b"", "empty"),
    ],
)
def test_what_can_not_be_added_is_said_and_nothing_written(
    adding: TestClient, added: Path, label: dict[str, str], content: bytes, says: str
) -> None:
    answer = add(adding, content, **label)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert not added.exists()


def test_no_picture_is_said(adding: TestClient) -> None:
    answer = adding.post("/add", data={"part": "tank", "quality": "good"})
    assert (answer.status_code, "no picture" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("name", ["../../etc/x.png", "x.exe", "x", "a\0b.png", ".png", "가\u202e.png"])
def test_a_hostile_name_names_no_file(adding: TestClient, added: Path, name: str) -> None:
    assert add(adding, png(colour=9), name=name).status_code == 200
    (image, label) = files(added)
    assert (image.rpartition(".")[2], label.rpartition(".")[2]) == ("png", "json")
    assert {path.parent for path in added.parent.rglob("*") if path.is_file() and "added" in path.parts} == {
        added / "images",
        added / "labels",
    }


def test_a_directory_that_can_not_be_written_is_said(adding: TestClient, added: Path) -> None:
    added.write_bytes(b"a file")
    answer = add(adding, png())
    assert (answer.status_code, str(added) in answer.json()["detail"]) == (422, True)


def test_nothing_is_added_where_the_service_was_not_told_where(client: TestClient) -> None:
    assert add(client, png()).status_code == 404
    assert "Add it with a label" not in client.get("/classify").text


def test_the_page_offers_the_known_labels(adding: TestClient) -> None:
    text = adding.get("/classify").text
    for known in ("tank", "door", "good", "bad"):
        assert f'<option value="{known}">' in text


def test_a_watched_picture_is_added_unless_it_is_another_since(
    stored: Database, start: Start, added: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "line"
    directory.mkdir()
    (directory / "a.png").write_bytes(png(colour=1))
    with start(decision={"k": 1}, added=added, watch=directory) as client:
        settled(lambda: bool(client.get("/watched").json()["answers"]))
        label = {"part": "tank", "quality": "odd", "watched": "1"}
        answer = client.post("/add", data=label)
        assert answer.json()["image"]["quality"] == "odd"
        (directory / "a.png").write_bytes(png(colour=250))
        assert "another one" in client.post("/add", data=label).json()["detail"]
        shutil.rmtree(directory)
        assert client.post("/add", data=label).status_code == 422
        assert client.post("/add", data=label | {"watched": "7"}).status_code == 404


@pytest.mark.parametrize("kind", ["lda", "kernel", "prototype"])
def test_a_refit_knows_what_was_added(stored: Database, start: Start, added: Path, kind: str) -> None:
    fit(stored, "shop", kind, "quality", within_part=True)
    picture = png(colour=77)
    with start(decision={"k": 1, "transform": "shop"}, added=added) as client:
        assert client.get("/fit").json()["stored_since_fit"] == 0
        assert add(client, picture, quality="odd").json()["fit"]["stored_since_fit"] == 1
        assert "1 images were stored since it was fitted" in client.get("/classify").text
        before = decided(client, picture)
        assert (before["class"], before["fit"]["decided_by"]) == ("odd", "NEIGHBOURS")
        assert client.post("/fit", follow_redirects=False).status_code == 303
        settled(lambda: client.get("/fit").json()["phase"] == "DONE")
        assert client.get("/fit").json()["stored_since_fit"] == 0
        after = decided(client, picture)
        assert after["fit"]["decided_by"] == kind.upper()
        assert "odd" in [near["class"] for near in after["neighbours"]] + [after["class"]]


def test_a_refit_keeps_the_settings(stored: Database, start: Start) -> None:
    fit(stored, "shop", "kernel", "category2", within_part=False, source="line", outputs=3, width=0.5, ridge=0.1)
    described = "select kind, target, within_part, source_name, shrinkage, outputs, kernel_width, ridge"
    query = f"{described} from image_transform where name = 'shop'"
    before = list(stored.execute(query).rows)
    number = stored.execute("select transform_id from image_transform where name = 'shop'").rows
    ((old,),) = number
    stored.rollback()
    with start(decision={"target": "category2", "transform": "shop", "source": "line"}) as client:
        client.post("/fit")
        settled(lambda: client.get("/fit").json()["phase"] != "RUNNING")
        assert client.get("/fit").json()["phase"] == "DONE", client.get("/fit").json()
    assert list(stored.execute(query).rows) == before
    ((new,),) = stored.execute("select transform_id from image_transform where name = 'shop'").rows
    assert new != old


def test_a_refit_that_fails_is_said(stored: Database, start: Start) -> None:
    fit(stored, "shop", "lda", "quality", within_part=True)
    with start(decision={"transform": "shop"}) as client:
        stored.execute("delete from image_transform")
        stored.commit()
        client.post("/fit")
        settled(lambda: client.get("/fit").json()["phase"] == "FAILED")
        told = client.get("/fit").json()
        assert "no transform shop" in told["problem"]
        assert "no transform shop" in client.get("/classify").text


def test_without_a_transform_there_is_nothing_to_fit(client: TestClient) -> None:
    assert client.get("/fit").json() is None
    assert client.post("/fit").status_code == 404
