"""The table of what emits an expression; the modules of expressions enter their functions in it."""

from __future__ import annotations

from engine.emit.dispatch import Emitters
from engine.emit.fragment import Fragment

emit_expression = Emitters[Fragment]("an expression")
