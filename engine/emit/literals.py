"""Literals of Oracle as those of PostgreSQL."""

from __future__ import annotations

import re

from engine.emit.context import Context
from engine.emit.fragment import Fragment
from engine.emit.values import emit_expression
from engine.tree import expressions as tree

# The parts of an interval of days; those of one of months are refused, because adding one to a last day is an error.
_PARTS = ("DAY", "HOUR", "MINUTE", "SECOND")
# The zone behind the time of a TIMESTAMP: a name, or hours and minutes.
_ZONE = re.compile(r"\d\s*(?:[-+]\s*\d{1,2}:\d\d|[A-Za-z][\w/]*)\s*$")


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


@emit_expression.emits(tree.TextLiteral, "value -national")
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


def datetime_type(node: tree.DateTimeLiteral) -> str:
    """PostgreSQL's type of a literal of a point in time."""
    if node.kind == "DATE":
        return "datetime"
    return "timestamp with time zone" if _ZONE.search(node.text) else "timestamp"


@emit_expression.emits(tree.DateTimeLiteral, "kind text")
def _datetime(node: tree.DateTimeLiteral, context: Context) -> Fragment:
    if node.kind == "TIME":
        raise context.not_supported("a literal of TIME", node)
    return Fragment((f"{quoted(node.text.strip())}::{datetime_type(node)}", node))


@emit_expression.emits(tree.IntervalLiteral, "text leading -leading_precision trailing -trailing_precision")
def _interval(node: tree.IntervalLiteral, context: Context) -> Fragment:
    if node.leading not in _PARTS:
        raise context.not_supported(f"a literal of INTERVAL {node.leading}", node, "use ADD_MONTHS")
    fields = f"{node.leading.lower()} to {node.trailing.lower()}" if node.trailing else node.leading.lower()
    return Fragment((f"interval {quoted(node.text)} {fields}", node))
