"""UNION, INTERSECT, MINUS: operands have the same number of columns, of types that go together."""

from __future__ import annotations

from collections.abc import Sequence

from engine.check import keys
from engine.check.checker import Checker
from engine.check.types import Family, Type
from engine.tree import queries as tree
from engine.tree.base import Node
from engine.tree.expressions import Star

# Families of which a set operator takes none beside another (SQL Language Reference, "The Set Operators").
_APART = frozenset({Family.NUMBER, Family.TEXT, Family.DATETIME, Family.INTERVAL, Family.RAW})


def check(checker: Checker, compound: tree.Compound, found: Sequence[list[tuple[str, Type]] | None]) -> None:
    """Compare each operand with the first, and refuse what rows can not be compared by."""
    first = found[0]
    compares_rows = any(operator.quantifier != "ALL" for operator in compound.operators)
    for operand, items in zip(compound.operands, found, strict=True):
        if items is None:
            continue
        if first is not None and len(items) != len(first):
            checker.complain("ORA-01789", operand)
            continue
        for index, (_, kind) in enumerate(items):
            if first is not None and _differ(first[index][1], kind):
                checker.complain("ORA-01790", _place_of(operand, index))
            if compares_rows:
                keys.check(checker, _place_of(operand, index), kind)


def _differ(first: Type, kind: Type) -> bool:
    return first.family is not kind.family and first.family in _APART and kind.family in _APART


def _place_of(operand: tree.QueryBody, index: int) -> Node:
    """The item that gives a column of an operand, or the operand where that can not be told."""
    if not isinstance(operand, tree.Select):
        return operand
    if any(isinstance(item.expression, Star) for item in operand.items[: index + 1]) or index >= len(operand.items):
        return operand
    return operand.items[index]
