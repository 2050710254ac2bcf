"""A model whose vectors the database can not keep is refused before any image is embedded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.load import load
from loader.model import Model
from tests.loader.conftest import Make
from tests.loader.test_cli import Loader, loader
from tests.loader.tiny_model import write_tiny_model

__all__ = ["loader"]


@pytest.fixture
def model_of(tmp_path: Path) -> Callable[[int], Model]:
    return lambda dimension: Model(write_tiny_model(tmp_path / f"{dimension}.onnx", dimension=dimension))


def test_vectors_that_can_not_be_stored_are_refused(
    installed: Database, root: Path, make: Make, model_of: Callable[[int], Model]
) -> None:
    make("labels/a/b/x.json")
    with pytest.raises(ConfigurationError, match=f"this database stores at most {installed.largest_vector:,}: take"):
        load(installed, root, model_of(installed.largest_vector + 1), unindexed=True)
    assert list(installed.execute("select count(*) from image_model").rows) == [(0,)]


def test_vectors_of_the_index_limit_are_loaded_and_indexed(
    installed: Database, embedded_only: None, root: Path, make: Make, model_of: Callable[[int], Model]
) -> None:
    make("labels/a/b/x.json")
    assert load(installed, root, model_of(installed.largest_indexed_vector)).stored == 1
    installed.call("img_index.create_index")
    installed.call("img_index.drop_index")


def test_vectors_beyond_the_index_are_loaded_by_request_alone(
    loader: Loader, installed: Database, embedded_only: None, root: Path, make: Make, model_of: Callable[[int], Model]
) -> None:
    make("labels/a/b/x.json")
    path = model_of(installed.largest_indexed_vector + 1).path
    refused = loader(root, "--model", path)
    assert refused.returncode == 2
    assert f"{path} gives vectors of 2,001 dimensions, and this database indexes at most 2,000: --unindexed" in (
        refused.stderr
    )
    assert loader(root, "--model", path, "--unindexed").returncode == 0
    with pytest.raises(DatabaseError, match="indexes vectors of at most 2000 dimensions: search without an index"):
        installed.call("img_index.create_index")


def test_a_longer_vector_in_sql_has_oracles_number(db: Database, embedded_only: None) -> None:
    with pytest.raises(DatabaseError, match=r"ORA-51811: Vector dimension count exceeds .* 16000"):
        db.execute("declare l_vector vector; begin l_vector := to_vector('[' || rpad('0', 32001, ',0') || ']'); end;")
