"""The functions and conditions of SQL/JSON that have clauses of their own (SQL Language Reference)."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import calls, datatypes, expressions, queries
from engine.parser.cursor import Cursor
from engine.tree import expressions as tree
from engine.tree.base import Expression

# Clauses that are words alone, longer ones first where one begins another.
_RETURNING_OPTIONS = (
    "FORMAT JSON", "TRUNCATE", "PRETTY", "ASCII", "ORDERED", "EXTENDED", "WITH TYPENAME", "ALLOW SCALARS",
    "DISALLOW SCALARS", "ALLOW BOOLEAN TO NUMBER CONVERSION", "DISALLOW BOOLEAN TO NUMBER CONVERSION",
)  # fmt: skip
_OPTIONS = (
    *_RETURNING_OPTIONS,
    "WITH CONDITIONAL ARRAY WRAPPER", "WITH CONDITIONAL WRAPPER", "WITH UNCONDITIONAL ARRAY WRAPPER",
    "WITH UNCONDITIONAL WRAPPER", "WITH ARRAY WRAPPER", "WITH WRAPPER", "WITHOUT ARRAY WRAPPER", "WITHOUT WRAPPER",
    "KEEP QUOTES", "OMIT QUOTES", "STRICT", "LAX", "WITH UNIQUE KEYS", "WITHOUT UNIQUE KEYS",
)  # fmt: skip
_CONDITION_OPTIONS = (
    "FORMAT JSON", "VALUE", "ARRAY", "OBJECT", "SCALAR", "ALLOW SCALARS", "DISALLOW SCALARS", "STRICT", "LAX",
    "WITH UNIQUE KEYS", "WITHOUT UNIQUE KEYS", "VALIDATE USING", "VALIDATE",
)  # fmt: skip
_TYPES = ("strict", "lax")
_ACTIONS = (
    "ERROR", "NULL", "EMPTY ARRAY", "EMPTY OBJECT", "EMPTY STRING", "EMPTY", "TRUE", "FALSE", "UNKNOWN", "IGNORE",
    "CREATE", "REPLACE", "REMOVE", "INSERT",
)  # fmt: skip
_EVENTS = ("error", "empty", "null", "mismatch", "existing", "missing")
_NULLS = ("SQL NULL ON NULL", "JSON NULL ON NULL", "NULL ON NULL", "ABSENT ON NULL", "EMPTY STRING ON NULL")
_VERBS = (
    "remove", "set", "insert", "replace", "append", "prepend", "rename", "keep", "sort", "copy", "merge", "union",
    "intersect", "minus", "nested", "case",
)  # fmt: skip
_REFUSED_VERBS = ("sort", "nested", "case")


# what they share


def options(cursor: Cursor, phrases: tuple[str, ...] = _OPTIONS) -> tuple[str, ...]:
    """The clauses of words that stand here; TYPE (STRICT) among them."""
    found: list[str] = []
    while True:
        phrase = cursor.accept_phrase(phrases)
        if not phrase and cursor.at("type") and cursor.ahead().is_op("(") and cursor.ahead(2).is_word(*_TYPES):
            cursor.take(), cursor.take()
            phrase = f"TYPE ({cursor.take().value.upper()})"
            cursor.expect_op(")")
        if not phrase:
            return tuple(found)
        found.append(phrase)


def condition_options(cursor: Cursor) -> tuple[str, ...]:
    """What may follow IS JSON, with the parentheses that may stand around it."""
    if cursor.at_op("("):
        return cursor.in_parentheses(lambda inner: options(inner, _CONDITION_OPTIONS))
    found = options(cursor, _CONDITION_OPTIONS)
    if "VALIDATE" in found or "VALIDATE USING" in found:
        raise cursor.unsupported("IS JSON VALIDATE")
    return found


def handlers(cursor: Cursor) -> tuple[tree.JsonHandler, ...]:
    """`action ON event`, as many as stand here."""
    found: list[tree.JsonHandler] = []
    while True:
        place, value = cursor.place, None
        if cursor.at("default"):
            cursor.take()
            action, value = "DEFAULT", expressions.expression(cursor)
        elif _at_action(cursor):
            action = cursor.accept_phrase(_ACTIONS)
        else:
            return tuple(found)
        cursor.expect("on")
        event = cursor.expect_any(*_EVENTS)
        details = cursor.optional_list(_detail) if event == "MISMATCH" else ()
        found.append(tree.JsonHandler(place, action, value, event, details))


def _at_action(cursor: Cursor) -> bool:
    return any(
        cursor.at(*(words := action.lower().split()), "on") and cursor.ahead(len(words) + 1).is_word(*_EVENTS)
        for action in _ACTIONS
    )


def _detail(cursor: Cursor) -> str:
    return " ".join((cursor.expect_any("missing", "extra", "type"), cursor.expect_any("data", "error")))


def operand(cursor: Cursor) -> Expression:
    """A value, and FORMAT JSON."""
    value = expressions.expression(cursor)
    return tree.JsonInput(value.place, value) if cursor.accept("format", "json") else value


def passing(cursor: Cursor) -> tuple[tree.Passing, ...]:
    """PASSING value AS "name", ... where it stands here."""
    return cursor.listed(_passed) if cursor.accept("passing") else ()


def _passed(cursor: Cursor) -> tree.Passing:
    value = expressions.expression(cursor)
    cursor.expect("as")
    return tree.Passing(value.place, value, cursor.any_name())


def returning(cursor: Cursor) -> tree.Returning | None:
    """RETURNING type and its options, where it stands here."""
    place = cursor.place
    if not cursor.accept("returning"):
        return None
    return tree.Returning(place, datatypes.datatype(cursor), options(cursor, _RETURNING_OPTIONS))


# functions


def path_call(cursor: Cursor) -> Expression:
    """JSON_VALUE, JSON_QUERY, JSON_EXISTS and JSON_TEXTCONTAINS."""
    place, function = cursor.place, cursor.take().value.upper()
    cursor.expect_op("(")
    document = operand(cursor)
    cursor.expect_op(",")
    path = expressions.expression(cursor)
    if function == "JSON_TEXTCONTAINS":
        raise cursor.unsupported(function)
    passed = passing(cursor)
    returned = returning(cursor)
    words = options(cursor)
    found = handlers(cursor)
    words += options(cursor)
    cursor.expect_op(")")
    return tree.JsonPathCall(place, function, document, path, passed, returned, words, found)


def serialize(cursor: Cursor) -> Expression:
    """JSON_SERIALIZE, and the constructors JSON and JSON_SCALAR."""
    place, function = cursor.place, cursor.take().value.upper()
    cursor.expect_op("(")
    document = operand(cursor)
    returned = returning(cursor)
    words = options(cursor, (*_NULLS, *_OPTIONS))
    found = handlers(cursor)
    cursor.expect_op(")")
    return tree.JsonSerialize(place, function, document, returned, words, found)


def constructor(cursor: Cursor) -> Expression:
    """JSON_OBJECT, JSON_ARRAY and their aggregates."""
    place, function = cursor.place, cursor.take().value.upper()
    cursor.expect_op("(")
    query = None
    entries: tuple[tree.JsonEntry, ...] = ()
    if cursor.at_any("select", "with") and function == "JSON_ARRAY":
        query = queries.query(cursor)
    elif not cursor.at_op(")") and not _at_nulls(cursor) and not cursor.at_any("returning"):
        entries = cursor.listed(_member if function.startswith("JSON_OBJECT") else _element)
    order_by = calls.sort_keys(cursor) if cursor.accept("order", "by") else ()
    nulls = cursor.accept_phrase(_NULLS)
    returned = returning(cursor)
    words = options(cursor)
    cursor.expect_op(")")
    return tree.JsonConstructor(place, function, entries, query, order_by, nulls, returned, words)


def _at_nulls(cursor: Cursor) -> bool:
    return any(cursor.at(*phrase.lower().split()) for phrase in _NULLS)


def _element(cursor: Cursor) -> tree.JsonEntry:
    value = operand(cursor)
    return tree.JsonEntry(value.place, None, value, "ALONE")


def _member(cursor: Cursor) -> tree.JsonEntry:
    place = cursor.place
    marked = cursor.at("key") and not cursor.ahead().is_word("value", "is") and cursor.ahead().kind is not Kind.OPERATOR
    if marked:
        cursor.take()
    key = expressions.expression(cursor)
    if marked and (cursor.accept("value") or cursor.accept("is")):
        return tree.JsonEntry(place, key, operand(cursor), "KEY")
    if cursor.accept("value"):
        return tree.JsonEntry(place, key, operand(cursor), "VALUE")
    if cursor.token.kind is Kind.BIND:
        cursor.split_bind()
    if cursor.accept_op(":"):
        return tree.JsonEntry(place, key, operand(cursor), "COLON")
    if marked:
        raise cursor.unexpected("VALUE")
    value = tree.JsonInput(place, key) if cursor.accept("format", "json") else key
    return tree.JsonEntry(place, None, value, "ALONE")


# JSON_TRANSFORM


def transform(cursor: Cursor) -> Expression:
    """JSON_TRANSFORM."""
    place = cursor.place
    cursor.take()
    cursor.expect_op("(")
    document = operand(cursor)
    operations = []
    while cursor.accept_op(","):
        operations.append(_operation(cursor))
    if not operations:
        raise cursor.unexpected("','")
    returned = returning(cursor)
    words = options(cursor)
    found = handlers(cursor)
    passed = passing(cursor)
    if returned is None:
        returned = returning(cursor)
    cursor.expect_op(")")
    return tree.JsonTransform(place, document, tuple(operations), returned, words, found, passed)


def _operation(cursor: Cursor) -> tree.JsonOperation:
    place = cursor.place
    if cursor.at_any(*_REFUSED_VERBS):
        raise cursor.unsupported(f"{cursor.token.value.upper()} in JSON_TRANSFORM")
    verb = cursor.expect_any(*_VERBS)
    paths = [_path(cursor)]
    while verb == "KEEP" and cursor.at_op(",") and cursor.ahead().kind is Kind.STRING:
        cursor.take()
        paths.append(_path(cursor))
    value = None
    if cursor.accept("with") or cursor.accept_op("="):
        value = _value(cursor)
    return tree.JsonOperation(place, verb, tuple(paths), value, handlers(cursor))


def _path(cursor: Cursor) -> Expression:
    return expressions.expression(cursor, expressions.ADDITIVE)


def _value(cursor: Cursor) -> Expression:
    place = cursor.place
    if cursor.at("path") and cursor.ahead().kind is Kind.STRING:
        cursor.take()
        return tree.JsonPathValue(place, expressions.text(cursor))
    return operand(cursor)


def at_clause(cursor: Cursor) -> bool:
    """Whether a clause of words or a handler stands here."""
    phrases = (*_OPTIONS, *(action + " ON" for action in _ACTIONS))
    return cursor.at("default") or any(cursor.at(*phrase.lower().split()) for phrase in phrases)


READERS: dict[str, Callable[[Cursor], Expression]] = {
    "json_value": path_call,
    "json_query": path_call,
    "json_exists": path_call,
    "json_textcontains": path_call,
    "json_serialize": serialize,
    "json_scalar": serialize,
    "json": serialize,
    "json_object": constructor,
    "json_array": constructor,
    "json_objectagg": constructor,
    "json_arrayagg": constructor,
    "json_transform": transform,
}
