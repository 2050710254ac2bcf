"""Literals of points in time, and EXTRACT from them (SQL Language Reference, "Literals", "EXTRACT (datetime)")."""

from __future__ import annotations

import calendar
import re

from engine.check import columns, expressions
from engine.check.checker import Checker
from engine.check.scopes import Scope
from engine.check.types import DATE, NUMBER, TIMESTAMP, UNKNOWN, Family, Type
from engine.tree import expressions as tree

_DAY = r"\s*(?P<sign>[-+]?)(?P<year>\d{1,4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\s*"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2}):(?P<second>\d{1,2})(?:\.\d{0,9})?\s*"
_ZONE = r"(?:[-+]\s*\d{1,2}:\d\d|[A-Za-z][\w/+-]*(?:\s+[A-Z]+)?)?\s*"
_PATTERNS = {"DATE": re.compile(_DAY), "TIMESTAMP": re.compile(_DAY + r"(?<=[\d\s])" + _TIME + _ZONE)}
# The ranges of the parts, and the numbers under which others are refused.
_RANGES = {
    "year": (1, 9999, "ORA-01841"),
    "month": (1, 12, "ORA-01843"),
    "day": (1, 31, "ORA-01847"),
    "hour": (0, 23, "ORA-01850"),
    "minute": (0, 59, "ORA-01851"),
    "second": (0, 59, "ORA-01852"),
}
# What a DATE has of the fields of EXTRACT.
_FIELDS_OF_DATE = frozenset({"YEAR", "MONTH", "DAY"})


def literal(checker: Checker, scope: Scope, node: tree.DateTimeLiteral) -> Type:
    """The type of a literal of a point in time; complains of one that is none."""
    pattern = _PATTERNS.get(node.kind)
    if pattern is None:
        return UNKNOWN
    number = _fault(pattern, node.text)
    if number:
        checker.complain(number if columns.in_sql(scope) else "PLS-00166", node)
    return DATE if node.kind == "DATE" else TIMESTAMP


def _fault(pattern: re.Pattern[str], text: str) -> str:
    """The number under which SQL refuses a literal; "" for a valid one."""
    found = pattern.fullmatch(text)
    if found is None:
        return "ORA-01861"
    parts = {name: int(value) for name, value in found.groupdict().items() if name != "sign"}
    for name, value in parts.items():
        least, most, number = _RANGES[name]
        if not least <= value <= most:
            return number
    return "ORA-01839" if parts["day"] > calendar.monthrange(parts["year"], parts["month"])[1] else ""


def extract(checker: Checker, scope: Scope, node: tree.Extract) -> Type:
    """EXTRACT gives a number; complains of a field that its source has not."""
    found = expressions.type_of(checker, scope, node.source)
    if found.family is Family.DATETIME and found.base == "DATE" and node.field not in _FIELDS_OF_DATE:
        checker.complain("ORA-30076", node)
    return UNKNOWN if node.field in ("TIMEZONE_REGION", "TIMEZONE_ABBR") else NUMBER
