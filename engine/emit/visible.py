"""What the query blocks around a place see: their sources and the types of their columns."""

from __future__ import annotations

from engine.emit.context import Context
from engine.tree import expressions as tree


def column_type(name: str, qualifier: str, context: Context) -> str | None:
    """PostgreSQL's type of a column that the query blocks around see; None where none of them surely has it.

    The type is "" where it is not known. A block whose sources are not all known may have the column: those around it
    are then not asked.
    """
    if not qualifier and name in context.aliases:
        return context.aliases[name]
    for sources in reversed(context.blocks):
        unknown = False
        for source in sources:
            if qualifier not in ("", source.alias):
                continue
            if source.columns is None:
                unknown = True
            elif name in source.columns:
                return source.columns[name]
            elif qualifier:
                return None
        if unknown:
            return None
    return None


def plain_type(node: tree.Reference, context: Context) -> str | None:
    """The type of a column that a reference names, with or without its table's alias."""
    if len(node.parts) > 2:
        return None
    names = [context.known(part) for part in node.parts]
    return column_type(names[-1], names[0] if len(names) == 2 else "", context)


def is_source(name: str, context: Context) -> bool:
    """Whether this is the alias of a source that the query blocks around see."""
    return any(source.alias == name for sources in context.blocks for source in sources)
