"""Sequences, and what identity columns share with them."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.datatypes import whole_number
from engine.emit.definitions import Definition, call, definitions, if_not_exists, plain_name
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, join
from engine.emit.literals import literal
from engine.emit.values import emit_expression
from engine.tree import ddl as tree
from engine.tree.base import Expression
from engine.tree.expressions import Bind

# They say how instances of a cluster share the numbers: there is one instance here, which gives them in order.
_WITHOUT_EFFECT = frozenset(("ORDER", "NOORDER", "CACHE", "NOCACHE", "NOCYCLE"))
LIMIT = "START WITH LIMIT VALUE"


def options(nodes: tuple[tree.SequenceOption, ...], context: Context, *, limit: bool = False) -> dict[str, Fragment]:
    """START WITH and INCREMENT BY by their words; `limit` tells that START WITH LIMIT VALUE may stand here."""
    found: dict[str, Fragment] = {}
    for node in nodes:
        _option(node, context, found, limit)
    return found


@reads(tree.SequenceOption, "name value")
def _option(node: tree.SequenceOption, context: Context, found: dict[str, Fragment], limit: bool) -> None:
    if node.name in ("START WITH", "INCREMENT BY") and node.value is not None:
        found[node.name] = _number(node.value, context)
    elif node.name == LIMIT and limit:
        found[LIMIT] = Fragment("true")
    elif node.name == LIMIT:
        raise context.fail("START WITH LIMIT VALUE stands in ALTER TABLE ... MODIFY alone", node)
    elif node.name not in _WITHOUT_EFFECT:
        raise context.not_supported(f"{node.name} of a sequence", node)


def _number(node: Expression, context: Context) -> Fragment:
    """A whole number, or in EXECUTE IMMEDIATE a value that takes the place of one."""
    if isinstance(node, Bind):
        return emit_expression(node, context)
    return Fragment(whole_number(node, context, signed=True))


@definitions.emits(tree.CreateSequence, "creation name options")
def _create_sequence(node: tree.CreateSequence, context: Context) -> Definition:
    name = plain_name(node.name, context)
    found = options(node.options, context)
    exists = bool(if_not_exists(node.creation, context))
    values = join([found.get(word, Fragment("1")) for word in ("START WITH", "INCREMENT BY")])
    arguments = Fragment(literal(context.known(name)), ",", values, f", {exists}")
    return Definition((call("ora.create_sequence", arguments, name),), "Sequence created.")


definitions.refuse({tree.AlterSequence: "ALTER SEQUENCE"})
