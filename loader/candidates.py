"""What `tune` chooses from: transforms with their settings, and how neighbours vote."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from loader.transforms import Settings

PLAIN = "PLAIN"
# What stands in the options for the grades, which are named where they are asked for.
BY_GRADES = "--grades ..."
_KS = (1, 3, 5, 9, 15)
_WEIGHTINGS = ("MAJORITY", "INVERSE", "SOFTMAX")
_DIMENSIONS = (96, 192)
_SHRINKAGES = (0.03, 0.1, 0.3)
_WIDTHS = (0.15, 0.3, 0.6)
_RIDGES = (0.03, 0.1, 0.3)

LARGEST_K = max(_KS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transform (PLAIN: none), and how many neighbours vote by which weighting; None where classes are compared."""

    settings: Settings
    k: int | None = None
    weighting: str | None = None

    def parameters(self) -> dict[str, Any]:
        """The parameters of img_transform.begin_fit."""
        return {**self.settings.parameters(), "p_k": self.k, "p_weighting": self.weighting}

    def options(self) -> str:
        """The options of `evaluate` and `fit` that mean the same."""
        settings = self.settings
        words = []
        if settings.kind != PLAIN:
            words.append(f"--transform {settings.kind.lower()}")
        if settings.kind in ("WHITEN", "LDA", "KERNEL"):
            words.append(f"--shrinkage {settings.shrinkage:g}")
        if settings.kind in ("WHITEN", "KERNEL"):
            words.append(f"--dimensions {settings.outputs}")
        if settings.kind in ("KERNEL", "JOINT"):
            words.append(f"--kernel-width {settings.width:g} --ridge {settings.ridge:g}")
        if settings.by_grades:
            words.append(BY_GRADES)
        if self.k is not None and self.weighting is not None:
            words.append(f"--k {self.k} --weighting {self.weighting.lower()}")
        return " ".join(words)


def candidates(*, numbers: bool = False, grades: bool = False) -> list[Candidate]:
    """All that is tried, the simplest first.

    `numbers` are predicted where labels are numbers; by `grades`, KERNEL and JOINT are tried on the grades as well.
    """
    votes = list(product(_KS, _WEIGHTINGS))
    found = [Candidate(Settings(kind), k, weighting) for kind in (PLAIN, "CENTRE") for k, weighting in votes]
    if not numbers:
        found.append(Candidate(Settings("PROTOTYPE")))
    found += [
        Candidate(Settings("WHITEN", shrinkage, outputs), k, weighting)
        for shrinkage, outputs, (k, weighting) in product((0.1, 0.3), _DIMENSIONS, votes)
    ]
    found += [Candidate(Settings("LDA", shrinkage)) for shrinkage in (0.05, 0.1, 0.2, 0.3, 0.5)]
    targets = (False, True) if grades else (False,)
    found += [
        Candidate(Settings("KERNEL", shrinkage, outputs, width, ridge, by_grades))
        for shrinkage, outputs, by_grades, width, ridge in product(_SHRINKAGES, _DIMENSIONS, targets, _WIDTHS, _RIDGES)
    ]
    found += [
        Candidate(Settings("JOINT", width=width, ridge=ridge, by_grades=by_grades))
        for by_grades, width, ridge in product(targets, _WIDTHS, _RIDGES)
    ]
    return found
