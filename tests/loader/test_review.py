"""suspects, confusions and duplicates name files, in views, commands, JSON and the report."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from loader import cli
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from loader.report import write
from tests.db.helpers import insert_image
from tests.loader.conftest import Make
from tests.loader.test_forgetting import run

VIEWS = ("vw_evaluation_mistake", "vw_label_suspect", "vw_outlier", "vw_confused_pair", "vw_near_duplicate")


@pytest.fixture
def loaded(installed: Database, make: Make, root: Path, tiny_model: Model) -> Database:
    """Ten pictures of two parts; number 9 is a copy of number 8 under the other label."""
    for number in range(10):
        part, quality = "tank" if number < 6 or number > 7 else "door", "good" if number % 2 else "bad"
        make(f"{part}/{quality}/{number}.json", f"{part}/{quality}/{number}.png", seed=8 if number == 9 else number)
    load(installed, root, tiny_model, layout=folders, source="line")
    return installed


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_names_files(view: str, loaded: Database) -> None:
    evaluate(loaded, k=3)
    other = ", v.other_image_id, v.other_image_path" if view in ("vw_confused_pair", "vw_near_duplicate") else ""
    found = rows(loaded, f"select v.image_id, v.image_path, v.source_name, v.label_path{other} from {view} v")
    files = dict(rows(loaded, "select image_id, image_path from image_load"))
    assert found
    for image_id, image_path, source_name, label_path, *rest in found:
        assert (image_path, source_name) == (files[image_id], "line")
        assert label_path
        assert not rest or rest[1] == files[rest[0]]


def test_a_mistake_stands_beside_the_nearest_of_the_other_class(loaded: Database) -> None:
    run_id = evaluate(loaded, k=1)
    pairs = rows(
        loaded,
        "select c.image_id, c.other_image_id, c.predicted, i.label_quality from vw_confused_pair c"
        f" join image_demo1 i on i.image_id = c.other_image_id where c.run_id = {run_id}",
    )
    mistakes = rows(loaded, f"select image_id from vw_evaluation_mistake where run_id = {run_id}")
    assert sorted(pair[0] for pair in pairs) == sorted(image_id for (image_id,) in mistakes)
    assert all(predicted == label for *_, predicted, label in pairs)
    (copies,) = [row for row in loaded.rows("img_review.confusions", p_run_id=run_id) if row[:2] == ("good", "bad")]
    worst = json.loads(copies[4])[0]
    assert (worst["image_path"], worst["other_image_path"]) == ("tank/good/9.png", "tank/bad/8.png")
    assert worst["distance"] == pytest.approx(0, abs=1e-6)


def duplicates(db: Database, **given: object) -> list[tuple[Any, ...]]:
    return [(row[5], row[11], row[13]) for row in db.rows("img_review.near_duplicates", **given)]


def test_near_duplicates_are_found_without_a_run(loaded: Database) -> None:
    assert duplicates(loaded) == [("tank/bad/8.png", "tank/good/9.png", 1)]
    assert duplicates(loaded, p_target="part") == [("tank/bad/8.png", "tank/good/9.png", 0)]
    assert duplicates(loaded, p_part="door") == []
    assert duplicates(loaded, p_source="line") == duplicates(loaded)
    # Eight images of tank and two of door make 28 + 1 pairs, and 45 across parts.
    assert len(duplicates(loaded, p_near_distance=2)) == 29
    assert len(duplicates(loaded, p_near_distance=2, p_within_part=0)) == 45
    (first, *_) = list(loaded.rows("img_review.near_duplicates", p_near_distance=2, p_limit=3))
    assert first[14] == 29


def test_images_without_part_or_direction(loaded: Database) -> None:
    dimension = rows(loaded, "select max(vector_dimension_count(embedding)) from image_demo1")[0][0]
    vector = [1.0] * int(str(dimension))
    for embedding in (vector, vector, [0.0] * len(vector)):
        insert_image(loaded, None, "good", embedding)
    loaded.execute("update image_demo1 set model_id = (select max(model_id) from image_model)")
    found = [row for row in loaded.rows("img_review.near_duplicates") if row[1] is None]
    assert [(row[3], row[5], row[13]) for row in found] == [(None, None, 0)]


def test_pairs_are_found_by_the_index(loaded: Database) -> None:
    loaded.call("img_index.create_index")
    given = {
        "p_target": "QUALITY",
        "p_part": None,
        "p_source_id": None,
        "p_within_part": 1,
        "p_near": 2,
        "p_limit": 100,
    }
    exact = json.loads(loaded.value("img_search.near_pairs", **given, p_most=None, p_by_index=0))
    mixed = json.loads(loaded.value("img_search.near_pairs", **given, p_most=5, p_by_index=1))

    def keys(pairs: list[dict[str, object]]) -> list[tuple[Any, ...]]:
        return [(p["image_id"], p["other_image_id"], round(float(str(p["distance"])), 4)) for p in pairs]

    assert keys(mixed) == keys(exact)
    loaded.call("img_index.drop_index")


def test_many_images_need_an_index_or_a_word(
    installed: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(150):
        insert_image(installed, "tank", "good", [1, number])
    # 150 x 150 = 22,500 more.
    installed.execute(
        "insert into image_demo1 (metadata, embedding) select a.metadata, a.embedding from image_demo1 a, image_demo1 b"
    )
    installed.execute("update image_demo1 set embedding = to_vector('[1, ' || image_id || ']')")
    installed.commit()
    with pytest.raises(DatabaseError) as error:
        list(installed.rows("img_review.near_duplicates"))
    assert error.value.code == 20161
    assert "22650 images make 256499925 pairs" in error.value.message
    installed.rollback()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, _, err = run(capsys, "duplicates", "--near-distance", 0)
    assert status == 2
    assert "error: --all-pairs: 22650 images make" in err


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"p_near_distance": -1}, 20120),
        ({"p_near_distance": 2.5}, 20120),
        ({"p_target": "size"}, 20110),
        ({"p_part": "roof"}, 20107),
        ({"p_source": "other"}, 20149),
        ({"p_within_part": 2}, 20124),
        ({"p_limit": 0}, 20124),
        ({"p_all_pairs": None}, 20124),
    ],
)
def test_near_duplicates_refuse(given: dict[str, object], code: int, loaded: Database) -> None:
    with pytest.raises(DatabaseError) as error:
        list(loaded.rows("img_review.near_duplicates", **given))
    assert error.value.code == code


@pytest.mark.parametrize("routine", ["suspects", "confusions", "duplicates_of_run", "outliers_of_run"])
def test_a_run_that_is_none_is_refused(routine: str, loaded: Database) -> None:
    for given, code in (({"p_run_id": 0}, 20102), ({"p_run_id": evaluate(loaded, k=1), "p_limit": 0}, 20124)):
        with pytest.raises(DatabaseError) as error:
            list(loaded.rows(f"img_review.{routine}", **given))
        assert error.value.code == code


def test_the_commands_show_files(loaded: Database, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("suspects", "confusions"):
        status, _, err = run(capsys, command)
        assert status == 2
        assert "there is no evaluation yet" in err
    run_id = evaluate(loaded, k=3)
    for command in ("suspects", "confusions", "duplicates"):
        status, out, _ = run(capsys, command)
        assert status == 0
        assert "line/tank/good/9.png" in out, command
        status, out, _ = run(capsys, command, "--json", "--limit", 1)
        (line,) = out.splitlines()
        assert ".png" in line
        assert isinstance(json.loads(line), dict)
    assert "Run" in run(capsys, "suspects", run_id)[1]
    assert "RUN: there is no run 9999" in run(capsys, "suspects", 9999)[2]
    assert "no two pictures are as near" in run(capsys, "duplicates", "--part", "door")[1]


def test_the_report_shows_files(loaded: Database, tmp_path: Path) -> None:
    run_id = evaluate(loaded, k=3)
    write(loaded, run_id, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for shown in ("Labels to check", "Pictures that are nearly the same", "Pictures far from all others"):
        assert shown in page
    assert page.count("tank/good/9.png") >= 3
    assert cli.main(["report", str(run_id), "--out", str(tmp_path / "again.html")]) == 0
