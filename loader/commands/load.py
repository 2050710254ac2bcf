"""load: labels and images below a directory into the database."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from loader.commands.options import (
    Commands,
    bits_option,
    chosen_layout,
    layout_option,
    positive,
    runtime_option,
    two_numbers,
)
from loader.commands.session import session
from loader.config import existing_directory
from loader.kinds import CORRECTIONS
from loader.statuses import BAD_FILES, OK
from loader.terminal import say, warn

if TYPE_CHECKING:
    from loader.load import Summary

_SHOWN_FAILURES = 50
_SHOWN_SOURCES = 5


def add(commands: Commands) -> None:
    """Add load to the parser."""
    command = commands.add_parser("load", help="load labels and images below a directory (the default command)")
    command.add_argument("root", type=Path, metavar="ROOT", help="the directory that holds labels and images")
    command.add_argument("--model", metavar="NAME", help="an exported model, or an ONNX file (default: densenet121)")
    command.add_argument(
        "--source",
        metavar="NAME",
        help="the name by which the database knows these files (default: their absolute path)",
    )
    command.add_argument(
        "--new-source",
        action="store_true",
        help="load these files beside another source that has the same labels",
    )
    layout_option(command)
    command.add_argument(
        "--categories",
        type=two_numbers,
        metavar="N,M",
        help="the directories below the root that are the categories, from 1 (layout aihub; default: see docs/load.md)",
    )
    bits_option(command)
    runtime_option(command)
    command.add_argument("--prune", action="store_true", help="remove from the database what is gone from disk")
    command.add_argument("--verify", action="store_true", help="read all files, whatever their size and times")
    command.add_argument("--dry-run", action="store_true", help="only say what there is to do")
    command.add_argument("--replace-model", action="store_true", help="embed again what another model embedded")
    command.add_argument(
        "--unindexed",
        action="store_true",
        help="take a model whose vectors are too long for the database's vector index, though not for the database",
    )
    command.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="threads that decode and embed (default: the cores; at most 8 on Oracle)",
    )
    command.set_defaults(run=_load, kept="what was committed stays, and the next run goes on from there")


def _load(options: argparse.Namespace) -> int:
    from loader.model import Model, find

    layout = chosen_layout(options)
    existing_directory(options.root)
    if options.dry_run:
        options.kept = "nothing was changed"
    model = Model(find(options.model), runtime=options.runtime)
    with session(options, model) as images:
        warn(f"Model: {model.name}, {model.dimension} dimensions, {model.path}, on {model.provider}")
        summary = images.load(
            options.root,
            layout=layout,
            source=options.source,
            new_source=options.new_source,
            prune=options.prune,
            dry_run=options.dry_run,
            replace_model=options.replace_model,
            workers=options.workers,
            bits=options.bits,
            verify=options.verify,
            unindexed=options.unindexed,
        )
    _print_failures(summary, options)
    _print_labels(summary, options)
    if options.dry_run:
        say(
            f"{summary.pending} images to embed, {summary.kept} that were only moved or touched keep their embedding, "
            f"{summary.failed} labels are bad; nothing was changed (--dry-run)"
        )
    else:
        speed = f", {summary.stored / summary.total_s:.0f} images a second" if summary.stored else ""
        say(
            f"{summary.stored} images embedded and stored, {summary.failed} failed, in {summary.total_s:.1f} s{speed} "
            f"(in all threads: decoding {summary.decode_s:.1f} s, network {summary.embed_s:.1f} s, "
            f"database {summary.database_s:.1f} s)"
        )
    return BAD_FILES if summary.failed else OK


def _print_failures(summary: Summary, options: argparse.Namespace) -> None:
    for path, reason in summary.failures[:_SHOWN_FAILURES]:
        warn(f"{options.root / path}: {reason}")
    if summary.failed > _SHOWN_FAILURES:
        warn(f"... and {summary.failed - _SHOWN_FAILURES} more: python -m loader status, or the view vw_image_failure")


def _print_labels(summary: Summary, options: argparse.Namespace) -> None:
    """How many labels there are, what a person should know of them, and what they say."""
    say(
        f"{summary.labels} labels: {summary.new} new, {summary.changed} changed, {summary.unchanged} unchanged, "
        f"{summary.retried} tried again"
    )
    if summary.unread_labels or summary.unread_images:
        say(
            f"{summary.unread_labels} label files and {summary.unread_images} image files were not read: their size "
            "and times are as they were (--verify reads them)"
        )
    if summary.without_categories and options.layout == "aihub":
        say(f"{summary.without_categories} images have no category: neither their directories nor their labels say one")
    if summary.corrected:
        say(f"{summary.corrected} labels are corrected, by {options.root / CORRECTIONS}")
    for remark in summary.overtaken[:_SHOWN_FAILURES]:
        warn(remark)
    if len(summary.overtaken) > _SHOWN_FAILURES:
        warn(f"... and {len(summary.overtaken) - _SHOWN_FAILURES} more corrections that were not applied")
    for note in summary.notes:
        say(note)
    if summary.gone_count:
        for path in summary.gone[:_SHOWN_FAILURES]:
            warn(f"gone from disk: {options.root / path}")
        say(
            f"{summary.gone_count} labels that were loaded are gone from disk: "
            + ("removed" if options.prune and not options.dry_run else "kept (--prune removes them)")
        )
    if not options.dry_run:
        if summary.kept:
            say(f"{summary.kept} images keep their embedding: moved, touched or just written, of the same content")
        _print_contents(summary.contents)
    for doubt in summary.doubts:
        say(doubt)


def _print_contents(rows: Sequence[tuple[str, str | None, str | None, int]]) -> None:
    """Parts and qualities of the source, and what is doubtful: the rows of img_store.contents."""
    from loader.client import table

    classes = [(part or "-", quality or "-", images) for kind, part, quality, images in rows if kind == "CLASS"]
    if classes:
        for line in table(["Part", "Quality", "Images"], classes, 120):
            say(line)
    others = [name for kind, name, *_ in rows if kind == "IDENTICAL"]
    for kind, name, _, images in rows:
        if kind == "MORE":
            say(f"... and {name} more pairs of part and quality, {images} images")
        elif kind == "UNLABELLED":
            say(f"{images} images without part or quality: nothing is compared with them")
        elif kind == "IDENTICAL" and name in others[:_SHOWN_SOURCES]:
            say(f"{images} images are identical to ones of source {name}")
    if len(others) > _SHOWN_SOURCES:
        say(f"... and some to ones of {len(others) - _SHOWN_SOURCES} further sources")
