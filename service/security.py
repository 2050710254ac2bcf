"""Who may ask, and what a browser may do with an answer."""

from __future__ import annotations

import hmac
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "loader_token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Whatever a label may have smuggled in, a page runs our own script alone, and nothing is fetched from elsewhere.
POLICY = (
    "default-src 'none'; img-src 'self' blob:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Turns away requests without the token, requests that another site's page sends, and bodies that are too long."""

    def __init__(self, app: ASGIApp, token: str | None, most_bytes: int, open_paths: frozenset[str]) -> None:
        self._app = app
        self._token = token
        self._most_bytes = most_bytes
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what may pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _guarded(refusal, scope, receive, send)
            return
        await _guarded(self._app, scope, _Counted(receive, self._most_bytes), send)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        if self._token is not None and scope["path"] not in self._open_paths and not self._has_token(headers):
            return PlainTextResponse(
                "this service asks for its token: Authorization: Bearer TOKEN, or /login in a browser\n",
                401,
                {"WWW-Authenticate": "Bearer"},
            )
        if scope["method"] not in _SAFE and not _is_own(headers):
            return PlainTextResponse("a page of another site may not change anything here\n", 403)
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._most_bytes:
            return PlainTextResponse(f"a request of more than {self._most_bytes} bytes is not taken\n", 413)
        return None

    def _has_token(self, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
            given = morsel.value if morsel else ""
        return is_token(given, self._token or "")


def is_token(given: str, token: str) -> bool:
    """Whether a token is the right one, in a time that does not tell how much of it is."""
    return hmac.compare_digest(given.strip().encode(), token.encode())


def is_own_page(address: str) -> bool:
    """Whether an address is that of a page of this service, and leads to no other host."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _is_own(headers: Headers) -> bool:
    """Whether a request that changes something comes from our own page, or from no browser.

    Browsers say so themselves (Fetch Metadata, W3C; the older ones by Origin, RFC 6454), and no page can change it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def _guarded(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if not scope["path"].startswith(("/static/", "/picture/")):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    await app(scope, receive, send_with_headers)


class TooLongError(Exception):
    """A body that is longer than it said, or than may be."""


class _Counted:
    """Hands on a body until it is too long."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self._receive = receive
        self._left = most_bytes

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise TooLongError
        return message
