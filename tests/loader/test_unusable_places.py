"""Places without locks or that can not be written, and files that change while they are read: one clear line each."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.server import server
from loader import cli, model
from loader.config import ConfigurationError
from loader.database import Database
from loader.evaluation import evaluate
from loader.images import ImageError, read_image
from loader.labels import walk
from loader.layouts.csv_table import _Table, table
from loader.load import load
from loader.model import Model
from loader.report import write
from tests.disks import read_only, small_disk
from tests.embedded.servers import remarkable
from tests.loader.conftest import Make
from tests.loader.tiny_model import write_tiny_model

Said = pytest.CaptureFixture[str]


def line(said: Said) -> str:
    """The one line on standard error that is no account of which database or model is used."""
    lines = remarkable(said.readouterr().err)
    assert len(lines) == 1, lines
    return lines[0]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 20) as path:
        yield path


# locks


@pytest.mark.parametrize(
    "words",
    [
        "install", "install --dry-run", "status", "start", "stop", "evaluate", "sweep", "fit x", "report",
        "sql select", "classify x.png --model {model}", "{root} --model {model}", "{root} --model {model} --dry-run",
    ],
)  # fmt: skip
def test_every_command_names_a_database_without_locks(
    words: str, embedded_only: None, tmp_path: Path, make: Make, tiny_model_path: Path, monkeypatch: Any, capsys: Said
) -> None:
    own = tmp_path / "own"
    (own / "data").mkdir(parents=True)
    make("labels/a/b/x.json")

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setenv("EMBEDDED_DB_DIR", str(own))
    given = words.format(root=tmp_path / "root", model=tiny_model_path).split()
    assert cli.main(given) == 1
    assert line(capsys) == (
        f"error: {own} can not be used: no locks available; name a directory of your own by EMBEDDED_DB_DIR"
    )


# directories that can not be written


def test_a_report_for_a_read_only_directory(
    disk: Path, installed: Database, make: Make, tiny_model: Model, tmp_path: Path, capsys: Said
) -> None:
    for name in ("x", "y"):
        make(f"labels/a/b/{name}.json")
    load(installed, tmp_path / "root", tiny_model)
    run_id = evaluate(installed, k=1)
    out = disk / "report.html"
    write(installed, run_id, out)
    former = out.read_text()
    with read_only(disk):
        assert cli.main(["report", str(run_id), "--out", str(out)]) == 1
        assert line(capsys) == f"error: {out}: Read-only file system"
    assert out.read_text() == former


def test_a_sample_for_a_read_only_directory(disk: Path, capsys: Said) -> None:
    pytest.importorskip("elpv_dataset", reason="the sample's pictures are not installed")
    with read_only(disk):
        assert cli.main(["sample", str(disk / "Sample"), "--count", "2"]) == 1
        assert line(capsys) == f"error: {disk / 'Sample'}: Read-only file system"


def test_an_export_into_a_read_only_directory_ends_before_the_network_is_made(
    disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    exporter = pytest.importorskip("loader.export.keras_to_onnx", reason="TensorFlow is not installed")
    monkeypatch.setattr(cli, "MODELS_DIRECTORY", disk)
    monkeypatch.setattr(exporter, "NETWORKS", {"densenet121": exporter._Network(_not_made, None, None, None)})
    with read_only(disk):
        assert cli.main(["export"]) == 1
        assert line(capsys) == f"error: {disk / 'densenet121.onnx'}: Read-only file system"


def _not_made(_: Path | None, __: int) -> None:
    raise AssertionError("the network was made")


def test_pictures_of_a_read_only_directory_are_loaded(disk: Path, installed: Database, tiny_model: Model) -> None:
    root = disk / "part" / "good"
    root.mkdir(parents=True)
    Image.new("RGB", (8, 8), "white").save(root / "x.png")
    with read_only(disk):
        assert cli.main([str(disk), "--layout", "folders", "--model", str(tiny_model.path)]) == 0


def test_a_history_that_can_not_be_kept_does_not_keep_the_client_from_starting(
    tmp_path: Path, embedded_only: None, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    (tmp_path / ".loader").write_text("a file where the directory should be")
    monkeypatch.setenv("EMBEDDED_DB_DIR", str(tmp_path))
    assert cli._history() is None
    assert line(capsys).startswith(f"warning: what is typed is not kept in {tmp_path}/.loader/sql_history: ")


# files that change while they are read


def after_first_call(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, change: Callable[[], object]) -> None:
    """Let `change` happen right after `owner`.`name` was called."""
    original = getattr(owner, name)

    def changing(*given: Any, **named: Any) -> Any:
        result = original(*given, **named)
        change()
        return result

    monkeypatch.setattr(owner, name, changing)


def test_a_model_that_is_exported_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_tiny_model(tmp_path / "tiny.onnx")
    after_first_call(monkeypatch, model, "runner", lambda: write_tiny_model(path, seed=2))
    with pytest.raises(ConfigurationError, match=r"tiny\.onnx changed while it was read.*run this again"):
        Model(path)


def test_a_picture_that_changes_while_it_is_read(
    tmp_path: Path, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.png"
    Image.new("RGB", (8, 8)).save(path)

    def append() -> None:
        with path.open("ab") as file:
            file.write(b"more")

    after_first_call(monkeypatch, Image, "open", append)
    with pytest.raises(ImageError, match="changed while it was read: run this again"):
        read_image(path, tiny_model.preprocessing)


def test_a_table_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("file,part,quality\nx.png,tank,good\n")
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    after_first_call(monkeypatch, _Table, "_read_head", lambda: path.write_text("file,part,quality\nx.png,tank,bad!\n"))
    (item,) = table(walk(tmp_path))
    assert item.problem == "the table changed while it was read: load again"


def test_a_database_of_locks_again(embedded_only: None, tmp_path: Path) -> None:
    """What was refused for want of locks is used as soon as there are some."""
    server.start(tmp_path / "own")
    assert server.stop(tmp_path / "own")
