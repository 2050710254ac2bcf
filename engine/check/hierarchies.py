"""LEVEL belongs to CONNECT BY (SQL Language Reference, "Hierarchical Query Pseudocolumns")."""

from __future__ import annotations

from engine.check import columns
from engine.check.checker import Checker
from engine.check.scopes import QueryScope
from engine.tree import queries as tree
from engine.tree.base import Name
from engine.tree.walk import names_of_block


def check_block(checker: Checker, block: QueryScope, select: tree.Select) -> None:
    """Complain of LEVEL in a block where neither it nor one around it has CONNECT BY."""
    if any(around.hierarchical for around in columns.blocks(block)) or block.find("LEVEL"):
        return
    clauses = [item.expression for item in select.items]
    clauses += [clause for clause in (select.where, select.having) if clause is not None]
    for clause in clauses:
        for node in names_of_block(clause):
            if len(node.parts) == 1 and _is_level(node.parts[0]):
                checker.complain("ORA-01788", node)


def _is_level(name: Name) -> bool:
    return name.value == "LEVEL" and not name.quoted
