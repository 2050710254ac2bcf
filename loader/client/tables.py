"""Rows as lines of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

from loader.client.values import text_of
from loader.terminal import places_of, shown

_GAP = 2
# A column is never cut to fewer places than this to make room for others.
_NARROWEST = 8
_NUMBERS = ("NUMBER", "BINARY_FLOAT", "BINARY_DOUBLE")
# What divides lines and columns in a value is a blank in a table.
_BLANKS = re.compile(r"\r?\n|\t")


@dataclass(frozen=True, slots=True)
class Style:
    """How a table is laid out.

    `width` is where lines end, None for no end. `cut` tells that values give way to it; else a row that is too long
    takes several lines, as in SQL*Plus. `longest` is where every value is cut, None for nowhere.
    """

    width: int | None = None
    cut: bool = False
    heading: bool = True
    longest: int | None = None
    null: str = ""


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], longest: int) -> Iterator[str]:
    """Aligned lines for people, of values that are cut after `longest` characters."""
    return laid_out(columns, [], rows, Style(longest=longest))


def laid_out(
    columns: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]], style: Style
) -> Iterator[str]:
    """Aligned lines: numbers to the right, each text by its width on a terminal, control characters escaped."""
    most = style.width if style.cut else None
    cells = [[_cell(value, style, most) for value in row] for row in rows]
    heads = [shown(name) for name in columns]
    right = [
        types[i] in _NUMBERS if types else all(isinstance(row[i], Number) or row[i] is None for row in rows)
        for i in range(len(columns))
    ]
    first = [heads] if style.heading else []
    widths = [max(map(width_of, column), default=0) for column in zip(*first, *cells, strict=True)]
    if style.width is not None and style.cut:
        widths = _narrowed(widths, right, style.width)
    groups = _groups(widths, style.width)
    if style.heading:
        for group in groups:
            yield _line(heads, widths, right, group)
            yield (" " * _GAP).join("-" * widths[i] for i in group)
    for row in cells:
        for group in groups:
            yield _line(row, widths, right, group)


def _cell(value: Any, style: Style, most: int | None) -> str:
    if value is None:
        return style.null
    text = shown(_BLANKS.sub(" ", text_of(value, most)))
    return text if style.longest is None or len(text) <= style.longest else text[: style.longest - 1] + "…"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], group: Sequence[int]) -> str:
    parts = []
    for i in group:
        text = cut(cells[i], widths[i])
        blanks = " " * (widths[i] - width_of(text))
        parts.append(blanks + text if right[i] else text + blanks)
    return (" " * _GAP).join(parts).rstrip()


def _narrowed(widths: list[int], fixed: Sequence[bool], line: int) -> list[int]:
    """Widths that fit on a line, where they can: the widest columns give way first, those of numbers never."""
    room = line - _GAP * (len(widths) - 1)
    if sum(widths) <= room:
        return widths

    def capped(most: int) -> list[int]:
        return [width if keep else min(width, most) for width, keep in zip(widths, fixed, strict=True)]

    if sum(capped(_NARROWEST)) > room:
        return [min(width, line) for width in widths]  # each row takes several lines
    most = max(widths)
    while sum(capped(most)) > room:
        most -= 1
    return capped(most)


def _groups(widths: Sequence[int], room: int | None) -> list[list[int]]:
    """The columns by the lines that they take."""
    groups: list[list[int]] = [[]]
    used = 0
    for i, width in enumerate(widths):
        if room is not None and groups[-1] and used + _GAP + width > room:
            groups.append([])
            used = 0
        used += width + (_GAP if groups[-1] else 0)
        groups[-1].append(i)
    return groups


def width_of(text: str) -> int:
    """The places that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    width = wcswidth(text)
    return width if width >= 0 else len(text)


def cut(text: str, places: int) -> str:
    """The text in so many places, its end marked where some of it is left out."""
    if width_of(text) <= places:
        return text
    used, kept = 1, ""
    for character in text:
        used += places_of(character)
        if used > places:
            break
        kept += character
    return f"{kept}…"
