"""Statements of PL/SQL."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import blocks, calls, declarations, dml, expressions, iterators, queries
from engine.parser.cursor import Cursor
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree import queries as query_tree
from engine.tree.base import Expression, Name, Statement

# Words at which a list of statements ends; each is reserved but for these, that a statement may begin with.
_ENDS = ("end", "exception", "else", "elsif", "when")


def statements(cursor: Cursor) -> tuple[Statement, ...]:
    """One or more statements, up to a word that ends them."""
    with cursor.deeper():
        found = [statement(cursor)]
        while not (cursor.at_any(*_ENDS) and not _is_target(cursor)) and cursor.token.kind is not Kind.END:
            found.append(statement(cursor))
        return tuple(found)


def statement(cursor: Cursor) -> Statement:
    """A statement with its labels and its semicolon."""
    before = labels(cursor)
    found = _unlabelled(cursor, before)
    cursor.expect_op(";")
    if before and not isinstance(found, _LABELLED_THEMSELVES):
        return tree.Labelled(before[0].place, before, found)
    return found


_LABELLED_THEMSELVES = (tree.Block, tree.Loop, tree.While, tree.For, tree.QueryFor, tree.CaseStatement)


def labels(cursor: Cursor) -> tuple[tree.Label, ...]:
    """<<name>>, as many as stand here."""
    found = []
    while cursor.at_op("<<"):
        place = cursor.place
        cursor.take()
        found.append(tree.Label(place, cursor.name()))
        cursor.expect_op(">>")
    return tuple(found)


def _unlabelled(cursor: Cursor, labels: tuple[tree.Label, ...]) -> Statement:
    token = cursor.token
    if token.kind is Kind.WORD and not _is_target(cursor):
        if token.value in _WITH_LABELS:
            return _WITH_LABELS[token.value](cursor, labels)
        if token.value in _STATEMENTS:
            return _STATEMENTS[token.value](cursor)
        if token.value in dml.STATEMENTS:
            return dml.statement(cursor)
    return _assignment_or_call(cursor)


def _is_target(cursor: Cursor) -> bool:
    """Whether the word at hand is a name: what follows it can follow no word of a statement."""
    following = cursor.ahead()
    if following.is_op("("):
        is_query = cursor.ahead(2).is_word("select", "with")
        return cursor.token.value not in _BEFORE_PARENTHESIS and not (cursor.at("delete") and is_query)
    return following.is_op(":=", ".", "%", "@")


# Words that a parenthesis may follow and that are no names then.
_BEFORE_PARENTHESIS = (
    "if", "elsif", "while", "return", "case", "when", "select", "with", "insert", "update",
)  # fmt: skip


def _assignment_or_call(cursor: Cursor) -> Statement:
    place = cursor.place
    if cursor.token.kind not in (Kind.WORD, Kind.QUOTED, Kind.BIND) and not cursor.at_op("("):
        raise cursor.unexpected("a statement")
    target = expressions.operand(cursor)
    if cursor.accept_op(":="):
        return tree.Assign(place, target, expressions.expression(cursor))
    return tree.ProcedureCall(place, target)


# control


def _if(cursor: Cursor) -> Statement:
    place, branches = cursor.place, []
    word = "if"
    while cursor.at(word):
        inner = cursor.place
        cursor.take()
        condition = expressions.expression(cursor)
        cursor.expect("then")
        branches.append(tree.Branch(inner, condition, statements(cursor)))
        word = "elsif"
    otherwise = statements(cursor) if cursor.accept("else") else None
    cursor.expect("end", "if")
    return tree.If(place, tuple(branches), otherwise)


def _case(cursor: Cursor, labels: tuple[tree.Label, ...]) -> Statement:
    place = cursor.place
    cursor.expect("case")
    selector = None if cursor.at("when") else expressions.expression(cursor)
    branches = []
    while cursor.at("when"):
        inner = cursor.place
        cursor.take()
        choices = calls.choice_list(cursor, selector is not None)
        cursor.expect("then")
        branches.append(tree.CaseBranch(inner, choices, statements(cursor)))
    if not branches:
        raise cursor.unexpected("WHEN")
    otherwise = statements(cursor) if cursor.accept("else") else None
    cursor.expect("end", "case")
    return tree.CaseStatement(place, selector, tuple(branches), otherwise, labels, blocks.end_name(cursor))


def _looped(cursor: Cursor) -> tuple[tuple[Statement, ...], Name | None]:
    cursor.expect("loop")
    found = statements(cursor)
    cursor.expect("end", "loop")
    return found, blocks.end_name(cursor)


def _loop(cursor: Cursor, labels: tuple[tree.Label, ...]) -> Statement:
    place = cursor.place
    found, end = _looped(cursor)
    return tree.Loop(place, found, labels, end)


def _while(cursor: Cursor, labels: tuple[tree.Label, ...]) -> Statement:
    place = cursor.place
    cursor.expect("while")
    condition = expressions.expression(cursor)
    found, end = _looped(cursor)
    return tree.While(place, condition, found, labels, end)


def _for(cursor: Cursor, labels: tuple[tree.Label, ...]) -> Statement:
    place = cursor.place
    cursor.expect("for")
    iterator = iterators.iterator(cursor)
    found, end = _looped(cursor)
    query = _only_query(iterator)
    if query is not None:
        return tree.QueryFor(place, iterator.variables[0].name, query, found, labels, end)
    return tree.For(place, iterator, found, labels, end)


def _only_query(iterator: values.Iterator) -> query_tree.Query | None:
    """The query of `FOR r IN (query)`, which is no iterator."""
    first = iterator.controls[0]
    plain = len(iterator.controls) == 1 and len(iterator.variables) == 1 and iterator.variables[0].datatype is None
    if not plain or not isinstance(first, values.Single) or first.reverse or first.repeat or first.when or first.while_:
        return None
    return first.expression.query if isinstance(first.expression, values.Subquery) else None


def _forall(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.expect("forall")
    variable = cursor.name()
    cursor.expect("in")
    kind = cursor.accept_phrase(("INDICES OF", "VALUES OF"))
    low, high, collection = None, None, None
    if kind:
        collection = expressions.expression(cursor, expressions.ADDITIVE)
        if cursor.accept("between"):
            low = expressions.expression(cursor, expressions.ADDITIVE)
            cursor.expect("and")
            high = expressions.expression(cursor, expressions.ADDITIVE)
    else:
        low = expressions.expression(cursor, expressions.ADDITIVE)
        cursor.expect_op("..")
        high = expressions.expression(cursor, expressions.ADDITIVE)
    save = cursor.accept("save", "exceptions")
    run = _execute(cursor) if cursor.at("execute") else dml.statement(cursor)
    return tree.ForAll(place, variable, kind, low, high, collection, save, run)


def _exit(cursor: Cursor) -> Statement:
    place, word = cursor.place, cursor.take().value
    label = None if cursor.at("when") or cursor.at_op(";") else cursor.name()
    when = expressions.expression(cursor) if cursor.accept("when") else None
    return (tree.Exit if word == "exit" else tree.Continue)(place, label, when)


def _goto(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    return tree.GoTo(place, cursor.name())


def _null(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    return tree.Null(place)


def _raise(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    return tree.Raise(place, None if cursor.at_op(";") else declarations.exception_name(cursor))


def _return(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    return tree.Return(place, None if cursor.at_op(";") else expressions.expression(cursor))


def _pipe(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.expect("pipe", "row")
    return tree.PipeRow(place, cursor.in_parentheses(expressions.expression))


def _block(cursor: Cursor, labels: tuple[tree.Label, ...]) -> Statement:
    return blocks.block(cursor, labels)


def _pragma(cursor: Cursor) -> Statement:
    return declarations.pragma(cursor)


# cursors and dynamic SQL


def _cursor_name(cursor: Cursor) -> Expression:
    return calls.followed(cursor, queries.target(cursor))


def _open(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    opened = _cursor_name(cursor)
    if not cursor.accept("for"):
        return tree.Open(place, opened)
    if queries.at_query(cursor):
        return tree.OpenFor(place, opened, queries.query(cursor), _using(cursor))
    return tree.OpenFor(place, opened, expressions.expression(cursor), _using(cursor))


def _fetch(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    fetched = _cursor_name(cursor)
    inner = cursor.place
    found = queries.into(cursor)
    if found is None:
        raise cursor.unexpected("INTO")
    limit = expressions.expression(cursor) if cursor.accept("limit") else None
    return tree.Fetch(place, fetched, query_tree.Into(inner, found.targets, found.bulk, limit))


def _close(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.take()
    return tree.Close(place, _cursor_name(cursor))


def _execute(cursor: Cursor) -> Statement:
    place = cursor.place
    cursor.expect("execute", "immediate")
    text = expressions.expression(cursor)
    into, using, returning = queries.into(cursor), _using(cursor), None
    if into is None:
        into = queries.into(cursor)
    if cursor.accept_any("returning", "return"):
        returning = queries.into(cursor)
    return tree.ExecuteImmediate(place, text, into, using, returning)


def _using(cursor: Cursor) -> tuple[tree.UsingArgument, ...]:
    return cursor.listed(_using_argument) if cursor.accept("using") else ()


def _using_argument(cursor: Cursor) -> tree.UsingArgument:
    place = cursor.place
    mode = "IN OUT" if cursor.accept("in", "out") else ""
    if not mode and not cursor.ahead().is_op(",", ";", ".", "("):
        mode = cursor.accept_any("in", "out")
    return tree.UsingArgument(place, mode, expressions.expression(cursor))


_WITH_LABELS: dict[str, Callable[[Cursor, tuple[tree.Label, ...]], Statement]] = {
    "begin": _block,
    "declare": _block,
    "case": _case,
    "loop": _loop,
    "while": _while,
    "for": _for,
}
_STATEMENTS: dict[str, Callable[[Cursor], Statement]] = {
    "if": _if,
    "forall": _forall,
    "exit": _exit,
    "continue": _exit,
    "goto": _goto,
    "null": _null,
    "raise": _raise,
    "return": _return,
    "pipe": _pipe,
    "pragma": _pragma,
    "open": _open,
    "fetch": _fetch,
    "close": _close,
    "execute": _execute,
}
