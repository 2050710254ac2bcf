"""ALTER TABLE."""

from __future__ import annotations

from engine.emit import sequences
from engine.emit.constraints import over_table, table_of
from engine.emit.context import Context
from engine.emit.definitions import Change, Definition, call, definitions, plain_name
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import Fragment, join
from engine.emit.literals import literal
from engine.emit.tables import default_value, emit_items
from engine.tree import ddl as tree

_MODES = {"ALWAYS": "always", "BY DEFAULT": "by default", "BY DEFAULT ON NULL": "by default on null"}
_DONE = "Table altered."

# The functions of the actions; the context is over the table.
_actions = Emitters[Definition]("an action of ALTER TABLE")


@definitions.emits(tree.AlterTable, "name actions", if_exists="ALTER TABLE IF EXISTS")
def _alter_table(node: tree.AlterTable, context: Context) -> Definition:
    table = context.known(plain_name(node.name, context))
    inner = over_table(table, context.catalogue.columns.get(table, {}), context)
    made = [_actions(action, inner) for action in node.actions]
    changes = tuple(change for one in made for change in one.changes)
    return Definition(changes, _DONE, tuple(after for one in made for after in one.after))


def _altered(node: tree.AlterAction, context: Context, what: Fragment, after: tuple[str, ...] = ()) -> Definition:
    text = Fragment((f"alter table {context.spell(table_of(context))}", node), what)
    return Definition((Change(text),), _DONE, after)


@_actions.emits(tree.AddItems, "items -parenthesised")
def _add(node: tree.AddItems, context: Context) -> Definition:
    made = emit_items(table_of(context), node.items, context)
    words = ["add column" if isinstance(item, tree.Column) else "add" for item in node.items]
    added = [Fragment(word, text) for word, text in zip(words, made.items, strict=True)]
    return _altered(node, context, join(added), made.after)


@_actions.emits(tree.RenameItem, "kind old new")
def _rename(node: tree.RenameItem, context: Context) -> Definition:
    if node.old is None:
        names = ", ".join(context.name_literal(name) for name in (table_of(context), context.known(node.new)))
        return Definition((call("ora.rename_table", names, node),), _DONE)
    if node.kind == "COLUMN":
        names = ", ".join(context.name_literal(name) for name in (table_of(context), context.known(node.old)))
        return Definition(
            (call("ora.rename_column", f"{names}, {context.name_literal(context.known(node.new))}", node),), _DONE
        )
    if node.kind != "CONSTRAINT":
        raise context.not_supported(f"ALTER TABLE ... RENAME {node.kind}", node)
    renamed = Fragment(context.spelled(node.old), "to", context.spelled(node.new))
    return _altered(node, context, Fragment("rename constraint", renamed))


@_actions.emits(tree.DropColumns, "verb columns -parenthesised", words="CASCADE CONSTRAINTS of a column")
def _drop_columns(node: tree.DropColumns, context: Context) -> Definition:
    if node.verb != "DROP":
        raise context.not_supported(f"ALTER TABLE ... {node.verb}", node)
    table = context.name_literal(table_of(context))
    names = [context.name_literal(context.known(name)) for name in node.columns]
    return Definition(tuple(call("ora.drop_column", f"{table}, {name}", node) for name in names), _DONE)


@_actions.emits(
    tree.DropConstraint, "constraint", if_exists="DROP CONSTRAINT IF EXISTS", words="CASCADE of a constraint"
)
def _drop_constraint(node: tree.DropConstraint, context: Context) -> Definition:
    return _altered(node, context, Fragment("drop constraint", _chosen(node.constraint, context)))


@reads(tree.ConstraintChoice, "kind name", columns="a constraint without its name")
def _chosen(node: tree.ConstraintChoice, context: Context) -> Fragment:
    if node.name is None:
        raise context.not_supported(f"ALTER TABLE ... DROP {node.kind}", node)
    return context.spelled(node.name)


# MODIFY


@_actions.emits(tree.ModifyColumns, "columns -parenthesised")
def _modify(node: tree.ModifyColumns, context: Context) -> Definition:
    identities = [column for column in node.columns if isinstance(column.default, tree.Identity)]
    changes = [call("ora.modify_identity", _modified_identity(column, context), column) for column in identities]
    others = [_modified(column, context) for column in node.columns if column not in identities]
    if others:
        changes += _altered(node, context, join(others)).changes
    return Definition(tuple(changes), _DONE)


@reads(tree.Column, "name default constraints", datatype="ALTER TABLE ... MODIFY of a column's type",
       visibility="MODIFY to VISIBLE or INVISIBLE", collation="COLLATE", options="this option of a column")  # fmt: skip
def _modified(node: tree.Column, context: Context) -> Fragment:
    """Another default, NOT NULL or NULL."""
    changes: list[str | Fragment] = []
    if isinstance(node.default, tree.ColumnDefault):
        changes.append(Fragment("set default", default_value(node.default, context)))
    elif node.default is not None:
        raise context.not_supported("ALTER TABLE ... MODIFY to a virtual column", node)
    for constraint in node.constraints:
        if not isinstance(constraint, tree.NotNull) or constraint.name is not None or constraint.state is not None:
            raise context.not_supported("ALTER TABLE ... MODIFY with this constraint", constraint)
        changes.append("drop not null" if constraint.nullable else "set not null")
    if not changes:
        raise context.not_supported("ALTER TABLE ... MODIFY without a change", node)
    return join([Fragment(("alter column", node), context.spelled(node.name), change) for change in changes])


def _modified_identity(node: tree.Column, context: Context) -> Fragment:
    """The arguments of the call that gives an identity column other options."""
    if node.datatype is not None or node.visibility or node.constraints or node.collation or node.options:
        raise context.not_supported("ALTER TABLE ... MODIFY of an identity column and something else", node)
    assert isinstance(node.default, tree.Identity)  # noqa: S101 - the caller's choice
    mode = _MODES.get(node.default.generation)
    if mode is None:
        raise context.not_supported(f"GENERATED {node.default.generation}", node)
    found = sequences.options(node.default.options, context, limit=True)
    names = [context.name_literal(table_of(context)), context.name_literal(context.known(node.name)), literal(mode)]
    values = [found.get(word, Fragment("null")) for word in ("START WITH", "INCREMENT BY")]
    return join([*names, *values, found.get(sequences.LIMIT, Fragment("false"))])


_actions.refuse(
    {
        tree.ModifyConstraint: "ALTER TABLE ... MODIFY CONSTRAINT",
        tree.EnableConstraint: "ALTER TABLE ... ENABLE or DISABLE of a constraint",
        tree.AlterPartition: "a partition of ALTER TABLE",
        tree.SetOptions: "this clause of ALTER TABLE",
    }
)
