"""Places where no VECTOR may stand: Oracle compares, sorts and groups none.

The types of variables, of the vector functions and of columns are known. What is not, such as the result of a function
without a known text, PostgreSQL refuses when the statement runs.
"""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.functions import is_vector
from engine.emit.value_types import type_of
from engine.emit.values import emit_expression
from engine.errors import SourceError
from engine.tree.base import Expression, Node
from engine.tree.expressions import Parenthesised

_KEY = "cannot use VECTOR type as comparison key"
_FUNCTION = "Type VECTOR is not supported for this function or operator."


def compared(node: Expression, context: Context) -> Fragment:
    """An expression that is compared with others, and so may be no VECTOR."""
    if is_vector(type_of(node, context)):
        raise comparison_refused(node, context)
    return emit_expression(node, context)


def calculated(node: Expression, context: Context) -> Fragment:
    """The argument of MIN, MAX, GREATEST or the like, which may be no VECTOR."""
    if is_vector(type_of(node, context)):
        if not context.in_sql:
            raise comparison_refused(node, context)
        raise context.refuse("ORA-22849", _FUNCTION, node)
    return emit_expression(node, context)


def comparison_refused(node: Node, context: Context) -> SourceError:
    """The error of a VECTOR that is compared."""
    while isinstance(node, Parenthesised):
        node = node.inner
    if not context.in_sql:
        return context.refuse("PLS-00306", "wrong number or types of arguments: VECTOR is not comparable", node)
    return context.refuse("ORA-22848", _KEY, node)
