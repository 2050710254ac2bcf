"""Oracle's errors about vectors in place of PostgreSQL's and pgvector's."""

from __future__ import annotations

import re

# What PostgreSQL and pgvector refuse of a VECTOR, by Oracle's numbers (Database Error Messages).
_VECTOR = r"(?:\w+\.)?(?:float64_)?vector(?:\(\d+\))?"
_COMPARED = "ORA-22848: cannot use VECTOR type as comparison key"
_FLOAT32_ALONE = (
    "the embedded engine stores FLOAT32 vectors alone, and this one is of FLOAT64: to_vector(x, *, float32) makes one"
)
_ERRORS = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (
            rf"operator does not exist: {_VECTOR} (?:<=>|<->|<#>|<\+>) {_VECTOR}",
            "ORA-51812: The vector SQL function VECTOR_DISTANCE requires all input vectors to have the same dimension"
            " format: encountered dimension formats (FLOAT32, FLOAT64); to_vector(x, *, float32) changes one",
        ),
        (rf"operator does not exist: (?:{_VECTOR} (?:=|<>|<|>|<=|>=) .*|.* (?:=|<>|<|>|<=|>=) {_VECTOR})", _COMPARED),
        (rf"could not identify an? .*\b(?:operator|function) for type {_VECTOR}", _COMPARED),
        (
            rf"data type {_VECTOR} has no default operator class",
            "ORA-02327: cannot create index on expression with data type VECTOR",
        ),
        (
            rf"function \w+\({_VECTOR}\) does not exist",
            "ORA-22849: Type VECTOR is not supported for this function or operator.",
        ),
        (
            "(?:NaN|infinite value) not allowed in vector",
            "ORA-51805: Invalid syntax for VECTOR value. A dimension value is not a number or infinite, and can not be"
            " converted to a number.",
        ),
        (
            r"(?:column .* is of type|cannot cast type \S+ to) vector.*float64_vector|cannot cast type"
            r" (?:\w+\.)?float64_vector to|invalid input syntax for type vector: \"\{",
            _FLOAT32_ALONE,
        ),
        (
            "invalid input syntax for type vector",
            "ORA-51804: Invalid syntax for VECTOR value. Must be a string of the form [number, number, ..., number].",
        ),
        (
            r".*out of range for type vector|value out of range: (?:over|under)flow",
            "ORA-51806: Vector dimension value is outside the range allowed by the dimension format FLOAT32.",
        ),
        (
            r"vector cannot have more than (\d+) dimensions",
            r"ORA-51811: Vector dimension count exceeds the maximum supported value of \1 of the embedded engine.",
        ),
        (
            r"column cannot have more than (\d+) dimensions for \w+ index",
            r"the embedded engine indexes vectors of at most \1 dimensions: search without an index, which is exact",
        ),
        (
            r"different vector dimensions (\d+) and (\d+)",
            r"ORA-51808: the operation requires all vectors to have the same dimension count. Encountered (\1, \2).",
        ),
        (
            r"expected (\d+) dimensions, not (\d+)",
            r"ORA-51803: Vector dimension count must match the dimension count specified in the column definition"
            r" (expected \1 dimensions, specified \2 dimensions).",
        ),
    )
)

_NUMBERED = re.compile(r"ORA-(\d{5}): ")


def oracle_error(message: str) -> tuple[int | None, str] | None:
    """Number and text of the error that PostgreSQL reports by `message`, or None where it is about no vector.

    A message of the engine's own that begins with Oracle's number is taken as it is. The number is None where Oracle
    has no such error.
    """
    for pattern, text in _ERRORS:
        if found := pattern.match(message):
            message = found.expand(text)
            break
    else:
        if not _NUMBERED.match(message):
            return None
    number = _NUMBERED.match(message)
    return (int(number[1]) if number else None), message
