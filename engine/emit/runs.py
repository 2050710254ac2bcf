"""What a statement of PL/SQL becomes, and what a handler around it would undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from engine.emit.catalogue import Routine
from engine.emit.context import Context
from engine.emit.fragment import EMPTY, Fragment
from engine.tree.base import Node

_WRITING = ("dml", "ddl", "ends", "state", "unknown")


@dataclass(frozen=True, slots=True)
class Write:
    """A place where rows may change.

    `last` tells that it is one statement of SQL behind which nothing runs that may fail. Both engines undo such a
    statement where it fails itself.
    """

    at: Node
    last: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Text that runs, and its writes."""

    text: Fragment
    writes: tuple[Write, ...] = ()


def noted(node: Node, context: Context, emit: Callable[[Context], Fragment], *, direct: bool = False) -> Run:
    """A part of a statement with its writes; `direct` tells that it is a statement of SQL, which is undone alone."""
    notes = replace(context.notes, effects=[])
    text = emit(context.noting(notes))
    for effect in notes.effects:
        context.effect(effect)
    writes = _writes(tuple(notes.effects), context)
    return Run(text, (Write(node, direct),) if writes else ())


def _writes(effects: tuple[str, ...], context: Context) -> bool:
    """Whether rows or objects may change, by what is called as well."""
    found = context.catalogue.effects(Routine("", effects=effects), context.package)
    return any(effect.startswith(_WRITING) for effect in found)


def followed(run: Run) -> tuple[Write, ...]:
    """The writes of what something runs behind."""
    return tuple(Write(write.at, False) for write in run.writes)


def sequence(runs: Iterable[Run]) -> Run:
    """One after the other."""
    text: list[Fragment] = []
    before: tuple[Write, ...] = ()
    last = Run(EMPTY)
    for run in runs:
        before += followed(last)
        last = run
        text.append(run.text)
    return Run(Fragment(*text), before + last.writes)
