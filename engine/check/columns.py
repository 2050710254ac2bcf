"""What a name of SQL means among the sources of the query blocks around it."""

from __future__ import annotations

from typing import NamedTuple

from engine.check.checker import Checker
from engine.check.scopes import QueryScope, RowSource, Scope, ScopeKind
from engine.check.types import SCALARS, SUPPLIED_VALUES, UNKNOWN, Family, Type
from engine.supplied import functions
from engine.tree.base import Name

# Types of columns behind which no member of JSON and no attribute stands. A text may be JSON.
_WITHOUT_PARTS = SCALARS - {Family.TEXT, Family.CLOB, Family.BLOB, Family.RAW} | {Family.VECTOR}


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
        if having and not unknown:
            _check_unambiguous(checker, having, parts[0])
            return having[0].columns[name]  # type: ignore[index]
        if any(source.columns is None for source in block.sources):
            unknown = True
    if name in functions.PSEUDO_COLUMNS:
        return SUPPLIED_VALUES.get(name, UNKNOWN)
    return UNKNOWN if unknown and not scope.find(name) else None


def _check_unambiguous(checker: Checker, having: list[RowSource], name: Name) -> None:
    """Complain of a name that several sources have; columns that USING or NATURAL made one count once."""
    if having[0].leads:
        return
    apart = sum(name.value not in source.joined for source in having)
    if apart + (apart < len(having)) > 1 or any(name.value in source.repeated for source in having):
        checker.complain("ORA-00918", name, quoted((name,)))


def _qualified(checker: Checker, scope: Scope, parts: tuple[Name, ...]) -> Type | None:
    last = parts[-1].value
    for block in blocks(scope):
        named = [source for source in block.sources if source.name == parts[0].value]
        if named:
            return _column(checker, _among(checker, named, parts), parts, 1)
        if len(parts) > 2:
            source = block.source(parts[1].value)
            if source is not None and source.schema in ("", parts[0].value):
                return _column(checker, source, parts, 2)
    if last not in ("NEXTVAL", "CURRVAL"):
        return None
    _check_sequence(checker, parts)
    return UNKNOWN


def _check_sequence(checker: Checker, parts: tuple[Name, ...]) -> None:
    schema = parts[0].value if len(parts) > 2 else ""
    own = schema in ("", checker.catalogue.schema)
    if own and checker.catalogue.complete and checker.catalogue.find(parts[-2].value, schema) is None:
        checker.complain("ORA-02289", parts[-2])


def _among(checker: Checker, named: list[RowSource], parts: tuple[Name, ...]) -> RowSource:
    """The one of several sources of the same name that has the column; FROM may name two alike."""
    column = parts[1].value
    having = [source for source in named if source.columns is None or column in source.columns]
    if len(having) > 1 and all(source.columns is not None for source in having):
        checker.complain("ORA-00918", parts[0], quoted(parts[:2]))
    return having[0] if having else named[0]


def _column(checker: Checker, source: RowSource, parts: tuple[Name, ...], index: int) -> Type:
    name = parts[index].value
    if source.columns is None or name in functions.PSEUDO_COLUMNS:
        return UNKNOWN
    if name not in source.columns:
        checker.complain("ORA-00904", parts[0], quoted(parts[: index + 1]))
        return UNKNOWN
    if name in source.unqualified:
        checker.complain(source.unqualified[name], parts[0])
    elif name in source.repeated:
        checker.complain("ORA-00918", parts[0], quoted(parts[: index + 1]))
    found = source.columns[name]
    if len(parts) == index + 1:
        return found
    if found.family in _WITHOUT_PARTS:
        checker.complain("ORA-00904", parts[0], quoted(parts))
    return UNKNOWN


class Located(NamedTuple):
    """Where a column comes from: the place of its source in FROM, and how many parts of the name it takes."""

    source: int
    used: int


def locate(block: QueryScope, parts: tuple[Name, ...]) -> Located | None:
    """The source of a column that is one of this block for certain."""
    if len(parts) > 1:
        for index, source in enumerate(block.sources):
            if source.name == parts[0].value:
                return Located(index, 2)
            if len(parts) > 2 and source.name == parts[1].value and source.schema == parts[0].value:
                return Located(index, 3)
        return None
    having = (i for i, source in enumerate(block.sources) if source.columns and parts[0].value in source.columns)
    found = next(having, None)
    return Located(found, 1) if found is not None else None
