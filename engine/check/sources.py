"""What FROM names, and the target of a statement that changes rows: the sources of a query block."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from engine.catalogue import Relation
from engine.check import aggregates, datatypes, elaborate, expressions, queries, sequences
from engine.check.checker import Checker
from engine.check.scopes import NamedQuery, QueryScope, RowSource, Scope
from engine.check.types import NUMBER, TEXT, UNKNOWN, Type
from engine.supplied import packages, views
from engine.tree import queries as tree
from engine.tree.base import Node, ObjectName
from engine.tree.expressions import Argument, Call, Reference

_DUAL = {"DUMMY": TEXT}


def row_source(name: str, columns: dict[str, Type] | None, at: Node) -> RowSource:
    """A source of this name with these columns."""
    return RowSource(name, columns, at.place)


def add_all(checker: Checker, block: QueryScope, items: Iterable[tree.FromItem]) -> None:
    """Add the sources of FROM to a block, and check them and their joins."""
    for item in items:
        _add_item(checker, block, item)


def _add_item(checker: Checker, block: QueryScope, item: tree.FromItem) -> None:
    first = len(block.sources)
    _add(checker, block, item.source)
    for join in item.joins:
        middle = len(block.sources)
        _add(checker, block, _applied(join))
        _merge(join, block.sources[first:middle], block.sources[middle:])
        if join.on is not None:
            expressions.condition(checker, block, join.on)
            aggregates.check_none(checker, block, join.on)
            sequences.check_none(checker, block, join.on)
        for expression in (*join.left_partition, *join.right_partition):
            expressions.type_of(checker, block, expression)


def _merge(join: tree.Join, left: list[RowSource], right: list[RowSource]) -> None:
    """Make one of the columns by which USING and NATURAL join."""
    known = all(source.columns is not None for source in (*left, *right))
    if join.using:
        shared, number = frozenset(name.value for name in join.using), "ORA-25154"
    elif join.natural and known:
        of_right = {name for source in right for name in source.columns or ()}
        shared = frozenset(name for source in left for name in source.columns or () if name in of_right)
        number = "ORA-25155"
    elif join.natural:
        for source in (*left, *right):
            source.joined |= frozenset(source.columns or ())
        return
    else:
        return
    for source in (*left, *right):
        source.joined |= shared
        source.unqualified |= dict.fromkeys(shared.intersection(source.columns or ()), number)


def _applied(join: tree.Join) -> tree.Source:
    """The source that is joined; a query behind APPLY is as LATERAL."""
    source = join.source
    if join.kind.endswith("APPLY") and isinstance(source, tree.QuerySource):
        return replace(source, lateral=True)
    return source


def _add(checker: Checker, block: QueryScope, source: tree.Source) -> None:
    if isinstance(source, tree.JoinedSource):
        _add_item(checker, block, source.item)
        return
    if not isinstance(source, tree.AliasedSource):
        return
    found = _READERS[type(source)](checker, block, source)
    if source.pivot is not None:
        found.columns = None
        alias = source.pivot.alias
        found.name = alias.value if alias is not None else found.name
    if source.alias is not None:
        found.name, found.schema = source.alias.value, ""
    block.sources.append(found)


def _table(checker: Checker, block: QueryScope, source: tree.TableSource) -> RowSource:
    for clause in (source.partition, source.sample, source.flashback):
        if clause is not None:
            expressions.check_below(checker, block, clause)
    return table(checker, block, source.name)


def table(checker: Checker, scope: Scope, name: ObjectName) -> RowSource:
    """The source that a table's, view's or named query's name makes; complains where there is none."""
    last = name.name.value
    found = RowSource(last, None, name.place)
    if name.link:
        return found
    if len(name.parts) == 1:
        common = _common(scope, last)
        if common is not None:
            found.columns, found.repeated = common.columns, common.repeated
            return found
    schema = name.parts[0].value if len(name.parts) > 1 else ""
    entry = checker.catalogue.find(last, schema)
    if isinstance(entry, Relation):
        found.columns = elaborate.columns_of(checker, entry)
        found.hidden = frozenset(column.name for column in entry.columns or () if column.hidden)
        found.entry = entry
        found.schema = schema
    elif entry is None:
        _unknown_table(checker, found, name, schema)
    return found


def _unknown_table(checker: Checker, found: RowSource, name: ObjectName, schema: str) -> None:
    if found.name == "DUAL" and schema in ("", "SYS"):
        found.columns = dict(_DUAL)
        return
    own = not schema or schema == checker.catalogue.schema
    supplied = views.may_be_supplied(found.name) or packages.may_be_supplied(found.name)
    if own and checker.catalogue.complete and not supplied:
        checker.complain("ORA-00942", name, _full(checker.catalogue.schema, found.name))


def _full(schema: str, name: str) -> str:
    return f'"{schema}"."{name}"' if schema else f'"{name}"'


def _common(scope: Scope, name: str) -> NamedQuery | None:
    """The query of WITH of that name, None where none is around."""
    current: Scope | None = scope
    while current is not None:
        if isinstance(current, QueryScope) and name in current.common:
            return current.common[name]
        current = current.parent
    return None


def _query(checker: Checker, block: QueryScope, source: tree.QuerySource) -> RowSource:
    """An inline view, which sees the sources before it where it is LATERAL or applied."""
    outer = block if source.lateral else block.parent
    items = queries.check_query(checker, outer or block, source.query)
    found = row_source("", None if items is None else dict(items), source)
    found.repeated = queries.repeated_names(items)
    return found


def _collection(checker: Checker, block: QueryScope, source: tree.CollectionSource) -> RowSource:
    """The rows of a collection; a polymorphic table function takes tables, which are no values, and COLUMNS (...)."""
    call = source.expression
    if not isinstance(call, Call) or not any(_is_table_argument(checker, block, node) for node in call.arguments):
        expressions.type_of(checker, block, call)
    return row_source("", None, source)


def _is_table_argument(checker: Checker, block: QueryScope, node: Node) -> bool:
    value = node.value if isinstance(node, Argument) else None
    if isinstance(value, Call) and isinstance(value.function, Reference):
        return value.function.parts[-1].value == "COLUMNS"
    if not isinstance(value, Reference):
        return False
    schema = value.parts[0].value if len(value.parts) > 1 else ""
    name = value.parts[-1].value
    return _common(block, name) is not None or isinstance(checker.catalogue.find(name, schema), Relation)


def _values(checker: Checker, block: QueryScope, source: tree.ValuesSource) -> RowSource:
    for row in source.values.rows:
        expressions.type_of(checker, block, row)
    columns = {name.value: UNKNOWN for name in source.columns}
    return row_source("", columns or None, source)


def _json_table(checker: Checker, block: QueryScope, source: tree.JsonTable) -> RowSource:
    expressions.type_of(checker, block, source.operand)
    for passing in source.passing:
        expressions.type_of(checker, block, passing.value)
    columns: dict[str, Type] = {}
    for column in source.columns:
        _json_column(checker, block, column, columns)
    return row_source("", columns, source)


def _json_column(
    checker: Checker,
    block: QueryScope,
    column: tree.JsonTableColumn | tree.NestedColumns,
    columns: dict[str, Type],
) -> None:
    if isinstance(column, tree.NestedColumns):
        for inner in column.columns:
            _json_column(checker, block, inner, columns)
        return
    kind = NUMBER if column.kind == "ORDINALITY" else UNKNOWN
    if column.datatype is not None:
        kind = datatypes.type_of(checker, block, column.datatype)
    columns[column.name.value] = kind


def _xml_table(checker: Checker, block: QueryScope, source: tree.XmlTable) -> RowSource:
    for passing in source.passing:
        expressions.type_of(checker, block, passing.value)
    return row_source("", {c.name.value: UNKNOWN for c in source.columns} or None, source)


_READERS: dict[type[tree.AliasedSource], Callable[[Checker, QueryScope, Any], RowSource]] = {
    tree.TableSource: _table,
    tree.QuerySource: _query,
    tree.CollectionSource: _collection,
    tree.ValuesSource: _values,
    tree.JsonTable: _json_table,
    tree.XmlTable: _xml_table,
}
