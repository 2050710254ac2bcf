"""The decision log: the decisions, how their distances drift, and all of them as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from loader.rows import COLUMNS, Row, rows_of
from service.rendering import page
from service.sessions import Sessions
from service.state import service_of

router = APIRouter(include_in_schema=False)
_PAGE = 60
_LARGEST = 10**30
# What img_log.decisions gives at most.
_AT_ONCE = 1000
_COLUMNS = COLUMNS["img_log.decisions"]


@router.get("/decisions")
def listed(request: Request, before: Annotated[int | None, Query(ge=0, le=_LARGEST)] = None) -> Response:
    """A page of the decisions, the last first, below what each day's distances say."""
    service = service_of(request)
    with service.sessions.one() as database:
        decisions = rows_of(database, "img_log.decisions", before=before, limit=_PAGE + 1)
        drift = rows_of(database, "img_log.drift") if before is None else []
    return page(
        request,
        "decisions.html",
        decisions=decisions[:_PAGE],
        next=decisions[_PAGE - 1]["decision_id"] if len(decisions) > _PAGE else None,
        drift=drift,
        is_first=before is None,
        days=service.settings.log_days,
    )


@router.get("/decisions.csv")
def exported(request: Request) -> Response:
    """All decisions, the last first."""
    headers = {"Content-Disposition": 'attachment; filename="decisions.csv"'}
    sessions = service_of(request).sessions
    first = _read(sessions, None)
    return StreamingResponse(_lines(sessions, first), media_type="text/csv; charset=utf-8", headers=headers)


def _read(sessions: Sessions, before: int | None) -> list[Row]:
    with sessions.one() as database:
        return rows_of(database, "img_log.decisions", before=before, limit=_AT_ONCE)


def _lines(sessions: Sessions, rows: list[Row]) -> Iterator[str]:
    """The lines of the file, from the first rows on. They are read as they are sent."""
    yield _csv([_COLUMNS])
    while rows:
        yield _csv([[_cell(row[name]) for name in _COLUMNS] for row in rows])
        rows = _read(sessions, int(rows[-1]["decision_id"])) if len(rows) == _AT_ONCE else []


def _csv(rows: object) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)  # type: ignore[arg-type]
    return buffer.getvalue()


def _cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula, whatever a file was called (OWASP, CSV Injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
