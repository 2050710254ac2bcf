"""The exit statuses of every command, and what they mean."""

from __future__ import annotations

import textwrap
from typing import Final

OK, BAD_FILES, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

# The table of docs/commands.md and the end of --help are made from this. __main__ makes 143 from the signal's number.
MEANINGS: Final = {
    OK: "all went well",
    BAD_FILES: "some items were bad and are named, the rest went well; or the database failed, or the disk",
    WRONG_USAGE: "the command, an option or the environment is wrong: one line says what is allowed",
    INTERRUPTED: "Ctrl-C; it is said what is kept",
    143: "SIGTERM; it is said what is kept",
}


def statuses_help(width: int = 79) -> str:
    """The statuses in two columns, for --help."""
    lines = ["exit status:"]
    for status, meaning in MEANINGS.items():
        lines += textwrap.wrap(meaning, width, initial_indent=f"  {status}".ljust(8), subsequent_indent=" " * 8)
    return "\n".join([*lines, "  sql takes what EXIT or WHENEVER says, as SQL*Plus does"])


def statuses_table() -> str:
    """The same as a Markdown table, for docs/commands.md."""
    rows = [f"| {status} | {meaning} |" for status, meaning in MEANINGS.items()]
    return "\n".join(["| exit status | meaning |", "| --- | --- |", *rows])
