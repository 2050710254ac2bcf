"""PL/SQL: declarations, statements, blocks and routines."""

from __future__ import annotations

from dataclasses import dataclass

from engine.tree.base import DataType, Declaration, Expression, Name, Node, ObjectName, Statement
from engine.tree.expressions import Argument, Iterator
from engine.tree.queries import Into, Query

# declarations


@dataclass(frozen=True, slots=True)
class Variable(Declaration):
    """A variable or a constant. `default` follows `:=` or DEFAULT."""

    name: Name
    datatype: DataType
    constant: bool = False
    not_null: bool = False
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class ExceptionDeclaration(Declaration):
    """name EXCEPTION."""

    name: Name


@dataclass(frozen=True, slots=True)
class Pragma(Declaration, Statement):
    """PRAGMA name [(arguments)]; a declaration, and INLINE a statement too."""

    name: Name
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Subtype(Declaration):
    """SUBTYPE name IS type [RANGE low .. high] [NOT NULL]."""

    name: Name
    datatype: DataType
    low: Expression | None = None
    high: Expression | None = None
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class RecordType(Node):
    """RECORD (fields)."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of a record."""

    name: Name
    datatype: DataType
    not_null: bool = False
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class NestedTable(Node):
    """TABLE OF type [NOT NULL]."""

    element: DataType
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class AssociativeArray(Node):
    """TABLE OF type [NOT NULL] INDEX BY type."""

    element: DataType
    index: DataType
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class Varray(Node):
    """VARRAY (limit) OF type [NOT NULL], also written VARYING ARRAY."""

    limit: Expression
    element: DataType
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class RefCursor(Node):
    """REF CURSOR [RETURN type]."""

    result: DataType | None = None


@dataclass(frozen=True, slots=True)
class Enumeration(Node):
    """(name, name, ...): the type's values are its own; only Oracle's package STANDARD has such types."""

    names: tuple[Name, ...]


TypeBody = RecordType | NestedTable | AssociativeArray | Varray | RefCursor | Enumeration


@dataclass(frozen=True, slots=True)
class TypeDeclaration(Declaration):
    """TYPE name IS ...."""

    name: Name
    definition: TypeBody


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A formal parameter of a routine or a cursor; `mode` is IN, OUT, IN OUT or empty, which means IN."""

    name: Name
    mode: str
    datatype: DataType
    nocopy: bool = False
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class CursorDeclaration(Declaration):
    """CURSOR name [(parameters)] [RETURN type] [IS query]; without a query in a package's specification."""

    name: Name
    parameters: tuple[Parameter, ...]
    result: DataType | None
    query: Query | None


@dataclass(frozen=True, slots=True)
class RoutineOption(Node):
    """A property of a routine, package or type: DETERMINISTIC, PIPELINED, AUTHID DEFINER, RESULT_CACHE, ACCESSIBLE BY.

    `name` is in capitals. `text` holds further words in capitals, `names` the objects that it lists.
    """

    name: str
    text: str = ""
    names: tuple[Accessor, ...] = ()


@dataclass(frozen=True, slots=True)
class Accessor(Node):
    """An object that ACCESSIBLE BY or another option names; `kind` is PACKAGE, FUNCTION ... or empty."""

    kind: str
    name: ObjectName


@dataclass(frozen=True, slots=True)
class Routine(Declaration):
    """A procedure or function: declared where it has no body.

    `name` has one part but for a stored routine of another schema. `result` is None for a procedure. `external` is
    the text
    behind IS LANGUAGE or EXTERNAL. `role` is that of an object type's method: MEMBER, STATIC, MAP MEMBER, CONSTRUCTOR
    ...; `returns_self` stands for RETURN SELF AS RESULT.
    """

    kind: str
    name: ObjectName
    parameters: tuple[Parameter, ...]
    result: DataType | None = None
    options: tuple[RoutineOption, ...] = ()
    body: Block | None = None
    external: tuple[str, ...] = ()
    role: str = ""
    returns_self: bool = False
    aggregate_using: ObjectName | None = None


# blocks


@dataclass(frozen=True, slots=True)
class Block(Statement):
    """DECLARE ... BEGIN ... EXCEPTION ... END [label].

    The body of a routine is one without the word DECLARE (`declare` tells), of a package one whose statements
    are its initialisation: None where it has none.
    """

    declarations: tuple[Declaration, ...]
    statements: tuple[Statement, ...] | None
    handlers: tuple[Handler, ...] = ()
    labels: tuple[Label, ...] = ()
    end_label: Name | None = None
    declare: bool = False


@dataclass(frozen=True, slots=True)
class Label(Node):
    """<<name>>."""

    name: Name


@dataclass(frozen=True, slots=True)
class Handler(Node):
    """WHEN exceptions THEN statements; `others` for OTHERS."""

    exceptions: tuple[ObjectName, ...]
    statements: tuple[Statement, ...]
    others: bool = False


# statements


@dataclass(frozen=True, slots=True)
class Labelled(Statement):
    """A statement that is no block and no loop, with its labels; a label at the end has a None."""

    labels: tuple[Label, ...]
    statement: Statement


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """target := value."""

    target: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class ProcedureCall(Statement):
    """A call as a statement: a Call, or a Reference or an Attribute where it has no parentheses."""

    call: Expression


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """A condition with what is run where it holds: of IF and ELSIF."""

    condition: Expression
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If(Statement):
    """IF, its ELSIFs, and ELSE (None where there is none)."""

    branches: tuple[Branch, ...]
    otherwise: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseBranch(Node):
    """WHEN choices THEN statements."""

    choices: tuple[Expression, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class CaseStatement(Statement):
    """CASE ... END CASE."""

    selector: Expression | None
    branches: tuple[CaseBranch, ...]
    otherwise: tuple[Statement, ...] | None = None
    labels: tuple[Label, ...] = ()
    end_label: Name | None = None


@dataclass(frozen=True, slots=True)
class Loop(Statement):
    """LOOP ... END LOOP."""

    statements: tuple[Statement, ...]
    labels: tuple[Label, ...] = ()
    end_label: Name | None = None


@dataclass(frozen=True, slots=True)
class While(Statement):
    """WHILE condition LOOP ... END LOOP."""

    condition: Expression
    statements: tuple[Statement, ...]
    labels: tuple[Label, ...] = ()
    end_label: Name | None = None


@dataclass(frozen=True, slots=True)
class For(Statement):
    """FOR i IN iterator LOOP: a range, or any of the iterators of release 21c.

    One of the form `IN c` or `IN c(arguments)` may be a cursor: the iterator is then a Single.
    """

    iterator: Iterator
    statements: tuple[Statement, ...]
    labels: tuple[Label, ...] = ()
    end_label: Name | None = None


@dataclass(frozen=True, slots=True)
class QueryFor(Statement):
    """FOR r IN (query) LOOP."""

    variable: Name
    query: Query
    statements: tuple[Statement, ...]
    labels: tuple[Label, ...] = ()
    end_label: Name | None = None


@dataclass(frozen=True, slots=True)
class ForAll(Statement):
    """FORALL i IN low .. high | INDICES OF c [BETWEEN ...] | VALUES OF c [SAVE EXCEPTIONS] statement."""

    variable: Name
    kind: str
    low: Expression | None
    high: Expression | None
    collection: Expression | None
    save_exceptions: bool
    statement: Statement


@dataclass(frozen=True, slots=True)
class Exit(Statement):
    """EXIT [label] [WHEN condition]."""

    label: Name | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Continue(Statement):
    """CONTINUE [label] [WHEN condition]."""

    label: Name | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class GoTo(Statement):
    """GOTO label."""

    label: Name


@dataclass(frozen=True, slots=True)
class Raise(Statement):
    """RAISE [exception]."""

    exception: ObjectName | None = None


@dataclass(frozen=True, slots=True)
class Return(Statement):
    """RETURN [value]."""

    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Null(Statement):
    """NULL."""


@dataclass(frozen=True, slots=True)
class PipeRow(Statement):
    """PIPE ROW (value)."""

    value: Expression


@dataclass(frozen=True, slots=True)
class UsingArgument(Node):
    """An argument of USING; `mode` is IN, OUT, IN OUT or empty."""

    mode: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Open(Statement):
    """OPEN cursor [(arguments)]."""

    cursor: Expression


@dataclass(frozen=True, slots=True)
class OpenFor(Statement):
    """OPEN variable FOR query, or FOR text [USING ...]."""

    cursor: Expression
    source: Query | Expression
    using: tuple[UsingArgument, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetch(Statement):
    """FETCH cursor [BULK COLLECT] INTO targets [LIMIT n]."""

    cursor: Expression
    into: Into


@dataclass(frozen=True, slots=True)
class Close(Statement):
    """CLOSE cursor."""

    cursor: Expression


@dataclass(frozen=True, slots=True)
class ExecuteImmediate(Statement):
    """EXECUTE IMMEDIATE text [INTO ...] [USING ...] [RETURNING INTO ...]."""

    text: Expression
    into: Into | None = None
    using: tuple[UsingArgument, ...] = ()
    returning: Into | None = None
