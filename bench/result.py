"""What a benchmark found, beside what it was to reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A figure and its target; `at_least` tells on which side of the target it has to be."""

    what: str
    value: float
    target: float
    at_least: bool
    unit: str = "x"
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Whether the target was reached."""
        return self.value >= self.target if self.at_least else self.value <= self.target

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        mark = "reached" if self.reached else "MISSED"
        detail = f"  [{self.detail}]" if self.detail else ""
        return f"{self.what}: {self.value:.2f} {self.unit} (target {sign} {self.target:g}, {mark}){detail}"
