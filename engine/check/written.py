"""The columns that INSERT, UPDATE and MERGE write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.catalogue import Column
from engine.check import columns, keys
from engine.check.checker import Checker
from engine.check.scopes import QueryScope, RowSource
from engine.check.types import Type
from engine.tree.base import Expression, Node
from engine.tree.dml import SetColumns, SetRow
from engine.tree.expressions import And, Comparison, Default, Parenthesised, Reference


def _is_of(source: RowSource, column: Reference) -> bool:
    """Whether a name is that of a column of the target; a field of an object type is none."""
    return len(column.parts) == 1 or column.parts[-2].value == source.name


def check_columns(checker: Checker, source: RowSource, listed: Iterable[Expression]) -> None:
    """Complain of columns that the target has not, and of those that are named twice."""
    seen: set[str] = set()
    for column in listed:
        if not isinstance(column, Reference) or not _is_of(source, column):
            continue
        name = column.parts[-1].value
        if source.columns is not None and name not in source.columns:
            checker.complain("ORA-00904", column, columns.quoted(column.parts))
        elif name in seen:
            checker.complain("ORA-00957", column, f'"{name}"')
        seen.add(name)


def _column(source: RowSource, name: str) -> Column | None:
    listed = source.entry.columns if source.entry is not None else None
    return next((column for column in listed or () if column.name == name), None)


def check_inserted(
    checker: Checker, source: RowSource, listed: Sequence[Expression], values: Sequence[Expression] | None
) -> None:
    """Complain of columns that INSERT may give no value but DEFAULT; `values` is None where a query gives them.

    A unit of PL/SQL compiles with such a statement, which is refused when it runs.
    """
    if checker.in_unit:
        return
    if listed:
        named = [(column, _named(source, column)) for column in listed]
    elif values is not None and source.entry is not None and source.entry.columns is not None:
        visible = [column for column in source.entry.columns if not column.hidden]
        named = list(zip(values, visible, strict=False))
    else:
        return
    for index, (at, column) in enumerate(named):
        if column is None or (values is not None and index < len(values) and isinstance(values[index], Default)):
            continue
        if column.virtual:
            checker.complain("ORA-54013", at)
        elif column.always_identity:
            checker.complain("ORA-32795", at)


def check_types(
    checker: Checker, source: RowSource, listed: Sequence[Expression], given: Sequence[tuple[Node, Type]]
) -> None:
    """Compare the types of values with those of the columns that they are for; without a list those of the table."""
    if source.columns is None:
        return
    names = [column.parts[-1].value if isinstance(column, Reference) else "" for column in listed]
    if not listed:
        names = [name for name in source.columns if name not in source.hidden]
    for name, (node, kind) in zip(names, given, strict=False):
        if name in source.columns:
            keys.check_type(checker, node, kind, source.columns[name])


def _named(source: RowSource, column: Expression) -> Column | None:
    if not isinstance(column, Reference) or not _is_of(source, column):
        return None
    return _column(source, column.parts[-1].value)


def check_updated(checker: Checker, source: RowSource, listed: Iterable[Expression], value: Expression) -> None:
    """Complain of columns that UPDATE may set to nothing but DEFAULT; in a unit of PL/SQL that is seen at run time."""
    if checker.in_unit or isinstance(value, Default):
        return
    for at in listed:
        column = _named(source, at)
        if column is not None and column.virtual:
            checker.complain("ORA-54017", at)
        elif column is not None and column.always_identity:
            checker.complain("ORA-32796", at)


# MERGE


def check_joined(
    checker: Checker, block: QueryScope, on: Expression, assignments: Iterable[SetColumns | SetRow]
) -> None:
    """Complain where MERGE updates a column of its target by which it joins."""
    joined = {column.parts[-1].value for column in _compared(on) if _is_of_target(block, column)}
    for assignment in assignments:
        for column in assignment.columns if isinstance(assignment, SetColumns) else ():
            if isinstance(column, Reference) and column.parts[-1].value in joined:
                checker.complain("ORA-38104", column, columns.quoted(column.parts))


def _is_of_target(block: QueryScope, column: Reference) -> bool:
    located = columns.locate(block, column.parts)
    return located is not None and located.source == 0 and located.used == len(column.parts)


def _compared(condition: Expression) -> Iterator[Reference]:
    """The columns that a join condition compares as they are."""
    if isinstance(condition, Parenthesised):
        yield from _compared(condition.inner)
    elif isinstance(condition, And):
        for part in condition.conditions:
            yield from _compared(part)
    elif isinstance(condition, Comparison):
        for side in (condition.left, condition.right):
            if isinstance(side, Reference):
                yield side
