"""Stored units are translated again when what translates them changed, and not otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.fingerprint import TRANSLATING, files, fingerprint
from tests.engine.test_imports import ROOT, imported

ENGINE = ROOT / "engine"
# What the parts that translate import and what does not change the outcome: the text of a complaint.
HARMLESS = {ENGINE / "errors.py"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The engine, to be edited."""
    return Path(shutil.copytree(ENGINE, tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__")))


def edited(copy: Path, name: str) -> bool:
    """Whether the fingerprint changes with a file."""
    before = fingerprint(engine=copy)
    path = copy / name
    comment = "--" if path.suffix == ".sql" else "#"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{comment} edited\n", encoding="utf-8")
    return fingerprint(engine=copy) != before


@pytest.mark.parametrize(
    "name",
    [
        "lexer.py",
        "words.py",
        "parser/queries.py",
        "emit/queries.py",
        "templates.py",
        "tree/plsql.py",
        "supplied/functions.py",
        "runtime/text.sql",
    ],
)
def test_what_translates_counts(copy: Path, name: str) -> None:
    assert edited(copy, name)


@pytest.mark.parametrize(
    "name",
    ["server/server.py", "session/session.py", "session/failures.py", "check/types.py", "errors.py", "server/watch.py"],
)
def test_what_runs_or_refuses_does_not(copy: Path, name: str) -> None:
    assert not edited(copy, name)


def modules(names: set[str]) -> set[Path]:
    """The files of the engine's modules among the names."""
    found = set()
    for name in names:
        path = ROOT.joinpath(*name.split("."))
        found |= {candidate for candidate in (path.with_suffix(".py"), path / "__init__.py") if candidate.is_file()}
    return {path for path in found if path.is_relative_to(ENGINE)}


def test_every_module_that_the_translation_imports_counts() -> None:
    counted = {path for path in files() if path.suffix == ".py"}
    needed = set().union(*(modules(imported(path)) for path in counted))
    assert needed - counted - HARMLESS - {ENGINE / "__init__.py"} == set()


def test_every_part_that_counts_is_there() -> None:
    assert [name for name in TRANSLATING if not (ENGINE / name).exists()] == []
