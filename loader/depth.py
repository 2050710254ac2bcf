"""How many bits of a sample count, where a picture has more than 8."""

from __future__ import annotations

from dataclasses import dataclass

# What cameras and scanners make; a source has the smallest of them that holds its largest value.
CLASSES = (10, 12, 14, 16)
# Values from 0 to 1, as floats are often kept.
UNIT = 1
# The rule, as it is recorded with the embeddings.
RULE = "more than 8 bits: the highest 8 of those declared, else of the source's 10, 12, 14 or 16"
_BYTE = 8


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its samples, where they have more than 8 bits.

    `bits` are those it declares, None where it does not. `colour` files are read by Pillow at 16 bits.
    """

    floats: bool
    colour: bool
    bits: int | None


@dataclass(frozen=True, slots=True)
class Depth:
    """The bits of a source's samples that do not declare theirs: of integers, and of floats (1: from 0 to 1).

    None where nothing is known: such a picture is refused, for a scale of its own would not be its neighbours'.
    """

    integers: int | None = None
    floats: int | None = None

    def bits(self, header: Header) -> int | None:
        """The bits that are used for a file."""
        if header.bits is not None:
            return header.bits
        return self.floats if header.floats else self.integers


def depth_of(integers: int | None, floats: float | None) -> Depth:
    """The depth of a source by its largest values; None where it has no such picture."""
    return Depth(
        None if integers is None else _smallest(integers, CLASSES),
        None if floats is None else _smallest(floats, (UNIT, _BYTE, *CLASSES)),
    )


def _smallest(largest: float, classes: tuple[int, ...]) -> int:
    return next((bits for bits in classes if largest <= highest(bits)), classes[-1])


def highest(bits: int) -> int:
    """The largest value of so many bits."""
    return (1 << bits) - 1


def advice(largest: float) -> int:
    """The bits to ask for where a value was too large."""
    return max(CLASSES[-1], int(largest).bit_length())
