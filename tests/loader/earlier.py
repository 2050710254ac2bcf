"""Databases as earlier releases made them."""

from __future__ import annotations

import shutil
from pathlib import Path

from loader.config import DB_DIRECTORY
from loader.database import Database

LANDED = Path(__file__).parent / "landed"
RELEASED = {
    "10 lines": LANDED / "V004_10_lines.sql",
    "11 lines": LANDED / "V004_11_lines.sql",
    "18 lines": DB_DIRECTORY / "migrations" / "V004__changed_images.sql",
}
MIGRATIONS = sorted(path.name for path in (DB_DIRECTORY / "migrations").glob("V*.sql"))


def early_files(base: Path, content: Path = LANDED / "V004_10_lines.sql") -> Path:
    """A db/ as it was with this V004: the tables alone, which is what an upgrade finds."""
    files = files_until(3, base)
    shutil.copy(content, files / "migrations" / MIGRATIONS[3])
    return files


def files_until(number: int, base: Path) -> Path:
    """A db/ with the migrations up to this one, without packages and views."""
    files = base / "early"
    shutil.copytree(DB_DIRECTORY / "bootstrap", files / "bootstrap")
    for name in ("migrations", "packages", "views"):
        (files / name).mkdir()
    for name in MIGRATIONS[:number]:
        shutil.copy(DB_DIRECTORY / "migrations" / name, files / "migrations")
    return files


# A row in each table that V015 renames, by its old name and its new one.
RENAMED = {
    "embedding_model": "image_model",
    "embedding_transform": "image_transform",
    "embedding_transform_row": "image_transform_row",
    "classification_run": "image_run",
    "classification_item": "image_run_item",
    "classification_neighbour": "image_run_neighbour",
    "classification_setting": "image_run_setting",
    "vector_index": "image_vector_index",
    "vector_accuracy": "image_vector_accuracy",
    "vector_accuracy_query": "image_vector_accuracy_query",
}


def fill_renamed(database: Database) -> None:
    """A row in each of those tables, and a view over one of them."""
    for text in (
        "insert into embedding_model (name, file_hash, dimension, preprocessing) values ('m', 'h', 2, '{}')",
        "insert into embedding_transform (name, kind, within_part, images) values ('t', 'CENTRE', 0, 1)",
        "insert into embedding_transform_row (transform_id, part, row_no, coefficients)"
        " values (1, '*', 1, to_vector('[1, 2]'))",
        "insert into classification_run (method, target, k, weighting, temperature, metric, within_part, model_id)"
        " values ('LOO', 'QUALITY', 5, 'SOFTMAX', 0.1, 'COSINE', 0, 1)",
        "insert into classification_item (run_id, item_id) values (1, 1)",
        "insert into classification_neighbour (run_id, item_id, place, class, distance) values (1, 1, 1, 'GOOD', 0)",
        "insert into classification_setting (run_id, k, weighting, tested, correct) values (1, 1, 'UNIFORM', 1, 1)",
        "insert into vector_index (index_name, kind, metric, target_accuracy, own_partitions, parallel, dimension,"
        " images) values ('X', 'IVF', 'COSINE', 95, 0, 1, 2, 1)",
        "insert into vector_accuracy (index_name, kind, k, samples, images) values ('X', 'IVF', 1, 1, 1)",
        "insert into vector_accuracy_query (report_id, target_accuracy, image_id, expected, found, exact_ms,"
        " approximate_ms) values (1, 95, 1, 1, 1, 1, 1)",
        "create view vw_evaluation_run as select run_id from classification_run",
        "create view vw_of_ones_own as select run_id from classification_run",
    ):
        database.execute(text)
    database.commit()


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
