"""How the statements of a handler end."""

from __future__ import annotations

from engine.tree import plsql as tree
from engine.tree.base import Statement
from engine.tree.expressions import Call, Reference


def ends_by_raising(nodes: tuple[Statement, ...]) -> bool:
    """Whether statements end by an exception, whatever way they take."""
    match nodes[-1]:
        case tree.Raise():
            return True
        case tree.ProcedureCall(call=Call(function=Reference(parts=(name,)))):
            return name.value == "RAISE_APPLICATION_ERROR"
        case tree.If(branches=branches, otherwise=otherwise) if otherwise:
            return all(ends_by_raising(branch.statements) for branch in branches) and ends_by_raising(otherwise)
    return False
