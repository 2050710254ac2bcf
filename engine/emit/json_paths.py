"""Paths of JSON as PostgreSQL's, and what PASSING gives them."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.literals import quoted
from engine.emit.values import emit_expression
from engine.json_paths import JsonPath, JsonPathError, UnsupportedPathError, read_path
from engine.tree import expressions as tree
from engine.tree.base import Expression


def literal_path(node: Expression, context: Context) -> JsonPath:
    """A path that is written as a literal. Raises ORA-40442 where it is none."""
    if not isinstance(node, tree.TextLiteral):
        raise context.not_supported("a JSON path that is not a literal", node)
    try:
        return read_path(node.value)
    except JsonPathError:
        message = f"JSON path expression syntax error ('{node.value}')"
        raise context.refuse("ORA-40442", message, node) from None
    except UnsupportedPathError as error:
        raise context.not_supported(str(error), node) from None


def emit_path(node: Expression, context: Context, passing: tuple[tree.Passing, ...] = ()) -> Fragment:
    """A path and what PASSING gives it; or the bind variable of a dynamic statement in place of a path."""
    if isinstance(node, tree.Bind):
        return Fragment(emit_expression(node, context), "::jsonpath")
    path = literal_path(node, context)
    given = {passed.name.value for passed in passing}
    for variable in path.variables:
        if variable not in given:
            raise context.not_supported(f"the JSON path variable ${variable} that PASSING does not name", node)
    return Fragment((quoted(path.text), node), _passing(passing, context))


def _passing(passing: tuple[tree.Passing, ...], context: Context) -> Fragment:
    return Fragment("passing", join([_passed(passed, context) for passed in passing])) if passing else EMPTY


@reads(tree.Passing, "value name")
def _passed(node: tree.Passing, context: Context) -> Fragment:
    return Fragment(emit_expression(node.value, context), f'as "{node.name.value}"')
