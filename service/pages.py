"""Pages that belong to nothing else: the first one, the token, the language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from loader import charts, confusion
from service import language, security
from service.rendering import page
from service.state import service_of

router = APIRouter(include_in_schema=False)
_YEAR_S = 365 * 24 * 3600


@router.get("/")
def home() -> Response:
    """The pictures are the first page."""
    return RedirectResponse("/pictures", 303)


@router.get("/figures.css")
def figures_css() -> Response:
    """How curves and confusion matrices look, here and in the report."""
    return Response(
        charts.CSS + confusion.CSS, media_type="text/css", headers={"Cache-Control": "private, max-age=300"}
    )


@router.get("/login")
def ask_token(request: Request) -> Response:
    """Where a browser gives the token."""
    return page(request, "login.html", wrong=False)


@router.post("/login")
def take_token(request: Request, token: Annotated[str, Form()] = "") -> Response:
    """Keep the token in a cookie that no script and no other site can read."""
    service = service_of(request)
    if service.settings.token is None or not security.is_token(token, service.settings.token):
        return page(request, "login.html", status=401, wrong=True)
    answer = RedirectResponse("/pictures", 303)
    answer.set_cookie(
        security.COOKIE, token.strip(), httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return answer


@router.get("/language")
def choose_language(code: str, to: str = "/") -> Response:
    """Keep the reader's language and go back."""
    if code not in language.LANGUAGES or not security.is_own_page(to):
        raise HTTPException(422, "no such language, or no page of this service")
    answer = RedirectResponse(to, 303)
    answer.set_cookie(language.COOKIE, code, max_age=_YEAR_S, samesite="lax", httponly=True)
    return answer
