"""A disk that is full, or becomes so during a command: it is said, nothing is lost, and with room all goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.server import server
from loader.config import EmbeddedSettings
from loader.database import connect
from tests.disks import fill, small_disk
from tests.embedded.servers import command, end_all, eventually, refused, remarkable, run
from tests.kills.state import Contents, contents
from tests.loader.tiny_model import write_tiny_model

pytestmark = pytest.mark.usefixtures("embedded_only")

IMAGES = 160
# More than is left of the disk, in one table.
_LARGE = "create table large as select rpad('x', 1900, 'x') as t from kept a cross join kept b cross join kept c"
_LOOP = "begin for i in 1 .. 3000000 loop insert into kept values (i); end loop; end;"
MEGABYTE = 2**20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 300) as path:
        yield path
        end_all()
        server.stop(path / "own")


@pytest.fixture
def own(disk: Path) -> Path:
    return disk / "own"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Labels of two parts and two qualities, with images that tell them apart."""
    root = tmp_path / "root"
    (root / "labels/a/b").mkdir(parents=True)
    (root / "images").mkdir()
    for number in range(IMAGES):
        attributes = {"part": f"part{number % 2}", "quality": f"quality{number % 4 // 2}"}
        label = {"images": [{"file_name": f"{number}.png"}], "annotations": [{"attributes": attributes}]}
        (root / f"labels/a/b/{number}.json").write_text(json.dumps(label))
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), np.uint8)
        Image.fromarray(pixels).save(root / f"images/{number}.png")
    return root


@pytest.fixture
def load(root: Path, tmp_path: Path) -> tuple[object, ...]:
    """The words of a load with vectors of some size."""
    return (root, "--model", write_tiny_model(tmp_path / "wide.onnx", dimension=1900), "--workers", 2)


def held(own: Path) -> Contents:
    with connect(EmbeddedSettings(own)) as database:
        return contents(database)


def test_a_disk_without_room_for_a_server(disk: Path, own: Path) -> None:
    ballast = fill(disk, 20 * MEGABYTE)
    assert "is nearly full, 20 MB are left and 32 needed: make room" in refused(own)
    ballast.unlink()
    ballast = fill(disk, 60 * MEGABYTE)
    assert "60 MB are left and 128 needed" in refused(own)
    assert not (own / "data").exists()
    ballast.unlink()
    assert run(own, "sql", "create table kept (n number)").returncode == 0
    assert run(own, "sql", "begin insert into kept values (7); commit; end;").returncode == 0
    for left in (0, 3 * MEGABYTE):
        ballast = fill(disk, left)
        assert "is nearly full" in refused(own)
        assert "is nearly full" in refused(own, "start")
        assert run(own, "stop").returncode == 0
        ballast.unlink()
        assert run(own, "sql", "select n from kept").stdout.split()[2] == "7"


@pytest.mark.parametrize(("text", "left"), [(_LARGE, 0), (_LARGE, 24 * MEGABYTE), (_LOOP, 3 * MEGABYTE)])
def test_a_statement_that_fills_the_disk(disk: Path, own: Path, text: str, left: int) -> None:
    assert run(own, "sql", "create table kept (n number)").returncode == 0
    assert (
        run(own, "sql", "begin for i in 1 .. 50 loop insert into kept values (i); end loop; commit; end;").returncode
        == 0
    )
    assert run(own, "start").returncode == 0
    ballast = fill(disk, left)
    assert "is full: make room" in failed(own, "sql", text)
    ballast.unlink()
    assert run(own, "sql", "select count(*) as n from kept").stdout.split()[2] == "50"
    assert run(own, "sql", "select count(*) as n from user_tables").stdout.split()[2] == "1"


def failed(own: Path, *arguments: object) -> str:
    """The one line of a command that fails, and does not know in advance that it will.

    The client commits at its end, and may say the same of that once more.
    """
    done = run(own, *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = remarkable(done.stderr)
    assert len({re.sub(r"^ERROR (line \d+: )?", "", line) for line in lines}) == 1, done.stderr
    return lines[0]


def test_an_installation_on_a_full_disk(disk: Path, own: Path) -> None:
    assert run(own, "start").returncode == 0
    for left in (0, MEGABYTE):
        ballast = fill(disk, left)
        assert "full" in failed(own, "install")
        ballast.unlink()
    done = run(own, "install")
    assert done.returncode == 0, done.stderr
    assert "nothing is pending" in run(own, "status").stdout


def test_commands_on_a_full_disk(disk: Path, own: Path, load: tuple[object, ...]) -> None:
    assert run(own, "install").returncode == 0
    assert run(own, *load).returncode == 0
    assert run(own, "start").returncode == 0
    before = held(own)
    evaluate = ("evaluate", "--method", "kfold", "--transform", "lda")
    commands = (
        evaluate,
        ("sweep",),
        ("sql", "exec img_index.create_index"),
        ("sql", "exec img_index.create_index('IVF')"),
    )
    for words in commands:
        ballast = fill(disk, 0)
        assert "full" in failed(own, *words)
        ballast.unlink()
        assert held(own) == before, words
    for words in (*commands[:3], ("sql", "exec img_index.drop_index"), commands[3]):
        done = run(own, *words)
        assert done.returncode == 0, done.stderr


def test_a_load_on_a_full_disk(disk: Path, own: Path, load: tuple[object, ...]) -> None:
    """It stops before the disk is full, and what was stored can be looked at."""
    assert run(own, "install").returncode == 0
    assert run(own, "start").returncode == 0
    # All but what some of the embeddings need.
    ballast = fill(disk, server.RESERVE + MEGABYTE)
    assert "is nearly full" in failed(own, *load)
    shown = run(own, "sql", "select count(*) as n, count(embedding) as e from image_demo1").stdout
    images, embedded = map(int, shown.split()[4:6])
    assert 0 < images == embedded < IMAGES
    ballast.unlink()
    done = run(own, *load)
    assert done.returncode == 0, done.stderr
    assert held(own)["image_demo1"].total() == IMAGES


def test_a_disk_that_others_fill_during_a_load(disk: Path, own: Path, load: tuple[object, ...]) -> None:
    assert run(own, "install").returncode == 0
    assert run(own, "start").returncode == 0
    loader = command(own, *load)
    with connect(EmbeddedSettings(own)) as database:

        def begun() -> bool:
            database.rollback()
            return list(database.execute("select count(*) from image_demo1").rows) != [(0,)]

        eventually(begun)
    ballast = fill(disk, 0)
    _, err = loader.communicate(timeout=120)
    assert "Traceback" not in err
    assert loader.returncode == 0 or "full" in err, err
    ballast.unlink()
    done = run(own, *load)
    assert done.returncode == 0, done.stderr
    assert held(own)["image_demo1"].total() == IMAGES
