"""Labels into the database: those that it does not know as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from loader.batches import batched
from loader.database import Json
from loader.halving import put_halved
from loader.layouts import LabelItem, UnreadLabel
from loader.layouts.base import refused
from loader.progress import Progress
from loader.transaction import Clock, Transaction

# Label files go to the database so many at a time, or as many as have so many characters: a value of Oracle's
# type JSON holds 32 MB in a form that may be four times as long as its text. Their stamps go so many.
_LABEL_BATCH = 500
_LABEL_CHARACTERS = 8_000_000
_STAMP_BATCH = 2000
# Characters of a label beside its text and path, about: its hash and stamp.
_BESIDE = 200


def put_labels(
    transaction: Transaction,
    run_id: int,
    labels: Iterable[LabelItem | UnreadLabel],
    clock: Clock,
    *,
    read_all: bool = False,
) -> int:
    """Take in the labels, and with `read_all` those too that seem to be as they were; how many were not read."""
    unread = 0
    with Progress("labels", None, "labels") as progress:
        for batch in batched(labels, _STAMP_BATCH, _length, _LABEL_CHARACTERS):
            unknown = batch
            if not read_all:
                unknown = _unknown(transaction, run_id, batch, clock)
                unread += _unread(batch) - _unread(unknown)
            read = (item.read() if isinstance(item, UnreadLabel) else item for item in unknown)
            for part in batched(read, _LABEL_BATCH, _length, _LABEL_CHARACTERS):
                with clock:
                    _put(transaction, run_id, part)
                    transaction.keep()
            progress.advance(len(batch))
    return unread


def _length(item: LabelItem | UnreadLabel) -> int:
    if isinstance(item, LabelItem) and item.text is not None:
        return len(item.text) + len(item.own or "") + len(item.path) + _BESIDE
    return 0


def _unread(items: Sequence[LabelItem | UnreadLabel]) -> int:
    return sum(isinstance(item, UnreadLabel) for item in items)


def _unknown(
    transaction: Transaction, run_id: int, items: Sequence[LabelItem | UnreadLabel], clock: Clock
) -> list[LabelItem | UnreadLabel]:
    """Those that the database does not have as they are, by stamps where they are not read, else by hashes."""
    facts = Json(f"[{','.join(_facts(item) for item in items)}]")
    with clock:
        rows = transaction.rows("img_store.keep_labels", p_run_id=run_id, p_labels=facts)
        transaction.keep()
    unknown = {path for (path,) in rows}
    return [item for item in items if item.path in unknown]


def _facts(item: LabelItem | UnreadLabel) -> str:
    """As img_store.keep_labels takes it."""
    path = json.dumps(item.path)
    if isinstance(item, UnreadLabel):
        return f'{{"path": {path}, "stamp": {json.dumps(item.stamp)}}}'
    correction = f', "correction": {json.dumps(item.correction)}' if item.correction else ""
    return f'{{"path": {path}, "hash": {json.dumps(item.hash)}{correction}}}'


def _put(transaction: Transaction, run_id: int, items: Sequence[LabelItem]) -> None:
    """One batch; a label that the database refuses is refused by name."""

    def put(part: Sequence[LabelItem]) -> None:
        labels = Json(f"[{','.join(item.to_json() for item in part)}]")
        transaction.put("img_store.put_labels", p_run_id=run_id, p_labels=labels)

    for item, error in put_halved(items, put):
        put([refused(item.path, f"the database refuses the label: {error.message}")])
