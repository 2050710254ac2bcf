"""Where rows go: OPEN, FETCH, SELECT INTO, RETURNING INTO, and loops over cursors."""

from __future__ import annotations

from collections.abc import Sequence

from engine.check import calls, expressions, names, queries, targets
from engine.check.checker import Checker
from engine.check.scopes import Kind, Scope, Symbol, display
from engine.check.types import Family, Type, convertible
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import Expression, Node
from engine.tree.queries import Into, Query, Select


def _called(node: Expression) -> tuple[values.Reference | None, tuple[Node, ...]]:
    """A cursor's name and its arguments; no name where it is another expression."""
    if isinstance(node, values.Call) and isinstance(node.function, values.Reference):
        return node.function, node.arguments
    return (node, ()) if isinstance(node, values.Reference) else (None, ())


def check_open(checker: Checker, scope: Scope, statement: tree.Open) -> None:
    """Check OPEN of an explicit cursor."""
    reference, arguments = _called(statement.cursor)
    if reference is None or reference.link:
        return
    symbol = expressions.check_cursor_name(checker, scope, reference, "PLS-00456")
    if symbol is not None and symbol.kind is Kind.CURSOR:
        check_cursor_arguments(checker, scope, reference, symbol, arguments)


def check_cursor_arguments(
    checker: Checker, scope: Scope, at: Expression, symbol: Symbol, arguments: tuple[Node, ...]
) -> None:
    """Check what a cursor's parameters are given."""
    given = [argument for argument in arguments if isinstance(argument, values.Argument)]
    found = [expressions.type_of(checker, scope, argument.value) for argument in given]
    pairs = calls.pair(symbol.parameters, given)
    if pairs is None or not all(convertible(formal.type, found[index]) for formal, index in pairs):
        checker.complain("PLS-00306", at, symbol.name)


def cursor_of_loop(checker: Checker, scope: Scope, iterator: values.Iterator) -> Type | None:
    """The row of the cursor that a FOR loop runs over; None where it runs over something else."""
    control = iterator.controls[0]
    if len(iterator.controls) > 1 or len(iterator.variables) > 1 or not isinstance(control, values.Single):
        return None
    reference, arguments = _called(control.expression)
    if reference is None or reference.link or not (scope.find(reference.parts[0].value) or len(reference.parts) > 1):
        return None
    meaning = names.meaning(checker, scope, reference.parts)
    if meaning is None or not meaning.symbols or meaning.symbols[0].kind is not Kind.CURSOR:
        return None
    symbol = meaning.symbols[0]
    check_cursor_arguments(checker, scope, reference, symbol, arguments)
    return symbol.type


# INTO


def check_fetch(checker: Checker, scope: Scope, statement: tree.Fetch) -> None:
    """Check FETCH: the cursor, and the variables against its columns."""
    row: Type | None = None
    if isinstance(statement.cursor, values.Reference) and not statement.cursor.link:
        symbol = expressions.check_cursor_name(checker, scope, statement.cursor, "PLS-00456")
        if symbol is not None and symbol.kind is Kind.CURSOR:
            row = symbol.type
    into = statement.into
    if into.limit is not None:
        expressions.type_of(checker, scope, into.limit)
    found = [targets.check(checker, scope, target, "PLS-00403") for target in into.targets]
    columns = list(row.fields.values()) if row is not None and row.fields is not None else None
    if columns is None:
        return
    if not _takes(into, found, columns):
        checker.complain("PLS-00394", statement)
    else:
        _check_types(checker, into, found, columns, "PLS-00386")


def check_select(checker: Checker, scope: Scope, statement: Query) -> None:
    """Check SELECT as a statement of PL/SQL: it has an INTO, and that has as many variables as the list has items."""
    into = _into_of(statement)
    if into is None:
        queries.check_query(checker, scope, statement)
        checker.complain("PLS-00428", statement)
        return
    columns = queries.check_query(checker, scope, statement)
    check_into(checker, scope, into, None if columns is None else [kind for _, kind in columns])


def _into_of(statement: Query) -> Into | None:
    return statement.body.into if isinstance(statement.body, Select) else None


def check_into(checker: Checker, scope: Scope, into: Into, columns: Sequence[Type] | None) -> None:
    """Check the variables of INTO against the types of what they take; None where those are unknown."""
    found = [targets.check(checker, scope, target, "PLS-00403") for target in into.targets]
    if columns is None:
        return
    if _takes(into, found, columns):
        _check_types(checker, into, found, columns, "PLS-00385")
        return
    checker.complain("ORA-00913" if len(columns) < _width(into, found) else "ORA-00947", into.targets[0])


def _width(into: Into, found: Sequence[Type]) -> int:
    """How many values INTO takes; one record takes one for each field."""
    only = _row(into, found[0]) if len(found) == 1 else None
    return len(only.fields) if only is not None and only.fields is not None else len(found)


def _row(into: Into, target: Type) -> Type | None:
    """The type of a row in a variable of INTO: of an element where BULK COLLECT fills a collection."""
    return target.element if into.bulk and target.family is Family.COLLECTION else target


def _check_types(checker: Checker, into: Into, found: Sequence[Type], columns: Sequence[Type], number: str) -> None:
    """Complain of a column that can not become a value of its variable's type.

    What SQL makes of BOOLEAN is left open.
    """
    if len(found) != len(columns):
        return
    for target, kind, column in zip(into.targets, found, columns, strict=True):
        into_kind = _row(into, kind)
        if into_kind is None or Family.BOOLEAN in (into_kind.family, column.family) or into_kind.composite:
            continue
        if not convertible(into_kind, column):
            checker.complain(number, target, target_name(target))


def target_name(target: Expression) -> str:
    """A variable of INTO as messages show it."""
    return display(target.parts) if isinstance(target, values.Reference) else "?"


def _takes(into: Into, found: Sequence[Type], columns: Sequence[Type]) -> bool:
    """Whether the variables are as many as the values; one record, or collection of records, takes several."""
    if len(found) == 1:
        only = _row(into, found[0])
        if only is None or not only.known or only.family in (Family.OBJECT, Family.COLLECTION):
            return True
        if only.family is Family.RECORD:
            return only.fields is None or len(only.fields) == len(columns) or len(columns) == 1
    return len(found) == len(columns)
