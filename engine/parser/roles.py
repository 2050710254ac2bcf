"""What a name stands for at its place, and how Oracle refuses a reserved word there."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """The number and text by which SQL refuses a reserved word in place of a name; {0} is the word.

    Error help says of ORA-03050 that a reserved word stands where an identifier or a column name
    is expected; the others are what the statement's parser asks for at that place.
    """

    COLUMN = 3050, 'invalid identifier: "{0}" is a reserved word'
    TABLE = 903, "invalid table name: {0} is a reserved word"
    VIEW = 999, "invalid view name: {0} is a reserved word"
    INDEX = 953, "missing or invalid index name: {0} is a reserved word"
    CONSTRAINT = 2250, "missing or invalid constraint name: {0} is a reserved word"
    UNIT = 4050, "invalid or missing procedure, function, or package name: {0} is a reserved word"
    ALIAS = 923, "FROM keyword not found where expected: {0} is a reserved word"
    TABLE_ALIAS = 3048, "SQL reserved word '{0}' is not syntactically valid as the alias of a table"
    INSERTED = 928, "missing SELECT keyword: {0} is a reserved word"
    QUALIFIED = (
        1747,
        "invalid user.table.column, table.column, or column specification: {0} is a reserved word",
    )
    EXPRESSION = 936, "missing expression: {0} is a reserved word"

    @property
    def number(self) -> int:
        """The error's number."""
        return self.value[0]

    def message(self, word: str) -> str:
        """The error's text for a word."""
        return self.value[1].format(word.upper())
