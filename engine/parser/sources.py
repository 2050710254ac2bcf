"""What FROM names: tables, inline views, collections, joins, JSON_TABLE, XMLTABLE, PIVOT."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from engine.lexer import Kind
from engine.parser import calls, expressions, queries, row_sources
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Expression, Name

S = TypeVar("S", bound=tree.AliasedSource)

_JOINS = (
    "INNER JOIN", "LEFT OUTER JOIN", "LEFT JOIN", "RIGHT OUTER JOIN", "RIGHT JOIN", "FULL OUTER JOIN", "FULL JOIN",
    "JOIN",
)  # fmt: skip
_APPLIES = ("CROSS JOIN", "CROSS APPLY", "OUTER APPLY")
# Words that no list reserves and that go on behind a table where one of these follows; they are aliases otherwise.
_CLAUSES: dict[str, tuple[str, ...]] = {
    "left": ("join", "outer"), "right": ("join", "outer"), "full": ("join", "outer"), "inner": ("join",),
    "cross": ("join", "apply"), "outer": ("apply",), "natural": ("join", "inner", "left", "right", "full"),
    "fetch": ("first", "next", "approx", "approximate", "exact"),
    "except": ("select", "all", "(", "with", "distinct"), "pivot": ("(", "xml"), "unpivot": ("(", "include", "exclude"),
    "sample": ("(", "block"), "partition": ("(", "for", "by"), "subpartition": ("(", "for"),
    "versions": ("between",), "log": ("errors",), "match_recognize": ("(",),
}  # fmt: skip
# Those that go on unless the source ends behind them.
_OPENERS = ("join", "using", "offset", "model", "window", "qualify", "returning", "return", "when", "loop", "limit")
_ENDS = frozenset("where group order connect start having union intersect minus for on set values".split())


def from_item(cursor: Cursor) -> tree.FromItem:
    """A source and its joins."""
    place = cursor.place
    first = source(cursor)
    joins = []
    while (join := _join(cursor)) is not None:
        joins.append(join)
    return tree.FromItem(place, first, tuple(joins))


def _join(cursor: Cursor) -> tree.Join | None:
    place = cursor.place
    if cursor.at("natural") and cursor.ahead().is_word(*_CLAUSES["natural"]):
        cursor.take()
        kind = cursor.accept_phrase(_JOINS)
        if not kind:
            raise cursor.unexpected("JOIN")
        return tree.Join(place, _kind(kind), source(cursor), natural=True)
    left_partition = _partition_by(cursor)
    kind = "" if left_partition else cursor.accept_phrase(_APPLIES)
    if kind:
        return tree.Join(place, kind.removesuffix(" JOIN"), source(cursor))
    kind = "" if cursor.at("join") and _ends_behind(cursor) else cursor.accept_phrase(_JOINS)
    if not kind:
        if left_partition:
            raise cursor.unexpected("JOIN", 905)
        return None
    if cursor.at("to", "one"):
        raise cursor.unsupported("JOIN TO ONE")
    joined = source(cursor)
    right_partition = _partition_by(cursor)
    on = expressions.expression(cursor) if cursor.accept("on") else None
    using = cursor.list_behind(Cursor.name, "using")
    if on is None and not using:
        raise cursor.error("ORA-00905", f"missing keyword: {cursor.token.describe()} stands where ON is expected")
    return tree.Join(place, _kind(kind), joined, False, on, using, left_partition, right_partition)


def _kind(phrase: str) -> str:
    return phrase.removesuffix("JOIN").strip().removesuffix(" OUTER") or "INNER"


def _partition_by(cursor: Cursor) -> tuple[Expression, ...]:
    if not cursor.accept("partition", "by"):
        return ()
    if cursor.at_op("("):
        return cursor.list_in_parentheses(expressions.expression)
    return cursor.listed(expressions.expression)


# one source


def source(cursor: Cursor) -> tree.Source:
    """A source with its alias, and PIVOT or UNPIVOT."""
    with cursor.deeper():
        found = _plain(cursor)
        if isinstance(found, tree.AliasedSource):
            return _pivoted(cursor, _aliased(cursor, found))
        return found


def _plain(cursor: Cursor) -> tree.Source:
    place = cursor.place
    if cursor.at_op("("):
        return _parenthesised(cursor)
    following = cursor.ahead()
    if cursor.token.kind is Kind.WORD and following.is_op("("):
        reader = row_sources.READERS.get(cursor.token.value)
        if reader is not None:
            return reader(cursor)
        if cursor.at("only"):
            cursor.take()
            return tree.TableSource(place, cursor.in_parentheses(Cursor.object_name), only=True)
        if cursor.at("external") and cursor.ahead(2).is_op("("):
            raise cursor.unsupported("an inline external table")
    if cursor.at("lateral"):
        cursor.take()
        return _inline_view(cursor, lateral=True)
    if cursor.token.kind not in (Kind.WORD, Kind.QUOTED):
        raise cursor.unexpected("a table", 903)
    name = cursor.object_name()
    if cursor.at_op("("):
        return _table_function(cursor, name.parts)
    return _table(cursor, tree.TableSource(place, name))


def _table_function(cursor: Cursor, parts: tuple[Name, ...]) -> tree.Source:
    place = parts[0].place
    call = calls.followed(cursor, values.Reference(place, parts))
    return tree.CollectionSource(place, call, keyword="")


def _table(cursor: Cursor, found: tree.TableSource) -> tree.TableSource:
    if cursor.at_any("partition", "subpartition") and (cursor.ahead().is_op("(") or cursor.ahead().is_word("for")):
        found = replace(found, partition=partition(cursor))
    found = replace(found, flashback=_flashback(cursor))
    if cursor.at("sample") and (cursor.ahead().is_op("(") or cursor.ahead().is_word("block")):
        found = replace(found, sample=_sample(cursor))
    return found


def partition(cursor: Cursor) -> tree.PartitionChoice:
    """PARTITION (name) or PARTITION FOR (values)."""
    place, kind = cursor.place, cursor.take().value.upper()
    if cursor.accept("for"):
        return tree.PartitionChoice(place, kind, None, cursor.list_in_parentheses(expressions.expression))
    return tree.PartitionChoice(place, kind, cursor.in_parentheses(Cursor.name))


def _flashback(cursor: Cursor) -> tree.Flashback | None:
    place = cursor.place
    if cursor.accept("versions", "between"):
        unit = cursor.expect_any("scn", "timestamp")
        start = expressions.expression(cursor, expressions.ADDITIVE)
        cursor.expect("and")
        return tree.Flashback(place, unit, start, expressions.expression(cursor, expressions.ADDITIVE))
    if not cursor.accept("as", "of"):
        return None
    if cursor.at("period"):
        raise cursor.unsupported("AS OF PERIOD FOR")
    unit = cursor.expect_any("scn", "timestamp")
    return tree.Flashback(place, unit, expressions.expression(cursor, expressions.ADDITIVE))


def _sample(cursor: Cursor) -> tree.Sample:
    place = cursor.place
    cursor.expect("sample")
    block = cursor.accept("block")
    percent = cursor.list_in_parentheses(expressions.expression)
    seed = cursor.in_parentheses(expressions.expression) if cursor.accept("seed") else None
    return tree.Sample(place, percent, block, seed)


# parentheses


def _parenthesised(cursor: Cursor) -> tree.Source:
    place = cursor.place
    if cursor.ahead().is_word("select", "with"):
        return _inline_view(cursor)
    cursor.expect_op("(")
    if cursor.at("values"):
        found = queries.values(cursor)
        cursor.expect_op(")")
        return tree.ValuesSource(place, found)
    item = from_item(cursor)
    inner = item.source
    bare = not item.joins and isinstance(inner, tree.QuerySource) and not inner.lateral
    if bare and isinstance(inner, tree.QuerySource) and inner.alias is None and inner.pivot is None:
        query = (
            queries.continued(cursor, inner.query, inner.place)
            if queries.goes_on(cursor)
            else tree.Query(inner.place, tree.ParenthesisedQuery(inner.place, inner.query))
        )
        cursor.expect_op(")")
        return tree.QuerySource(place, query)
    cursor.expect_op(")")
    return tree.JoinedSource(place, item)


def _inline_view(cursor: Cursor, lateral: bool = False) -> tree.Source:
    place = cursor.place
    cursor.expect_op("(")
    found = queries.query(cursor)
    limits = restriction(cursor)
    cursor.expect_op(")")
    return tree.QuerySource(place, found, lateral, limits)


def restriction(cursor: Cursor) -> str:
    """WITH READ ONLY or WITH CHECK OPTION, where it stands here."""
    return cursor.accept_phrase(("WITH READ ONLY", "WITH CHECK OPTION"))


# aliases


def _aliased(cursor: Cursor, found: S) -> S:
    if isinstance(found, tree.TableSource) and found.flashback is None and cursor.at("as", "of"):
        return found
    name = alias(cursor)
    if name is None:
        return found
    if isinstance(found, tree.ValuesSource) and cursor.at_op("("):
        return replace(found, alias=name, columns=cursor.list_in_parentheses(Cursor.name))
    return replace(found, alias=name)


def alias(cursor: Cursor) -> Name | None:
    """The alias of a table, where one stands here; AS before it is taken for what 23ai makes of it."""
    marked = cursor.at("as") and not cursor.ahead().is_word("of") and cursor.accept("as")
    token = cursor.token
    if token.kind is Kind.QUOTED:
        return cursor.any_name()
    if token.kind is not Kind.WORD:
        if marked:
            raise cursor.unexpected("a name")
        return None
    if cursor.is_reserved(token):
        if marked or token.value not in _AFTER_TABLE:
            raise cursor.reserved(Role.TABLE_ALIAS, token)
        return None
    return None if _opens_clause(cursor) else cursor.any_name()


# Reserved words that may follow a table.
_AFTER_TABLE = _ENDS | frozenset("with as into then else and or is in select when".split())


def _ends_behind(cursor: Cursor) -> bool:
    """Whether the source ends behind the word at hand, so that this is its alias."""
    following = cursor.ahead()
    if following.kind is Kind.WORD:
        return following.value in _ENDS
    return following.kind is Kind.END or following.is_op(",", ")", ";")


def _opens_clause(cursor: Cursor) -> bool:
    word = cursor.token.value
    if word in _OPENERS:
        return not _ends_behind(cursor)
    return cursor.ahead().kind in (Kind.WORD, Kind.OPERATOR) and cursor.ahead().value in _CLAUSES.get(word, ())


# PIVOT


def _pivoted(cursor: Cursor, found: S) -> S:
    if cursor.at("match_recognize") and cursor.ahead().is_op("("):
        raise cursor.unsupported("the clause MATCH_RECOGNIZE")
    if cursor.at("pivot") and (cursor.ahead().is_op("(") or cursor.ahead().is_word("xml")):
        pivot: tree.Pivot | tree.Unpivot = _pivot(cursor)
    elif cursor.at("unpivot") and (cursor.ahead().is_op("(") or cursor.ahead().is_word("include", "exclude")):
        pivot = _unpivot(cursor)
    else:
        return found
    if cursor.at_any("pivot", "unpivot"):
        raise cursor.unsupported("PIVOT behind PIVOT")
    return replace(found, pivot=pivot)


def _pivot(cursor: Cursor) -> tree.Pivot:
    place = cursor.place
    cursor.expect("pivot")
    xml = cursor.accept("xml")
    cursor.expect_op("(")
    aggregates = cursor.listed(_pivot_item)
    cursor.expect("for")
    columns = _names(cursor)
    cursor.expect("in")
    cursor.expect_op("(")
    if cursor.at_any("select", "any"):
        raise cursor.unsupported("PIVOT ... IN (query)")
    found = cursor.listed(_pivot_item)
    cursor.expect_op(")")
    cursor.expect_op(")")
    return tree.Pivot(place, aggregates, columns, found, xml, alias(cursor))


def _pivot_item(cursor: Cursor) -> tree.SelectItem:
    place, value = cursor.place, expressions.expression(cursor)
    named = cursor.accept("as") or cursor.at_name()
    return tree.SelectItem(place, value, cursor.name(Role.ALIAS) if named else None)


def _names(cursor: Cursor) -> tuple[Name, ...]:
    if cursor.at_op("("):
        return cursor.list_in_parentheses(Cursor.name)
    return (cursor.name(),)


def _unpivot(cursor: Cursor) -> tree.Unpivot:
    place = cursor.place
    cursor.expect("unpivot")
    nulls = cursor.accept_any("include", "exclude")
    if nulls:
        cursor.expect("nulls")
    cursor.expect_op("(")
    columns = _names(cursor)
    cursor.expect("for")
    marks = _names(cursor)
    cursor.expect("in")
    sets = cursor.list_in_parentheses(_unpivot_set)
    cursor.expect_op(")")
    return tree.Unpivot(place, columns, marks, sets, nulls, alias(cursor))


def _unpivot_set(cursor: Cursor) -> tree.UnpivotSet:
    place, columns = cursor.place, _names(cursor)
    if not cursor.accept("as"):
        return tree.UnpivotSet(place, columns)
    if cursor.at_op("("):
        return tree.UnpivotSet(place, columns, cursor.list_in_parentheses(expressions.expression))
    return tree.UnpivotSet(place, columns, (expressions.expression(cursor),))
