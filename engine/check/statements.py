"""The statements of PL/SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from engine.check import bodies, calls, declarations, dml, expressions, fetches, labels, names, queries, targets
from engine.check.checker import Checker, Setting
from engine.check.scopes import VALUES, Kind, Scope, ScopeKind, Symbol
from engine.check.types import INTEGER, TEXT, UNKNOWN, Type, convertible
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import Expression, Node, Statement
from engine.tree.queries import Query
from engine.tree.walk import descendants


def check_all(checker: Checker, setting: Setting, statements: Iterable[Statement]) -> None:
    """Check statements that follow each other; labels among them can be gone to from all of them."""
    statements = tuple(statements)
    inner = replace(setting, labels=setting.labels | labels.of_list(statements))
    for statement in statements:
        check(checker, inner, statement)


def check(checker: Checker, setting: Setting, statement: Statement) -> None:
    """Check a statement."""
    reader = _STATEMENTS.get(type(statement))
    if reader is not None:
        reader(checker, setting, statement)
    else:
        dml.check_statement(checker, setting.scope, statement)


def _labelled(checker: Checker, setting: Setting, statement: tree.Labelled) -> None:
    check(checker, setting, statement.statement)


def _nothing(_checker: Checker, _setting: Setting, _statement: Statement) -> None:
    pass


# assignments and calls


def _assign(checker: Checker, setting: Setting, statement: tree.Assign) -> None:
    target = targets.check(checker, setting.scope, statement.target)
    found = expressions.type_of(checker, setting.scope, statement.value)
    if not convertible(target, found):
        checker.complain("PLS-00382", statement.value)


def _call(checker: Checker, setting: Setting, statement: tree.ProcedureCall) -> None:
    node = statement.call
    reference, arguments = node, tuple[Node, ...]()
    if isinstance(node, values.Call):
        reference, arguments = node.function, node.arguments
    if not isinstance(reference, values.Reference) or reference.link:
        expressions.type_of(checker, setting.scope, node)
        return
    meaning = names.meaning(checker, setting.scope, reference.parts, role="call")
    if meaning is None or not meaning.symbols:
        if isinstance(node, values.Call):
            calls.check_arguments(checker, setting.scope, node)
        return
    _procedure(checker, setting.scope, node, reference, arguments, meaning)


def _procedure(
    checker: Checker,
    scope: Scope,
    node: Expression,
    reference: values.Reference,
    arguments: tuple[Node, ...],
    meaning: names.Meaning,
) -> None:
    symbol = meaning.symbols[0]
    rest = reference.parts[meaning.used :]
    if symbol.kind is Kind.ROUTINE and not rest:
        calls.choose(checker, scope, reference, meaning.symbols, arguments, function=False)
        return
    if isinstance(node, values.Call):
        calls.check_arguments(checker, scope, node)
    if symbol.kind in VALUES and rest:
        expressions.component(checker, symbol.type, rest, symbol.name)
    elif symbol.kind is not Kind.ROUTINE and not rest:
        checker.complain("PLS-00221", reference, symbol.name)


# control


def _if(checker: Checker, setting: Setting, statement: tree.If) -> None:
    for branch in statement.branches:
        expressions.condition(checker, setting.scope, branch.condition)
        check_all(checker, setting, branch.statements)
    check_all(checker, setting, statement.otherwise or ())


def _case(checker: Checker, setting: Setting, statement: tree.CaseStatement) -> None:
    selector = statement.selector
    kind = expressions.type_of(checker, setting.scope, selector) if selector is not None else UNKNOWN
    for branch in statement.branches:
        for choice in branch.choices:
            if selector is None:
                expressions.condition(checker, setting.scope, choice)
            else:
                found = expressions.type_of(checker, setting.scope, choice)
                expressions.check_choice(checker, selector, kind, choice, found, in_sql=False)
        check_all(checker, setting, branch.statements)
    check_all(checker, setting, statement.otherwise or ())
    bodies.check_end_label(checker, statement.end_label, statement.labels)


def _repeat(
    checker: Checker,
    setting: Setting,
    statement: tree.Loop | tree.While | tree.For | tree.QueryFor,
    indexes: Iterable[Symbol] = (),
) -> None:
    scope = Scope(ScopeKind.LOOP, setting.scope)
    for label in statement.labels:
        symbol = Symbol(Kind.LABEL, label.name.value, label.place, scope=scope)
        scope.parent = Scope(ScopeKind.LOOP, scope.parent, names={label.name.value: [symbol]})
    for index in indexes:
        scope.declare(index)
    marks = frozenset(label.name.value for label in statement.labels)
    check_all(checker, replace(setting, scope=scope, loops=(*setting.loops, marks)), statement.statements)
    bodies.check_end_label(checker, statement.end_label, statement.labels)


def _while(checker: Checker, setting: Setting, statement: tree.While) -> None:
    expressions.condition(checker, setting.scope, statement.condition)
    _repeat(checker, setting, statement)


def _for(checker: Checker, setting: Setting, statement: tree.For) -> None:
    scope, variables, controls = setting.scope, statement.iterator.variables, statement.iterator.controls
    row = fetches.cursor_of_loop(checker, scope, statement.iterator)
    indexes = [
        _index(variable, INTEGER if isinstance(controls[0], values.Stepped) else UNKNOWN) for variable in variables
    ]
    if row is not None:
        indexes[0].type = row
    else:
        inner = Scope(ScopeKind.LOOP, scope)
        for index in indexes:
            inner.declare(index)
        for control in controls:
            outer = scope if len(controls) == 1 and control.when is None and control.while_ is None else inner
            expressions.check_below(checker, outer, control)
            if isinstance(control, values.Stepped) and variables[0].datatype is None:
                _check_bounds(checker, outer, control)
    _repeat(checker, setting, statement, indexes)


def _check_bounds(checker: Checker, scope: Scope, control: values.Stepped) -> None:
    for bound in (control.low, control.high, control.step):
        if bound is not None and not convertible(INTEGER, expressions.type_of(checker, scope, bound)):
            checker.complain("PLS-00382", bound)


def _index(variable: values.IterandDeclaration, kind: Type) -> Symbol:
    mutable = variable.mutability == "MUTABLE"
    sort = Kind.VARIABLE if mutable else Kind.LOOP_INDEX
    plain = variable.datatype is None and not mutable
    return Symbol(sort, variable.name.value, variable.place, kind if plain else UNKNOWN)


def _query_for(checker: Checker, setting: Setting, statement: tree.QueryFor) -> None:
    found = queries.check_query(checker, setting.scope, statement.query)
    row = queries.row_type(found, statement)
    name = statement.variable
    _repeat(checker, setting, statement, [Symbol(Kind.LOOP_INDEX, name.value, name.place, row)])


def _for_all(checker: Checker, setting: Setting, statement: tree.ForAll) -> None:
    for value in (statement.low, statement.high, statement.collection):
        if value is not None:
            expressions.type_of(checker, setting.scope, value)
    scope = Scope(ScopeKind.LOOP, setting.scope)
    scope.declare(Symbol(Kind.LOOP_INDEX, statement.variable.value, statement.variable.place, INTEGER))
    check(checker, replace(setting, scope=scope), statement.statement)
    if not any(_is_element(scope, node) for node in descendants(statement.statement)):
        checker.complain("PLS-00435", statement.statement)


def _is_element(scope: Scope, node: Node) -> bool:
    """Whether this may be an element of a collection, or the index by which one is taken."""
    if isinstance(node, values.Call):
        node = node.function
    elif not (isinstance(node, values.Reference) and scope.own(node.parts[0].value)):
        return False
    return isinstance(node, values.Reference) and bool(scope.find(node.parts[0].value))


def _leave(checker: Checker, setting: Setting, statement: tree.Exit | tree.Continue) -> None:
    if statement.when is not None:
        expressions.condition(checker, setting.scope, statement.when)
    labels.check_leave(checker, setting, statement)


def _go_to(checker: Checker, setting: Setting, statement: tree.GoTo) -> None:
    labels.check_go_to(checker, setting, statement)


def _block(checker: Checker, setting: Setting, statement: tree.Block) -> None:
    bodies.check_block(checker, setting, statement)


# raising and returning


def _raise(checker: Checker, setting: Setting, statement: tree.Raise) -> None:
    if statement.exception is not None:
        bodies.check_exception_name(checker, setting.scope, statement.exception, "PLS-00368")
    elif not setting.in_handler:
        checker.complain("PLS-00367", statement)


def _return(checker: Checker, setting: Setting, statement: tree.Return) -> None:
    found = expressions.type_of(checker, setting.scope, statement.value) if statement.value is not None else None
    routine = setting.routine
    if routine is None or not routine.is_function:
        if found is not None:
            checker.complain("PLS-00372", statement)
        return
    if found is None:
        options = {option.name for option in routine.tree.options}
        if "PIPELINED" not in options and not routine.tree.returns_self:
            checker.complain("PLS-00503", statement)
    elif not convertible(routine.type, found) and statement.value is not None:
        checker.complain("PLS-00382", statement.value)


def _pipe_row(checker: Checker, setting: Setting, statement: tree.PipeRow) -> None:
    expressions.type_of(checker, setting.scope, statement.value)


# cursors and dynamic SQL


def _execute(checker: Checker, setting: Setting, statement: tree.ExecuteImmediate) -> None:
    declarations.check_value(checker, setting.scope, TEXT, statement.text)
    for into in (statement.into, statement.returning):
        for target in into.targets if into is not None else ():
            targets.check(checker, setting.scope, target, "PLS-00403")
    _using(checker, setting, statement.using)


def _using(checker: Checker, setting: Setting, using: tuple[tree.UsingArgument, ...]) -> None:
    for argument in using:
        if "OUT" in argument.mode:
            targets.check(checker, setting.scope, argument.value)
        else:
            expressions.type_of(checker, setting.scope, argument.value)


def _open_for(checker: Checker, setting: Setting, statement: tree.OpenFor) -> None:
    targets.check(checker, setting.scope, statement.cursor)
    if isinstance(statement.source, Query):
        queries.check_query(checker, setting.scope, statement.source)
    else:
        expressions.type_of(checker, setting.scope, statement.source)
    _using(checker, setting, statement.using)


def _open(checker: Checker, setting: Setting, statement: tree.Open) -> None:
    fetches.check_open(checker, setting.scope, statement)


def _fetch(checker: Checker, setting: Setting, statement: tree.Fetch) -> None:
    fetches.check_fetch(checker, setting.scope, statement)


def _close(checker: Checker, setting: Setting, statement: tree.Close) -> None:
    if isinstance(statement.cursor, values.Reference):
        expressions.check_cursor_name(checker, setting.scope, statement.cursor, "PLS-00456")


def _query(checker: Checker, setting: Setting, statement: Query) -> None:
    fetches.check_select(checker, setting.scope, statement)


_STATEMENTS: dict[type[Node], Callable[[Checker, Setting, Any], None]] = {
    tree.Labelled: _labelled,
    tree.Null: _nothing,
    tree.Pragma: _nothing,
    tree.Assign: _assign,
    tree.ProcedureCall: _call,
    tree.If: _if,
    tree.CaseStatement: _case,
    tree.Loop: _repeat,
    tree.While: _while,
    tree.For: _for,
    tree.QueryFor: _query_for,
    tree.ForAll: _for_all,
    tree.Exit: _leave,
    tree.Continue: _leave,
    tree.GoTo: _go_to,
    tree.Block: _block,
    tree.Raise: _raise,
    tree.Return: _return,
    tree.PipeRow: _pipe_row,
    tree.ExecuteImmediate: _execute,
    tree.OpenFor: _open_for,
    tree.Open: _open,
    tree.Fetch: _fetch,
    tree.Close: _close,
    Query: _query,
}
