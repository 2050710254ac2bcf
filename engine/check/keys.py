"""What values are compared, sorted and grouped by: some types have no order and no equality."""

from __future__ import annotations

from engine.check.checker import Checker
from engine.check.types import Family, Type
from engine.tree.base import Node
from engine.tree.expressions import Parenthesised

# Large objects are no keys of whole rows, but where they are compared alone the checker leaves them be: a condition
# of PL/SQL compares them.
_NO_KEYS = frozenset({Family.VECTOR, Family.CLOB, Family.BLOB})


def check(checker: Checker, node: Node, kind: Type) -> None:
    """Complain of a key of DISTINCT, GROUP BY, ORDER BY or a set operator."""
    if kind.family in _NO_KEYS:
        checker.complain("ORA-22848", _bare(node), kind.base)


def check_compared(checker: Checker, node: Node, *kinds: Type, in_sql: bool, operator: str) -> None:
    """Complain of VECTORs that are compared; `node` is the first operand."""
    if not any(kind.family is Family.VECTOR for kind in kinds):
        return
    if in_sql:
        checker.complain("ORA-22848", _bare(node), "VECTOR")
    else:
        checker.complain("PLS-00306", _bare(node), operator)


def check_argument(checker: Checker, node: Node, kind: Type) -> None:
    """Complain of an argument of MIN, MAX and others that compare their arguments."""
    if kind.family is Family.VECTOR:
        checker.complain("ORA-22849", _bare(node), "VECTOR")


def _bare(node: Node) -> Node:
    while isinstance(node, Parenthesised):
        node = node.inner
    return node
