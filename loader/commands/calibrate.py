"""calibrate: make the confidence of answers mean what it says."""

from __future__ import annotations

import argparse

from loader.commands.options import Commands, add_command, json_option
from loader.commands.rows import named_rows, print_rows
from loader.commands.run_choice import chosen_run, run_argument
from loader.commands.session import session
from loader.statuses import OK
from loader.terminal import say
from loader.waiting import announced

FIGURES = ("calibrated", "images", "expected_calibration_error", "brier_score", "log_loss")


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
    with session(options) as database:
        run_id = chosen_run(database, options)
        with announced(f"calibrating run {run_id}"):
            database.value("img_calibrate.calibrate", p_run_id=run_id, p_name=options.name)
        rows = named_rows(FIGURES, database.rows("img_calibrate.figures", p_run_id=run_id))
        database.commit()
    if not options.json:
        say(f"Run {run_id}, each fold calibrated by the others:")
    print_rows(rows, FIGURES, as_json=options.json, nothing="nothing was tested")
    return OK
