"""Evaluations and named transforms: calls to the packages, with the one step of linear algebra between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack

from loader import linear
from loader.config import ConfigurationError
from loader.database import Database
from loader.parallel import ordered
from loader.parameters import Evaluating, Fitting, Sweeping, fitting_of, given
from loader.spent import Spent
from loader.transforms import Fit, Images, Settings, begin, bytes_of, fitted, store
from loader.waiting import Wait, announced

# The kind of a run whose folds have settings of their own: see loader.tuning.
TUNED = "TUNED"
_EVALUATING = "evaluating: every image is predicted from others"


def evaluate(database: Database, *, spent: Spent | None = None, **parameters: Unpack[Evaluating]) -> int:
    """Run img_evaluate.evaluate; the run_id. `spent` is told what took how long.

    The run is committed as a whole. Raises DatabaseError, and ConfigurationError for settings that are out of their
    range.
    """
    spent = spent or Spent()
    fitting, others = fitting_of(parameters)
    options = given(**others)
    kind = parameters.get("transform_kind") or ""
    if kind.upper() == TUNED:
        raise ConfigurationError("settings are chosen for each fold by python -m loader tune, not by evaluate")
    settings = Settings.checked(kind, **fitting, by_grades=parameters.get("grades") is not None)
    with announced(_EVALUATING) as wait:
        if not kind or not database.value("img_transform.needs_loader", p_kind=kind):
            with spent.on("neighbours and votes, by SQL"):
                run_id = int(database.value("img_evaluate.evaluate", **options))
        else:
            with spent.on("items and folds, by SQL"):
                run_id = int(database.value("img_evaluate.begin_run", **options))
            _fit_folds(database, run_id, settings, parameters, wait, spent)
            wait.now(_EVALUATING)
            with spent.on("neighbours and votes, by SQL"):
                database.call("img_evaluate.finish_run", p_run_id=run_id)
        with spent.on("committing"):
            database.commit()
    return run_id


def numbers_of(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a transform is told of numbers: p_threshold, and p_grades where they stand beside classes."""
    return {"p_threshold": parameters.get("threshold"), "p_grades": parameters.get("grades")}


def sides_of(database: Database, numbers: Mapping[str, Any]) -> tuple[str, str] | None:
    """The classes below a threshold and from it on (img_graded.class_of); None where labels are classes."""
    threshold = numbers["p_threshold"]
    if threshold is None or numbers["p_grades"] is not None:
        return None
    below, above = (
        str(database.value("img_graded.class_of", p_value=value, p_threshold=threshold))
        for value in (threshold - 1, threshold)
    )
    return below, above


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
    grades: str | None = None,
    threshold: float | None = None,
    **fitting: Unpack[Fitting],
) -> int:
    """Fit a named transform on all labelled images, or on those of a source; their number.

    With a threshold the labels are numbers, and so are the answers; by `grades`, which are the numbers then, classes
    are told apart. Raises DatabaseError, and ConfigurationError for settings that are out of their range.
    """
    settings = Settings.checked(kind, **fitting, by_grades=grades is not None)
    named = {
        "p_name": name,
        "p_target": target,
        "p_within_part": int(within_part),
        "p_source": source,
        "p_threshold": threshold,
    }
    with announced(f"fitting {settings.kind} on all labelled images"):
        if database.value("img_transform.needs_loader", p_kind=settings.kind):
            count = _fit(database, settings, {**named, "p_grades": grades})
        else:
            database.call("img_transform.fit_named", **named, p_kind=settings.kind)
            count = 0
        database.commit()
    return count


def _fit(database: Database, settings: Settings, named: dict[str, Any]) -> int:
    """Fit what needs linear algebra; `named` are parameters of img_transform.begin_fit. One part is fitted after the
    other, each by all cores."""
    sides = sides_of(database, named)
    shared = {name: named[name] for name in ("p_target", "p_source", "p_grades", "p_threshold")}
    groups = database.rows(
        "img_transform.named_groups", p_within_part=named["p_within_part"], p_source=named["p_source"]
    )
    fits, count, last = [], 0, 0
    for (part,) in list(groups):
        rows = list(database.rows("img_transform.named_rows", **shared, p_part=part))
        if rows:
            images = Images.of(((None, *row) for row in rows), sides)
            fits.append((part, fitted(settings, linear.Moments.of(images.vectors), images)))
            count += len(images)
            last = max(last, *images.numbers)
    if not fits:
        raise ConfigurationError("there is no labelled image with an embedding to fit on: load some first")
    transform_ids = begin(database, settings, **named, p_images=count, p_last_image_id=last)
    for part, found in fits:
        store(database, transform_ids, part, found)
    return count


def _fit_folds(
    database: Database, run_id: int, settings: Settings, parameters: Evaluating, wait: Wait, spent: Spent
) -> None:
    """Fit a transform for each tested fold on the items of all others, a part after the other, several folds at a time.

    The session stores what is fitted while the next folds are computed. SQL then answers them in this one session: a
    run is committed as a whole, so that no other session could see its items.
    """
    numbers = numbers_of(parameters)
    sides = sides_of(database, numbers)
    transforms: dict[int, list[int]] = {}
    groups: dict[str, list[int]] = {}
    for fold, part in list(database.rows("img_transform.groups", p_run_id=run_id)):
        groups.setdefault(part, []).append(fold)
    for part, folds in groups.items():
        with spent.on("reading the embeddings"):
            images = Images.of(database.rows("img_transform.fold_rows", p_run_id=run_id, p_part=part), sides)
        fitting = [fold for fold in folds if (images.folds != fold).any()]
        for fold, found in zip(fitting, fitted_folds(settings, images, fitting, spent=spent), strict=True):
            wait.now(f"fitting {settings.kind}: fold {fold}" + ("" if part == "*" else f" of {part}"))
            if fold not in transforms:
                transforms[fold] = begin(
                    database,
                    settings,
                    p_target=parameters.get("target") or "QUALITY",
                    p_within_part=int(part != "*"),
                    p_images=int((images.folds != fold).sum()),
                    p_run_id=run_id,
                    p_fold=fold,
                    **numbers,
                )
            with spent.on("storing the fits"):
                store(database, transforms[fold], part, found)


def fitted_folds(
    settings: Settings,
    images: Images,
    folds: Sequence[int],
    *,
    workers: int | None = None,
    spent: Spent | None = None,
) -> Iterator[list[Fit]]:
    """The fits of folds, each on the images of all others, in their order: the same ones however many are under way."""
    moments = linear.Moments.of(images.vectors)
    spent = spent or Spent()

    def fit_fold(fold: int) -> list[Fit]:
        with spent.on("fitting"):
            trained = images.folds != fold
            return fitted(settings, moments.without(images.vectors[~trained]), images.only(trained))

    return ordered(fit_fold, folds, bytes_each=bytes_of(settings, len(images)), workers=workers)
