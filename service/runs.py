"""The evaluations: a list, each with its figures, and two beside each other."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from loader import charts
from loader.confusion import Matrix
from loader.database import Database
from loader.report import summary
from loader.report_comparison import told
from loader.report_settings import settings
from loader.report_words import words_of
from loader.rows import Row, rows_of
from loader.run_comparison import compare_runs
from service.language import chosen
from service.rendering import page, query
from service.state import service_of

router = APIRouter(include_in_schema=False)
_MISTAKES = 12
_RUN = Annotated[int, Path(ge=1, le=999_999_999)]


@router.get("/runs")
def listed(request: Request) -> Response:
    """All evaluations, the last first."""
    with service_of(request).sessions.one() as database:
        rows = rows_of(database, "img_report.runs")
    earlier = next((row["run"] for row in rows[1:] if row["target"] == rows[0]["target"]), None)
    return page(request, "runs.html", runs=rows, earlier=earlier)


@router.get("/runs/compare")
def compared(
    request: Request,
    a: Annotated[int, Query(ge=1, le=999_999_999)],
    b: Annotated[int, Query(ge=1, le=999_999_999)],
) -> Response:
    """Two runs side by side, what follows, and the images that they decide differently."""
    with service_of(request).sessions.one() as database:
        result = compare_runs(database, a, b)
        changed = rows_of(database, "img_service.changed_decisions", run_a=a, run_b=b)
    words = words_of(chosen(request))
    return page(request, "compare.html", ids=(a, b), result=result, told=told(result, words), changed=changed)


@router.get("/runs/{run_id}")
def one(request: Request, run_id: _RUN) -> Response:
    """The figures of a run; the cells of its confusion matrix lead to the pictures behind them."""
    with service_of(request).sessions.one() as database:
        figures = summary(database, run_id)
        classes = rows_of(database, "img_report.class_figures", run_id=run_id)
        parts = rows_of(database, "img_report.part_figures", run_id=run_id)
        confusion = rows_of(database, "img_report.confusion_rows", run_id=run_id)
        coverage = rows_of(database, "img_report.coverage_rows", run_id=run_id)
        calibration = rows_of(database, "img_report.calibration_rows", run_id=run_id)
        mistakes = _mistakes(database, run_id)
        findings = rows_of(database, "img_service.findings")
        previous = database.value("img_report.previous_run", p_run_id=run_id)
    return page(
        request,
        "run.html",
        run_id=run_id,
        run=figures,
        classes=classes,
        parts=parts,
        matrix=Matrix.of(confusion),
        link=lambda actual, predicted: f"/pictures?{query({'run': run_id, 'actual': actual, 'predicted': predicted})}",
        settings=settings(figures, words_of(chosen(request))),
        charts=charts,
        coverage=coverage,
        calibration=calibration,
        mistakes=mistakes,
        findings=findings,
        previous=None if previous is None else int(previous),
    )


@router.post("/findings")
def keep_findings(request: Request, run: Annotated[int, Form(ge=1, le=999_999_999)]) -> Response:
    """Keep what a run says a person should look at."""
    service = service_of(request)
    with service.sessions.one() as database:
        database.call("img_service.keep_findings", p_run_id=run)
        database.commit()
    service.choices.forget()
    return RedirectResponse("/pictures?finding=SUSPECT", 303)


def _mistakes(database: Database, run_id: int) -> list[Row]:
    """The most confident mistakes, each with its neighbours: none where classes were compared."""
    rows = rows_of(database, "img_report.mistakes", run_id=run_id, limit=_MISTAKES)
    for row in rows:
        found = json.loads(row["neighbours"] or "[]")
        row["neighbours"] = [near for near in found if near["image_id"] is not None]
    return rows
