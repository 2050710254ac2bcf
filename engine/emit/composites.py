"""Composite types of PostgreSQL for records that PL/SQL defines: the same fields have the same type."""

from __future__ import annotations

import hashlib

from engine.emit.context import Context
from engine.emit.literals import quoted

_DIGITS = 16


def composite(kind: str, fields: str, context: Context) -> str:
    """The composite type of these fields, which is made where it is missing."""
    name = f"{kind}_{hashlib.sha256(fields.encode()).hexdigest()[:_DIGITS]}"
    context.prerequisite(f"select ora.make_type({quoted(name)}, {quoted(fields)})")
    return f"ora.{name}"
