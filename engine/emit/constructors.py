"""Constructors of collections and records, which are called by the names of their types."""

from __future__ import annotations

from engine.emit.catalogue import DefinedType
from engine.emit.context import Context
from engine.emit.datatypes import find_type
from engine.emit.fragment import Fragment, Part, join
from engine.emit.value_types import type_of
from engine.emit.values import emit_expression
from engine.tree import expressions as tree
from engine.tree.base import Expression, Node


def constructed_type(reference: tree.Reference, context: Context) -> DefinedType | None:
    """The type of the collection or record that a call makes; None where it is no constructor's."""
    found = find_type(reference.parts, context) if not reference.link else None
    return found if found is not None and (found.element is not None or found.fields is not None) else None


def emit_constructor(kind: DefinedType, node: tree.Call, context: Context) -> Fragment:
    """A collection or a record of the values that are given."""
    if kind.element is None:
        return _record(kind, node, context)
    given = [one for one in node.arguments if isinstance(one, tree.Argument) and one.name is None]
    pairs = [one for one in node.arguments if isinstance(one, tree.Association)]
    if len(given) + len(pairs) < len(node.arguments) or (given and pairs) or (pairs and kind.bounded):
        raise context.not_supported("a qualified expression of this form", node)
    if kind.keyed:
        return _map(kind.element, pairs, node, context) if not given else _refused(node, context)
    values = [_cell(value, kind, context) for value in (*(one.value for one in given), *(one.value for one in pairs))]
    elements = Fragment(("array[", node), join(values), f"]::{kind.type}")
    if not pairs:
        return Fragment(f"ora.within_limit( {kind.limit} ,", elements, ")") if kind.limit is not None else elements
    return Fragment(
        "ora.placed( array[", join([_key(pair, context) for pair in pairs]), "]::integer[] ,", elements, ")"
    )


def _refused(node: Node, context: Context) -> Fragment:
    raise context.not_supported("a qualified expression by position of an array by texts", node)


def _key(pair: tree.Association, context: Context) -> Fragment:
    if len(pair.keys) > 1 or isinstance(pair.keys[0], tree.Keyword):
        raise context.not_supported("several indexes of one value in a qualified expression", pair)
    return emit_expression(pair.keys[0], context)


def _map(element: DefinedType, pairs: list[tree.Association], node: Node, context: Context) -> Fragment:
    parts: list[Part] = []
    for pair in pairs:
        value = Fragment("to_jsonb( ", emit_sized(pair.value, element.type, context), ")")
        parts += (Fragment("(", _key(pair, context), ")::text"), value)
    return Fragment(("jsonb_build_object(", node), join(parts), ")")


def _cell(value: Expression, kind: DefinedType, context: Context) -> Part:
    element = kind.element or DefinedType("")
    text = emit_sized(value, element.type, context)
    return Fragment("row(", text, ")::" + kind.type.removesuffix("[]")) if kind.boxed else text


def _record(kind: DefinedType, node: tree.Call, context: Context) -> Fragment:
    """A record of its fields, by position and by name; those that are left out are null."""
    fields = kind.fields or {}
    given: dict[str, Expression] = {}
    for name, argument in zip(fields, node.arguments, strict=False):
        if not isinstance(argument, tree.Argument):
            raise context.not_supported("a qualified expression of this form", argument)
        given[context.known(argument.name) if argument.name is not None else name] = argument.value
    if len(given) < len(node.arguments) or given.keys() - fields.keys():
        raise context.not_supported("a qualified expression of this form", node)
    values: list[Part] = [
        emit_sized(given[name], kind_, context) if name in given else f"null::{kind_}" for name, kind_ in fields.items()
    ]
    return Fragment(("row(", node), join(values), f")::{kind.type}")


def emit_sized(node: Expression, kind: str, context: Context) -> Fragment:
    """A value of a type, where one that is too long is an error; PostgreSQL's cast would cut it."""
    value = emit_expression(node, context)
    base, _, rest = kind.partition("(")
    if base in ("varchar", "character varying"):
        return Fragment("ora.fitting( (", value, f")::text , {rest.rstrip(')')} )::{kind}")
    if type_of(node, context) == kind:
        return value
    return Fragment("(", value, f")::{kind}")
