"""Emitted text whose pieces remember where in the Oracle source they come from, and its layout."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Union

from engine.tree.base import Node, Place

Part = Union[str, "Fragment", tuple[str, Node | Place]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of PostgreSQL text; `place` is None where it has no place of its own in the source."""

    text: str
    place: Place | None = None


class Fragment:
    """A sequence of pieces and of other fragments, which is laid out by `render` alone."""

    __slots__ = ("_parts",)

    def __init__(self, *parts: Part) -> None:
        self._parts: tuple[Piece | Fragment, ...] = tuple(_part(part) for part in parts if part != "")

    def __iter__(self) -> Iterator[Piece]:
        """The pieces in their order."""
        pending: list[Piece | Fragment] = [self]
        while pending:
            part = pending.pop()
            if isinstance(part, Piece):
                yield part
            else:
                pending.extend(reversed(part._parts))

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return any(isinstance(part, Piece) or bool(part) for part in self._parts)

    def anywhere(self) -> Fragment:
        """The same text without places, for what is emitted far from where it stands in the source."""
        return Fragment(*(piece.text for piece in self))


EMPTY = Fragment()


def _part(part: Part) -> Piece | Fragment:
    if isinstance(part, str):
        return Piece(part)
    if isinstance(part, Fragment):
        return part
    text, at = part
    return Piece(text, at.place if isinstance(at, Node) else at)


def join(fragments: Iterable[Part], separator: str = ",") -> Fragment:
    """The fragments with `separator` between them."""
    parts: list[Part] = []
    for fragment in fragments:
        if parts:
            parts.append(separator)
        parts.append(fragment)
    return Fragment(*parts)


def conjunction(conditions: list[Fragment]) -> Fragment:
    """Conditions that must all hold."""
    return conditions[0] if len(conditions) == 1 else Fragment("(", join(conditions, "and"), ")")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text ready to run. Its line n stands on line `first_line` + n - 1 of the source."""

    text: str
    first_line: int
    offsets: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    def place(self, offset: int) -> tuple[int, int] | None:
        """The source line and column of the character at `offset` (from 0), where one is known."""
        index = bisect_right(self.offsets, offset) - 1
        return self.places[index] if index >= 0 else None


def render(fragment: Fragment, first_line: int) -> Rendered:
    """Lay the pieces out so that each stands on its own source line.

    Line numbers that PostgreSQL reports inside a function body are then those of the source file,
    less a constant. A piece that was moved up stays on the line reached.
    """
    out: list[str] = []
    offsets: list[int] = []
    places: list[tuple[int, int]] = []
    length, line = 0, first_line
    for piece in fragment:
        gap = " " if out else ""
        if piece.place is not None:
            if piece.place.line > line:
                gap = "\n" * (piece.place.line - line)
                line = piece.place.line
            offsets.append(length + len(gap))
            places.append((piece.place.line, piece.place.column))
        out += (gap, piece.text)
        length += len(gap) + len(piece.text)
        line += piece.text.count("\n")
    return Rendered("".join(out), first_line, tuple(offsets), tuple(places))
