"""The map: every picture as a point, beside those that are like it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from loader.rows import Row, rows_of
from service.pictures import Conditions
from service.rendering import page
from service.state import service_of

router = APIRouter(include_in_schema=False)
# Points that a browser draws at once.
_MOST = 100_000
# Classes that have a sign of their own: the commonest; the others share one.
_SIGNS = 21
Colour = Literal["part", "quality", "category1", "category2", "predicted", "outcome"]


class Shown(Conditions):
    """What the map shows: the conditions of the grid, and the label that the points are coloured by."""

    colour: Colour = "quality"


@router.get("/map")
def whole(request: Request, shown: Annotated[Shown, Query()]) -> Response:
    """The page around the points, and how old the map is."""
    service = service_of(request)
    with service.sessions.one() as database:
        run_id = shown.run_id(database)
        state = next(iter(rows_of(database, "img_map.state")), None)
    return page(
        request,
        "map.html",
        conditions=shown,
        choices=service.choices.value(),
        run_id=run_id,
        state=state,
        chore=service.map_maker,
    )


@router.get("/map/points")
def points(request: Request, shown: Annotated[Shown, Query()]) -> Response:
    """The points that the conditions choose: their images, places and signs, and what the signs stand for."""
    service = service_of(request)
    with service.sessions.one() as database:
        run_id = shown.run_id(database)
        rows = shown.pictures(database, run_id, limit=_MOST, sample=_MOST)
    return JSONResponse(_drawn(rows, shown.colour))


@router.post("/map")
def make(request: Request) -> Response:
    """Begin to make the map anew; the page says when it is there."""
    service_of(request).map_maker.begin()
    return RedirectResponse("/map", 303)


def _drawn(rows: list[Row], colour: Colour) -> dict[str, Any]:
    """Columns of numbers, and the signs, the commonest first; a point's sign is its place among them.

    The last sign, of no name, is that of the images that have no label and of those of rarer ones.
    """
    labels = [_label(row, colour) for row in rows]
    counts = Counter(label for label in labels if label is not None)
    named = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SIGNS]
    place: dict[str | None, int] = {name: number for number, (name, _) in enumerate(named)}
    signs: list[dict[str, Any]] = [{"name": name, "images": images} for name, images in named]
    if rest := len(rows) - sum(images for _, images in named):
        signs.append({"name": None, "images": rest})
    return {
        "signs": signs,
        "image": [int(row["image_id"]) for row in rows],
        "x": [round(row["x"], 4) for row in rows],
        "y": [round(row["y"], 4) for row in rows],
        "sign": [place.get(label, len(named)) for label in labels],
    }


def _label(row: Row, colour: Colour) -> str | None:
    """What a point is coloured by; None where it has none."""
    if colour != "outcome":
        return row[colour]  # type: ignore[no-any-return]
    if row["predicted"] is None:
        return "UNTESTED"
    return "RIGHT" if row["predicted"] == row["actual"] else "WRONG"
