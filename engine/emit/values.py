"""The tables of what emits an expression and a source of a query; other modules enter their functions in them."""

from __future__ import annotations

from engine.emit.dispatch import Emitters
from engine.emit.fragment import Fragment

emit_expression = Emitters[Fragment]("an expression")
# What stands behind FROM or a join, with its alias.
emit_source = Emitters[Fragment]("a source")
