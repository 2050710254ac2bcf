"""What JSON both databases hold, so that a document that one of them refuses is found before it is sent.

Oracle's limits are the narrower ones: JSON Developer's Guide, Oracle Database JSON Capabilities Specification (1,000
levels, names of 65,535 bytes, 32 MB), and SQL Language Reference, NUMBER Data Type (20 digits to the base 100, below
1e126 and from 1e-130 on).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

_LEVELS = 1000
_NAME_BYTES = 65535
_BYTES = 32 * 1024 * 1024
_HUNDREDS = 20
_REFUSED = "the label is not JSON that a database can keep: "
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def refusal(text: str) -> str | None:
    """Why a JSON text can not be kept, or None."""
    if len(text) > _BYTES // 4 and len(text.encode("utf-8", "surrogatepass")) > _BYTES:
        return _REFUSED + f"it is larger than {_BYTES // 1024 // 1024} MB"
    if _levels(text) > _LEVELS:
        return _REFUSED + f"it is nested too deeply, in more than {_LEVELS} levels"
    try:
        value = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    except InvalidOperation:
        return _REFUSED + "the exponent of a number is out of range"
    except RecursionError:
        return _REFUSED + "it is nested too deeply"
    except ValueError as error:
        return f"the label is not JSON: {error}"
    reason = next(_refusals(value), None)
    return _REFUSED + reason if reason else None


def _levels(text: str) -> int:
    deepest = level = 0
    if text.count("[") + text.count("{") <= _LEVELS:
        return 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        level += 1 if mark in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def _refusals(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield from _text_refusal(text)
            case Decimal() as number:
                yield from _number_refusal(number)
            case float() as number:
                yield f"{number} is no JSON number"
            case list() as members:
                waiting += members
            case dict() as members:
                for name in members:
                    yield from _text_refusal(name)
                    if len(name) * 4 > _NAME_BYTES and len(name.encode()) > _NAME_BYTES:
                        yield f"a name has more than {_NAME_BYTES} bytes: {name[:40]}..."
                waiting += members.values()


def _text_refusal(text: str) -> Iterator[str]:
    if "\0" in text:
        yield "a text holds the character U+0000"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            yield "a text holds half of a surrogate pair, which is no character"


def _number_refusal(number: Decimal) -> Iterator[str]:
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if not digits:
        return
    # The first digit of a pair stands for tens where an odd number of digits is left of the point.
    point = number.adjusted() + 1
    hundreds = (len(digits) + point % 2 + 1) // 2
    if hundreds > _HUNDREDS or not -129 <= point <= 126:
        text = str(number)
        yield f"a number is out of range or has too many digits: {text if len(text) <= 50 else text[:50] + '...'}"
