"""Places where no VECTOR may stand: Oracle compares, sorts and groups none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import SourceError
from loader.embedded.fragment import Fragment, Value
from loader.embedded.parser import Parser

# PostgreSQL's types that stand for Oracle's VECTOR: of FLOAT32, and of FLOAT64.
FLOAT64 = "float64_vector"
_DUAL = {"dummy": "text"}
_KEY = "cannot use VECTOR type as comparison key"
_FUNCTION = "Type VECTOR is not supported for this function or operator."


def is_vector(type_name: str) -> bool:
    """Whether a type of PostgreSQL stands for VECTOR."""
    return type_name.startswith("vector") or type_name == FLOAT64


@dataclass(frozen=True, slots=True)
class Doubt:
    """An expression in a place where no VECTOR may stand; its type is known once FROM has been read."""

    value: Value
    function: bool


class Vectors(Parser):
    """Refuses a VECTOR as a comparison key (ORA-22848) and as the argument of MIN and the like (ORA-22849).

    The translator knows the type of variables, of the vector functions, and of a table's columns. What it does not
    know, such as a column of an inline view, PostgreSQL refuses when the statement runs.
    """

    # Whether SQL is being read, and not PL/SQL around it: how many statements and queries are open.
    sql_depth: int
    doubts: list[Doubt]

    def compared(self, value: Fragment, *, function: bool = False) -> Fragment:
        """The value, which may be no VECTOR; `function` tells that it is an argument of MIN, MAX or the like."""
        found = value.value
        if found is not None and self.sql_depth:
            self.doubts.append(Doubt(found, function))
        elif found is not None and is_vector(found.type):
            raise self._refusal(found, function)
        return value

    def _refusal(self, value: Value, function: bool) -> SourceError:
        if not self.sql_depth and self.in_unit:
            return self.refuse("PLS-00306", "wrong number or types of arguments: VECTOR is not comparable", value.token)
        return (
            self.refuse("ORA-22849", _FUNCTION, value.token)
            if function
            else self.refuse("ORA-22848", _KEY, value.token)
        )

    def compare_refused(self, doubt: Doubt) -> SourceError:
        """The error of a doubt that turned out to be a VECTOR."""
        return self._refusal(doubt.value, doubt.function)

    def settle_doubts(
        self,
        first: int,
        sources: Iterable[tuple[str, str]],
        aliases: Mapping[str, Value | None] | None = None,
    ) -> None:
        """Look up the doubts from `first` on in a query block's sources, (alias, table) each.

        `aliases` are those of its select list, for ORDER BY. A name that is none of the block's stays for the query
        around it.
        """
        left = []
        for doubt in self.doubts[first:]:
            value = doubt.value
            if aliases is not None and not value.qualifier and value.column in aliases:
                found = aliases[value.column]
                kind = self.type_of(found, sources) if found is not None else "unknown"
            else:
                kind = self.type_of(value, sources)
            if not kind:
                left.append(doubt)
            elif is_vector(kind):
                raise self.compare_refused(doubt)
        self.doubts[first:] = left

    def end_doubts(self, first: int) -> None:
        """The statement is read: a name from `first` on that is none of a column is a variable's."""
        for doubt in self.doubts[first:]:
            if is_vector(doubt.value.type):
                raise self.compare_refused(doubt)
        del self.doubts[first:]

    def type_of(self, value: Value, sources: Iterable[tuple[str, str]]) -> str | None:
        """The type of an expression over these sources, None where no source has the name, "unknown" where one may."""
        if not value.column:
            return value.type or "unknown"
        known = None
        for alias, table in sources:
            if value.qualifier and value.qualifier != alias:
                continue
            columns = _DUAL if table == "dual" else self.catalog.columns.get(table)
            if columns is None:
                known = known or "unknown"
            elif value.column in columns:
                return columns[value.column]
            elif value.qualifier:
                return "unknown"
        return known
