"""The bind variables of a session: SQL*Plus User's Guide, "VARIABLE" and "PRINT"."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from loader.database import Bind

# The types with the longest length of each, in characters; 0 where a type has none.
_LENGTHS = {
    "NUMBER": 0,
    "BINARY_FLOAT": 0,
    "BINARY_DOUBLE": 0,
    "BOOLEAN": 0,
    "CHAR": 2000,
    "NCHAR": 1000,
    "VARCHAR2": 32767,
    "NVARCHAR2": 16383,
    "CLOB": 0,
    "NCLOB": 0,
    "JSON": 0,
    "VECTOR": 0,
    "REFCURSOR": 0,
}
TYPES = ", ".join(f"{name}(n)" if length else name for name, length in _LENGTHS.items())
# A NUMBER is less than 1e126.
_LARGEST_EXPONENT = 125
NONE_DECLARED = "SP2-0568: No bind variables declared."
_DECLARED = re.compile(
    r"(?P<name>[^\W\d][\w$#]*)"
    r"(?:\s+(?P<type>\w+)\s*(?:\(\s*(?P<size>\d{1,6})\s*(?:char|byte)?\s*\))?\s*(?:=\s*(?P<value>.*))?)?",
    re.IGNORECASE | re.DOTALL,
)
_ASSIGNED = re.compile(r"(?P<name>[^\W\d][\w$#]*)\s*=\s*(?P<value>.*)", re.DOTALL)


class BindError(Exception):
    """A VARIABLE or a value that is not understood."""


class Binds:
    """The bind variables by their names in lower case."""

    def __init__(self) -> None:
        self._binds: dict[str, Bind] = {}

    def find(self, name: str) -> Bind:
        """The variable of that name. Raises BindError."""
        bind = self._binds.get(name.lower())
        if bind is None:
            raise BindError(f'SP2-0552: Bind variable "{name.upper()}" not declared.')
        return bind

    def of(self, names: list[str]) -> dict[str, Bind]:
        """The variables of a statement. Raises BindError."""
        return {name: self.find(name) for name in names}

    def names(self) -> list[str]:
        """Every variable that was declared."""
        return list(self._binds)

    def number(self, name: str) -> int | None:
        """The value of a variable where it is a whole number."""
        bind = self._binds.get(name.lower())
        return bind.value if bind is not None and isinstance(bind.value, int) else None

    def declare(self, argument: str) -> list[str]:
        """VARIABLE: declare one, give one a value, or tell of one or of all. The lines to show. Raises BindError."""
        if not argument:
            return [self._declaration(name) for name in self._binds] or [NONE_DECLARED]
        if assigned := _ASSIGNED.fullmatch(argument):
            bind = self.find(assigned["name"])
            bind.value = _value(bind, assigned["value"])
            return []
        found = _DECLARED.fullmatch(argument)
        if found is None:
            raise BindError(f"SP2-0549: Usage: VARIABLE [NAME [TYPE [= VALUE]]], TYPE one of {TYPES}")
        name = found["name"].lower()
        if found["type"] is None:
            self.find(name)
            return [self._declaration(name)]
        bind = _declared(found["type"].upper(), found["size"])
        if found["value"] is not None:
            bind.value = _value(bind, found["value"])
        self._binds[name] = bind
        return []

    def _declaration(self, name: str) -> str:
        bind = self._binds[name]
        size = f"({bind.size})" if bind.size else ""
        return f"variable   {name}\ndatatype   {bind.type}{size}"


def _declared(kind: str, size: str | None) -> Bind:
    kind = "REFCURSOR" if kind == "REF_CURSOR" else kind
    longest = _LENGTHS.get(kind)
    if longest is None:
        raise BindError(f"SP2-0549: VARIABLE has no type {kind}: {TYPES}")
    if not longest:
        if size is not None:
            raise BindError(f"SP2-0549: {kind} takes no length in VARIABLE")
        return Bind(kind)
    length = int(size or 1)
    if not 1 <= length <= longest:
        raise BindError(f"SP2-0676: Bind variable length cannot exceed {longest} characters")
    return Bind(kind, length)


def _value(bind: Bind, text: str) -> Any:
    """The value that VARIABLE gives, in quotes or without."""
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    text = text[1:-1].replace(text[0] * 2, text[0]) if quoted else text
    if text == "" or (text.lower() == "null" and not quoted):
        return None
    if bind.type == "REFCURSOR":
        raise BindError("SP2-0549: a REFCURSOR gets its value by OPEN ... FOR")
    if bind.size and len(text) > bind.size:
        raise BindError(f"the value has {len(text)} characters, and the variable holds {bind.size}")
    try:
        if bind.type == "NUMBER":
            return _number(text)
        if bind.type in ("BINARY_FLOAT", "BINARY_DOUBLE"):
            return float(text)
    except (InvalidOperation, ValueError) as error:
        raise BindError(f"SP2-0425: '{text}' is not a valid number") from error
    if bind.type == "BOOLEAN":
        if text.lower() not in ("true", "false"):
            raise BindError(f"'{text}' is no BOOLEAN: TRUE or FALSE")
        return text.lower() == "true"
    return text


def _number(text: str) -> int | Decimal:
    """A NUMBER, int where it is whole. Raises ValueError or InvalidOperation where it is none."""
    number = Decimal(text)
    if not number.is_finite() or number.adjusted() > _LARGEST_EXPONENT:
        raise ValueError(text)
    return int(number) if number == number.to_integral_value() else number
