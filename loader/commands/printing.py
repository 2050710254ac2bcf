"""Rows printed as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loader.rows import Row
from loader.terminal import say, shown_json

# Cells are cut after so many characters.
_LONGEST = 120


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
