"""From a data type in the tree to what the checker knows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.check import columns, names
from engine.check.checker import Checker
from engine.check.scopes import VALUES, Kind, Scope, Symbol, display
from engine.check.types import BUILTIN, INTERVAL, UNKNOWN, VECTOR, Family, Type
from engine.tree import plsql
from engine.tree.base import DataType, Expression
from engine.tree.expressions import NumberLiteral, Unary
from engine.tree.types import AnchoredType, BuiltinType, IntervalType, NamedType, VectorType


def type_of(checker: Checker, scope: Scope, datatype: DataType) -> Type:
    """The type that a declaration names; complains where there is none."""
    return _READERS[type(datatype)](checker, scope, datatype)


def sized_type_of(checker: Checker, scope: Scope, datatype: DataType) -> Type:
    """The type of something that holds a value: a string's length must be stated."""
    if isinstance(datatype, BuiltinType) and datatype.name in ("VARCHAR2", "VARCHAR") and not datatype.sizes:
        checker.complain("PLS-00215", datatype)
    return type_of(checker, scope, datatype)


# Sizes in PL/SQL: by the base type, the least and the most of each, and the number under which others are refused.
_LIMITS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "VARCHAR2": ((1, 32767, "PLS-00215"),),
    "CHAR": ((1, 32767, "PLS-00215"),),
    "RAW": ((1, 32767, "PLS-00215"),),
    "NUMBER": ((1, 38, "PLS-00216"), (-84, 127, "PLS-00217")),
}


# The same in SQL (SQL Language Reference, "Data Types"); what a database limits further is left open.
_SQL_LIMITS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "VARCHAR2": ((1, 32767, "ORA-00910"),),
    "NVARCHAR2": ((1, 32767, "ORA-00910"),),
    "RAW": ((1, 32767, "ORA-00910"),),
    "CHAR": ((1, 2000, "ORA-00910"),),
    "NCHAR": ((1, 2000, "ORA-00910"),),
    "NUMBER": ((1, 38, "ORA-01727"), (-84, 127, "ORA-01728")),
    "TIMESTAMP": ((0, 9, "ORA-30088"),),
    "TIMESTAMP WITH TIME ZONE": ((0, 9, "ORA-30088"),),
    "TIMESTAMP WITH LOCAL TIME ZONE": ((0, 9, "ORA-30088"),),
}
# Their precision counts in other ways.
_FLOATS = frozenset({"FLOAT", "REAL", "DOUBLE PRECISION"})


def _builtin(checker: Checker, scope: Scope, datatype: BuiltinType) -> Type:
    found = BUILTIN.get(datatype.name, UNKNOWN)
    in_sql = columns.in_sql(scope)
    if found.plsql_only and in_sql:
        checker.complain("ORA-00902", datatype)
    if datatype.name in _FLOATS or not (in_sql or checker.in_unit):
        return found
    limits = (_SQL_LIMITS if in_sql else _LIMITS).get(found.base, ())
    for size, (least, most, number) in zip(datatype.sizes, limits, strict=False):
        value = _integer(size)
        if value is not None and not least <= value <= most:
            empty = number == "ORA-00910" and value == 0
            checker.complain("ORA-01723" if empty else number, size)
    return found


def _integer(size: Expression) -> int | None:
    """The value of a whole number as it is written; None for anything else."""
    if isinstance(size, Unary) and size.operator == "-":
        value = _integer(size.operand)
        return None if value is None else -value
    return int(size.text) if isinstance(size, NumberLiteral) and size.text.isdigit() else None


def _interval(_checker: Checker, _scope: Scope, _datatype: IntervalType) -> Type:
    return INTERVAL


def _vector(checker: Checker, scope: Scope, datatype: VectorType) -> Type:
    dimension = _integer(datatype.dimension) if datatype.dimension is not None else None
    if dimension is not None and columns.in_sql(scope):
        if not 1 <= dimension <= _MOST_DIMENSIONS:
            checker.complain("ORA-51801", datatype.dimension or datatype, str(dimension))
        elif datatype.format == "BINARY" and dimension % 8:
            checker.complain("ORA-51813", datatype.dimension or datatype)
    if datatype.format not in _FORMATS and columns.in_sql(scope):
        checker.complain("ORA-51802", datatype, datatype.format)
    return VECTOR


# AI Vector Search User's Guide, "Create Tables Using the VECTOR Data Type".
_MOST_DIMENSIONS = 65535
_FORMATS = frozenset({"", "*", "INT8", "FLOAT32", "FLOAT64", "BINARY"})


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
        return names.field_type(checker, symbol.type, rest, symbol.name)
    if symbol.kind is Kind.CURSOR:
        return names.field_type(checker, symbol.type, rest, symbol.name)
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
        fields[item.name.value] = sized_type_of(checker, scope, item.datatype)
        if item.not_null and item.default is None:
            checker.complain("PLS-00218", item.name)
    return Type(Family.RECORD, "RECORD", fields, origin=definition, plsql_only=True, declared=True)


def _nested_table(checker: Checker, scope: Scope, definition: plsql.NestedTable | plsql.Varray) -> Type:
    element = sized_type_of(checker, scope, definition.element)
    return Type(Family.COLLECTION, "TABLE", element=element, index=BUILTIN["PLS_INTEGER"], origin=definition)


def _associative_array(checker: Checker, scope: Scope, definition: plsql.AssociativeArray) -> Type:
    element = sized_type_of(checker, scope, definition.element)
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
