"""Errors of the database that mean wrong usage: which they are, and how the user who typed the options reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from loader.database import Database, DatabaseError

# The numbers of img_error that say that the command was typed wrongly, with the parameters that each may be about.
# Its other numbers say that the database, its data or the model are not as they must be.
_PARAMETERS: Final[Mapping[int, tuple[str, ...]]] = {
    20102: ("run_id",),
    20106: (),
    20107: ("part",),
    20109: ("k", "ks"),
    20110: ("target",),
    20111: ("weighting",),
    20112: ("metric", "metrics"),
    20113: ("method",),
    20114: ("temperature",),
    20115: ("folds",),
    20116: ("group_path",),
    20117: ("transform", "kind"),
    20118: ("transform", "kind"),
    20119: ("transform",),
    20120: (),
    20121: ("transform",),
    20123: (),
    20124: (),
    20128: ("target_accuracy", "approximate"),
}
_PREFIX = re.compile(r"ORA-\d+: ")
_PARAMETER = re.compile(r"\bp_([a-z0-9_]+)\b")
# Names that are listed at most.
_LISTED = 20


def wrong_usage(error: DatabaseError, options: Mapping[str, object], database: Database) -> str | None:
    """One line that names the option and says what is allowed; None where the error is not the user's.

    `options` are the parsed ones, by the names of argparse. `database` is asked for the names that exist.
    """
    if error.code is None or error.code not in _PARAMETERS:
        return None
    text = _PREFIX.sub("", error.message.partition("\n")[0], count=1)
    text = _PARAMETER.sub(lambda found: option_name(found[1]), text)
    about = next((name for name in _PARAMETERS[error.code] if _given(options.get(name))), None)
    listing = _LISTINGS.get(error.code)
    return (f"{option_name(about)}: " if about else "") + text + (listing(database) if listing else "")


def _given(value: object) -> bool:
    return value is not None and value is not False


def option_name(name: str) -> str:
    """A parameter's or an option's name as the user types it."""
    return {"run_id": "RUN", "name": "NAME"}.get(name, "--" + name.replace("_", "-"))


def _parts(database: Database) -> str:
    return _listing("there is", database, "img_transform.named_groups", p_within_part=1)


def _runs(database: Database) -> str:
    latest = database.value("img_report.latest_run")
    return f": the last evaluation is {latest}" if latest else ": there is no evaluation yet, python -m loader evaluate"


def _listing(head: str, database: Database, routine: str, **parameters: object) -> str:
    database.rollback()
    names = [str(name) for (name,) in islice(database.rows(routine, **parameters), _LISTED + 1)]
    more = ", ..." if len(names) > _LISTED else ""
    return f": {head} {', '.join(names[:_LISTED])}{more}" if names else ": there is none with one"


_LISTINGS: Final[Mapping[int, Callable[[Database], str]]] = {20102: _runs, 20107: _parts}
