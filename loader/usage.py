"""Errors of the database that mean wrong usage: which they are, and how the user who typed the options reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from loader.database import Database, DatabaseError

# The numbers of img_error that say that the command was typed wrongly, with the parameters that each may be about.
# Its other numbers say that the database, its data or the model are not as they must be.
_PARAMETERS: Final[Mapping[int, tuple[str, ...]]] = {
    20102: ("run_id", "runs"),
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
    20121: ("transform", "runs"),
    20123: (),
    20124: (),
    20128: ("target_accuracy", "approximate"),
    20138: (),
    20139: (),
    20140: (),
    20147: ("transform",),
    20148: (),
    20149: ("source",),
    20150: ("test_path", "test_share"),
    20151: ("source",),
    20160: ("source_name",),
    20161: ("all_pairs",),
    20162: ("known_good",),
    20163: ("false_alarms",),
    20164: (),
    20165: ("class_name",),
    20170: ("max_distance",),
    20171: ("calibration",),
    20172: ("calibration",),
    20180: ("threshold",),
    20183: ("grades",),
    20184: ("transform",),
    20185: ("runs",),
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
    known = [name for name in _PARAMETERS[error.code] if name in options]
    # The one that was given; where none was, it is missing.
    about = next(
        (name for name in known if options[name] is not None and options[name] is not False), next(iter(known), None)
    )
    listing = _listing(error.code, options, database)
    return (f"{option_name(about)}: " if about else "") + text.replace("(null)", "an empty value") + listing


def option_name(name: str) -> str:
    """A parameter's or an option's name as the user types it."""
    return {"run_id": "RUN", "runs": "RUN", "name": "NAME", "source_name": "SOURCE", "class_name": "--class"}.get(
        name, "--" + name.replace("_", "-")
    )


def _listing(code: int, options: Mapping[str, object], database: Database) -> str:
    """The names that exist of what is unknown."""
    database.rollback()
    match code:
        case 20102:
            latest = database.value("img_report.latest_run")
            return f": the last evaluation is {latest}" if latest else ": python -m loader evaluate makes the first"
        case 20107:
            return _names(": the parts are ", database.rows("img_transform.named_groups", p_within_part=1))
        case 20117 if "images" in options:
            fitted = database.execute("select name from image_transform where name is not null order by name")
            return _names(": fitted are ", fitted.rows) or ": none was fitted yet"
        case 20149 | 20160:
            return _names(": the sources are ", database.execute("select name from image_source order by name").rows)
    return ""


def _names(head: str, rows: Iterator[tuple[object, ...]]) -> str:
    names = [str(name) for (name,) in islice(rows, _LISTED + 1)]
    more = ", ..." if len(names) > _LISTED else ""
    return f"{head}{', '.join(names[:_LISTED])}{more}" if names else ""
