"""Names as PostgreSQL's text."""

from __future__ import annotations

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


def spell(name: str) -> str:
    """A name that PostgreSQL knows as its text, in quotes where it needs them."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()
    if plain and not name[0].isdigit() and name not in _QUOTED_BY_POSTGRES:
        return name
    return '"' + name.replace('"', '""') + '"'
