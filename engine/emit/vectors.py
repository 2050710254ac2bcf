"""Vectors: their making, and the distances between them, which an approximate search takes from an index."""

from __future__ import annotations

from engine.emit import templates
from engine.emit.context import Context
from engine.emit.conversions import as_vector
from engine.emit.fragment import EMPTY, Fragment
from engine.emit.functions import METRICS
from engine.emit.json_constructors import emit_unwritten
from engine.emit.json_functions import returned_text, returned_type
from engine.emit.ordering import emit_order_by
from engine.emit.value_types import is_number, is_text, type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression

_MAKERS = {"*": "to_float32_vector", "FLOAT32": "to_float32_vector", "FLOAT64": "to_float64_vector"}


def emit_to_vector(arguments: list[Expression], node: tree.Call, context: Context) -> Fragment:
    """TO_VECTOR(value [, dimension | * [, format | * [, DENSE]]]); the format is that of the result."""
    if not 1 <= len(arguments) <= 4:
        raise context.not_supported(f"TO_VECTOR with {len(arguments)} arguments", node)
    value, dimension, kind, storage = [*arguments, None, None, None][:4]
    if storage is not None and _word(storage) not in ("DENSE", "*"):
        raise context.not_supported("a SPARSE vector", storage)
    maker = "to_vector" if kind is None else _MAKERS.get(_word(kind))
    if maker is None:
        raise context.not_supported(f"a vector of {_word(kind) or 'this format'}", kind or node, "use FLOAT32")
    emitted = _source(value or node, context)
    if maker != "to_float64_vector":
        emitted = _of_numbers(value, context) or emitted
    made = Fragment((f"ora.{maker}(", node), emitted, ")")
    if dimension is None or isinstance(dimension, tree.Star):
        return made
    return Fragment(("ora.of_dimension(", node), made, ",", emit_expression(dimension, context), ")")


def _of_numbers(node: Expression | None, context: Context) -> Fragment | None:
    """A FLOAT32 vector of the numbers of JSON_ARRAYAGG, which need not become a text that is read again."""
    if not isinstance(node, tree.JsonConstructor) or node.function != "JSON_ARRAYAGG" or node.nulls != "NULL ON NULL":
        return None
    number = node.entries[0].value
    if not is_number(type_of(number, context)):
        return None
    if isinstance(number, tree.Cast) and type_of(number.operand, context) == "double precision":
        number = number.operand
    value = Fragment("(", emit_expression(number, context), ")::double precision")
    order = emit_order_by(node.order_by, context) if node.order_by else EMPTY
    return Fragment(("( array_agg(", node), value, order, ")::vector )")


def _source(node: Expression, context: Context) -> Fragment:
    """What a vector is made of, in whose text blanks do not matter."""
    return emit_unwritten(node, context) if isinstance(node, tree.JsonConstructor) else emit_expression(node, context)


def _word(node: Expression | None) -> str:
    if isinstance(node, tree.Star):
        return "*"
    if isinstance(node, tree.Keyword):
        return node.word
    return node.parts[0].value if isinstance(node, tree.Reference) else ""


def emit_vector_distance(arguments: list[Expression], node: tree.Call, context: Context) -> Fragment:
    """VECTOR_DISTANCE(one, other [, metric])."""
    if not 2 <= len(arguments) <= 3:
        raise context.not_supported(f"VECTOR_DISTANCE with {len(arguments)} arguments", node)
    metric = "COSINE" if len(arguments) == 2 else _word(arguments[2])
    if metric not in METRICS:
        raise context.not_supported(f"the distance metric {metric}", arguments[2])
    left, right = arguments[:2]
    if context.search is not None:
        if searched_column(right, context) is not None:
            left, right = right, left
        if (searched := searched_column(left, context)) is not None:
            return templates.fill(METRICS[metric], _searched(left, right, searched, context), node)
    return templates.fill(METRICS[metric], [as_vector(left, context), as_vector(right, context)], node)


@emit_expression.emits(tree.VectorText, "operand returning format function")
def _text(node: tree.VectorText, context: Context) -> Fragment:
    """FROM_VECTOR and VECTOR_SERIALIZE."""
    if node.format == "SPARSE":
        raise context.not_supported("a SPARSE vector", node)
    if node.returning is not None and not is_text(returned_type(node.returning, context)):
        raise context.not_supported(f"{node.function} as another type than a text's", node)
    text = Fragment(("ora.from_vector(", node), as_vector(node.operand, context), ")")
    return returned_text(text, node.returning, context)


def searched_column(node: Expression, context: Context) -> tuple[str, str] | None:
    """The table and its vector column that an expression is, among the sources of the query block at hand."""
    if not isinstance(node, tree.Reference) or len(node.parts) > 2 or not context.blocks:
        return None
    names = [context.known(part) for part in node.parts]
    for source in context.blocks[-1]:
        if (
            (len(names) == 2 and names[0] != source.alias)
            or not source.table
            or source.table in context.catalogue.views
        ):
            continue
        if (source.columns or {}).get(names[-1], "").startswith("vector"):
            return source.table, names[-1]
    return None


def _searched(left: Expression, right: Expression, searched: tuple[str, str], context: Context) -> list[Fragment]:
    """The operands of a distance by which an approximate search orders: the column as it is indexed, and the vector
    that is looked for, once the search was told how hard to try."""
    table, column = searched
    context.notes.searches.append(_approximately(searched, Fragment("null"), context))
    indexed = emit_expression(left, context)
    if context.catalogue.columns[table][column] == "vector":  # its index is on a cast to its dimension
        cast = context.spell(f"{context.stored(table)}.{context.stored(column)}")
        indexed = Fragment(f"ora.{cast} (", indexed, ")")
    return [indexed, Fragment("( select", _approximately(searched, as_vector(right, context), context), ")")]


def _approximately(searched: tuple[str, str], vector: Fragment, context: Context) -> Fragment:
    names = ", ".join(context.name_literal(name) for name in searched)
    approximation = context.search.approximation if context.search is not None else EMPTY
    return Fragment(f"ora.approximately( {names},", vector, ",", approximation, ")")
