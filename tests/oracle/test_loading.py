"""Loads on python-oracledb that meet a limit or lose their connection: no item is lost, and each refusal has a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import loader.put_labels
from loader import cli
from loader.database import LostConnectionError
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from tests.oracle.conftest import session
from tests.oracle.engines import Product
from tests.oracle.server import Answer, CutOff, Server, ServerError
from tests.oracle.test_round_trips import write_images

Interfere = Callable[[str, dict[str, Any]], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_images(tmp_path / "root", 60)
    return tmp_path / "root"


@pytest.fixture
def interfere(monkeypatch: pytest.MonkeyPatch) -> Callable[[Interfere], None]:
    """Have a function called before each statement; it may raise in the database's place."""

    def install(act: Interfere) -> None:
        run = Product.run

        def interfered(self: Product, text: str, binds: dict[str, Any]) -> Answer:
            act(text, binds)
            return run(self, text, binds)

        monkeypatch.setattr(Product, "run", interfered)

    return install


def once(pattern: str, error: Exception, after: int = 0) -> Interfere:
    """Raise at one statement that holds the pattern, after so many others."""
    met = 0

    def act(text: str, _: dict[str, Any]) -> None:
        nonlocal met
        if re.search(pattern, text):
            met += 1
            if met == after + 1:
                raise error

    return act


def stored(product: Server, root: Path, model: Model, **options: Any) -> tuple[int, int]:
    with session(product) as database:
        summary = load(database, root, model, layout=folders, **options)
    return summary.stored, summary.failed


def test_a_load_goes_on_with_the_sessions_that_are_granted(
    product: Server, root: Path, tiny_model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    product.granted = 2
    assert stored(product, root, tiny_model, workers=3) == (60, 0)
    assert "1 of 3 sessions were granted" in capsys.readouterr().err


def test_a_connection_that_is_lost_ends_the_command_with_one_line(
    product: Server,
    root: Path,
    tiny_model: Model,
    tiny_model_path: Path,
    interfere: Callable[[Interfere], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    interfere(once("put_embedding", CutOff(), after=20))
    for name, value in [("USERNAME", product.user), ("PASSWORD", product.password), ("CONNECTSTRING", product.dsn)]:
        monkeypatch.setenv(f"PYTHON_{name}", value)
    assert cli.main([str(root), "--layout", "folders", "--model", str(tiny_model_path), "--workers", "1"]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "the connection to Oracle Database was lost" in errors[0]
    assert stored(product, root, tiny_model)[1] == 0
    with session(product) as database:
        assert [tuple(row) for row in database.rows("img_store.status")] == [(60, 60, 0)]


def test_the_end_of_a_load_takes_a_new_session_where_the_first_was_cut(
    product: Server, root: Path, tiny_model: Model, interfere: Callable[[Interfere], None]
) -> None:
    interfere(once("finish_load", CutOff()))
    assert stored(product, root, tiny_model) == (60, 0)


def test_a_dry_run_is_lost_with_its_session(
    product: Server, root: Path, tiny_model: Model, interfere: Callable[[Interfere], None]
) -> None:
    interfere(once("finish_load", CutOff()))
    with pytest.raises(LostConnectionError):
        stored(product, root, tiny_model, dry_run=True)


def test_one_embedding_that_the_database_refuses_costs_one_image(
    product: Server, root: Path, tiny_model: Model, interfere: Callable[[Interfere], None]
) -> None:
    refused: list[Any] = []

    def act(text: str, binds: dict[str, Any]) -> None:
        if "put_embedding" in text:
            refused.append(binds["p_image_path"])
            if binds["p_image_path"] == refused[0]:
                raise ServerError(51805, "ORA-51805: the value at position 1 could not be converted to a number")

    interfere(act)
    with session(product) as database:
        summary = load(database, root, tiny_model, layout=folders)
    assert (summary.stored, summary.failed) == (59, 1)
    assert refused[0] in summary.failures[0][1]
    assert "ORA-51805" in summary.failures[0][1]


def test_a_deadlock_in_a_dry_run_does_not_undo_the_run(
    product: Server, root: Path, tiny_model: Model, interfere: Callable[[Interfere], None]
) -> None:
    interfere(once("put_labels", ServerError(60, "ORA-00060: deadlock detected while waiting for resource")))
    with session(product) as database:
        summary = load(database, root, tiny_model, layout=folders, dry_run=True)
    assert (summary.labels, summary.pending) == (60, 60)


def test_labels_are_sent_by_length_too(
    product: Server, root: Path, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader.put_labels, "_LABEL_CHARACTERS", 1000)
    assert stored(product, root, tiny_model) == (60, 0)
    sent = [rows[0]["p_labels"] for text, rows in product.statements if "put_labels" in text]
    assert len(sent) > 10
    assert max(map(len, sent)) <= 1000 + 100


def test_one_label_that_the_database_refuses_costs_one_label(
    product: Server, root: Path, tiny_model: Model, interfere: Callable[[Interfere], None]
) -> None:
    def act(text: str, binds: dict[str, Any]) -> None:
        if "put_labels" in text and '/17.png"' in binds["p_labels"] and '"label"' in binds["p_labels"]:
            raise ServerError(40441, "ORA-40441: JSON syntax error")

    interfere(act)
    with session(product) as database:
        summary = load(database, root, tiny_model, layout=folders)
    assert (summary.stored, summary.failed) == (59, 1)
    assert "17.png" in summary.failures[0][0]
    assert "ORA-40441" in summary.failures[0][1]
