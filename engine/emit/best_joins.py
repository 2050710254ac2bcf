"""A join of which the best pairs of each row are kept, as best_rows.py found it."""

from __future__ import annotations

from engine.emit.context import Best, Context
from engine.emit.fragment import Fragment, Part, join
from engine.emit.sources import emit_source
from engine.emit.values import emit_expression
from engine.tree import queries as tree


def emit_best(node: tree.Select, best: Best, items: Fragment, context: Context) -> Fragment:
    """A join whose select list was emitted: of each row of its first table the best pairs."""
    item = node.sources[0]
    joined = item.joins[0]
    pairs: list[Part] = [items, "from", emit_source(joined.source, context)]
    found = [condition for condition in (joined.on, node.where) if condition is not None]
    if found:
        emitted = [Fragment("(", emit_expression(condition, context), ")") for condition in found]
        pairs += ("where", join(emitted, "and"))
    keys = join([Fragment(context.spell(context.known(key)), how) for key, how in best.keys])
    # By itself, where no column of the tables hides a variable. LEAST, because a limit is a bigint; of a negative
    # number or NULL the condition outside lets nothing through.
    most = emit_expression(best.most, context).anywhere()
    limit = Fragment("( select ora.row_limit( least(", most, ", 1e18 ) ) as most )")
    name = f"best_{node.place.offset}"
    first = emit_source(item.source, context)
    opening = Fragment(f"select {name}.* from", limit, f"as {name}_limit cross join", first, "cross join lateral (")
    return Fragment(opening, *pairs, "order by", keys, f"limit {name}_limit.most ) as {name}")
