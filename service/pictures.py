"""The stored pictures: a grid with conditions, and each one large with its neighbours."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from loader.database import Database, Json
from loader.rows import Row, rows_of
from service import files
from service.rendering import page
from service.state import service_of

router = APIRouter(include_in_schema=False)
_PAGE = 60
# Labels that could not be loaded, on one page.
_FAILURES = 500
_LARGEST_ID = 10**30
# A picture of a number stays as long as a browser asks; a changed file is asked for again after so many seconds.
_FRESH_S = 300
_NUMBER = Annotated[int, Path(ge=0, le=_LARGEST_ID)]


class Conditions(BaseModel):
    """What pictures a grid shows; empty fields of the form are none."""

    source: str = Field("", max_length=1000)
    part: str = Field("", max_length=100)
    quality: str = Field("", max_length=100)
    category1: str = Field("", max_length=100)
    category2: str = Field("", max_length=100)
    finding: Literal["", "SUSPECT", "DUPLICATE", "OUTLIER", "FAILED"] = ""
    run: str = Field("", pattern=r"^\d{0,9}$")
    actual: str = Field("", max_length=100)
    predicted: str = Field("", max_length=100)
    outcome: Literal["", "RIGHT", "WRONG", "UNTESTED"] = ""
    least: str = Field("", max_length=6)
    most: str = Field("", max_length=6)
    after: int = Field(0, ge=0, le=_LARGEST_ID)

    def __getitem__(self, name: str) -> Any:
        """A condition by its name, for the page."""
        return getattr(self, name)

    def run_id(self, database: Database) -> int | None:
        """The run that is meant: the one that is given, else the last one; None where there is none."""
        if self.run:
            return int(self.run)
        latest = database.value("img_report.latest_run")
        return None if latest is None else int(latest)

    def pictures(self, database: Database, run_id: int | None, **options: int) -> list[Row]:
        """The rows of img_service.pictures; none of labels that failed, or of a run where there is none."""
        if self.finding == "FAILED":
            return []
        of_pictures = ("source", "part", "quality", "category1", "category2", "finding")
        of_run = ("actual", "predicted", "outcome", "least", "most")
        given: dict[str, Any] = {name: getattr(self, name) or None for name in of_pictures}
        if run_id is not None:
            given |= {name: getattr(self, name) or None for name in ("actual", "predicted", "outcome")}
            given |= {"run_id": run_id, "min_confidence": _share(self.least), "max_confidence": _share(self.most)}
        elif any(getattr(self, name) for name in of_run):
            return []
        return rows_of(database, "img_service.pictures", after=self.after, **given, **options)

    def chosen(self) -> dict[str, str]:
        """The conditions that leave pictures out, by their names."""
        beside = {"run", "after", "colour"}
        return {name: value for name, value in self.model_dump().items() if value != "" and name not in beside}

    def link(self, **changed: Any) -> dict[str, Any]:
        """The conditions as the query of an address, some changed."""
        values = self.model_dump() | {"after": 0} | changed
        return {name: value for name, value in values.items() if value not in ("", None, 0)}


def _share(text: str) -> float | None:
    """A number from 0 to 1; None for an empty field."""
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise HTTPException(422, f"a confidence is from 0 to 1, not {text}")
    return value


@router.get("/pictures")
def grid(request: Request, conditions: Annotated[Conditions, Query()]) -> Response:
    """A page of the pictures that the conditions choose, with what a run says of them (default: the last one)."""
    service = service_of(request)
    choices = service.choices.value()
    failures: list[Row] = []
    with service.sessions.one() as database:
        run_id = conditions.run_id(database)
        listed = conditions.pictures(database, run_id, limit=_PAGE + 1)
        if conditions.finding == "FAILED" and not set(conditions.chosen()) - {"finding", "source"}:
            failures = rows_of(database, "img_service.failures", limit=_FAILURES, source=conditions.source or None)
    return page(
        request,
        "pictures.html",
        pictures=listed[:_PAGE],
        failures=failures,
        next=listed[_PAGE - 1]["image_id"] if len(listed) > _PAGE else None,
        conditions=conditions,
        choices=choices,
        run_id=run_id,
    )


@router.get("/pictures/{image_id}")
def large(request: Request, image_id: _NUMBER) -> Response:
    """One picture with its label, its file, its neighbours and what runs said of it."""
    with service_of(request).sessions.one() as database:
        picture = next(iter(rows_of(database, "img_service.picture", image_id=image_id)), None)
        if picture is None:
            raise HTTPException(404, f"there is no image {image_id}")
        neighbours = rows_of(database, "img_service.neighbours", image_id=image_id)
        predictions = rows_of(database, "img_service.predictions", image_id=image_id)
        corrections = rows_of(database, "img_service.corrections", image_id=image_id)
    label = json.dumps(json.loads(picture["label"] or "null"), ensure_ascii=False, indent=2)
    return page(
        request,
        "picture.html",
        picture=picture,
        label=label,
        neighbours=neighbours,
        predictions=predictions,
        corrections=corrections,
    )


@router.get("/picture/{image_id}/{size}.jpg")
def jpeg(request: Request, image_id: _NUMBER, size: Literal["small", "large"]) -> Response:
    """A picture's file as JPEG; 404 where it is not to be had."""
    with service_of(request).sessions.one() as database:
        found = rows_of(database, "img_service.files", image_ids=Json(f"[{image_id}]"))
    find = files.small if size == "small" else files.large
    content = find(found[0]["source_root"], found[0]["image_path"]) if found else None
    if content is None:
        raise HTTPException(404, f"the picture of image {image_id} is not where it was loaded from")
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": f"private, max-age={_FRESH_S}"})
