"""Curves of a run as SVG, for its report and its page: what is rejected, and whether the confidence can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from loader.report_answer import share
from loader.rows import Row
from loader.terminal import shown_html

CSS: Final = """
.chart { display: block; width: 100%; max-width: 34rem; height: auto; font-size: 12px; }
.chart line { stroke: #d6dce3; } .chart line.even { stroke: #55606d; stroke-dasharray: 4 4; }
.chart text { fill: #55606d; font-family: system-ui, "Noto Sans KR", "Malgun Gothic", sans-serif; }
.chart polyline { fill: none; stroke: #1f5fa8; stroke-width: 2.5; } .chart circle { fill: #1f5fa8; }
"""
# The drawing, and the plane of the curve in it.
_WIDTH, _HEIGHT = 440, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 420, 26, 256
# Points of a line that are drawn; up to some they are marked as well, and some are told to who can not see them.
_POINTS, _MARKED, _TOLD = 200, 40, 8


@dataclass(frozen=True, slots=True)
class _Point:
    """Shares from 0 to 1, and how large a mark is."""

    x: float
    y: float
    radius: float = 4.0


def coverage(rows: Sequence[Row], x_title: str, y_title: str) -> str:
    """Accuracy over the share of images that are answered, of rows of img_report.coverage_rows."""
    points = [_Point(float(row["coverage"]), float(row["accuracy"])) for row in rows]
    if not points:
        return ""
    # A curve that is high up would be flat on an axis from 0 on.
    lowest = int(20 * max(0.0, min(point.y for point in points) - 0.05)) / 20
    step = -(-len(points) // _POINTS)
    drawn = points[::-step][::-1]
    line = " ".join(f"{_x(point):.1f},{_y(point, lowest):.1f}" for point in drawn)
    marks = drawn if len(drawn) <= _MARKED else []
    return _drawn(points, [f"<polyline points='{line}'/>"], marks, lowest, x_title, y_title)


def reliability(rows: Sequence[Row], x_title: str, y_title: str) -> str:
    """Accuracy over mean confidence, of rows of img_report.calibration_rows; on the diagonal the two are the same."""
    most = max((float(row["images"]) for row in rows), default=1)
    points = [
        _Point(float(row["confidence"]), float(row["accuracy"]), 3 + 7 * (float(row["images"]) / most) ** 0.5)
        for row in rows
    ]
    if not points:
        return ""
    diagonal = f"<line class='even' x1='{_LEFT}' y1='{_BOTTOM}' x2='{_RIGHT}' y2='{_TOP}'/>"
    return _drawn(points, [diagonal], points, 0.0, x_title, y_title)


def _x(point: _Point) -> float:
    return _LEFT + (_RIGHT - _LEFT) * point.x


def _y(point: _Point, lowest: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * (point.y - lowest) / ((1 - lowest) or 1)


def _drawn(
    points: Sequence[_Point],
    curve: Iterable[str],
    marks: Iterable[_Point],
    lowest: float,
    x_title: str,
    y_title: str,
) -> str:
    told = (
        points if len(points) <= _TOLD else [points[round(i * (len(points) - 1) / (_TOLD - 1))] for i in range(_TOLD)]
    )
    label = f"{y_title} / {x_title}: " + "; ".join(f"{share(point.y)} / {share(point.x)}" for point in told)
    parts = [
        *_grid(lowest),
        *curve,
        *(f"<circle cx='{_x(mark):.1f}' cy='{_y(mark, lowest):.1f}' r='{mark.radius:.1f}'/>" for mark in marks),
        f"<text x='{(_LEFT + _RIGHT) // 2}' y='{_HEIGHT - 6}' text-anchor='middle'>{shown_html(x_title)}</text>",
        f"<text x='{_LEFT}' y='12'>{shown_html(y_title)}</text>",
    ]
    return (
        f"<svg class='chart' viewBox='0 0 {_WIDTH} {_HEIGHT}' role='img' aria-label='{shown_html(label)}'>"
        f"{''.join(parts)}</svg>"
    )


def _grid(lowest: float) -> Iterable[str]:
    """Lines at every quarter of the heights, and numbers on both axes."""
    for quarter in range(5):
        y = _BOTTOM - (_BOTTOM - _TOP) * quarter / 4
        height = 100 * (lowest + (1 - lowest) * quarter / 4)
        x = _LEFT + (_RIGHT - _LEFT) * quarter / 4
        yield f"<line x1='{_LEFT}' x2='{_RIGHT}' y1='{y:.1f}' y2='{y:.1f}'/>"
        yield f"<text x='{_LEFT - 8}' y='{y + 4:.1f}' text-anchor='end'>{height:.4g} %</text>"
        yield f"<text x='{x:.1f}' y='{_BOTTOM + 18}' text-anchor='middle'>{25 * quarter} %</text>"
