"""dump and restore as a user types them: the same figures afterwards, and nothing half-done."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import loader.dump as dumping
from engine.server import server
from loader import cli, migrations
from loader.config import DB_DIRECTORY, ConfigurationError, EmbeddedSettings
from loader.corrections.correcting import Wish, correct
from loader.database import Database, DatabaseError, Json, connect
from loader.database.embedded import EmbeddedDatabase
from loader.dump import dump, held_tables, restore
from loader.dump_file import MANIFEST, Dump, DumpError, Writer
from loader.evaluation import evaluate, fit
from loader.load import load
from loader.model import Model
from loader.report import text_lines
from tests.embedded.servers import command, eventually, run
from tests.loader.conftest import Make
from tests.loader.test_dump_file import sealed
from tests.loader.test_own_table import PLAIN, fill, printed, rows

pytestmark = pytest.mark.usefixtures("embedded_only")

VIEWS = [path.stem for path in sorted((DB_DIRECTORY / "views").glob("*.sql"))]
VALIDATE = "begin img_classify.validate_loo; end;"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed database that nothing was loaded into, stopped, to be copied."""
    directory = tmp_path_factory.mktemp("empty")
    with connect(EmbeddedSettings(directory)) as database:
        migrations.install(database, say=lambda _: None)
    server.stop(directory)
    return directory


Fresh = Callable[[str], Path]


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Iterator[Fresh]:
    """Make a directory with an installed and empty database of its own."""
    made: list[Path] = []

    def make(name: str) -> Path:
        directory = tmp_path / name
        subprocess.run(["cp", "-a", str(empty), str(directory)], check=True)
        made.append(directory)
        return directory

    yield make
    for directory in made:
        server.stop(directory)


@pytest.fixture
def source(fresh: Fresh) -> Iterator[Database]:
    """What is dumped."""
    with connect(EmbeddedSettings(fresh("source"))) as database:
        yield database


@pytest.fixture
def target(fresh: Fresh) -> Iterator[Database]:
    """Where it is restored."""
    with connect(EmbeddedSettings(fresh("target"))) as database:
        yield database


def digests(path: Path) -> list[tuple[str, int, str, str | None]]:
    """What a dump holds, without when it was made."""
    with Dump(path) as found:
        tables = found.manifest.tables
    return [(table.table_name, table.row_count, table.rows_sha256, table.vectors_sha256) for table in tables]


def _shown(row: tuple[Any, ...]) -> str:
    """A row as text, without the last digits of a mean, which depend on the order in which the rows lie on disk."""
    return repr(tuple(float(f"{value:.12g}") if isinstance(value, float) else value for value in row))


def seen(database: Database) -> dict[str, list[str]]:
    """The rows of every view, as text; what an index of this machine says is not of the images."""
    return {
        view: sorted(map(_shown, rows(database, f"select * from {view}")))
        for view in VIEWS
        if view not in ("vw_vector_index",)
    }


def figures(database: Database) -> list[str]:
    """A report of a new run, without its number, name and times."""
    run_id = evaluate(database, method="kfold", folds=3, seed=7, k=3, transform_kind="lda")
    return [line for line in text_lines(database, run_id) if not line.startswith(("Run ", "Its mistakes in "))]


@pytest.fixture
def loaded(source: Database, make: Make, root: Path, tiny_model: Model) -> Database:
    """Labels: stored, failed and pending; runs, a sweep, transforms, an index, and a source that was forgotten."""
    for number in range(24):
        quality = "양품" if number % 3 else "불량"
        make(f"labels/{quality}/탱크/{number:02}.json", part="탱크" if number % 2 else "밸브", quality=quality)
    make("labels/양품/탱크/no_image.json", file_name="nowhere.png")
    (root / "labels" / "bad.json").write_text("{")
    load(source, root, tiny_model)
    load(source, root, tiny_model, source="셋째", new_source=True)
    ((image_id,),) = rows(source, "select min(image_id) from image_demo1")
    assert correct(source, [image_id], Wish(quality="불명"), "tester").done
    evaluate(source, k=1)
    source.call("img_source.forget", p_source="셋째")
    run_id = source.value("img_store.start_load", p_source="둘째", p_model_id=1)
    text = '{"images": [{"file_name": "later.png", "n": 12345678901234567890.10}], "annotations": [{}]}'
    labels = f'[{{"path": "later.json", "hash": "00", "label": {text}}}]'
    source.call("img_store.put_labels", p_run_id=run_id, p_labels=Json(labels))
    source.commit()
    figures(source)
    votes = evaluate(source, method="kfold", folds=3, k=3)
    source.value("img_calibrate.calibrate", p_run_id=votes, p_name="votes")
    source.value("img_classify.sweep", p_ks="1,3")
    source.commit()
    fit(source, "색", "LDA", "QUALITY", within_part=True, shrinkage=0.2)
    fit(source, "표", "KERNEL", "QUALITY", within_part=True)
    source.execute("begin img_index.create_index; end;")
    return source


def pending(database: Database) -> list[tuple[Any, ...]]:
    claimed = []
    for name, model_id in rows(database, "select name, (select max(model_id) from image_model) from image_source"):
        run_id = database.value("img_store.start_load", p_source=name, p_model_id=model_id)
        claimed += list(database.rows("img_store.claim", p_run_id=run_id, p_gone=1))  # as this run has met none
    database.rollback()
    return claimed


def test_the_restored_database_answers_as_the_first(loaded: Database, target: Database, tmp_path: Path) -> None:
    summary = dump(loaded, tmp_path / "first.zip")
    assert not summary.notes
    restored = restore(target, tmp_path / "first.zip")
    assert restored.rows == summary.rows
    measured = {"IMAGE_VECTOR_ACCURACY", "IMAGE_VECTOR_ACCURACY_QUERY"}
    assert all(count for table, count in restored.rows.items() if table not in measured), restored
    assert printed(target, VALIDATE) == printed(loaded, VALIDATE)
    assert len(printed(target, VALIDATE)) > 24
    assert seen(target) == seen(loaded)
    assert pending(target) == pending(loaded) != []
    dump(target, tmp_path / "second.zip")
    assert digests(tmp_path / "second.zip") == digests(tmp_path / "first.zip")
    # A new run is numbered on, and says the same.
    ((last,),) = rows(target, "select max(run_id) from image_run")
    assert figures(target) == figures(loaded)
    ((new,),) = rows(target, "select max(run_id) from image_run")
    assert new > last
    assert "img_index.rebuild" in restored.notes[0]
    target.execute("begin img_index.rebuild; end;")
    assert rows(target, "select kind, neighbors, state from vw_vector_index") == rows(
        loaded, "select kind, neighbors, state from vw_vector_index"
    )


def test_the_next_load_goes_on(
    loaded: Database, target: Database, make: Make, root: Path, tiny_model: Model, tmp_path: Path
) -> None:
    dump(loaded, tmp_path / "d.zip")
    restore(target, tmp_path / "d.zip")
    make("labels/양품/탱크/new.json")
    summary = load(target, root, tiny_model)
    assert (summary.new, summary.unchanged, summary.stored, summary.failed) == (1, 24, 1, 2)
    assert rows(target, "select count(*), count(distinct image_id) from image_demo1") == [(25, 25)]


def test_restoring_again_changes_nothing(
    loaded: Database, target: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump(loaded, tmp_path / "d.zip")
    assert restore(target, tmp_path / "d.zip").restored
    monkeypatch.setattr(dumping, "_put_all", None)
    assert not restore(target, tmp_path / "d.zip").restored
    # One bit of one vector, and it is not the same any more.
    target.execute("update image_demo1 set embedding = embedding * embedding where image_id = 1")
    target.commit()
    with pytest.raises(DatabaseError, match="holds something already, in image_model \\(1\\)") as refused:
        restore(target, tmp_path / "d.zip")
    assert refused.value.code == 20138


def test_a_dump_of_nothing(source: Database, target: Database, tmp_path: Path) -> None:
    assert sum(dump(source, tmp_path / "d.zip").rows.values()) == 0
    assert restore(target, tmp_path / "d.zip").restored
    assert not sum(table.row_count for table in held_tables(target))


def remade(path: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None], to: Path) -> Path:
    """A dump with other contents and a checksum that fits."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members[MANIFEST])
    change(manifest, members)
    members[MANIFEST] = json.dumps(manifest).encode()
    return sealed(to, members)


EARLIER_NAMES = {
    "IMAGE_MODEL": "EMBEDDING_MODEL",
    "IMAGE_TRANSFORM": "EMBEDDING_TRANSFORM",
    "IMAGE_TRANSFORM_ROW": "EMBEDDING_TRANSFORM_ROW",
    "IMAGE_RUN": "CLASSIFICATION_RUN",
    "IMAGE_RUN_ITEM": "CLASSIFICATION_ITEM",
    "IMAGE_RUN_NEIGHBOUR": "CLASSIFICATION_NEIGHBOUR",
    "IMAGE_RUN_SETTING": "CLASSIFICATION_SETTING",
    "IMAGE_VECTOR_INDEX": "VECTOR_INDEX",
    "IMAGE_VECTOR_ACCURACY": "VECTOR_ACCURACY",
    "IMAGE_VECTOR_ACCURACY_QUERY": "VECTOR_ACCURACY_QUERY",
}


def named_as_before(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    """The tables by the names that they had before V015."""
    for table in manifest["tables"]:
        old = EARLIER_NAMES.get(table["table_name"], table["table_name"])
        for kind in ("jsonl", "vectors"):
            if (content := members.pop(f"{table['table_name'].lower()}.{kind}", None)) is not None:
                members[f"{old.lower()}.{kind}"] = content
        table["table_name"] = old


def test_a_dump_by_the_earlier_names_of_tables_is_taken_in(loaded: Database, target: Database, tmp_path: Path) -> None:
    def older(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
        manifest["schema_version"] = 14
        named_as_before(manifest, members)

    evaluate(loaded, k=1)
    whole = dump(loaded, tmp_path / "d.zip")
    older_file = remade(tmp_path / "d.zip", older, tmp_path / "older.zip")
    restored = restore(target, older_file)
    assert restored.rows == whole.rows
    assert rows(target, "select count(*) from image_run_item") == rows(loaded, "select count(*) from image_run_item")
    assert not restore(target, older_file).restored
    ((last,),) = rows(target, "select max(model_id) from image_model")
    target.execute("insert into image_model (name, file_hash, dimension, preprocessing) values ('n', 'h', 2, '{}')")
    assert rows(target, "select max(model_id) from image_model") == [(last + 1,)]


def test_a_dump_of_an_older_schema_is_taken_in(loaded: Database, target: Database, tmp_path: Path) -> None:
    """As a product before V008 would have written it: without columns and tables that came later."""

    def older(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
        manifest["schema_version"] = 7
        manifest["tables"] = [t for t in manifest["tables"] if not t["table_name"].startswith("IMAGE_VECTOR_ACCURACY")]
        lines = [json.loads(line) for line in members["image_load.jsonl"].decode().splitlines()]
        for line in lines:
            line.pop("image_hash", None)
        members["image_load.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        named_as_before(manifest, members)

    dump(loaded, tmp_path / "d.zip")
    restore(target, remade(tmp_path / "d.zip", older, tmp_path / "older.zip"))
    assert rows(target, "select count(*), count(image_hash) from image_load where state = 'STORED'") == [(24, 0)]
    assert printed(target, VALIDATE) == printed(loaded, VALIDATE)


def test_what_a_dump_may_not_hold_changes_nothing(loaded: Database, target: Database, tmp_path: Path) -> None:
    def newer(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
        manifest["schema_version"] = 1000

    def unknown(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
        manifest["tables"].append(manifest["tables"][0] | {"table_name": "OTHER", "row_count": 0})
        members["other.jsonl"] = b""

    def no_json(_: dict[str, Any], members: dict[str, bytes]) -> None:
        members["image_demo1.jsonl"] = members["image_demo1.jsonl"].replace(b'"image_id"', b'"image_id', 1)

    def orphan(_: dict[str, Any], members: dict[str, bytes]) -> None:
        members["image_source.jsonl"] = members["image_source.jsonl"].replace(b'"source_id":1,', b'"source_id":99,', 1)

    dump(loaded, tmp_path / "d.zip")
    for change, error, message in (
        (newer, DatabaseError, "schema version 1000"),
        (unknown, DumpError, "a table OTHER"),
        (no_json, DatabaseError, "JSON|json"),
        (orphan, DatabaseError, "ORA-02291"),
    ):
        with pytest.raises(error, match=message):
            restore(target, remade(tmp_path / "d.zip", change, tmp_path / f"{change.__name__}.zip"))
        target.rollback()
        assert not sum(table.row_count for table in held_tables(target)), change.__name__
    assert restore(target, tmp_path / "d.zip").restored


def test_a_dump_sees_one_moment(loaded: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed while it is written is not in it."""
    write = dumping._write

    def write_beside_a_prune(database: Database, *given: Any) -> Any:
        with loaded.another() as other:
            other.execute("delete from image_demo1")
            other.execute("delete from image_run")
            other.commit()
        return write(database, *given)

    monkeypatch.setattr(dumping, "_write", write_beside_a_prune)
    summary = dump(loaded, tmp_path / "d.zip")
    assert summary.rows["IMAGE_DEMO1"] == 24
    assert {name: count for name, count, _, _ in digests(tmp_path / "d.zip")} == summary.rows


def test_a_file_that_is_there_is_kept_unless_it_is_forced(source: Database, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    path.write_text("precious")
    for bad, message in (
        (path, "exists: name another file, or replace it by --force"),
        (tmp_path, "can not be written"),
        (tmp_path / "none" / "d.zip", "can not be written"),
        (Path("/dev/null"), "is no regular file"),
    ):
        with pytest.raises(ConfigurationError, match=message):
            dump(source, bad)
    assert path.read_text() == "precious"
    dump(source, path, force=True)
    assert digests(path)
    assert [entry.name for entry in tmp_path.iterdir() if "partial" in entry.name] == []


def test_a_dump_that_fails_leaves_what_was_there(
    loaded: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "d.zip"
    path.write_text("precious")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Writer, "vectors", full)
    with pytest.raises(OSError, match="No space left"):
        dump(loaded, path, force=True)
    assert path.read_text() == "precious"
    assert [entry.name for entry in tmp_path.iterdir() if "partial" in entry.name] == []


def test_an_own_table_goes_over_without_its_own_columns(fresh: Fresh, target: Database, tmp_path: Path) -> None:
    own_directory = tmp_path / "own"
    try:
        with connect(EmbeddedSettings(own_directory)) as own:
            own.execute(PLAIN[:-1] + ", note varchar2(20 char))")
            fill(own)
            own.execute("update image_demo1 set note = 'mine'")
            own.commit()
            migrations.install(own, say=lambda _: None)
            summary = dump(own, tmp_path / "d.zip")
            assert summary.notes == ["the column note of image_demo1 is not the product's, and not in the dump"]
            expected = printed(own, VALIDATE)
            assert "Accuracy: 99.5412 %" in expected
            # Such a table is no place to restore to: its numbers are not the product's.
            own.execute("delete from image_demo1")
            own.commit()
            with pytest.raises(DatabaseError, match="image_demo1 was made by another script") as refused:
                restore(own, tmp_path / "d.zip")
            assert refused.value.code == 20140
        restore(target, tmp_path / "d.zip")
        assert printed(target, VALIDATE) == expected
        target.execute("insert into image_demo1 (metadata) values (json('{}'))")
        assert rows(target, "select max(image_id) from image_demo1") == [(220,)]
    finally:
        server.stop(own_directory)


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, list[str]]:
    """The status of a command, what it printed, and its errors."""
    status = cli.main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, [line for line in captured.err.splitlines() if line.startswith(("error:", "note:"))]


def test_what_is_typed_and_what_is_said(
    loaded: Database,
    target: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "d.zip"
    monkeypatch.setenv("EMBEDDED_DB_DIR", str(tmp_path / "source"))
    assert said(capsys, "restore", path) == (2, "", [f"error: {path} does not exist"])
    status, out, errors = said(capsys, "dump", path)
    assert (status, errors) == (0, [])
    assert out.startswith(f"{path}: 24 images, 4 runs; ")
    assert said(capsys, "dump", path)[0] == 2
    assert said(capsys, "dump", path, "--force")[0] == 0
    loaded.execute("delete from image_run")
    loaded.commit()
    status, out, errors = said(capsys, "restore", path)
    assert (status, out) == (2, "")
    assert len(errors) == 1
    assert "loader sql db/uninstall.sql" in errors[0]

    monkeypatch.setenv("EMBEDDED_DB_DIR", str(tmp_path / "target"))
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(path.read_bytes()[:-1])
    status, _, errors = said(capsys, "restore", damaged)
    assert (status, len(errors)) == (1, 1)
    assert f"{damaged}: it was cut off or altered" in errors[0]
    newer = sealed(tmp_path / "newer.zip", {MANIFEST: b'{"format": 2}'})
    status, _, errors = said(capsys, "restore", newer)
    assert (status, errors) == (
        2,
        [f"error: {newer}: it has format 2, and this loader reads formats up to 1: update these files (git pull)"],
    )
    status, out, errors = said(capsys, "restore", path)
    assert (status, len(errors)) == (0, 1)
    assert out.startswith("restored: 24 images, 4 runs; ")
    assert errors[0].startswith("note: the vector index is not in a dump")
    assert said(capsys, "restore", path) == (
        0, "the database holds all of it already, and nothing else: nothing was changed\n", [],
    )  # fmt: skip


def test_a_database_without_the_product_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMBEDDED_DB_DIR", str(tmp_path / "bare"))
    try:
        status, _, errors = said(capsys, "dump", tmp_path / "d.zip")
        assert (status, len(errors)) == (1, 1)
        assert "run `python -m loader install`" in errors[0]
    finally:
        server.stop(tmp_path / "bare")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("name", "kept"), [("dump", "no dump was written"), ("restore", "all of it was restored, or nothing")]
)
def test_whoever_stops_it_is_told_what_is_kept(
    name: str, kept: str, number: signal.Signals, status: int, source: Database, tmp_path: Path
) -> None:
    assert isinstance(source, EmbeddedDatabase)
    path = tmp_path / "d.zip"
    if name == "restore":
        dump(source, path)
    # Whoever reads a table that a dump holds waits for this session.
    source.session.connection.execute("lock table app.image_source in access exclusive mode")
    process = command(tmp_path / "source", name, path)
    eventually(lambda: source.session.connection.execute("select 1 from pg_locks where not granted").fetchone())
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert f"stopped; {kept}" in err
    assert "Traceback" not in err
    assert path.exists() == (name == "restore")
    assert not [entry for entry in tmp_path.iterdir() if "partial" in entry.name]


def killed_at_random(directory: Path, arguments: list[object], moments: random.Random, rounds: int) -> Iterator[None]:
    """Run a command again and again, killed (-9) at a moment that is uniform within what it takes."""
    begun = time.monotonic()
    assert run(directory, *arguments).returncode == 0
    seconds = time.monotonic() - begun
    yield
    for _ in range(rounds):
        process = command(directory, *arguments)
        time.sleep(moments.uniform(0, seconds))
        process.kill()
        process.communicate(timeout=60)
        yield


def is_over(database: Database) -> bool:
    """Whether the server is done with a restore whose client was killed."""
    try:
        database.call("img_history.acquire_lock")
    except DatabaseError:
        return False
    finally:
        database.rollback()
    return True


def test_a_restore_that_is_killed_has_put_nothing_or_all(loaded: Database, fresh: Fresh, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    whole = sum(dump(loaded, path).rows.values())
    directory = fresh("killed")
    for _ in killed_at_random(directory, ["restore", path], random.Random(5), 6):
        with connect(EmbeddedSettings(directory)) as database:
            eventually(lambda: is_over(database))
            assert sum(table.row_count for table in held_tables(database)) in (0, whole)
            for table in reversed(held_tables(database)):
                database.execute(f"delete from {table.table_name}")
            database.commit()
    with connect(EmbeddedSettings(directory)) as database:
        assert restore(database, path).restored
        assert printed(database, VALIDATE) == printed(loaded, VALIDATE)


def test_a_dump_that_is_killed_leaves_no_file_or_a_whole_one(loaded: Database, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    for _ in killed_at_random(tmp_path / "source", ["dump", path], random.Random(6), 6):
        if path.exists():
            assert dict(dump(loaded, tmp_path / "again.zip", force=True).rows) == {
                name: count for name, count, _, _ in digests(path)
            }
            path.unlink()
