"""Bind variables of a client in a statement: values in SQL, variables around a block of PL/SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

# The bind variables' types, by PostgreSQL's. A length is checked for those that have one.
_TYPES = {
    "NUMBER": "numeric",
    "BINARY_FLOAT": "real",
    "BINARY_DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "CHAR": "varchar",
    "NCHAR": "varchar",
    "VARCHAR2": "varchar",
    "NVARCHAR2": "varchar",
    "CLOB": "text",
    "NCLOB": "text",
    "JSON": "jsonb",
    "VECTOR": "vector",
    "REFCURSOR": "refcursor",
}


class ClientVariable(Protocol):
    """A bind variable as a client declares it: Oracle's name of its type, the length or 0, and the value."""

    @property
    def type(self) -> str:
        """Oracle's name of the type, without its length."""

    @property
    def size(self) -> int:
        """The length; 0 where there is none."""

    @property
    def value(self) -> Any:
        """The value; None for NULL."""


@dataclass(frozen=True, slots=True)
class BoundVariable:
    """A bind variable in the text for PostgreSQL.

    `name` is its PL/pgSQL variable, `value` its value as an expression, `setting` where a block leaves the new one.
    """

    name: str
    type: str
    value: str
    setting: str


def bound_variables(binds: Mapping[str, ClientVariable]) -> dict[str, BoundVariable]:
    """The variables by the names that the Oracle text calls them."""
    return {
        name: BoundVariable(f"bind__{place}", _type(bind), _value(bind), f"ora.bind_{place}")
        for place, (name, bind) in enumerate(binds.items())
    }


def _type(bind: ClientVariable) -> str:
    kind = _TYPES[bind.type]
    return f"{kind}({bind.size})" if bind.size else kind


def _value(bind: ClientVariable) -> str:
    if bind.value is None or bind.value == "":  # '' is NULL
        return f"null::{_type(bind)}"
    text = str(bind.value).replace("'", "''")
    return f"'{text}'::{_type(bind)}"
