"""Where NEXTVAL and CURRVAL may not stand (SQL Language Reference, "Sequence Pseudocolumns")."""

from __future__ import annotations

from engine.check import columns
from engine.check.checker import Checker
from engine.check.scopes import QueryScope, Scope, ScopeKind
from engine.tree import queries as tree
from engine.tree.base import Node
from engine.tree.expressions import Reference
from engine.tree.walk import names_of_block


def check_none(checker: Checker, block: QueryScope, node: Node | None) -> None:
    """Complain of a sequence's value in an expression, as in WHERE and GROUP BY."""
    for found in names_of_block(node) if node is not None else ():
        if _is_value(block, found):
            checker.complain("ORA-02287", found)


def _is_value(block: QueryScope, node: Reference) -> bool:
    if len(node.parts) < 2 or node.parts[-1].value not in ("NEXTVAL", "CURRVAL"):
        return False
    return all(around.source(node.parts[-2].value) is None for around in columns.blocks(block))


def check_block(checker: Checker, outer: Scope, block: QueryScope, select: tree.Select) -> None:
    """Check the clauses of a query block; the list of the outermost one alone may take values of a sequence."""
    for clause in (select.where, select.hierarchy, select.group_by, select.having):
        check_none(checker, block, clause)
    nested = isinstance(outer.parent, QueryScope)
    if nested or select.quantifier in ("DISTINCT", "UNIQUE") or select.group_by is not None:
        check_items(checker, block, select)


def check_items(checker: Checker, block: QueryScope, select: tree.Select) -> None:
    """Complain of a sequence's value in a select list: of a subquery, a sorted query, an operand of UNION."""
    for item in select.items:
        check_none(checker, block, item.expression)


def check_view(checker: Checker, query: tree.Query) -> None:
    """Complain of a sequence's value in the list of a view's query."""
    if isinstance(query.body, tree.Select):
        check_items(checker, QueryScope(ScopeKind.QUERY), query.body)
