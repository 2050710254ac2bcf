"""The pages: what they show, and what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from loader.database import Database
from loader.labels import printable
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from loader.rows import rows_of
from loader.stored_file import stored_file
from service.korean import KOREAN
from service.korean_errors import NUMBERS, STATUSES
from tests.loader.conftest import Make
from tests.service.conftest import Start, png
from tests.troubleshooting import Entry, errors

TEMPLATES = Path(__file__).parents[2] / "service" / "templates"


def images(html: str) -> list[int]:
    """The pictures of a grid, in order."""
    return [int(number) for number in re.findall(r'src="/picture/(\d+)/small.jpg"', html)]


def ids(db: Database, condition: str) -> list[int]:
    return [
        int(n) for (n,) in db.execute(f"select image_id from vw_image_label where {condition} order by image_id").rows
    ]


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("", "1 = 1"),
        ("part=tank", "part = 'tank'"),
        ("part=tank&quality=bad", "part = 'tank' and quality = 'bad'"),
        ("source=line&category1=none", "1 = 0"),
        ("source=elsewhere", "1 = 0"),
        ("part=%27%20or%201%3D1%20--", "1 = 0"),
    ],
)
def test_the_grid_shows_what_the_conditions_choose(
    client: TestClient, stored: Database, query: str, condition: str
) -> None:
    assert images(client.get(f"/pictures?{query}").text) == ids(stored, condition)


@pytest.mark.parametrize("outcome", ["RIGHT", "WRONG", "UNTESTED"])
def test_the_grid_shows_what_a_run_says(client: TestClient, stored: Database, run_id: int, outcome: str) -> None:
    condition = {"RIGHT": "predicted = actual", "WRONG": "predicted <> actual", "UNTESTED": "predicted is null"}[
        outcome
    ]
    rows = stored.execute(
        f"select item_id from vw_evaluation_item where run_id = {run_id} and {condition} order by 1"
    ).rows
    html = client.get(f"/pictures?run={run_id}&outcome={outcome}").text
    assert images(html) == [int(n) for (n,) in rows]


def test_confidence_is_a_condition(client: TestClient, stored: Database, run_id: int) -> None:
    rows = stored.execute(
        f"select item_id from vw_evaluation_item where run_id = {run_id} and confidence between 0.5 and 0.7 order by 1"
    ).rows
    assert images(client.get("/pictures?least=0.5&most=0.7").text) == [int(n) for (n,) in rows]
    assert client.get("/pictures?least=2").status_code == 422


def test_pages_follow_one_another(client: TestClient, stored: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.pictures._PAGE", 5)
    seen: list[int] = []
    address: str | None = "/pictures?quality=good"
    while address:
        html = client.get(address).text
        seen += images(html)
        found = re.search(r'rel="next" href="([^"]+)"', html)
        address = found.group(1).replace("&amp;", "&") if found else None
    assert seen == ids(stored, "quality = 'good'")


def test_a_picture_is_shown_with_label_file_and_neighbours(
    client: TestClient, stored: Database, run_id: int, root: Path
) -> None:
    image_id = ids(stored, "1 = 1")[0]
    html = client.get(f"/pictures/{image_id}").text
    assert str(root) in html
    assert f"/runs/{run_id}" in html
    rows = stored.rows("img_service.neighbours", p_image_id=image_id)
    near = [int(row[1]) for row in rows]
    assert images(html) == near
    assert image_id not in near


@pytest.mark.parametrize(
    "address", ["/pictures/999999", "/picture/999999/small.jpg", "/runs/999", "/runs/compare?a=998&b=999", "/nothing"]
)
def test_what_is_not_there_is_said(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/pictures/-1", "/pictures/x", "/pictures?after=x", "/pictures?outcome=MAYBE", "/runs/0", "/picture/1/huge.jpg"],
)
def test_what_makes_no_sense_is_refused(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 422


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_picture_is_a_jpeg(client: TestClient, stored: Database, size: str) -> None:
    answer = client.get(f"/picture/{ids(stored, '1 = 1')[0]}/{size}.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content[:3] == b"\xff\xd8\xff"


def test_a_picture_that_moved_is_missing_and_said(client: TestClient, stored: Database, root: Path) -> None:
    image_id = ids(stored, "1 = 1")[0]
    ((path,),) = stored.execute(f"select image_path from image_load where image_id = {image_id}").rows
    (root / path).unlink()
    assert client.get(f"/picture/{image_id}/small.jpg").status_code == 404
    assert client.get(f"/pictures/{image_id}").status_code == 200


def test_hostile_labels_are_text(
    client: TestClient, installed: Database, make: Make, root: Path, tiny_model: Model
) -> None:
    label = {
        "images": [{"file_name": "x.png"}],
        "annotations": [
            {
                "attributes": {
                    "part": "<script>alert(1)</script>",
                    "quality": "\"'><img src=x>\u202e",
                    "categories": ["a"],
                }
            }
        ],
    }
    make("x.json", "x.png", label=label)
    load(installed, root, tiny_model, source="hostile")
    (image_id,) = ids(installed, "part like '<script%'")
    for address in ("/pictures", f"/pictures/{image_id}", "/system"):
        html = client.get(address).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "\u202e" not in html


def test_findings_of_a_run_are_kept_and_shown(client: TestClient, stored: Database, run_id: int) -> None:
    assert client.post("/findings", data={"run": run_id}, follow_redirects=False).status_code == 303
    for finding, view in (
        ("SUSPECT", "vw_label_suspect where disputed = 1 and"),
        ("OUTLIER", "vw_outlier where ratio >= 3 and"),
    ):
        expected = {int(n) for (n,) in stored.execute(f"select image_id from {view} run_id = {run_id}").rows}
        assert set(images(client.get(f"/pictures?finding={finding}").text)) == expected
    pairs = list(stored.execute(f"select image_id, other_image_id from vw_near_duplicate where run_id = {run_id}").rows)
    assert pairs
    assert images(client.get("/pictures?finding=DUPLICATE").text) == sorted({int(n) for pair in pairs for n in pair})


def test_findings_go_with_their_images_and_runs(client: TestClient, stored: Database, run_id: int) -> None:
    client.post("/findings", data={"run": run_id})
    stored.call("img_run.forget", p_run_id=run_id)
    stored.commit()
    assert not images(client.get("/pictures?finding=DUPLICATE").text)


def test_the_cells_of_the_matrix_lead_to_their_pictures(client: TestClient, stored: Database, run_id: int) -> None:
    html = client.get(f"/runs/{run_id}").text
    cells = re.findall(r"<a href='(/pictures\?run=[^']+)'>(\d+)</a>", html)
    assert cells
    for address, count in cells:
        assert len(images(client.get(address.replace("&amp;", "&")).text)) == int(count)


def test_two_runs_are_compared(client: TestClient, stored: Database, run_id: int) -> None:
    from loader.evaluation import evaluate

    other = evaluate(stored, k=1)
    html = client.get(f"/runs/compare?a={run_id}&b={other}").text
    (result,) = rows_of(stored, "img_compare.result", run_a=run_id, run_b=other)
    assert f"{int(result['only_b'])} are right now that were wrong" in html
    assert f"<strong>{result['conclusion']}.</strong>" in html
    told = client.get(f"/runs/compare?a={run_id}&b={other}", headers={"Accept-Language": "ko"}).text
    assert f"<strong>{KOREAN[result['conclusion']]}.</strong>" in told
    changed = stored.rows("img_service.changed_decisions", p_run_a=run_id, p_run_b=other)
    assert images(html) == [int(row[0]) for row in changed]


def test_the_system_page_tells_sources_and_failures(
    client: TestClient, stored: Database, make: Make, root: Path, tiny_model: Model
) -> None:
    make("broken.json", "broken.png", label="{")
    load(stored, root, tiny_model, layout=folders, source="line")
    load(stored, root, tiny_model, source="other", new_source=True)
    html = client.get("/system").text
    assert "broken.json" in html
    assert "tiny" in html


def test_a_load_that_runs_shows_its_progress(client: TestClient, stored: Database) -> None:
    assert "<progress" not in client.get("/system").text
    stored.execute("update image_load_run set finished_at = null")
    stored.execute("update image_load set state = 'PENDING' where image_path like 'door/%'")
    stored.commit()
    html = client.get("/system").text
    assert "line is being loaded: 12 pictures are in, 6 wait." in html
    assert '<progress value="12" max="18">' in html
    for table, column in (("image_load_run", "started_at"), ("image_load", "changed_at")):
        stored.execute(f"update {table} set {column} = systimestamp - interval '1' day")
    stored.commit()
    html = client.get("/system").text
    assert "<progress" not in html
    assert "cut short; the next load goes on" in html


def test_what_could_not_be_loaded_is_looked_through(
    client: TestClient, stored: Database, make: Make, root: Path, tiny_model: Model
) -> None:
    assert "Every label could be loaded." in client.get("/pictures?finding=FAILED").text
    make("tank/bad/broken.json", "tank/bad/broken.png", label="{")
    (root / "tank/bad/broken.png").write_bytes(b"no picture")
    load(stored, root, tiny_model, layout=folders, source="line")
    client.app.state.service.choices.forget()  # type: ignore[attr-defined]
    html = client.get("/pictures?finding=FAILED&source=line").text
    assert "tank/bad/broken.png" in html
    assert "could not be loaded (1)" in html
    assert "tank/bad/broken.png" not in client.get("/pictures?finding=FAILED&source=elsewhere").text
    html = client.get("/pictures?finding=FAILED&part=tank").text
    assert "known by its source alone" in html
    assert images(html) == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("part=none", "No picture meets these conditions."),
        ("outcome=WRONG", "Nothing is predicted yet"),
        ("finding=OUTLIER", "there is none yet"),
    ],
)
def test_an_empty_grid_says_why(client: TestClient, query: str, reason: str) -> None:
    html = client.get(f"/pictures?{query}").text
    assert reason in html
    assert images(html) == []


def test_without_pictures_the_grid_says_how_to_load_some(installed: Database, start: Start) -> None:
    with start() as client:
        assert "python -m loader ./Sample" in client.get("/pictures").text


def test_an_empty_grid_leads_to_the_run_that_findings_come_from(client: TestClient, run_id: int) -> None:
    html = client.get("/pictures?finding=OUTLIER&part=tank").text
    assert "None is kept" in html
    assert f'href="/runs/{run_id}"' in html
    assert 'href="/pictures?part=tank&amp;run=' not in html
    assert 'href="/pictures?part=tank"' in html
    assert 'href="/pictures?finding=OUTLIER"' in html


def test_conditions_work_together(client: TestClient, stored: Database, run_id: int) -> None:
    client.post("/findings", data={"run": run_id})
    given = {
        "source": "line", "part": "tank", "quality": "good", "outcome": "RIGHT", "least": "0.6", "most": "1",
        "predicted": "good", "actual": "good", "run": str(run_id),
    }  # fmt: skip
    rows = stored.execute(
        "select l.image_id from vw_image_label l join vw_evaluation_item e on e.item_id = l.image_id"
        f" where e.run_id = {run_id} and l.part = 'tank' and e.actual = 'good' and e.predicted = 'good'"
        " and e.confidence between 0.6 and 1 order by 1"
    ).rows
    assert images(client.get("/pictures", params=given).text) == [int(n) for (n,) in rows]
    doubtful = {int(n) for (n,) in stored.execute("select image_id from image_finding where kind = 'DUPLICATE'").rows}
    doors = set(ids(stored, "part = 'door'"))
    assert set(images(client.get("/pictures?finding=DUPLICATE&part=door").text)) == doubtful & doors


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.5", "ko"),
        ("en-US,ko;q=0.2", "en"),
        ("fr, ko;q=0.1", "ko"),
        ("fr", "en"),
        ("ko;q=x,,;", "en"),
    ],
)
def test_the_browser_chooses_the_language(client: TestClient, accepted: str, language: str) -> None:
    assert f'<html lang="{language}">' in client.get("/classify", headers={"Accept-Language": accepted}).text


def test_the_reader_chooses_the_language_and_comes_back(client: TestClient) -> None:
    answer = client.get("/language", params={"code": "ko", "to": "/runs?x=1"}, follow_redirects=False)
    assert answer.headers["location"] == "/runs?x=1"
    assert '<html lang="ko">' in client.get("/runs").text
    for elsewhere in ("https://example.org/", "//example.org", "/\\example.org"):
        assert client.get("/language", params={"code": "ko", "to": elsewhere}).status_code == 422


def test_every_text_is_told_in_korean_and_none_beside() -> None:
    # What follows from two runs is a sentence of the database's.
    told = {("", f"{side} is right more often: the difference is larger than chance explains") for side in "AB"}
    alike = "A and B can not be told apart on these images: take the "
    told |= {("", alike + choice) for choice in ("faster, A", "faster, B", "one that costs less")}
    for path in TEMPLATES.glob("*.html"):
        told |= set(re.findall(r"""_\((["'])(.+?)\1[,)]""", path.read_text(encoding="utf-8")))
    assert {text for _, text in told} == set(KOREAN)


@pytest.mark.parametrize("english", KOREAN)
def test_a_translation_has_the_same_places(english: str) -> None:
    assert sorted(re.findall(r"{(\w+)}", english)) == sorted(re.findall(r"{(\w+)}", KOREAN[english]))


@pytest.mark.parametrize("error", errors(), ids=lambda error: error.name)
def test_every_error_of_the_database_is_explained_in_korean(error: Entry) -> None:
    assert re.search("[가-힣]", NUMBERS[error.number])
    assert len(NUMBERS) == len(errors())


def test_an_error_is_explained_in_korean_beside_its_own_message(client: TestClient) -> None:
    korean = {"Accept-Language": "ko"}
    assert NUMBERS[20102] in client.get("/runs/999", headers=korean | {"Accept": "text/html"}).text
    assert STATUSES[404] in client.get("/nowhere", headers=korean | {"Accept": "text/html"}).text
    said = client.post("/classify?part=nowhere", content=png(), headers=korean | {"Content-Type": "image/png"}).json()
    assert said["explanation"] == NUMBERS[20107]
    assert "nowhere" in said["detail"]
    english = client.post("/classify?part=nowhere", content=png(), headers={"Content-Type": "image/png"}).json()
    assert english == {"detail": said["detail"]}


def test_a_file_is_found_as_the_disk_spells_it(tmp_path: Path) -> None:
    name = "부품.png"
    apart = "부품.png"
    (tmp_path / "가").mkdir()
    (tmp_path / "가" / apart).write_bytes(b"x")
    odd = tmp_path / "a\udcff.png"
    odd.write_bytes(b"x")
    assert stored_file(str(tmp_path), f"가/{name}") == tmp_path / "가" / apart
    assert stored_file(str(tmp_path), printable(odd.name)) == odd
    assert stored_file(str(tmp_path), "없음.png") is None


@pytest.mark.parametrize(
    "path", ["../secret.png", "/etc/passwd", "a/../../secret.png", "link.png", "linked/secret.png", ""]
)
def test_no_path_leads_out_of_a_source(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "linked").symlink_to(tmp_path)
    assert stored_file(str(root), path) is None
