"""Oracle's reserved words, and how it folds names."""

from __future__ import annotations

# SQL Language Reference, appendix "Oracle SQL Reserved Words and Keywords", section "Oracle SQL Reserved Words".
# COLUMN_VALUE and NESTED_TABLE_ID, which that list reserves as names of attributes alone, are left out.
SQL_RESERVED = frozenset(
    """access add all alter and any as asc audit between by char check cluster column comment compress connect
    create current date decimal default delete desc distinct drop else exclusive exists file float for from grant
    group having identified immediate in increment index initial insert integer intersect into is level like lock
    long maxextents minus mlslabel mode modify noaudit nocompress not nowait null number of offline on online
    option or order pctfree prior public raw rename resource revoke row rowid rownum rows select session set share
    size smallint start successful synonym sysdate table then to trigger uid union unique update user validate
    values varchar varchar2 view whenever where with""".split()
)

# PL/SQL Language Reference, appendix "PL/SQL Reserved Words and Keywords", Table D-1. The keywords of Table D-2
# may be used as names.
PLSQL_RESERVED = frozenset(
    """all alter and any as asc at begin between by case check clusters cluster colauth columns compress connect
    crash create cursor declare default desc distinct drop else end exception exclusive fetch for from function
    goto grant group having identified if in index indexes insert intersect into is like lock minus mode nocompress
    not nowait null of on option or order overlaps procedure public resource revoke select share size sql start
    subtype tabauth table then to type union unique update values view views when where with""".split()
)

# The longest name, in bytes of the database's character set (SQL Language Reference, "Database Object Naming Rules").
LONGEST_NAME = 128


def fold(name: str) -> str:
    """A name that is not quoted, in the form that all spellings of it share; no letter becomes two."""
    return name.lower() if name.isascii() else "".join(c if len(c.lower()) > 1 else c.lower() for c in name)


def capitals(name: str) -> str:
    """A folded name as Oracle keeps and shows it; no letter becomes two."""
    return name.upper() if name.isascii() else "".join(c if len(c.upper()) > 1 else c.upper() for c in name)
