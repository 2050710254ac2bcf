"""What the layouts have to say beside labels, sorted out before these go to the database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator

from loader.json_limits import refusal
from loader.layouts.base import LabelItem, refused
from loader.notes import Notes


def labels_alone(items: Iterable[LabelItem], notes: Notes) -> Iterator[LabelItem]:
    """The labels that the database is to know, of any layout; what people should know beside them goes to `notes`.

    A label whose JSON a database can not keep is refused here, and the second one of a path.
    """
    # A file without a name: SQLite removes it when it is closed.
    with contextlib.closing(sqlite3.connect("", check_same_thread=False)) as seen:
        seen.execute("create table path (name text primary key) without rowid")
        for number, item in enumerate(items, 1):
            for warning in item.warnings:
                notes.add(warning, item.path, item.count)
            if not item.is_label:
                continue
            if not seen.execute("insert or ignore into path values (?)", (item.path,)).rowcount:
                yield refused(f"{item.path} ({number})", f"another label is called {item.path[:200]} too")
                continue
            reason = refusal(item.text) if item.text is not None else None
            if reason:
                yield refused(item.path, reason)
                continue
            for name in item.missing:
                notes.add(f"labels name no {name} and are stored without it", item.path)
            if item.changed:
                notes.add("values were trimmed, or composed to Unicode form NFC", item.path, item.changed)
            yield item
