"""The exit status of every command, and the one line that says what was typed wrongly."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loader import cli, usage
from loader.commands.options import file_path, number
from loader.config import EmbeddedSettings
from loader.database import Database, connect
from loader.load import load
from loader.model import Model
from loader.statuses import statuses_help, statuses_table
from tests.embedded.servers import eventually
from tests.loader.conftest import Make
from tests.loader.test_cli import PROJECT, Loader, loader

__all__ = ["loader"]
_, COMMANDS = cli._parser()
# What each command needs beside its options; the paths exist.
NEEDED = {
    "load": ["."],
    "import-model": ["x.onnx"],
    "compare": ["."],
    "correct": ["x.png"],
    "classify": ["x.png"],
    "fit": ["name"],
    "forget": ["x"],
    "dump": ["x.zip"],
    "export-data": ["exported"],
    "restore": ["x.zip"],
}
# Options that take a number, by what argparse calls with the text.
TYPED = [
    (command, action)
    for command, parser in COMMANDS.items()
    for action in parser._actions
    if action.type not in (None, Path, file_path)
]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str]]:
    """The status, and what stands on standard error."""
    status = cli.main([str(argument) for argument in arguments])
    return status, [line for line in capsys.readouterr().err.splitlines() if not line.startswith("Database: ")]


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = run(capsys, command, *NEEDED.get(command, []), "--samples")
    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith("error: unrecognized arguments: --samples")


def test_docs_and_help_have_the_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert statuses_table() in (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert cli.main(["--help"]) == 0
    assert statuses_help() in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_no_error(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert "usage: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "action"), TYPED, ids=[f"{command} {'/'.join(a.option_strings) or a.dest}" for command, a in TYPED]
)
@pytest.mark.parametrize("text", ["abc", "", "nan", "1e999", "12345678901234567890", "\x1b[31m"])
def test_what_is_no_number_is_refused(
    command: str, action: argparse.Action, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # One word, or argparse would take a value that begins with a dash for an option.
    given = [f"{action.option_strings[0]}={text}"] if action.option_strings else [text]
    if action.type is number and text == "12345678901234567890":
        return
    needed = [] if not action.option_strings else NEEDED.get(command, [])
    status, lines = run(capsys, command, *needed, *given)
    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith(
        f"error: {action.option_strings[0] if action.option_strings else action.metavar}: must be "
    )
    assert "\x1b" not in lines[0]


def test_a_mistyped_command_or_option_is_guessed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments, message in (
        (["evalute"], "evalute is neither a command nor a directory: did you mean evaluate?"),
        (["nothing-like-it"], "nothing-like-it is neither a command nor a directory; commands: load, install, "),
        (["evaluate", "--metrik", "dot"], "unrecognized arguments: --metrik dot: did you mean --metric?"),
        ([""], "an empty word is neither a command nor a directory; commands: load, install, "),
        (["--k", "3"], "unrecognized arguments: --k: options stand after a command or a directory"),
    ):
        status, lines = run(capsys, *arguments)
        assert (status, len(lines)) == (2, 1)
        assert lines[0].startswith(f"error: {message}")
    # A directory of that name is loaded.
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        Path("evalute").mkdir()
        assert "no model" in run(capsys, "evalute", "--model", "none")[1][0]


@pytest.fixture
def filled(installed: Database, tmp_path: Path, make: Make, tiny_model: Model) -> Database:
    for i in range(6):
        make(f"labels/a/b/{i}.json", f"images/{i}.png", part="tank" if i % 2 else "pump")
    assert load(installed, tmp_path / "root", tiny_model).stored == 6
    return installed


def test_what_the_database_refuses_names_the_option(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        ("evaluate --k 0", "--k: k must be a whole number from 1 to 100000, not 0"),
        ("evaluate --k 100001", "--k: k must be a whole number from 1 to 100000, not 100001"),
        ("evaluate --target x", "--target: unknown target x: quality, category1, category2 or part"),
        ("evaluate --metric x", "--metric: unknown metric x: cosine, euclidean or dot"),
        ("evaluate --method x", "--method: unknown method x: loo, kfold, logo, time or path"),
        ("evaluate --weighting x", "--weighting: unknown weighting x: majority, inverse (not with dot) or softmax"),
        ("evaluate --temperature 0", "--temperature: the temperature must be from 0.000001 to 1000000, not 0"),
        ("evaluate --method kfold --folds 1", "--folds: the number of folds must be a whole number from 2 to 999999"),
        ("evaluate --method logo", "--group-path: an empty value is no JSON path of names and positions"),
        ("evaluate --part x", "--part: there is no image with an embedding of the part x: the parts are pump, tank"),
        ("evaluate --transform x", "--transform: unknown transform x: centre, prototype, whiten, lda or kernel"),
        ("evaluate --transform lda", "--transform: a transform is fitted on the training side of each fold"),
        ("evaluate --target-accuracy 101", "--target-accuracy must be a whole number from 1 to 100, not 101"),
        ("evaluate --approximate --metric dot", "--approximate: the vector index serves cosine distance"),
        ("evaluate --shrinkage 2", "the shrinkage must be above 0 and at most 1, not 2.0"),
        ("sweep --ks 1,0", "--ks: must be a whole number from 1 to 999999, not 0"),
        ("sweep --ks 999999", "--ks: k must be a whole number from 1 to 100000, not 999999"),
        ("sweep --metrics x", "--metrics: unknown metric x: cosine, euclidean or dot"),
        ("sweep --target x", "--target: unknown target x"),
        ("fit x --kind x", "--kind: unknown transform X: centre, prototype, whiten, lda or kernel"),
        ("fit x --target x", "--target: unknown target x: quality, category1, category2 or part"),
        ("fit x --kind centre --target x", "--target: unknown target x"),
        ("fit x --shrinkage 0", "the shrinkage must be above 0 and at most 1, not 0.0"),
        ("report 77", "RUN: there is no run 77: python -m loader evaluate makes the first"),
        ("report --out /no/such/directory/x.html", "--out: /no/such/directory/x.html can not be written"),
    ):
        status, lines = run(capsys, *arguments.split())
        assert (status, len(lines)) == (2, 1), (arguments, lines)
        assert lines[0].startswith(f"error: {message}"), arguments
        assert "ORA-" not in lines[0]


def test_classify_names_its_options(
    filled: Database, tmp_path: Path, tiny_model_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["classify", tmp_path / "root" / "images" / "1.png", "--model", tiny_model_path]
    for arguments, message in (
        ("--part x", "--part: there is no image with an embedding of the part x: the parts are pump, tank"),
        ("--min-confidence 2", "--min-confidence must be 0 to 1, not 2"),
        ("--max-distance=-1", "--max-distance must be 0 or more, not -1"),
        ("--transform x", "--transform: unknown transform x"),
    ):
        status, lines = run(capsys, *asked, *arguments.split())
        assert (status, len(lines)) == (2, 1), (arguments, lines)
        assert lines[0].startswith(f"error: {message}")
    assert run(capsys, "fit", "mine", "--kind", "centre")[0] == 0
    assert run(capsys, *asked, "--transform", "x")[1][0].endswith(": fitted are mine")
    # What the environment lacks is no wrong usage of the command, and keeps the stack.
    status, lines = run(capsys, *asked, "--approximate")
    assert status == 1
    assert "ORA-20126: there is no vector index" in lines[0]
    assert any(line.startswith("  at ") for line in lines)


def test_bytes_that_are_not_utf8_are_refused(loader: Loader, tmp_path: Path) -> None:
    done = loader("evaluate", "--part", os.fsdecode(b"\xff"))
    assert done.returncode == 2
    assert done.stderr.startswith("error: --part: '\\udcff' is not valid UTF-8")
    piped = subprocess.run(
        [sys.executable, "-m", "loader", "sql"], input=b"select '\xff' from dual;", capture_output=True, cwd=PROJECT
    )
    assert piped.returncode == 2
    assert b"standard input is not UTF-8" in piped.stderr


def _someone_waits(database: Database) -> bool:
    """Whether another session of the embedded server waits for a lock."""
    connection = database.session.connection  # type: ignore[attr-defined]
    return bool(connection.execute("select 1 from pg_locks where not granted limit 1").fetchone())


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["sql", "select count(*) from image_demo1"], "what was not committed was undone"),
        (["evaluate"], "no run was stored"),
        (["sweep"], "no run was stored"),
        (["fit", "x", "--kind", "centre"], "no transform was stored"),
        (["report"], "no report was written"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_whoever_stops_a_command_is_told_what_is_kept(
    settings: EmbeddedSettings,
    filled: Database,
    arguments: list[str],
    kept: str,
    number: signal.Signals,
    status: int,
    tmp_path: Path,
    embedded_only: None,
) -> None:
    runs = list(filled.execute("select count(*) from image_run").rows)
    filled.rollback()
    with connect(settings) as other:
        # Whoever reads or writes the tables of images and runs waits for this session.
        for table in ("image_demo1", "image_run", "image_transform"):
            other.session.connection.execute(f"lock table app.{table} in access exclusive mode")  # type: ignore[attr-defined]
        process = subprocess.Popen(
            [sys.executable, "-m", "loader", *arguments, *(["--out", str(tmp_path / "r")] * (arguments == ["report"]))],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            eventually(lambda: _someone_waits(other))
            process.send_signal(number)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
        other.rollback()
    assert process.returncode == status, err
    assert f"stopped; {kept}" in err
    assert "Traceback" not in err
    assert list(filled.execute("select count(*) from image_run").rows) == runs
    assert not (tmp_path / "r").exists()


def test_every_error_about_a_parameter_is_wrong_usage() -> None:
    spec = (PROJECT / "db/packages/img_error.pks").read_text(encoding="utf-8")
    numbers = {name: int(number) for name, number in re.findall(r"(co_\w+) +constant pls_integer := -(\d+);", spec)}
    assert set(usage._PARAMETERS) <= set(numbers.values())
    # An image that waits for its embedding, and an index that others made, are not named by any option.
    inner = {"co_unknown_item", "co_unknown_index"}
    about = {name for name in numbers if re.match("co_(unknown|bad)_|co_missing_argument", name)} - inner
    assert {name for name in about if numbers[name] not in usage._PARAMETERS} == set()
