"""Dot notation on a column of JSON: `t.doc.a.b[0].c`, read as JSON_QUERY reads it, with an item method as JSON_VALUE.

JSON Developer's Guide, "Simple Dot-Notation Access to JSON Data".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment
from engine.emit.literals import quoted
from engine.emit.values import emit_expression
from engine.emit.visible import column_type
from engine.json_paths import METHODS, member
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name


@dataclass(frozen=True, slots=True)
class Dots:
    """A column of JSON, the steps of the path into it, and the item method at its end or ""."""

    column: tree.Reference
    steps: tuple[str, ...]
    method: str = ""

    @property
    def type(self) -> str:
        """PostgreSQL's type of the value."""
        return METHODS[self.method] if self.method else "jsonb"


def read(node: Expression, context: Context) -> Dots | None:
    """The dot notation that an expression is; None where it is none."""
    if isinstance(node, tree.Call):
        return _with_method(node, context)
    found = _steps(node, context)
    return found if found is not None and found.steps else None


def emit(dots: Dots, context: Context) -> Fragment:
    """The value that the dots lead to."""
    column = emit_expression(dots.column, context)
    if not dots.method:
        path = quoted("$" + "".join(dots.steps))
        return Fragment(("json_query(", dots.column), column, ",", path, "returning jsonb with conditional wrapper )")
    path = quoted(f"${''.join(dots.steps)}.{dots.method}()")
    value = Fragment(("json_value(", dots.column), column, ",", path, f"returning {dots.type} )")
    # JSON's "" is Oracle's NULL.
    return Fragment("nullif(", value, ", '')") if dots.type == "text" else value


@emit_expression.emits(tree.Subscript, "target steps")
def _subscript(node: tree.Subscript, context: Context) -> Fragment:
    dots = read(node, context)
    if dots is None:
        raise context.not_supported("an array step of what is no column of JSON", node)
    return emit(dots, context)


def _with_method(node: tree.Call, context: Context) -> Dots | None:
    if not isinstance(node.function, tree.Reference | tree.Attribute):
        return None
    found = _steps(node.function, context)
    if found is None or not found.steps:
        return None
    name = node.function.parts[-1] if isinstance(node.function, tree.Reference) else node.function.name
    method = name.value.lower()
    if method not in METHODS or node.arguments:
        raise context.not_supported(f"the item method {method}()", name)
    return replace(found, steps=found.steps[:-1], method=method)


def _steps(node: Expression, context: Context) -> Dots | None:
    if isinstance(node, tree.Reference):
        return _of_column(node, context)
    if isinstance(node, tree.Attribute):
        found = _steps(node.target, context)
        return replace(found, steps=(*found.steps, _member(node.name))) if found is not None else None
    if isinstance(node, tree.Subscript):
        found = _steps(node.target, context)
        positions = ", ".join(_position(step, context) for step in node.steps) if found is not None else ""
        return replace(found, steps=(*found.steps, f"[{positions}]")) if found is not None else None
    return None


def _of_column(node: tree.Reference, context: Context) -> Dots | None:
    """The column that the first two names are, and a step for each of the others."""
    if len(node.parts) < 2 or node.link or context.known(node.parts[0]) in context.variables:
        return None
    alias, column = (context.known(part) for part in node.parts[:2])
    kind = column_type(column, alias, context)
    if kind != "jsonb":
        if kind and len(node.parts) > 2:
            raise context.not_supported("dot notation on a column that is not of the type JSON", node)
        return None
    return Dots(replace(node, parts=node.parts[:2]), tuple(_member(part) for part in node.parts[2:]))


def _member(name: Name) -> str:
    """A step to a member, which has the letters that are written."""
    return member(name.letters)


@reads(tree.SubscriptStep, "first last")
def _position(step: tree.SubscriptStep, context: Context) -> str:
    first = _index(step.first, context)
    return f"{first} to {_index(step.last, context)}" if step.last is not None else first


def _index(node: Expression, context: Context) -> str:
    match node:
        case tree.Star():
            return "*"
        case tree.NumberLiteral(text=text) if text.isdigit():
            return text
        case tree.Reference(parts=(Name(value="LAST"),)):
            return "last"
        case tree.Operation(operators=("-",), operands=(tree.Reference(parts=(Name(value="LAST"),)), right)):
            return f"last - {_index(right, context)}"
    raise context.not_supported("a position of JSON dot notation that is no number", node)
