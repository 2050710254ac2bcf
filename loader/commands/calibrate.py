"""calibrate: make the confidence of answers mean what it says."""

from __future__ import annotations

import argparse

from loader.commands.options import Commands, add_command, json_option
from loader.commands.printing import print_rows
from loader.commands.run_choice import run_argument
from loader.commands.session import session
from loader.statuses import OK
from loader.terminal import say


def add(commands: Commands) -> None:
    """Add calibrate to the parser."""
    command = add_command(
        commands,
        "calibrate",
        help="make the confidence of answers mean what it says, by an evaluation with folds",
        example="calibrate --name mine",
        run=_calibrate,
        kept="nothing was changed",
    )
    run_argument(command)
    command.add_argument(
        "--name",
        metavar="NAME",
        help="keep it for classify: under this name for --calibration, or of LDA with the transform of this name "
        "(default: show what it would give)",
    )
    json_option(command, "figure")


def _calibrate(options: argparse.Namespace) -> int:
    with session(options) as images:
        run_id = images.run_id(options.run_id, source=options.source)
        rows = images.calibrate(run_id, name=options.name)
    if not options.json:
        say(f"Run {run_id}, each fold calibrated by the others:")
    print_rows(rows, list(rows[0]), as_json=options.json, nothing="nothing was tested")
    return OK
