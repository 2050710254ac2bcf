"""How PostgreSQL is told a name of Oracle's, and how people are shown it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from engine.words import capitals, fold

# Behind the name of a package's private routine.
PRIVATE_MARK = "$private"

# PostgreSQL cuts a longer name without a word.
_LONGEST = 63
_DIGITS = 16
_SHORT = re.compile(r"~[0-9a-f]{16}", re.IGNORECASE)


def stored_name(name: str) -> str:
    """The name that PostgreSQL knows: a long one is cut and marked with a hash of the whole.

    ora.stored_name in runtime/names.sql does the same.
    """
    if len(name) * 4 <= _LONGEST or len(name.encode()) <= _LONGEST:  # no character takes more than four bytes
        return name
    head = name.encode()[: _LONGEST - _DIGITS - 1].decode(errors="ignore")
    return f"{head}~{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}"


def is_short(name: str) -> bool:
    """Whether this may be a long name's short form."""
    return bool(_SHORT.search(name[-_DIGITS - 1 :]))


def shown_in(message: str, long_names: Mapping[str, str]) -> str:
    """A message of PostgreSQL with the long names (by their short forms) in place of the short ones."""
    if not _SHORT.search(message):
        return message
    for short, name in long_names.items():
        message = message.replace(short, name).replace(capitals(short), capitals(name)).replace(short.upper(), name)
    return message


def heading(name: str) -> str:
    """A column's name as Oracle shows it: in capitals, unless it was quoted."""
    return capitals(name) if name == fold(name) else name
