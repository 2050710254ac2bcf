"""The bodies of routines, packages and blocks: their scopes, their statements, their handlers."""

from __future__ import annotations

from dataclasses import replace

from engine.check import declarations, names, statements
from engine.check.checker import Checker, Setting
from engine.check.scopes import Kind, Scope, ScopeKind, Symbol, display
from engine.tree import plsql
from engine.tree.base import Name, ObjectName


def check_routine(checker: Checker, outer: Scope, symbol: Symbol, item: plsql.Routine, body: plsql.Block) -> None:
    """Check the body of a procedure or function."""
    scope = Scope(ScopeKind.ROUTINE, outer, symbol)
    for formal in declarations.formals(checker, outer, item.parameters):
        place = formal.tree.name.place
        scope.declare(Symbol(Kind.PARAMETER, formal.name, place, formal.type, formal.mode, tree=formal))
    symbol.scope = scope
    declarations.declare_all(checker, scope, body.declarations)
    declarations.check_defined(checker, scope)
    run(checker, Setting(scope, symbol), body)
    symbol.scope = None
    check_end(checker, body.end_label, item.name.name)


def check_block(checker: Checker, setting: Setting, block: plsql.Block) -> None:
    """Check a block inside a body, or an anonymous one."""
    scope = Scope(ScopeKind.BLOCK, setting.scope)
    for label in block.labels:
        symbol = Symbol(Kind.LABEL, label.name.value, label.place, scope=scope)
        setting.scope = Scope(ScopeKind.BLOCK, setting.scope, names={label.name.value: [symbol]})
        scope.parent = setting.scope
    declarations.declare_all(checker, scope, block.declarations)
    declarations.check_defined(checker, scope)
    run(checker, replace(setting, scope=scope), block)
    check_end_label(checker, block.end_label, block.labels)


def run(checker: Checker, setting: Setting, block: plsql.Block) -> None:
    """Check the statements and the handlers of a block whose declarations are known."""
    statements.check_all(checker, setting, block.statements or ())
    seen: dict[tuple[str, ...], Name] = {}
    for index, handler in enumerate(block.handlers):
        if handler.others and index < len(block.handlers) - 1:
            checker.complain("PLS-00370", handler)
        for name in handler.exceptions:
            _check_exception(checker, setting.scope, name, seen)
        statements.check_all(checker, replace(setting, in_handler=True), handler.statements)


def _check_exception(checker: Checker, scope: Scope, name: ObjectName, seen: dict[tuple[str, ...], Name]) -> None:
    key = tuple(part.value for part in name.parts)
    if key in seen:
        checker.complain("PLS-00483", name, name.name.value)
    seen[key] = name.name
    check_exception_name(checker, scope, name)


def check_exception_name(checker: Checker, scope: Scope, name: ObjectName, number: str = "PLS-00485") -> None:
    """Complain under this number unless this is the name of an exception."""
    found = names.meaning(checker, scope, name.parts, role="exception")
    if found is None or not found.symbols or found.used < len(name.parts):
        return
    if found.symbols[0].kind is not Kind.EXCEPTION:
        checker.complain(number, name, display(name.parts))


def check_end(checker: Checker, end: Name | None, begin: Name) -> None:
    """Complain where the name behind END is not that of the unit."""
    if end is not None and end.value != begin.value:
        line, column = str(begin.place.line), str(begin.place.column)
        checker.complain("PLS-00113", end, end.value, begin.value, line, column)


def check_end_label(checker: Checker, end: Name | None, labels: tuple[plsql.Label, ...]) -> None:
    """Complain where the label behind END is none of those of the block or loop."""
    if end is None or any(label.name.value == end.value for label in labels):
        return
    if labels:
        begin = labels[-1].name
        line, column = str(begin.place.line), str(begin.place.column)
        checker.complain("PLS-00113", end, end.value, begin.value, line, column)
