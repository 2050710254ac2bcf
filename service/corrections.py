"""Labels corrected in the browser: of one picture after the other by keys, or of many at once, and taken back."""

from __future__ import annotations

import getpass
import json
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, HTTPException, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from loader.corrections.applying import groups_of
from loader.corrections.correcting import Outcome, Wish, correct, undo
from loader.corrections.label_file import label_file
from loader.corrections.overlay import obstacle
from loader.database import Database
from loader.labels import LabelError
from loader.rows import Row, rows_of
from service.rendering import page, query
from service.security import is_own_page
from service.state import State, service_of

router = APIRouter(include_in_schema=False)
_COOKIE = "corrector"
_YEAR_S = 365 * 24 * 3600
_LARGEST_ID = 10**30
_MOST = 1000
# Classes that a digit chooses.
_DIGITS = 9

_IMAGE = Annotated[int, Field(ge=0, le=_LARGEST_ID)]
_TEXT = Annotated[str, Field(max_length=1000)]


class Walk(BaseModel):
    """The pictures that are corrected: all at once, or one after the other, of which `at` is shown; then back `to`.

    `last` is the picture that was corrected before, and `correction` what was done to it.
    """

    image: list[_IMAGE] = Field(default=[], max_length=_MOST)
    at: int | None = Field(None, ge=0, le=_MOST)
    to: str = Field("/pictures", max_length=8000)
    last: _IMAGE | None = None
    correction: str = Field("", pattern=r"^\w{0,32}$")

    def address(self, **changed: Any) -> str:
        """The page of these pictures, another one shown."""
        values = self.model_dump(exclude={"last", "correction"}) | changed
        return f"/correct?{query(values)}"

    def place(self, step: int) -> str | None:
        """The page of the picture so many further on; None where there is none."""
        if self.at is None or not 0 <= self.at + step < len(self.image):
            return None
        return self.address(at=self.at + step)


class Given(Walk):
    """What the form says of the pictures."""

    quality: _TEXT = ""
    another: _TEXT = ""
    part: _TEXT = ""
    of: _TEXT = ""
    by: _TEXT = ""
    in_label: bool = False


class Taken(Walk):
    """Which pictures' corrections are taken back, by their ids or the last of each."""

    undo: list[_IMAGE] = Field(default=[], max_length=_MOST)
    ids: list[str] = Field(default=[], max_length=_MOST)
    by: _TEXT = ""


@router.get("/correct")
def ask(request: Request, walk: Annotated[Walk, Query()]) -> Response:
    """Pictures to correct, with what can be said of them."""
    return _shown(request, walk)


@router.post("/corrections")
def take(request: Request, given: Annotated[Given, Form()]) -> Response:
    """Correct the pictures, and go on to the next; where one can not be corrected the page says why."""
    service = service_of(request)
    walk = _checked(given)
    wish = Wish(given.part or None, given.another.strip() or given.quality or None, given.of or None, given.in_label)
    meant = walk.image if walk.at is None else [walk.image[walk.at]]
    with service.sessions.one() as database:
        try:
            outcome = correct(database, meant, wish, given.by)
        except LabelError as error:
            return _shown(request, walk, status=422, problem=str(error), by=given.by)
    service.choices.forget()
    if outcome.refused or walk.at is None:
        return _shown(request, walk, status=422 if outcome.refused else 200, outcome=outcome, by=given.by)
    done = {"last": outcome.done[0][0], "correction": outcome.done[0][1].id} if outcome.done else {}
    return _remembered(request, RedirectResponse(walk.address(at=_next(walk), **done), 303), given.by)


@router.post("/corrections/undo")
def take_back(request: Request, taken: Annotated[Taken, Form()]) -> Response:
    """Take corrections back, and show the pictures again."""
    service = service_of(request)
    walk = _checked(taken)
    with service.sessions.one() as database:
        try:
            outcome = undo(database, taken.undo, taken.by or _person(request, service), taken.ids or None)
        except LabelError as error:
            return _shown(request, walk, status=422, problem=str(error))
    service.choices.forget()
    if outcome.refused:
        return _shown(request, walk, status=422, outcome=outcome)
    at = walk.image.index(taken.undo[0]) if walk.at is not None and taken.undo[0] in walk.image else walk.at
    return RedirectResponse(walk.address(at=at), 303)


def _checked(given: Walk) -> Walk:
    """The pictures of a form or an address. Raises HTTPException."""
    if not given.image:
        raise HTTPException(422, "choose pictures first")
    if not is_own_page(given.to):
        raise HTTPException(422, "no page of this service")
    at = None if given.at is None else min(given.at, len(given.image) - 1)
    return Walk(image=given.image, at=at, to=given.to, last=given.last, correction=given.correction)


def _next(walk: Walk) -> int:
    assert walk.at is not None  # noqa: S101, one picture is shown
    return min(walk.at + 1, len(walk.image) - 1)


def _shown(
    request: Request,
    walk: Walk,
    *,
    status: int = 200,
    outcome: Outcome | None = None,
    problem: str | None = None,
    by: str | None = None,
) -> Response:
    service = service_of(request)
    walk = _checked(walk)
    with service.sessions.one() as database:
        picture = _picture(database, walk.image[walk.at]) if walk.at is not None else None
    answer = page(
        request,
        "correct.html",
        status=status,
        walk=walk,
        picture=picture,
        outcome=outcome,
        problem=problem,
        by=_person(request, service) if by is None else by,
        qualities=[choice["value"] for choice in service.choices.value().get("QUALITY", [])],
        parts=[choice["value"] for choice in service.choices.value().get("PART", [])],
        digits=_DIGITS,
    )
    return answer if by is None else _remembered(request, answer, by)


def _picture(database: Database, image_id: int) -> Row:
    """A picture as img_service.picture has it, with its corrections and what can be done. Raises HTTPException."""
    found = next(iter(rows_of(database, "img_service.picture", image_id=image_id)), None)
    if found is None:
        raise HTTPException(404, f"there is no image {image_id}")
    root, label_path = found["source_root"], found["label_path"]
    parts = [group.part for group in groups_of(json.loads(found["label"] or "null"))]
    own_file = label_path is not None and root is not None and len(parts) == 1
    return found | {
        "corrections": rows_of(database, "img_service.corrections", image_id=image_id),
        "parts": parts,
        "obstacle": obstacle(root) if label_path is not None else None,
        "is_loaded": label_path is not None,
        "has_label_file": own_file and label_file(root, label_path, found["image_path"]) is not None,
    }


def _person(request: Request, service: State) -> str:
    """Who corrects: as said before, else who runs the service, where nobody else can ask it."""
    if told := request.cookies.get(_COOKIE):
        return unquote(told)[:100]
    if service.settings.token is not None:
        return ""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _remembered(request: Request, answer: Response, by: str) -> Response:
    """The answer, which lets the browser remember who corrects."""
    if by.strip():
        secure = request.url.scheme == "https"
        answer.set_cookie(_COOKIE, quote(by.strip()), max_age=_YEAR_S, httponly=True, samesite="strict", secure=secure)
    return answer
