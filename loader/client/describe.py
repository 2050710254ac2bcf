"""A description in the form of SQL*Plus' DESCRIBE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loader.client.tables import width_of
from loader.database import Description
from loader.terminal import shown

# The widths of SQL*Plus on a line of 80; a longer name or type makes its column wider.
_COLUMNS = (("Name", 41), ("Null?", 8), ("Type", 28))
_ARGUMENTS = (("Argument Name", 30), ("Type", 23), ("In/Out", 6), ("Default?", 8))


def described(description: Description) -> Iterator[str]:
    """The lines of a table's or view's columns, or of routines with their arguments."""
    if description.columns:
        yield from _lines(_COLUMNS, [(c.name, "" if c.nullable else "NOT NULL", c.type) for c in description.columns])
    for routine in description.routines:
        name = shown(routine.name)
        yield f"PROCEDURE {name}" if routine.returns is None else f"FUNCTION {name} RETURNS {routine.returns}"
        if routine.arguments:
            yield from _lines(
                _ARGUMENTS,
                [(a.name, a.type, a.mode, "DEFAULT" if a.has_default else "") for a in routine.arguments],
            )


def _lines(heads: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    cells = [[shown(text) for text in row] for row in rows]
    widths = [max(least, *(width_of(row[i]) for row in cells)) for i, (_, least) in enumerate(heads)]

    def line(texts: Sequence[str]) -> str:
        padded = [text + " " * (width - width_of(text)) for text, width in zip(texts, widths, strict=True)]
        return (" " + " ".join(padded)).rstrip()

    yield line([name for name, _ in heads])
    yield line(["-" * width for width in widths])
    for row in cells:
        yield line(row)
