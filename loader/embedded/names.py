"""What Oracle refuses as a name, by the place where it stands."""

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
