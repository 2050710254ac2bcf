"""What corrections make of a label in AI Hub's form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from loader.corrections.overlay import Correction
from loader.documents import parse, write
from loader.labels import LabelError


@dataclass(frozen=True, slots=True)
class Group:
    """The annotations of one part, which are of one quality, as the label itself has them."""

    said: dict[str, str | None]
    attributes: list[dict[str, Any]]

    @property
    def part(self) -> str | None:
        """The part that they are of."""
        return self.said["part"]


@dataclass(frozen=True, slots=True)
class Stale:
    """A correction of `name` that the label has overtaken; `now` is how the label stands, a clause."""

    correction: Correction
    name: str
    now: str


@dataclass(slots=True)
class Applied:
    """A label with its corrections, and those that were not applied.

    `said` is what each group says with them, `digest` what was corrected in short, None where nothing was.
    """

    text: str
    said: list[dict[str, str | None]] = field(default_factory=list)
    digest: str | None = None
    names: set[str] = field(default_factory=set)
    stale: list[Stale] = field(default_factory=list)


def groups_of(label: Any) -> list[Group]:
    """The annotations of a label by their parts, in the label's order."""
    annotations = label.get("annotations") if isinstance(label, dict) else None
    found: dict[str | None, Group] = {}
    for annotation in annotations if isinstance(annotations, list) else [annotations]:
        if not isinstance(annotation, dict):
            continue
        if not isinstance(annotation.get("attributes"), dict):
            annotation["attributes"] = {}
        attributes = annotation["attributes"]
        said = {"part": attributes.get("part"), "quality": attributes.get("quality")}
        found.setdefault(said["part"], Group(said, [])).attributes.append(attributes)
    return list(found.values())


def chosen(groups: Sequence[Group], of: str | None) -> Group:
    """The annotations that a correction is about. Raises LabelError where it does not say, or there are none."""
    if of is None and len(groups) == 1:
        return groups[0]
    listed = ", ".join(group.part or "without a name" for group in groups)
    if of is None:
        raise LabelError(f"the label has several parts ({listed}): say which one is meant")
    for group in groups:
        if group.part == of:
            return group
    raise LabelError(f"the label has no part {of}, but {listed or 'none'}")


def applied(own: str, corrections: Sequence[Correction]) -> Applied:
    """A label with what of its corrections is still about what it says itself; of several the last counts.

    `own` is the label's text. Raises LabelError where that is no label.
    """
    _, label = parse(own.encode("utf-8", "surrogatepass"))
    groups = groups_of(label)
    result = Applied(own)
    done: list[tuple[str, str, str]] = []
    latest = {(found.of, name): found for found in corrections for name in found.changes}
    for (of, name), correction in latest.items():
        try:
            group = chosen(groups, of)
        except LabelError as error:
            result.stale.append(Stale(correction, name, str(error)))
            continue
        if group.said[name] != correction.was[name]:
            result.stale.append(Stale(correction, name, f"the label says {group.said[name] or 'nothing'} now"))
            continue
        for attributes in group.attributes:
            attributes[name] = correction.changes[name]
        result.names.add(name)
        done.append((of or "", name, correction.changes[name]))
    result.said = [{name: group.attributes[0].get(name) for name in group.said} for group in groups]
    if done:
        result.text = write(label)
        result.digest = hashlib.sha256(json.dumps(sorted(done)).encode()).hexdigest()
    return result
