"""Blocks that a user types, whose bind variables are variables of a block around them."""

from __future__ import annotations

from dataclasses import replace

from engine.emit.blocks import emit_block
from engine.emit.context import Bound, Context
from engine.emit.fragment import Fragment
from engine.emit.routines import PREFER_COLUMNS, asked, dollar_tag, row_count_declaration
from engine.emit.transactions import check_kept, check_transactions, ends_transactions
from engine.emit.unit import TEMPORARY, TYPED_BLOCK
from engine.tree import plsql as tree
from engine.tree.expressions import Bind
from engine.tree.walk import descendants
from engine.words import fold


def emit_typed_block(block: tree.Block, context: Context) -> Fragment:
    """A block as PostgreSQL's DO. Its bind variables get their values before it, and leave them behind."""
    bound = context.bound
    used = {fold(node.name) for node in descendants(block) if isinstance(node, Bind)}
    variables = [bound[name] for name in sorted(used) if name in bound]
    binds = {name: Bound(Fragment(bound[name].name), bound[name].type) for name in used if name in bound}
    ends = ends_transactions(block, context)
    if ends:
        check_transactions(block, context)
    unit = asked(
        replace(context.unit, schema=TEMPORARY, left=TYPED_BLOCK, body=block, ends_transactions=ends), block, context
    )
    inner = replace(context, binds=binds, unit=unit)
    declared = "".join(f"{v.name} {v.type} := {v.value}; " for v in variables)
    kept = "".join(f"perform set_config('{v.setting}', {v.name}::text, false); " for v in variables)
    run = emit_block(block, inner, commits=not ends)
    if ends:
        check_kept(block, inner)
    tag = dollar_tag(run.text)
    return Fragment(
        f"do {tag} {PREFER_COLUMNS}",
        "declare",
        row_count_declaration(inner),
        declared,
        f"begin <<{TYPED_BLOCK}>> begin",
        run.text,
        f"; end; {kept} end {tag}",
    )
