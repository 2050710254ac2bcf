"""Labels corrected in the pages: what they write, what they say, and what they refuse."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from loader.database import Database
from loader.load import load
from loader.model import Model
from tests.loader.conftest import Make
from tests.service.conftest import Start


def ids(db: Database, condition: str = "1 = 1") -> list[int]:
    rows = db.execute(f"select image_id from vw_image_label where {condition} order by image_id").rows
    return [int(image_id) for (image_id,) in rows]


def lines(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / "corrections.jsonl").read_text(encoding="utf-8").splitlines()]


def test_one_picture_after_the_other(client: TestClient, stored: Database, root: Path) -> None:
    first, second = ids(stored, "quality = 'good' and part = 'tank'")[:2]
    given = {"image": [first, second], "at": 0, "to": "/pictures?part=tank", "quality": "bad", "by": "김"}
    answer = client.post("/corrections", data=given)
    assert f"Correct image {second}" in answer.text
    assert f"Image {first} is corrected." in answer.text
    assert ids(stored, f"image_id = {first} and quality = 'bad'") == [first]
    (line,) = lines(root)
    assert (line["by"], line["quality"], line["was"]) == ("김", "bad", {"quality": "good"})
    # Who corrects is remembered; and the picture's own page tells who and when.
    assert 'name="by" value="김"' in client.get(f"/correct?image={second}&at=0").text
    html = client.get(f"/pictures/{first}").text
    assert re.search(r"good → <b>bad</b> \s*<span class=\"soft\">김, \d{4}-", html)
    undone = client.post("/corrections/undo", data={"image": [first], "at": 0, "undo": first, "ids": line["id"]})
    assert undone.status_code == 200
    assert ids(stored, f"image_id = {first} and quality = 'good'") == [first]
    assert "taken back by 김" in client.get(f"/pictures/{first}").text


def test_many_at_once_and_taken_back(client: TestClient, stored: Database, root: Path) -> None:
    chosen = ids(stored, "part = 'door'")
    good = ids(stored, "part = 'door' and quality = 'good'")
    assert client.get("/correct", params={"image": chosen}).status_code == 200
    answer = client.post("/corrections", data={"image": chosen, "another": "scratched", "part": "lid", "by": "kim"})
    assert f"Corrected: {len(chosen)}; said so already: 0; not corrected: 0." in answer.text
    assert ids(stored, "part = 'lid' and quality = 'scratched'") == chosen
    found = [line["id"] for line in lines(root)]
    client.post("/corrections/undo", data={"image": chosen, "undo": chosen, "ids": found, "by": "kim"})
    assert ids(stored, "part = 'door'") == chosen
    assert ids(stored, "part = 'door' and quality = 'good'") == good
    answer = client.post("/corrections", data={"image": chosen, "part": "door", "by": "kim"})
    assert f"said so already: {len(chosen)}" in answer.text
    assert len(lines(root)) == 2 * len(chosen)


def test_a_choice_shows_at_once_among_the_conditions(client: TestClient, stored: Database) -> None:
    assert "scratched" not in client.get("/pictures").text
    client.post("/corrections", data={"image": ids(stored)[:1], "at": 0, "another": "scratched", "by": "kim"})
    assert '<option value="scratched">' in client.get("/pictures").text


@pytest.mark.parametrize(
    ("data", "status", "text"),
    [
        ({"image": [], "quality": "bad", "by": "kim"}, 422, "choose pictures first"),
        ({"quality": "", "by": "kim"}, 422, "say a new quality, or a new part"),
        ({"quality": "bad", "by": " "}, 422, "say who corrects"),
        ({"another": "q" * 101, "by": "kim"}, 422, "100 are the limit"),
        ({"quality": "bad", "by": "kim", "to": "//evil.example"}, 422, "no page of this service"),
        ({"quality": "bad", "by": "kim", "image": [10**9], "at": ""}, 422, "no load put it in"),
    ],
)
def test_what_can_not_be_corrected(
    client: TestClient, stored: Database, root: Path, data: dict[str, Any], status: int, text: str
) -> None:
    answer = client.post("/corrections", data={"image": ids(stored)[:1]} | data)
    assert (answer.status_code, text in answer.text) == (status, True)
    assert not (root / "corrections.jsonl").exists()


@pytest.mark.parametrize("address", ["/corrections", "/corrections/undo"])
def test_another_site_can_not_correct(client: TestClient, stored: Database, root: Path, address: str) -> None:
    data = {"image": ids(stored)[:1], "quality": "bad", "by": "kim"}
    assert client.post(address, data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not (root / "corrections.jsonl").exists()


def test_a_source_whose_files_are_away_says_so(client: TestClient, stored: Database, root: Path) -> None:
    (first, *_) = ids(stored)
    shutil.move(root, root.with_name("elsewhere"))
    html = client.get(f"/correct?image={first}&at=0").text
    assert "Its files are not there on this machine." in html
    assert 'action="/corrections"' not in html
    answer = client.post("/corrections", data={"image": first, "at": 0, "quality": "ugly", "by": "kim"})
    assert answer.status_code == 422
    assert "is not there on this machine" in answer.text
    stored.execute("update image_source set root = null")
    stored.commit()
    assert "No load said where the files" in client.get(f"/correct?image={first}&at=0").text
    assert not ids(stored, "quality = 'ugly'")


def test_an_image_that_no_load_put_in(client: TestClient, stored: Database) -> None:
    stored.execute("insert into image_demo1 (metadata) values (json('{}'))")
    stored.commit()
    assert "No load put this image in" in client.get(f"/correct?image={ids(stored)[-1]}&at=0").text


def test_with_a_token_nobody_is_taken_for_who_runs_the_service(stored: Database, start: Start) -> None:
    with start(token="right") as client:
        client.post("/login", data={"token": "right"})
        html = client.get(f"/correct?image={ids(stored)[0]}&at=0").text
    assert 'name="by" value=""' in html


def test_the_label_file_itself_is_offered_where_there_is_one(
    client: TestClient, stored: Database, tmp_path: Path, tiny_model: Model, make: Make
) -> None:
    (of_folders, *_) = ids(stored)
    assert 'name="in_label"' not in client.get(f"/correct?image={of_folders}&at=0").text
    path = make("labels/x.json", "x.png", seed=77, part="unique")
    load(stored, tmp_path / "root", tiny_model, source="labelled")
    (image_id,) = ids(stored, "part = 'unique'")
    assert 'name="in_label"' in client.get(f"/correct?image={image_id}&at=0").text
    given = {"image": image_id, "at": 0, "quality": "bad", "by": "kim", "in_label": "true"}
    assert client.post("/corrections", data=given).status_code == 200
    assert json.loads(path.read_text(encoding="utf-8"))["annotations"][0]["attributes"]["quality"] == "bad"


def test_a_run_says_that_labels_changed_since(client: TestClient, stored: Database, run_id: int) -> None:
    assert "changed since" not in client.get("/runs").text + client.get(f"/runs/{run_id}").text
    client.post("/corrections", data={"image": ids(stored)[:2], "another": "ugly", "by": "kim"})
    for address in ("/runs", f"/runs/{run_id}"):
        assert "2 labels changed since" in client.get(address).text
