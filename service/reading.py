"""What pages show, read from the database: each row by its names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loader.database import Database, Json


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored image in a list, with what a run predicts of it (None without one)."""

    image_id: int
    part: str | None
    quality: str | None
    category1: str | None
    category2: str | None
    actual: str | None
    predicted: str | None
    confidence: float | None
    is_suspect: int
    is_duplicate: int
    is_outlier: int

    @property
    def is_wrong(self) -> bool:
        """Whether the run took it for another class."""
        return self.predicted is not None and self.predicted != self.actual


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored image with its label and its file."""

    image_id: int
    part: str | None
    quality: str | None
    category1: str | None
    category2: str | None
    source_name: str | None
    source_root: str | None
    label_path: str | None
    image_path: str | None
    model: str | None
    label: str | None
    has_embedding: int

    @property
    def label_text(self) -> str:
        """The label as indented JSON."""
        return json.dumps(json.loads(self.label or "null"), ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored image that is near another one by cosine distance."""

    place: int
    image_id: int
    part: str | None
    label: str | None
    distance: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run said of an image; `is_right` None: it was not tested."""

    run_id: int
    actual: str | None
    predicted: str | None
    confidence: float | None
    is_right: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that images can be chosen by, and how many have it."""

    name: str
    value: str
    images: int


@dataclass(frozen=True, slots=True)
class Finding:
    """How many images of a kind of finding are kept, and the run that they are from."""

    kind: str
    images: int
    run_id: int


@dataclass(frozen=True, slots=True)
class Changed:
    """An image that two runs decide differently."""

    image_id: int
    part: str | None
    actual: str | None
    predicted_a: str
    predicted_b: str
    confidence_a: float
    confidence_b: float


@dataclass(frozen=True, slots=True)
class Load:
    """A load of a source; `finished_at` None: it runs, or was cut short."""

    run_id: int
    source_name: str
    model: str
    started_at: str
    finished_at: str | None
    labels: int
    new_labels: int
    changed: int
    unchanged: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model that embedded images."""

    name: str
    dimension: int
    preprocessing: str
    registered_at: str
    images: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A label or image that could not be loaded."""

    source_name: str
    label_path: str
    image_path: str | None
    reason: str


def pictures(database: Database, conditions: dict[str, Any], limit: int) -> list[Listed]:
    """A page of images; `conditions` are img_service.pictures' parameters without p_."""
    given = {f"p_{name}": value for name, value in conditions.items() if value is not None}
    return [Listed(*row) for row in database.rows("img_service.pictures", p_limit=limit, **given)]


def picture(database: Database, image_id: int) -> Picture | None:
    """One image; None where there is none of that number."""
    return next((Picture(*row) for row in database.rows("img_service.picture", p_image_id=image_id)), None)


def files(database: Database, image_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The root and the path below it of each image's file."""
    wanted = Json(json.dumps(sorted(set(image_ids))))
    return {int(n): (root, path) for n, root, path in database.rows("img_service.files", p_image_ids=wanted)}


def neighbours(database: Database, image_id: int) -> list[Neighbour]:
    """The nearest stored images of its part."""
    return [Neighbour(*row) for row in database.rows("img_service.neighbours", p_image_id=image_id)]


def predictions(database: Database, image_id: int) -> list[Prediction]:
    """What the latest runs said of an image."""
    return [Prediction(*row) for row in database.rows("img_service.predictions", p_image_id=image_id)]


def choices(database: Database) -> dict[str, list[Choice]]:
    """What images can be chosen by, for each name."""
    found: dict[str, list[Choice]] = {}
    for row in database.rows("img_service.choices"):
        choice = Choice(*row)
        found.setdefault(choice.name, []).append(choice)
    return found


def findings(database: Database) -> list[Finding]:
    """The findings that are kept."""
    return [Finding(*row) for row in database.rows("img_service.findings")]


def changed(database: Database, run_a: int, run_b: int) -> list[Changed]:
    """Images that two runs decide differently."""
    return [Changed(*row) for row in database.rows("img_service.changed_decisions", p_run_a=run_a, p_run_b=run_b)]


def loads(database: Database) -> list[Load]:
    """The latest loads."""
    return [Load(*row) for row in database.rows("img_service.loads")]


def models(database: Database) -> list[StoredModel]:
    """The models."""
    return [StoredModel(*row) for row in database.rows("img_service.models")]


def failures(database: Database) -> list[Failure]:
    """What could not be loaded, the last first."""
    return [Failure(*row) for row in database.rows("img_service.failures")]


def named(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows of a cursor by the names of its columns."""
    return [dict(zip(names, row, strict=True)) for row in rows]
