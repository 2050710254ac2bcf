"""CREATE TABLE, and columns as ALTER TABLE adds them too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.emit import sequences
from engine.emit.constraints import check_unique, emit_constraint, keys_of, over_table
from engine.emit.context import Context
from engine.emit.datatypes import emit_datatype
from engine.emit.definitions import Change, Definition, definitions, if_not_exists, plain_name
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.functions import is_vector
from engine.emit.queries import emit_query
from engine.emit.values import emit_expression
from engine.tree import ddl as tree
from engine.tree.base import Expression

Items = tuple[tree.Column | tree.Constraint, ...]

# In the row and never compressed: a distance must not have to fetch and unpack its vectors (measured: 20 times
# slower). A page holds one, of up to 2,000 dimensions.
_VECTOR_STORAGE = "storage plain"
_IDENTITY = {"ALWAYS": "always", "BY DEFAULT": "by default"}


@dataclass(frozen=True, slots=True)
class Table:
    """The items of a table that a statement makes, and the calls that have to run behind it."""

    items: tuple[Fragment, ...]
    after: tuple[str, ...]


@definitions.emits(
    tree.CreateTable,
    "creation name items query",
    kind="this kind of table",
    object_type="a table of objects",
    options="a clause of storage",
    partitioning="partitions",
    trailing="a clause of storage",
)
def _create_table(node: tree.CreateTable, context: Context) -> Definition:
    name = plain_name(node.name, context)
    opening = Fragment(f"create table {if_not_exists(node.creation, context)}".rstrip(), context.spelled(name))
    if node.query is not None:
        if node.items:
            raise context.not_supported("CREATE TABLE AS with columns", node, "give the query's columns aliases")
        return Definition((Change(Fragment(opening, "as", emit_query(node.query, context))),), "Table created.")
    made = emit_items(context.known(name), node.items, context)
    check_unique(keys_of(node.items, context), context)
    return Definition((Change(Fragment(opening, "(", join(made.items), ")")),), "Table created.", made.after)


def emit_items(table: str, items: Items, context: Context) -> Table:
    """The columns and constraints of a table that is created, or that ALTER TABLE adds."""
    columns = [item for item in items if isinstance(item, tree.Column)]
    types = _types(table, columns, items, context)
    inner = over_table(table, {**context.catalogue.columns.get(table, {}), **types}, context)
    texts = [
        _column(item, inner, types[context.known(item.name)])
        if isinstance(item, tree.Column)
        else emit_constraint(item, inner)
        for item in items
    ]
    named = context.name_literal(table)
    hidden = [f"ora.hide_column({named}, {_literal(c, context)})" for c in columns if c.visibility == "INVISIBLE"]
    vectors = [
        f"ora.prepare_vector_column({named}, {_literal(c, context)}, null)"
        for c in columns
        if types[context.known(c.name)] == "vector"
    ]
    unique = [f"ora.check_unique({named})"] if keys_of(items, context).unique else []
    return Table(tuple(texts), (*hidden, *vectors, *unique))


def _literal(column: tree.Column, context: Context) -> str:
    return context.name_literal(context.known(column.name))


def _types(table: str, columns: list[tree.Column], items: Items, context: Context) -> dict[str, str]:
    """PostgreSQL's types of the columns by their names.

    An identity column is a bigint, and PostgreSQL wants both sides of a foreign key alike: a NUMBER that refers to one
    is a bigint too.
    """
    types = {context.known(column.name): _own_type(column, context) for column in columns}
    for names, key in keys_of(items, context).foreign:
        other = context.known(plain_name(key.table, context))
        referred = {**context.catalogue.columns.get(other, {}), **(types if other == table else {})}
        for name, target in zip(names, key.referenced, strict=False):
            if types.get(name, "").startswith("numeric") and referred.get(context.known(target)) == "bigint":
                types[name] = "bigint"
    return types


def _own_type(column: tree.Column, context: Context) -> str:
    if column.datatype is None:
        raise context.not_supported("a column without a data type", column)
    kind = emit_datatype(column.datatype, context)
    if kind in ("integer", "refcursor"):
        raise context.fail("a column can not have a PL/SQL type", column)
    if isinstance(column.default, tree.Identity):
        if not kind.startswith("numeric"):
            raise context.fail("an identity column must be a NUMBER", column)
        return "bigint"
    return kind


@reads(
    tree.Column, "name datatype visibility default constraints", collation="COLLATE", options="this option of a column"
)
def _column(node: tree.Column, context: Context, kind: str) -> Fragment:
    default = EMPTY
    if isinstance(node.default, tree.Identity):
        default = _identity(node.default, context)
    elif isinstance(node.default, tree.Generated):
        default = _generated(node.default, context)
    elif node.default is not None:
        if is_vector(kind):
            raise context.fail("Oracle gives a column of type VECTOR no default value", node.default)
        default = Fragment("default", default_value(node.default, context))
    storage = _VECTOR_STORAGE if kind.startswith("vector") else ""
    constraints = [emit_constraint(constraint, context) for constraint in node.constraints]
    return Fragment(context.spelled(node.name), kind, storage, default, *constraints)


@reads(tree.ColumnDefault, "value", on_null="DEFAULT ON NULL")
def default_value(node: tree.ColumnDefault, context: Context) -> Fragment:
    """The value of DEFAULT, which may be a sequence's next number."""
    return Fragment("(", emit_expression(node.value, in_default(context)), ")")


def in_default(context: Context) -> Context:
    """Where the value of DEFAULT stands, which sees no column."""
    return replace(context, in_default=True, blocks=())


@reads(tree.Identity, "generation options")
def _identity(node: tree.Identity, context: Context) -> Fragment:
    mode = _IDENTITY.get(node.generation)
    if mode is None:
        raise context.not_supported(f"GENERATED {node.generation}", node)
    found = sequences.options(node.options, context)
    words = {"START WITH": "start with", "INCREMENT BY": "increment by"}
    listed = [Fragment(words[word], value) for word, value in found.items()]
    options = Fragment("(", *listed, ")") if listed else EMPTY
    return Fragment((f"generated {mode} as identity", node), options)


@reads(tree.Generated, "expression -storage -always")
def _generated(node: tree.Generated, context: Context) -> Fragment:
    value: Expression = node.expression
    return Fragment(("generated always as (", node), emit_expression(value, context), ") stored")
