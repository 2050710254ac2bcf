"""Indexes, and vector indexes, which are pgvector's of the same kind."""

from __future__ import annotations

from engine.emit.constraints import over_table
from engine.emit.context import Context
from engine.emit.definitions import Change, Definition, call, definitions, if_not_exists, plain_name
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, join
from engine.emit.literals import literal
from engine.emit.values import emit_expression
from engine.tree import ddl as tree
from engine.tree.base import Expression
from engine.tree.expressions import Keyword
from engine.tree.queries import TargetAccuracy, VectorParameter

_KINDS = {"": "create index", "UNIQUE": "create unique index"}
# Organizations as the kinds that ora.create_vector_index makes, each with the parameters that it takes.
_ORGANIZATIONS = {
    "INMEMORY NEIGHBOR GRAPH": "hnsw",
    "INMEMORY GRAPH": "hnsw",
    "NEIGHBOR PARTITIONS": "ivf",
}
_PARAMETERS = {"hnsw": ("NEIGHBORS", "EFCONSTRUCTION"), "ivf": ("NEIGHBOR PARTITIONS",)}
_METRICS = ("COSINE", "EUCLIDEAN", "DOT")
_ACCURACY = "95"


@definitions.emits(tree.CreateIndex, "creation kind name table keys", alias="an alias of an index's table",
                   options="a clause of storage", partitioning="partitions", indextype="INDEXTYPE IS",
                   parameters="PARAMETERS of an index")  # fmt: skip
def _create_index(node: tree.CreateIndex, context: Context) -> Definition:
    if node.kind not in _KINDS:
        raise context.not_supported(f"CREATE {node.kind} INDEX", node)
    opening = f"{_KINDS[node.kind]} {if_not_exists(node.creation, context)}".rstrip()
    table = plain_name(node.table, context)
    known = context.known(table)
    inner = over_table(known, context.catalogue.columns.get(known, {}), context)
    keys = [_key(key, inner) for key in node.keys]
    items = join([Fragment(key, item.direction.lower()) for key, item in zip(keys, node.keys, strict=True)])
    name = context.spelled(plain_name(node.name, context))
    text = Fragment((opening, node), name, "on", context.spelled(table), "(", items, ")")
    if node.kind and len(keys) > 1:
        # Oracle compares keys of which a part is null, and has no entry for those that are null as a whole.
        text = Fragment(text, "nulls not distinct where num_nonnulls(", join(keys), ") > 0")
    return Definition((Change(text),), "Index created.")


@reads(tree.IndexKey, "expression direction")
def _key(node: tree.IndexKey, context: Context) -> Fragment:
    return Fragment("(", emit_expression(node.expression, context), ")")


_VECTOR_INDEX = "creation name table columns organization distance accuracy parameters parallel"


@definitions.emits(
    tree.CreateVectorIndex,
    _VECTOR_INDEX,
    include="INCLUDE of a vector index",
    options="this clause of a vector index",
)
def _create_vector_index(node: tree.CreateVectorIndex, context: Context) -> Definition:
    kind = _ORGANIZATIONS.get(node.organization)
    if kind is None:
        raise context.not_supported(f"a vector index with ORGANIZATION {node.organization}", node)
    if if_not_exists(node.creation, context):
        raise context.not_supported("CREATE VECTOR INDEX IF NOT EXISTS", node)
    if len(node.columns) > 1:
        raise context.not_supported("a vector index on several columns", node.columns[1])
    metric = node.distance.value if node.distance is not None else "COSINE"
    if metric not in _METRICS:
        raise context.not_supported(f"a vector index by the metric {metric}", node)
    names = (plain_name(node.name, context), plain_name(node.table, context), node.columns[0])
    found = _parameters(node.parameters, kind, context)
    values = (found.get(word, Fragment("null")) for word in ("NEIGHBORS", "EFCONSTRUCTION", "NEIGHBOR PARTITIONS"))
    arguments = [
        literal(kind),
        *(context.name_literal(context.known(name)) for name in names),
        literal(metric.lower()),
        _accuracy(node.accuracy, context) if node.accuracy is not None else _ACCURACY,
        *values,
        emit_expression(node.parallel, context) if node.parallel is not None else "null",
    ]
    return Definition((call("ora.create_vector_index", join(arguments), node),), "Vector index created.")


@reads(TargetAccuracy, "percent", parameters="WITH TARGET ACCURACY PARAMETERS")
def _accuracy(node: TargetAccuracy, context: Context) -> Fragment:
    percent: Expression | None = node.percent
    return emit_expression(percent, context) if percent is not None else Fragment(_ACCURACY)


def _parameters(nodes: tuple[VectorParameter, ...], kind: str, context: Context) -> dict[str, Fragment]:
    """The parameters of an index by their words, without TYPE."""
    found = {}
    for node in nodes:
        name, value = _parameter(node, context)
        if name == "TYPE" and value == Keyword(value.place, kind.upper()):
            continue
        if name not in _PARAMETERS[kind]:
            raise context.not_supported(f"the parameter {name} of a vector index", node)
        found[name] = emit_expression(value, context)
    return found


@reads(VectorParameter, "name value")
def _parameter(node: VectorParameter, _: Context) -> tuple[str, Expression]:
    return node.name, node.value


@definitions.emits(
    tree.AlterIndex, "name new_name", if_exists="ALTER INDEX IF EXISTS", options="this clause of ALTER INDEX"
)
def _rename_index(node: tree.AlterIndex, context: Context) -> Definition:
    if node.new_name is None:
        raise context.not_supported("ALTER INDEX without RENAME", node)
    names = (plain_name(node.name, context), node.new_name)
    arguments = ", ".join(context.name_literal(context.known(name)) for name in names)
    return Definition((call("ora.rename_index", arguments, node),), "Index altered.")
