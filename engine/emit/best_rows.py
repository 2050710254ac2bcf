"""Queries that rank the pairs of a join and keep the best of each row: no more than those are sorted.

They are of the form

    select item_id, image_id, place
      from (select item_id, image_id, row_number() over (partition by item_id order by distance, image_id) as place
              from (select t.item_id, o.image_id, abs(o.x - t.x) as distance
                      from item t
                      join image o on o.fold <> t.fold))
     where place <= l_k

with either inline view as a WITH query too, where it is used once. Oracle keeps the best k of each partition while it
sorts (WINDOW SORT PUSHED RANK in its plans); PostgreSQL sorts all pairs. So the join becomes a lateral one that gives
the best k pairs of each row of its first table, by the keys of the window. The best k of a partition are among the
best k of each of its rows, whether the partition is one row or many, so the rest of the query stays as it is.

What is not clearly of the form is left alone: a third table, an outer join, a condition on the rows before they are
ranked, a second analytic function; within the join a subquery, a routine of PL/SQL, or a column without its table's
alias, whose meaning the lateral join could change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.emit.context import Best, BestRows, Context
from engine.emit.functions import PURE
from engine.emit.rownum import conditions
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Expression, Name, Node
from engine.tree.walk import children, descendants

_NUMBERS = ("smallint", "integer", "bigint", "numeric")
# Expressions that compute a value from the values in them, and nothing else.
_PLAIN = (
    values.NumberLiteral, values.TextLiteral, values.NullLiteral, values.BooleanLiteral, values.Keyword, values.Unary,
    values.Operation, values.Parenthesised, values.Case, values.When, values.Comparison, values.And, values.Or,
    values.Not, values.Between, values.In, values.Like, values.Is, values.Argument,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Statement:
    """The queries that WITH names in a statement, and how often a table's place is taken by each name."""

    tables: Mapping[str, tree.CommonTable]
    uses: Mapping[str, int]

    def named(self, source: tree.Source) -> tree.CommonTable | None:
        """The query of WITH that a source is, where the statement reads it once."""
        if not isinstance(source, tree.TableSource) or not _is_bare(source):
            return None
        name = source.name.name.value
        table = self.tables.get(name)
        once = table is not None and self.uses.get(name) == 1 and not table.columns
        return table if once else None

    def view(self, source: tree.Source) -> tree.Select | None:
        """The block of an inline view or of a query of WITH, if it is nothing but a block and keeps all of its rows."""
        query: tree.Query | None = None
        if isinstance(source, tree.QuerySource) and _is_bare(source) and not source.lateral:
            query = source.query
        elif (table := self.named(source)) is not None:
            query = table.query
        if query is None or query.with_ or query.order_by or query.limit or query.for_update:
            return None
        body = query.body
        return body if isinstance(body, tree.Select) and _keeps_rows(body) else None


def _is_bare(source: tree.AliasedSource) -> bool:
    """Whether nothing but an alias stands behind a source."""
    others = set(source.__slots__) - {"name", "query", "lateral"}
    return source.pivot is None and not any(getattr(source, name) for name in others)


def _keeps_rows(select: tree.Select) -> bool:
    clauses = (select.into, select.hierarchy, select.group_by, select.having, select.windows, select.qualify)
    return not any(clauses) and not select.quantifier


def find(query: tree.Query, context: Context) -> BestRows:
    """The joins of the form in a query."""
    if not any(_is_ranking(node) for node in descendants(query)):
        return BestRows()
    nodes = list(descendants(query))
    uses: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, tree.TableSource):
            uses[node.name.name.value] = uses.get(node.name.name.value, 0) + 1
    tables = {node.name.value: node for node in nodes if isinstance(node, tree.CommonTable)}
    statement = _Statement(tables, uses)
    joins: dict[int, Best] = {}
    kept: set[int] = set()
    for node in nodes:
        found = _kept(node, statement, context) if isinstance(node, tree.Select) else None
        if found is not None:
            pairs, best = found
            joins[id(pairs)] = best
            second = statement.named(pairs.sources[0].joins[0].source)
            if second is not None:
                kept.add(id(second))
    return BestRows(joins, frozenset(kept))


def _is_ranking(node: Node) -> bool:
    """Whether this is ROW_NUMBER() with a window of its own."""
    if not isinstance(node, values.Call) or not isinstance(node.over, values.Window):
        return False
    function = node.function
    named = isinstance(function, values.Reference) and [part.value for part in function.parts] == ["ROW_NUMBER"]
    return named and not node.over.base and not node.over.frame and bool(node.over.order_by)


def _kept(outer: tree.Select, statement: _Statement, context: Context) -> tuple[tree.Select, Best] | None:
    """The join of which a block keeps the best rows, and which those are."""
    ranked = _only_view(outer, statement)
    if ranked is None or ranked.where is not None:
        return None
    pairs = _only_view(ranked, statement)
    ranking = [item for item in ranked.items if _is_ranking(item.expression)]
    others = [item for item in ranked.items if item not in ranking]
    if pairs is None or len(ranking) != 1 or ranking[0].alias is None or not all(map(_is_column, others)):
        return None
    place, names = ranking[0].alias.value, [_name(item) for item in others]
    most = _most(outer, place, names, context)
    if place in names or most is None or not _is_plain_join(pairs, context):
        return None
    keys = _keys(ranking[0], pairs)
    return (pairs, Best(keys, most)) if keys is not None else None


def _only_view(select: tree.Select, statement: _Statement) -> tree.Select | None:
    """The block of the one view that a block reads."""
    if len(select.sources) != 1 or select.sources[0].joins:
        return None
    return statement.view(select.sources[0].source)


def _is_column(item: tree.SelectItem) -> bool:
    expression = item.expression
    if not isinstance(expression, values.Reference) or len(expression.parts) > 2 or expression.link:
        return False
    return [part.value for part in expression.parts] != ["ROWNUM"]


def _name(item: tree.SelectItem) -> str:
    if item.alias is not None:
        return item.alias.value
    return item.expression.parts[-1].value if isinstance(item.expression, values.Reference) else ""


def _most(outer: tree.Select, place: str, names: list[str], context: Context) -> Expression | None:
    """How many rows of each partition a block keeps: a whole number, or a variable that no column hides."""
    for condition in conditions(outer.where):
        if (
            isinstance(condition, values.Comparison)
            and condition.operator == "<="
            and isinstance(condition.left, values.Reference)
            and condition.left.parts[-1].value == place
            and _is_count(condition.right, names, context)
        ):
            return condition.right
    return None


def _is_count(node: Expression, names: list[str], context: Context) -> bool:
    if isinstance(node, values.NumberLiteral):
        return node.text.isdigit()
    if not isinstance(node, values.Reference) or len(node.parts) != 1 or node.parts[0].value in names:
        return False
    variable = context.variables.get(context.known(node.parts[0]))
    return variable is not None and variable.type.partition("(")[0] in _NUMBERS


def _keys(ranking: tree.SelectItem, pairs: tree.Select) -> tuple[tuple[Name, str], ...] | None:
    """The keys of the window as columns of the join, if it ranks within rows of the join's first table."""
    window = ranking.expression.over if isinstance(ranking.expression, values.Call) else None
    if not isinstance(window, values.Window) or not window.partition_by:
        return None
    first = _alias(pairs.sources[0].source)
    columns = {_name(item) for item in pairs.items}
    of_first = {_name(item) for item in pairs.items if _qualifier(item.expression) == first}
    parts = [_last_name(key) for key in window.partition_by]
    keys = [(_last_name(key.expression), f"{key.direction} {_nulls(key)}".strip().lower()) for key in window.order_by]
    if not all(part is not None and part.value in of_first for part in parts):
        return None
    named = tuple((name, how) for name, how in keys if name is not None and name.value in columns)
    return named if len(named) == len(keys) else None


def _nulls(key: values.SortKey) -> str:
    return f"nulls {key.nulls}" if key.nulls else ""


def _last_name(node: Expression) -> Name | None:
    return node.parts[-1] if isinstance(node, values.Reference) and len(node.parts) <= 2 else None


def _qualifier(node: Expression) -> str:
    return node.parts[0].value if isinstance(node, values.Reference) and len(node.parts) == 2 else ""


# the join


def _alias(source: tree.Source) -> str:
    if not isinstance(source, tree.TableSource) or not _is_bare(source) or len(source.name.parts) > 1:
        return ""
    return source.alias.value if source.alias is not None else source.name.name.value


def _is_plain_join(select: tree.Select, context: Context) -> bool:
    """Whether a join of two tables computes its rows one by one from columns with aliases, variables and pure
    functions."""
    if len(select.sources) != 1 or len(select.sources[0].joins) != 1:
        return False
    second = select.sources[0].joins[0]
    aliases = {_alias(select.sources[0].source), _alias(second.source)}
    partitioned = second.left_partition or second.right_partition
    if len(aliases) < 2 or "" in aliases or second.natural or second.using or partitioned:
        return False
    if second.kind not in ("INNER", "CROSS"):
        return False
    computed = [item.expression for item in select.items]
    computed += [condition for condition in (second.on, select.where) if condition is not None]
    return all(_is_plain(node, aliases, context) for node in computed)


def _is_plain(node: Node, aliases: set[str], context: Context) -> bool:
    return all(_is_plain_node(found, aliases, context) for found in _values_below(node))


def _values_below(node: Node) -> Iterator[Node]:
    """A node and those below it; of a call its arguments alone, and no parts of names."""
    yield node
    below = node.arguments if isinstance(node, values.Call) else children(node)
    if not isinstance(node, values.Reference):
        for child in below:
            yield from _values_below(child)


def _is_plain_node(node: Node, aliases: set[str], context: Context) -> bool:
    if isinstance(node, values.Reference):
        if len(node.parts) == 2:
            return node.parts[0].value in aliases
        return len(node.parts) == 1 and context.known(node.parts[0]) in context.variables
    if isinstance(node, values.Call):
        clauses = (node.quantifier, node.overflow, node.within_group, node.keep, node.over, node.nulls)
        function = node.function
        pure = isinstance(function, values.Reference) and len(function.parts) == 1 and function.parts[0].value in PURE
        return pure and not any(clauses)
    return isinstance(node, _PLAIN)
