"""Scopes and the symbols that are declared in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from engine.catalogue import Relation
from engine.check.types import UNKNOWN, Type
from engine.tree.base import Name, Place


class Kind(Enum):
    """What a symbol is."""

    VARIABLE = "variable"
    CONSTANT = "constant"
    PARAMETER = "parameter"
    LOOP_INDEX = "loop index"
    TYPE = "type"
    CURSOR = "cursor"
    EXCEPTION = "exception"
    ROUTINE = "routine"
    LABEL = "label"
    UNIT = "unit"


VALUES = frozenset({Kind.VARIABLE, Kind.CONSTANT, Kind.PARAMETER, Kind.LOOP_INDEX})


@dataclass(eq=False, slots=True)
class Formal:
    """A formal parameter of a routine or a cursor; `mode` is IN, OUT or IN OUT."""

    name: str
    mode: str
    type: Type
    optional: bool
    tree: Any


@dataclass(eq=False, slots=True)
class Symbol:
    """A declared name.

    `type` is that of a value, the type itself, a function's result or a cursor's row. `parameters` are those of a
    routine or cursor. `scope` is what the name opens: of a label, a routine that is being checked, a unit.
    `tree` is the declaration. `defined` tells that a routine or a cursor has its body,
    `private` that SQL can not see a routine: it stands in a package's body alone, or in another routine or a block.
    """

    kind: Kind
    name: str
    place: Place
    type: Type = UNKNOWN
    mode: str = ""
    parameters: tuple[Formal, ...] = ()
    is_function: bool = False
    scope: Scope | None = None
    tree: Any = None
    defined: bool = False
    private: bool = False

    @property
    def assignable(self) -> bool:
        """Whether it may be given a value."""
        if self.kind is Kind.PARAMETER:
            return self.mode != "IN"
        return self.kind is Kind.VARIABLE


class ScopeKind(Enum):
    """What opened a scope."""

    UNIT = "package specification or body"
    ROUTINE = "routine"
    BLOCK = "block"
    LOOP = "loop"
    QUERY = "query"
    TRIGGER = "trigger"


@dataclass(eq=False, slots=True)
class Scope:
    """Names that are declared together, and the scope around them.

    `owner` is the symbol whose name opens it. `later` are the names of its declarative part, and
    whether each is a routine's.
    `in_body` tells that what is declared now stands in a package's body.
    """

    kind: ScopeKind
    parent: Scope | None = None
    owner: Symbol | None = None
    names: dict[str, list[Symbol]] = field(default_factory=dict)
    later: dict[str, bool] = field(default_factory=dict)
    in_body: bool = False

    def own(self, name: str) -> list[Symbol]:
        """The symbols of that name of this scope alone."""
        return self.names.get(name, [])

    def declare(self, symbol: Symbol) -> None:
        """Add a symbol. A name may be declared twice as long as nothing refers to it, and routines are overloaded."""
        self.names.setdefault(symbol.name, []).append(symbol)

    def find(self, name: str) -> list[Symbol]:
        """The symbols that a name means here: those of the innermost scope that has it.

        Overloaded routines of an outer scope are hidden by one of an inner.
        """
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found:
                return found
            scope = scope.parent
        return []


@dataclass(eq=False, slots=True)
class RowSource:
    """A source of a query block: its name, and its columns, None where they are unknown.

    `joined` are columns that are one with those of other sources, by USING or NATURAL; `unqualified` says under which
    number they are refused behind the source's name. `repeated` are names that several of its columns have.
    `leads` tells that a name that it shares with other sources means its own column. `entry` is what the catalogue
    has of it.
    """

    name: str
    columns: dict[str, Type] | None
    place: Place
    schema: str = ""
    joined: frozenset[str] = frozenset()
    unqualified: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    leads: bool = False
    entry: Relation | None = None


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query that WITH names: its columns, None where they are unknown, and the names that several of them have."""

    columns: dict[str, Type] | None
    repeated: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class QueryScope(Scope):
    """The sources of a query block. `aliases` are those of its select list, while ORDER BY is read.

    `common` holds the queries that WITH names. `hierarchical` tells of CONNECT BY.
    """

    sources: list[RowSource] = field(default_factory=list)
    aliases: dict[str, Type] = field(default_factory=dict)
    common: dict[str, NamedQuery] = field(default_factory=dict)
    hierarchical: bool = False

    def source(self, name: str) -> RowSource | None:
        """The source of that name in this block alone."""
        return next((source for source in self.sources if source.name == name), None)


def display(parts: tuple[Name, ...]) -> str:
    """A name as Oracle's messages show it."""
    return ".".join(part.value for part in parts)
