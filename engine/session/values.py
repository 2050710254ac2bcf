"""Values between PostgreSQL and Python: NUMBER, VECTOR, JSON, bind variables, and Oracle's names of types."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg
from pgvector.psycopg import register_vector
from psycopg.adapt import Loader
from psycopg.rows import TupleRow
from psycopg.types import TypeInfo
from psycopg.types.datetime import TimestampBinaryLoader, TimestampLoader
from psycopg.types.json import set_json_loads
from psycopg.types.numeric import FloatLoader, NumericBinaryLoader

from engine.results import Bind

# Oracle's names of PostgreSQL's types in a query's result; any other is shown as text.
_TYPE_NAMES = {
    "int4": "NUMBER",
    "int8": "NUMBER",
    "numeric": "NUMBER",
    "float4": "BINARY_FLOAT",
    "float8": "BINARY_DOUBLE",
    "bool": "BOOLEAN",
    "jsonb": "JSON",
    "bytea": "RAW",
    "interval": "INTERVAL DAY TO SECOND",
    "datetime": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "vector": "VECTOR",
    "float64_vector": "VECTOR",
    "refcursor": "REFCURSOR",
}


# Strings, which are kept, and what is left out between them.
_JSON = re.compile(r'("(?:[^"\\]|\\.)*")|(\.\d*[1-9])0*|\.0+|\s+')


def type_name(connection: psycopg.Connection[TupleRow], oid: int) -> str:
    """Oracle's name of a type of PostgreSQL's in a query's result."""
    known = connection.adapters.types.get(oid)
    return _TYPE_NAMES.get(known.name.rpartition(".")[2] if known else "", "VARCHAR2")


def register(connection: psycopg.Connection[TupleRow]) -> None:
    """Have a session give NUMBER as int or Decimal, JSON as text, and vectors as python-oracledb does."""
    set_json_loads(_json_text, connection)
    connection.adapters.register_loader("numeric", _DecimalLoader)
    connection.adapters.register_loader("numeric", _DecimalBinaryLoader)
    register_vector(connection)
    vector = TypeInfo.fetch(connection, "vector")
    if vector is not None:
        connection.adapters.register_loader(vector.oid, _VectorLoader)
        connection.adapters.register_loader(vector.oid, _VectorBinaryLoader)
    point = TypeInfo.fetch(connection, "ora.datetime")
    if point is not None:
        point.register(connection)
        connection.adapters.register_loader(point.oid, _DateLoader)
        connection.adapters.register_loader(point.oid, _DateBinaryLoader)
    wide = TypeInfo.fetch(connection, "ora.float64_vector")
    if wide is not None:
        wide.register(connection)
        connection.adapters.register_loader(wide.oid, _Float64VectorLoader)
        connection.adapters.register_loader(wide.oid, _Float64VectorBinaryLoader)


_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()


class Date(datetime):
    """A DATE, whose text is that of Oracle's default format, DD-MON-RR."""

    def __str__(self) -> str:
        return f"{self.day:02d}-{_MONTHS[self.month - 1]}-{self.year % 100:02d}"


def _date(value: datetime) -> Date:
    return Date(value.year, value.month, value.day, value.hour, value.minute, value.second)


class _DateLoader(TimestampLoader):
    """A DATE from the text of a timestamp; one that Python has no value for stays text."""

    def load(self, data: Any) -> Any:
        try:
            return _date(super().load(data))
        except psycopg.DataError:
            return bytes(data).decode()


class _DateBinaryLoader(TimestampBinaryLoader):
    """The same from its binary form."""

    def load(self, data: Any) -> Date:
        return _date(super().load(data))


def _json_text(text: str | bytes) -> str:
    """JSON without blanks, and its numbers without zeros at their end; ora.compact_json does the same."""
    # A function, which is faster than a template of the groups.
    return _JSON.sub(lambda found: found[1] or found[2] or "", text if isinstance(text, str) else text.decode())


class _VectorLoader(Loader):
    """A vector as python-oracledb gives it: an array of float32."""

    def load(self, data: Any) -> array[float]:
        return array("f", json.loads(bytes(data)))


class _VectorBinaryLoader(Loader):
    """The same from pgvector's binary form: two 16-bit numbers, then big-endian float32."""

    format = psycopg.pq.Format.BINARY

    def load(self, data: Any) -> array[float]:
        return array("f", np.frombuffer(data, ">f4", offset=4).astype(np.float32).tobytes())


class _Float64VectorLoader(Loader):
    """A vector of FLOAT64, whose text is that of a PostgreSQL array, as an array of float64."""

    def load(self, data: Any) -> array[float]:
        return array("d", json.loads(b"[" + bytes(data)[1:-1] + b"]"))


class _Float64VectorBinaryLoader(_Float64VectorLoader):
    """The same: the type's binary form is its text."""

    format = psycopg.pq.Format.BINARY


class _DecimalBinaryLoader(NumericBinaryLoader):
    """NUMBER as int where it is whole, as Decimal otherwise."""

    def load(self, data: Any) -> Any:
        value = super().load(data)
        return int(value) if value == value.to_integral_value() else value


class _DecimalLoader(FloatLoader):
    """NUMBER as int where it is whole, as Decimal otherwise."""

    def load(self, data: Any) -> Any:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def argument(value: Any) -> Any:
    """A value of Python's as the argument of a stored routine."""
    if isinstance(value, str):
        return value or None  # '' is NULL
    if isinstance(value, np.ndarray):
        return value.astype(np.float32, copy=False)
    return value


def _number(text: str) -> int | Decimal:
    """A NUMBER of a bind variable, int where it is whole."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


# How a bind variable's value is made of PostgreSQL's text; others stay text.
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "NUMBER": _number,
    "BINARY_FLOAT": float,
    "BINARY_DOUBLE": float,
    "BOOLEAN": "true".__eq__,
}


def take_values(connection: psycopg.Connection[TupleRow], binds: Mapping[str, Bind]) -> None:
    """Give the bind variables what a block has left in their settings."""
    rows = connection.execute(
        "select nullif(current_setting(pg_catalog.concat('ora.bind_', n), true), '')"
        "  from generate_series(0, %s) as n order by n",
        [len(binds) - 1],
    ).fetchall()
    for bind, (text,) in zip(binds.values(), rows, strict=True):
        bind.value = text if text is None else _FROM_TEXT.get(bind.type, str)(text)
