"""Transforms that need linear algebra: the settings of one, what is fitted with them, and how that is stored.

The steps themselves are in loader.linear and loader.kernel. See img_transform for what the kinds mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loader import kernel, linear
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.database.base import Json
from loader.linear import Matrix
from loader.targets import Targets

# What stands for the class where a number is predicted.
NUMBER = "*"
# The whitened spaces of a JOINT.
JOINT_SHRINKAGES, JOINT_DIMENSIONS = (0.03, 0.1, 0.3), (96, 192)
# So many weights make a JSON text of some 300 kB.
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a kind of transform is fitted with; a kind takes what it needs of it.

    `shrinkage` is for WHITEN, LDA and KERNEL, `outputs` (the number of principal components) for WHITEN and KERNEL, and
    `width` (g of exp(-g d^2)) and `ridge` for KERNEL. `by_grades` has KERNEL tell two classes apart by grades, which
    are numbers (see loader.targets). JOINT is KERNEL in several whitened spaces, whose answers are averaged.
    """

    kind: str
    shrinkage: float = linear.DEFAULT_SHRINKAGE
    outputs: int = linear.DEFAULT_OUTPUTS
    width: float = kernel.DEFAULT_WIDTH
    ridge: float = kernel.DEFAULT_RIDGE
    by_grades: bool = False

    @classmethod
    def checked(
        cls,
        kind: str,
        *,
        shrinkage: float | None = None,
        outputs: int | None = None,
        width: float | None = None,
        ridge: float | None = None,
        by_grades: bool = False,
    ) -> Settings:
        """The settings that are given, and defaults for the others. Raises ConfigurationError."""
        given = {"shrinkage": shrinkage, "outputs": outputs, "width": width, "ridge": ridge}
        found = cls(kind.upper(), **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        found = replace(found, by_grades=by_grades)
        if by_grades and found.kind not in ("KERNEL", "JOINT"):
            raise ConfigurationError(
                f"grades beside classes are for the transforms kernel and joint, not for {kind or 'none'}"
            )
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

    @property
    def members(self) -> tuple[Settings, ...]:
        """What is fitted: of a JOINT one KERNEL for each whitened space, else the transform itself."""
        if self.kind != "JOINT":
            return (self,)
        return tuple(
            replace(self, kind="KERNEL", shrinkage=shrinkage, outputs=outputs)
            for shrinkage, outputs in product(JOINT_SHRINKAGES, JOINT_DIMENSIONS)
        )

    def parameters(self) -> dict[str, Any]:
        """The parameters of img_transform.begin_fit; null for what the kind does not take."""
        kernels = self.kind in ("KERNEL", "JOINT")
        return {
            "p_kind": self.kind,
            "p_shrinkage": self.shrinkage if self.kind in ("WHITEN", "LDA", "KERNEL") else None,
            "p_outputs": self.outputs if self.kind in ("WHITEN", "KERNEL") else None,
            "p_kernel_width": self.width if kernels else None,
            "p_ridge": self.ridge if kernels else None,
        }


@dataclass(frozen=True, slots=True)
class Images:
    """Labelled images of a part: of each its fold (None of a named fit), number, class, value, length and direction.

    `values` are numbers less a threshold: of a graded run the labels, by grades beside the classes the grades; else
    they are not a number. `sides` are, of a graded run, the classes below and from the threshold on.
    """

    folds: NDArray[Any]
    numbers: NDArray[Any]
    labels: NDArray[Any]
    values: Matrix
    lengths: Matrix
    vectors: Matrix
    sides: tuple[str, str] | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, Any, str, Any, Any]], sides: tuple[str, str] | None = None) -> Images:
        """The rows of img_transform.fold_rows. Raises DatabaseError for vectors that can not be compared."""
        folds, numbers, labels, values, vectors = zip(*rows, strict=True)
        try:
            matrix = np.asarray(vectors, np.float32)
            lengths, directions = np.linalg.norm(matrix.astype(np.float64), axis=1), linear.unit(matrix)
        except (TypeError, ValueError) as error:
            raise DatabaseError("the embeddings to fit on differ in their dimension, or are sparse") from error
        return cls(
            np.asarray(folds, object),
            np.asarray(numbers, object),
            np.asarray(labels, object),
            np.asarray(values, np.float64),
            lengths,
            directions,
            sides,
        )

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def embeddings(self) -> Matrix:
        """The embeddings as they are stored."""
        return self.vectors * self.lengths[:, None]

    def only(self, chosen: NDArray[np.bool_]) -> Images:
        """Those that are chosen."""
        return Images(
            self.folds[chosen],
            self.numbers[chosen],
            self.labels[chosen],
            self.values[chosen],
            self.lengths[chosen],
            self.vectors[chosen],
            self.sides,
        )

    def graded(self) -> Images:
        """Those that have a value. Raises ConfigurationError where none has."""
        found = np.isfinite(self.values)
        if not found.any():
            raise ConfigurationError("no image to fit on has a number as its grade")
        return self if found.all() else self.only(found)


@dataclass(frozen=True, slots=True)
class Fit:
    """Rows of coefficients, and of KERNEL the votes of `voters`, which stand in `located` (n x outputs)."""

    rows: list[linear.Row]
    votes: kernel.KernelFit | None = None
    located: NDArray[np.float32] | None = None
    voters: Images | None = None


def fitted(settings: Settings, moments: linear.Moments, images: Images) -> list[Fit]:
    """Fit each member on images, whose moments are known.

    Raises ConfigurationError where they are too many for KERNEL.
    """
    if settings.kind in ("PLAIN", "CENTRE", "PROTOTYPE"):
        return []  # SQL fits what needs no linear algebra
    if settings.kind == "LDA" and images.sides:
        return [Fit([linear.regression(moments, images.vectors, images.values, settings.shrinkage, NUMBER)])]
    if settings.kind == "LDA":
        return [Fit(linear.discriminant(moments, images.vectors, images.labels.tolist(), settings.shrinkage))]
    components = linear.Components.of(moments)
    if settings.kind == "WHITEN":
        return [Fit(components.whitening(settings.shrinkage, settings.outputs))]
    voters = images.graded() if settings.by_grades else images
    return [_kernel_fit(member, components, voters) for member in settings.members]


def _kernel_fit(settings: Settings, components: linear.Components, voters: Images) -> Fit:
    rows = components.whitening(settings.shrinkage, settings.outputs)
    located = linear.applied(rows, voters.vectors)
    given = {"width": settings.width, "ridge": settings.ridge}
    if voters.sides:
        votes = kernel.fit_values(located, voters.values, **given, label=NUMBER)
    else:
        targets = Targets.of(voters.labels.tolist(), voters.values if settings.by_grades else None)
        votes = kernel.fit(located, targets, **given)
    return Fit(rows, votes, located.astype(np.float32), voters)


def bytes_of(settings: Settings, count: int) -> int:
    """The memory that fitting on so many images takes beyond their vectors, about."""
    return 8 * count * (2 * count + 2 * kernel.MOST_CALIBRATING) if settings.kind in ("KERNEL", "JOINT") else 0


def begin(database: Database, settings: Settings, **parameters: Any) -> list[int]:
    """Begin a transform, and those that are members of it; the numbers of what is fitted.

    `parameters` are those of img_transform.begin_fit beside the settings'.
    """
    transform_id = int(database.value("img_transform.begin_fit", **settings.parameters(), **parameters))
    if settings.kind != "JOINT":
        return [transform_id]
    kept = ("p_target", "p_within_part", "p_images", "p_grades", "p_threshold")
    shared = {name: parameters[name] for name in kept if name in parameters}
    return [
        int(database.value("img_transform.begin_fit", **member.parameters(), **shared, p_joint_id=transform_id))
        for member in settings.members
    ]


def store(database: Database, transform_ids: Sequence[int], part: str, fits: Sequence[Fit]) -> None:
    """Put what was fitted on images of a part into the transforms that `begin` has begun."""
    for transform_id, fit in zip(transform_ids, fits, strict=True):
        _store(database, transform_id, part, fit)


def _store(database: Database, transform_id: int, part: str, fit: Fit) -> None:
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
    if fit.votes is None or fit.located is None or fit.voters is None:
        return
    voters = fit.voters
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
            for number, label, vector in zip(voters.numbers, voters.labels, fit.located, strict=True)
        ],
    )
    weights = [
        {"image_id": int(number), "class": label, "weight": weight}
        for number, row in zip(voters.numbers, fit.votes.weights.tolist(), strict=True)
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
