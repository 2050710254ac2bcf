"""What an operator of the mutation tests is: a change of a valid program, and what Oracle's compiler says of it.

An operator gives the edits that it can make to a text: what to put where. Its outcome is the number of the first
complaint, several where that hangs on the place, or EQUIVALENT where the changed program is as valid as the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from engine.catalogue import Catalogue
from engine.check import check
from engine.errors import SourceError
from engine.parser import parse
from engine.tree.base import Node, Statement
from engine.tree.walk import descendants

EQUIVALENT = "equivalent"
N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to `end` give way to `text`."""

    start: int
    end: int
    text: str

    def apply(self, text: str) -> str:
        """The text after the edit."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Operator:
    """A kind of change, and its outcome."""

    name: str
    outcome: tuple[str, ...]
    edits: Callable[[str, Statement], Iterator[Edit]]


Edits = Callable[[str, Statement], Iterator[Edit]]


def registering(operators: list[Operator]) -> Callable[..., Callable[[Edits], None]]:
    """What marks a function as an operator with its outcome, and adds it to a list under the function's name."""

    def operator(*outcome: str) -> Callable[[Edits], None]:
        def register(edits: Edits) -> None:
            operators.append(Operator(edits.__name__.replace("_", " "), outcome, edits))

        return register

    return operator


def outcome(text: str, catalogue: Catalogue) -> str:
    """The number of the first complaint about a text, or EQUIVALENT where there is none."""
    try:
        statement = parse(text)
    except SourceError as error:
        return error.message.partition(":")[0]
    found = check(statement, catalogue)
    return found[0].number if found else EQUIVALENT


# what operators look for


def all_of(tree: Node, kind: type[N]) -> Iterator[N]:
    """The nodes of a kind."""
    for node in descendants(tree):
        if isinstance(node, kind):
            yield node


def insert(offset: int, text: str) -> Edit:
    """Put a text in."""
    return Edit(offset, offset, text)


def word_end(text: str, start: int) -> int:
    """The end of the word that begins here."""
    found = re.compile(r"[\w$#]+").match(text, start)
    assert found
    return found.end()


def respell(text: str, start: int) -> Edit:
    """Misspell the word that begins here."""
    end = word_end(text, start)
    return Edit(end, end, "_misspelt")
