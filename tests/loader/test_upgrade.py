"""Databases of every content that a migration was released with, brought to today's."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from loader import migrations
from loader.config import DB_DIRECTORY, EmbeddedSettings
from loader.database import Database, connect
from loader.database.embedded import EmbeddedDatabase
from loader.embedded import server
from loader.migrations import MigrationError, install

LANDED = Path(__file__).parent / "landed"
RELEASED = {
    "10 lines": LANDED / "V004_10_lines.sql",
    "11 lines": LANDED / "V004_11_lines.sql",
    "18 lines": DB_DIRECTORY / "migrations" / "V004__changed_images.sql",
}
MIGRATIONS = sorted(path.name for path in (DB_DIRECTORY / "migrations").glob("V*.sql"))


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


@pytest.mark.parametrize("name", MIGRATIONS)
def test_a_landed_migration_is_as_it_landed(name: str) -> None:
    known = migrations.read_checksums().get(f"migrations/{name}")
    assert known is not None, f"{name} is new: add its line to db/migrations/CHECKSUMS"
    assert checksum(DB_DIRECTORY / "migrations" / name) == known[-1], (
        f"{name} was edited after it landed: undo that, and put the change into a new migration"
    )


def test_each_content_in_the_list_is_one_that_was_released() -> None:
    checksums = migrations.read_checksums()
    assert sorted(checksums) == [f"migrations/{name}" for name in MIGRATIONS]
    assert checksums.pop("migrations/V004__changed_images.sql") == [checksum(path) for path in RELEASED.values()]
    assert all(len(known) == 1 for known in checksums.values())


@pytest.fixture
def directory(tmp_path: Path, embedded_only: None) -> Iterator[Path]:
    path = tmp_path / "database"
    yield path
    server.stop(path)


def early_files(tmp_path: Path, content: Path) -> Path:
    """A db/ as it was with this V004: the tables alone, which is what an upgrade finds."""
    files = tmp_path / "early"
    shutil.copytree(DB_DIRECTORY / "bootstrap", files / "bootstrap")
    for name in ("migrations", "packages", "views"):
        (files / name).mkdir()
    for name in MIGRATIONS[:3]:
        shutil.copy(DB_DIRECTORY / "migrations" / name, files / "migrations")
    shutil.copy(content, files / "migrations" / MIGRATIONS[3])
    return files


def dictionary(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Columns, constraints, indexes, views and comments, as PostgreSQL spells them."""
    assert isinstance(database, EmbeddedDatabase)
    queries = {
        "columns": "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,"
        " a.attgenerated, pg_get_expr(d.adbin, d.adrelid) from pg_class c"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
        " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
        " where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v') order by c.relname, a.attnum",
        "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where connamespace = 'app'::regnamespace order by 1, 2, 3",
        "indexes": "select indexname, indexdef from pg_indexes where schemaname = 'app' order by 1",
        "views": "select viewname, definition from pg_views where schemaname = 'app' order by 1",
        "comments": "select c.relname, d.objsubid, d.description"
        " from pg_description d join pg_class c on c.oid = d.objoid"
        " where c.relnamespace = 'app'::regnamespace order by 1, 2",
        "invisible": "select * from ora.invisible_column order by 1, 2",
    }
    found = {name: database._connection.execute(cast(Any, text)).fetchall() for name, text in queries.items()}
    database.rollback()
    return found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, is_embedded: bool) -> dict[str, list[tuple[Any, ...]]]:
    if not is_embedded:
        pytest.skip("concerns the embedded engine alone")
    path = tmp_path_factory.mktemp("fresh") / "database"
    path.parent.chmod(0o755)
    with connect(EmbeddedSettings(path)) as database:
        install(database, say=lambda _: None)
        found = dictionary(database)
    server.stop(path)
    return found


def fill(database: Database, *, doubled: bool) -> None:
    """Four labels: two of one image where nothing keeps them apart, one without a path, and one that waits."""
    label = 'json(\'{"images": [{"file_name": "x.png"}], "annotations": [{"attributes": {"part": "tank"}}]}\')'
    for text in (
        "insert into embedding_model (name, file_hash, dimension, preprocessing) values ('m', 'h', 2, '{}')",
        "insert into image_source (name) values ('s')",
        "insert into image_load_run (source_id, model_id) values (1, 1)",
        *(
            f"insert into image_demo1 (metadata, embedding, model_id) values ({label}, to_vector('[1, {n}]'), 1)"
            for n in range(3)
        ),
        # The one whose label comes last in the alphabet was stored first.
        stored("z.json", 1, "'images/x.png'"),
        stored("a.json", 2, "'images/x.png'" if doubled else "'images/y.png'"),
        stored("n.json", 3, "null"),
        "insert into image_load (source_id, label_path, label_hash, file_name, state, outcome, metadata, run_id) "
        f"values (1, 'p.json', 'h', 'x.png', 'PENDING', 'NEW', {label}, 1)",
        # The bits of a sample stood in the hundredths of the time once.
        "update image_load set image_mtime = 1700000000123456789.12 where label_path = 'n.json'",
        "update image_load set image_mtime = 1700000000123456789 where label_path = 'a.json'",
    ):
        database.execute(text)
    database.commit()


def stored(path: str, image_id: int, image_path: str) -> str:
    return (
        "insert into image_load (source_id, label_path, label_hash, file_name, state, outcome, image_id, image_path, "
        f"run_id, stored_run_id) values (1, '{path}', 'h', 'x.png', 'STORED', 'NEW', {image_id}, {image_path}, 1, 1)"
    )


@pytest.mark.parametrize("content", RELEASED)
def test_an_upgrade_ends_where_a_fresh_installation_does(
    content: str, tmp_path: Path, directory: Path, fresh: dict[str, list[tuple[Any, ...]]]
) -> None:
    doubled = content != "18 lines"
    with connect(EmbeddedSettings(directory)) as database:
        install(database, directory=early_files(tmp_path, RELEASED[content]), say=lambda _: None)
        fill(database, doubled=doubled)
        install(database, say=lambda _: None)
        assert not migrations.make_plan(database).steps
        upgraded = dictionary(database)
        for part, expected in fresh.items():
            assert upgraded[part] == expected, part
        reason = "another label, z.json, has this image already"
        assert list(
            database.execute("select label_path, state, reason, image_id from image_load order by label_path").rows
        ) == [
            ("a.json", "FAILED", reason, None) if doubled else ("a.json", "STORED", None, 2),
            ("n.json", "STORED", None, 3),
            ("p.json", "PENDING", None, None),
            ("z.json", "STORED", None, 1),
        ]
        assert list(database.execute("select image_mtime, image_bits from image_load order by label_path").rows) == [
            (1700000000123456789, 0),
            (1700000000123456789, 12),
            (None, 0),
            (None, 0),
        ]
        images = [row for (row,) in database.execute("select image_id from image_demo1 order by image_id").rows]
        assert images == ([1, 3] if doubled else [1, 2, 3])


def test_a_content_that_was_never_released_is_refused(tmp_path: Path, directory: Path) -> None:
    edited = tmp_path / "edited.sql"
    edited.write_text((LANDED / "V004_10_lines.sql").read_text() + "-- a word\n")
    with connect(EmbeddedSettings(directory)) as database:
        install(database, directory=early_files(tmp_path, edited), say=lambda _: None)
        with pytest.raises(MigrationError, match=r"V004__changed_images\.sql was edited after it was applied"):
            install(database, say=lambda _: None)


def test_a_released_content_of_one_file_does_not_excuse_another(tmp_path: Path, directory: Path) -> None:
    with connect(EmbeddedSettings(directory)) as database:
        install(database, directory=early_files(tmp_path, RELEASED["18 lines"]), say=lambda _: None)
        released = migrations.read_checksums()["migrations/V004__changed_images.sql"][0]
        database.execute(
            f"update img_schema_history set checksum = '{released}' where file_name like 'migrations/V003%'"
        )
        database.commit()
        with pytest.raises(MigrationError, match=r"V003__classification\.sql was edited after it was applied"):
            install(database, say=lambda _: None)
