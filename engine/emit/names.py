"""Names on PostgreSQL's side: how it is told a name, and how a name that it tells is shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from engine.words import capitals, fold

# Words that PostgreSQL's or PL/pgSQL's grammar would not take for a name unless they are quoted.
_QUOTED_BY_POSTGRES = frozenset(
    """alias all analyse analyze and any array as asc assert asymmetric authorization begin binary both by call case
    cast chain check close collate collation column columns commit concurrently constant constraint continue create
    cross current_catalog current_date current_role current_schema current_time current_timestamp current_user
    cursor declare default deferrable desc diagnostics distinct do elseif elsif else end error except exception
    execute exit false fetch first for foreach foreign forward freeze from full get grant group having if ilike
    import in initially inner insert intersect into is isnull join last lateral leading left like limit localtime
    localtimestamp loop merge move natural next not notice notnull null offset on only open option or order outer
    overlaps perform placing primary prior raise references relative return returning right rollback row rowtype
    scroll select session_user similar slice some sqlstate stacked strict symmetric system_user table tablesample
    then to trailing true type union unique update user using variable_conflict variadic verbose warning when where
    while window with""".split()
)

# Behind the name of a package's private routine.
PRIVATE_MARK = "$private"

# PostgreSQL cuts a longer name without a word.
_LONGEST = 63
_DIGITS = 16
_LOCAL = re.compile(r"(?P<name>.+)\$(?P<line>\d+)\$\d+")
_SHORT = re.compile(r"~[0-9a-f]{16}", re.IGNORECASE)


def known_name(value: str) -> str:
    """A name in the engine's own form, of the one that Oracle knows: in small letters where that is in capitals.

    "image_id", which Oracle keeps apart from IMAGE_ID, keeps its quotes.
    """
    if value == capitals(value):
        return fold(value)
    return f'"{value}"' if value == fold(value) else value


def stored_name(name: str) -> str:
    """The name that PostgreSQL knows: a long one is cut and marked with a hash of the whole.

    ora.stored_name in runtime/names.sql does the same.
    """
    if len(name) * 4 <= _LONGEST or len(name.encode()) <= _LONGEST:  # no character takes more than four bytes
        return name
    head = name.encode()[: _LONGEST - _DIGITS - 1].decode(errors="ignore")
    return f"{head}~{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}"


def spell(name: str) -> str:
    """A name that PostgreSQL knows as its text, in quotes where it needs them."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()
    if plain and not name[0].isdigit() and name not in _QUOTED_BY_POSTGRES:
        return name
    return '"' + name.replace('"', '""') + '"'


def local_name(name: str, line: int, offset: int) -> str:
    """The name of a local subprogram of a block that a user typed; line 0 where it is not to be told.

    PostgreSQL keeps no text of where it stands: local_place reads it from the name.
    """
    return f"{name}${line}${offset}"


def local_place(stored: str) -> tuple[str, int] | None:
    """The name of such a subprogram and the line of its block; None where this is none."""
    found = _LOCAL.fullmatch(stored)
    return (found["name"], int(found["line"])) if found else None


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
    if name.startswith('"'):
        return name[1:-1]
    return capitals(name) if name == fold(name) else name
