"""From the embedded database to Oracle by a dump, and back: the calls are python-oracledb's own, to the last byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.server import server as embedded_server
from loader import migrations
from loader.config import EmbeddedSettings
from loader.database import Database, connect
from loader.dump import dump, restore
from loader.dump_file import Dump
from loader.evaluation import evaluate
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from tests.oracle.conftest import session
from tests.oracle.server import Server
from tests.oracle.test_round_trips import write_images


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, tiny_model: Model) -> Iterator[Database]:
    """A database of the embedded engine with images, a run, and labels that failed."""
    directory = tmp_path_factory.mktemp("embedded")
    root = tmp_path_factory.mktemp("root")
    for path in write_images(root, 40)[:2]:
        path.write_bytes(b"no image")
    with connect(EmbeddedSettings(directory)) as database:
        migrations.install(database, say=lambda _: None)
        load(database, root, tiny_model, layout=folders)
        evaluate(database, k=3, method="kfold", folds=3, transform_kind="whiten")
        yield database
    embedded_server.stop(directory)


def digests(path: Path) -> list[tuple[str, int, str, str | None]]:
    with Dump(path) as found:
        tables = found.manifest.tables
    return [(table.table_name, table.row_count, table.rows_sha256, table.vectors_sha256) for table in tables]


def test_the_way_to_oracle_and_back(embedded: Database, product: Server, behind: Path, tmp_path: Path) -> None:
    there, oracle, back = (tmp_path / name for name in ("there.zip", "oracle.zip", "back.zip"))
    summary = dump(embedded, there)
    assert summary.rows["IMAGE_DEMO1"] == 38
    with session(product) as database:
        product.forget()
        assert restore(database, there).restored
        # Rows go in batches: some calls for each table, and none for a row.
        assert product.round_trips() < 100
        dump(database, oracle)
        product.forget()
        assert not restore(database, oracle).restored
    with connect(EmbeddedSettings(behind)) as database:
        dump(database, back)
    assert digests(oracle) == digests(back) == digests(there)


def test_a_dump_on_oracle_reads_one_moment(embedded: Database, product: Server, tmp_path: Path) -> None:
    with session(product) as database:
        product.forget()
        dump(database, tmp_path / "d.zip")
    texts = [text for text, _ in product.statements]
    assert texts[0] == "set transaction read only"
    assert not any("commit" in text for text in texts)


def test_a_restore_on_oracle_that_fails_puts_nothing(embedded: Database, product: Server, tmp_path: Path) -> None:
    dump(embedded, tmp_path / "d.zip")
    with session(product) as database:
        run_id = database.value("img_store.use_model", p_name="m", p_file_hash="x", p_dimension=2, p_preprocessing="{}")
        assert run_id
        database.commit()
        with pytest.raises(Exception, match=r"in image_model \(1\)"):
            restore(database, tmp_path / "d.zip")
