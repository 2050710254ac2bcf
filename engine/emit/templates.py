"""Texts with gaps, as the tables of functions hold them, filled with what was emitted."""

from __future__ import annotations

import re

from engine.emit.fragment import Fragment, Part, join
from engine.tree.base import Node

_GAP = re.compile(r"\{(\d|\*)\}")


def fill(text: str, arguments: list[Fragment], node: Node) -> Fragment:
    """A function's text with its arguments in the gaps."""
    parts: list[Part] = []
    for index, part in enumerate(_GAP.split(text)):
        if index % 2:
            parts.append(join(arguments) if part == "*" else arguments[int(part)])
        elif part:
            parts.append((part, node))
    return Fragment(*parts)
