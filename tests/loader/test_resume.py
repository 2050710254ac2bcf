"""Loads that are cut short, shared, repeated and pruned: every image once, none lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import loader.load as load_module
from engine.server import server
from loader import migrations
from loader.config import EmbeddedSettings
from loader.database import Database, DatabaseError, connect
from loader.database.embedded import EmbeddedDatabase
from loader.labels import Tree, walk
from loader.load import load
from loader.model import Model
from tests.embedded.servers import eventually
from tests.kills import loaders
from tests.loader.conftest import Make
from tests.loader.test_cli import PROJECT

KILLS = 20
IMAGES = 90


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


@pytest.fixture
def own(tmp_path: Path, embedded_only: None) -> Iterator[EmbeddedSettings]:
    """A database that may be killed."""
    settings = EmbeddedSettings(tmp_path / "own")
    with connect(settings) as database:
        migrations.install(database, say=lambda _: None)
    server.start(settings.directory)
    yield settings
    server.stop(settings.directory)


def start_loader(settings: EmbeddedSettings, root: Path, model: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "loader", str(root), "--model", str(model), "--workers", "2"],
        cwd=PROJECT,
        env=os.environ | {"EMBEDDED_DB_DIR": str(settings.directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_whole(database: Database, images: int) -> None:
    """Every image once, with its label and its embedding."""
    assert rows(database, "select count(*), count(metadata), count(embedding), count(model_id) from image_demo1") == [
        (images, images, images, images)
    ]
    assert rows(database, "select count(*), count(distinct image_id), count(distinct image_path) from image_load") == [
        (images, images, images)
    ]
    assert rows(database, "select count(*) from image_load where state <> 'STORED' or metadata is not null") == [(0,)]


@pytest.mark.timeout(240)
def test_killed_at_random_moments(own: EmbeddedSettings, root: Path, make: Make, tiny_model_path: Path) -> None:
    """The loader and, every fifth time, the server are killed by -9; the last run completes."""
    for i in range(IMAGES):
        make(f"labels/a/b/{i:03}.json", f"images/{i:03}.png")
    moments = random.Random(4)
    for kill in range(KILLS):
        with connect(own) as database:
            # Something is to be done each time: a part of the images is forgotten.
            database.execute(f"delete from image_demo1 where mod(image_id, 3) = {kill % 3}")
            database.commit()
        process = start_loader(own, root, tiny_model_path)
        time.sleep(moments.uniform(0.45, 0.9))
        if kill % 5 == 4:
            pid = int((own.directory / "data" / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.2)
        process.kill()
        process.communicate()
        with connect(own) as database:
            ((half,),) = rows(
                database,
                "select count(*) from image_demo1 where metadata is null or embedding is null or model_id is null",
            )
            assert half == 0
    process = start_loader(own, root, tiny_model_path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    with connect(own) as database:
        assert_whole(database, IMAGES)


@pytest.mark.timeout(120)
def test_loaders_share_the_work(own: EmbeddedSettings, root: Path, make: Make, tiny_model_path: Path) -> None:
    for i in range(200):
        make(f"labels/a/b/{i:03}.json", f"images/{i:03}.png")
    processes = [start_loader(own, root, tiny_model_path) for _ in range(3)]
    results = [process.communicate(timeout=100) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], results
    with connect(own) as database:
        assert_whole(database, 200)
        stored = rows(database, "select count(*) from image_load group by stored_run_id")
        assert sum(count for (count,) in stored) == 200


@pytest.mark.timeout(240)
def test_loaders_that_start_at_once_add_up(embedded_only: None, tmp_path: Path, tiny_model_path: Path) -> None:
    loaders.write_tree(tmp_path / "root", 60, 6)
    for number in range(3):
        loaders.round_of(tmp_path / f"own{number}", tmp_path / "root", tiny_model_path, 2, 60, 6)


def test_what_another_loader_had_claimed_when_it_died(
    installed: Database, root: Path, make: Make, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(10):
        make(f"labels/a/b/{i}.json", f"images/{i}.png")
    original = load_module._run
    other = installed.another()

    def claim_first(*given: Any) -> None:
        monkeypatch.undo()
        ((run_id,),) = rows(other, "select max(run_id) from image_load_run")
        assert len(other.some_rows(4, "img_store.claim", p_run_id=run_id)) == 4
        original(*given)
        assert rows(installed, "select count(*) from image_demo1") == [(6,)]
        installed.rollback()
        other.close()

    monkeypatch.setattr(load_module, "_run", claim_first)
    assert load(installed, root, tiny_model).stored == 10
    assert_whole(installed, 10)


def test_what_another_loader_meets_after_the_walk_began_is_not_gone(
    installed: Database, root: Path, make: Make, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("labels/a/b/x.json")

    def walk_slowly(path: Path) -> Tree:
        tree = walk(path)
        monkeypatch.undo()  # the other loader's own
        make("labels/a/b/y.json")
        with installed.another() as session:
            load(session, root, tiny_model)
        return tree

    monkeypatch.setattr("loader.load.walk", walk_slowly)
    summary = load(installed, root, tiny_model, prune=True)
    assert (summary.pruned, summary.gone) == (0, [])
    assert_whole(installed, 2)


def test_a_connection_that_breaks_in_the_middle(
    installed: Database, root: Path, make: Make, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(100):
        make(f"labels/a/b/{i:03}.json", f"images/{i:03}.png")
    original = type(installed).call_many
    calls = []

    def breaking(self: Any, routine: str, batch: Any) -> None:
        calls.append(routine)
        if routine == "img_store.put_embedding" and len(calls) > 2:
            self.close()
        original(self, routine, batch)

    monkeypatch.setattr(type(installed), "call_many", breaking)
    with pytest.raises(DatabaseError):
        load(installed, root, tiny_model)
    monkeypatch.undo()
    installed.rollback()
    load(installed, root, tiny_model)
    assert_whole(installed, 100)


def test_ctrl_c_stops_cleanly(own: EmbeddedSettings, root: Path, make: Make, tiny_model_path: Path) -> None:
    for i in range(1200):
        make(f"labels/a/b/{i:03}.json", f"images/{i:03}.png")
    process = start_loader(own, root, tiny_model_path)
    with connect(own) as database:

        def begun() -> bool:
            database.rollback()
            return rows(database, "select count(*) from image_demo1") != [(0,)]

        eventually(begun)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        database.rollback()
        ((stored,),) = rows(database, "select count(*) from image_demo1")
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert f"stopped: {stored} of 1200 images that waited are done" in err
    assert "the next run goes on from there" in err
    assert 0 < stored < 1200


def test_a_changed_image_is_embedded_again(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/x.json", "images/x.png")
    make("labels/a/b/y.json", "images/y.png")
    load(installed, root, tiny_model)
    before = dict(rows(installed, "select image_id, from_vector(embedding) from image_demo1"))
    make("labels/a/b/x.json", "images/x.png", seed=99)
    summary = load(installed, root, tiny_model)
    assert (summary.pending, summary.stored) == (1, 1)
    after = dict(rows(installed, "select image_id, from_vector(embedding) from image_demo1"))
    assert before.keys() == after.keys()
    assert sum(before[i] != after[i] for i in before) == 1


def test_pruning_and_dry_runs(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    gone = make("labels/a/b/x.json")
    make("labels/a/b/y.json")
    plan = load(installed, root, tiny_model, dry_run=True)
    assert (plan.pending, plan.new, plan.stored) == (2, 2, 0)
    assert rows(installed, "select count(*) from image_load") == [(0,)]
    load(installed, root, tiny_model)
    gone.unlink()
    assert load(installed, root, tiny_model).gone == ["labels/a/b/x.json"]
    assert rows(installed, "select count(*) from image_demo1") == [(2,)]
    plan = load(installed, root, tiny_model, prune=True, dry_run=True)
    assert (plan.gone, plan.pruned) == (["labels/a/b/x.json"], 1)
    assert rows(installed, "select count(*) from image_demo1") == [(2,)]
    assert load(installed, root, tiny_model, prune=True).pruned == 1
    assert rows(installed, "select count(*) from image_demo1") == [(1,)]
    assert load(installed, root, tiny_model, prune=True).pruned == 0


def test_a_clock_that_went_back_is_named_and_nothing_is_passed_over(
    embedded_only: None, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    make("labels/a/b/x.json")
    gone = make("labels/a/b/y.json")
    late = make("labels/a/b/z.json", "images/late.png")
    (root / "images/late.png").rename(root / "late.away")
    assert isinstance(installed, EmbeddedDatabase)
    assert load(installed, root, tiny_model).failed == 1
    for table, column in (("image_load", "met_at"), ("image_load_run", "started_at")):
        installed.session.connection.execute(f"update {table} set {column} = {column} + interval '2 hours'")
    installed.commit()
    (root / "late.away").rename(root / "images/late.png")
    gone.unlink()
    summary = load(installed, root, tiny_model, prune=True)
    assert (summary.stored, summary.failed, summary.gone, summary.pruned) == (1, 0, ["labels/a/b/y.json"], 1)
    assert any(note.startswith("the database's clock went back") for note in summary.notes)
    assert late.exists()
    assert not any("clock" in note for note in load(installed, root, tiny_model).notes)
