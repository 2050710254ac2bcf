"""What is kept of a cursor whose attributes a unit asks for: PL/pgSQL knows of the last statement alone.

A cursor is open where its variable is not null, as PL/pgSQL keeps the cursor's name in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.emit.context import Context
from engine.tree import plsql
from engine.tree.expressions import CursorAttribute, Reference
from engine.tree.walk import descendants

REF_CURSOR = "refcursor"
# How many rows FETCH gave. PL/pgSQL's FOUND says so too, and a user may have a variable of that name.
FETCHED = '"rows fetched"'
DIAGNOSED = f"get diagnostics {FETCHED} = row_count;"
_KEPT = ("FOUND", "NOTFOUND", "ROWCOUNT")


def cursor_name(node: CursorAttribute, context: Context) -> str:
    """The cursor of an attribute by its name; "" where it is none of a single name."""
    match node.cursor:
        case Reference(parts=(name,), link=()):
            return context.known(name)
    return ""


def _asked(block: plsql.Block, context: Context) -> Iterator[tuple[str, str]]:
    """The attributes in a block, by the names of their cursors."""
    for node in descendants(block):
        if isinstance(node, CursorAttribute):
            yield cursor_name(node, context), node.attribute


def watched(block: plsql.Block, context: Context) -> frozenset[str]:
    """The cursors whose last fetch is asked for."""
    return frozenset(name for name, attribute in _asked(block, context) if attribute in _KEPT and name != "sql")


def counts_rows(block: plsql.Block, context: Context) -> bool:
    """Whether SQL%ROWCOUNT or a relative of it stands in a block."""
    return any(name == "sql" for name, _ in _asked(block, context))


def found_variable(name: str, context: Context) -> str:
    """The variable of %FOUND."""
    return context.spell(f"{name}%found")


def count_variable(name: str, context: Context) -> str:
    """The variable of %ROWCOUNT."""
    return context.spell(f"{name}%rowcount")


def state_declarations(name: str, context: Context) -> str:
    """The variables of a cursor that is watched."""
    if name not in context.unit.watched:
        return ""
    return f"{found_variable(name, context)} boolean; {count_variable(name, context)} bigint;"


def opened(name: str, context: Context) -> str:
    """What is kept when a cursor is opened."""
    if name not in context.unit.watched:
        return ""
    return f"{found_variable(name, context)} := null; {count_variable(name, context)} := 0;"


def counted(name: str, context: Context) -> str:
    """What is kept when a row was fetched."""
    count = count_variable(name, context)
    return f"{count} := {count} + 1;" if name in context.unit.watched else ""


def fetched(name: str, context: Context) -> str:
    """What is kept of the last fetch."""
    return f"{found_variable(name, context)} := {FETCHED} > 0;" if name in context.unit.watched else ""


def looped(name: str, context: Context) -> str:
    """What is kept in each round of a FOR loop over a cursor."""
    if name not in context.unit.watched:
        return ""
    return f"{found_variable(name, context)} := true; {counted(name, context)}"
