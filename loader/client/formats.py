"""The result of a query as CSV or JSON, in the forms of SQLcl's SET SQLFORMAT."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Number
from typing import Any

from loader.client.values import json_text, text_of
from loader.database import Result


def csv_lines(result: Result, *, heading: bool = True) -> Iterator[str]:
    """A line for each row: texts in double quotes, numbers as they are, nothing for NULL. A text may hold newlines."""
    if heading:
        yield ",".join(_quoted(name) for name in result.columns or ())
    for row in result.rows:
        yield ",".join(map(_field, row))


def json_lines(result: Result) -> Iterator[str]:
    """One document, in lines: the columns with their types, and an object for each row with its names in lower case."""
    columns = result.columns or []
    described = ",".join(
        f'{{"name":{json_text(name)},"type":{json_text(kind)}}}'
        for name, kind in zip(columns, result.types, strict=True)
    )
    yield f'{{"results":[{{"columns":[{described}],"items":['
    keys = [json_text(name.lower() if name == name.upper() else name) for name in columns]
    comma = ""
    for row in result.rows:
        members = ",".join(f"{key}:{json_text(value)}" for key, value in zip(keys, row, strict=True))
        yield f"{comma}{{{members}}}"
        comma = ","
    yield "]}]}"


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Number) and not isinstance(value, bool):
        return text_of(value)
    return _quoted(text_of(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
