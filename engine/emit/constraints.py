"""Constraints of columns and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.emit.context import Context, Source
from engine.emit.definitions import plain_name
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import EMPTY, Fragment, join
from engine.emit.values import emit_expression
from engine.tree import ddl as tree
from engine.tree.base import Name

_UNIQUE_ADVICE = "declare one of them NOT NULL, or use CREATE UNIQUE INDEX"
# The state that a constraint has by itself.
_ENABLED = frozenset(("ENABLE", "VALIDATE"))
_ON_DELETE = {"": "", "CASCADE": "on delete cascade", "SET NULL": "on delete set null"}

_constraints = Emitters[Fragment]("a constraint")


def emit_constraint(node: tree.Constraint, context: Context) -> Fragment:
    """A constraint with its name, of a column or else of the table; the context is over that table."""
    if node.state is not None:
        _check_state(node.state, context)
    name = Fragment("constraint", context.spelled(node.name)) if node.name is not None else EMPTY
    return Fragment(name, _constraints(node, context))


@reads(tree.ConstraintState, "words", using_index="USING INDEX of a constraint", exceptions_into="EXCEPTIONS INTO")
def _check_state(node: tree.ConstraintState, context: Context) -> None:
    other = [word for word in node.words if word not in _ENABLED]
    if other:
        raise context.not_supported(f"{other[0]} of a constraint", node)


def table_of(context: Context) -> str:
    """The table at hand."""
    (source,) = context.blocks[-1]
    return source.table


def type_of_column(name: Name, context: Context) -> str:
    """PostgreSQL's type of a column of the table at hand; "" where it is not known."""
    (source,) = context.blocks[-1]
    return (source.columns or {}).get(context.known(name), "")


@_constraints.emits(tree.NotNull, "nullable name state")
def _not_null(node: tree.NotNull, _: Context) -> Fragment:
    return Fragment(("null" if node.nullable else "not null", node))


@_constraints.emits(tree.Unique, "primary columns name state")
def _unique(node: tree.Unique, context: Context) -> Fragment:
    columns = in_parentheses(node.columns, context)
    if node.primary:
        return Fragment(("primary key", node), columns)
    # Oracle compares keys of which a part is null, and passes over those that are null as a whole.
    return Fragment(("unique nulls not distinct" if len(node.columns) > 1 else "unique", node), columns)


@_constraints.emits(tree.Check, "condition name state")
def _check(node: tree.Check, context: Context) -> Fragment:
    condition = emit_expression(node.condition, context.in_query())
    return Fragment(("check", node), "(", condition, ")")


@_constraints.emits(tree.ForeignKey, "columns table referenced on_delete name state")
def _foreign_key(node: tree.ForeignKey, context: Context) -> Fragment:
    key = Fragment(("foreign key", node), in_parentheses(node.columns, context)) if node.columns else EMPTY
    table = context.spelled(plain_name(node.table, context))
    referenced = in_parentheses(node.referenced, context)
    return Fragment(key, ("references", node), table, referenced, _ON_DELETE[node.on_delete])


def in_parentheses(names: tuple[Name, ...], context: Context) -> Fragment:
    """Names in parentheses, where there are any."""
    return Fragment("(", join([context.spelled(name) for name in names]), ")") if names else EMPTY


# what a table asks of its constraints


@dataclass(frozen=True, slots=True)
class Keys:
    """What the constraints of a statement say together."""

    required: frozenset[str]
    unique: tuple[tree.Unique, ...]
    foreign: tuple[tuple[tuple[str, ...], tree.ForeignKey], ...]


def keys_of(items: tuple[tree.Column | tree.Constraint, ...], context: Context) -> Keys:
    """The columns that can not be null, the UNIQUE constraints over several columns, and the foreign keys."""
    required: set[str] = set()
    unique, foreign = [], []
    for item in items:
        own = (item.name,) if isinstance(item, tree.Column) else ()
        for constraint in item.constraints if isinstance(item, tree.Column) else (item,):
            match constraint:
                case tree.NotNull(nullable=False) | tree.Unique(primary=True, columns=()):
                    required |= {context.known(name) for name in own}
                case tree.Unique(primary=True, columns=columns):
                    required |= {context.known(name) for name in columns}
                case tree.Unique(columns=columns) if len(columns) > 1:
                    unique.append(constraint)
                case tree.ForeignKey(columns=columns):
                    foreign.append((tuple(context.known(name) for name in columns or own), constraint))
    return Keys(frozenset(required), tuple(unique), tuple(foreign))


def check_unique(keys: Keys, context: Context) -> None:
    """Refuse a UNIQUE constraint whose columns may all be null, which PostgreSQL can not have as Oracle has it."""
    for constraint in keys.unique:
        if not keys.required & {context.known(name) for name in constraint.columns}:
            raise context.not_supported("UNIQUE over columns that may all be null", constraint, _UNIQUE_ADVICE)


def over_table(table: str, types: Mapping[str, str], context: Context) -> Context:
    """Where the columns of the table at hand are seen."""
    return context.over((Source(table, types, table),))
