"""thresholds: from which confidence and up to which distance classify is to answer."""

from __future__ import annotations

import argparse

from loader.commands.options import Commands, add_command, json_option, number
from loader.commands.printing import print_rows
from loader.commands.run_choice import run_argument
from loader.commands.session import session
from loader.config import ConfigurationError
from loader.rows import Row
from loader.statuses import OK
from loader.terminal import say, shown_json

_OPTIONS = {"MIN_CONFIDENCE": "--min-confidence", "MAX_DISTANCE": "--max-distance"}


def add(commands: Commands) -> None:
    """Add thresholds to the parser."""
    command = add_command(
        commands,
        "thresholds",
        help="from which confidence and up to which distance classify is to answer, by an evaluation",
        example="thresholds --class defective --miss-rate 0.01",
        run=_thresholds,
        kept="nothing was changed",
    )
    run_argument(command)
    command.add_argument("--error-rate", type=number, metavar="X", help="at most this share of the answers is wrong")
    command.add_argument("--coverage", type=number, metavar="X", help="at least this share of the images is answered")
    command.add_argument("--class", dest="class_name", metavar="NAME", help="the class that is not to pass unnoticed")
    command.add_argument("--miss-rate", type=number, metavar="X", help="at most this share of --class passes")
    command.add_argument(
        "--min-confidence", type=number, metavar="X", help="say what this threshold, of another run, gives on this one"
    )
    command.add_argument("--max-distance", type=number, metavar="X", help="likewise")
    json_option(command, "threshold")


def _thresholds(options: argparse.Namespace) -> int:
    by_class = options.class_name is not None
    if by_class != (options.miss_rate is not None):
        raise ConfigurationError("--class and --miss-rate go together")
    if by_class and not (options.error_rate is None and options.coverage is None):
        raise ConfigurationError("--class has no --error-rate and no --coverage")
    if options.min_confidence is not None or options.max_distance is not None:
        if by_class or options.error_rate is not None or options.coverage is not None:
            raise ConfigurationError("--min-confidence and --max-distance stand alone: what they give is shown")
        return _applied(options)
    with session(options) as images:
        run_id = images.run_id(options.run_id, source=options.source)
        if by_class:
            rows = [images.miss_threshold(options.class_name, options.miss_rate, run_id)]
        else:
            rows = images.rejection_thresholds(run_id, error_rate=options.error_rate, coverage=options.coverage)
    if options.json:
        for row in rows:
            say(shown_json(row))
        return OK
    say(f"Run {run_id}:")
    for row in rows:
        say(_miss_line(row) if by_class else _rejection_line(row))
    if not rows:
        say("no threshold keeps that")
    return OK


def _applied(options: argparse.Namespace) -> int:
    """Show what thresholds give on a run."""
    with session(options) as images:
        run_id = images.run_id(options.run_id, source=options.source)
        rows = images.applied_thresholds(
            run_id, min_confidence=options.min_confidence, max_distance=options.max_distance
        )
    if not options.json:
        say(f"Run {run_id}, the first line of all classes:")
    print_rows(rows, list(rows[0]), as_json=options.json, nothing="nothing was tested")
    return OK


def _rejection_line(row: Row) -> str:
    unit = f" ({row['unit'].lower()})" if row["unit"] != "confidence" else ""
    return (
        f"classify {_OPTIONS[row['kind']]} {row['threshold']:.6g}{unit}: {100 * row['coverage']:.2f} % are answered "
        f"({row['answered']} images), {100 * row['error_rate']:.2f} % of the answers are wrong"
    )


def _miss_line(row: Row) -> str:
    costs = (
        f"{row['missed']} of {row['images']} images of {row['class']} pass ({100 * row['miss_rate']:.2f} %), and "
        f"{row['false_alarms']} of {row['others']} others do not ({100 * (row['false_alarm_rate'] or 0):.2f} %)"
    )
    if row["threshold"] is None:
        return f"no answer is sure enough to let an image pass: {costs}"
    if not row["threshold"]:
        return f"every answer counts as it is: {costs}"
    return f"classify --min-confidence {row['threshold']:.6g}, and look at {row['class']} and unknown: {costs}"
