"""The page where pictures are classified: sent or watched; labels are added, and the transform is refitted."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, HTTPException, Path, Query, Request, UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from loader.files import FileError, read_with_status
from loader.rows import Row
from loader.thumbnail import thumbnail
from service import files
from service.added import AddError, Label
from service.rendering import page
from service.state import State, service_of
from service.watch import Watch, Watched

router = APIRouter(include_in_schema=False)
_LARGEST = 10**15
# Answers of the watched directory that are told at once.
_TOLD = 60
_FIELDS = {"part": "PART", "quality": "QUALITY", "category1": "CATEGORY1", "category2": "CATEGORY2"}


@router.get("/classify")
def classify(request: Request) -> Response:
    """Drop pictures here; the page sends them to POST /classify."""
    service = service_of(request)
    choices = service.choices.value() if service.added is not None else {}
    return page(
        request,
        "classify.html",
        model=service.classifier.model.name,
        target=(service.classifier.options.get("target") or "quality").lower(),
        most_files=service.settings.most_files,
        choices={field: [row["value"] for row in choices.get(name, [])] for field, name in _FIELDS.items()},
        added=service.added,
        watch=service.watch and service.watch.standing(),
        log=service.log,
        fit=_fit(service),
    )


@router.get("/watched")
def watched(request: Request, after: Annotated[int, Query(ge=0, le=_LARGEST)] = 0) -> Response:
    """How the watch stands, and its answers after that number, the last first."""
    watch = _watch_of(request)
    answers = [{"number": found.number, "at": found.at, **found.answer.told()} for found in watch.after(after, _TOLD)]
    return JSONResponse({"standing": asdict(watch.standing()), "answers": answers})


@router.get("/watched/{number}/small.jpg")
def small(request: Request, number: Annotated[int, Path(ge=1, le=_LARGEST)]) -> Response:
    """A watched picture; 404 where it is not there any more."""
    content = thumbnail(_watched_of(request, number).path, files.SMALL)
    if content is None:
        raise HTTPException(404, "the picture is not in the watched directory any more")
    return Response(content, media_type="image/jpeg")


@router.post("/add")
def add(
    request: Request,
    part: Annotated[str, Form()] = "",
    quality: Annotated[str, Form()] = "",
    category1: Annotated[str, Form()] = "",
    category2: Annotated[str, Form()] = "",
    watched: Annotated[int, Form(ge=0, le=_LARGEST)] = 0,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep a picture, sent or watched, with the label that a person gives it; the stored image."""
    service = service_of(request)
    if service.added is None:
        raise HTTPException(404, "pictures are kept where the service is started with --added DIR")
    label = Label.checked(part=part, quality=quality, category1=category1, category2=category2)
    name, content = _picture(request, watched, file)
    stored = service.added.add(name, content, label)
    service.choices.forget()
    return JSONResponse({"image": stored, "fit": _fit(service)})


def _picture(request: Request, number: int, file: UploadFile | None) -> tuple[str, bytes]:
    """The name and the bytes of the picture that is meant. Raises HTTPException and AddError."""
    if number:
        found = _watched_of(request, number)
        try:
            content, _ = read_with_status(found.path, service_of(request).settings.most_bytes)
        except FileError as error:
            raise AddError(f"{found.answer.name}: {error}") from error
        if hashlib.sha256(content).hexdigest() != found.digest:
            raise AddError(f"{found.answer.name}: the file is another one since it was answered")
        return found.answer.name, content
    if file is None:
        raise AddError("no picture was sent: as form field `file`, or the number of a watched one")
    return file.filename or "picture", file.file.read()


@router.get("/fit")
def fitted(request: Request) -> Response:
    """The transform that decides, what came since it was fitted, and how far a refit is."""
    return JSONResponse(_fit(service_of(request)))


@router.post("/fit")
def refit(request: Request) -> Response:
    """Fit the transform anew in the background."""
    service = service_of(request)
    if service.refit is None:
        raise HTTPException(404, "no fitted transform decides here")
    service.refit.begin()
    return RedirectResponse("/classify", 303)


def _fit(service: State) -> dict[str, Any] | None:
    """What is told of the transform; None where none decides."""
    if service.refit is None:
        return None
    found: Row = service.refit.fitted() or {}
    told = {name: found.get(name) for name in ("kind", "fitted_at", "stored_since_fit")}
    standing = service.refit.standing()
    return {
        "name": service.refit.name,
        **told,
        "phase": standing.phase.value,
        "since": standing.since,
        "problem": standing.problem,
    }


def _watch_of(request: Request) -> Watch:
    watch = service_of(request).watch
    if watch is None:
        raise HTTPException(404, "no directory is watched: serve --watch DIR")
    return watch


def _watched_of(request: Request, number: int) -> Watched:
    found = _watch_of(request).find(number)
    if found is None:
        raise HTTPException(404, f"the answer {number} is kept no more")
    return found
