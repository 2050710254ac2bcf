"""What values are compared, sorted and grouped by: some types have no order and no equality."""

from __future__ import annotations

from engine.check.checker import Checker
from engine.check.types import Family, Type, differ_in_sql
from engine.tree.base import Node
from engine.tree.walk import bare

_LARGE = frozenset({Family.CLOB, Family.BLOB})
NO_KEYS = _LARGE | {Family.VECTOR}


def check(checker: Checker, node: Node, kind: Type) -> None:
    """Complain of a key of DISTINCT, GROUP BY, ORDER BY or a set operator."""
    if kind.family in NO_KEYS:
        checker.complain("ORA-22848", bare(node), kind.base)


def check_compared(checker: Checker, node: Node, *kinds: Type, in_sql: bool, operator: str) -> None:
    """Complain of VECTORs that are compared; `node` is the first operand."""
    if not any(kind.family is Family.VECTOR for kind in kinds):
        return
    if in_sql:
        checker.complain("ORA-22848", bare(node), "VECTOR")
    else:
        checker.complain("PLS-00306", bare(node), operator)


def check_large(checker: Checker, node: Node, *kinds: Type) -> None:
    """Complain of large objects that a condition of SQL compares; PL/SQL compares them."""
    for kind in kinds:
        if kind.family in _LARGE:
            checker.complain("ORA-22848", bare(node), kind.base)
            return


def check_type(checker: Checker, node: Node, kind: Type, expected: Type) -> None:
    """Complain of a value of SQL that does not become one of the type that its place asks for."""
    if differ_in_sql(kind, expected):
        checker.complain("ORA-00932", node, kind.base, expected.base)


def check_argument(checker: Checker, node: Node, kind: Type) -> None:
    """Complain of an argument of MIN, MAX and others that compare their arguments."""
    if kind.family is Family.VECTOR:
        checker.complain("ORA-22849", bare(node), "VECTOR")
