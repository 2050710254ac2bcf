"""Literals of Oracle as those of PostgreSQL."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.values import emit_expression
from engine.tree import expressions as tree


def literal(value: str) -> str:
    """A PostgreSQL string literal; Oracle's empty string is NULL."""
    if value == "":
        return "null::text"
    return "'" + value.replace("'", "''") + "'::text"


def quoted(value: str) -> str:
    """A PostgreSQL string literal of no type, as for a JSON path."""
    return "'" + value.replace("'", "''") + "'"


@emit_expression.emits(tree.NumberLiteral, "text")
def _number(node: tree.NumberLiteral, _: Context) -> Fragment:
    value = node.text
    if value.endswith(("f", "d")):
        kind = "real" if value.endswith("f") else "double precision"
        return Fragment((f"{value[:-1]}::{kind}", node))
    return Fragment((f"{value}::numeric" if "e" in value.lower() else value, node))


@emit_expression.emits(tree.TextLiteral, "value national")
def _text(node: tree.TextLiteral, _: Context) -> Fragment:
    return Fragment((literal(node.value), node))


@emit_expression.emits(tree.NullLiteral)
def _null(node: tree.NullLiteral, _: Context) -> Fragment:
    return Fragment(("null", node))


@emit_expression.emits(tree.BooleanLiteral, "value")
def _boolean(node: tree.BooleanLiteral, _: Context) -> Fragment:
    return Fragment(("true" if node.value else "false", node))


@emit_expression.emits(tree.Default)
def _default(node: tree.Default, _: Context) -> Fragment:
    return Fragment(("default", node))


emit_expression.refuse(
    {
        tree.DateTimeLiteral: "a literal of DATE or TIMESTAMP",
        tree.IntervalLiteral: "a literal of INTERVAL",
    }
)
