"""Query blocks in which ROWNUM counts the rows before something else happens to them.

Oracle numbers the rows that pass WHERE before it groups and sorts them. PostgreSQL's LIMIT comes last. So where a block
groups, sorts or numbers in other ways too, its one source is read in a subquery of the same alias, which counts; and so
it is where a condition on ROWNUM is no plain limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.emit.context import Context
from engine.emit.fragment import Fragment, Part, conjunction, join
from engine.emit.locks import has_aggregates, has_windows
from engine.emit.rownum import emit_limit, emit_numbers, is_limit, rownum_conditions, uncounted, uses_rownum
from engine.emit.values import emit_expression, emit_source
from engine.tree import queries as tree
from engine.tree.base import Expression, Node
from engine.tree.expressions import SortKey

_ROW_NUMBER = "row_number() over ()"


@dataclass(frozen=True, slots=True)
class Counting:
    """How a block counts, whose conditions on ROWNUM are `found`.

    `inside` is the source that its subquery reads, None where it has no subquery. `value` is what ROWNUM becomes.
    `limits` tells that the conditions are a number of rows, `named` that the subquery gives ROWNUM as a column.
    """

    found: list[Expression]
    inside: tree.AliasedSource | None = None
    value: str = _ROW_NUMBER
    limits: bool = True
    named: bool = False


def counting(
    select: tree.Select, context: Context, order_by: Iterable[SortKey] = (), *, fetched: bool = False
) -> Counting:
    """How a block counts whose rows are sorted and fetched so."""
    found = rownum_conditions(select.where)
    keys = [key for key in order_by if uses_rownum(key)]
    used = [node for node in (*select.items, select.group_by, select.having) if node is not None and uses_rownum(node)]
    limits = all(is_limit(condition, context) for condition in found)
    grouped = select.group_by is not None or select.quantifier in ("DISTINCT", "UNIQUE") or has_aggregates(select)
    rest = bool(list(order_by)) or fetched or has_windows(select)
    if limits and not keys and not (found and rest) and not (grouped and (found or used)):
        return Counting(found)
    source = _single(select, context, (*found, *keys, *used)[0])
    alias = _alias(source, context)
    value = f"{context.spell(alias)}.rownum" if alias else "rownum"
    return Counting(found, source, value, limits, bool(keys or used) or not limits)


def _single(select: tree.Select, context: Context, at: Node) -> tree.AliasedSource:
    """The one source of a block."""
    source = select.sources[0].source if len(select.sources) == 1 and not select.sources[0].joins else None
    if not isinstance(source, tree.AliasedSource) or select.hierarchy is not None:
        construct = "ROWNUM beside ORDER BY, a grouping, an analytic function or OR over several sources"
        raise context.not_supported(construct, at, "put the join into an inline view")
    return source


def _alias(source: tree.AliasedSource, context: Context) -> str:
    if source.alias is not None:
        return context.known(source.alias)
    return context.known(source.name.name) if isinstance(source, tree.TableSource) else ""


def emit_counted(source: tree.AliasedSource, counted: Counting, select: tree.Select, context: Context) -> Fragment:
    """The subquery that counts the rows of a source, and WHERE behind it where it does not leave rows out itself."""
    alias = _alias(source, context)
    columns = [Fragment(f"{context.spell(alias)}.*" if alias else "*")]
    if counted.named:
        number = Fragment(_ROW_NUMBER) if counted.limits else emit_numbers(counted.found, context)
        columns.append(Fragment(number, "as rownum"))
    parts: list[Part] = ["( select", join(columns), "from", emit_source(source, context)]
    if rest := [emit_expression(condition, context) for condition in uncounted(select.where)]:
        parts += ("where", conjunction(rest))
    if counted.found and counted.limits:
        parts += ("limit", emit_limit(counted.found, context))
    parts += (")", f"as {context.spell(alias)}" if alias else "")
    return Fragment(*parts, "" if counted.limits else f"where ( {counted.value} is not null )")
