"""What DDL becomes, and the table of what emits it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.emit.context import Context
from engine.emit.dispatch import Emitters, reads
from engine.emit.fragment import Fragment
from engine.tree.base import Name, Node, ObjectName
from engine.tree.units import Creation


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that changes the schema, or a call of a function of the engine's own that does."""

    text: Fragment
    is_call: bool = False

    def as_statement(self) -> Fragment:
        """What a session runs."""
        return Fragment("select", self.text) if self.is_call else self.text

    def in_plpgsql(self, node: Node) -> Fragment:
        """What PL/pgSQL runs, which passes over a result by PERFORM."""
        return Fragment(("perform", node), self.text, ";") if self.is_call else Fragment(self.text, ";")


@dataclass(frozen=True, slots=True)
class Definition:
    """What runs for a statement of DDL: its changes, and calls behind them. `done` is what the client says then."""

    changes: tuple[Change, ...]
    done: str
    after: tuple[str, ...] = ()

    def in_plpgsql(self, node: Node) -> Fragment:
        """All of it inside a block."""
        calls = (f"perform {call};" for call in self.after)
        return Fragment(*(change.in_plpgsql(node) for change in self.changes), *calls)


definitions = Emitters[Definition]("a definition")


def call(function: str, arguments: Fragment | str, node: Node) -> Change:
    """A call of a function of the engine's own."""
    return Change(Fragment((f"{function}(", node), arguments, ")"), is_call=True)


def plain_name(name: ObjectName, context: Context) -> Name:
    """The name of an object without a schema and a database link, which are refused."""
    if name.link or len(name.parts) > 1:
        raise context.not_supported("a schema name or a database link", name.parts[0], "leave it out")
    return name.name


@reads(Creation, "replace if_not_exists -editionable")
def if_not_exists(creation: Creation, _: Context) -> str:
    """IF NOT EXISTS where it is said."""
    return "if not exists" if creation.if_not_exists else ""


def is_replaced(creation: Creation) -> bool:
    """Whether OR REPLACE is said."""
    return creation.replace
