"""Labels: what EXIT, CONTINUE and GOTO name."""

from __future__ import annotations

from collections.abc import Iterable

from engine.check.checker import Checker, Setting
from engine.tree import plsql as tree
from engine.tree.base import Statement


def of_list(statements: Iterable[Statement]) -> frozenset[str]:
    """The labels of the statements of one list, which GOTO can reach from inside that list."""
    return frozenset(label.name.value for statement in statements for label in getattr(statement, "labels", ()))


def check_leave(checker: Checker, setting: Setting, statement: tree.Exit | tree.Continue) -> None:
    """Complain of EXIT or CONTINUE outside a loop, or with a label that is that of no loop around it."""
    if not setting.loops:
        checker.complain("PLS-00376", statement)
        return
    label = statement.label
    if label is None or any(label.value in marks for marks in setting.loops):
        return
    declared = setting.scope.find(label.value)
    checker.complain("PLS-00373" if declared else "PLS-00201", label, label.value)


def check_go_to(checker: Checker, setting: Setting, statement: tree.GoTo) -> None:
    """Complain of GOTO to a label that stands neither in its own list of statements nor in one around it."""
    if statement.label.value not in setting.labels:
        checker.complain("PLS-00375", statement, statement.label.value)
