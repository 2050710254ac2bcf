"""Values between Python and Oracle Database: what is bound, and what is fetched."""

from __future__ import annotations

import array
import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import oracledb

from loader.database.base import Bind, Json
from loader.database.text import interval_text, iso_duration, number_text

# ALL_ARGUMENTS' names of the types of parameters and results.
TYPES = {
    "NUMBER": oracledb.DB_TYPE_NUMBER,
    "VARCHAR2": oracledb.DB_TYPE_VARCHAR,
    "REF CURSOR": oracledb.DB_TYPE_CURSOR,
    "BINARY_DOUBLE": oracledb.DB_TYPE_BINARY_DOUBLE,
    "PL/SQL BOOLEAN": oracledb.DB_TYPE_BOOLEAN,
    "BOOLEAN": oracledb.DB_TYPE_BOOLEAN,
    "BINARY_INTEGER": oracledb.DB_TYPE_BINARY_INTEGER,
    "PLS_INTEGER": oracledb.DB_TYPE_BINARY_INTEGER,
    "CLOB": oracledb.DB_TYPE_CLOB,
    "JSON": oracledb.DB_TYPE_JSON,
    "VECTOR": oracledb.DB_TYPE_VECTOR,
}
# How a large object is fetched with its row, and not by calls of its own.
_WITH_THE_ROW = {
    oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
    oracledb.DB_TYPE_NCLOB: oracledb.DB_TYPE_LONG_NVARCHAR,
    oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
}
# Rows of a cursor, elements of a collection, that stand in one cell.
_MOST_SHOWN = 20


# What the SQL client's VARIABLE declares, by the types of the driver.
_BINDS = {
    "NUMBER": oracledb.DB_TYPE_NUMBER,
    "BINARY_FLOAT": oracledb.DB_TYPE_BINARY_FLOAT,
    "BINARY_DOUBLE": oracledb.DB_TYPE_BINARY_DOUBLE,
    "BOOLEAN": oracledb.DB_TYPE_BOOLEAN,
    "CHAR": oracledb.DB_TYPE_CHAR,
    "NCHAR": oracledb.DB_TYPE_NCHAR,
    "VARCHAR2": oracledb.DB_TYPE_VARCHAR,
    "NVARCHAR2": oracledb.DB_TYPE_NVARCHAR,
    "CLOB": oracledb.DB_TYPE_CLOB,
    "NCLOB": oracledb.DB_TYPE_NCLOB,
    "JSON": oracledb.DB_TYPE_JSON,
    "VECTOR": oracledb.DB_TYPE_VECTOR,
    "REFCURSOR": oracledb.DB_TYPE_CURSOR,
}
# Oracle's names of types where the driver's differ.
_TYPE_NAMES = {
    "VARCHAR": "VARCHAR2",
    "NVARCHAR": "NVARCHAR2",
    "TIMESTAMP_TZ": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP_LTZ": "TIMESTAMP WITH LOCAL TIME ZONE",
    "INTERVAL_DS": "INTERVAL DAY TO SECOND",
    "INTERVAL_YM": "INTERVAL YEAR TO MONTH",
}


def bind_variable(cursor: oracledb.Cursor, bind: Bind) -> oracledb.Var:
    """A variable of the driver with the value of one of the SQL client's."""
    kind = _BINDS[bind.type]
    if kind is oracledb.DB_TYPE_NUMBER:
        variable = cursor.var(Decimal, outconverter=number)
    elif kind is oracledb.DB_TYPE_JSON:
        variable = cursor.var(kind, outconverter=json_text)
    elif kind in (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB):
        variable = cursor.var(kind, outconverter=shown)
    else:
        variable = cursor.var(kind, bind.size)
    value = bind.value
    if value is not None and kind is not oracledb.DB_TYPE_CURSOR:
        if isinstance(value, str) and bind.type == "VECTOR":
            value = array.array("d", json.loads(value))
        elif isinstance(value, str) and bind.type == "JSON":
            value = json.loads(value, parse_float=Decimal)
        variable.setvalue(0, value)
    return variable


def type_name(kind: Any) -> str:
    """Oracle's name of a column's type."""
    name = str(kind.name).removeprefix("DB_TYPE_")
    return _TYPE_NAMES.get(name, name)


def fetch_as(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var | None:
    """The driver's output type handler: numbers exactly, JSON as its text, large objects whole."""
    size = cursor.arraysize
    kind = metadata.type_code
    if kind is oracledb.DB_TYPE_NUMBER:
        return cursor.var(Decimal, arraysize=size, outconverter=number)
    if kind is oracledb.DB_TYPE_JSON:
        return cursor.var(oracledb.DB_TYPE_JSON, arraysize=size, outconverter=json_text)
    if kind in _WITH_THE_ROW:
        return cursor.var(_WITH_THE_ROW[kind], arraysize=size)
    return None


def bound(value: Any) -> Any:
    """What the driver takes for a value of the interface."""
    if isinstance(value, Json):
        return value.text
    if isinstance(value, np.ndarray):
        return array.array("f", np.ascontiguousarray(value, np.float32).tobytes())
    if isinstance(value, np.generic):
        return value.item()
    return value


def number(value: Decimal) -> int | Decimal:
    """NUMBER as int where it is whole, as Decimal otherwise."""
    return int(value) if value == value.to_integral_value() else value


def json_text(value: Any) -> str:
    """A value of the type JSON as text without blanks, with every digit of its numbers.

    What JSON has no form for is written as JSON_SERIALIZE does: dates and intervals by ISO 8601, bytes in
    hexadecimal digits, vectors as arrays.
    """
    parts: list[str] = []
    # Nesting may go deeper than Python's calls may: what is still to be written stands on a stack.
    waiting: list[Any] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, _Written):
            parts.append(part)
        elif isinstance(part, dict):
            items = [(_Written(f"{_quoted(key)}:"), member) for key, member in part.items()]
            waiting += reversed(_joined("{", items, "}"))
        elif isinstance(part, oracledb.SparseVector):
            waiting.append([part.num_dimensions, list(part.indices), list(part.values)])
        elif isinstance(part, list | tuple | array.array):
            waiting += reversed(_joined("[", [(member,) for member in part], "]"))
        else:
            parts.append(_scalar_text(part))
    return "".join(parts)


class _Written(str):
    """JSON text that is written already."""

    __slots__ = ()


def _joined(first: str, members: Iterable[tuple[Any, ...]], last: str) -> list[Any]:
    parts: list[Any] = [_Written(first)]
    for member in members:
        parts += member
        parts.append(_Written(","))
    if len(parts) > 1:
        parts.pop()
    return [*parts, _Written(last)]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _scalar_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, bytes):
        return _quoted(value.hex().upper())
    if isinstance(value, timedelta):
        return _quoted(iso_duration(value))
    if isinstance(value, date):
        return _quoted(value.isoformat())
    return json.dumps(value, ensure_ascii=False)


def shown(value: Any) -> Any:
    """A fetched value as one that the SQL client can print: objects of the driver become text."""
    show = _SHOWN.get(type(value))
    return show(value) if show else value


def _lob_text(value: oracledb.LOB) -> Any:
    if value.type is oracledb.DB_TYPE_BFILE:
        directory, name = value.getfilename()
        return f"bfilename('{directory}', '{name}')"
    return value.read()


def _object_text(value: oracledb.DbObject) -> str:
    if value.type.iscollection:
        members = [shown(member) for member in islice(value.aslist(), _MOST_SHOWN)]
        more = ", ..." if value.size() > _MOST_SHOWN else ""
    else:
        members = [shown(getattr(value, attribute.name)) for attribute in value.type.attributes]
        more = ""
    return f"{value.type.name}({', '.join(map(_member_text, members))}{more})"


def _cursor_text(value: oracledb.Cursor) -> str:
    with value as cursor:
        rows = cursor.fetchmany(_MOST_SHOWN + 1)
    texts = [f"<{','.join(_member_text(shown(member)) for member in row)}>" for row in rows[:_MOST_SHOWN]]
    return f"{{{','.join(texts)}{',...' if len(rows) > _MOST_SHOWN else ''}}}"


def _member_text(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, array.array):
        return json_text(value)
    if isinstance(value, timedelta):
        return interval_text(value)
    return str(value)


def _months_text(value: oracledb.IntervalYM) -> str:
    months = value.years * 12 + value.months
    return f"{'-' if months < 0 else '+'}{abs(months) // 12:02d}-{abs(months) % 12:02d}"


_SHOWN: dict[type, Callable[[Any], Any]] = {
    oracledb.LOB: _lob_text,
    oracledb.DbObject: _object_text,
    oracledb.Cursor: _cursor_text,
    oracledb.IntervalYM: _months_text,
    oracledb.SparseVector: json_text,
}
