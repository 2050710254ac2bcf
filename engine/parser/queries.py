"""Queries: blocks, set operators, WITH, ordering and row limits."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import calls, declarations, expressions, sources
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import queries as tree
from engine.tree.base import Expression, Name, Place
from engine.tree.expressions import Keyword, Reference, Row, Star

_SET_WORDS = ("union", "intersect", "minus", "except")
_LIMIT_WORDS = ("offset", "fetch")


def query(cursor: Cursor) -> tree.Query:
    """A query with all its clauses."""
    with cursor.sql, cursor.deeper():
        place = cursor.place
        with_ = _with(cursor) if cursor.at("with") else None
        return _clauses(cursor, place, _compound(cursor, _operand(cursor)), with_)


def at_query(cursor: Cursor) -> bool:
    """Whether a query begins here, behind parentheses perhaps."""
    count = 0
    while cursor.ahead(count).is_op("("):
        count += 1
    return cursor.ahead(count).is_word("select", "with")


def goes_on(cursor: Cursor) -> bool:
    """Whether what follows a query in parentheses makes it the first operand of a longer one."""
    return cursor.at_any(*_SET_WORDS) or cursor.at("order", "by") or _at_limit(cursor)


def continued(cursor: Cursor, first: tree.Query, place: Place) -> tree.Query:
    """The longer query whose first operand, in parentheses, has been read."""
    with cursor.sql:
        return _clauses(cursor, place, _compound(cursor, tree.ParenthesisedQuery(place, first)), None)


def _clauses(cursor: Cursor, place: Place, body: tree.QueryBody, with_: tree.With | None) -> tree.Query:
    """ORDER BY, the row limit and FOR UPDATE behind a body; FOR UPDATE may stand before ORDER BY."""
    lock = _for_update(cursor)
    siblings = cursor.accept("order", "siblings", "by")
    order_by = calls.sort_keys(cursor) if siblings or cursor.accept("order", "by") else ()
    limit = _limit(cursor) if _at_limit(cursor) else None
    lock = lock or _for_update(cursor)
    return tree.Query(place, body, with_, order_by, siblings, limit, lock)


def _compound(cursor: Cursor, first: tree.QueryBody) -> tree.QueryBody:
    operands, operators = [first], []
    while cursor.at_any(*_SET_WORDS):
        place, word = cursor.place, cursor.take().value.upper()
        operators.append(tree.SetOperator(place, word, cursor.accept_any("all", "distinct")))
        operands.append(_operand(cursor))
    return tree.Compound(first.place, tuple(operands), tuple(operators)) if operators else first


def _operand(cursor: Cursor) -> tree.QueryBody:
    place = cursor.place
    if cursor.at_op("("):
        return tree.ParenthesisedQuery(place, cursor.in_parentheses(query))
    if cursor.at("values"):
        return values(cursor)
    return _select(cursor)


def values(cursor: Cursor) -> tree.Values:
    """VALUES (a, b), (c, d) in place of a query block."""
    place = cursor.place
    cursor.expect("values")
    return tree.Values(place, cursor.listed(row))


def row(cursor: Cursor) -> Expression:
    """`(a, b)`: a Row, also of one."""
    place = cursor.place
    return Row(place, cursor.list_in_parentheses(expressions.expression))


# WITH


def _with(cursor: Cursor) -> tree.With:
    place = cursor.place
    cursor.expect("with")
    routines = declarations.of_with(cursor)
    return tree.With(place, routines, cursor.listed(_common_table) if not cursor.at("select") else ())


def _common_table(cursor: Cursor) -> tree.CommonTable:
    place = cursor.place
    name = cursor.name(Role.TABLE)
    columns = cursor.optional_list(Cursor.name)
    if cursor.at("analytic", "view"):
        raise cursor.unsupported("an analytic view in WITH")
    cursor.expect("as")
    body = cursor.in_parentheses(query)
    search = _search(cursor) if cursor.at("search") else None
    cycle = _cycle(cursor) if cursor.at("cycle") else None
    return tree.CommonTable(place, name, columns, body, search, cycle)


def _search(cursor: Cursor) -> tree.Search:
    place = cursor.place
    cursor.expect("search")
    kind = cursor.expect_any("depth", "breadth")
    cursor.expect("first", "by")
    keys = calls.sort_keys(cursor)
    cursor.expect("set")
    return tree.Search(place, kind, keys, cursor.name())


def _cycle(cursor: Cursor) -> tree.Cycle:
    place = cursor.place
    cursor.expect("cycle")
    columns = cursor.listed(Cursor.name)
    cursor.expect("set")
    mark = cursor.name()
    cursor.expect("to")
    value = expressions.expression(cursor)
    cursor.expect("default")
    return tree.Cycle(place, columns, mark, value, expressions.expression(cursor))


# a block


def _select(cursor: Cursor) -> tree.Select:
    place = cursor.place
    if not cursor.accept("select"):
        raise cursor.unexpected("SELECT")
    hints = hint(cursor)
    quantifier = cursor.accept_any("distinct", "unique", "all")
    items = _select_list(cursor)
    target = into(cursor)
    from_items = cursor.listed(sources.from_item) if cursor.accept("from") else ()
    where = expressions.expression(cursor) if cursor.accept("where") else None
    hierarchy = _hierarchy(cursor)
    having_first = cursor.at("having")
    having = expressions.expression(cursor) if cursor.accept("having") else None
    group_by = _group_by(cursor, having_first) if cursor.at("group", "by") else None
    if not having_first and cursor.accept("having"):
        having = expressions.expression(cursor)
    if cursor.at("model") and cursor.ahead().kind in (Kind.WORD, Kind.OPERATOR):
        raise cursor.unsupported("the clause MODEL")
    windows = cursor.listed(_named_window) if cursor.accept("window") else ()
    qualify = expressions.expression(cursor) if cursor.accept("qualify") else None
    return tree.Select(
        place, items, quantifier, hints, target, from_items, where, hierarchy, group_by, having, windows, qualify
    )


def hint(cursor: Cursor) -> str:
    """The text of the hint that stands here, or nothing."""
    return cursor.take().value if cursor.token.kind is Kind.HINT else ""


def _select_list(cursor: Cursor) -> tuple[tree.SelectItem, ...]:
    """The items of a select list; `*` without a qualifier stands alone."""
    items = [_item(cursor)]
    while cursor.at_op(","):
        if items[-1].expression == Star(items[-1].place):
            raise cursor.error("ORA-00923", "FROM keyword not found where expected: `*` stands alone")
        cursor.take()
        if cursor.at_op("*"):
            raise cursor.error("ORA-00936", "missing expression: `*` stands alone")
        items.append(_item(cursor))
    return tuple(items)


def _item(cursor: Cursor) -> tree.SelectItem:
    place, start = cursor.place, cursor.index
    value = expressions.expression(cursor)
    heading = _heading(cursor, start)
    return tree.SelectItem(place, value, _alias(cursor), heading)


def _heading(cursor: Cursor, start: int) -> str:
    """The expression's text as Oracle heads the column with it: without blanks, in capitals but for quoted names."""
    tokens = cursor.tokens[start : cursor.index]
    texts = [cursor.text[token.start : token.end] for token in tokens]
    return "".join(
        text if token.kind is Kind.QUOTED else "".join(text.split()).upper()
        for text, token in zip(texts, tokens, strict=True)
    )


def _alias(cursor: Cursor) -> Name | None:
    """The alias of an item of a select list, where one stands here."""
    if cursor.accept("as"):
        return cursor.name(Role.ALIAS)
    token = cursor.token
    if token.kind is Kind.QUOTED:
        return cursor.any_name()
    if token.kind is not Kind.WORD or cursor.at("bulk", "collect"):
        return None
    if cursor.is_reserved(token):
        if token.value in _AFTER_ITEM:
            return None
        raise cursor.reserved(Role.ALIAS, token)
    if token.value in ("except", "fetch", "offset", "window", "qualify", "returning", "model") and opens_clause(cursor):
        return None
    return cursor.any_name()


# Reserved words that may follow an item of a select list.
_AFTER_ITEM = frozenset(
    "from into where union intersect minus connect start group having order for with and or".split()
)


def opens_clause(cursor: Cursor) -> bool:
    """Whether a word that is no reserved one begins a clause here, and is no alias."""
    following = cursor.ahead()
    if following.kind is Kind.END or following.is_op(",", ")", ";", "."):
        return False
    return not (following.kind is Kind.WORD and following.value in _AFTER_ITEM - {"with", "for"})


def into(cursor: Cursor) -> tree.Into | None:
    """[BULK COLLECT] INTO targets, where it stands here."""
    place = cursor.place
    bulk = cursor.accept("bulk", "collect")
    if not bulk and not cursor.at("into"):
        return None
    cursor.expect("into")
    return tree.Into(place, cursor.listed(target), bulk)


def target(cursor: Cursor) -> Expression:
    """What INTO writes to: a name of PL/SQL with fields and indexes, or a bind variable."""
    place = cursor.place
    if cursor.token.kind is Kind.BIND:
        return calls.followed(cursor, expressions.bind(cursor))
    parts = [cursor.any_name()]
    while cursor.at_op(".") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
        cursor.take()
        parts.append(cursor.any_name())
    return calls.followed(cursor, Reference(place, tuple(parts)))


def _hierarchy(cursor: Cursor) -> tree.Hierarchy | None:
    place, start_with = cursor.place, None
    start = cursor.token
    if cursor.accept("start", "with"):
        start_with = expressions.expression(cursor)
        if not cursor.accept("connect", "by"):
            raise cursor.error("ORA-01788", "CONNECT BY clause required in this query block", start)
    elif not cursor.accept("connect", "by"):
        return None
    nocycle = cursor.accept("nocycle")
    condition = expressions.expression(cursor)
    connect_first = start_with is None and cursor.accept("start", "with")
    if connect_first:
        start_with = expressions.expression(cursor)
    return tree.Hierarchy(place, condition, start_with, nocycle, connect_first)


def _group_by(cursor: Cursor, having_first: bool) -> tree.GroupBy:
    place = cursor.place
    cursor.expect("group", "by")
    if cursor.at("all"):
        raise cursor.unsupported("GROUP BY ALL")
    return tree.GroupBy(place, cursor.listed(_grouping), having_first)


def _grouping(cursor: Cursor) -> Expression:
    place = cursor.place
    kind = ""
    if cursor.at_any("rollup", "cube") and cursor.ahead().is_op("("):
        kind = cursor.take().value.upper()
    elif cursor.accept("grouping", "sets"):
        kind = "GROUPING SETS"
    if not kind and cursor.at_op("(") and cursor.ahead().is_op(")"):
        cursor.expect_op("(")
        cursor.expect_op(")")
        return Row(place, ())  # all rows as one group
    if not kind:
        return expressions.expression(cursor)
    with cursor.deeper():
        return tree.GroupingSet(place, kind, cursor.list_in_parentheses(_grouping))


def _named_window(cursor: Cursor) -> tree.NamedWindow:
    place, name = cursor.place, cursor.name()
    cursor.expect("as")
    return tree.NamedWindow(place, name, cursor.in_parentheses(calls.window))


# row limits and locks


def _at_limit(cursor: Cursor) -> bool:
    return cursor.at_any(*_LIMIT_WORDS) and opens_clause(cursor)


def _limit(cursor: Cursor) -> tree.RowLimit:
    place, offset = cursor.place, None
    if cursor.accept("offset"):
        offset = expressions.expression(cursor)
        cursor.expect_any("row", "rows")
    if not cursor.accept("fetch"):
        return tree.RowLimit(place, offset)
    search = cursor.accept_any("approx", "approximate", "exact").replace("APPROXIMATE", "APPROX")
    cursor.expect_any("first", "next")
    partitions: list[tree.PartitionLimit] = []
    count, percent = _count(cursor)
    while count is not None and cursor.accept_any("partition", "partitions"):
        cursor.expect("by")
        partitions.append(tree.PartitionLimit(count.place, count, expressions.expression(cursor)))
        cursor.expect_op(",")
        count, percent = _count(cursor)
    cursor.expect_any("row", "rows")
    ties = cursor.accept("with", "ties")
    if not ties:
        cursor.expect("only")
    found = target_accuracy(cursor)
    return tree.RowLimit(place, offset, True, search, tuple(partitions), count, percent, ties, found)


def _count(cursor: Cursor) -> tuple[Expression | None, bool]:
    if cursor.at_any("row", "rows"):
        return None, False
    count = expressions.expression(cursor, expressions.ADDITIVE)
    return count, cursor.accept("percent")


def target_accuracy(cursor: Cursor) -> tree.TargetAccuracy | None:
    """WITH TARGET ACCURACY where it stands here."""
    place = cursor.place
    if not cursor.accept("with", "target", "accuracy"):
        return None
    percent = None
    if not cursor.at("parameters"):
        percent = expressions.expression(cursor, expressions.ADDITIVE)
        cursor.accept("percent")
    of_index = percent is not None and cursor.ahead(2).is_word("type")
    parameters = () if of_index else cursor.list_behind(vector_parameter, "parameters")
    return tree.TargetAccuracy(place, percent, parameters)


def vector_parameter(cursor: Cursor) -> tree.VectorParameter:
    """`NEIGHBORS 16`, `TYPE HNSW`, `NEIGHBOR PARTITIONS 10`: words, of which the last may be the value."""
    place, words = cursor.place, []
    while cursor.token.kind is Kind.WORD:
        value_place = cursor.place
        words.append(cursor.take().value.upper())
    if cursor.at_op(",", ")") and len(words) > 1:
        return tree.VectorParameter(place, " ".join(words[:-1]), Keyword(value_place, words[-1]))
    if not words:
        raise cursor.unexpected("a parameter's name")
    return tree.VectorParameter(place, " ".join(words), expressions.expression(cursor, expressions.ADDITIVE))


def _for_update(cursor: Cursor) -> tree.ForUpdate | None:
    place = cursor.place
    if not cursor.accept("for", "update"):
        return None
    columns = cursor.listed(expressions.reference) if cursor.accept("of") else ()
    wait, seconds = lock_wait(cursor)
    return tree.ForUpdate(place, columns, wait, seconds)


def lock_wait(cursor: Cursor) -> tuple[str, Expression | None]:
    """NOWAIT, WAIT n or SKIP LOCKED, where it stands here."""
    word = cursor.accept_phrase(("NOWAIT", "SKIP LOCKED", "WAIT"))
    return word, expressions.expression(cursor) if word == "WAIT" else None
