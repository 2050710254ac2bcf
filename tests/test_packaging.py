"""What the wheel is made of: its files, its version, its requirements."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import loader
from loader import config
from loader.config import DB_DIRECTORY, PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_requirement_has_an_exact_version_in_constraints() -> None:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_name(line) for line in lines if re.fullmatch(r"[\w.-]+==\S+", line)}
    extras = PYPROJECT["optional-dependencies"]
    wanted = {
        _name(line) for line in [*PYPROJECT["dependencies"], *(line for all_ in extras.values() for line in all_)]
    }
    assert wanted - pinned == set()


def test_loading_needs_no_tensorflow_and_pins_nothing() -> None:
    assert not any("tensorflow" in line or "==" in line for line in PYPROJECT["dependencies"])
    assert "tensorflow-cpu" in PYPROJECT["optional-dependencies"]["export"]


def test_the_version_stands_in_one_place() -> None:
    assert PYPROJECT["dynamic"] == ["version"]
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d[\d.]*\d)", changelog, re.MULTILINE)[0] == loader.__version__
    spec = (DB_DIRECTORY / "packages" / "img_store.pks").read_text(encoding="utf-8")
    assert f"co_version constant varchar2(20 char) := '{loader.__version__}';" in spec


def test_the_wheel_takes_every_directory_of_db() -> None:
    """What it holds in the end is compared with this checkout by .ci/wheel."""
    listed = (PROJECT / "setup.py").read_text(encoding="utf-8")
    for path in DB_DIRECTORY.iterdir():
        assert not path.is_dir() or f'"{path.name}"' in listed, path


def test_the_data_of_a_wheel_lie_where_a_users_data_belong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert config.data_directory({}) == PROJECT
    monkeypatch.setattr(config, "_IS_INSTALLED", True)
    name = "image-classification-in-database"
    assert config.data_directory({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / name
    assert config.data_directory({}) == Path.home() / ".local" / "share" / name


def test_the_changes_name_every_migration() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    numbers = {path.name.partition("__")[0] for path in (DB_DIRECTORY / "migrations").glob("V*.sql")}
    assert {number for number in numbers if f"| {number} |" not in changelog} == set()
