"""Labels of stored images, corrected and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from loader.config import ConfigurationError
from loader.corrections import overlay
from loader.corrections.applying import Group, applied, chosen, groups_of
from loader.corrections.keeping import NotStoredError, Step, keep
from loader.corrections.label_file import label_file, restated, rewritten
from loader.corrections.overlay import Correction, Overlay
from loader.database import Database, Json
from loader.documents import parse
from loader.json_limits import refusal
from loader.labels import LabelError
from loader.rows import Row, rows_of
from loader.values import Cleaning

__all__ = ["NotStoredError", "Outcome", "Wish", "correct", "undo"]

# What is to be done to a label: none where it says so already.
Steps: TypeAlias = "Callable[[Row, Overlay], list[Step]]"
_NOT_LOADED = "there is no such image, no load put it in, or its label waits for a load (python -m loader ROOT)"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be said of labels: a new part, a new quality, or both.

    `of` is the part that is meant where a label has several. With `in_label` the label file itself is written.
    """

    part: str | None = None
    quality: str | None = None
    of: str | None = None
    in_label: bool = False

    def changes(self) -> dict[str, str]:
        """The new values by their names, cleaned as a load cleans them. Raises LabelError."""
        given = {"part": self.part, "quality": self.quality}
        found = {name: text for name, value in given.items() if (text := _cleaned(name, value))}
        if not found:
            raise LabelError("say a new quality, or a new part")
        return found


@dataclass(slots=True)
class Outcome:
    """What became of the images: corrections that were made or taken back, images that say so already, and reasons."""

    done: list[tuple[int, Correction]] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def correct(database: Database, image_ids: Iterable[int], wish: Wish, by: str) -> Outcome:
    """Correct the labels of images, and commit; one that can not be corrected is named, and the others are.

    Raises LabelError for a wish that no label can have, NotStoredError, and DatabaseError.
    """
    changes, by = wish.changes(), _person(by)
    at = overlay.now()

    def steps(row: Row, known: Overlay) -> list[Step]:
        return _corrected(row, known, changes, wish, by, at)

    return _each(database, image_ids, steps)


def undo(database: Database, image_ids: Iterable[int], by: str, correction_ids: Sequence[str] | None = None) -> Outcome:
    """Take back the last correction of each image, or those of these ids, and commit. Raises as `correct`."""
    by, at = _person(by), overlay.now()

    def steps(row: Row, known: Overlay) -> list[Step]:
        return _taken_back(row, known, correction_ids, by, at)

    return _each(database, image_ids, steps)


def _cleaned(name: str, value: str | None) -> str | None:
    if value is not None and (reason := refusal(json.dumps(value))):
        raise LabelError(f"{name}: {reason}")
    return Cleaning().text(name, value)


def _person(by: str) -> str:
    """Who corrects. Raises LabelError."""
    name = _cleaned("the name of who corrects", by)
    if not name:
        raise LabelError("say who corrects")
    return name


def _each(database: Database, image_ids: Iterable[int], steps_of: Steps) -> Outcome:
    """Plan the steps of each image, whose label is locked until all are kept."""
    outcome = Outcome()
    wanted = list(dict.fromkeys(image_ids))
    rows = rows_of(database, "img_correction.labels", image_ids=Json(json.dumps(wanted)))
    there = {int(row["image_id"]) for row in rows}
    outcome.refused += [(image_id, _NOT_LOADED) for image_id in wanted if image_id not in there]
    overlays: dict[str, Overlay] = {}
    steps: list[Step] = []
    for row in rows:
        image_id, root = int(row["image_id"]), row["source_root"]
        try:
            if hindrance := overlay.obstacle(root):
                raise LabelError(str(hindrance))
            if root not in overlays:
                about = [other["label_path"] for other in rows if other["source_root"] == root]
                overlays[root] = overlay.read(Path(root), about)
            found = steps_of(row, overlays[root])
        except (LabelError, ConfigurationError) as error:
            outcome.refused.append((image_id, str(error)))
            continue
        steps += found
        if not found:
            outcome.unchanged.append(image_id)
    if steps:
        keep(database, steps)
    else:
        database.rollback()  # lets the labels go
    outcome.done = [(step.image_id, step.correction) for step in steps]
    return outcome


def _corrected(row: Row, known: Overlay, changes: dict[str, str], wish: Wish, by: str, at: str) -> list[Step]:
    """The step that corrects a label; none where it says so already. Raises LabelError."""
    label, own = row["label_path"], row["own_label"]
    _, value = parse(own.encode())
    groups = groups_of(value)
    group = chosen(groups, wish.of)
    standing = known.in_force(label)
    before = applied(own, standing)
    now = before.said[groups.index(group)]
    changes = {name: value for name, value in changes.items() if value != now[name]}
    if not changes:
        return []
    _check_parts(groups, group, changes)
    correction = Correction(
        id=overlay.new_id(),
        label=label,
        by=by,
        at=at,
        changes=changes,
        was={name: group.said[name] for name in changes},
        of=wish.of if len(groups) > 1 else None,
        image=row["image_path"],
        written=wish.in_label,
    )
    file = None
    if wish.in_label:
        if before.digest is not None:
            raise LabelError("its label is corrected beside the file: take that back first, or go on beside it")
        file = rewritten(_own_file(row), changes, correction.was)
        own = restated(own, changes)
        standing = []
    else:
        standing = [*standing, correction]
    return [
        Step(row, correction, correction.to_line(), correction.undo_line(by, at), own, applied(own, standing), file)
    ]


def _own_file(row: Row) -> Path:
    """The label file that can be written. Raises LabelError where there is none."""
    path = label_file(row["source_root"], row["label_path"], row["image_path"])
    if path is None:
        raise LabelError("it has no label file of its own that can be written: correct it beside the label")
    return path


def _check_parts(groups: Sequence[Group], group: Group, changes: dict[str, str]) -> None:
    others = [other.part for other in groups if other is not group]
    if changes.get("part") in others:
        raise LabelError(f"the label has the part {changes['part']} already, as another annotation")


def _taken_back(row: Row, known: Overlay, correction_ids: Sequence[str] | None, by: str, at: str) -> list[Step]:
    """The steps that take back corrections of a label. Raises LabelError where there are none."""
    label, own = row["label_path"], row["own_label"]
    standing = [found for found in known.of(label) if found.undone_at is None]
    meant = standing[-1:] if correction_ids is None else [found for found in standing if found.id in correction_ids]
    if not meant:
        raise LabelError("its label has no correction that could be taken back")
    file = None
    if any(found.written for found in meant):
        (found, *others) = meant
        if others:
            raise LabelError("its label file was written: take that back alone")
        file = rewritten(_own_file(row), found.was, found.changes)
        own = restated(own, found.was)
    after = applied(own, [found for found in known.in_force(label) if found not in meant])
    steps = []
    for found in meant:
        again = replace(found, id=overlay.new_id()).to_line()
        steps.append(Step(row, found.undone(by, at), found.undo_line(by, at), again, own, after, file))
    return steps
