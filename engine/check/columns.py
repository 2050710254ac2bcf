"""What a name of SQL means among the sources of the query blocks around it."""

from __future__ import annotations

from engine.check.checker import Checker
from engine.check.scopes import QueryScope, RowSource, Scope, ScopeKind
from engine.check.types import UNKNOWN, Type
from engine.supplied import functions
from engine.tree.base import Name


def in_sql(scope: Scope) -> bool:
    """Whether an expression of this scope is one of SQL."""
    current: Scope | None = scope
    while current is not None:
        if current.kind is ScopeKind.QUERY:
            return True
        if current.kind in (ScopeKind.ROUTINE, ScopeKind.BLOCK, ScopeKind.LOOP, ScopeKind.TRIGGER):
            return False
        current = current.parent
    return False


def blocks(scope: Scope) -> list[QueryScope]:
    """The query blocks around a place, from inside to outside, up to the PL/SQL that holds them."""
    found = []
    current: Scope | None = scope
    while isinstance(current, QueryScope):
        found.append(current)
        current = current.parent
    return found


def quoted(parts: tuple[Name, ...]) -> str:
    """A name as ORA-00904 shows it."""
    return ".".join(f'"{part.value}"' for part in parts)


def find(checker: Checker, scope: Scope, parts: tuple[Name, ...]) -> Type | None:
    """The type of a column; None where the name is none, so that it may be one of PL/SQL or of the schema.

    Complains where the source is known and has no such column.
    """
    if len(parts) > 1:
        return _qualified(checker, scope, parts)
    name = parts[0].value
    unknown = False
    for block in blocks(scope):
        if name in block.aliases:
            return block.aliases[name]
        having = [source for source in block.sources if source.columns is not None and name in source.columns]
        if having:
            _check_unambiguous(checker, block, having, parts[0])
            return having[0].columns[name]  # type: ignore[index]
        if any(source.columns is None for source in block.sources):
            unknown = True
    if name in functions.PSEUDO_COLUMNS:
        return UNKNOWN
    return UNKNOWN if unknown and not scope.find(name) else None


def _check_unambiguous(checker: Checker, block: QueryScope, having: list[RowSource], name: Name) -> None:
    if len(having) > 1 and not any(name.value in source.joined for source in block.sources):
        checker.complain("ORA-00918", name, quoted((name,)))


def _qualified(checker: Checker, scope: Scope, parts: tuple[Name, ...]) -> Type | None:
    last = parts[-1].value
    for block in blocks(scope):
        source = block.source(parts[0].value)
        if source is not None:
            return _column(checker, source, parts, 1)
        if len(parts) > 2:
            source = block.source(parts[1].value)
            if source is not None and source.schema in ("", parts[0].value):
                return _column(checker, source, parts, 2)
    return UNKNOWN if last in ("NEXTVAL", "CURRVAL") else None


def _column(checker: Checker, source: RowSource, parts: tuple[Name, ...], index: int) -> Type:
    name = parts[index].value
    if source.columns is None or name in functions.PSEUDO_COLUMNS:
        return UNKNOWN
    if name not in source.columns:
        checker.complain("ORA-00904", parts[0], quoted(parts[: index + 1]))
        return UNKNOWN
    return source.columns[name] if len(parts) == index + 1 else UNKNOWN
