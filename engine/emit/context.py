"""What is known at a place of the tree while it is emitted; it is handed on, and changed by making another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.emit.bound import BoundVariable
from engine.emit.catalogue import Catalog, DefinedType, Package, Routine
from engine.emit.fragment import Fragment
from engine.emit.names import known_name, spell, stored_name
from engine.emit.unit import DeclaredCursor, Unit
from engine.errors import NotSupported, SourceError
from engine.tree.base import Expression, Name, Node, Place
from engine.tree.plsql import Block


@dataclass(frozen=True, slots=True)
class MadeRoutine:
    """A routine that a local subprogram has become: PostgreSQL's name of it, its text, and its block."""

    name: str
    text: Fragment
    body: Block


@dataclass(frozen=True, slots=True)
class Variable:
    """A PL/SQL variable, parameter, loop index or record, by PostgreSQL's type; the type may be unknown ("").

    `text` is how PL/pgSQL names it, its own name where that is None. `defined` is its type where PL/SQL defines it.
    A local function can not change one that is `kept`, as it is a copy. `setting` is where a package's is kept.
    """

    type: str
    text: Fragment | None = None
    defined: DefinedType | None = None
    kept: bool = False
    setting: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A PL/pgSQL variable that stands for something: its first value, and what keeps the value that it gets."""

    name: str
    type: str
    first: Fragment | None
    kept: Fragment


@dataclass(slots=True)
class Notes:
    """What is gathered while one statement is emitted, in the order in which it is met.

    `long_names` are the names too long for PostgreSQL, by the short forms that it is given. `prerequisites` are
    statements that must have run before. `searches` are the calls that tell each approximate search how hard to try.
    `effects` are what the text does to the database, as Routine.effects says it. `routines` are what its local
    subprograms have become. `stand_ins` are the variables that stand for others in the statement of PL/SQL at hand.
    """

    long_names: dict[str, str] = field(default_factory=dict)
    prerequisites: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    searches: list[Fragment] = field(default_factory=list)
    routines: list[MadeRoutine] = field(default_factory=list)
    stand_ins: dict[str, StandIn] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Captured:
    """The variables that local subprograms of one name take of those around them, and those that they may change."""

    variables: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LocalRoutines:
    """The local subprograms of one name, PostgreSQL's name of them in a schema, and what they take of `scope`."""

    schema: str
    stored: str
    captured: Captured
    scope: Mapping[str, Variable]
    routines: tuple[Routine, ...] = ()

    @property
    def name(self) -> str:
        """PostgreSQL's name of them with the schema."""
        return f"{self.schema}.{spell(self.stored)}"


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
    names, which ORDER BY sees.
    `rownum` is what ROWNUM becomes as a value, "" where it may not stand. `best_rows` are the joins of which
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
    rownum: str = ""
    best_rows: BestRows | None = None
    # PL/SQL alone: the blocks around that have exception handlers, the unit, the client's variables, and the cursors,
    # exceptions (by SQLSTATE), types and local subprograms in scope
    guards: tuple[Block, ...] = ()
    unit: Unit = field(default_factory=Unit)
    bound: Mapping[str, BoundVariable] = field(default_factory=dict)
    cursors: Mapping[str, DeclaredCursor] = field(default_factory=dict)
    exceptions: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, DefinedType] = field(default_factory=dict)
    locals: Mapping[str, LocalRoutines] = field(default_factory=dict)

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
        """A name in the engine's own form: Oracle folds plain names to capitals, and PostgreSQL to small letters."""
        return known_name(name.value)

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

    def refuse(self, number: str, message: str, at: Node | Place) -> SourceError:
        """What Oracle refuses of a JSON path or clause, by its own number; inside a unit it comes as ORA-06550."""
        place = at.place if isinstance(at, Node) else at
        text = f"PL/SQL: {number}: {message}" if self.in_unit else f"{number}: {message}"
        code = 6550 if self.in_unit else int(number.removeprefix("ORA-"))
        return SourceError(text, place.line, place.column, self.source, code)
