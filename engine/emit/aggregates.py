"""Aggregates, analytic functions, and windows."""

from __future__ import annotations

from engine.emit.arguments import positional
from engine.emit.context import Context
from engine.emit.conversions import as_number
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.functions import AGGREGATES, Aggregate
from engine.emit.literals import literal
from engine.emit.ordering import emit_order_by
from engine.emit.value_types import NUMBERS, is_text, type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name

# What Oracle puts where values are left out.
_INDICATOR = "..."


def emit_aggregate(name: str, node: tree.Call, context: Context) -> Fragment:
    """An aggregate or analytic function with its clauses."""
    known = AGGREGATES[name]
    _check_clauses(name, known, node, context)
    values = _arguments(known, node, context)
    if name == "LISTAGG":
        return _listagg(node, values, context)
    if node.keep is not None:
        return _keep(name, node, context)
    distinct = "distinct" if node.quantifier in ("DISTINCT", "UNIQUE") else ""
    parts: list[Part] = [(known.text, node), distinct, join(values), ")"]
    if known.within:
        parts += ("within group (", emit_order_by(node.within_group, context), ")")
    if known.interpolated and _interpolated_type(node, context).startswith(NUMBERS):
        parts.append("::numeric")  # a double precision to PostgreSQL
    if node.over is not None:
        parts += ("over", _over(node.over, context))
    return Fragment(*parts)


def _interpolated_type(node: tree.Call, context: Context) -> str:
    """The type of the values between which MEDIAN and PERCENTILE_CONT interpolate."""
    values = [key.expression for key in node.within_group] or positional(node, context)
    return type_of(values[0], context) if values else ""


def _check_clauses(name: str, known: Aggregate, node: tree.Call, context: Context) -> None:
    if node.over is None and known.window_only:
        raise context.fail(f"{name} needs OVER", node)
    if node.over is not None and (not known.over or node.keep is not None):
        raise context.not_supported(f"{'KEEP' if node.keep else name} as an analytic function", node)
    if node.within_group and not known.within:
        raise context.not_supported(f"{name} WITHIN GROUP", node)
    if known.within and not node.within_group and name != "LISTAGG":
        raise context.fail(f"{name} needs WITHIN GROUP", node)
    if node.overflow is not None and name != "LISTAGG":
        raise context.not_supported(f"ON OVERFLOW of {name}", node)
    if node.quantifier in ("DISTINCT", "UNIQUE") and known.window_only:
        raise context.not_supported(f"DISTINCT in {name}", node)


def _arguments(known: Aggregate, node: tree.Call, context: Context) -> list[Fragment]:
    values = positional(node, context)
    return [_argument(known, value, index, context) for index, value in enumerate(values)]


def _argument(known: Aggregate, value: Expression, index: int, context: Context) -> Fragment:
    if isinstance(value, tree.Star) and not value.qualifier and known is AGGREGATES["COUNT"]:
        return Fragment(("*", value))
    if index == 0 and known.numeric and is_text(type_of(value, context)):
        return as_number(value, context)
    return emit_expression(value, context)


def _listagg(node: tree.Call, values: list[Fragment], context: Context) -> Fragment:
    if len(values) == 1:
        values.append(Fragment("''"))  # nothing between the values
    if len(values) != 2:
        raise context.not_supported(f"LISTAGG with {len(values)} arguments", node)
    distinct = "distinct" if node.quantifier in ("DISTINCT", "UNIQUE") else ""
    order = emit_order_by(node.within_group, context) if node.within_group else EMPTY
    if node.overflow is not None and node.overflow.action == "TRUNCATE":
        overflow = _overflow(node.overflow, context)
        return Fragment(("ora.listagg_truncated(", node), distinct, join(values), overflow, order, ")")
    return Fragment(("ora.listagg(", node), distinct, join(values), order, ")")


@reads(tree.Overflow, "action indicator count")
def _overflow(node: tree.Overflow, context: Context) -> Fragment:
    """What stands for the values left out, and whether they are counted."""
    indicator = Fragment(literal(_INDICATOR))
    if node.indicator is not None:
        indicator = emit_expression(node.indicator, context)
    return Fragment(",", indicator, f", {node.count != 'WITHOUT COUNT'}")


def _keep(name: str, node: tree.Call, context: Context) -> Fragment:
    """MIN(value) KEEP (DENSE_RANK FIRST ORDER BY keys), over numbers.

    The least array [keys, value] has the value at its end: arrays compare element by element,
    NULL last, as the keys and, among equal keys, MIN do.
    """
    keep = node.keep
    if name != "MIN" or keep is None or len(node.arguments) != 1:
        raise context.not_supported(f"{name} ... KEEP", node, "use MIN ... KEEP, or ROW_NUMBER()")
    elements = _keys(keep, context)
    value = positional(node, context)[0]
    if elements[-1] != value:
        elements.append(value)
    keys = [Fragment("ora.exact_double(", emit_expression(element, context), ")") for element in elements]
    return Fragment(("( min(array[", node), join(keys), f"]) )[{len(elements)}]::numeric")


@reads(tree.Keep, "which order_by")
def _keys(node: tree.Keep, context: Context) -> list[Expression]:
    if node.which != "FIRST":
        raise context.not_supported("KEEP (DENSE_RANK LAST ...)", node, "use FIRST with the opposite order")
    for key in node.order_by:
        if key.direction or key.nulls:
            raise context.not_supported(f"{key.direction or 'NULLS'} inside KEEP", key)
    return [key.expression for key in node.order_by]


# windows


def _over(node: tree.Window | Name, context: Context) -> Fragment:
    return context.spelled(node) if isinstance(node, Name) else emit_window(node, context)


@reads(tree.Window, "base partition_by order_by frame", siblings="ORDER SIBLINGS BY")
def emit_window(node: tree.Window, context: Context) -> Fragment:
    """A window in parentheses."""
    parts: list[Part] = ["("]
    if node.base is not None:
        parts.append(context.spelled(node.base))
    if node.partition_by:
        keys = join([emit_expression(key, context) for key in node.partition_by])
        parts += (("partition by", node.partition_by[0]), keys)
    if node.order_by:
        parts.append(emit_order_by(node.order_by, context))
    if node.frame is not None:
        parts.append(_frame(node.frame, context))
    return Fragment(*parts, ")")


@reads(tree.Frame, "unit start end exclusion")
def _frame(node: tree.Frame, context: Context) -> Fragment:
    unit, exclusion = (node.unit.lower(), node), node.exclusion.lower()
    if node.end is None:
        return Fragment(unit, _bound(node.start, context), exclusion)
    return Fragment(unit, "between", _bound(node.start, context), "and", _bound(node.end, context), exclusion)


@reads(tree.FrameBound, "kind value")
def _bound(node: tree.FrameBound, context: Context) -> Fragment:
    value = EMPTY if node.value is None else emit_expression(node.value, context)
    return Fragment(value, (node.kind.lower(), node))
