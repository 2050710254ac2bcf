"""Rows of a cursor by the names of their columns, printed as a table or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from loader.terminal import say, shown_json

Row = dict[str, Any]
# Cells are cut after so many characters.
_LONGEST = 120


def named_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Each row with the names of its columns, which the specification of the cursor lists in this order."""
    return [
        {name: float(value) if isinstance(value, Decimal) else value for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def print_rows(rows: Sequence[Row], columns: Sequence[str], *, as_json: bool, nothing: str) -> None:
    """A JSON object a line with all that a row holds, or a table of these columns; `nothing` where there is no row."""
    from loader.client import table

    if as_json:
        for row in rows:
            say(shown_json(row))
    elif not rows:
        say(nothing)
    else:
        heads = [column.replace("_", " ").capitalize() for column in columns]
        for line in table(heads, [[cell(row[column]) for column in columns] for row in rows], _LONGEST):
            say(line)


def cell(value: Any) -> Any:
    """A value as a table shows it: a fraction by four digits, nothing as an empty cell."""
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else value


def file_of(row: Row, prefix: str = "") -> str:
    """The picture's file: its source and its path below; empty where no load put it in."""
    path = row[f"{prefix}image_path"]
    return f"{row[f'{prefix}source_name']}/{path}" if path else ""
