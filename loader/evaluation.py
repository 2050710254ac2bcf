"""Evaluations and named transforms: calls to the packages, with the one step of linear algebra between."""

from __future__ import annotations

from typing import Unpack

from loader import linear
from loader.config import ConfigurationError
from loader.database import Database
from loader.parameters import Evaluating, Fitting, Sweeping, fitting_of, given
from loader.transforms import Images, Settings, fitted, store
from loader.waiting import Wait, announced

# The kind of a run whose folds have settings of their own: see loader.tuning.
TUNED = "TUNED"
_EVALUATING = "evaluating: every image is predicted from others"


def evaluate(database: Database, **parameters: Unpack[Evaluating]) -> int:
    """Run img_evaluate.evaluate; the run_id.

    The run is committed as a whole. Raises DatabaseError, and ConfigurationError for settings that are out of their
    range.
    """
    fitting, others = fitting_of(parameters)
    options = given(**others)
    kind = parameters.get("transform_kind") or ""
    if kind.upper() == TUNED:
        raise ConfigurationError("settings are chosen for each fold by python -m loader tune, not by evaluate")
    settings = Settings.checked(kind, **fitting)
    with announced(_EVALUATING) as wait:
        if not kind or not database.value("img_transform.needs_loader", p_kind=kind):
            run_id = int(database.value("img_evaluate.evaluate", **options))
        else:
            run_id = int(database.value("img_evaluate.begin_run", **options))
            _fit_folds(database, run_id, settings, parameters.get("target"), wait)
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
    source: str | None = None,
    **fitting: Unpack[Fitting],
) -> int:
    """Fit a named transform on all labelled images, or on those of a source; their number.

    Raises DatabaseError, and ConfigurationError for settings that are out of their range.
    """
    settings = Settings.checked(kind, **fitting)
    with announced(f"fitting {settings.kind} on all labelled images"):
        return _fit(database, name, settings, target, within_part=within_part, source=source)


def _fit(
    database: Database, name: str, settings: Settings, target: str, *, within_part: bool, source: str | None
) -> int:
    if not database.value("img_transform.needs_loader", p_kind=settings.kind):
        database.call(
            "img_transform.fit_named",
            p_name=name,
            p_kind=settings.kind,
            p_target=target,
            p_within_part=int(within_part),
            p_source=source,
        )
        database.commit()
        return 0
    fits = []
    for (part,) in list(database.rows("img_transform.named_groups", p_within_part=int(within_part), p_source=source)):
        rows = list(database.rows("img_transform.named_rows", p_target=target, p_part=part, p_source=source))
        if rows:
            images = Images.of((None, number, label, None, vector) for number, label, vector in rows)
            fits.append((part, images, fitted(settings, linear.Moments.of(images.vectors), images)))
    if not fits:
        raise ConfigurationError("there is no labelled image with an embedding to fit on: load some first")
    count = sum(len(images) for _, images, _ in fits)
    transform_id = database.value(
        "img_transform.begin_fit",
        **settings.parameters(),
        p_target=target,
        p_within_part=int(within_part),
        p_images=count,
        p_name=name,
        p_source=source,
        p_last_image_id=max(number for _, images, _ in fits for number in images.numbers),
    )
    for part, images, found in fits:
        store(database, transform_id, part, images, found)
    database.commit()
    return count


def _fit_folds(database: Database, run_id: int, settings: Settings, target: str | None, wait: Wait) -> None:
    """Fit a transform for each tested fold on the items of all others, a part after the other."""
    transforms: dict[int, int] = {}
    groups: dict[str, list[int]] = {}
    for fold, part in list(database.rows("img_transform.groups", p_run_id=run_id)):
        groups.setdefault(part, []).append(fold)
    for part, folds in groups.items():
        images = Images.of(database.rows("img_transform.fold_rows", p_run_id=run_id, p_part=part))
        moments = linear.Moments.of(images.vectors)
        for fold in folds:
            wait.now(f"fitting {settings.kind}: fold {fold}" + ("" if part == "*" else f" of {part}"))
            trained = images.folds != fold
            if not trained.any():
                continue
            side = images.only(trained)
            if fold not in transforms:
                transforms[fold] = database.value(
                    "img_transform.begin_fit",
                    **settings.parameters(),
                    p_target=target or "QUALITY",
                    p_within_part=int(part != "*"),
                    p_images=int(trained.sum()),
                    p_run_id=run_id,
                    p_fold=fold,
                )
            found = fitted(settings, moments.without(images.vectors[~trained]), side)
            store(database, transforms[fold], part, side, found)
