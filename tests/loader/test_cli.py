"""The command line as a user types it, in processes of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loader.config import EmbeddedSettings, OracleSettings
from loader.database import Database, connect
from tests.loader.conftest import Make

Loader = Callable[..., subprocess.CompletedProcess[str]]
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def loader(settings: OracleSettings | EmbeddedSettings) -> Loader:
    def run(
        *arguments: object, env: dict[str, str] | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "loader", *map(str, arguments)],
            cwd=PROJECT,
            env=os.environ | (env or {}),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_help_shows_the_commands(loader: Loader) -> None:
    out = loader("--help").stdout
    for command in ("load", "install", "status", "export", "sample", "sql", "dump", "restore", "start", "stop"):
        assert re.search(rf"^ +{command} ", out, re.MULTILINE), command


def test_loading_is_the_main_command(
    loader: Loader, installed: Database, tmp_path: Path, make: Make, tiny_model_path: Path
) -> None:
    make("labels/양품/탱크/a.json", part="탱크")
    make("labels/양품/탱크/b.json", part="탱크")
    done = loader(tmp_path / "root", "--model", tiny_model_path)
    assert done.returncode == 0, done.stderr
    assert re.search("^Database: ", done.stderr, re.MULTILINE)  # behind what is said of a wait on a slow machine
    assert "2 labels: 2 new" in done.stdout
    validated = loader("sql", "exec img_classify.validate_loo")
    assert validated.returncode == 0
    assert "Accuracy: 100.0000 %" in validated.stdout
    make("labels/양품/탱크/c.json", label="{")
    bad = loader(tmp_path / "root", "--model", tiny_model_path)
    assert bad.returncode == 1
    assert f"{tmp_path}/root/labels/양품/탱크/c.json: the label is not JSON: line 1" in bad.stderr
    status = loader("status")
    assert status.returncode == 0
    assert "2 images, 2 with an embedding; 1 labels could not be loaded" in status.stdout
    assert "the label is not JSON" in status.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/no/such/root"], "does not exist"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["load"], "required"),
        (["export", "--model", "resnet"], "unknown model resnet"),
        (["export", "--recipe", "best"], "--recipe: must be avg or defects, not best"),
        (["export", "--int8", ".", "--recipe", "defects"], "no model densenet121-defects in .*: export it by"),
        (["sample", "--count", "0"], "--count: must be a whole number from 1 to 999999, not 0"),
        (["sql", "none.sql"], "can not be read"),
        (["load", ".", "--bits", "7"], "--bits: must be 8 to 32, or 1 for values from 0 to 1, not 7"),
        (["load", ".", "--bits", "x"], "--bits: must be 8 to 32, .* not x"),
        (["load", ".", "--categories", "2"], "--categories: must be two numbers such as 2,3, not 2"),
        (["load", ".", "--categories", "0,1"], "must be a whole number from 1 to 999999, not 0"),
        (["load", ".", "--layout", "csv", "--categories", "2,3"], "--categories is for the layout aihub"),
        ([".", "--layout", "voc"], "unknown layout voc: choose from aihub, folders, mvtec, csv, coco"),
        ([".", "--layout", "coco", "--encoding", "cp949"], "--encoding and --columns are for --layout csv"),
        ([".", "--layout", "csv", "--encoding", "klingon"], "unknown encoding klingon"),
        ([".", "--layout", "csv", "--columns", "name=x"], "--columns takes file=...,part=...,quality=..."),
    ],
)
def test_wrong_usage_exits_with_2(loader: Loader, arguments: list[str], message: str) -> None:
    done = loader(*arguments)
    assert done.returncode == 2
    assert re.search(message, done.stderr)


def test_the_categories_and_the_bits_can_be_chosen(
    loader: Loader, installed: Database, tmp_path: Path, make: Make, tiny_model_path: Path
) -> None:
    make("labels/양품/탱크/a.json")
    image = tmp_path / "root" / "images" / "a.png"
    Image.fromarray(np.linspace(0, 3000, 1024).astype(np.uint16).reshape(32, 32)).save(image)
    done = loader(tmp_path / "root", "--model", tiny_model_path, "--categories", "3,2", "--bits", "12")
    assert done.returncode == 0, done.stderr
    assert "1 labels take their categories from the directories 3 and 2 below the root" in done.stdout
    assert "1 images of integers of more than 8 bits are taken as 12 bits, as --bits says" in done.stdout
    shown = loader("sql", "select category1, category2 from vw_image_demo1").stdout
    assert re.search("탱크 +양품", shown)
    unknown = loader("classify", image, "--model", tiny_model_path)
    assert unknown.returncode == 1
    assert "does not say how many count: say --bits N" in unknown.stderr
    known = loader("classify", image, "--model", tiny_model_path, "--bits", "12")
    assert known.returncode == 0, known.stderr
    assert "0.0000" in known.stdout


def test_a_model_that_is_missing(loader: Loader, tmp_path: Path) -> None:
    done = loader(tmp_path, "--model", "nothing")
    assert done.returncode == 2
    assert "export it by `python -m loader export --model nothing`" in done.stderr
    recipe = loader(tmp_path, "--model", "densenet121-defects")
    assert "export it by `python -m loader export --model densenet121 --recipe defects`" in recipe.stderr


def test_a_failed_statement_exits_with_1(loader: Loader, installed: Database) -> None:
    done = loader("sql", stdin="select 1 as one from dual;\nselect nothing from dual;\n")
    assert done.returncode == 1
    assert "ONE" in done.stdout
    assert "ERROR line 2, column 8" in done.stderr


def test_some_but_not_all_variables(loader: Loader) -> None:
    done = loader("status", env={"PYTHON_USERNAME": "images", "PYTHON_PASSWORD": "s3cret-word"})
    assert done.returncode == 2
    assert "PYTHON_CONNECTSTRING not set" in done.stderr
    assert "s3cret-word" not in done.stdout + done.stderr


def test_a_password_is_never_shown(loader: Loader) -> None:
    done = loader(
        "status",
        env={
            "PYTHON_USERNAME": "images",
            "PYTHON_PASSWORD": "s3cret-word",
            "PYTHON_CONNECTSTRING": "127.0.0.1:1/none",
        },
    )
    assert done.returncode == 1
    assert "127.0.0.1:1/none can not be reached as images" in done.stderr
    assert "s3cret-word" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret-word" not in repr(OracleSettings("images", "s3cret-word", "host/service"))


def test_nothing_installed_is_said(
    loader: Loader, tmp_path: Path, make: Make, tiny_model_path: Path, embedded_only: None
) -> None:
    make("a.json")
    env = {"EMBEDDED_DB_DIR": str(tmp_path / "own")}
    done = loader(tmp_path / "root", "--model", tiny_model_path, env=env)
    assert done.returncode == 1
    assert "make install-db" in done.stderr
    dry = loader("install", "--dry-run", env=env)
    assert "would apply migrations/V001__image_demo1.sql (new)" in dry.stdout
    assert "pending: migrations/V001__image_demo1.sql" in loader("status", env=env).stdout


def test_the_server_runs_from_start_to_stop(loader: Loader, tmp_path: Path, embedded_only: None) -> None:
    env = {"EMBEDDED_DB_DIR": str(tmp_path / "own")}
    assert loader("start", env=env).returncode == 0
    data = tmp_path / "own" / "data"
    assert (data / "postmaster.pid").exists()
    assert loader("sql", "select 1 from dual", env=env).returncode == 0
    assert (data / "postmaster.pid").exists()
    assert data.stat().st_mode & 0o077 == 0
    with connect(EmbeddedSettings(tmp_path / "own")) as database:
        row = database.session.connection.execute("show listen_addresses").fetchone()  # type: ignore[attr-defined]
    assert row == ("",)
    assert "was stopped" in loader("stop", env=env).stdout
    assert not (data / "postmaster.pid").exists()
    assert "was not running" in loader("stop", env=env).stdout


def test_what_is_typed_into_the_client_is_private(tmp_path: Path, embedded_only: None) -> None:
    directory = tmp_path / "own"
    directory.mkdir()
    former = directory / ".loader_sql_history"
    former.write_text("\n# 2026-01-01\n+select 1 from dual;\n")
    former.chmod(0o644)
    terminal, inside = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "loader", "sql"],
        cwd=PROJECT,
        env=os.environ | {"EMBEDDED_DB_DIR": str(directory), "TERM": "dumb"},
        stdin=inside,
        stdout=inside,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(inside)
    shown = b""
    while b"SQL> " not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, b"select 2 from dual;\r")
    while b"1 row selected." not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, b"exit\r")
    assert process.wait(60) == 0
    os.close(terminal)
    history = directory / ".loader" / "sql_history"
    assert "+select 1 from dual;" in history.read_text()
    assert "+select 2 from dual;" in history.read_text()
    assert history.stat().st_mode & 0o777 == 0o600
    assert history.parent.stat().st_mode & 0o777 == 0o700
    assert not former.exists()


def test_what_the_terminal_can_not_show_is_escaped(loader: Loader, installed: Database) -> None:
    done = loader("sql", "select '양품' as q from dual", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert r"\uc591\ud488" in done.stdout


def test_without_start_the_server_ends_with_its_last_user(loader: Loader, tmp_path: Path, embedded_only: None) -> None:
    env = {"EMBEDDED_DB_DIR": str(tmp_path / "own")}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "loader", "sql"],
            cwd=PROJECT,
            env=os.environ | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(f"select {i} as n from dual;", timeout=60) for i, process in enumerate(processes)]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert not (tmp_path / "own" / "data" / "postmaster.pid").exists()
