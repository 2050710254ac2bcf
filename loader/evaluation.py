"""Evaluations and named transforms: calls to the packages, with the one step of linear algebra between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from loader import linear
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.parameters import Evaluating, Sweeping, given
from loader.waiting import Wait, announced

_EVALUATING = "evaluating: every image is predicted from others"


def evaluate(database: Database, *, shrinkage: float | None = None, **parameters: Unpack[Evaluating]) -> int:
    """Run img_evaluate.evaluate; the run_id.

    The run is committed as a whole. Raises DatabaseError.
    """
    options = given(**parameters)
    kind = parameters.get("transform_kind")
    share = _checked(shrinkage)
    with announced(_EVALUATING) as wait:
        if kind is None or not database.value("img_transform.needs_loader", p_kind=kind):
            run_id = int(database.value("img_evaluate.evaluate", **options))
        else:
            run_id = int(database.value("img_evaluate.begin_run", **options))
            _fit_folds(database, run_id, kind.upper(), share, parameters.get("target"), wait)
            wait.now(_EVALUATING)
            database.call("img_evaluate.finish_run", p_run_id=run_id)
        database.commit()
    return run_id


def sweep(database: Database, **parameters: Unpack[Sweeping]) -> int:
    """Run img_evaluate.sweep; the run_id of the first metric's run. It is committed. Raises DatabaseError."""
    with announced("comparing settings: the neighbours of every image are looked up once for each metric"):
        run_id = int(database.value("img_evaluate.sweep", **given(**parameters)))
        database.commit()
    return run_id


def fit(
    database: Database,
    name: str,
    kind: str,
    target: str,
    *,
    within_part: bool,
    shrinkage: float | None,
    source: str | None = None,
) -> int:
    """Fit a named transform on all labelled images, or on those of a source; their number. Raises DatabaseError."""
    kind = kind.upper()
    share = _checked(shrinkage)
    with announced(f"fitting {kind} on all labelled images"):
        return _fit(database, name, kind, target, within_part=within_part, share=share, source=source)


def _fit(
    database: Database, name: str, kind: str, target: str, *, within_part: bool, share: float, source: str | None
) -> int:
    if not database.value("img_transform.needs_loader", p_kind=kind):
        database.call(
            "img_transform.fit_named",
            p_name=name,
            p_kind=kind,
            p_target=target,
            p_within_part=int(within_part),
            p_source=source,
        )
        database.commit()
        return 0
    fits = []
    images = 0
    for (part,) in list(database.rows("img_transform.named_groups", p_within_part=int(within_part), p_source=source)):
        rows = list(database.rows("img_transform.named_rows", p_target=target, p_part=part, p_source=source))
        images += len(rows)
        if rows:
            _, labels, vectors = _columns((None, *row) for row in rows)
            fits.append((part, _rows(kind, linear.Moments.of(vectors), vectors, labels, share)))
    if not fits:
        raise ConfigurationError("there is no labelled image with an embedding to fit on: load some first")
    transform_id = database.value(
        "img_transform.begin_fit",
        p_kind=kind,
        p_target=target,
        p_within_part=int(within_part),
        p_images=images,
        p_shrinkage=share,
        p_name=name,
        p_source=source,
    )
    for part, fitted in fits:
        _put(database, transform_id, part, fitted)
    database.commit()
    return images


def _checked(shrinkage: float | None) -> float:
    share = linear.DEFAULT_SHRINKAGE if shrinkage is None else shrinkage
    if not 0 < share <= 1:
        raise ConfigurationError(f"the shrinkage must be above 0 and at most 1, not {share}")
    return share


def _fit_folds(database: Database, run_id: int, kind: str, shrinkage: float, target: str | None, wait: Wait) -> None:
    """Fit a transform for each tested fold on the items of all others, a part after the other."""
    transforms: dict[int, int] = {}
    groups: dict[str, list[int]] = {}
    for fold, part in list(database.rows("img_transform.groups", p_run_id=run_id)):
        groups.setdefault(part, []).append(fold)
    for part, folds in groups.items():
        sides, labels, vectors = _columns(database.rows("img_transform.fold_rows", p_run_id=run_id, p_part=part))
        moments = linear.Moments.of(vectors)
        for fold in folds:
            wait.now(f"fitting {kind}: fold {fold}" + ("" if part == "*" else f" of {part}"))
            trained = sides != fold
            if not trained.any():
                continue
            if fold not in transforms:
                transforms[fold] = database.value(
                    "img_transform.begin_fit",
                    p_kind=kind,
                    p_target=target or "QUALITY",
                    p_within_part=int(part != "*"),
                    p_images=int(trained.sum()),
                    p_shrinkage=shrinkage,
                    p_run_id=run_id,
                    p_fold=fold,
                )
            fitted = _rows(kind, moments.without(vectors[~trained]), vectors[trained], labels[trained], shrinkage)
            _put(database, transforms[fold], part, fitted)


def _columns(rows: Iterable[tuple[Any, str, Any]]) -> tuple[NDArray[Any], NDArray[Any], linear.Matrix]:
    """Rows of a number, a class and an embedding as three arrays, the embeddings as unit vectors."""
    numbers, labels, vectors = zip(*rows, strict=True)
    try:
        matrix = linear.unit(np.asarray(vectors, np.float32))
    except (TypeError, ValueError) as error:
        raise DatabaseError("the embeddings to fit on differ in their dimension, or are sparse") from error
    return np.asarray(numbers, object), np.asarray(labels, object), matrix


def _rows(
    kind: str, moments: linear.Moments, vectors: linear.Matrix, labels: NDArray[Any], shrinkage: float
) -> list[linear.Row]:
    if kind == "LDA":
        return linear.discriminant(moments, vectors, labels.tolist(), shrinkage)
    return linear.whitening(moments, shrinkage)


def _put(database: Database, transform_id: int, part: str, rows: list[linear.Row]) -> None:
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
            for number, row in enumerate(rows, start=1)
        ],
    )
