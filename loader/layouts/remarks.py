"""What the layouts have to say beside labels, sorted out before these go to the database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from loader.json_limits import refusal
from loader.layouts.base import LabelItem, UnreadLabel, refused
from loader.notes import Notes


def labels_alone(items: Iterable[LabelItem | UnreadLabel], notes: Notes) -> Iterator[LabelItem | UnreadLabel]:
    """The labels that the database is to know, of any layout; what people should know beside them goes to `notes`.

    A label whose JSON a database can not keep is refused here, and the second one of a path. What is still to be read
    is looked at when it is.
    """
    # A file without a name: SQLite removes it when it is closed.
    with contextlib.closing(sqlite3.connect("", check_same_thread=False)) as seen:
        seen.execute("create table path (name text primary key) without rowid")
        for number, item in enumerate(items, 1):
            if isinstance(item, LabelItem):
                _note_warnings(item, notes)
                if not item.is_label:
                    continue
            if not seen.execute("insert or ignore into path values (?)", (item.path,)).rowcount:
                yield refused(f"{item.path} ({number})", f"another label is called {item.path[:200]} too")
            elif isinstance(item, LabelItem):
                yield _checked(item, notes)
            else:
                yield replace(item, read=partial(_read, item, notes))


def _read(item: UnreadLabel, notes: Notes) -> LabelItem:
    label = item.read()
    _note_warnings(label, notes)
    return _checked(label, notes)


def _note_warnings(item: LabelItem, notes: Notes) -> None:
    for warning in item.warnings:
        notes.add(warning, item.path, item.count)


def _checked(item: LabelItem, notes: Notes) -> LabelItem:
    """The label, or its refusal where a database can not keep it."""
    reason = refusal(item.text) if item.text is not None else None
    if reason:
        return refused(item.path, reason)
    for name in item.missing:
        notes.add(f"labels name no {name} and are stored without it", item.path)
    if item.changed:
        notes.add("values were trimmed, or composed to Unicode form NFC", item.path, item.changed)
    return item
