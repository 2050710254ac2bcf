"""Calls in expressions: of stored functions, of SQL functions, of aggregates."""

from __future__ import annotations

from collections.abc import Callable

from engine.emit import calls, collections, json_dots
from engine.emit.aggregates import emit_aggregate
from engine.emit.arguments import positional
from engine.emit.constructors import constructed_type, emit_constructor
from engine.emit.context import Context
from engine.emit.conversions import as_date, as_number, as_text, as_vector
from engine.emit.fragment import Fragment, Part
from engine.emit.functions import AGGREGATES, FUNCTIONS, USERENV, Function
from engine.emit.templates import fill
from engine.emit.value_types import DATE, NUMBERS, is_number, is_text, type_of
from engine.emit.values import emit_expression
from engine.emit.vectors import emit_to_vector, emit_vector_distance
from engine.tree import expressions as tree
from engine.tree.base import Expression, Node

# The clauses of a call that belong to aggregates and analytic functions.
_CLAUSES = {
    "quantifier": "DISTINCT",
    "overflow": "ON OVERFLOW",
    "within_group": "WITHIN GROUP",
    "keep": "KEEP",
    "over": "OVER",
}


@emit_expression.emits(
    tree.Call,
    "function arguments quantifier overflow within_group keep over",
    order_by="ORDER BY among the arguments of a function",
    nulls="IGNORE NULLS and RESPECT NULLS",
    from_end="FROM FIRST and FROM LAST",
)
def _call(node: tree.Call, context: Context) -> Fragment:
    function = node.function
    dots = json_dots.read(node, context)
    if dots is not None:
        _refuse_clauses(node, context)
        return json_dots.emit(dots, context)
    if not isinstance(function, tree.Reference):
        raise context.not_supported("a collection element or a method", node)
    if context.known(function.parts[0]) in context.variables:
        _refuse_clauses(node, context)
        if len(function.parts) > 1:
            return collections.emit_method(function.parts, node, node, context)
        return collections.emit_element(node, context)
    constructed = constructed_type(function, context)  # a type in scope hides a routine of the schema
    if constructed is not None:
        return emit_constructor(constructed, node, context)
    if calls.find_routines(function, context) is not None:
        _refuse_clauses(node, context)
        return calls.emit_function_call(function, node.arguments, context)
    if len(function.parts) > 1 or function.link:
        return calls.emit_function_call(function, node.arguments, context)
    name = function.parts[0].value
    if name in AGGREGATES:
        return emit_aggregate(name, node, context)
    _refuse_clauses(node, context)
    arguments = positional(node, context)
    if name in FUNCTIONS:
        return _function(name, FUNCTIONS[name], arguments, node, context)
    if name in _SPECIAL:
        return _SPECIAL[name](arguments, node, context)
    raise context.not_supported(f"the function {name}", node)


def _refuse_clauses(node: tree.Call, context: Context) -> None:
    for clause, construct in _CLAUSES.items():
        if getattr(node, clause):
            raise context.not_supported(f"{construct} of a function that is no aggregate", node)


def _function(name: str, function: Function, arguments: list[Expression], node: Node, context: Context) -> Fragment:
    if not function.least <= len(arguments) <= function.most:
        raise context.not_supported(f"{name} with {len(arguments)} arguments", node)
    values = [_converted(argument, function.takes[at : at + 1], context) for at, argument in enumerate(arguments)]
    if name == "NVL":
        values[1] = _as_type(arguments[1], type_of(arguments[0], context), context)
    exact = bool(function.number) and type_of(arguments[0], context).startswith(NUMBERS)
    return fill(function.number if exact else function.text, values, node)


def _converted(node: Expression, kind: str, context: Context) -> Fragment:
    """An argument in the place of a text (t), of a number (n), of a DATE (d), of a vector (v) or of any value."""
    return _CONVERSIONS.get(kind, emit_expression)(node, context)


_CONVERSIONS = {"t": as_text, "n": as_number, "d": as_date, "v": as_vector}


def _as_type(node: Expression, kind: str, context: Context) -> Fragment:
    """A value that is to be of PostgreSQL's type `kind`, as far as Oracle converts it without being told to."""
    if is_text(kind):
        return as_text(node, context)
    if is_number(kind):
        return as_number(node, context)
    return as_date(node, context) if kind == DATE else emit_expression(node, context)


def _decode(arguments: list[Expression], node: tree.Call, context: Context) -> Fragment:
    """In DECODE, and nowhere else, NULL equals NULL."""
    if len(arguments) < 3:
        raise context.fail("DECODE needs at least three arguments", node)
    value = emit_expression(arguments[0], context)
    kind = type_of(arguments[2], context)  # of the first result, which the others become
    rest = [
        _as_type(argument, kind, context) if _is_result(place, len(arguments)) else emit_expression(argument, context)
        for place, argument in enumerate(arguments)
    ][1:]
    parts: list[Part] = [("case", node)]
    for search, found in zip(rest[0::2], rest[1::2], strict=False):
        parts += ("when", value, "is not distinct from", search, "then", found)
    if len(rest) % 2:
        parts += ("else", rest[-1])
    return Fragment(*parts, "end")


def _is_result(place: int, count: int) -> bool:
    """Whether the argument of DECODE at this place, of so many, is a result and no search."""
    return place >= 2 and (place % 2 == 0 or place == count - 1)


def _sys_context(arguments: list[Expression], node: tree.Call, context: Context) -> Fragment:
    words = [argument.value.upper() if isinstance(argument, tree.TextLiteral) else "" for argument in arguments]
    if len(words) != 2 or words[0] != "USERENV" or words[1] not in USERENV:
        advice = "it knows CURRENT_SCHEMA and SESSION_USER"
        raise context.not_supported("SYS_CONTEXT of another value", node, advice)
    return Fragment((USERENV[words[1]], node))


def _nlssort(arguments: list[Expression], node: tree.Call, context: Context) -> Fragment:
    """A string as bytes that sort in binary order, which is the order of code points in UTF-8."""
    order = arguments[1] if len(arguments) == 2 else None
    if not isinstance(order, tree.TextLiteral) or order.value.replace(" ", "").upper() != "NLS_SORT=BINARY":
        raise context.not_supported("NLSSORT by another order than 'NLS_SORT=BINARY'", node)
    return Fragment(("convert_to(", node), emit_expression(arguments[0], context), ", 'UTF8')")


_SPECIAL: dict[str, Callable[[list[Expression], tree.Call, Context], Fragment]] = {
    "DECODE": _decode,
    "SYS_CONTEXT": _sys_context,
    "NLSSORT": _nlssort,
    "TO_VECTOR": emit_to_vector,
    "VECTOR": emit_to_vector,
    "VECTOR_DISTANCE": emit_vector_distance,
}
