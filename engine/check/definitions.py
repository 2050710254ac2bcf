"""CREATE and ALTER TABLE, indexes, views: columns, their types, constraints, and what a key may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.catalogue import Relation
from engine.check import datatypes, elaborate, expressions, queries, sequences, sources
from engine.check.checker import Checker
from engine.check.columns import quoted
from engine.check.constraints import Constraints
from engine.check.keys import NO_KEYS
from engine.check.scopes import QueryScope, RowSource, Scope, ScopeKind
from engine.check.types import UNKNOWN, Type
from engine.tree import ddl
from engine.tree import expressions as values
from engine.tree.base import DataType, Name, Node, ObjectName, Statement
from engine.tree.queries import Query, Select
from engine.tree.types import BuiltinType, VectorType


def check_statement(checker: Checker, statement: Statement) -> bool:
    """Check a definition; False for a statement that is none."""
    reader = _READERS.get(type(statement))
    if reader is None:
        return False
    reader(checker, statement)
    return True


# tables


def _create_table(checker: Checker, statement: ddl.CreateTable) -> None:
    listed = [item for item in statement.items if isinstance(item, ddl.Column)]
    _check_repeated(checker, (item.name for item in listed), "ORA-00957")
    if statement.query is not None:
        items = queries.check_query(checker, Scope(ScopeKind.UNIT), statement.query)
        _check_names_of_query(checker, statement.query, items, [item.name for item in listed])
    columns = {item.name.value: _type_of(checker, item.datatype) for item in listed}
    table = _table_source(statement.name.name, columns)
    if statement.query is not None or statement.object_type is not None:
        table.columns = None
    Constraints(checker, table).check(statement.items)


def _check_repeated(checker: Checker, names: Iterable[Name], number: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.value in seen:
            checker.complain(number, name, f'"{name.value}"')
        seen.add(name.value)


def _table_source(name: Name, columns: dict[str, Type] | None) -> RowSource:
    return RowSource(name.value, columns, name.place)


def _type_of(checker: Checker, datatype: DataType | None) -> Type:
    """The type of a column, which is one of SQL."""
    if not isinstance(datatype, BuiltinType | VectorType):
        return UNKNOWN
    if isinstance(datatype, BuiltinType) and datatype.name in ("VARCHAR2", "NVARCHAR2", "RAW") and not datatype.sizes:
        checker.complain("ORA-00906", datatype)
    return datatypes.type_of(checker, QueryScope(ScopeKind.QUERY), datatype)


def _check_there(checker: Checker, name: ObjectName) -> RowSource:
    """The table or view of that name; complains where there is none."""
    return sources.table(checker, QueryScope(ScopeKind.QUERY, Scope(ScopeKind.UNIT)), name)


def _truncate(checker: Checker, statement: ddl.Truncate) -> None:
    _check_there(checker, statement.name)


def _drop_object(checker: Checker, statement: ddl.Drop) -> None:
    if statement.kind == "TABLE" and not statement.if_exists:
        _check_there(checker, statement.name)


def _comment(checker: Checker, statement: ddl.Comment) -> None:
    if statement.kind == "TABLE":
        _check_there(checker, statement.name)
    elif statement.kind == "COLUMN" and len(statement.name.parts) > 1:
        table = _check_there(checker, ObjectName(statement.name.place, statement.name.parts[:-1]))
        _check_known(checker, table, (statement.name.name,))


def _alter_table(checker: Checker, statement: ddl.AlterTable) -> None:
    if not statement.if_exists:
        _check_there(checker, statement.name)
    schema = statement.name.parts[0].value if len(statement.name.parts) > 1 else ""
    entry = checker.catalogue.find(statement.name.name.value, schema)
    known = entry if isinstance(entry, Relation) and entry.kind == "TABLE" else None
    columns = elaborate.columns_of(checker, known) if known is not None else None
    table = _table_source(statement.name.name, dict(columns) if columns is not None else None)
    dropped = any(isinstance(action, ddl.DropConstraint | ddl.DropColumns) for action in statement.actions)
    primary = known is not None and not dropped and _has_primary_key(known)
    for action in statement.actions:
        if isinstance(action, ddl.RenameItem) and action.old is None and len(statement.actions) > 1:
            checker.complain("ORA-14047", action)
        reader = _ACTIONS.get(type(action))
        if reader is not None:
            reader(checker, table, primary, action)


def _has_primary_key(table: Relation) -> bool:
    return any(isinstance(constraint, ddl.Unique) and constraint.primary for constraint in table.constraints)


def _add(checker: Checker, table: RowSource, primary: bool, action: ddl.AddItems) -> None:
    for item in action.items:
        if not isinstance(item, ddl.Column):
            continue
        kind = _type_of(checker, item.datatype)
        if table.columns is None:
            continue
        if item.name.value in table.columns:
            checker.complain("ORA-01430", item.name)
        table.columns[item.name.value] = kind
    Constraints(checker, table, primary).check(action.items)


def _modify(checker: Checker, table: RowSource, primary: bool, action: ddl.ModifyColumns) -> None:
    for item in action.columns:
        if item.datatype is not None and table.columns is not None and item.name.value in table.columns:
            table.columns[item.name.value] = _type_of(checker, item.datatype)
        elif item.datatype is not None:
            _type_of(checker, item.datatype)
    _check_known(checker, table, (item.name for item in action.columns))
    Constraints(checker, table, primary).check(action.columns)


def _drop(checker: Checker, table: RowSource, _primary: bool, action: ddl.DropColumns) -> None:
    _check_known(checker, table, action.columns)
    for name in action.columns:
        if table.columns is not None:
            table.columns.pop(name.value, None)


def _rename(checker: Checker, table: RowSource, _primary: bool, action: ddl.RenameItem) -> None:
    if action.kind == "COLUMN" and action.old is not None:
        _check_known(checker, table, (action.old,))
        if table.columns is not None and action.new.value in table.columns:
            checker.complain("ORA-00957", action.new, f'"{action.new.value}"')
        if table.columns is not None and action.old.value in table.columns:
            table.columns[action.new.value] = table.columns.pop(action.old.value)


def _check_known(checker: Checker, table: RowSource, names: Iterable[Name]) -> None:
    for name in names:
        if table.columns is not None and name.value not in table.columns:
            checker.complain("ORA-00904", name, quoted((name,)))


_ACTIONS: dict[type[Node], Callable[[Checker, RowSource, bool, Any], None]] = {
    ddl.AddItems: _add,
    ddl.ModifyColumns: _modify,
    ddl.DropColumns: _drop,
    ddl.RenameItem: _rename,
}


# indexes


def _create_index(checker: Checker, statement: ddl.CreateIndex) -> None:
    block = QueryScope(ScopeKind.QUERY, Scope(ScopeKind.UNIT))
    source = sources.table(checker, block, statement.table)
    if statement.alias is not None:
        source.name = statement.alias.value
    block.sources.append(source)
    for key in statement.keys:
        kind = expressions.type_of(checker, block, key.expression)
        ordinary = statement.indextype is None and statement.kind in ("", "UNIQUE", "BITMAP")
        if ordinary and kind.family in NO_KEYS:
            checker.complain("ORA-02327", key.expression, kind.base)


def _create_vector_index(checker: Checker, statement: ddl.CreateVectorIndex) -> None:
    source = sources.table(checker, QueryScope(ScopeKind.QUERY, Scope(ScopeKind.UNIT)), statement.table)
    _check_known(checker, source, (*statement.columns, *statement.include))


# views


def _create_view(checker: Checker, statement: ddl.CreateView) -> None:
    if statement.force == "FORCE":
        return
    items = queries.check_query(checker, Scope(ScopeKind.UNIT), statement.query)
    names = [item.name for item in statement.columns if isinstance(item, ddl.ViewColumn)]
    _check_repeated(checker, names, "ORA-00957")
    _check_names_of_query(checker, statement.query, items, names)
    sequences.check_view(checker, statement.query)


def _check_names_of_query(checker: Checker, query: Query, items: queries.Items | None, names: list[Name]) -> None:
    """Check that each column of a view or a table that a query makes gets a name of its own."""
    if names:
        if items is not None and len(items) != len(names):
            checker.complain("ORA-01730", names[0])
        return
    body = query.body
    seen: set[str] = set()
    for item in body.items if isinstance(body, Select) else ():
        expression = item.expression
        if item.alias is None and not isinstance(expression, _NAMED):
            checker.complain("ORA-00998", item)
        name = item.alias or (expression.parts[-1] if isinstance(expression, values.Reference) else None)
        if name is not None and name.value in seen:
            checker.complain("ORA-00957", item, f'"{name.value}"')
        if name is not None:
            seen.add(name.value)


# What names a column of a view by itself; of an attribute and of what stands in parentheses that is left open.
_NAMED = (values.Reference, values.Star, values.Parenthesised, values.Attribute, values.Subscript)


_READERS: dict[type[Statement], Callable[[Checker, Any], None]] = {
    ddl.CreateTable: _create_table,
    ddl.AlterTable: _alter_table,
    ddl.CreateIndex: _create_index,
    ddl.CreateVectorIndex: _create_vector_index,
    ddl.CreateView: _create_view,
    ddl.Truncate: _truncate,
    ddl.Drop: _drop_object,
    ddl.Comment: _comment,
}
