"""Where Oracle makes a number, a text or a DATE of another value, without being told to."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.functions import is_vector
from engine.emit.value_types import DATE, NUMBERS, is_number, is_text, is_time, type_of
from engine.emit.values import emit_expression
from engine.tree.base import Expression


def as_text(node: Expression, context: Context) -> Fragment:
    """A value in the place of a text."""
    value = emit_expression(node, context)
    kind = type_of(node, context)
    return Fragment("ora.to_char(", value, ")") if is_number(kind) or is_time(kind) or kind == "boolean" else value


def as_number(node: Expression, context: Context) -> Fragment:
    """A value in the place of a number."""
    value = emit_expression(node, context)
    return Fragment("ora.to_number(", value, ")") if is_text(type_of(node, context)) else value


def as_date(node: Expression, context: Context) -> Fragment:
    """A value in the place of a DATE."""
    value = emit_expression(node, context)
    return value if type_of(node, context) == DATE else Fragment("ora.as_date(", value, ")")


def as_vector(node: Expression, context: Context) -> Fragment:
    """A value in the place of a vector."""
    value = emit_expression(node, context)
    return Fragment("ora.to_vector(", value, ")") if is_text(type_of(node, context)) else value


def as_joined(node: Expression, context: Context) -> Fragment:
    """A value beside ||, which has no text of PostgreSQL's."""
    value = emit_expression(node, context)
    kind = type_of(node, context)
    if kind == "jsonb":
        return Fragment("ora.json_text(", value, ")")
    return Fragment("ora.from_vector(", value, ")") if is_vector(kind) else value


def assigned(node: Expression, kind: str, context: Context) -> Fragment:
    """The value of a column of that type of PostgreSQL's, which makes the value itself where nothing is done here."""
    if kind.startswith(NUMBERS):
        return as_number(node, context)
    if kind == "boolean":
        return as_boolean(node, context)
    value = emit_expression(node, context)
    return Fragment("ora.to_char(", value, ")") if is_text(kind) and type_of(node, context) == "boolean" else value


def as_boolean(node: Expression, context: Context) -> Fragment:
    """A value in the place of a BOOLEAN."""
    value = emit_expression(node, context)
    kind = type_of(node, context)
    return Fragment("ora.to_boolean(", value, ")") if is_number(kind) or is_text(kind) else value
