"""The curves and the confusion matrix that the report and the page of a run share."""

from __future__ import annotations

import re

import pytest

from loader import charts
from loader.confusion import Cell, Matrix

HOSTILE = "'><script>alert(1)</script>"


def rows(*cells: tuple[str, str, int]) -> list[dict[str, object]]:
    """Rows of img_report.confusion_rows."""
    totals = {actual: sum(n for a, _, n in cells if a == actual) for actual, _, _ in cells}
    return [{"actual": a, "predicted": p, "images": n, "share_of_actual": n / totals[a]} for a, p, n in cells]


def test_a_matrix_has_a_cell_for_every_pair_of_classes() -> None:
    matrix = Matrix.of(rows(("b", "b", 3), ("b", "c", 1), ("a", "b", 2)))
    assert matrix.rows == (
        ("a", (Cell("a", 0, 0.0), Cell("b", 2, 1.0), Cell("c", 0, 0.0))),
        ("b", (Cell("a", 0, 0.0), Cell("b", 3, 0.75), Cell("c", 1, 0.25))),
        ("c", (Cell("a", 0, 0.0), Cell("b", 0, 0.0), Cell("c", 0, 0.0))),
    )
    assert Matrix.of([]).rows == ()


def test_the_table_shades_by_share_and_links_what_is_there() -> None:
    html = Matrix.of(rows(("b", "b", 3), ("b", "c", 1))).table("title", lambda actual, said: f"/x?{actual}&{said}")
    assert "<td class='hit s8'><a href='/x?b&amp;b'>3</a> <small>75.00 %</small></td>" in html
    assert "<td class='miss s2'><a href='/x?b&amp;c'>1</a>" in html
    assert html.count("<td class='none'>0</td>") == 2
    assert "<a" not in Matrix.of(rows(("b", "b", 3))).table("title")


def test_with_many_classes_columns_have_numbers() -> None:
    names = [f"class {n:02}" for n in range(15)]
    html = Matrix.of(rows(*((name, name, 7) for name in names))).table("title")
    assert re.findall(r"<abbr title='(class \d\d)'>(\d+)</abbr>", html) == [
        (name, str(number)) for number, name in enumerate(names, start=1)
    ]
    assert "<th scope='row'><small>15</small> class 14</th>" in html
    assert " %" not in html


def test_hostile_names_stay_text() -> None:
    for many in (1, 9):
        cells = [(f"{HOSTILE}{n}", f"{HOSTILE}{n}", 1) for n in range(many)]
        html = Matrix.of(rows(*cells)).table(HOSTILE, lambda actual, _: actual)
        assert "<script" not in html
    assert "<script" not in charts.coverage([{"coverage": 1, "accuracy": 1}], HOSTILE, HOSTILE)


def circles(svg: str) -> list[tuple[float, float, float]]:
    found = re.findall(r"<circle cx='([\d.]+)' cy='([\d.]+)' r='([\d.]+)'/>", svg)
    return [(float(x), float(y), float(r)) for x, y, r in found]


def test_on_the_diagonal_confidence_is_accuracy() -> None:
    bins = [{"images": n, "confidence": share, "accuracy": share} for n, share in ((1, 0.0), (4, 0.5), (16, 1.0))]
    svg = charts.reliability(bins, "x", "y")
    ((x1, y1, x2, y2),) = re.findall(r"<line class='even' x1='(\d+)' y1='(\d+)' x2='(\d+)' y2='(\d+)'/>", svg)
    (left, low, small), (x, y, middle), (right, high, large) = circles(svg)
    assert (left, low, right, high) == tuple(map(float, (x1, y1, x2, y2)))
    assert (x, y) == ((left + right) / 2, (low + high) / 2)
    assert small < middle < large


def test_a_curve_reaches_from_what_is_surest_to_all() -> None:
    some = [{"coverage": n / 10, "accuracy": 1 - n / 40} for n in range(1, 11)]
    svg = charts.coverage(some, "x", "y")
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"points='([^']+)'", svg)[0].split(" ")]
    assert len(points) == len(circles(svg)) == 10
    assert points == sorted(points)
    assert "97.50 % / 10.00 %" in svg
    assert "75.00 % / 100.00 %" in svg


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    svg = charts.coverage([{"coverage": n / 999, "accuracy": 0.9} for n in range(1, 1000)], "x", "y")
    points = re.findall(r"points='([^']+)'", svg)[0].split(" ")
    assert len(points) <= 200
    assert points[-1].startswith("420.0,")
    assert not circles(svg)


@pytest.mark.parametrize("draw", [charts.coverage, charts.reliability])
def test_without_points_there_is_no_drawing(draw: object) -> None:
    assert draw([], "x", "y") == ""  # type: ignore[operator]


def test_where_all_is_right_the_curve_is_drawn() -> None:
    assert "nan" not in charts.coverage([{"coverage": 1.0, "accuracy": 1.0}], "x", "y")
