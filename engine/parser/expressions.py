"""Expressions: operators by precedence, operands, and what may follow an operand.

Ranks: SQL Language Reference, "Operator Precedence" and "Condition Precedence"; PL/SQL Language Reference,
"Operator Precedence".
"""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind, Token
from engine.parser import calls, conditions, functions, json_functions, queries
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name, Place
from engine.words import CURSOR_ATTRIBUTES, PSEUDO_COLUMNS, REFUSED_FUNCTIONS

OR, AND, NOT, COMPARISON, ADDITIVE, MULTIPLICATIVE, POWER = range(1, 8)

_OPERATORS = {
    **dict.fromkeys(["=", "<>", "!=", "^=", "~=", "<", ">", "<=", ">="], COMPARISON),
    **dict.fromkeys(["+", "-", "||", "<=>", "<->", "<#>"], ADDITIVE),
    **dict.fromkeys(["*", "/"], MULTIPLICATIVE),
    "**": POWER,
}
_WORDS = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(["is", "in", "between", "like", "like2", "like4", "likec", "overlaps"], COMPARISON),
}
# Words that are operators only where one of these follows.
_WORDS_BEFORE = {
    "not": (COMPARISON, ("in", "between", "like", "like2", "like4", "likec", "member", "submultiset")),
    "member": (COMPARISON, ("of",)),
    "submultiset": (COMPARISON, ("of",)),
    "multiset": (ADDITIVE, ("union", "intersect", "except")),
}


def rank_here(cursor: Cursor) -> int:
    """The rank of the operator that stands here, or 0."""
    token = cursor.token
    if token.kind is Kind.OPERATOR:
        return _OPERATORS.get(token.value, 0)
    if token.kind is not Kind.WORD:
        return 0
    if token.value in _WORDS:
        return _WORDS[token.value]
    if token.value in _WORDS_BEFORE:
        rank, following = _WORDS_BEFORE[token.value]
        return rank if cursor.ahead().is_word(*following) else 0
    if not cursor.in_sql and token.value in ("mod", "rem"):
        return MULTIPLICATIVE
    return 0


def expression(cursor: Cursor, floor: int = OR) -> Expression:
    """An expression or a condition whose operators have at least the rank `floor`."""
    with cursor.deeper():
        compared = False
        left = _not(cursor) if floor <= NOT and cursor.at("not") else operand(cursor)
        while (rank := rank_here(cursor)) >= floor and rank:
            if rank == COMPARISON:
                if compared:
                    raise cursor.unexpected("the end of the condition", 933)
                compared = True
                left = conditions.comparison(cursor, left)
            elif rank <= AND:
                left = _junction(cursor, left, rank)
                compared = False
            else:
                left = _operation(cursor, left, rank)
        return left


def _not(cursor: Cursor) -> Expression:
    place = cursor.place
    cursor.take()
    return tree.Not(place, expression(cursor, NOT))


def _junction(cursor: Cursor, left: Expression, rank: int) -> Expression:
    word = "or" if rank == OR else "and"
    parts = [left]
    while cursor.accept(word):
        parts.append(expression(cursor, rank + 1))
    return (tree.Or if rank == OR else tree.And)(left.place, tuple(parts))


def _operation(cursor: Cursor, left: Expression, rank: int) -> Expression:
    operators: list[str] = []
    operands = [left]
    while rank_here(cursor) == rank:
        operators.append(_operator(cursor))
        operands.append(expression(cursor, rank + 1))
    return tree.Operation(left.place, tuple(operators), tuple(operands))


def _operator(cursor: Cursor) -> str:
    if not cursor.accept("multiset"):
        return cursor.take().value.upper()
    words = ["MULTISET", cursor.expect_any("union", "intersect", "except")]
    words += [word for word in [cursor.accept_any("all", "distinct")] if word]
    return " ".join(words)


# operands


def operand(cursor: Cursor) -> Expression:
    """What stands between operators, with all that may follow it."""
    found = _OPERANDS.get(cursor.token.kind, _no_operand)(cursor)
    return calls.followed(cursor, found)


def _no_operand(cursor: Cursor) -> Expression:
    raise cursor.unexpected("an expression")


def _number(cursor: Cursor) -> Expression:
    place, token = cursor.place, cursor.take()
    _check_number(cursor, token)
    return tree.NumberLiteral(place, token.value)


def _check_number(cursor: Cursor, token: Token) -> None:
    digits, _, exponent = token.value.rstrip("fd").lower().partition("e")
    whole = digits.partition(".")[0].lstrip("0")
    if token.value[-1] in "fd" or len(whole) + int((exponent or "0")[:9]) <= 126 or not digits.strip("0."):
        return
    raise cursor.error(
        *(("ORA-01426", "numeric overflow") if cursor.in_sql else ("PLS-00569", "numeric overflow or underflow")), token
    )


def text(cursor: Cursor) -> Expression:
    """A string literal."""
    if cursor.token.kind is not Kind.STRING:
        raise cursor.unexpected("a string literal")
    place, token = cursor.place, cursor.take()
    cursor.check_literal(token)
    return tree.TextLiteral(place, token.value, cursor.text[token.start] in "nN")


def bind(cursor: Cursor) -> Expression:
    """`:name`, with the indicator that may follow it."""
    if cursor.token.kind is not Kind.BIND:
        raise cursor.unexpected("a bind variable")
    place, name = cursor.place, cursor.take().value
    indicator = cursor.take().value if cursor.token.kind is Kind.BIND else ""
    return tree.Bind(place, name, indicator)


def _operator_operand(cursor: Cursor) -> Expression:
    place, token = cursor.place, cursor.token
    if token.value == "(":
        return parenthesised(cursor)
    if token.value in ("-", "+"):
        cursor.take()
        return tree.Unary(place, token.value, expression(cursor, POWER))
    if token.value == "*":
        cursor.take()
        return tree.Star(place)
    if token.value in ("?", "{"):
        raise cursor.unsupported(f"{token.value!r}, which ODBC and JDBC replace")
    raise cursor.unexpected("an expression")


def parenthesised(cursor: Cursor) -> Expression:
    """What stands in parentheses: an expression, a row of several, a query."""
    place = cursor.place
    cursor.expect_op("(")
    if cursor.at_any("select", "with"):
        return _subquery(cursor, place)
    items = cursor.listed(expression)
    if len(items) == 1 and not cursor.in_sql and cursor.accept("as"):
        supertype = cursor.object_name()
        cursor.expect_op(")")
        return tree.Generalised(place, items[0], supertype)
    if len(items) == 1 and isinstance(items[0], tree.Subquery) and queries.goes_on(cursor):
        query = queries.continued(cursor, items[0].query, items[0].place)
        cursor.expect_op(")")
        return tree.Subquery(place, query)
    cursor.expect_op(")")
    return tree.Parenthesised(place, items[0]) if len(items) == 1 else tree.Row(place, items)


def _subquery(cursor: Cursor, place: Place) -> Expression:
    found = queries.query(cursor)
    cursor.expect_op(")")
    return tree.Subquery(place, found)


# words


def _word(cursor: Cursor) -> Expression:
    token = cursor.token
    special = functions.SPECIAL.get(token.value)
    if special is not None and special.holds(cursor):
        return special.read(cursor)
    if token.value in json_functions.READERS and cursor.ahead().is_op("("):
        return json_functions.READERS[token.value](cursor)
    if token.value in REFUSED_FUNCTIONS and cursor.in_sql and cursor.ahead().is_op("("):
        raise cursor.unsupported(f"the function {token.value.upper()}")
    return reference(cursor)


def reference(cursor: Cursor) -> Expression:
    """A name and what stands before it; `t.*` is a Star. Behind it may stand `%FOUND` and the like."""
    place, token = cursor.place, cursor.token
    is_value = token.value in PSEUDO_COLUMNS or (token.value == "set" and cursor.ahead().is_op("("))
    if token.kind is Kind.WORD and cursor.is_reserved(token) and not is_value:
        raise cursor.reserved(Role.EXPRESSION, token)
    parts = [cursor.any_name()]
    while cursor.at_op("."):
        following = cursor.ahead()
        if following.is_op("*"):
            cursor.take(), cursor.take()
            return tree.Star(place, tuple(parts))
        if following.kind not in (Kind.WORD, Kind.QUOTED):
            break
        cursor.take()
        # Behind a column stand members and methods of its JSON, whose names may be any words.
        parts.append(cursor.any_name() if len(parts) > 1 and cursor.in_sql else qualified(cursor))
    return tree.Reference(place, tuple(parts), cursor.link())


def qualified(cursor: Cursor) -> Name:
    """A name behind a dot."""
    token = cursor.token
    if cursor.in_sql and cursor.is_reserved(token) and token.value not in PSEUDO_COLUMNS and token.value != "delete":
        raise cursor.reserved(Role.QUALIFIED, token)
    return cursor.any_name()


def cursor_attribute(cursor: Cursor, target: Expression) -> Expression:
    """`%FOUND` and the like behind a cursor, which stands here."""
    cursor.expect_op("%")
    if not cursor.at_any(*CURSOR_ATTRIBUTES):
        raise cursor.unexpected("FOUND, NOTFOUND, ISOPEN or ROWCOUNT")
    return tree.CursorAttribute(target.place, target, cursor.take().value.upper())


_OPERANDS: dict[Kind, Callable[[Cursor], Expression]] = {
    Kind.NUMBER: _number,
    Kind.STRING: text,
    Kind.BIND: bind,
    Kind.OPERATOR: _operator_operand,
    Kind.WORD: _word,
    Kind.QUOTED: reference,
}
