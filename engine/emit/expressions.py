"""Operators, CASE, CAST, parentheses and what else makes a value of values.

Every operation is put in parentheses: the two languages rank `||` and comparisons differently.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.emit.context import Context
from engine.emit.conversions import as_boolean, as_joined, as_number, as_text, as_vector
from engine.emit.datatypes import emit_datatype
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, Part, join
from engine.emit.value_types import is_text, type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.words import fold

_ARITHMETIC = frozenset("+-*")
# Operators whose operands are numbers, where they are texts too.
_CALCULATING = frozenset("+-*/")
# What makes an operand of what stands beside an operator.
_CONVERSIONS: dict[str, Callable[[Expression, Context], Fragment]] = {
    **dict.fromkeys(_CALCULATING, as_number),
    **dict.fromkeys(("<=>", "<->", "<#>"), as_vector),
    "||": as_joined,
}
# Operators of PL/SQL that are functions here.
_FUNCTIONS = {"MOD": "ora.mod", "REM": "ora.mod", "**": "ora.power"}
_FIELDS = frozenset(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))
_OPERATORS = frozenset(("+", "-", "*", "/", "||", "<=>", "<->", "<#>"))


@emit_expression.emits(tree.Parenthesised, "inner")
def _parenthesised(node: tree.Parenthesised, context: Context) -> Fragment:
    return Fragment(("(", node), emit_expression(node.inner, context), ")")


@emit_expression.emits(tree.Row, "items")
def _row(node: tree.Row, context: Context) -> Fragment:
    return Fragment(("(", node), join([emit_expression(item, context) for item in node.items]), ")")


@emit_expression.emits(tree.Bind, "name", indicator="an indicator variable")
def _bind(node: tree.Bind, context: Context) -> Fragment:
    bound = context.binds.get(fold(node.name))
    if bound is None:
        raise context.not_supported(f"the bind variable :{node.name}", node)
    return Fragment(("(", node), bound.text, ")")


@emit_expression.emits(tree.Unary, "operator operand")
def _unary(node: tree.Unary, context: Context) -> Fragment:
    if node.operator not in ("-", "+"):
        raise context.not_supported(node.operator, node)
    return Fragment(("(", node), node.operator, emit_expression(node.operand, context), ")")


@emit_expression.emits(tree.Operation, "operators operands")
def _operation(node: tree.Operation, context: Context) -> Fragment:
    operators = (node.operators[0], *node.operators)  # that of each operand
    operands = [
        _CONVERSIONS.get(operator, emit_expression)(operand, context)
        for operator, operand in zip(operators, node.operands, strict=True)
    ]
    if context.in_sql and set(node.operators) <= _ARITHMETIC and all(map(_is_whole, node.operands)):
        # Whole numbers of SQL are NUMBER, which does not overflow where PostgreSQL's integer does.
        operands[0] = Fragment(operands[0], "::numeric")
    left, before = operands[0], ""
    for operator, right in zip(node.operators, operands[1:], strict=True):
        if before == "||" and operator in _CALCULATING:
            left = Fragment("ora.to_number(", left, ")")
        left, before = _operated(operator, left, right, node, context), operator
    return left


def _is_whole(node: Expression) -> bool:
    """Whether nothing but whole literals is calculated with."""
    if isinstance(node, tree.NumberLiteral):
        return node.text.isdigit()
    return isinstance(node, tree.Parenthesised) and _is_whole(node.inner)


def _operated(operator: str, left: Fragment, right: Fragment, node: tree.Operation, context: Context) -> Fragment:
    if operator in _FUNCTIONS:
        return Fragment((f"{_FUNCTIONS[operator]}(", node), left, ",", right, ")")
    if operator not in _OPERATORS:
        raise context.not_supported(operator, node)
    return Fragment("(", left, operator, right, ")")


@emit_expression.emits(tree.Case, "selector whens otherwise")
def _case(node: tree.Case, context: Context) -> Fragment:
    parts: list[Part] = [("case", node)]
    if node.selector is not None:
        parts.append(emit_expression(node.selector, context))
    for when in node.whens:
        parts.append(_when(when, context))
    if node.otherwise is not None:
        parts += ("else", emit_expression(node.otherwise, context))
    return Fragment(*parts, "end")


@reads(tree.When, "choices result")
def _when(node: tree.When, context: Context) -> Fragment:
    if len(node.choices) != 1:
        raise context.not_supported("several choices in WHEN", node, "write a WHEN for each")
    choice = emit_expression(node.choices[0], context)
    return Fragment(("when", node), choice, "then", emit_expression(node.result, context))


@emit_expression.emits(
    tree.Cast,
    "function operand datatype",
    default="DEFAULT ... ON CONVERSION ERROR",
    formats="a format in CAST",
)
def _cast(node: tree.Cast, context: Context) -> Fragment:
    if node.function != "CAST":
        raise context.not_supported(node.function, node)
    target = emit_datatype(node.datatype, context)
    return Fragment(("cast (", node), _to_cast(node.operand, target, context), f"as {target} )")


def _to_cast(node: Expression, target: str, context: Context) -> Fragment:
    """What CAST makes another type of; PostgreSQL's own casts from and to BOOLEAN have other meanings."""
    if target == "boolean":
        return as_boolean(node, context)
    if type_of(node, context) != "boolean":
        return emit_expression(node, context)
    return (
        as_text(node, context) if is_text(target) else Fragment("ora.to_number(", emit_expression(node, context), ")")
    )


@emit_expression.emits(
    tree.Trim, "source", side="TRIM with LEADING, TRAILING or BOTH", character="TRIM with a character"
)
def _trim(node: tree.Trim, context: Context) -> Fragment:
    return Fragment(("ora.trim(", node), emit_expression(node.source, context), ")")


@emit_expression.emits(tree.Extract, "field source")
def _extract(node: tree.Extract, context: Context) -> Fragment:
    if node.field not in _FIELDS:
        raise context.not_supported(f"EXTRACT of {node.field}", node)
    source = emit_expression(node.source, context)
    kind = type_of(node.source, context)
    if not kind or kind.endswith(" with time zone"):
        source = Fragment("ora.extracted(", source, ")")  # in UTC
    return Fragment((f"extract ({node.field.lower()} from", node), source, ")")


emit_expression.refuse(
    {
        tree.Star: "`*` at this place",
        tree.Keyword: "a keyword at this place",
        tree.OuterColumn: "the outer join operator (+), for which LEFT JOIN stands",
        tree.ConversionDefault: "DEFAULT ... ON CONVERSION ERROR",
        tree.Multiset: "MULTISET",
        tree.Translate: "TRANSLATE ... USING",
        tree.Generalised: "an object taken for one of its supertype",
        tree.AtTimeZone: "AT TIME ZONE",
        tree.IntervalDifference: "an interval of two times",
        tree.Collate: "COLLATE",
        tree.Selector: "a choice of CASE that begins with an operator",
        tree.CursorExpression: "CURSOR",
    }
)
