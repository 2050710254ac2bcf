"""Statements that change rows, and those that end transactions."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import calls, expressions, queries, sources
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import dml as tree
from engine.tree import expressions as values
from engine.tree.base import Expression, Name, ObjectName, Statement
from engine.tree.queries import Query

# what they share


def _target(cursor: Cursor) -> tree.Target:
    place, only = cursor.place, False
    what: ObjectName | Query | Expression
    if cursor.at_any("table", "the") and cursor.ahead().is_op("("):
        what = _collection(cursor)
    elif cursor.at("only") and cursor.ahead().is_op("("):
        cursor.take()
        what, only = cursor.in_parentheses(Cursor.object_name), True
    elif cursor.at_op("("):
        cursor.take()
        what = queries.query(cursor)
        limits = sources.restriction(cursor)
        if limits:
            raise cursor.unsupported(f"a subquery {limits} as what a statement changes")
        cursor.expect_op(")")
    else:
        what = cursor.object_name()
        if what.name.value == "CONTAINERS" and cursor.at_op("("):
            raise cursor.unsupported("CONTAINERS")
    partition = None
    if cursor.at_any("partition", "subpartition") and (cursor.ahead().is_op("(") or cursor.ahead().is_word("for")):
        partition = sources.partition(cursor)
    return tree.Target(place, what, _target_alias(cursor), partition, only)


def _target_alias(cursor: Cursor) -> Name | None:
    if (
        cursor.at("default", "values")
        or cursor.at("by", "name")
        or cursor.at("by", "position")
        or cursor.at_any("values", "select", "with", "set", "using", "from")
    ):
        return None
    return sources.alias(cursor)


def _collection(cursor: Cursor) -> Expression:
    place = cursor.place
    keyword = values.Reference(place, (cursor.any_name(),))
    cursor.expect_op("(")
    if cursor.at_any("select", "with"):
        found: Expression = values.Subquery(cursor.place, queries.query(cursor))
    else:
        found = expressions.expression(cursor)
    cursor.expect_op(")")
    return values.Call(place, keyword, (values.Argument(found.place, None, found),))


def returning(cursor: Cursor) -> tree.ReturningInto | None:
    """RETURNING ... INTO ..., where it stands here."""
    place = cursor.place
    if not cursor.accept_any("returning", "return"):
        return None
    items = cursor.listed(_returned)
    target = queries.into(cursor)
    if target is None and cursor.in_unit:
        raise cursor.unexpected("INTO")
    return tree.ReturningInto(place, items, target)


def _returned(cursor: Cursor) -> tree.ReturnedItem:
    place = cursor.place
    version = ""
    if (
        cursor.at_any("old", "new")
        and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED)
        and not cursor.is_reserved(cursor.ahead())
    ):
        version = cursor.take().value.upper()
    return tree.ReturnedItem(place, expressions.expression(cursor), version)


def _error_log(cursor: Cursor) -> tree.ErrorLog | None:
    place = cursor.place
    if not cursor.accept("log", "errors"):
        return None
    table = cursor.object_name() if cursor.accept("into") else None
    tag = cursor.in_parentheses(expressions.expression) if cursor.at_op("(") else None
    limit: Expression | None = None
    if cursor.accept("reject", "limit"):
        inner = cursor.place
        limit = values.Keyword(inner, "UNLIMITED") if cursor.accept("unlimited") else expressions.expression(cursor)
    return tree.ErrorLog(place, table, tag, limit)


def value(cursor: Cursor) -> Expression:
    """An expression, or DEFAULT."""
    place = cursor.place
    return values.Default(place) if cursor.accept("default") else expressions.expression(cursor)


def _row(cursor: Cursor) -> Expression:
    place = cursor.place
    return values.Row(place, cursor.list_in_parentheses(value))


def _column(cursor: Cursor) -> Expression:
    """A column that is written to: `c`, `t.c`."""
    place = cursor.place
    parts = [cursor.name(Role.QUALIFIED)]
    while cursor.accept_op("."):
        parts.append(cursor.name(Role.QUALIFIED))
    return values.Reference(place, tuple(parts))


def _inserted(cursor: Cursor) -> Expression:
    place = cursor.place
    parts = [cursor.name(Role.INSERTED)]
    while cursor.accept_op("."):
        parts.append(cursor.name(Role.QUALIFIED))
    return values.Reference(place, tuple(parts))


def _set_columns(cursor: Cursor) -> tree.SetColumns:
    place = cursor.place
    if cursor.at_op("("):
        columns = cursor.list_in_parentheses(_column)
        cursor.expect_op("=")
        return tree.SetColumns(place, columns, expressions.expression(cursor), parenthesised=True)
    column = _column(cursor)
    cursor.expect_op("=")
    return tree.SetColumns(place, (column,), value(cursor))


# INSERT


def insert(cursor: Cursor) -> Statement:
    """INSERT, also ALL and FIRST."""
    place = cursor.place
    cursor.expect("insert")
    hints = queries.hint(cursor)
    if cursor.at_any("all", "first") and not cursor.ahead().is_op("(", "."):
        return _insert_many(cursor, hints)
    cursor.expect("into")
    target = _target(cursor)
    columns = () if queries.at_query(cursor) else cursor.optional_list(_inserted)
    source: tree.InsertValues | Query | tuple[tree.SetColumns, ...]
    if cursor.at("values"):
        source = _values(cursor)
    elif cursor.accept("set"):
        source = cursor.listed(_set_columns)
    else:
        _no_matching(cursor)
        source = queries.query(cursor)
        _no_matching(cursor)
    returned = returning(cursor)
    log = _error_log(cursor)
    return tree.Insert(place, target, columns, source, hints, returned or returning(cursor), log)


def _no_matching(cursor: Cursor) -> None:
    for how in ("BY NAME", "BY POSITION"):
        if cursor.at(*how.lower().split()):
            raise cursor.unsupported(f"INSERT ... {how}")


def _values(cursor: Cursor) -> tree.InsertValues:
    place = cursor.place
    cursor.expect("values")
    if cursor.at_op("("):
        return tree.InsertValues(place, cursor.listed(_row))
    return tree.InsertValues(place, (expressions.expression(cursor),), record=True)


def _insert_many(cursor: Cursor, hints: str) -> Statement:
    place, kind = cursor.place, cursor.take().value.upper()
    whens = []
    if cursor.at("into"):
        whens.append(tree.InsertWhen(cursor.place, None, _branches(cursor)))
    while cursor.at("when"):
        inner = cursor.place
        cursor.take()
        condition = expressions.expression(cursor)
        cursor.expect("then")
        whens.append(tree.InsertWhen(inner, condition, _branches(cursor)))
    if cursor.at("else"):
        inner = cursor.place
        cursor.take()
        whens.append(tree.InsertWhen(inner, None, _branches(cursor)))
    return tree.InsertMany(place, kind, tuple(whens), queries.query(cursor), hints)


def _branches(cursor: Cursor) -> tuple[tree.InsertBranch, ...]:
    found = []
    while cursor.at("into"):
        place = cursor.place
        cursor.take()
        target = _target(cursor)
        columns = () if queries.at_query(cursor) else cursor.optional_list(_inserted)
        values_ = _values(cursor) if cursor.at("values") else None
        found.append(tree.InsertBranch(place, target, columns, values_, _error_log(cursor)))
    if not found:
        raise cursor.unexpected("INTO")
    return tuple(found)


# UPDATE, DELETE, MERGE


def update(cursor: Cursor) -> Statement:
    """UPDATE."""
    place = cursor.place
    cursor.expect("update")
    hints = queries.hint(cursor)
    target = _target(cursor)
    cursor.expect("set")
    assignments = cursor.listed(_assignment)
    from_items = cursor.listed(sources.from_item) if cursor.accept("from") else ()
    where = _where(cursor)
    returned = returning(cursor)
    log = _error_log(cursor)
    return tree.Update(place, target, assignments, from_items, where, hints, returned or returning(cursor), log)


def _assignment(cursor: Cursor) -> tree.SetColumns | tree.SetRow:
    place = cursor.place
    if cursor.at("row") and cursor.ahead().is_op("="):
        cursor.take(), cursor.take()
        return tree.SetRow(place, expressions.expression(cursor))
    if cursor.at("value") and cursor.ahead().is_op("("):
        cursor.take()
        alias = cursor.in_parentheses(Cursor.name)
        cursor.expect_op("=")
        return tree.SetRow(place, expressions.expression(cursor), alias)
    return _set_columns(cursor)


def _where(cursor: Cursor) -> Expression | None:
    if not cursor.accept("where"):
        return None
    place = cursor.place
    if cursor.accept("current", "of"):
        return values.CurrentOf(place, queries.target(cursor))
    return expressions.expression(cursor)


def delete(cursor: Cursor) -> Statement:
    """DELETE."""
    place = cursor.place
    cursor.expect("delete")
    hints = queries.hint(cursor)
    cursor.accept("from")
    target = _target(cursor)
    from_items = cursor.listed(sources.from_item) if cursor.accept("from") else ()
    where = _where(cursor)
    returned = returning(cursor)
    log = _error_log(cursor)
    return tree.Delete(place, target, from_items, where, hints, returned or returning(cursor), log)


def merge(cursor: Cursor) -> Statement:
    """MERGE."""
    place = cursor.place
    cursor.expect("merge")
    hints = queries.hint(cursor)
    cursor.expect("into")
    target = _target(cursor)
    cursor.expect("using")
    source = sources.from_item(cursor)
    cursor.expect("on")
    on = expressions.expression(cursor)
    branches = []
    while cursor.at("when"):
        branches.append(_merge_branch(cursor))
    returned = returning(cursor)
    log = _error_log(cursor)
    return tree.Merge(place, target, source, on, tuple(branches), hints, returned or returning(cursor), log)


def _merge_branch(cursor: Cursor) -> tree.MergeUpdate | tree.MergeInsert:
    place = cursor.place
    cursor.expect("when")
    if cursor.accept("not", "matched", "then"):
        cursor.expect("insert")
        columns = cursor.optional_list(_inserted)
        cursor.expect("values")
        inserted = cursor.list_in_parentheses(value)
        return tree.MergeInsert(place, columns, inserted, _where(cursor))
    cursor.expect("matched", "then")
    cursor.expect("update", "set")
    assignments = cursor.listed(_set_columns)
    where = _where(cursor)
    delete_where = expressions.expression(cursor) if cursor.accept("delete", "where") else None
    return tree.MergeUpdate(place, assignments, where, delete_where)


# the rest


def lock(cursor: Cursor) -> Statement:
    """LOCK TABLE."""
    place = cursor.place
    cursor.expect("lock", "table")
    tables = cursor.listed(Cursor.object_name)
    cursor.expect("in")
    words = []
    while not cursor.at("mode") and cursor.token.kind is Kind.WORD:
        words.append(cursor.take().value.upper())
    cursor.expect("mode")
    wait, seconds = queries.lock_wait(cursor)
    return tree.LockTable(place, tables, " ".join(words), wait, seconds)


def commit(cursor: Cursor) -> Statement:
    """COMMIT."""
    place = cursor.place
    cursor.expect("commit")
    cursor.accept("work")
    if cursor.at("force"):
        raise cursor.unsupported("COMMIT FORCE")
    comment = expressions.text(cursor) if cursor.accept("comment") else None
    words = []
    if cursor.accept("write"):
        words = ["WRITE"]
        while cursor.at_any("wait", "nowait", "immediate", "batch"):
            words.append(cursor.take().value.upper())
    return tree.Commit(place, comment, " ".join(words))


def rollback(cursor: Cursor) -> Statement:
    """ROLLBACK."""
    place = cursor.place
    cursor.expect("rollback")
    cursor.accept("work")
    if cursor.at("force"):
        raise cursor.unsupported("ROLLBACK FORCE")
    if not cursor.accept("to"):
        return tree.Rollback(place)
    if cursor.at("savepoint") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
        cursor.take()
    return tree.Rollback(place, cursor.any_name())


def savepoint(cursor: Cursor) -> Statement:
    """SAVEPOINT."""
    place = cursor.place
    cursor.expect("savepoint")
    return tree.Savepoint(place, cursor.any_name())


def set_statement(cursor: Cursor) -> Statement:
    """SET TRANSACTION, SET CONSTRAINTS; SET ROLE is refused."""
    place = cursor.place
    cursor.expect("set")
    if cursor.accept_any("constraint", "constraints"):
        names = () if cursor.accept("all") else cursor.listed(Cursor.object_name)
        return tree.SetConstraints(place, names, cursor.expect_any("immediate", "deferred"))
    if cursor.at("role"):
        raise cursor.unsupported("SET ROLE")
    cursor.expect("transaction")
    mode = cursor.accept_phrase(
        ("READ ONLY", "READ WRITE", "ISOLATION LEVEL SERIALIZABLE", "ISOLATION LEVEL READ COMMITTED")
    )
    if cursor.at("use"):
        raise cursor.unsupported("SET TRANSACTION USE ROLLBACK SEGMENT")
    name = expressions.text(cursor) if cursor.accept("name") else None
    return tree.SetTransaction(place, mode, name)


def call_statement(cursor: Cursor) -> Statement:
    """CALL routine(arguments) [INTO :bind]."""
    place = cursor.place
    cursor.expect("call")
    called = calls.followed(cursor, expressions.reference(cursor))
    target = expressions.bind(cursor) if cursor.accept("into") else None
    return tree.CallStatement(place, called, target)


def explain(cursor: Cursor) -> Statement:
    """EXPLAIN PLAN FOR a statement."""
    place, identifier = cursor.place, None
    cursor.expect("explain", "plan")
    if cursor.accept("set", "statement_id"):
        cursor.expect_op("=")
        identifier = expressions.text(cursor)
    table = cursor.object_name() if cursor.accept("into") else None
    cursor.expect("for")
    if cursor.at_any("create", "alter"):
        raise cursor.unsupported(f"EXPLAIN PLAN FOR {cursor.token.value.upper()}")
    return tree.ExplainPlan(place, statement(cursor), identifier, table)


def _query(cursor: Cursor) -> Statement:
    return queries.query(cursor)


STATEMENTS: dict[str, Callable[[Cursor], Statement]] = {
    "select": _query,
    "with": _query,
    "insert": insert,
    "update": update,
    "delete": delete,
    "merge": merge,
    "lock": lock,
    "commit": commit,
    "rollback": rollback,
    "savepoint": savepoint,
    "set": set_statement,
}


def statement(cursor: Cursor) -> Statement:
    """A statement of SQL that begins with a word of STATEMENTS."""
    reader = STATEMENTS.get(cursor.token.value)
    if reader is None or cursor.token.kind is not Kind.WORD:
        raise cursor.error("ORA-00900", f"invalid SQL statement: it begins with {cursor.token.describe()}")
    with cursor.sql:
        return reader(cursor)
