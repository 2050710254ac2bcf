"""Sources and runs are listed and removed, and what stays says where its images were."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from loader import cli
from loader.classification import classify
from loader.database import Database, DatabaseError, Json
from loader.evaluation import evaluate
from loader.layouts import folders
from loader.load import load
from loader.model import Model, register_model
from loader.rows import rows_of
from tests.loader.conftest import Make

TABLES = (
    "image_demo1", "image_load", "image_load_run", "image_source", "image_removed", "image_run",
    "image_run_item", "image_run_neighbour", "image_run_setting",
)  # fmt: skip


@pytest.fixture
def two(installed: Database, make: Make, root: Path, tmp_path: Path, tiny_model: Model) -> Database:
    """Six images as the source `first`, and the same files again, with one that is none, as `second`."""
    for number in range(6):
        make(
            f"tank/{'good' if number % 2 else 'bad'}/{number}.json",
            f"tank/{'good' if number % 2 else 'bad'}/{number}.png",
        )
    load(installed, root, tiny_model, layout=folders, source="first")
    (root / "tank" / "good" / "broken.png").write_text("no image")
    load(installed, root, tiny_model, layout=folders, source="second", new_source=True)
    return installed


def rows(db: Database, query: str) -> list[tuple[object, ...]]:
    return list(db.execute(query).rows)


def counts(db: Database) -> dict[str, object]:
    return {table: rows(db, f"select count(*) from {table}")[0][0] for table in TABLES}


def test_a_source_is_forgotten_and_the_others_stay(two: Database) -> None:
    assert list(two.rows("img_source.holdings", p_source="second")) == [(7, 6, 6, 1, 1, 0, 0)]
    two.call("img_source.forget", p_source="second")
    held = {name: (labels, images, failed) for name, labels, images, _, failed, *_ in two.rows("img_report.sources")}
    assert held == {"first": (6, 6, 0)}
    assert rows(two, "select count(*), count(embedding) from image_demo1") == [(6, 6)]
    assert rows(two, "select count(*) from vw_image_failure") == [(0,)]


def test_a_run_keeps_the_paths_of_what_is_forgotten(two: Database, root: Path, tiny_model: Model) -> None:
    run_id = evaluate(two, k=1)
    paths = (
        "select p.source_name, p.label_path, p.image_path, p.is_removed from vw_image_path p"
        f" join image_run_item i on i.image_id = p.image_id where i.run_id = {run_id} order by 1, 2"
    )
    before = rows(two, paths)
    two.call("img_source.forget", p_source="second")
    assert rows(two, paths) == [(*row[:3], int(row[0] == "second")) for row in before]
    sources = f"select source_name, images, is_removed from vw_evaluation_source where run_id = {run_id} order by 1"
    assert rows(two, sources) == [("first", 6, 0), ("second", 6, 1)]
    assert rows_of(two, "img_report.runs")[0]["removed"] == 6
    # Its images have new numbers when it comes again, so that the run goes on meaning the old ones.
    load(two, root, tiny_model, layout=folders, source="second", new_source=True)
    assert rows(two, paths) == [(*row[:3], int(row[0] == "second")) for row in before]


def test_paths_go_with_the_last_run_that_names_them(two: Database) -> None:
    first, second = evaluate(two, k=1), evaluate(two, k=3)
    two.call("img_source.forget", p_source="second")
    two.call("img_run.forget", p_run_id=first)
    assert counts(two)["image_removed"] == 6
    two.call("img_run.forget", p_run_id=second)
    assert counts(two)["image_removed"] == 0
    assert counts(two)["image_run_item"] == counts(two)["image_run_neighbour"] == 0


def test_no_path_is_kept_where_no_run_names_the_image(two: Database) -> None:
    two.call("img_source.forget", p_source="first")
    assert counts(two)["image_removed"] == 0


def test_what_is_pruned_is_kept_by_runs_as_well(two: Database, root: Path, tiny_model: Model) -> None:
    evaluate(two, k=1)
    (root / "tank" / "good" / "1.png").unlink()
    load(two, root, tiny_model, layout=folders, source="first", prune=True)
    assert rows(two, "select source_name, image_path, is_removed from vw_image_path where is_removed = 1") == [
        ("first", "tank/good/1.png", 1)
    ]


def test_runs_are_removed_by_age(two: Database) -> None:
    old, new = evaluate(two, k=1), evaluate(two, k=1)
    long_ago = """json_value('{"at": "2020-01-01T00:00:00Z"}', '$.at' returning timestamp with time zone)"""
    two.execute(f"update image_run set started_at = {long_ago} where run_id = {old}")
    assert list(two.rows("img_run.older", p_days=1)) == [(old,)]
    two.call("img_run.forget_older", p_days=1)
    assert rows(two, "select run_id from image_run") == [(new,)]
    two.call("img_run.forget_older", p_days=0)
    assert counts(two)["image_run"] == 0


@pytest.mark.parametrize(
    ("routine", "given", "code"),
    [
        ("img_source.forget", {"p_source": "third"}, 20160),
        ("img_source.forget", {"p_source": "%1"}, 20160),
        ("img_source.forget", {"p_source": None}, 20106),
        ("img_source.forget", {"p_source": "x" * 1001}, 20148),
        ("img_run.forget", {"p_run_id": 0}, 20102),
        ("img_run.forget", {"p_run_id": None}, 20102),
        ("img_run.forget_older", {"p_days": -1}, 20124),
        ("img_run.forget_older", {"p_days": 1.5}, 20124),
        ("img_run.forget_older", {"p_days": None}, 20124),
    ],
)
def test_what_is_not_there_is_named(routine: str, given: dict[str, object], code: int, two: Database) -> None:
    before = counts(two)
    with pytest.raises(DatabaseError) as error:
        two.call(routine, **given)
    assert error.value.code == code
    assert counts(two) == before


def test_a_load_whose_source_is_forgotten_ends(two: Database, tiny_model: Model) -> None:
    model_id = register_model(two, tiny_model)
    run_id = two.value("img_store.start_load", p_source="first", p_model_id=model_id)
    two.call("img_source.forget", p_source="first")
    with pytest.raises(DatabaseError) as error:
        two.call("img_store.put_labels", p_run_id=run_id, p_labels=Json("[]"))
    assert error.value.code == 20102


def test_the_last_evaluation_is_no_sweep(two: Database) -> None:
    two.value("img_classify.sweep", p_ks="1,3")
    assert two.value("img_report.latest_run") is None
    evaluated = evaluate(two, k=1)
    two.value("img_classify.sweep", p_ks="1,3", p_metrics="COSINE,DOT")
    assert two.value("img_report.latest_run") == evaluated


def test_classify_leaves_nothing_behind(two: Database, root: Path, tiny_model: Model) -> None:
    two.commit()
    before = counts(two)
    pictures = sorted((root / "tank" / "good").glob("[0-9].png"))
    assert all(decision.answer for decision in classify(two, tiny_model, pictures, k=1))
    assert counts(two) == before


def test_a_picture_that_is_stored_is_said_to_be(two: Database, make: Make, root: Path, tiny_model: Model) -> None:
    make("other/new.json", "other/new.png", seed=99)
    stored, new = classify(two, tiny_model, [root / "tank" / "good" / "1.png", root / "other" / "new.png"], k=1)
    assert stored.answer is not None
    assert new.answer is not None
    found = [(s["source_name"], s["image_path"], s["part"], s["quality"]) for s in stored.answer["stored"]]
    assert sorted(found) == [(source, "tank/good/1.png", "tank", "good") for source in ("first", "second")]
    assert new.answer["stored"] == []
    nearest = stored.answer["neighbours"][0]
    assert nearest["image_path"] == "tank/good/1.png"
    assert nearest["source_name"] in ("first", "second")


# as it is typed


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    done = capsys.readouterr()
    return status, done.out, done.err


@pytest.fixture
def committed(two: Database) -> Database:
    two.commit()
    return two


def test_sources_and_runs_are_listed(committed: Database, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "sources", "--json")
    assert status == 0
    listed = [json.loads(line) for line in out.splitlines()]
    assert [(row["source"], row["labels"], row["failed"]) for row in listed] == [("first", 6, 0), ("second", 7, 1)]
    assert "no run is stored" in run(capsys, "runs")[1]
    run_id = evaluate(committed, k=1, source="first")
    (line,) = run(capsys, "runs", "--json")[1].splitlines()
    assert {"run": run_id, "source": "first", "tested": 6, "removed": 0}.items() <= json.loads(line).items()
    assert str(run_id) in run(capsys, "runs")[1]


class _Terminal(io.StringIO):
    """What a user types."""

    def isatty(self) -> bool:
        return True


def test_forget_asks(committed: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    status, _, err = run(capsys, "forget", "second")
    assert status == 2
    assert "error: nobody can be asked here: say --yes" in err
    for answer in ("n\n", "\n", ""):
        monkeypatch.setattr("sys.stdin", _Terminal(answer))
        status, out, err = run(capsys, "forget", "second")
        assert status == 0
        assert "second holds 7 labels (1 could not be loaded), 6 images and 6 embeddings, of 1 loads" in out
        assert "[y/N]" in err
        assert "nothing was removed" in out
    assert counts(committed)["image_source"] == 2
    monkeypatch.setattr("sys.stdin", _Terminal("y\n"))
    assert "second is forgotten: 7 labels, 6 images" in run(capsys, "forget", "second")[1]
    assert counts(committed)["image_source"] == 1
    assert run(capsys, "forget", "first", "--yes")[0] == 0
    status, _, err = run(capsys, "forget", "first", "--yes")
    assert status == 2
    assert "error: SOURCE: there is no source first" in err


def test_forget_runs_by_number_or_age(committed: Database, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = (evaluate(committed, k=1) for _ in range(3))
    assert run(capsys, "forget-runs", first, "--yes")[0] == 0
    assert [run_id for run_id, *_ in committed.rows("img_report.runs")] == [third, second]
    status, _, err = run(capsys, "forget-runs", second, first, "--yes")
    assert status == 2
    assert f"error: RUN: there is no run {first}: the last evaluation is {third}" in err
    assert len(list(committed.rows("img_report.runs"))) == 2
    assert "there is no such run" in run(capsys, "forget-runs", "--older-than", 1, "--yes")[1]
    assert "2 runs were removed" in run(capsys, "forget-runs", "--older-than", 0, "--yes")[1]
    for arguments in ([], [third, "--older-than", 1]):
        status, _, err = run(capsys, "forget-runs", *arguments)
        assert status == 2
        assert "name runs by their numbers, or all of an age" in err
