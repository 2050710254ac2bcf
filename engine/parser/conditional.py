"""Conditional compilation: which of a PL/SQL unit's tokens are compiled.

PL/SQL Language Reference, "Conditional Compilation" and "Static Expressions". Parameters of the compiler have their
defaults, and no flag is set by PLSQL_CCFLAGS, so that `$$name` of one is NULL.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import SourceError
from engine.lexer import Kind, Token
from engine.parser import expressions
from engine.parser.cursor import Cursor
from engine.parser.static import Constants, NotStaticError, Static, UnknownConstantError, value_of
from engine.script import unit_of

# Parameters of the compiler and their defaults (Database Reference).
_PARAMETERS: dict[str, Static] = {
    "plsql_optimize_level": 2,
    "plsql_code_type": "INTERPRETED",
    "plsql_debug": False,
    "plsql_warnings": "DISABLE:ALL",
    "nls_length_semantics": "BYTE",
    "plscope_settings": "IDENTIFIERS:NONE",
}
_CONTINUES = ("$elsif", "$else", "$end")


def select(cursor: Cursor, constants: Constants) -> None:
    """Have a cursor at the beginning of a unit read what is compiled of it."""
    if not any(token.kind is Kind.DIRECTIVE for token in cursor.tokens):
        return
    cursor.read(_inquired(cursor))
    found = list(_text(cursor, constants, True))
    if cursor.token.kind is not Kind.END:
        raise cursor.unexpected("text or $IF")
    cursor.read([*found, cursor.token])


# inquiry directives


def _inquired(cursor: Cursor) -> list[Token]:
    """The unit's tokens with a literal in place of each `$$name`."""
    known = _inquiries(cursor.text)
    first = cursor.token.line
    return [_literal(token, known, first) if _inquires(token) else token for token in cursor.tokens]


def _inquires(token: Token) -> bool:
    return token.kind is Kind.DIRECTIVE and token.value.startswith("$$")


def _inquiries(text: str) -> dict[str, Static]:
    kind, name = _kind_and_name(text)
    return {**_PARAMETERS, "plsql_unit": name or None, "plsql_unit_type": kind or "ANONYMOUS BLOCK"}


def _kind_and_name(text: str) -> tuple[str, str]:
    try:
        return unit_of(text)
    except SourceError:
        return "", ""


def _literal(token: Token, known: dict[str, Static], first: int) -> Token:
    name = token.value.removeprefix("$$")
    value = token.line - first + 1 if name == "plsql_line" else known.get(name)
    if isinstance(value, bool):
        return token._replace(kind=Kind.WORD, value=str(value).lower())
    if isinstance(value, int):
        return token._replace(kind=Kind.NUMBER, value=str(value))
    if isinstance(value, str):
        return token._replace(kind=Kind.STRING, value=value)
    return token._replace(kind=Kind.WORD, value="null")


# selection and error directives


def _text(cursor: Cursor, constants: Constants, compiled: bool) -> Iterator[Token]:
    """The tokens that are compiled up to $ELSIF, $ELSE, $END or the end; none where the text is not `compiled`."""
    while cursor.token.kind is not Kind.END and not _at(cursor, *_CONTINUES):
        if _at(cursor, "$if"):
            with cursor.deeper():
                yield from _selection(cursor, constants, compiled)
        elif _at(cursor, "$error"):
            _error(cursor, constants, compiled)
        elif compiled and cursor.token.kind is Kind.DIRECTIVE:
            raise cursor.unexpected("a statement or $IF")
        elif compiled:
            yield cursor.take()
        else:
            cursor.take()


def _selection(cursor: Cursor, constants: Constants, compiled: bool) -> Iterator[Token]:
    """The text behind the first condition that is TRUE, or behind $ELSE; later conditions are not evaluated."""
    open_ = compiled
    while _accept(cursor, "$if", "$elsif"):
        chosen = _condition(cursor, constants, open_)
        yield from _text(cursor, constants, chosen)
        open_ = open_ and not chosen
    if _accept(cursor, "$else"):
        yield from _text(cursor, constants, open_)
    if not _accept(cursor, "$end"):
        raise cursor.unexpected("$END")


def _condition(cursor: Cursor, constants: Constants, evaluated: bool) -> bool:
    """Whether the text behind $THEN is compiled; a condition that decides nothing is not read."""
    chosen = False
    if evaluated:
        chosen = _is_true(cursor, constants)
    else:
        _skip_to(cursor, "$then")
    if not _accept(cursor, "$then"):
        raise cursor.unexpected("$THEN")
    return chosen


def _is_true(cursor: Cursor, constants: Constants) -> bool:
    """Whether the static expression of BOOLEAN that stands here is TRUE."""
    start = cursor.token
    try:
        value = _value(cursor, constants)
    except NotStaticError:
        value = "nothing static"
    if value is not None and not isinstance(value, bool):
        raise cursor.error("PLS-00174", "a static boolean expression must be used", start)
    return value is True


def _error(cursor: Cursor, constants: Constants, compiled: bool) -> None:
    start = cursor.take()
    if not compiled:
        _skip_to(cursor, "$end")
    else:
        try:
            value = _value(cursor, constants)
        except NotStaticError:
            raise cursor.unsupported("$ERROR with a text that is not static", start) from None
        if _at(cursor, "$end"):
            raise cursor.error("PLS-00179", f"$ERROR: {'' if value is None else value}", start)
    if not _accept(cursor, "$end"):
        raise cursor.unexpected("$END")


def _value(cursor: Cursor, constants: Constants) -> Static:
    """The value of the static expression that stands here."""
    start = cursor.token
    node = expressions.expression(cursor)
    try:
        return value_of(node, constants)
    except UnknownConstantError as error:
        raise cursor.unsupported(
            f"conditional compilation by the constant {error}, which is not known", start
        ) from None


def _at(cursor: Cursor, *directives: str) -> bool:
    return cursor.token.kind is Kind.DIRECTIVE and cursor.token.value in directives


def _accept(cursor: Cursor, *directives: str) -> bool:
    if not _at(cursor, *directives):
        return False
    cursor.take()
    return True


def _skip_to(cursor: Cursor, directive: str) -> None:
    while cursor.token.kind is not Kind.DIRECTIVE and cursor.token.kind is not Kind.END:
        cursor.take()
    if not _at(cursor, directive):
        raise cursor.unexpected(directive.upper())
