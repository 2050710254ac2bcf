"""Declarative parts: each item is checked and declared in turn, so that a name is known from its declaration on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from engine.check import bodies, datatypes, expressions, queries
from engine.check.checker import Checker
from engine.check.scopes import Formal, Kind, Scope, ScopeKind, Symbol
from engine.check.types import UNKNOWN, Family, Type, convertible
from engine.tree import expressions as values
from engine.tree import plsql
from engine.tree.base import DataType, Declaration, Expression, Name, Node, ObjectName, Place
from engine.tree.types import BuiltinType, IntervalType, NamedType, VectorType


def declare_all(checker: Checker, scope: Scope, items: Iterable[Declaration]) -> None:
    """Check a declarative part and fill its scope; bodies of routines are checked where they stand."""
    items = tuple(items)
    for item in items:
        name = getattr(item, "name", None)
        if isinstance(name, Name | ObjectName) and not isinstance(item, plsql.Pragma):
            last = name if isinstance(name, Name) else name.name
            scope.later[last.value] = isinstance(item, plsql.Routine)
    for item in items:
        _DECLARE[type(item)](checker, scope, item)


def check_value(checker: Checker, scope: Scope, target: Type, value: Expression) -> None:
    """Check an expression whose value becomes one of the type `target`."""
    found = expressions.type_of(checker, scope, value)
    if not convertible(target, found):
        checker.complain("PLS-00382", value)


# variables, types, exceptions


def _variable(checker: Checker, scope: Scope, item: plsql.Variable) -> None:
    kind = datatypes.sized_type_of(checker, scope, item.datatype)
    if item.default is not None:
        check_value(checker, scope, kind, item.default)
    elif item.constant:
        checker.complain("PLS-00322", item.name, item.name.value)
    elif item.not_null or kind.not_null:
        checker.complain("PLS-00218", item.name)
    sort = Kind.CONSTANT if item.constant else Kind.VARIABLE
    scope.declare(Symbol(sort, item.name.value, item.name.place, kind, tree=item))


def _exception(_checker: Checker, scope: Scope, item: plsql.ExceptionDeclaration) -> None:
    scope.declare(Symbol(Kind.EXCEPTION, item.name.value, item.name.place, tree=item))


def _subtype(checker: Checker, scope: Scope, item: plsql.Subtype) -> None:
    base = datatypes.type_of(checker, scope, item.datatype)
    for bound in (item.low, item.high):
        if bound is not None:
            expressions.type_of(checker, scope, bound)
    if base.not_null and not item.not_null and isinstance(item.datatype, NamedType):
        checker.complain("PLS-00366", item.datatype)
    kind = replace(base, not_null=base.not_null or item.not_null) if base.known else base
    scope.declare(Symbol(Kind.TYPE, item.name.value, item.name.place, kind, tree=item))


def _type(checker: Checker, scope: Scope, item: plsql.TypeDeclaration) -> None:
    kind = datatypes.of_definition(checker, scope, item)
    scope.declare(Symbol(Kind.TYPE, item.name.value, item.name.place, kind, tree=item))


def _pragma(checker: Checker, scope: Scope, item: plsql.Pragma) -> None:
    if item.name.value != "EXCEPTION_INIT" or not item.arguments:
        return
    named = item.arguments[0].value
    if not isinstance(named, values.Reference) or len(named.parts) > 1:
        return
    name = named.parts[0].value
    own = scope.own(name)
    if own and own[0].kind is not Kind.EXCEPTION:
        checker.complain("PLS-00124", named)
    elif not own:
        checker.complain("PLS-00700" if scope.find(name) else "PLS-00109", named, name)


# cursors


def _cursor(checker: Checker, scope: Scope, item: plsql.CursorDeclaration) -> None:
    inner = Scope(ScopeKind.ROUTINE, scope)
    parameters = formals(checker, inner, item.parameters)
    for formal in parameters:
        place = formal.tree.name.place
        inner.declare(Symbol(Kind.PARAMETER, formal.name, place, formal.type, "IN", tree=formal))
    row = datatypes.type_of(checker, scope, item.result) if item.result is not None else None
    if item.query is None and item.result is None:
        checker.complain("PLS-00360", item)
    if item.query is not None:
        columns = queries.check_query(checker, inner, item.query)
        if row is None:
            row = queries.row_type(columns, item)
    symbol = Symbol(Kind.CURSOR, item.name.value, item.name.place, row or UNKNOWN, parameters=parameters, tree=item)
    symbol.defined = item.query is not None
    previous = [other for other in scope.own(symbol.name) if other.kind is Kind.CURSOR and not other.defined]
    if previous and symbol.defined:
        previous[0].defined = True
        return
    scope.declare(symbol)


# routines


def formals(checker: Checker, scope: Scope, parameters: tuple[plsql.Parameter, ...]) -> tuple[Formal, ...]:
    """The formal parameters of a routine or a cursor, their types and defaults checked."""
    found: dict[str, Formal] = {}
    for item in parameters:
        if item.name.value in found:
            checker.complain("PLS-00410", item.name)
        sized = _size_of(item.datatype)
        if sized is not None:
            checker.complain("PLS-00103", _before(sized), "(", ":= . ) , @ % default character")
        kind = datatypes.type_of(checker, scope, item.datatype)
        if item.default is not None:
            _check_default(checker, scope, kind, item, found)
        found[item.name.value] = Formal(item.name.value, item.mode or "IN", kind, item.default is not None, item)
    return tuple(found.values())


def _check_default(
    checker: Checker, scope: Scope, kind: Type, item: plsql.Parameter, before: dict[str, Formal]
) -> None:
    default = item.default
    if "OUT" in item.mode:
        checker.complain("PLS-00230", item)
    elif isinstance(default, values.Reference) and default.parts[0].value in before:
        checker.complain("PLS-00227", default, default.parts[0].value)
    elif default is not None:
        check_value(checker, scope, kind, default)


def _size_of(datatype: DataType) -> Node | None:
    """The length, precision or dimension that a type states, which a parameter's type may not."""
    if isinstance(datatype, BuiltinType | NamedType):
        return datatype.sizes[0] if datatype.sizes else None
    if isinstance(datatype, IntervalType):
        return datatype.leading_precision or datatype.trailing_precision
    return datatype.dimension if isinstance(datatype, VectorType) else None


def _before(size: Node) -> Place:
    """The place of the parenthesis before a size, where nothing stands between them."""
    line, column, offset = size.place
    return Place(line, column - 1, offset - 1)


def routine_symbol(checker: Checker, scope: Scope, item: plsql.Routine) -> Symbol:
    """The symbol of a procedure or function by its heading."""
    parameters = formals(checker, scope, item.parameters)
    result = UNKNOWN
    if item.result is not None:
        sized = _size_of(item.result)
        if sized is not None:
            checker.complain(
                "PLS-00103", _before(sized), "(", ". @ % ; is authid as cluster order using external character"
            )
        result = datatypes.type_of(checker, scope, item.result)
    name = item.name.name
    symbol = Symbol(Kind.ROUTINE, name.value, name.place, result, parameters=parameters, tree=item)
    symbol.is_function = item.kind == "FUNCTION"
    symbol.defined = item.body is not None or bool(item.external)
    symbol.private = scope.in_body or scope.kind not in (ScopeKind.UNIT, ScopeKind.QUERY)
    return symbol


def _routine(checker: Checker, scope: Scope, item: plsql.Routine) -> None:
    symbol = routine_symbol(checker, scope, item)
    announced = _announced(scope, symbol)
    if announced is None:
        scope.declare(symbol)
    else:
        announced.defined = True
        _compare_defaults(checker, announced, symbol)
    if item.body is not None:
        bodies.check_routine(checker, scope, announced or symbol, item, item.body)


def _announced(scope: Scope, symbol: Symbol) -> Symbol | None:
    """The declaration that this definition completes."""
    if not symbol.defined:
        return None
    for other in scope.own(symbol.name):
        if other.kind is Kind.ROUTINE and not other.defined and same_heading(other, symbol):
            return other
    return None


def same_heading(left: Symbol, right: Symbol) -> bool:
    """Whether two headings declare one routine: parameters of the same names, modes and types, and the same result."""
    if left.is_function is not right.is_function or len(left.parameters) != len(right.parameters):
        return False
    pairs = zip(left.parameters, right.parameters, strict=True)
    if not all(a.name == b.name and a.mode == b.mode and _same_type(a.type, b.type) for a, b in pairs):
        return False
    return _same_type(left.type, right.type)


def _same_type(left: Type, right: Type) -> bool:
    if not left.known or not right.known:
        return True
    if left.family in (Family.RECORD, Family.COLLECTION):
        return left.family is right.family and convertible(left, right)
    return left.family is right.family and (left.base == right.base or "" in (left.base, right.base))


def _compare_defaults(checker: Checker, announced: Symbol, defined: Symbol) -> None:
    for before, now in zip(announced.parameters, defined.parameters, strict=True):
        if now.tree.default is not None and now.tree.default != before.tree.default:
            checker.complain("PLS-00593", now.tree.name, now.name)


def check_defined(checker: Checker, scope: Scope) -> None:
    """Complain of what a declarative part announces and does not define."""
    for found in scope.names.values():
        for symbol in found:
            if symbol.kind in (Kind.ROUTINE, Kind.CURSOR) and not symbol.defined:
                checker.complain("PLS-00328" if symbol.private else "PLS-00323", symbol.place, symbol.name)


_DECLARE: dict[type[Node], Callable[[Checker, Scope, Any], None]] = {
    plsql.Variable: _variable,
    plsql.ExceptionDeclaration: _exception,
    plsql.Pragma: _pragma,
    plsql.Subtype: _subtype,
    plsql.TypeDeclaration: _type,
    plsql.CursorDeclaration: _cursor,
    plsql.Routine: _routine,
}
