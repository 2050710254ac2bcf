"""Procedures and functions: headings, parameters, properties, bodies."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import blocks, datatypes, declarations
from engine.parser.cursor import Cursor
from engine.tree import plsql as tree
from engine.tree.base import ObjectName, Place

# Properties that are words alone.
_WORDS = (
    "DETERMINISTIC", "AUTHID DEFINER", "AUTHID CURRENT_USER", "SHARDENABLED", "SQL_MACRO", "PARALLEL_ENABLE",
    "DEFAULT COLLATION USING_NLS_COMP",
)  # fmt: skip
_UNIT_KINDS = ("function", "procedure", "package", "trigger", "type")


def routine(cursor: Cursor, *, role: str = "", end: bool = True) -> tree.Routine:
    """A procedure or function of a declarative part or a type; `end` tells that a semicolon closes it."""
    place, kind = cursor.place, cursor.expect_any("procedure", "function")
    found = _behind_name(cursor, place, kind, ObjectName(cursor.place, (cursor.name(),)), role)
    if end or found.body is not None:
        cursor.expect_op(";")
    return found


def stored(cursor: Cursor, kind: str) -> tree.Routine:
    """A stored procedure or function, behind the word that says which; one with a body ends with a semicolon."""
    found = _behind_name(cursor, cursor.place, kind, cursor.unit_name(), "")
    if found.body is not None:
        cursor.expect_op(";")
    return found


def _behind_name(cursor: Cursor, place: Place, kind: str, name: ObjectName, role: str) -> tree.Routine:
    given = parameters(cursor)
    returns_self, result = False, None
    if kind == "FUNCTION":
        cursor.expect("return")
        returns_self = cursor.accept("self", "as", "result")
        result = None if returns_self else datatypes.datatype(cursor)
    found = options(cursor)
    aggregate = cursor.object_name() if cursor.accept("aggregate", "using") else None
    has_body = aggregate is None and bool(cursor.accept_any("is", "as"))
    external = _external(cursor) if has_body else ()
    body = blocks.body(cursor) if has_body and not external else None
    return tree.Routine(place, kind, name, given, result, found, body, external, role, returns_self, aggregate)


def parameters(cursor: Cursor) -> tuple[tree.Parameter, ...]:
    """Formal parameters in parentheses, where they stand here."""
    return cursor.list_in_parentheses(_parameter) if cursor.at_op("(") else ()


def _parameter(cursor: Cursor) -> tree.Parameter:
    place, name = cursor.place, cursor.name()
    mode = "IN OUT" if cursor.accept("in", "out") else cursor.accept_any("in", "out")
    nocopy = cursor.accept("nocopy")
    datatype = datatypes.datatype(cursor)
    return tree.Parameter(place, name, mode, datatype, nocopy, declarations.default(cursor))


# properties


def options(cursor: Cursor) -> tuple[tree.RoutineOption, ...]:
    """The properties of a routine or a package that stand here."""
    found = []
    while (option := _option(cursor)) is not None:
        found.append(option)
    return tuple(found)


def _option(cursor: Cursor) -> tree.RoutineOption | None:
    place = cursor.place
    word = cursor.accept_phrase(_WORDS)
    if word == "PARALLEL_ENABLE" and cursor.at_op("("):
        raise cursor.unsupported("PARALLEL_ENABLE (PARTITION ...)")
    if word == "SQL_MACRO" and cursor.at_op("("):
        return tree.RoutineOption(place, word, cursor.in_parentheses(lambda c: c.expect_any("scalar", "table")))
    if word:
        return tree.RoutineOption(place, word)
    if cursor.accept("accessible", "by"):
        return tree.RoutineOption(place, "ACCESSIBLE BY", names=cursor.list_in_parentheses(_accessor))
    if cursor.accept("result_cache"):
        return tree.RoutineOption(place, "RESULT_CACHE", names=cursor.list_behind(_accessor, "relies_on"))
    if cursor.accept("pipelined"):
        if cursor.at_any("row", "table", "using"):
            raise cursor.unsupported("PIPELINED USING or POLYMORPHIC")
        return tree.RoutineOption(place, "PIPELINED")
    if cursor.accept("default", "collation"):
        return tree.RoutineOption(place, "DEFAULT COLLATION", cursor.take().value.upper())
    return None


def _accessor(cursor: Cursor) -> tree.Accessor:
    place = cursor.place
    kind = ""
    if cursor.at_any(*_UNIT_KINDS) and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
        kind = cursor.take().value.upper()
    parts = [cursor.any_name()]
    while cursor.accept_op("."):
        parts.append(cursor.any_name())
    return tree.Accessor(place, kind, ObjectName(place, tuple(parts)))


# external routines


def _external(cursor: Cursor) -> tuple[str, ...]:
    """LANGUAGE JAVA NAME '...', LANGUAGE C ..., EXTERNAL ..., MLE MODULE ...: its tokens."""
    begins = cursor.at_any("language", "external") or cursor.at("mle", "module") or cursor.at("mle", "language")
    if not begins or (cursor.ahead().kind is Kind.OPERATOR and not cursor.ahead().is_op(";")):
        return ()
    words = []
    while not cursor.at_op(";") and cursor.token.kind is not Kind.END:
        token = cursor.take()
        words.append(cursor.text[token.start : token.end])
    return tuple(words)
