"""PL/pgSQL variables that stand in a statement for what PL/pgSQL can not write into."""

from __future__ import annotations

from engine.emit.context import Context, Notes, StandIn
from engine.emit.fragment import EMPTY, Fragment


def stand_in(key: str, new: StandIn, context: Context) -> Fragment:
    """The variable that stands for something in the statement at hand; there is one for each key."""
    return Fragment(context.notes.stand_ins.setdefault(key, new).name)


def with_stand_ins(statement: Fragment, notes: Notes) -> Fragment:
    """A statement between the declarations of its stand-ins and what keeps their values."""
    if not notes.stand_ins:
        return statement
    found = notes.stand_ins.values()
    first = (Fragment(":=", one.first.anywhere()) if one.first is not None else EMPTY for one in found)
    declared = (Fragment(f"{one.name} {one.type}", value, ";") for one, value in zip(found, first, strict=True))
    return Fragment("declare", *declared, "begin", statement, *(one.kept.anywhere() for one in found), "end;")
