"""The number and text of an error as Oracle has them, of what PostgreSQL says of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import psycopg

from engine.emit.names import heading
from engine.runtime.conditions import KEY_DETAILS, UPDATED_TO_NULL, Condition, condition, routine_shown, type_shown

# Set to anything, it shows PostgreSQL's words where there are none of Oracle's.
SHOW_ORIGINAL = "ENGINE_SHOW_ORIGINAL_ERRORS"

_OWN = re.compile(r"ORA-?(?P<number>\d{5}): |the embedded engine ")
_APPLICATION = re.compile(r"OR(\d{3})")
_IN_PLSQL = re.compile(
    # The engine's own functions are no statements of PL/SQL.
    r"^(?:(?:PL/pgSQL function \S+\(.*\) line \d+ at RAISE|SQL function .*)\n)*"
    r"(?:PL/pgSQL (?:assignment|expression|function .* (?:at (?:assignment|RETURN|IF|WHILE|CASE)\b|during statement"
    r" block|while (?:storing|casting))))"
)
_CHANGED = re.compile(
    r'^\W*(?P<verb>insert into|update|merge into)\s+(?:only\s+)?(?:app\.)?"?(?P<table>[^\s"(]+)', re.I
)
_STATEMENT = re.compile(r'^SQL statement "(.*?)"$', re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"^Key \((?P<columns>.*?)\)=\((?P<values>.*)\) already exists", re.DOTALL)
_COLUMN = re.compile(r'"[^"]+"|[^\s"().:]+')
_FIELD = re.compile(r"precision (\d+), scale (-?\d+)")
_NAMES = ("table", "column", "constraint", "object")
_TYPES = ("left", "right")

# The columns of a table that have a type, by PostgreSQL's name of it.
ColumnsOfType = Callable[[str, str], list[str]]
# A name as it was written, of the one that PostgreSQL knows.
FullName = Callable[[str], str]


class Told:
    """Makes number and text of one error of PostgreSQL's.

    `text` is the statement that was run, as far as it is one of SQL; `schema` is the owner of everything.
    """

    def __init__(
        self, error: psycopg.Error, text: str, schema: str, full: FullName, columns_of_type: ColumnsOfType
    ) -> None:
        self._diagnostic = error.diag
        self._state = error.diag.sqlstate or ""
        self._message = error.diag.message_primary or str(error)
        self._schema = schema
        self._full = full
        self._columns_of_type = columns_of_type
        inner = _STATEMENT.search(error.diag.context or "")
        self._changed = _CHANGED.match(inner[1] if inner else text)

    def number_and_text(self) -> tuple[int | None, str]:
        """Oracle's number, None where it has no such error, and the message with it."""
        if application := _APPLICATION.fullmatch(self._state):
            return 20000 + int(application[1]), self._message
        if own := _OWN.match(self._message):
            return int(own["number"]) if own["number"] else None, self._message
        found = condition(self._state, self._message)
        if found is None:
            return self._unknown()
        line, match = found
        if line.in_plsql is not None and _IN_PLSQL.match(self._diagnostic.context or ""):
            line = line.in_plsql
        elif line.number == 1400 and self._changed and self._changed["verb"].lower() == "update":
            line = UPDATED_TO_NULL
        return line.number, _numbered(line, self._fields(match))

    def _unknown(self) -> tuple[int, str]:
        """What is said where Oracle's word is not known."""
        if self._state.isdigit() and self._message == self._state:
            return int(self._state), f"ORA-{self._state}: raised by the program"
        if os.environ.get(SHOW_ORIGINAL):
            return 600, f"ORA-00600: internal error of the embedded engine: [{self._state}] {self._message}"
        return 600, (
            "ORA-00600: internal error of the embedded engine, which has no word of Oracle's for it; "
            f"set {SHOW_ORIGINAL}=1 to see what the server said"
        )

    def _fields(self, match: re.Match[str]) -> dict[str, str]:
        """What fills a text: the context, then what the pattern found."""
        diagnostic = self._diagnostic
        fields = {name: value or "" for name, value in match.groupdict().items()} | {
            "table": diagnostic.table_name or (self._changed["table"] if self._changed else ""),
            "column": diagnostic.column_name or "",
        }
        # The message has a name between quotes of its own, which the name may have too.
        fields["constraint"] = diagnostic.constraint_name or fields.get("constraint", "")
        fields |= {name: self._name(fields[name]) for name in _NAMES if name in fields}
        fields |= {name: type_shown(fields[name]) for name in _TYPES if name in fields}
        if "routine" in fields:
            fields["routine"] = routine_shown(fields["routine"])
        fields["schema"] = self._schema
        return fields | self._key() | self._size(match)

    def _name(self, stored: str) -> str:
        return heading(self._full(stored))

    def _key(self) -> dict[str, str]:
        """What is told of a key that is there: columns and values; of expressions, in PostgreSQL's words, nothing."""
        key = _KEY.match(self._diagnostic.message_detail or "")
        if key is None or not all(_COLUMN.fullmatch(column) for column in key["columns"].split(", ")):
            return {"of_columns": ""}
        columns = [self._name(column.strip('"')) for column in key["columns"].split(", ")]
        values = key["values"].split(", ")
        pairs = (
            [f"{column}:{value}" for column, value in zip(columns, values, strict=True)]
            if len(columns) == len(values)
            else [f"{', '.join(columns)}:{key['values']}"]
        )
        return {"of_columns": KEY_DETAILS.format(columns=", ".join(columns), values=", ".join(pairs))}

    def _size(self, match: re.Match[str]) -> dict[str, str]:
        """The column that a value was too large for, where but one of the table has its type, and the precision."""
        field = _FIELD.search(self._diagnostic.message_detail or "")
        if field:
            kind = f"numeric({field[1]},{field[2]})"
        elif "maximum" in match.groupdict():
            byte = "varchar_" in self._message
            kind = f"varchar_{match['maximum']}_byte" if byte else f"character varying({match['maximum']})"
        else:
            return {}
        found = self._columns_of_type(self._full(self._changed["table"]), kind) if self._changed else []
        table = self._name(self._changed["table"]) if self._changed else ""
        of_column = f' "{self._schema}"."{table}"."{heading(found[0])}"' if len(found) == 1 else ""
        return {"of_column": of_column, "precision": f"({field[1]},{field[2]})" if field else ""}


def _numbered(line: Condition, fields: dict[str, str]) -> str:
    text = line.text.format_map(fields)
    return text if line.number is None else f"ORA-{line.number:05d}: {text}"
