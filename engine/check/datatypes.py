"""From a data type in the tree to what the checker knows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.check import names
from engine.check.checker import Checker
from engine.check.scopes import VALUES, Kind, Scope, Symbol, display
from engine.check.types import BUILTIN, INTERVAL, UNKNOWN, VECTOR, Family, Type
from engine.tree import plsql
from engine.tree.base import DataType
from engine.tree.types import AnchoredType, BuiltinType, IntervalType, NamedType, VectorType


def type_of(checker: Checker, scope: Scope, datatype: DataType) -> Type:
    """The type that a declaration names; complains where there is none."""
    return _READERS[type(datatype)](checker, scope, datatype)


def _builtin(_checker: Checker, _scope: Scope, datatype: BuiltinType) -> Type:
    return BUILTIN.get(datatype.name, UNKNOWN)


def _interval(_checker: Checker, _scope: Scope, _datatype: IntervalType) -> Type:
    return INTERVAL


def _vector(_checker: Checker, _scope: Scope, _datatype: VectorType) -> Type:
    return VECTOR


def _named(checker: Checker, scope: Scope, datatype: NamedType) -> Type:
    if datatype.name.link:
        return UNKNOWN
    meaning = names.meaning(checker, scope, datatype.name.parts, role="type")
    if meaning is None or not meaning.symbols:
        return names.schema_type(meaning)
    if meaning.used < len(datatype.name.parts):
        return UNKNOWN
    symbol = meaning.symbols[0]
    if symbol.kind is not Kind.TYPE:
        checker.complain("PLS-00488", datatype.name, symbol.name)
        return UNKNOWN
    return symbol.type


def _anchored(checker: Checker, scope: Scope, datatype: AnchoredType) -> Type:
    if datatype.name.link:
        return UNKNOWN
    if datatype.attribute == "ROWTYPE":
        return _row_type(checker, scope, datatype)
    meaning = names.meaning(checker, scope, datatype.name.parts, role="anchor")
    if meaning is None:
        return UNKNOWN
    if not meaning.symbols:
        return meaning.type
    symbol = meaning.symbols[0]
    rest = datatype.name.parts[meaning.used :]
    if symbol.kind in VALUES:
        return names.field_type(checker, symbol.type, rest)
    if symbol.kind is Kind.CURSOR:
        return names.field_type(checker, symbol.type, rest)
    if symbol.kind is Kind.TYPE:
        checker.complain("PLS-00206", datatype.name, display(datatype.name.parts))
    return UNKNOWN


def _row_type(checker: Checker, scope: Scope, datatype: AnchoredType) -> Type:
    meaning = names.meaning(checker, scope, datatype.name.parts, role="row")
    if meaning is None:
        return UNKNOWN
    if not meaning.symbols:
        return meaning.type
    symbol = meaning.symbols[0]
    if symbol.kind is Kind.CURSOR:
        return symbol.type
    row = _row_of_variable(symbol)
    if row is None and meaning.used == len(datatype.name.parts):
        checker.complain("PLS-00310", datatype.name, display(datatype.name.parts))
    return row or UNKNOWN


def _row_of_variable(symbol: Symbol) -> Type | None:
    """The row of a cursor variable, or of a record; None for what has none."""
    if symbol.kind not in VALUES or not symbol.type.known or symbol.type.family is Family.RECORD:
        return UNKNOWN if symbol.kind in VALUES else None
    if symbol.type.family is Family.CURSOR:
        return symbol.type.element or UNKNOWN
    return None


_READERS: dict[type[DataType], Callable[[Checker, Scope, Any], Type]] = {
    BuiltinType: _builtin,
    IntervalType: _interval,
    VectorType: _vector,
    NamedType: _named,
    AnchoredType: _anchored,
}


# definitions of types


def of_definition(checker: Checker, scope: Scope, declaration: plsql.TypeDeclaration) -> Type:
    """The type that TYPE ... IS declares."""
    return _DEFINITIONS[type(declaration.definition)](checker, scope, declaration.definition)


def _record(checker: Checker, scope: Scope, definition: plsql.RecordType) -> Type:
    fields: dict[str, Type] = {}
    for item in definition.fields:
        if item.name.value in fields:
            checker.complain("PLS-00410", item.name)
        fields[item.name.value] = type_of(checker, scope, item.datatype)
        if item.not_null and item.default is None:
            checker.complain("PLS-00218", item.name)
    return Type(Family.RECORD, "RECORD", fields, origin=definition, plsql_only=True)


def _nested_table(checker: Checker, scope: Scope, definition: plsql.NestedTable | plsql.Varray) -> Type:
    element = type_of(checker, scope, definition.element)
    return Type(Family.COLLECTION, "TABLE", element=element, index=BUILTIN["PLS_INTEGER"], origin=definition)


def _associative_array(checker: Checker, scope: Scope, definition: plsql.AssociativeArray) -> Type:
    element = type_of(checker, scope, definition.element)
    index = type_of(checker, scope, definition.index)
    return Type(Family.COLLECTION, "ARRAY", element=element, index=index, origin=definition, plsql_only=True)


def _ref_cursor(checker: Checker, scope: Scope, definition: plsql.RefCursor) -> Type:
    row = type_of(checker, scope, definition.result) if definition.result is not None else None
    return Type(Family.CURSOR, "REF CURSOR", element=row)


def _enumeration(_checker: Checker, _scope: Scope, _definition: plsql.Enumeration) -> Type:
    return UNKNOWN


_DEFINITIONS: dict[type[Any], Callable[[Checker, Scope, Any], Type]] = {
    plsql.RecordType: _record,
    plsql.NestedTable: _nested_table,
    plsql.Varray: _nested_table,
    plsql.AssociativeArray: _associative_array,
    plsql.RefCursor: _ref_cursor,
    plsql.Enumeration: _enumeration,
}
