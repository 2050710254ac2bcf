"""What holds in the whole of a unit of PL/SQL, and what of it is in scope by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.templates import Template
from engine.tree.base import Expression, Place
from engine.tree.plsql import Block, CursorDeclaration

# The labels of a block that a user typed and of a local procedure's, which RETURN leaves.
TYPED_BLOCK = '"typed block"'
LOCAL_BODY = '"local body"'
# The schema of a session's own routines.
TEMPORARY = "pg_temp"
# The variable behind SQL%ROWCOUNT and its relatives.
ROW_COUNT = '"sql%rowcount"'


@dataclass(frozen=True, slots=True)
class Unit:
    """A routine or a block, and what was found out about its text before it is emitted.

    `name` is the routine's, "" of a block that a user typed, and `body` the block. `schema` is where its local
    subprograms are made, "" where that is the schema of the routine. `left` is the label that RETURN
    leaves where what stands behind it still runs. `ends_transactions` tells of a block that does COMMIT or ROLLBACK
    itself. `counts_rows` tells that SQL%ROWCOUNT or a relative stands in it, and `watched` are the cursors of which it
    asks %FOUND, %NOTFOUND or %ROWCOUNT. `exceptions` are the SQLSTATEs of the exceptions that the statement declares,
    by their places, and `templates` its statements of dynamic SQL.
    """

    is_function: bool = False
    name: str = ""
    schema: str = ""
    body: Block | None = None
    left: str = ""
    ends_transactions: bool = False
    counts_rows: bool = False
    watched: frozenset[str] = frozenset()
    exceptions: Mapping[Place, str] = field(default_factory=dict)
    templates: Mapping[Place, Template] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CursorParameter:
    """A parameter of a cursor by PostgreSQL's type, and its default."""

    name: str
    type: str
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class DeclaredCursor:
    """A cursor that is declared with its query; `columns` are PostgreSQL's types of its rows, None if not known."""

    declaration: CursorDeclaration
    parameters: tuple[CursorParameter, ...]
    columns: Mapping[str, str] | None = None
