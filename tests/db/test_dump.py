"""img_dump: what is stored, row by row, and back: every table and every column, or named as left out."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from loader.config import DB_DIRECTORY
from loader.database import Database, DatabaseError, Json
from tests.db.emptying import product_objects
from tests.db.helpers import clear, insert_image

Query = Callable[[str], list[tuple[Any, ...]]]
Rows = dict[str, list[tuple[dict[str, Any], Any]]]

LEFT_OUT = {
    "IMAGE_BATCH",
    "IMAGE_BATCH_ITEM",
    "IMAGE_DECISION",
    "IMAGE_FINDING",
    "IMAGE_MAP",
    "IMAGE_MAP_POINT",
    "IMG_SCHEMA_HISTORY",
    "IMG_SCHEMA_LOCK",
}
# What follows from the label, what a run counts again, and where files lie on the host that loaded them.
DERIVED = {"label_part", "label_quality", "label_category1", "label_category2", "gone_labels", "root"}
AT = """json_value('{"at": "2026-01-02T03:04:05.123456+09:00"}', '$.at' returning timestamp with time zone)"""
# What the same moment is called in UTC.
UTC = "2026-01-01T18:04:05.123456Z"
LABEL = '{"images": [{"file_name": "가.png"}], "n": 1.10, "big": 12345678901234567890.123456789, "none": null}'
# A row of each table in which no column is null, as SQL; those of the adopted numbers are filled in.
FULL: dict[str, dict[str, str]] = {
    "image_model": {
        "name": "'망'", "file_hash": "'ab'", "dimension": "3", "preprocessing": "'{\"k\": 1}'", "registered_at": AT,
        "near_distance": "0.0123",
    },
    "image_source": {"name": "'/데이터'", "is_separate": "1"},
    "image_load_run": {
        "source_id": "SOURCE", "model_id": "MODEL", "started_at": AT, "finished_at": AT, "labels": "1",
        "new_labels": "2", "changed": "3", "unchanged": "4", "retried": "5", "known_files": "6", "unlike_files": "7",
        "embed_ms": "7.125",
    },
    "image_demo1": {
        "metadata": f"json('{LABEL}')", "embedding": "to_vector('[0.1, -3.4028235e38, 1e-45]')", "model_id": "MODEL",
    },
    "image_load": {
        "source_id": "SOURCE", "label_path": "'가/1.json'", "label_hash": "'cd'", "file_name": "'가.png'",
        "state": "'FAILED'", "outcome": "'NEW'", "reason": "'너무 큼'", "metadata": f"json('{LABEL}')",
        "image_id": "IMAGE", "image_path": "'가.png'", "run_id": "LOADED", "stored_run_id": "LOADED", "changed_at": AT,
        "image_size": "123", "image_mtime": "1700000000123456789", "met_at": AT, "failed_run_id": "LOADED",
        "image_hash": "'ef'", "image_bits": "12", "label_stamp": "'1 2'", "image_stamp": "'3 4'",
        "label_correction": "'ab'", "own_label": f"json('{LABEL}')",
    },
    "image_transform": {
        "name": "'변환'", "kind": "'LDA'", "target": "'QUALITY'", "within_part": "1", "model_id": "MODEL",
        "run_id": "RUN", "fold": "2", "images": "3", "shrinkage": "0.2", "created_at": AT,
        "source_name": "'/데이터'", "temperature": "2.5",
        "outputs": "128", "kernel_width": "0.5", "ridge": "0.1", "last_image_id": "IMAGE",
        "k": "5", "weighting": "'SOFTMAX'", "threshold": "0.25", "grades": "'QUALITY'", "grade_threshold": "0.5",
        "joint_id": "null",
    },
    "image_transform_row": {
        "transform_id": "TRANSFORM", "part": "'탱크'", "row_no": "1", "class": "'양품'",
        "coefficients": "to_vector('[0.3, 0.7]')", "intercept": "0.1",
    },
    "image_transform_support": {
        "transform_id": "TRANSFORM", "part": "'탱크'", "image_id": "IMAGE", "class": "'양품'",
        "embedding": "to_vector('[0.6, -0.8]')",
    },
    "image_transform_weight": {
        "transform_id": "TRANSFORM", "part": "'탱크'", "image_id": "IMAGE", "class": "'양품'",
        "weight": "-0.30000000000000004",
    },
    "image_run": {
        "method": "'KFOLD'", "target": "'QUALITY'", "k": "5", "weighting": "'SOFTMAX'", "temperature": "0.07",
        "metric": "'COSINE'", "within_part": "1", "only_part": "'탱크'", "folds": "10", "seed": "1",
        "group_path": "'$.a'", "transform_kind": "'LDA'", "near_distance": "0.05", "model_id": "MODEL",
        "fingerprint": "'f'", "images": "3",
        "tested": "2", "correct": "1", "started_at": AT, "finished_at": AT, "started_by": "'나'", "approximate": "1",
        "target_accuracy": "95", "source_name": "'/데이터'", "test_share": "0.25", "test_path": "'가/나'",
        "threshold": "0.5", "shrinkage": "0.1", "outputs": "96", "kernel_width": "0.3", "ridge": "0.03",
        "grades": "'QUALITY'", "grade_threshold": "0.5",
        "embed_ms": "9.75", "decision_ms": "0.123456789012345678",
    },
    "image_run_item": {
        "run_id": "RUN", "item_id": "1", "image_id": "777", "part": "'탱크'", "group_key": "'g'",
        "fold": "3", "actual": "'양품'", "predicted": "'불량'", "confidence": "0.1", "actual_share": "1 / 3",
        "nearest_distance": "1e-17", "untested_reason": "'r'",
        "item_no": "4", "image_hash": "'ef'", "source_id": "SOURCE", "has_copy": "1",
        "calibrated_confidence": "0.3", "calibrated_actual_share": "0.6",
        "actual_value": "0.33", "predicted_value": "1 / 7",
    },
    "image_run_neighbour": {
        "run_id": "RUN", "item_id": "1", "place": "1", "image_id": "IMAGE", "class": "'양품'",
        "distance": "0.30000000000000004",
    },
    "image_run_setting": {
        "run_id": "RUN", "k": "3", "weighting": "'MAJORITY'", "tested": "9", "correct": "8",
        "balanced_accuracy": "0.123456789012345678",
    },
    "image_vector_index": {
        "index_name": "'VIX'", "kind": "'HNSW'", "metric": "'COSINE'", "target_accuracy": "95", "neighbors": "16",
        "ef_construction": "200", "partitions": "7", "own_partitions": "1", "parallel": "2", "dimension": "3",
        "images": "1", "build_s": "1.5", "created_at": AT, "created_by": "'나'",
    },
    "image_vector_accuracy": {
        "index_name": "'VIX'", "kind": "'HNSW'", "k": "10", "samples": "5", "images": "9", "taken_at": AT,
    },
    "image_vector_accuracy_query": {
        "report_id": "REPORT", "target_accuracy": "95", "image_id": "IMAGE", "expected": "10", "found": "9",
        "exact_ms": "1.25", "approximate_ms": "0.5", "index_accuracy": "'ok'",
    },
    "image_calibration": {
        "name": "'표'", "target": "'QUALITY'", "k": "5", "weighting": "'SOFTMAX'", "temperature": "0.07",
        "metric": "'COSINE'", "transform_kind": "'WHITEN'", "source_name": "'/데이터'", "model_id": "MODEL",
        "images": "90",
        "steps": "json('[{\"place\": 1, \"least\": 0.1, \"confidence\": 0.123456789012345678}]')", "created_at": AT,
    },
    "image_correction": {
        "source_id": "SOURCE", "correction_id": "'1f'", "label_path": "'가/1.json'", "of_part": "'탱크'",
        "part": "'문'", "quality": "'불량'", "part_was": "'탱크'", "quality_was": "'양품'", "is_in_label": "1",
        "corrected_by": "'김'", "corrected_at": AT, "undone_by": "'이'", "undone_at": AT,
    },
    "image_removed": {
        "image_id": "777", "source_id": "SOURCE", "source_name": "'/데이터'", "label_path": "'가/2.json'",
        "image_path": "'나.png'", "removed_at": AT,
    },
}  # fmt: skip
# The numbers that the rows give themselves, by the word that stands for them.
NUMBERED = {
    "image_model": ("model_id", "MODEL"),
    "image_source": ("source_id", "SOURCE"),
    "image_load_run": ("run_id", "LOADED"),
    "image_demo1": ("image_id", "IMAGE"),
    "image_load": ("load_id", ""),
    "image_transform": ("transform_id", "TRANSFORM"),
    "image_run": ("run_id", "RUN"),
    "image_vector_accuracy": ("report_id", "REPORT"),
}


@pytest.fixture
def full(installed: Database, query: Query) -> Database:
    """A row in every table, with a value in every column."""
    numbers: dict[str, str] = {}
    order = sorted(FULL, key=lambda table: table == "image_transform")  # after the run that it belongs to
    belonging = ("image_transform_row", "image_transform_support", "image_transform_weight")
    order.sort(key=lambda table: table in belonging)
    for table in order:
        values = {column: numbers.get(value, value) for column, value in FULL[table].items()}
        installed.execute(f"insert into {table} ({', '.join(values)}) values ({', '.join(values.values())})")
        if table in NUMBERED:
            column, word = NUMBERED[table]
            numbers[word] = str(query(f"select max({column}) from {table}")[0][0])
    installed.execute("update image_transform set joint_id = transform_id")
    installed.commit()
    return installed


@pytest.fixture(autouse=True)
def emptied(installed: Database) -> Any:
    """The tables that the tests elsewhere do not fill are left empty, and number by themselves."""
    yield
    installed.rollback()
    for table in ("image_vector_index", "image_vector_accuracy"):
        installed.execute(f"delete from {table}")
    installed.commit()


def dumped(database: Database) -> Rows:
    """Every table's rows, each with its vector."""
    found: Rows = {}
    for table, count, _, has_vectors, _ in list(database.rows("img_dump.tables")):
        rows = [json.loads(row, parse_float=str) for (row,) in database.rows("img_dump.rows_of", p_table=table)]
        vectors = [None] * len(rows)
        if has_vectors:
            vectors = [vector for (vector,) in database.rows("img_dump.vectors_of", p_table=table)]
        assert len(rows) == len(vectors) == count
        found[table] = list(zip(rows, vectors, strict=True))
    return found


def prepare(database: Database, tables: list[tuple[Any, ...]], version: int = 1) -> None:
    given = [{"table_name": table, "highest_id": highest} for table, _, highest, *_ in tables]
    database.call("img_dump.prepare_restore", p_schema_version=version, p_tables=Json(json.dumps(given)))


def restore(database: Database, texts: dict[str, list[tuple[str, Any]]], tables: list[tuple[Any, ...]]) -> None:
    prepare(database, tables)
    database.call("img_dump.begin_restore")
    for table, _, _, has_vectors, _ in tables:
        if has_vectors:
            database.call_many(
                "img_dump.put_row",
                [
                    {"p_table": table, "p_row": Json(row), "p_vector": v if v is None else np.asarray(v, np.float32)}
                    for row, v in texts[table]
                ],
            )
        else:
            rows = ",".join(row for row, _ in texts[table])
            database.call("img_dump.put_rows", p_table=table, p_rows=Json(f"[{rows}]"))
    database.commit()
    database.call("img_dump.end_restore")


def texts_of(database: Database, tables: list[tuple[Any, ...]]) -> dict[str, list[tuple[str, Any]]]:
    """The rows as they are given, to be put again."""
    found = {}
    for table, count, _, has_vectors, _ in tables:
        rows = [str(row) for (row,) in database.rows("img_dump.rows_of", p_table=table)]
        vectors: list[Any] = [None] * count
        if has_vectors:
            vectors = [vector for (vector,) in database.rows("img_dump.vectors_of", p_table=table)]
        found[table] = list(zip(rows, vectors, strict=True))
    return found


def test_every_table_is_dumped_or_said_to_be_left_out(installed: Database) -> None:
    # Those without the prefix are there before V015 alone.
    known = product_objects().items()
    tables = {name for name, kind in known if kind == "TABLE" and name.startswith(("IMAGE_", "IMG_"))}
    assert {row[0] for row in installed.rows("img_dump.tables")} == tables - LEFT_OUT
    manual = (DB_DIRECTORY / "packages" / "img_dump.pks").read_text(encoding="utf-8")
    assert "img_schema_history, img_schema_lock    left out" in manual
    assert "image_batch, image_batch_item    left out" in manual
    assert "image_finding    left out" in manual
    assert "image_decision    left out" in manual
    assert "image_map, image_map_point    left out" in manual


def test_every_column_is_dumped(full: Database, query: Query) -> None:
    for table, rows in dumped(full).items():
        columns = {
            str(name).lower()
            for (name,) in query(f"select column_name from user_tab_columns where table_name = '{table}'")
        }
        vectors = {column for column in columns if column in ("embedding", "coefficients")}
        ((row, vector),) = rows
        assert set(row) == columns - vectors - DERIVED, table
        assert (vector is not None) == bool(vectors), table


def test_values_keep_every_digit_and_character(full: Database) -> None:
    rows = dumped(full)
    ((image, vector),) = rows["IMAGE_DEMO1"]
    assert image["metadata"]["big"] == "12345678901234567890.123456789"
    assert image["metadata"]["none"] is None
    assert image["metadata"]["images"] == [{"file_name": "가.png"}]
    assert vector == array("f", [0.1, -3.4028235e38, 1e-45])
    ((load, _),) = rows["IMAGE_LOAD"]
    assert load["image_mtime"] == 1700000000123456789
    assert load["met_at"] == UTC
    ((neighbour, _),) = rows["IMAGE_RUN_NEIGHBOUR"]
    assert float(neighbour["distance"]) == 0.30000000000000004
    ((item, _),) = rows["IMAGE_RUN_ITEM"]
    assert (float(item["actual_share"]), float(item["nearest_distance"])) == (1 / 3, 1e-17)


def test_what_is_put_again_is_the_same_and_numbers_go_on(full: Database, query: Query) -> None:
    tables = list(full.rows("img_dump.tables"))
    before, texts = dumped(full), texts_of(full, tables)
    clear(full)
    for table in ("image_vector_index", "image_vector_accuracy"):
        full.execute(f"delete from {table}")
    full.commit()
    restore(full, texts, tables)
    assert dumped(full) == before
    # After the highest that is remembered, be it by a run of an image that is gone.
    insert_image(full, "탱크", "양품", [1, 0, 0])
    assert query("select max(image_id) from image_demo1") == [(max(778, before["IMAGE_DEMO1"][0][0]["image_id"] + 1),)]
    full.execute("insert into image_source (name) values ('next')")
    (source,) = (row["source_id"] for row, _ in before["IMAGE_SOURCE"])
    assert query("select source_id from image_source where name = 'next'") == [(source + 1,)]
    # And again nobody gives numbers but the table.
    with pytest.raises(DatabaseError):
        full.execute("insert into image_source (source_id, name) values (99999, 'given')")


def test_a_newer_dump_is_refused(installed: Database) -> None:
    version = installed.value("img_dump.schema_version")
    with pytest.raises(DatabaseError, match=f"schema version {version + 1} .* has version {version}") as refused:
        prepare(installed, [], version + 1)
    assert refused.value.code == 20139


def test_a_database_that_holds_something_is_refused(installed: Database) -> None:
    insert_image(installed, "탱크", "양품", [1, 0, 0])
    for routine, given in (
        ("prepare_restore", {"p_schema_version": 1, "p_tables": Json("[]")}),
        ("begin_restore", {}),
    ):
        with pytest.raises(DatabaseError, match=r"already, in image_demo1 \(1\)") as refused:
            installed.call(f"img_dump.{routine}", **given)
        assert refused.value.code == 20138


def test_two_restores_do_not_run_at_once(installed: Database) -> None:
    installed.call("img_dump.begin_restore")
    with installed.another() as second:
        with pytest.raises(DatabaseError) as refused:
            second.call("img_dump.begin_restore")
        assert refused.value.code == 54
        second.rollback()
    installed.rollback()
    installed.call("img_dump.begin_restore")


@pytest.mark.parametrize(
    "row", ['{"source_id": 1, "name": "x", "is_separate": "viele"}', '{"source_id": 1}', '{"source_id": 1, "name": 1, ']
)
def test_a_row_that_does_not_fit_is_an_error_and_no_null(row: str, installed: Database) -> None:
    prepare(installed, [])
    try:
        with pytest.raises(DatabaseError):
            installed.call("img_dump.put_rows", p_table="IMAGE_SOURCE", p_rows=Json(f"[{row}]"))
        assert list(installed.execute("select count(*) from image_source").rows) == [(0,)]
    finally:
        installed.rollback()
        installed.call("img_dump.end_restore")


@pytest.mark.parametrize("label", ['"text"', "5", "[]", None])
def test_a_label_of_any_json_comes_back(label: str | None, installed: Database, query: Query) -> None:
    value = "null" if label is None else f"json('{label}')"
    installed.execute(f"insert into image_demo1 (metadata, embedding) values ({value}, null)")
    installed.commit()
    tables = list(installed.rows("img_dump.tables"))
    texts = texts_of(installed, tables)
    assert ("metadata" in json.loads(texts["IMAGE_DEMO1"][0][0])) == (label is not None)
    clear(installed)
    restore(installed, texts, tables)
    assert texts_of(installed, tables) == texts
    assert query("select count(metadata), count(embedding) from image_demo1") == [(int(label is not None), 0)]


def test_a_label_that_is_the_null_of_json_is_none(installed: Database) -> None:
    installed.execute("insert into image_demo1 (metadata) values (json('null'))")
    ((row, _),) = dumped(installed)["IMAGE_DEMO1"]
    assert "metadata" not in row


def test_columns_of_the_users_own_are_named(installed: Database) -> None:
    assert list(installed.rows("img_dump.own_columns")) == []
    installed.execute("alter table image_demo1 add (my_note varchar2(20 char))")
    try:
        assert list(installed.rows("img_dump.own_columns")) == [("MY_NOTE",)]
    finally:
        installed.execute("alter table image_demo1 drop column my_note")
        installed.commit()
