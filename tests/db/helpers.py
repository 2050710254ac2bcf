"""Rows for the tests, put in as a user's own script would."""

from __future__ import annotations

import json
from collections.abc import Sequence

from loader.database import Database, Description

# The tables that hold images, loads and runs; others go along with them.
EMPTIED = (
    "image_decision",
    "image_batch",
    "image_run",
    "image_removed",
    "image_transform",
    "image_calibration",
    "image_map",
    "image_load",
    "image_load_run",
    "image_source",
    "image_demo1",
    "image_model",
)


def insert_image(
    db: Database,
    part: str | None,
    quality: str | None,
    embedding: Sequence[float] | None,
    category: str = "c1",
) -> int:
    """Insert a labelled embedding without the loader; its image_id."""
    attributes = {"part": part, "quality": quality, "categories": [category, "c2"]}
    label = {"images": [{"file_name": "x.png"}], "annotations": [{"attributes": attributes}]}
    text = json.dumps(label, ensure_ascii=False).replace("'", "''")
    vector = "null" if embedding is None else f"to_vector('{list(embedding)}')"
    db.execute(f"insert into image_demo1 (metadata, embedding) values (json('{text}'), {vector})")
    ((image_id,),) = db.execute("select max(image_id) from image_demo1").rows
    return int(image_id)


def clear(db: Database) -> None:
    """Delete every image and load; on Oracle the session has made sure that nothing else is lost (emptying.py)."""
    for table in EMPTIED:
        db.execute(f"delete from {table}")
    db.commit()


def types_of(description: Description | None) -> dict[str, str]:
    """The columns that DESCRIBE shows, each with its type."""
    return {column.name: column.type for column in description.columns} if description else {}


def names_of(description: Description | None) -> list[str]:
    """The columns that DESCRIBE shows, in their order."""
    return list(types_of(description))
