"""The labels of any layout with the corrections of their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from loader.corrections.applying import Stale, applied
from loader.corrections.overlay import Overlay
from loader.kinds import CORRECTIONS
from loader.labels import LabelError
from loader.layouts.base import LabelItem, UnreadLabel, refused, shown


class Corrections:
    """The corrections of one load: what they were applied to, and what is to be said of the others."""

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.count = 0
        self.remarks: list[str] = []

    def applied_to(self, items: Iterable[LabelItem | UnreadLabel]) -> Iterator[LabelItem | UnreadLabel]:
        """The labels, those that are corrected read and with their corrections; then the lines that can not be used."""
        met: set[str] = set()
        for item in items:
            if not self.overlay.in_force(item.path):
                yield item
                continue
            met.add(item.path)
            yield self._corrected(item.read() if isinstance(item, UnreadLabel) else item)
        for label in self.overlay.by_label.keys() - met:
            for correction in self.overlay.in_force(label):
                self._remark(correction.line, f"corrects {shown(label)}, and there is no such label")
        for line, reason in self.overlay.damaged:
            yield refused(f"{CORRECTIONS}:{line}", f"line {line} can not be used: {reason}")

    def _corrected(self, item: LabelItem) -> LabelItem:
        if item.text is None:
            return item
        try:
            found = applied(item.text, self.overlay.in_force(item.path))
        except LabelError as error:
            return refused(item.path, error)
        for stale in found.stale:
            self._remark(stale.correction.line, _overtaken(item.path, stale))
        if found.digest is None:
            return item
        self.count += 1
        missing = tuple(name for name in item.missing if name not in found.names)
        # Without a stamp: a corrected label is read by each load, which so sees when its own value changes.
        return replace(item, text=found.text, own=item.text, correction=found.digest, missing=missing, stamp=None)

    def _remark(self, line: int, text: str) -> None:
        self.remarks.append(f"{self.overlay.path}, line {line} {text}")


def _overtaken(label: str, stale: Stale) -> str:
    correction = stale.correction
    return (
        f"corrects the {stale.name} of {shown(label)} from {correction.was[stale.name] or 'nothing'} to "
        f"{correction.changes[stale.name]}, and {shown(stale.now)}: the label wins (take the correction back, or "
        "correct again)"
    )
