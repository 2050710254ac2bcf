"""The stored images that files on disk are: pictures, or labels that have a file of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from loader.database import Database, Json
from loader.labels import printable
from loader.rows import rows_of


def images_of(database: Database, paths: Iterable[Path]) -> dict[Path, list[int]]:
    """The images of each file, by where the sources' files lay when they were loaded last; none for an unknown one.

    A file may lie below the roots of several sources, and is then an image of each.
    """
    found: dict[Path, list[int]] = {path: [] for path in paths}
    for row in rows_of(database, "img_service.roots"):
        if row["source_root"] is None:
            continue
        root = Path(row["source_root"])
        below = {
            printable(path.resolve().relative_to(root).as_posix()): path
            for path in found
            if path.resolve().is_relative_to(root)
        }
        if not below:
            continue
        asked = Json(json.dumps(list(below)))
        for image in rows_of(database, "img_correction.images_at", source=row["source_name"], paths=asked):
            found[below[image["path"]]].append(int(image["image_id"]))
    return found
