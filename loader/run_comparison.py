"""Two evaluations beside each other, as img_compare sees them, and what is printed of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from loader.database import Database
from loader.report_answer import share
from loader.rows import Row, rows_of

# Classes whose errors are printed, those with most images first.
_CLASSES = 10
_LONGEST = 60


def compare_runs(database: Database, run_a: int, run_b: int) -> Row:
    """The row of img_compare.result, with the rows of `sides` and of `classes`. Raises DatabaseError."""
    (result,) = rows_of(database, "img_compare.result", run_a=run_a, run_b=run_b)
    return result | {
        name: rows_of(database, f"img_compare.{name}", run_a=run_a, run_b=run_b) for name in ("sides", "classes")
    }


def comparison_lines(compared: Row) -> Iterator[str]:
    """For people: a table of the two, the difference, and what follows."""
    from loader.client import table

    yield from table(["", "A", "B"], list(_table_rows(compared)), _LONGEST)
    if (more := len(compared["classes"]) - _CLASSES) > 0:
        yield f"{more} more classes: img_compare.classes"
    counts = {name: f"{int(compared[name]):,}" for name in ("images", "both_right", "only_a", "only_b", "both_wrong")}
    yield (
        "{images} images were tested by both: both right {both_right}, A alone {only_a}, B alone {only_b}, "
        "neither {both_wrong}".format(**counts)
    )
    for side in ("a", "b"):
        if left_out := int(compared[f"left_out_{side}"]):
            yield f"{left_out:,} images that {side.upper()} tested are left out: the other did not, or by another label"
    low, high = (points(compared[end]) for end in ("difference_low", "difference_high"))
    yield (
        f"Difference: {points(compared['difference'])} points (95 % interval: {low} to {high}), "
        f"McNemar's exact test p = {float(compared['p_value']):.2g}"
    )
    yield compared["conclusion"]


def _table_rows(compared: Row) -> Iterator[list[str]]:
    """A heading, and what it is of A and of B."""
    both = compared["sides"]
    yield ["Run", *(str(int(side["run_id"])) for side in both)]
    yield ["Model", *(side["model"] or "unknown" for side in both)]
    yield ["Setting", *(_setting(side) for side in both)]
    yield ["Accuracy", *(share(side["accuracy"]) for side in both)]
    yield ["95 % interval", *(f"{share(side['accuracy_low'])} to {share(side['accuracy_high'])}" for side in both)]
    for row in sorted(compared["classes"], key=lambda row: -row["images"])[:_CLASSES]:
        for heading, rate in (("Missed", "miss_rate"), ("False alarms", "false_alarm_rate")):
            yield [f"{heading}, {row['class']}", *(_told(row[f"{rate}_{side}"], share) for side in "ab")]
    for heading, name in (("ms an image to embed", "embed_ms"), ("ms a decision", "decision_ms")):
        yield [heading, *(_told(side[name], "{:.3g}".format) for side in both)]
    yield ["Dimensions", *(_told(side["dimension"], "{:,.0f}".format) for side in both)]
    yield ["Bytes of embeddings", *(_told(side["embedding_bytes"], "{:,.0f}".format) for side in both)]


def _setting(side: Row) -> str:
    kind = side["transform_kind"]
    votes = f"k = {int(side['k'])}, {side['weighting'].lower()}, {side['metric'].lower()}"
    return f"{side['target'].lower()}, {side['method'].lower()}, {kind.lower() if kind else votes}"


def _told(value: Any, words: Callable[[Any], str]) -> str:
    return "not known" if value is None else words(value)


def points(value: Any) -> str:
    """A share from -1 to 1 as percentage points with their sign."""
    return f"{100 * float(value):+.2f}"
