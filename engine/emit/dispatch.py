"""Which function emits a class of the tree, and which of its fields it reads: none is dropped in silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from engine.emit.context import Context
from engine.tree.base import Node

N = TypeVar("N", bound=Node)
P = ParamSpec("P")
R = TypeVar("R")

# The classes whose fields some function states, with the fields that it refuses and those that it reads.
STATED: dict[type[Node], tuple[frozenset[str], dict[str, str]]] = {}


def reads(
    cls: type[N], names: str = "", **refused: str
) -> Callable[[Callable[Concatenate[N, Context, P], R]], Callable[Concatenate[N, Context, P], R]]:
    """State what a function makes of a class: the fields that it reads, and those that it refuses, by construct.

    A node in which a refused field says something is refused by that construct's name. Each field is read or
    refused: a field that is new in the tree stops the engine from being imported until someone has decided.
    """
    known = {field.name for field in fields(cls)} - {"place"}
    stated = set(names.split())
    if stated & refused.keys() or stated | refused.keys() != known:
        wrong = (stated & refused.keys()) | (known ^ (stated | refused.keys()))
        raise TypeError(f"{cls.__name__}: {', '.join(sorted(wrong))} must be read or refused")
    STATED[cls] = (frozenset(stated), refused)

    def decorate(function: Callable[Concatenate[N, Context, P], R]) -> Callable[Concatenate[N, Context, P], R]:
        if not refused:
            return function

        @wraps(function)
        def checked(node: N, context: Context, *args: P.args, **kwargs: P.kwargs) -> R:
            for name, construct in refused.items():
                if value := getattr(node, name):
                    raise context.not_supported(construct, _place(value, node))
            return function(node, context, *args, **kwargs)

        return cast(Callable[Concatenate[N, Context, P], R], checked)

    return decorate


def _place(value: object, node: Node) -> Node:
    """Where a field's value stands, which is the node's place for a word."""
    first = value[0] if isinstance(value, tuple) else value
    return first if isinstance(first, Node) else node


class Emitters(Generic[R]):
    """The functions that make something of the classes of one kind of node, such as expressions."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.functions: dict[type[Node], Callable[..., R]] = {}
        # The classes that are refused as a whole, by the name of their construct.
        self.refused: dict[type[Node], str] = {}

    def emits(
        self, cls: type[N], names: str = "", **refused: str
    ) -> Callable[[Callable[Concatenate[N, Context, P], R]], Callable[Concatenate[N, Context, P], R]]:
        """Enter a function for a class, with the fields that it reads and refuses."""

        def decorate(function: Callable[Concatenate[N, Context, P], R]) -> Callable[Concatenate[N, Context, P], R]:
            checked: Callable[Concatenate[N, Context, P], R] = reads(cls, names, **refused)(function)
            self.functions[cls] = checked
            return checked

        return decorate

    def refuse(self, constructs: Mapping[type[Node], str]) -> None:
        """Enter classes that are refused, by the names of their constructs."""
        self.refused |= constructs

    def __call__(self, node: Node, context: Context, *rest: Any) -> R:
        """What the node's class becomes. Raises NotSupported where it is refused."""
        function = self.functions.get(type(node))
        if function is None:
            construct = self.refused.get(type(node)) or f"{self.kind} of the kind {type(node).__name__}"
            raise context.not_supported(construct, node)
        return function(node, context, *rest)
