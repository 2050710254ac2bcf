"""The language of a page: English, or Korean where the browser or the reader says so."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from service.korean import KOREAN

COOKIE = "language"
LANGUAGES = {"en": "English", "ko": "한국어"}


def chosen(request: Request) -> str:
    """The code of the request's language: the reader's choice, else the first of the browser's that we have."""
    cookie = request.cookies.get(COOKIE)
    if cookie in LANGUAGES:
        return cookie
    for _, code in sorted(_accepted(request.headers.get("accept-language", "")), key=lambda pair: -pair[0]):
        if code in LANGUAGES:
            return code
    return "en"


def _accepted(header: str) -> list[tuple[float, str]]:
    """The languages of Accept-Language (RFC 9110, 12.5.4) with their weights."""
    found = []
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        code = name.strip().lower().partition("-")[0]
        try:
            weight = float(parameters.partition("q=")[2] or 1)
        except ValueError:
            continue
        if code and weight > 0:
            found.append((weight, code))
    return found


def translator(code: str) -> Callable[..., str]:
    """What turns an English text into the language's; {name} in it stands for a value."""

    def translate(text: str, **values: object) -> str:
        told = KOREAN[text] if code == "ko" else text
        return told.format(**values) if values else told

    return translate
