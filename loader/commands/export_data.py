"""export-data: what is stored, as files for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from loader.commands.options import TEN_DIGITS, Commands, add_command, whole
from loader.commands.session import session
from loader.statuses import OK
from loader.terminal import say


def add(commands: Commands) -> None:
    """Add export-data to the parser."""
    command = add_command(
        commands,
        "export-data",
        help="write images, embeddings, predictions and neighbours as CSV, Parquet or NPZ",
        example="export-data exported --format parquet",
        run=_export_data,
        kept="no file was written; those of these names that were there stay",
    )
    command.add_argument("directory", type=Path, metavar="DIRECTORY", help="where to write; it is made if need be")
    command.add_argument("--format", default="csv", metavar="NAME", help="csv (default), parquet or npz")
    command.add_argument(
        "--run",
        dest="run_id",
        type=whole(1, TEN_DIGITS),
        metavar="RUN",
        help="the evaluation whose predictions are written (default: the last)",
    )
    command.add_argument("--force", action="store_true", help="replace files that are there")


def _export_data(options: argparse.Namespace) -> int:
    with session(options) as images:
        written = images.export(options.directory, options.format, run_id=options.run_id, force=options.force)
    for name, rows in written.items():
        say(f"{options.directory / name}.{options.format}: {rows} rows")
    if "predictions" not in written:
        say("no predictions: nothing was evaluated yet (python -m loader evaluate)")
    return OK
