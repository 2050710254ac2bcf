"""The evaluations: a list, each with its figures, and two beside each other."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from loader.database import Database
from loader.report import summary
from loader.rows import Row, rows_of
from loader.run_comparison import compare_runs
from service.rendering import page
from service.state import service_of

router = APIRouter(include_in_schema=False)
_MISTAKES = 12
# Points of a curve that are drawn, at most.
_POINTS = 200
_RUN = Annotated[int, Path(ge=1, le=999_999_999)]


@router.get("/runs")
def listed(request: Request) -> Response:
    """All evaluations, the last first."""
    with service_of(request).sessions.one() as database:
        rows = rows_of(database, "img_report.runs")
    return page(request, "runs.html", runs=rows)


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
    return page(request, "compare.html", ids=(a, b), result=result, changed=changed)


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
    return page(
        request,
        "run.html",
        run_id=run_id,
        run=figures,
        classes=classes,
        parts=parts,
        matrix=_matrix(confusion),
        coverage=_thinned(coverage),
        calibration=calibration,
        mistakes=mistakes,
        findings=findings,
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
    rows = rows_of(database, "img_report.mistakes", run_id=run_id, limit=_MISTAKES)
    return [row | {"neighbours": json.loads(row["neighbours"] or "[]")} for row in rows]


def _matrix(rows: list[Row]) -> tuple[list[str], list[tuple[str, list[tuple[str, int, float]]]]]:
    """The classes, and for each actual one its cells: the class that was said, images, and their share of the row."""
    names = sorted({row[key] for row in rows for key in ("actual", "predicted")})
    counts = {(row["actual"], row["predicted"]): int(row["images"]) for row in rows}
    lines = []
    for actual in names:
        total = sum(counts.get((actual, name), 0) for name in names)
        cells = [(name, counts.get((actual, name), 0)) for name in names]
        lines.append((actual, [(name, images, images / total if total else 0.0) for name, images in cells]))
    return names, lines


def _thinned(rows: list[Row]) -> list[Row]:
    """The curve with at most _POINTS points, the last among them."""
    step = -(-len(rows) // _POINTS) or 1
    return rows[-1::-step][::-1]
