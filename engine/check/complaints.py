"""Complaints: what the checker has to say, each under Oracle's number with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.check.messages import MESSAGES
from engine.errors import SourceError
from engine.tree.base import Place


@dataclass(frozen=True, slots=True)
class Complaint:
    """One refusal. `in_unit` tells that the text is a PL/SQL unit: a number of SQL is then one inside PL/SQL."""

    number: str
    text: str
    place: Place
    in_unit: bool = False

    @property
    def message(self) -> str:
        """The line that USER_ERRORS shows, or the error's text."""
        prefix = "PL/SQL: " if self.in_unit and self.number.startswith("ORA-") else ""
        return f"{prefix}{self.number}: {self.text}"

    def error(self, source: str | None = None) -> SourceError:
        """The error that this complaint raises."""
        in_plsql = self.in_unit or self.number.startswith("PLS-")
        code = 6550 if in_plsql else int(self.number.removeprefix("ORA-"))
        return SourceError(self.message, self.place.line, self.place.column, source, code)


class Complaints:
    """The complaints about one text, in the order in which they were found; one for each number and place."""

    def __init__(self, in_unit: bool) -> None:
        self.in_unit = in_unit
        self._found: dict[tuple[str, Place], Complaint] = {}

    def add(self, number: str, place: Place, *words: str) -> None:
        """Complain under this number; the words fill the gaps of its text.

        What PL/SQL says of a statement that is SQL alone comes under ORA-06553.
        """
        text = MESSAGES[number].format(*words)
        if not self.in_unit and number.startswith("PLS-"):
            number, text = "ORA-06553", f"PLS-{int(number[4:])}: {text}"
        self._found.setdefault((number, place), Complaint(number, text, place, self.in_unit))

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Complaint]:
        return iter(self._found.values())
