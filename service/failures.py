"""What went wrong, as a status and a text: pages for people, JSON for programs."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from loader.corrections.keeping import NotStoredError
from loader.database import DatabaseError
from loader.terminal import shown
from service.added import AddError
from service.gate import ClosingError, FullError
from service.korean_errors import NUMBERS, STATUSES
from service.language import chosen
from service.rendering import page
from service.security import TooLongError
from service.sessions import NoSessionError

# Errors of img_error that say that the stored images are between two states: mixed, of another model, not there yet,
# or with a transform that is gone or stale.
_BETWEEN = frozenset({20100, 20101, 20108, 20117, 20133, 20147})


def add_to(app: FastAPI) -> None:
    """Answer the errors that routes raise."""
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(DatabaseError)(_database)
    app.exception_handler(NotStoredError)(_not_stored)
    for error in (NoSessionError, FullError):
        app.exception_handler(error)(_full)
    app.exception_handler(ClosingError)(_closing)
    app.exception_handler(TooLongError)(_too_long)
    app.exception_handler(AddError)(_not_added)


def _answer(
    request: Request, status: int, text: str, headers: dict[str, str] | None = None, number: int | None = None
) -> Response:
    """The failure as a page or as JSON, explained to readers of Korean; `number` is the database's."""
    explained = NUMBERS.get(number or 0) or STATUSES.get(status) if chosen(request) == "ko" else None
    if "text/html" in request.headers.get("accept", ""):
        return page(
            request, "failure.html", status=status, headers=headers, text=text, code=status, explained=explained
        )
    content = {"detail": text} if explained is None else {"detail": text, "explanation": explained}
    return JSONResponse(content, status, headers)


async def _http(request: Request, error: HTTPException) -> Response:
    return _answer(request, error.status_code, str(error.detail), dict(error.headers or {}))


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    texts = [f"{'.'.join(str(place) for place in found['loc'])}: {found['msg']}" for found in error.errors()]
    return _answer(request, 422, "; ".join(texts))


async def _database(request: Request, error: DatabaseError) -> Response:
    text = shown(error.message)
    if error.code in _BETWEEN:
        return _answer(request, 503, text, {"Retry-After": "10"}, error.code)
    if 20000 <= (error.code or 0) <= 20999:
        return _answer(request, 422, text, number=error.code)
    return _answer(request, 503, text, {"Retry-After": "5"}, error.code)


async def _not_stored(request: Request, error: NotStoredError) -> Response:
    return _answer(request, 503, shown(str(error)))


async def _full(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _answer(request, 429, "more requests wait than the service takes: try again", {"Retry-After": "1"})


async def _closing(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _answer(request, 503, "the service stops", {"Retry-After": "30"})


async def _too_long(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _answer(request, 413, "the request is longer than the service takes")


async def _not_added(request: Request, error: Exception) -> Response:
    return _answer(request, 422, shown(str(error)))
