"""What all nodes of the tree share: a place in the source, and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """Where a node begins: line and column count from 1, the offset from 0 within the text that was parsed."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a parsed text. Two nodes are equal where they say the same, wherever they stand."""

    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """An identifier: as it is written, quotes included, and as Oracle knows it, in capitals unless it was quoted."""

    written: str = field(compare=False)
    value: str

    @property
    def quoted(self) -> bool:
        """Whether it stands between double quotes."""
        return self.written.startswith('"')

    @property
    def letters(self) -> str:
        """The name in the letters in which it is written, without quotes."""
        return self.written.strip('"')


@dataclass(frozen=True, slots=True)
class ObjectName(Node):
    """The name of a schema object, with what stands before it (schema, package), and a database link behind `@`."""

    parts: tuple[Name, ...]
    link: tuple[Name, ...] = ()

    @property
    def name(self) -> Name:
        """The last part."""
        return self.parts[-1]


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """Anything that has a value, conditions included: a condition is a value of BOOLEAN."""


@dataclass(frozen=True, slots=True)
class Condition(Expression):
    """An expression that is true, false or unknown by its form."""


@dataclass(frozen=True, slots=True)
class DataType(Node):
    """A data type as a column, a variable or a CAST names it."""


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """Something that is run: a statement of SQL or of PL/SQL, a definition, a block."""


@dataclass(frozen=True, slots=True)
class Declaration(Node):
    """An item of a declarative part: of a block, a routine, a package."""
