"""What the layouts have to say beside labels, sorted out before these go to the database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

from loader.layouts.base import LabelItem, key
from loader.notes import Notes


def labels_alone(items: Iterable[LabelItem], notes: Notes) -> Iterator[LabelItem]:
    """The labels, each path once; what people should know beside them goes to `notes`."""
    # A file without a name: SQLite removes it when it is closed.
    with contextlib.closing(sqlite3.connect("", check_same_thread=False)) as seen:
        seen.execute("create table path (name text primary key) without rowid")
        for number, item in enumerate(items, 1):
            for warning in item.warnings:
                notes.add(warning, item.path, item.count)
            for name in item.missing:
                notes.add(f"labels name no {name} and are stored without it", item.path)
            if item.changed:
                notes.add("values were trimmed, or composed to Unicode form NFC", item.path, item.changed)
            if not item.is_label:
                continue
            if not seen.execute("insert or ignore into path values (?)", (item.path,)).rowcount:
                problem = f"another label is called {item.path[:200]} too"
                item = replace(item, path=key(f"{item.path} ({number})"), hash="-", text=None, problem=problem)
            yield item
