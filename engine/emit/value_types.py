"""PostgreSQL's type of an expression, as far as it is known before it runs; "" where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.emit import calls, json_dots, references
from engine.emit.context import Context
from engine.emit.datatypes import emit_datatype
from engine.emit.functions import AGGREGATES, CONSTANTS, FLOAT32, FLOAT64, FUNCTIONS, Function, is_vector
from engine.emit.literals import datetime_type
from engine.emit.visible import plain_type
from engine.json_paths import METHODS, item_method
from engine.tree import expressions as tree
from engine.tree.base import Expression
from engine.words import fold

# PostgreSQL's types that are NUMBER to Oracle, and those of all numbers.
NUMBERS = ("numeric", "integer", "bigint", "smallint")
_ALL_NUMBERS = (*NUMBERS, "double precision", "real")
# Oracle's DATE, and PostgreSQL's types of points in time.
DATE = "datetime"
_TIMES = (DATE, "timestamp")
_TEXTS = ("text", "character varying", "varchar", "ora.varchar_")
# Functions whose result is a NUMBER of another type of PostgreSQL's than their argument is.
_CALCULATED = frozenset(name for name, known in FUNCTIONS.items() if known.number) | {"SUM", "AVG", "MEDIAN"}
_DISTANCES = frozenset(("<=>", "<->", "<#>"))


def type_of(node: Expression, context: Context) -> str:
    """PostgreSQL's type of a value."""
    function = TYPES.get(type(node))
    return function(node, context) if function is not None else ""


def is_number(kind: str) -> bool:
    """Whether a type of PostgreSQL is one of numbers."""
    return kind.startswith(_ALL_NUMBERS)


def is_text(kind: str) -> bool:
    """Whether a type of PostgreSQL is one of texts."""
    return kind.startswith(_TEXTS)


def is_time(kind: str) -> bool:
    """Whether a type of PostgreSQL is one of points in time."""
    return kind.startswith(_TIMES)


def _number(node: tree.NumberLiteral, _: Context) -> str:
    if node.text.endswith("f"):
        return "real"
    if node.text.endswith("d"):
        return "double precision"
    return "integer" if node.text.isdigit() else "numeric"


def _reference(node: tree.Reference, context: Context) -> str:
    column = plain_type(node, context)
    if column is not None:
        return column
    if dotted := _dots(node, context):
        return dotted
    variable = context.variables.get(context.known(node.parts[0]))
    if variable is not None:
        return variable.type if len(node.parts) == 1 else ""
    package = references.constant_package(node, context)
    if package is not None:
        return package.constants[context.known(node.parts[-1])]
    if calls.is_call(node, context):
        return _result(node, context)
    return CONSTANTS[node.parts[0].value][1] if len(node.parts) == 1 and node.parts[0].value in CONSTANTS else ""


def _result(reference: tree.Reference, context: Context) -> str:
    """The result of a stored function, where all that are called so have the same."""
    found = calls.find_routines(reference, context)
    results = {routine.returns or "" for routine in found.functions} if found is not None else set()
    return results.pop() if len(results) == 1 else ""


def _dots(node: Expression, context: Context) -> str:
    dots = json_dots.read(node, context)
    return dots.type if dots is not None else ""


def _call(node: tree.Call, context: Context) -> str:
    if dotted := _dots(node, context):
        return dotted
    if not isinstance(node.function, tree.Reference):
        return ""
    if calls.is_call(node.function, context):
        return _result(node.function, context)
    name = node.function.parts[0].value if len(node.function.parts) == 1 else ""
    known = FUNCTIONS.get(name) or AGGREGATES.get(name)
    if known is None:
        return _SPECIAL[name](node, context) if name in _SPECIAL else ""
    kind = _argument_type(node, context)
    if isinstance(known, Function) and known.dated and is_time(kind):
        return known.dated
    if known.result != "=":
        return known.result
    return "numeric" if name in _CALCULATED and (kind.startswith(NUMBERS) or is_text(kind)) else kind


def _argument_type(node: tree.Call, context: Context, index: int = 0) -> str:
    argument = node.arguments[index] if len(node.arguments) > index else None
    return type_of(argument.value, context) if isinstance(argument, tree.Argument) else ""


def _to_vector(node: tree.Call, _: Context) -> str:
    wanted = node.arguments[2] if len(node.arguments) > 2 else None
    is_wide = (
        isinstance(wanted, tree.Argument) and isinstance(wanted.value, tree.Keyword) and wanted.value.word == "FLOAT64"
    )
    return FLOAT64 if is_wide else FLOAT32


_SPECIAL: dict[str, Callable[[tree.Call, Context], str]] = {
    "TO_VECTOR": _to_vector,
    "VECTOR": _to_vector,
    "VECTOR_DISTANCE": lambda *_: "double precision",
    "SYS_CONTEXT": lambda *_: "text",
    "DECODE": lambda node, context: _argument_type(node, context, 2),
}


def _operation(node: tree.Operation, context: Context) -> str:
    if "||" in node.operators:
        return "text"
    if _DISTANCES & set(node.operators):
        return "double precision"
    kinds = [type_of(operand, context) for operand in node.operands]
    if any(map(is_time, kinds)) or "interval" in kinds:
        return _time(node.operators, kinds)
    vector = next((kind for kind in kinds if is_vector(kind)), "")
    if vector or not all(map(is_number, kinds)):
        return vector
    return "double precision" if "double precision" in kinds or "real" in kinds else "numeric"


def _time(operators: tuple[str, ...], kinds: list[str]) -> str:
    """The type of points in time and intervals that numbers, intervals and one another are added to or taken from."""
    result = kinds[0]
    for operator, right in zip(operators, kinds[1:], strict=True):
        if is_time(result) and is_time(right):
            result = "numeric" if result == right == DATE else "interval"
        elif operator == "+" and is_time(right):
            result = right if result == "interval" else DATE
        elif is_time(result) and right != "interval":
            result = DATE
    return result


def _case(node: tree.Case, context: Context) -> str:
    results = [when.result for when in node.whens] + ([node.otherwise] if node.otherwise is not None else [])
    return next((kind for result in results if (kind := type_of(result, context))), "")


def _returned(node: tree.Returning | None, context: Context, otherwise: str) -> str:
    return emit_datatype(node.datatype, context, sized=False) if node is not None else otherwise


def _json_path_call(node: tree.JsonPathCall, context: Context) -> str:
    if node.function == "JSON_EXISTS":
        return "boolean"
    method = item_method(node.path.value) if isinstance(node.path, tree.TextLiteral) else ""
    given = METHODS.get(method, "text") if node.function == "JSON_VALUE" else "text"
    return _returned(node.returning, context, given)


def _json_transform(node: tree.JsonTransform, context: Context) -> str:
    operand = node.operand.operand if isinstance(node.operand, tree.JsonInput) else node.operand
    return _returned(node.returning, context, "text" if is_text(type_of(operand, context)) else "jsonb")


def _bind(node: tree.Bind, context: Context) -> str:
    bound = context.binds.get(fold(node.name))
    return bound.type if bound is not None else ""


TYPES: dict[type[Expression], Callable[[Any, Context], str]] = {
    tree.NumberLiteral: _number,
    tree.TextLiteral: lambda *_: "text",
    tree.DateTimeLiteral: lambda node, _: datetime_type(node),
    tree.IntervalLiteral: lambda *_: "interval",
    tree.BooleanLiteral: lambda *_: "boolean",
    tree.Reference: _reference,
    tree.Bind: _bind,
    tree.Call: _call,
    tree.Cast: lambda node, context: emit_datatype(node.datatype, context),
    tree.Trim: lambda *_: "text",
    tree.VectorText: lambda *_: "text",
    tree.Extract: lambda *_: "numeric",
    tree.Parenthesised: lambda node, context: type_of(node.inner, context),
    tree.Unary: lambda node, context: type_of(node.operand, context) if node.operator in "+-" else "",
    tree.Operation: _operation,
    tree.Case: _case,
    tree.Subscript: _dots,
    tree.Attribute: _dots,
    tree.JsonPathCall: _json_path_call,
    tree.JsonSerialize: lambda node, _: "text" if node.function == "JSON_SERIALIZE" else "jsonb",
    tree.JsonConstructor: lambda node, context: _returned(node.returning, context, "text"),
    tree.JsonTransform: _json_transform,
}
