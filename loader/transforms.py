"""Transforms that need linear algebra: the settings of one, what is fitted with them, and how that is stored.

The steps themselves are in loader.linear and loader.kernel. See img_transform for what the kinds mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader import kernel, linear
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.database.base import Json
from loader.linear import Matrix

# What stands for the class where a number is predicted.
NUMBER = "*"
# So many weights make a JSON text of some 300 kB.
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a kind of transform is fitted with; a kind takes what it needs of it.

    `shrinkage` is for WHITEN, LDA and KERNEL, `outputs` (the number of principal components) for WHITEN and KERNEL, and
    `width` (g of exp(-g d^2)) and `ridge` for KERNEL.
    """

    kind: str
    shrinkage: float = linear.DEFAULT_SHRINKAGE
    outputs: int = linear.DEFAULT_OUTPUTS
    width: float = kernel.DEFAULT_WIDTH
    ridge: float = kernel.DEFAULT_RIDGE

    @classmethod
    def checked(
        cls,
        kind: str,
        *,
        shrinkage: float | None = None,
        outputs: int | None = None,
        width: float | None = None,
        ridge: float | None = None,
    ) -> Settings:
        """The settings that are given, and defaults for the others. Raises ConfigurationError."""
        given = {"shrinkage": shrinkage, "outputs": outputs, "width": width, "ridge": ridge}
        found = cls(kind.upper(), **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        if not 0 < found.shrinkage <= 1:
            raise ConfigurationError(f"the shrinkage must be above 0 and at most 1, not {shrinkage}")
        if found.outputs < 1:
            raise ConfigurationError(f"the dimensions must be 1 or more, not {outputs}")
        if not 0 < found.width <= kernel.WIDEST:
            raise ConfigurationError(f"the kernel's width must be above 0 and at most {kernel.WIDEST:g}, not {width}")
        if not kernel.LEAST_RIDGE <= found.ridge <= kernel.MOST_RIDGE:
            raise ConfigurationError(
                f"the ridge must be from {kernel.LEAST_RIDGE:g} to {kernel.MOST_RIDGE:g}, not {ridge}"
            )
        return found

    def parameters(self) -> dict[str, Any]:
        """The parameters of img_transform.begin_fit; null for what the kind does not take."""
        components = self.kind in ("WHITEN", "KERNEL")
        return {
            "p_kind": self.kind,
            "p_shrinkage": self.shrinkage,
            "p_outputs": self.outputs if components else None,
            "p_kernel_width": self.width if self.kind == "KERNEL" else None,
            "p_ridge": self.ridge if self.kind == "KERNEL" else None,
        }


@dataclass(frozen=True, slots=True)
class Images:
    """Labelled images of a part: of each its fold (None of a named fit), number, class, value and vector of length 1.

    `values` are, of a graded run, the labels as numbers less the threshold; else they are not a number.
    """

    folds: NDArray[Any]
    numbers: NDArray[Any]
    labels: NDArray[Any]
    values: Matrix
    vectors: Matrix

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, Any, str, Any, Any]]) -> Images:
        """The rows of img_transform.fold_rows. Raises DatabaseError for vectors that can not be compared."""
        folds, numbers, labels, values, vectors = zip(*rows, strict=True)
        try:
            matrix = linear.unit(np.asarray(vectors, np.float32))
        except (TypeError, ValueError) as error:
            raise DatabaseError("the embeddings to fit on differ in their dimension, or are sparse") from error
        return cls(
            np.asarray(folds, object),
            np.asarray(numbers, object),
            np.asarray(labels, object),
            np.asarray(values, np.float64),
            matrix,
        )

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def graded(self) -> bool:
        """Whether the labels are numbers."""
        return bool(np.isfinite(self.values).all())

    def only(self, chosen: NDArray[np.bool_]) -> Images:
        """Those that are chosen."""
        return Images(
            self.folds[chosen], self.numbers[chosen], self.labels[chosen], self.values[chosen], self.vectors[chosen]
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """Rows of coefficients, and of KERNEL the votes of the images that stand in `located` (n x outputs)."""

    rows: list[linear.Row]
    votes: kernel.KernelFit | None = None
    located: Matrix | None = None


def fitted(settings: Settings, moments: linear.Moments, images: Images) -> Fit:
    """Fit on images, whose moments are known. Raises ConfigurationError where they are too many for KERNEL."""
    labels = images.labels.tolist()
    if settings.kind == "LDA" and images.graded:
        return Fit([linear.regression(moments, images.vectors, images.values, settings.shrinkage, NUMBER)])
    if settings.kind == "LDA":
        return Fit(linear.discriminant(moments, images.vectors, labels, settings.shrinkage))
    rows = linear.Components.of(moments).whitening(settings.shrinkage, settings.outputs)
    if settings.kind == "WHITEN":
        return Fit(rows)
    located = linear.applied(rows, images.vectors)
    if images.graded:
        votes = kernel.fit_values(located, images.values, width=settings.width, ridge=settings.ridge, label=NUMBER)
        return Fit(rows, votes, located)
    return Fit(rows, kernel.fit(located, labels, width=settings.width, ridge=settings.ridge), located)


def store(database: Database, transform_id: int, part: str, images: Images, fit: Fit) -> None:
    """Put what was fitted on the images of a part into a transform that img_transform.begin_fit has begun."""
    database.call_many(
        "img_transform.put_row",
        [
            {
                "p_transform_id": transform_id,
                "p_part": part,
                "p_row_no": number,
                "p_class": row.label,
                "p_coefficients": row.coefficients,
                "p_intercept": row.intercept,
            }
            for number, row in enumerate(fit.rows, start=1)
        ],
    )
    if fit.votes is None or fit.located is None:
        return
    database.call_many(
        "img_kernel.put_support",
        [
            {
                "p_transform_id": transform_id,
                "p_part": part,
                "p_image_id": number,
                "p_class": label,
                "p_embedding": vector,
            }
            for number, label, vector in zip(images.numbers, images.labels, fit.located.astype(np.float32), strict=True)
        ],
    )
    weights = [
        {"image_id": int(number), "class": label, "weight": weight}
        for number, row in zip(images.numbers, fit.votes.weights.tolist(), strict=True)
        for label, weight in zip(fit.votes.classes, row, strict=True)
    ]
    database.call_many(
        "img_kernel.put_weights",
        [
            {
                "p_transform_id": transform_id,
                "p_part": part,
                "p_weights": Json(json.dumps(weights[at : at + _AT_ONCE], ensure_ascii=False)),
            }
            for at in range(0, len(weights), _AT_ONCE)
        ],
    )
