"""Where Oracle makes a number of a text, or a text of a number, without being told to."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.value_types import NUMBERS, is_number, is_text, type_of
from engine.emit.values import emit_expression
from engine.tree.base import Expression


def as_text(node: Expression, context: Context) -> Fragment:
    """A value in the place of a text."""
    value = emit_expression(node, context)
    return Fragment("ora.to_char(", value, ")") if is_number(type_of(node, context)) else value


def as_number(node: Expression, context: Context) -> Fragment:
    """A value in the place of a number."""
    value = emit_expression(node, context)
    return Fragment("ora.to_number(", value, ")") if is_text(type_of(node, context)) else value


def as_vector(node: Expression, context: Context) -> Fragment:
    """A value in the place of a vector."""
    value = emit_expression(node, context)
    return Fragment("ora.to_vector(", value, ")") if is_text(type_of(node, context)) else value


def assigned(node: Expression, kind: str, context: Context) -> Fragment:
    """The value of a column of that type of PostgreSQL's; of another than NUMBER it makes the value itself."""
    return as_number(node, context) if kind.startswith(NUMBERS) else emit_expression(node, context)
