"""What may be given a value: the left side of an assignment, INTO, an argument for an OUT parameter."""

from __future__ import annotations

from engine.check import calls, expressions, names
from engine.check.checker import Checker
from engine.check.scopes import VALUES, Kind, Scope, display
from engine.check.types import UNKNOWN, Family, Type
from engine.tree import expressions as tree
from engine.tree.base import Expression

# Expressions that may hold a value; any other can not.
_PLACES = (tree.Reference, tree.Call, tree.Attribute, tree.Bind, tree.Subscript, tree.Parenthesised)


def check(checker: Checker, scope: Scope, node: Expression, number: str = "PLS-00363") -> Type:
    """The type of a target; complains under this number where it can not be given a value."""
    if isinstance(node, tree.Reference):
        return _named(checker, scope, node, number)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Reference):
        return _element(checker, scope, node, node.function, number)
    if isinstance(node, tree.Attribute):
        return expressions.component(checker, check(checker, scope, node.target, number), (node.name,), "")
    if not isinstance(node, _PLACES):
        checker.complain(number, node, _text(node))
        return UNKNOWN
    return expressions.type_of(checker, scope, node)


def _text(node: Expression) -> str:
    if isinstance(node, tree.NumberLiteral):
        return node.text
    if isinstance(node, tree.TextLiteral):
        return f"'{node.value}'"
    if isinstance(node, tree.BooleanLiteral):
        return "TRUE" if node.value else "FALSE"
    return "NULL" if isinstance(node, tree.NullLiteral) else "expression"


def _named(checker: Checker, scope: Scope, node: tree.Reference, number: str) -> Type:
    if node.link:
        return UNKNOWN
    meaning = names.meaning(checker, scope, node.parts, role="target")
    if meaning is None or not meaning.symbols:
        return UNKNOWN
    symbol = meaning.symbols[0]
    rest = node.parts[meaning.used :]
    if symbol.kind not in VALUES:
        if symbol.kind is not Kind.ROUTINE or not rest:
            checker.complain("PLS-00363" if symbol.kind is not Kind.CURSOR else number, node, display(node.parts))
        return UNKNOWN
    found = names.field_type(checker, symbol.type, rest, symbol.name)
    if not symbol.assignable and not (rest and symbol.kind is Kind.LOOP_INDEX):
        checker.complain(number, node, display(node.parts))
    return found


def _element(checker: Checker, scope: Scope, node: tree.Call, function: tree.Reference, number: str) -> Type:
    meaning = names.meaning(checker, scope, function.parts, role="target")
    if meaning is None or not meaning.symbols or meaning.symbols[0].kind not in VALUES:
        return expressions.type_of(checker, scope, node)
    symbol = meaning.symbols[0]
    given = calls.check_arguments(checker, scope, node)
    value = names.field_type(checker, symbol.type, function.parts[meaning.used :], symbol.name)
    if not symbol.assignable:
        checker.complain(number, node, display(function.parts))
    if value.family is Family.COLLECTION:
        calls.check_index(checker, value, given)
    return value.element or UNKNOWN if value.family is Family.COLLECTION else UNKNOWN
