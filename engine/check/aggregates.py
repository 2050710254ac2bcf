"""Aggregate and analytic functions: which calls are such, and the places where none may stand."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check import columns
from engine.check.checker import Checker
from engine.check.scopes import Kind, QueryScope, Scope
from engine.supplied import functions
from engine.tree.base import Expression, Node
from engine.tree.expressions import Call, JsonConstructor, Reference, Window
from engine.tree.walk import children, names_of_block, of_block

# These tell how a row was grouped; they aggregate nothing.
_GROUPINGS = frozenset({"GROUPING", "GROUPING_ID", "GROUP_ID"})
_JSON = frozenset({"JSON_ARRAYAGG", "JSON_OBJECTAGG"})
_SINGLE_ROW = functions.SQL_FUNCTIONS - functions.AGGREGATES - functions.ANALYTIC
# Analytic functions whose window must say its order (SQL Language Reference, the page of each).
_ORDERED = frozenset("CUME_DIST DENSE_RANK LAG LEAD NTILE PERCENT_RANK RANK ROW_NUMBER".split())


def supplied_name(checker: Checker, scope: Scope, node: Call) -> str | None:
    """The name of the function of Oracle's that a call means; None where something else has that name."""
    function = node.function
    if not isinstance(function, Reference) or function.link or len(function.parts) > 1:
        return None
    name = function.parts[0].value
    hidden = scope.find(name) or checker.catalogue.find(name) is not None
    return name if name in functions.SQL_FUNCTIONS and not hidden else None


def is_aggregate(checker: Checker, scope: Scope, node: Node) -> bool:
    """Whether this makes one value of the rows of a group."""
    if isinstance(node, JsonConstructor):
        return node.function in _JSON and node.over is None
    if not isinstance(node, Call) or node.over is not None:
        return False
    name = supplied_name(checker, scope, node)
    return name in functions.AGGREGATES and name not in _GROUPINGS


def may_aggregate(checker: Checker, scope: Scope, node: Node) -> bool:
    """Whether a call may hide the columns in it: an aggregate, GROUPING, or a function that someone may have made one.

    CREATE FUNCTION ... AGGREGATE USING defines such a function.
    """
    if is_aggregate(checker, scope, node):
        return True
    if not isinstance(node, Call) or node.over is not None:
        return False
    name = supplied_name(checker, scope, node)
    return name not in _SINGLE_ROW and not _has_body(scope, node)


def _has_body(scope: Scope, node: Call) -> bool:
    """Whether a call is known to be one of a routine written in PL/SQL that stands in this text."""
    function = node.function
    if not isinstance(function, Reference) or len(function.parts) > 1:
        return False
    found = scope.find(function.parts[0].value)
    return bool(found) and all(symbol.kind is Kind.ROUTINE for symbol in found)


def is_analytic(node: Node) -> bool:
    """Whether this is computed over a window."""
    return isinstance(node, Call | JsonConstructor) and node.over is not None


def contains(checker: Checker, scope: Scope, node: Node) -> bool:
    """Whether an aggregate stands in an expression, queries in it left out."""
    return any(is_aggregate(checker, scope, found) for found in of_block(node))


def check_none(checker: Checker, block: QueryScope, node: Expression | None) -> None:
    """Complain of aggregates and analytic functions in WHERE, ON, SET and other places that see single rows."""
    if node is None:
        return
    for found in of_block(node):
        if is_analytic(found):
            checker.complain("ORA-30483", found)
        elif is_aggregate(checker, block, found) and _belongs(block, found):
            checker.complain("ORA-00934", found)


def _belongs(block: QueryScope, aggregate: Node) -> bool:
    """Whether an aggregate is one over the rows of this block, and not over those of a block around it."""
    if not any(outer.sources for outer in columns.blocks(block)[1:]):
        return True
    return all(columns.locate(block, node.parts) is not None for node in names_of_block(aggregate))


def check_no_analytic(checker: Checker, node: Expression | None) -> None:
    """Complain of analytic functions in HAVING, which is read before they are computed."""
    for found in of_block(node) if node is not None else ():
        if is_analytic(found):
            checker.complain("ORA-30483", found)


# nesting


def check_nesting(checker: Checker, scope: Scope, node: Expression, grouped: bool) -> None:
    """Complain of aggregates in aggregates, of which GROUP BY allows one level, and of analytic functions in others."""
    for found in of_block(node):
        if is_analytic(found):
            _check_inside_analytic(checker, found)
        elif is_aggregate(checker, scope, found):
            _check_inside_aggregate(checker, scope, found, grouped)


def _check_inside_analytic(checker: Checker, node: Node) -> None:
    for inner in _below(node):
        if is_analytic(inner):
            checker.complain("ORA-30483", inner)


def _check_inside_aggregate(checker: Checker, scope: Scope, node: Node, grouped: bool) -> None:
    for inner in _below(node):
        if is_analytic(inner):
            checker.complain("ORA-30483", inner)
        elif is_aggregate(checker, scope, inner):
            if any(is_aggregate(checker, scope, deeper) for deeper in _below(inner)):
                checker.complain("ORA-00935", inner)
            elif not grouped:
                checker.complain("ORA-00978", node)


def _below(node: Node) -> Iterator[Node]:
    for child in children(node):
        yield from of_block(child)


# windows


def check_window(checker: Checker, node: Call, name: str) -> None:
    """Complain of an analytic function without its window, and of a ranking one whose window has no order."""
    if name in functions.ANALYTIC and node.over is None:
        checker.complain("ORA-30484", node)
    elif name in _ORDERED and isinstance(node.over, Window) and node.over.base is None and not node.over.order_by:
        checker.complain("ORA-30485", node)
