"""What `tune` chooses from: transforms with their settings, and how neighbours vote."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from loader.transforms import Settings

PLAIN = "PLAIN"
_KS = (1, 3, 5, 9, 15)
_WEIGHTINGS = ("MAJORITY", "INVERSE", "SOFTMAX")
_DIMENSIONS = (96, 192)
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
            words.append(f"--transform {settings.kind.lower()} --shrinkage {settings.shrinkage:g}")
        if settings.kind in ("WHITEN", "KERNEL"):
            words.append(f"--dimensions {settings.outputs}")
        if settings.kind == "KERNEL":
            words.append(f"--kernel-width {settings.width:g} --ridge {settings.ridge:g}")
        if self.k is not None and self.weighting is not None:
            words.append(f"--k {self.k} --weighting {self.weighting.lower()}")
        return " ".join(words)


def candidates() -> list[Candidate]:
    """All that is tried, the simplest first: of those that are right equally often, the first is chosen."""
    votes = list(product(_KS, _WEIGHTINGS))
    found = [Candidate(Settings(PLAIN), k, weighting) for k, weighting in votes]
    found += [
        Candidate(Settings("WHITEN", shrinkage), k, weighting)
        for shrinkage, (k, weighting) in product((0.1, 0.3), votes)
    ]
    found += [Candidate(Settings("LDA", shrinkage)) for shrinkage in (0.05, 0.1, 0.2, 0.3, 0.5)]
    found += [
        Candidate(Settings("KERNEL", *values)) for values in product((0.03, 0.1, 0.3), _DIMENSIONS, _WIDTHS, _RIDGES)
    ]
    return found
