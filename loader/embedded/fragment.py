"""Translated text whose every piece remembers where it stands in the Oracle source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from engine.emit.fragment import Rendered
from engine.lexer import Token

Part = Union[str, Token, "Fragment", tuple[str, Token]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of PostgreSQL text and its place in the source; line 0 means no place of its own."""

    text: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of an expression's type, and where it begins.

    `type` is PostgreSQL's name of it, or empty where it is not known. `column` is set where the expression is a name
    that a column may have: that column's type goes before `type`, which is a variable's of the same name.
    """

    token: Token
    type: str = ""
    qualifier: str = ""
    column: str = ""


class Fragment:
    """A sequence of pieces, built up while the source is parsed.

    `value` tells of the type where the text is an expression whose type may be one with rules of its own.
    """

    __slots__ = ("pieces", "value")

    def __init__(self, *parts: Part) -> None:
        self.pieces: list[Piece] = []
        self.value: Value | None = None
        for part in parts:
            self.add(part)

    def add(self, part: Part) -> Fragment:
        """Append one part and return this fragment."""
        match part:
            case str():
                self.pieces.append(Piece(part))
            case Token():
                self.pieces.append(Piece(part.value, part.line, part.column))
            case Fragment():
                self.pieces.extend(part.pieces)
            case (text, token):
                self.pieces.append(Piece(text, token.line, token.column))
        return self

    def of(self, value: Value | None) -> Fragment:
        """This fragment, as an expression of that type."""
        self.value = value
        return self

    def __str__(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


def join(fragments: list[Fragment], separator: str = ",") -> Fragment:
    """The fragments with `separator` between them."""
    result = Fragment()
    for index, fragment in enumerate(fragments):
        if index:
            result.add(separator)
        result.add(fragment)
    return result


def render(fragment: Fragment, first_line: int) -> Rendered:
    """Lay the pieces out so that each stands on its own source line.

    Line numbers that PostgreSQL reports inside a function body are then those of the source file,
    less a constant. A piece that the translation moved up stays on the line reached.
    """
    out: list[str] = []
    offsets: list[int] = []
    places: list[tuple[int, int]] = []
    length, line = 0, first_line
    for piece in fragment.pieces:
        gap = "\n" * (piece.line - line) if piece.line > line else (" " if out else "")
        line = max(line, piece.line)
        out.append(gap)
        length += len(gap)
        if piece.line:
            offsets.append(length)
            places.append((piece.line, piece.column))
        out.append(piece.text)
        length += len(piece.text)
        line += piece.text.count("\n")
    return Rendered("".join(out), first_line, tuple(offsets), tuple(places))
