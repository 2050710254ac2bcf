"""The run that a command is about: the one that is named, or the last evaluation."""

from __future__ import annotations

from loader.arguments import Parser
from loader.commands.options import TEN_DIGITS, whole


def run_argument(command: Parser) -> None:
    """RUN, and --source, which chooses the last evaluation of one source."""
    command.add_argument(
        "run_id", type=whole(1, TEN_DIGITS), nargs="?", metavar="RUN", help="default: the last evaluation"
    )
    command.add_argument("--source", metavar="NAME", help="the last evaluation of this source alone")
