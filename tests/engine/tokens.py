"""Whether two texts of a statement are made of the same tokens, but for words that say nothing."""

from __future__ import annotations

from collections import Counter

from engine.lexer import Kind, Token
from engine.parser import conditional, no_constants
from engine.parser.cursor import Cursor
from engine.script import begins_unit

# Words and signs that may be there or not, and those that stand for one another, with what they stand for.
_NOISE = frozenset(["as", "is", "outer", "inner", "work", "of", ";", "column", "path"])
_SAME = {
    "!=": "<>", "^=": "<>", "~=": "<>", "row": "rows", "next": "first", "default": ":=", "return": "returning",
}  # fmt: skip


def significant(text: str) -> Counter[str]:
    """The tokens of a text that mean something and are compiled, however they stand."""
    cursor = Cursor(text, in_unit=begins_unit(text))
    if cursor.in_unit:
        conditional.select(cursor, no_constants)
    tokens = [token for token in cursor.tokens if token.kind is not Kind.HINT]
    kept = [
        (token, tokens[index + 1 : index + 2]) for index, token in enumerate(tokens) if not _is_optional(tokens, index)
    ]
    values = _joined([_value(token, following) for token, following in kept])
    return Counter(value for value in values if value not in _NOISE)


# A comparison may be written with a blank in it (> =).
_SPLIT = {("<", ">"): "<>", ("<", "="): "<=", (">", "="): ">="}


def _joined(values: list[str]) -> list[str]:
    """The values, with the signs of one comparison as one."""
    found: list[str] = []
    for value in values:
        if found and (found[-1], value) in _SPLIT:
            found[-1] = _SPLIT[found[-1], value]
        else:
            found.append(value)
    return found


def _value(token: Token, following: list[Token]) -> str:
    """What a token says; WITH before a text, behind RENAME of JSON_TRANSFORM, is `=`."""
    if token.kind not in (Kind.WORD, Kind.OPERATOR):
        return f"{token.kind.name} {token.value}"
    if token.is_word("with") and following and following[0].kind is Kind.STRING:
        return "="
    return _SAME.get(token.value, token.value)


# Words that may be missing behind another one, so many tokens before them.
_OPTIONAL = {"from": ("delete", 1), "percent": ("accuracy", 2), "savepoint": ("to", 1)}


def _is_optional(tokens: list[Token], index: int) -> bool:
    """Whether a token says nothing where it stands; SAVEPOINT may be the name behind TO."""
    token = tokens[index]
    before, distance = _OPTIONAL.get(token.value, ("", 0))
    if token.kind is not Kind.WORD or not before or index < distance or not tokens[index - distance].is_word(before):
        return False
    return token.value != "savepoint" or tokens[index + 1].kind in (Kind.WORD, Kind.QUOTED)


def difference(one: str, other: str) -> dict[str, int]:
    """The tokens of which the first text has more (above 0) or fewer (below) than the second."""
    first, second = significant(one), significant(other)
    return {value: first[value] - second[value] for value in first | second if first[value] != second[value]}
