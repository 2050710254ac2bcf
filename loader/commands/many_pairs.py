"""Commands that compare all stored pictures with one another: they ask before they take long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final, TypeVar

from loader.arguments import Parser
from loader.commands.asking import agreed
from loader.database import Database, DatabaseError
from loader.terminal import warn

# img_error.co_many_pairs
_MANY_PAIRS: Final = 20161
_Found = TypeVar("_Found")


def all_pairs_option(command: Parser) -> None:
    """--all-pairs: do not ask."""
    command.add_argument(
        "--all-pairs", action="store_true", help="compare all pairs of more than 20,000 images too, which takes long"
    )


def asking_first(database: Database, find: Callable[[bool], _Found], *, all_pairs: bool) -> _Found | None:
    """What `find` gives, called with whether all pairs may be compared.

    Where that would take long, the user on a terminal is asked; None where the answer is no. Raises DatabaseError.
    """
    try:
        return find(all_pairs)
    except DatabaseError as error:
        if error.code != _MANY_PAIRS or not sys.stdin.isatty():
            raise
        database.rollback()
        warn(error.message.partition("\n")[0])
        return find(True) if agreed("Compare all pairs?", yes=False) else None
