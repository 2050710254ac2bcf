"""Static expressions: what conditional compilation can compute before a unit is compiled.

PL/SQL Language Reference, "Static Expressions": of BOOLEAN, PLS_INTEGER and VARCHAR2, from literals and the constants
of packages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.tree import expressions as tree
from engine.tree.base import Expression, Node

Static = bool | int | str | None
# The expression that a package gives a constant, by both names; None where it is not known.
Constants = Callable[[str, str], Expression | None]

# The release whose language is read here.
_VERSION, _RELEASE = 23, 0
_EARLIER = "9 9_1 9_2 10 10_1 10_2 11 11_1 11_2 12 12_1 12_2 18 19 20 21".split()
# PL/SQL Packages and Types Reference, DBMS_DB_VERSION.
_SUPPLIED: dict[str, Static] = {
    "VERSION": _VERSION,
    "RELEASE": _RELEASE,
    "VER_LE_23": True,
    **{f"VER_LE_{release}": False for release in _EARLIER},
}
_LARGEST = 2**31 - 1


class NotStaticError(ValueError):
    """An expression that no compiler can compute beforehand."""


class UnknownConstantError(ValueError):
    """A constant of a package whose text is not known; it is the message."""


def value_of(node: Node, constants: Constants) -> Static:
    """The value of a static expression."""
    reader = _READERS.get(type(node))
    if reader is None:
        raise NotStaticError
    return reader(node, constants)


def _number(node: tree.NumberLiteral, _: Constants) -> Static:
    if not node.text.isdigit() or int(node.text) > _LARGEST:
        raise NotStaticError
    return int(node.text)


def _reference(node: tree.Reference, constants: Constants) -> Static:
    parts = [part.value for part in node.parts]
    if not 2 <= len(parts) <= 3 or node.link:
        raise NotStaticError
    package, name = parts[-2:]
    if package == "DBMS_DB_VERSION":
        if name not in _SUPPLIED:
            raise NotStaticError
        return _SUPPLIED[name]
    expression = constants(package, name)
    if expression is None:
        raise UnknownConstantError(f"{package}.{name}")
    return value_of(expression, constants)


def _unary(node: tree.Unary, constants: Constants) -> Static:
    value = _integer(node.operand, constants)
    return -value if node.operator == "-" and value is not None else value


def _integer(node: Expression, constants: Constants) -> int | None:
    value = value_of(node, constants)
    if isinstance(value, bool | str):
        raise NotStaticError
    return value


def _joined(node: tree.Operation, constants: Constants) -> Static:
    if set(node.operators) != {"||"}:
        raise NotStaticError
    values = [value_of(operand, constants) for operand in node.operands]
    return "".join("" if value is None else _text(value) for value in values)


def _text(value: Static) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return str(value)


def _call(node: tree.Call, constants: Constants) -> Static:
    function, arguments = node.function, node.arguments
    named = isinstance(function, tree.Reference) and [part.value for part in function.parts] == ["TO_CHAR"]
    if not named or len(arguments) != 1 or not isinstance(arguments[0], tree.Argument):
        raise NotStaticError
    value = value_of(arguments[0].value, constants)
    return None if value is None else _text(value)


def _not(node: tree.Not, constants: Constants) -> Static:
    value = _boolean(node.condition, constants)
    return None if value is None else not value


def _boolean(node: Expression, constants: Constants) -> bool | None:
    value = value_of(node, constants)
    if value is not None and not isinstance(value, bool):
        raise NotStaticError
    return value


def _and(node: tree.And, constants: Constants) -> Static:
    values = [_boolean(condition, constants) for condition in node.conditions]
    return False if False in values else None if None in values else True


def _or(node: tree.Or, constants: Constants) -> Static:
    values = [_boolean(condition, constants) for condition in node.conditions]
    return True if True in values else None if None in values else False


def _is(node: tree.Is, constants: Constants) -> Static:
    if node.what != "NULL":
        raise NotStaticError
    return (value_of(node.operand, constants) is None) is not node.negated


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def _comparison(node: tree.Comparison, constants: Constants) -> Static:
    left, right = value_of(node.left, constants), value_of(node.right, constants)
    if isinstance(left, str) or isinstance(right, str):
        raise NotStaticError
    if left is None or right is None:
        return None
    if isinstance(left, bool) is not isinstance(right, bool):
        raise NotStaticError
    if isinstance(left, bool) and node.operator not in ("=", "<>"):
        raise NotStaticError
    return _COMPARISONS[node.operator](left, right)


_READERS: dict[type[Node], Callable[[Any, Constants], Static]] = {
    tree.NumberLiteral: _number,
    tree.TextLiteral: lambda node, _: node.value,
    tree.NullLiteral: lambda *_: None,
    tree.BooleanLiteral: lambda node, _: node.value,
    tree.Reference: _reference,
    tree.Parenthesised: lambda node, constants: value_of(node.inner, constants),
    tree.Unary: _unary,
    tree.Operation: _joined,
    tree.Call: _call,
    tree.Not: _not,
    tree.And: _and,
    tree.Or: _or,
    tree.Is: _is,
    tree.Comparison: _comparison,
}
