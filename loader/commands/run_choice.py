"""The run that a command is about: the one that is named, or the last evaluation."""

from __future__ import annotations

import argparse

from loader.arguments import Parser
from loader.commands.options import TEN_DIGITS, whole
from loader.config import ConfigurationError
from loader.database import Database


def run_argument(command: Parser) -> None:
    """RUN, and --source, which chooses the last evaluation of one source."""
    command.add_argument(
        "run_id", type=whole(1, TEN_DIGITS), nargs="?", metavar="RUN", help="default: the last evaluation"
    )
    command.add_argument("--source", metavar="NAME", help="the last evaluation of this source alone")


def chosen_run(database: Database, options: argparse.Namespace) -> int:
    """The number of the run. Raises ConfigurationError where nothing was evaluated yet."""
    run_id = options.run_id or database.value("img_report.latest_run", p_source=options.source)
    if run_id is None:
        of_source, option = (f" of source {options.source}", " --source ...") if options.source else ("", "")
        raise ConfigurationError(f"there is no evaluation{of_source} yet: python -m loader evaluate{option}")
    return int(run_id)
