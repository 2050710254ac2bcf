"""Databases of every content that a migration was released with, brought to today's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.server import server
from loader import migrations
from loader.config import DB_DIRECTORY, EmbeddedSettings
from loader.database import DatabaseError, connect
from loader.migrations import MigrationError, install
from tests.kills.state import dictionary
from tests.loader.earlier import (
    LANDED,
    MIGRATIONS,
    RELEASED,
    RENAMED,
    early_files,
    files_until,
    fill,
    fill_renamed,
)


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


def test_tables_of_earlier_names_keep_their_rows(
    tmp_path: Path, directory: Path, fresh: dict[str, list[tuple[Any, ...]]]
) -> None:
    with connect(EmbeddedSettings(directory)) as database:
        install(database, directory=files_until(14, tmp_path), say=lambda _: None)
        fill_renamed(database)
        with pytest.raises(MigrationError, match=r"VIEW VW_OF_ONES_OWN\s.*renamed"):
            install(database, say=lambda _: None)
        database.execute("drop view vw_of_ones_own")
        install(database, say=lambda _: None)
        upgraded = dictionary(database)
        for part, expected in fresh.items():
            assert upgraded[part] == expected, part
        for old, new in RENAMED.items():
            assert list(database.execute(f"select count(*) from {new}").rows) == [(1,)]
            with pytest.raises(DatabaseError) as failed:
                database.execute(f"select 1 from {old}")
            assert failed.value.code == 942
        for column, view in (("constraint_name", "constraints"), ("index_name", "indexes")):
            names = {name for (name,) in database.execute(f"select {column} from user_{view}").rows}
            # The engine names a NOT NULL after the table that was created; Oracle gives it a number.
            old_ones = {name for name in names if not name.startswith(("IMAGE_", "IMG_")) and "NOT_NULL" not in name}
            assert not old_ones
        assert list(database.execute("select run_id from vw_evaluation_run").rows) == [(1,)]


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
