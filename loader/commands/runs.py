"""runs and forget-runs: the evaluations that are stored, and removing them."""

from __future__ import annotations

import argparse

from loader.commands.asking import agreed
from loader.commands.options import TEN_DIGITS, Commands, add_command, json_option, whole
from loader.commands.printing import print_rows
from loader.commands.session import session
from loader.config import ConfigurationError
from loader.statuses import OK
from loader.terminal import say

_SHOWN = (
    "run",
    "started_at",
    "method",
    "target",
    "k",
    "transform_kind",
    "only_part",
    "source",
    "tested",
    "accuracy",
    "removed",
    "labels_changed",
)


def add(commands: Commands) -> None:
    """Add runs and forget-runs to the parser."""
    command = add_command(
        commands,
        "runs",
        help="list the evaluations that are stored, the last first",
        example="runs",
        run=_runs,
        kept="nothing was changed",
    )
    json_option(command, "run")
    command = add_command(
        commands,
        "forget-runs",
        help="remove evaluations, by their numbers or by their age",
        example="forget-runs --older-than 30",
        run=_forget_runs,
        kept="no run was removed",
    )
    command.add_argument("runs", nargs="*", type=whole(1, TEN_DIGITS), metavar="RUN", help="its number")
    command.add_argument("--older-than", type=whole(0, 36500), metavar="DAYS", help="all that began so many days ago")
    command.add_argument("--yes", action="store_true", help="do not ask")


def _runs(options: argparse.Namespace) -> int:
    from loader.report_settings import fitting
    from loader.report_words import words_of

    with session(options) as images:
        rows = images.runs()
    english = words_of("en")
    for row in rows:
        row["method"] = row["method"].lower()
        if not options.json:
            row["method"] += " (sweep)" if row["is_sweep"] else ""
            row["transform_kind"] = ", ".join(filter(None, [row["transform_kind"], *fitting(row, english)]))
    print_rows(rows, _SHOWN, as_json=options.json, nothing="no run is stored: python -m loader evaluate makes one")
    return OK


def _forget_runs(options: argparse.Namespace) -> int:
    if bool(options.runs) == (options.older_than is not None):
        raise ConfigurationError("name runs by their numbers, or all of an age by --older-than")
    with session(options) as images:
        runs = sorted(set(options.runs)) if options.runs else images.runs_older_than(options.older_than)
        if not runs:
            say("there is no such run")
            return OK
        listed = ", ".join(map(str, runs[:20])) + (", ..." if len(runs) > 20 else "")
        if not agreed(f"Remove {len(runs)} runs ({listed}) with their predictions?", yes=options.yes):
            say("no run was removed")
            return OK
        if options.runs:
            images.forget_runs(runs)
        else:
            images.forget_runs_older_than(options.older_than)
        options.kept = "they were removed"
    say(f"{len(runs)} runs were removed: {listed}")
    return OK
