"""The checker: Oracle's static rules over the tree of a statement, before anything is made of it.

Unknown is unknown: where the checker can not know, as with a table that the catalogue has not, it says nothing.
"""

from __future__ import annotations

from engine.catalogue import Catalogue
from engine.check import definitions, dml, units
from engine.check.checker import Checker
from engine.check.complaints import Complaint, Complaints
from engine.check.scopes import Scope, ScopeKind
from engine.tree.base import Statement


def check(statement: Statement, catalogue: Catalogue) -> list[Complaint]:
    """What Oracle's compiler would say of a statement where these objects exist; the first is what it raises."""
    in_unit = isinstance(statement, units.PLSQL)
    checker = Checker(catalogue, Complaints(in_unit), in_unit)
    if not units.check_statement(checker, statement) and not definitions.check_statement(checker, statement):
        dml.check_statement(checker, Scope(ScopeKind.UNIT), statement)
    return list(checker.complaints)


__all__ = ["Complaint", "check"]
