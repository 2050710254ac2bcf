"""COMMIT and ROLLBACK in a procedure or in a block that a user typed, where PostgreSQL can do them.

It does them outside a transaction only, and keeps what the block has changed when it ends: such a block must end by one
of them itself, and what it calls too. What is refused here stands in engine/SUBSET.md.
"""

from __future__ import annotations

from engine.emit.calls import find_routines
from engine.emit.catalogue import Routine
from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.plsql import simple
from engine.tree import dml, plsql
from engine.tree.base import Statement
from engine.tree.expressions import Call, Reference
from engine.tree.walk import descendants

_ADVICE = "leave the transaction to the caller, or let COMMIT be a procedure's last statement"


def ends_transactions(block: plsql.Block, context: Context) -> bool:
    """Whether a unit does COMMIT or ROLLBACK otherwise than by one COMMIT at its end, which the session does.

    It does so by what it calls, too.
    """
    found = _ends(block, context)
    last = block.statements[-1] if block.statements else None
    return bool(found) and not (len(found) == 1 and isinstance(last, dml.Commit))


def _ends(block: plsql.Block, context: Context) -> list[Statement]:
    return [node for node in descendants(block) if isinstance(node, Statement) and _ends_one(node, context)]


def _ends_one(node: Statement, context: Context) -> bool:
    if isinstance(node, plsql.ProcedureCall):
        return calls_what_ends(node, context)
    return isinstance(node, dml.Commit | dml.Rollback)


def calls_what_ends(node: plsql.ProcedureCall, context: Context) -> bool:
    """Whether a stored procedure is called that ends transactions; one that calls such a procedure is one itself."""
    function = node.call.function if isinstance(node.call, Call) else node.call
    found = find_routines(function, context) if isinstance(function, Reference) else None
    if found is None or found.local is not None:
        return False
    return any("ends:" in (routine.effects or ()) for routine in found.procedures)


def check_transactions(block: plsql.Block, context: Context) -> None:
    """Refuse what a unit that ends transactions may not hold."""
    first = _ends(block, context)[0]
    if not block.statements or not _ends_one(block.statements[-1], context):
        raise context.not_supported(
            f"{_word(first)} in a block that does not end by COMMIT or ROLLBACK", first, "let it end so"
        )
    for node in descendants(block):
        if isinstance(node, plsql.Open | plsql.OpenFor):
            raise context.not_supported(f"{_word(first)} beside an explicit cursor", first, "use a cursor FOR loop")
        if isinstance(node, plsql.Return):
            raise context.not_supported(f"RETURN beside {_word(first)}", node)


def check_kept(block: plsql.Block, context: Context) -> None:
    """Refuse ROLLBACK in a block that calls what commits: that is done when the block has ended, and would be lost.

    So would be what a package's variables have got.
    """
    rollback = next((node for node in descendants(block) if isinstance(node, dml.Rollback)), None)
    if rollback is None:
        return
    effects = context.catalogue.effects(Routine("", effects=tuple(context.notes.effects)), context.package)
    if "state:" in effects:
        raise context.not_supported("ROLLBACK beside a change of a package's variable", rollback)
    if _calls_what_commits(context):
        raise context.not_supported("ROLLBACK beside a call that commits", rollback)


def _calls_what_commits(context: Context) -> bool:
    effects = tuple(effect for effect in context.notes.effects if effect.startswith("call:"))
    return any(effect == "ddl:" for effect in context.catalogue.effects(Routine("", effects=effects)))


def _word(node: Statement) -> str:
    return "a call that commits" if isinstance(node, plsql.ProcedureCall) else type(node).__name__.upper()


@simple.emits(dml.Commit, comment="COMMIT with a comment", write="COMMIT WRITE")
def _commit(node: dml.Commit, context: Context) -> Fragment:
    return _ended(node, context)


@simple.emits(dml.Rollback, savepoint="ROLLBACK TO a savepoint in PL/SQL")
def _rollback(node: dml.Rollback, context: Context) -> Fragment:
    return _ended(node, context)


def _ended(node: Statement, context: Context) -> Fragment:
    check_place(node, context)
    return Fragment((f"{_word(node).lower()} ;", node))


def check_place(node: Statement, context: Context) -> None:
    """Refuse what ends a transaction where PostgreSQL can not do so."""
    if context.unit.is_function:
        raise context.not_supported(f"{_word(node)} in a function", node)
    if not context.unit.ends_transactions:
        raise context.not_supported(f"{_word(node)} at this place in PL/SQL", node, _ADVICE)
    if context.guards:
        raise context.not_supported(f"{_word(node)} in a block with an exception handler", node)


@simple.emits(dml.Savepoint, "-name")
def _savepoint(node: dml.Savepoint, context: Context) -> Fragment:
    raise context.not_supported("SAVEPOINT at this place in PL/SQL", node, _ADVICE)
