"""A value of the database as text."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np

from loader.database.text import interval_text, number_text


def text_of(value: Any, most: int | None = None) -> str:
    """The whole value; NULL is empty. Of a vector no more than `most` numbers are written, where that is given."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case Decimal():
            return oracle_number(value)
        case float():
            return _float_text(value)
        case timedelta():
            return interval_text(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex().upper()
        case array() | list() | tuple():
            return _vector_text(value, most)
    return str(value)


def oracle_number(value: Decimal) -> str:
    """NUMBER as TO_CHAR writes it: every digit, and none before the point where that is a zero."""
    text = number_text(value)
    sign = "-" if text.startswith("-") else ""
    digits = text.removeprefix("-")
    return sign + digits[1:] if digits.startswith("0.") else text


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "Nan"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return repr(value).removesuffix(".0")


def _vector_text(value: Any, most: int | None) -> str:
    single = isinstance(value, array) and value.typecode == "f"
    shown = ",".join(_dimensions(value if most is None else islice(value, most), single))
    return f"[{shown},...]" if most is not None and len(value) > most else f"[{shown}]"


def _dimensions(values: Iterable[Any], single: bool) -> Iterable[str]:
    if not single:
        return map(text_of, values)
    # The fewest digits that tell a FLOAT32 from its neighbours.
    return (str(np.float32(part)).removesuffix(".0") for part in values)


def json_text(value: Any) -> str:
    """The value as JSON text with every digit; what JSON has no form for is a string."""
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return number_text(value)
        case float() if math.isfinite(value):
            return repr(value)
        case array() | list() | tuple():
            return _vector_text(value, None)
    return json.dumps(text_of(value), ensure_ascii=False)
