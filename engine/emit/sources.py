"""FROM: tables, inline views, joins."""

from __future__ import annotations

from dataclasses import replace

from engine.emit.context import Context
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.json_tables import emit_json_table
from engine.emit.queries import Use, emit_body, emit_query
from engine.emit.values import emit_expression
from engine.tree import queries as tree
from engine.tree.base import Name, ObjectName

_JOINS = {
    "INNER": "join",
    "LEFT": "left join",
    "RIGHT": "right join",
    "FULL": "full join",
    "CROSS": "cross join",
    "CROSS APPLY": "cross join",
    "OUTER APPLY": "left join",
}

# One source with its alias.
emit_source = Emitters[Fragment]("a source")


def emit_sources(items: tuple[tree.FromItem, ...], context: Context) -> Fragment:
    """What stands behind FROM."""
    return join([emit_from_item(item, context) for item in items])


@reads(tree.FromItem, "source joins")
def emit_from_item(node: tree.FromItem, context: Context) -> Fragment:
    """A source and its joins."""
    return Fragment(emit_source(node.source, context), *(_join(join_, context) for join_ in node.joins))


@reads(
    tree.Join,
    "kind source natural on using",
    left_partition="a partitioned outer join",
    right_partition="a partitioned outer join",
)
def _join(node: tree.Join, context: Context) -> Fragment:
    source = node.source
    if node.kind.endswith("APPLY") and isinstance(source, tree.QuerySource):
        source = replace(source, lateral=True)
    words = f"natural {_JOINS[node.kind]}" if node.natural else _JOINS[node.kind]
    parts: list[Part] = [(words, node), emit_source(source, context)]
    if node.kind == "OUTER APPLY":
        parts.append("on true")
    if node.on is not None:
        parts += ("on", emit_expression(node.on, context))
    if node.using:
        parts += ("using (", join([context.spelled(name) for name in node.using]), ")")
    return Fragment(*parts)


@emit_source.emits(
    tree.TableSource,
    "name alias",
    only="ONLY (...)",
    partition="PARTITION behind a table",
    sample="SAMPLE",
    flashback="a flashback query (AS OF, VERSIONS)",
    pivot="PIVOT and UNPIVOT",
)
def _table(node: tree.TableSource, context: Context) -> Fragment:
    name = table_name(node.name, context)
    table = context.known(name)
    if table not in context.named_queries:
        context.effect(f"read:{table}")
    return Fragment(context.spelled(name), _alias(node.alias, context))


def table_name(node: ObjectName, context: Context) -> Name:
    """The name of a table or view of the one schema."""
    if node.link:
        raise context.not_supported("a database link", node)
    if len(node.parts) > 1:
        raise context.not_supported(f"the schema name {node.parts[0].value}", node, "leave it out")
    return node.name


def _alias(name: Name | None, context: Context) -> Fragment:
    return Fragment("as", context.spelled(name)) if name is not None else EMPTY


@emit_source.emits(
    tree.QuerySource,
    "query lateral alias",
    restriction="WITH READ ONLY and WITH CHECK OPTION of an inline view",
    pivot="PIVOT and UNPIVOT",
)
def _inline_view(node: tree.QuerySource, context: Context) -> Fragment:
    opening = ("lateral (" if node.lateral else "(", node)
    return Fragment(opening, emit_query(node.query, context), ")", _alias(node.alias, context))


@emit_source.emits(tree.JoinedSource, "item")
def _joined(node: tree.JoinedSource, context: Context) -> Fragment:
    return Fragment(("(", node), emit_from_item(node.item, context), ")")


@emit_source.emits(tree.ValuesSource, "values columns alias", pivot="PIVOT and UNPIVOT")
def _values(node: tree.ValuesSource, context: Context) -> Fragment:
    columns = join([context.spelled(name) for name in node.columns])
    names = Fragment("(", columns, ")") if node.columns else EMPTY
    return Fragment(("(", node), emit_body(node.values, context, Use()), ")", _alias(node.alias, context), names)


@emit_source.emits(
    tree.JsonTable,
    "operand path columns alias",
    passing="PASSING in JSON_TABLE",
    options="an option of JSON_TABLE",
    handlers="ON ERROR of a whole JSON_TABLE",
    outer="the outer join operator (+)",
    pivot="PIVOT and UNPIVOT",
)
def _json_table(node: tree.JsonTable, context: Context) -> Fragment:
    return emit_json_table(node, context)


emit_source.refuse({tree.CollectionSource: "a collection or a table function in FROM", tree.XmlTable: "XMLTABLE"})
