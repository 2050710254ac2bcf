"""A join of which the best pairs of each row are kept, as best_rows.py found it.

A query of WITH that is joined with itself is read once for each of its own rows. PostgreSQL copies every row of such a
query each time that it is read, and a row that holds a VECTOR is large. The rows of a function are not copied: so the
second table is an array of the rows, made once, as far as that is held in memory.
"""

from __future__ import annotations

from engine.emit.columns import source_of
from engine.emit.context import Best, Context
from engine.emit.fragment import Fragment, Part, join
from engine.emit.values import emit_expression, emit_source
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.walk import descendants

# Bytes of such an array, at most: what is larger is on disk either way.
_MOST_BYTES = 2**25


def emit_best(node: tree.Select, best: Best, items: Fragment, context: Context) -> Fragment:
    """A join whose select list was emitted: of each row of its first table the best pairs."""
    item = node.sources[0]
    joined = item.joins[0]
    pairs: list[Part] = [items, "from", _second(node, context)]
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


def _second(node: tree.Select, context: Context) -> Fragment:
    """The second table of the join."""
    first, second = node.sources[0].source, node.sources[0].joins[0].source
    emitted = emit_source(second, context)
    if not isinstance(first, tree.TableSource) or not isinstance(second, tree.TableSource):
        return emitted
    if first.name.name != second.name.name or context.known(second.name.name) not in context.named_queries:
        return emitted
    types = _types(node, second, context)
    return _held(second, emitted, types, context) if types and all(types.values()) else emitted


def _types(node: tree.Select, source: tree.TableSource, context: Context) -> dict[str, str]:
    """PostgreSQL's types of the columns that a join reads of one of its tables, "" for one that is not known."""
    known = source_of(source, context)
    names = [found.parts for found in descendants(node) if isinstance(found, values.Reference) and len(found.parts) > 1]
    read = [context.known(column) for alias, column in names if context.known(alias) == known.alias]
    return {column: (known.columns or {}).get(column, "") for column in dict.fromkeys(read)}


def _held(source: tree.TableSource, emitted: Fragment, types: dict[str, str], context: Context) -> Fragment:
    """These columns of a named query, from an array or from the query itself."""
    alias = context.spell(source_of(source, context).alias)
    columns = [f"{alias}.{context.spell(column)}::{kind}" for column, kind in types.items()]
    row = f"row( {' , '.join(columns)} )"
    declared = " , ".join(f"{context.spell(column)} {kind}" for column, kind in types.items())
    size = f"sum( pg_column_size( {row} ) )"
    again = emitted.anywhere()
    array = Fragment(f"( select array_agg( {row} ) from", again, f"having {size} <= {_MOST_BYTES} )")
    from_array = Fragment("select * from unnest(", array, f") as {alias} ( {declared} )")
    itself = Fragment(f"select {' , '.join(columns)} from", again, "where ( select", size, "from", again, ")")
    return Fragment("(", from_array, "union all", itself, f"> {_MOST_BYTES} ) as {alias}")
