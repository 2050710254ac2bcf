"""What programs ask: /classify, /health and /metrics."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from loader import __version__
from loader.database import DatabaseError
from service.classifier import Upload
from service.state import service_of

router = APIRouter(tags=["service"])
_FORM = "multipart/form-data"
# What a raw body may be called; what it is, its bytes say.
_RAW = ("image/jpeg", "image/png", "image/bmp", "image/tiff", "image/webp", "application/octet-stream")
_LONGEST_PART = 100


class Neighbour(BaseModel):
    """A stored image, or a class, that was near."""

    model_config = ConfigDict(extra="allow")

    place: int
    image_id: int | None = Field(description="None where classes are compared")
    label: str | None = Field(alias="class")
    distance: float


class Decision(BaseModel):
    """What is said of one picture."""

    model_config = ConfigDict(extra="allow")

    name: str
    problem: str | None = Field(None, description="why the picture could not be read; then nothing else is said")
    label: str | None = Field(None, alias="class", description="the class, or unknown")
    best: str | None = Field(None, description="the class before rejection")
    confidence: float | None = None
    neighbours: list[Neighbour] | None = None
    stored: list[dict[str, Any]] | None = Field(None, description="the stored images that are this very file")


class Decisions(BaseModel):
    """The decisions of one request, in the order of its pictures."""

    model: str
    seconds: float = Field(description="of work, without the wait")
    decisions: list[Decision]


class Health(BaseModel):
    """Whether the service can answer."""

    status: str
    version: str
    model: str
    database: str


class Problem(BaseModel):
    """Why there is no answer; explained where the reader's language is not that of the messages."""

    detail: str
    explanation: str | None = None


_BINARY = {"type": "string", "format": "binary"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "array", "minItems": 1, "items": _BINARY}},
                }
            },
            **{kind: {"schema": _BINARY | {"minLength": 1}} for kind in _RAW},
        },
    }
}


@router.post(
    "/classify",
    response_model=Decisions,
    openapi_extra=_BODY,
    responses={
        400: {"model": Problem, "description": "No picture was sent"},
        413: {"model": Problem, "description": "Too many pictures, or too long a body"},
        415: {"model": Problem, "description": "The body is of another kind"},
        422: {"model": Problem, "description": "A parameter can not be used, such as an unknown part"},
        429: {"model": Problem, "description": "Too many requests wait"},
        503: {"model": Problem, "description": "The database can not answer now"},
    },
)
async def classify(
    request: Request,
    part: Annotated[
        str | None, Query(max_length=_LONGEST_PART, description="the part of the pictures; neighbours are of any, else")
    ] = None,
) -> Response:
    """Classify pictures: form fields called `file`, or one picture as the body.

    A picture that can not be read has a problem, and the others are decided all the same.
    """
    service = service_of(request)
    if part is not None and "\0" in part:
        raise HTTPException(422, "query.part: holds NUL")
    async with _uploads(request, service.settings.most_files) as uploads:
        service.metrics.waiting.set(service.gate.inside)
        answers, seconds = await run_in_threadpool(service.classifier.decide, uploads, part or None)
    service.metrics.count(answers, seconds)
    body = {
        "model": service.classifier.model.name,
        "seconds": seconds,
        "decisions": [answer.told() for answer in answers],
    }
    return JSONResponse(body)


@asynccontextmanager
async def _uploads(request: Request, most_files: int) -> AsyncIterator[list[Upload]]:
    """The pictures of a request, open until the block ends. Raises HTTPException."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        async with request.form(max_files=most_files, max_fields=most_files) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            yield _given([Upload(file.filename or "picture", file.file) for file in files])
    elif kind in _RAW:
        content = await request.body()
        yield _given([Upload("picture", io.BytesIO(content))] if content else [])
    else:
        raise HTTPException(415, f"send pictures as {_FORM}, fields `file`, or one as {', '.join(_RAW)}")


def _given(uploads: list[Upload]) -> list[Upload]:
    if not uploads:
        raise HTTPException(400, "no picture was sent: as form fields `file`, or one as the body")
    return uploads


@router.get("/health", response_model=Health, responses={503: {"model": Health, "description": "It can not answer"}})
def health(request: Request) -> Response:
    """Whether the database answers."""
    service = service_of(request)
    facts = {"version": __version__, "model": service.classifier.model.name}
    try:
        with service.sessions.one() as database:
            database.value("img_store.version")
    except DatabaseError as error:
        return JSONResponse({"status": "down", "database": error.message.partition("\n")[0], **facts}, 503)
    return JSONResponse({"status": "up", "database": database.description, **facts})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Figures for Prometheus; nearest_distance tells the latest pictures beside the last evaluation."""
    service = service_of(request)
    with service.sessions.one() as database:
        run_id = database.value("img_report.latest_run")
        quantiles = next(database.rows("img_service.distances", p_run_id=run_id)) if run_id is not None else ()
    service.metrics.distances.compare_with(quantiles)
    if service.watch is not None:
        service.metrics.watch_waiting.set(service.watch.standing().waiting)
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
