"""sources and forget: what was loaded from where, and removing it."""

from __future__ import annotations

import argparse

from loader.commands.asking import agreed
from loader.commands.options import Commands, add_command, json_option
from loader.commands.printing import print_rows
from loader.commands.session import session
from loader.rows import COLUMNS
from loader.statuses import OK
from loader.terminal import say


def add(commands: Commands) -> None:
    """Add sources and forget to the parser."""
    command = add_command(
        commands,
        "sources",
        help="list the sources: where labels and images were loaded from",
        example="sources",
        run=_sources,
        kept="nothing was changed",
    )
    json_option(command, "source")
    command = add_command(
        commands,
        "forget",
        help="remove what a source brought in: labels, embeddings, failures; its files on disk stay",
        example="forget /data/line-4",
        run=_forget,
        kept="nothing was removed",
    )
    command.add_argument("source_name", metavar="SOURCE", help="its name, as `sources` shows it")
    command.add_argument("--yes", action="store_true", help="do not ask")


def _sources(options: argparse.Namespace) -> int:
    with session(options) as images:
        rows = images.sources()
    shown = COLUMNS["img_report.sources"]
    print_rows(rows, shown, as_json=options.json, nothing="nothing was loaded yet: python -m loader ROOT")
    return OK


def _forget(options: argparse.Namespace) -> int:
    with session(options) as images:
        held = images.holdings(options.source_name)
        say(
            f"{options.source_name} holds {held['labels']} labels ({held['failures']} could not be loaded), "
            f"{held['images']} images and {held['embeddings']} embeddings, of {held['loads']} loads"
        )
        say(
            f"What stays: its files, {held['runs']} runs that cover its images, with their paths, and "
            f"{held['transforms']} transforms that were fitted on it alone"
        )
        if not agreed(f"Remove the labels, images and embeddings of {options.source_name}?", yes=options.yes):
            say("nothing was removed")
            return OK
        images.forget(options.source_name)
        options.kept = "it was removed"
    say(f"{options.source_name} is forgotten: {held['labels']} labels, {held['images']} images")
    return OK
