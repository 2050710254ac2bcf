"""What is known at a place of the tree while it is emitted; it is handed on, and changed by making another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.emit.bound import BoundVariable
from engine.emit.catalogue import Catalog, DefinedType, Package
from engine.emit.fragment import Fragment
from engine.emit.names import spell, stored_name
from engine.emit.unit import DeclaredCursor, Unit
from engine.errors import NotSupported, SourceError
from engine.tree.base import Expression, Name, Node, Place
from engine.words import capitals, fold


@dataclass(slots=True)
class Notes:
    """What is gathered while one statement is emitted, in the order in which it is met.

    `long_names` are the names too long for PostgreSQL, by the short forms that it is given. `prerequisites` are
    statements that must have run before. `searches` are the calls that tell each approximate search how hard to try.
    `effects` are what the text does to the database, as Routine.effects says
    it.
    """

    long_names: dict[str, str] = field(default_factory=dict)
    prerequisites: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    searches: list[Fragment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Variable:
    """A PL/SQL variable, parameter, loop index or record, by PostgreSQL's type; the type may be unknown ("").

    `text` is how PL/pgSQL names it, its own name where that is None. `defined` is its type where PL/SQL defines it.
    """

    type: str
    text: Fragment | None = None
    defined: DefinedType | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """What a bind variable stands for, and PostgreSQL's type of it where it is known."""

    text: Fragment
    type: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of a query as its expressions see it.

    `columns` are PostgreSQL's types by the columns' names, in order, "" for a type that is not known; None where the
    columns are not known. `table` is the table or view of the catalogue that it is, if it is one. `hidden` are the
    columns that SELECT * leaves out.
    """

    alias: str
    columns: Mapping[str, str] | None = None
    table: str = ""
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Search:
    """An approximate search whose ORDER BY is emitted: its target accuracy and row count as arguments of a call."""

    approximation: Fragment


@dataclass(frozen=True, slots=True)
class Best:
    """The pairs to keep of each row of a join's first table.

    A key is a column of the join's select list with ASC, DESC, NULLS FIRST or NULLS LAST behind it; `most` is the
    number or variable that says how many.
    """

    keys: tuple[tuple[Name, str], ...]
    most: Expression


@dataclass(frozen=True, slots=True)
class BestRows:
    """The joins of a statement of which the best pairs are kept, by the id of their block.

    `kept` are the ids of the named queries of second tables, which would be computed anew for each row of the first.
    """

    joins: Mapping[int, Best] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What holds at a place of the tree.

    `text` is the whole Oracle text, which the dictionary keeps; nothing is read from it. `source` is its file.
    `in_unit` tells that a unit of PL/SQL is emitted, and `sql_depth` in how many statements and queries of SQL, one in
    the other. `changed` is the table that a DML statement changes: None in a query, "" in an INSERT of single rows.
    `blocks` are the sources of the query blocks around, innermost last; `aliases` the types of the select list's
    names, which ORDER BY sees. `numbered` tells that ROWNUM may stand as a value. `best_rows` are the joins of which
    the best rows are kept.
    """

    catalogue: Catalog
    notes: Notes
    text: str = ""
    source: str | None = None
    in_unit: bool = False
    sql_depth: int = 0
    variables: Mapping[str, Variable] = field(default_factory=dict)
    binds: Mapping[str, Bound] = field(default_factory=dict)
    package: Package | None = None
    in_handler: bool = False
    in_default: bool = False
    changed: str | None = None
    blocks: tuple[tuple[Source, ...], ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    named_queries: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    search: Search | None = None
    numbered: bool = False
    best_rows: BestRows | None = None
    # PL/SQL alone: whether an exception handler stands around, the unit, the client's variables, and the cursors,
    # exceptions (by SQLSTATE) and types in scope
    guarded: bool = False
    unit: Unit = field(default_factory=Unit)
    bound: Mapping[str, BoundVariable] = field(default_factory=dict)
    cursors: Mapping[str, DeclaredCursor] = field(default_factory=dict)
    exceptions: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, DefinedType] = field(default_factory=dict)

    # going down the tree

    @property
    def in_sql(self) -> bool:
        """Whether SQL is emitted, alone or inside a unit of PL/SQL."""
        return not self.in_unit or self.sql_depth > 0

    def in_query(self) -> Context:
        """Inside one more statement or query of SQL."""
        return replace(self, sql_depth=self.sql_depth + 1)

    def over(self, sources: tuple[Source, ...]) -> Context:
        """Inside a query block that reads these sources."""
        return replace(self, blocks=(*self.blocks, sources), aliases={}, search=None)

    def with_variables(self, variables: Mapping[str, Variable]) -> Context:
        """Where these variables are in scope too; they hide those of the same names."""
        return replace(self, variables={**self.variables, **variables})

    def noting(self, notes: Notes) -> Context:
        """Where what is gathered goes elsewhere."""
        return replace(self, notes=notes)

    # names

    def known(self, name: Name) -> str:
        """A name in the engine's own form: Oracle folds plain names to capitals, and PostgreSQL to small letters.

        "image_id", which Oracle keeps apart from IMAGE_ID, is refused.
        """
        value = name.value
        if value == capitals(value):
            return fold(value)
        if value == fold(value):
            raise self.not_supported(f'the quoted lower-case name "{value}"', name, "drop the quotes or use capitals")
        return value

    def stored(self, name: str) -> str:
        """The name that PostgreSQL knows; keeps which name a short form stands for."""
        stored = stored_name(name)
        if stored != name:
            self.notes.long_names[stored] = name
        return stored

    def spell(self, name: str) -> str:
        """A name in the engine's own form as PostgreSQL text, in quotes where it needs them."""
        return spell(self.stored(name))

    def spelled(self, name: Name) -> Fragment:
        """A name of the tree at its place."""
        return Fragment((self.spell(self.known(name)), name))

    def name_literal(self, name: str) -> str:
        """The name that PostgreSQL knows, as a string literal for a function of the engine's own."""
        return "'" + self.stored(name).replace("'", "''") + "'"

    # notes

    def effect(self, effect: str) -> None:
        """Keep account of what the text does to the database."""
        if effect not in self.notes.effects:
            self.notes.effects.append(effect)

    def prerequisite(self, statement: str) -> None:
        """Have a statement run before."""
        if statement not in self.notes.prerequisites:
            self.notes.prerequisites.append(statement)

    # complaints

    def not_supported(self, construct: str, at: Node | Place, advice: str = "") -> NotSupported:
        """A refusal by the construct's name: Oracle may well accept this, the engine does not."""
        place = at.place if isinstance(at, Node) else at
        return NotSupported(construct, place.line, place.column, self.source, advice)

    def fail(self, message: str, at: Node | Place) -> SourceError:
        """An error of the text that has no number of Oracle's."""
        place = at.place if isinstance(at, Node) else at
        return SourceError(message, place.line, place.column, self.source)
