"""Conditions."""

from __future__ import annotations

from engine.emit.context import Context, Source
from engine.emit.conversions import as_text
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, conjunction, join
from engine.emit.literals import literal
from engine.emit.queries import emit_query
from engine.emit.value_types import type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression

# What may stand behind IS, as PostgreSQL says it of a value.
_STATES = {"NULL": "is {}null", "TRUE": "is {}true", "FALSE": "is {}false", "UNKNOWN": "is {}unknown"}
_NAN = "'NaN'::double precision"


@emit_expression.emits(tree.And, "conditions")
def _and(node: tree.And, context: Context) -> Fragment:
    return conjunction([emit_expression(condition, context) for condition in node.conditions])


@emit_expression.emits(tree.Or, "conditions")
def _or(node: tree.Or, context: Context) -> Fragment:
    return Fragment("(", join([emit_expression(condition, context) for condition in node.conditions], "or"), ")")


@emit_expression.emits(tree.Not, "condition")
def _not(node: tree.Not, context: Context) -> Fragment:
    return Fragment("(", ("not", node), emit_expression(node.condition, context), ")")


@emit_expression.emits(tree.Comparison, "operator left right")
def _comparison(node: tree.Comparison, context: Context) -> Fragment:
    left = emit_expression(node.left, context)
    if isinstance(node.right, tree.Quantified):
        return _quantified(node.right, context, node.operator, left)
    right = emit_expression(node.right, context)
    if node.operator == "=" and context.in_sql:
        for column, value, of_column, of_value in (
            (node.left, node.right, left, right),
            (node.right, node.left, right, left),
        ):
            if _is_whole_column(column, context) and _is_computed_number(value, context):
                found = Fragment(of_column.anywhere(), "= ora.whole_number(", of_value.anywhere(), ")")
                return Fragment("(", left, node.operator, right, "and", found, ")")
    return Fragment("(", left, node.operator, right, ")")


def _is_whole_column(node: Expression, context: Context) -> bool:
    """Whether this is a column of a table whose index is on whole numbers, which serves no search for a NUMBER."""
    source = _source(node, context)
    return source is not None and bool(source.table) and type_of(node, context) in ("bigint", "integer")


def _is_computed_number(node: Expression, context: Context) -> bool:
    """Whether this is a NUMBER of a variable or of a row that is stored in no table, such as one of JSON_TABLE."""
    source = _source(node, context)
    if not isinstance(node, tree.Reference) or (source is not None and source.table):
        return False
    return type_of(node, context).startswith("numeric")


def _source(node: Expression, context: Context) -> Source | None:
    """The source of which a name with an alias is a column."""
    if not isinstance(node, tree.Reference) or len(node.parts) != 2:
        return None
    alias, column = (context.known(part) for part in node.parts)
    sources = [source for sources in context.blocks for source in sources if source.alias == alias]
    return sources[-1] if sources and column in (sources[-1].columns or {}) else None


@reads(tree.Quantified, "quantifier items")
def _quantified(node: tree.Quantified, context: Context, operator: str, left: Fragment) -> Fragment:
    """ANY or SOME of a list is one of its comparisons, ALL is all of them."""
    first = node.items[0]
    if isinstance(first, tree.Subquery):
        return Fragment("(", left, operator, node.quantifier.lower(), emit_expression(first, context), ")")
    comparisons = [Fragment("(", left, operator, emit_expression(item, context), ")") for item in node.items]
    return Fragment("(", join(comparisons, "and" if node.quantifier == "ALL" else "or"), ")")


@emit_expression.emits(tree.Between, "operand low high negated")
def _between(node: tree.Between, context: Context) -> Fragment:
    operand, low, high = (emit_expression(part, context) for part in (node.operand, node.low, node.high))
    return Fragment("(", operand, _negated(node.negated, "between"), low, "and", high, ")")


def _negated(negated: bool, word: str) -> str:
    return f"not {word}" if negated else word


@emit_expression.emits(tree.In, "operand items negated -parenthesised")
def _in(node: tree.In, context: Context) -> Fragment:
    operand = emit_expression(node.operand, context)
    items = [_member(item, context) for item in node.items]
    return Fragment("(", operand, _negated(node.negated, "in") + " (", join(items), ") )")


def _member(node: Expression, context: Context) -> Fragment:
    """An item of IN; a query stands there without parentheses of its own."""
    return emit_query(node.query, context) if isinstance(node, tree.Subquery) else emit_expression(node, context)


@emit_expression.emits(tree.Like, "kind operand pattern escape negated")
def _like(node: tree.Like, context: Context) -> Fragment:
    if node.kind != "LIKE":
        raise context.not_supported(node.kind, node, "use LIKE")
    # Without ESCAPE, Oracle's LIKE has no escape character, PostgreSQL's has the backslash.
    escape = Fragment("''")
    if node.escape is not None:
        if not isinstance(node.escape, tree.TextLiteral) or len(node.escape.value) != 1:
            raise context.not_supported("an escape character that is no literal of one character", node.escape)
        escape = Fragment((literal(node.escape.value), node.escape))
    operand, pattern = as_text(node.operand, context), as_text(node.pattern, context)
    return Fragment("(", operand, _negated(node.negated, "like"), pattern, "escape", escape, ")")


@emit_expression.emits(tree.Is, "operand what negated")
def _is(node: tree.Is, context: Context) -> Fragment:
    operand = emit_expression(node.operand, context)
    if node.what == "NAN":
        return Fragment("(", operand, f"{'<>' if node.negated else '='} {_NAN}", ")")
    if node.what not in _STATES:
        raise context.not_supported(f"the condition IS {_negated(node.negated, node.what).upper()}", node)
    return Fragment("(", operand, _STATES[node.what].format("not " if node.negated else ""), ")")


@emit_expression.emits(tree.IsJson, "operand negated", options="an option of IS JSON")
def _is_json(node: tree.IsJson, context: Context) -> Fragment:
    return Fragment("(", emit_expression(node.operand, context), f"is {'not ' if node.negated else ''}json", ")")


@emit_expression.emits(tree.Exists, "query")
def _exists(node: tree.Exists, context: Context) -> Fragment:
    return Fragment("(", ("exists", node), "(", emit_query(node.query, context), ") )")


@emit_expression.emits(tree.Subquery, "query")
def _subquery(node: tree.Subquery, context: Context) -> Fragment:
    return Fragment(("(", node), emit_query(node.query, context), ")")


@emit_expression.emits(tree.CurrentOf, "cursor")
def _current_of(node: tree.CurrentOf, context: Context) -> Fragment:
    match node.cursor:
        case tree.Reference(parts=(name,), link=()) if context.known(name) in context.cursors:
            return Fragment(("current of", node), context.spelled(name))
    raise context.not_supported("WHERE CURRENT OF this", node)


emit_expression.refuse(
    {
        tree.IsOfType: "IS OF TYPE",
        tree.Membership: "MEMBER OF and SUBMULTISET OF",
        tree.Overlaps: "OVERLAPS",
    }
)
