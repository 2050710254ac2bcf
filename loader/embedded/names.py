"""Names on both sides: what Oracle refuses at which place, and how PostgreSQL is told a name."""

from __future__ import annotations

from enum import Enum


class Place(Enum):
    """Where a name stands in SQL: the number and text by which Oracle refuses a reserved word there.

    {0} is the word. Error help says of ORA-03050 that a reserved word stands where an identifier or a column name
    is expected; the others are what the statement's parser asks for at that place.
    """

    COLUMN = "ORA-03050", 'invalid identifier: "{0}" is a reserved word'
    TABLE = "ORA-00903", "invalid table name: {0} is a reserved word"
    VIEW = "ORA-00999", "invalid view name: {0} is a reserved word"
    INDEX = "ORA-00953", "missing or invalid index name: {0} is a reserved word"
    CONSTRAINT = "ORA-02250", "missing or invalid constraint name: {0} is a reserved word"
    UNIT = "ORA-04050", "invalid or missing procedure, function, or package name: {0} is a reserved word"
    ALIAS = "ORA-00923", "FROM keyword not found where expected: {0} is a reserved word"
    TABLE_ALIAS = "ORA-03048", "SQL reserved word '{0}' is not syntactically valid as the alias of a table"
    INSERTED = "ORA-00928", "missing SELECT keyword: {0} is a reserved word"
    QUALIFIED = (
        "ORA-01747",
        "invalid user.table.column, table.column, or column specification: {0} is a reserved word",
    )
    EXPRESSION = "ORA-00936", "missing expression: {0} is a reserved word"

    @property
    def number(self) -> str:
        """The error's number."""
        return self.value[0]

    def message(self, word: str) -> str:
        """The error's text for a word."""
        return self.value[1].format(word.upper())


# Words at which an expression, a table or an alias ends. Those that Oracle does not reserve are names wherever a
# name must stand, and not where one only may.
STOP_WORDS = frozenset(
    """all and any as asc begin between by case check connect create cross current delete desc
    distinct drop else elsif end exception exclusive exists fetch for from full group having if in
    inner insert intersect into is join left like lock loop minus natural not null of offset on or
    order outer right select set size start table then to union unique update using values view
    when where while with""".split()
)

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
