"""Definitions: tables, indexes, views, sequences, synonyms, and what changes or drops them."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.tree.base import DataType, Expression, Name, Node, ObjectName, Statement
from engine.tree.queries import Query, TargetAccuracy, VectorParameter
from engine.tree.units import Creation

# clauses that say how a thing is stored


@dataclass(frozen=True, slots=True)
class Option(Node):
    """A clause of words, numbers and names that says how a thing is stored or used.

    `words` is what is written, each token in capitals unless it is quoted or a literal: TABLESPACE USERS, PCTFREE 10,
    STORAGE ( INITIAL 64 K ). The table of these clauses is engine.words' `STORAGE_CLAUSES`.
    """

    words: tuple[str, ...]


# constraints


@dataclass(frozen=True, slots=True)
class ConstraintState(Node):
    """What may follow a constraint, in its order: DEFERRABLE, ENABLE, RELY, USING INDEX, EXCEPTIONS INTO."""

    words: tuple[str, ...] = ()
    using_index: UsingIndex | None = None
    exceptions_into: ObjectName | None = None


@dataclass(frozen=True, slots=True)
class UsingIndex(Node):
    """USING INDEX [name | (CREATE INDEX ...)] [options]."""

    name: ObjectName | None = None
    create: CreateIndex | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint(Node):
    """A constraint of a column or a table: its name where it has one, and its state."""

    name: Name | None = field(default=None, kw_only=True)
    state: ConstraintState | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class NotNull(Constraint):
    """NOT NULL, or NULL where it is `nullable`."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Unique(Constraint):
    """UNIQUE or, with `primary`, PRIMARY KEY; without columns it is that of the column where it stands."""

    primary: bool
    columns: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey(Constraint):
    """[FOREIGN KEY (columns)] REFERENCES table [(columns)] [ON DELETE CASCADE | SET NULL]."""

    columns: tuple[Name, ...]
    table: ObjectName
    referenced: tuple[Name, ...] = ()
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Check(Constraint):
    """CHECK (condition)."""

    condition: Expression


# columns


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """GENERATED [ALWAYS | BY DEFAULT [ON NULL [FOR ...]]] AS IDENTITY [(options)]."""

    generation: str
    options: tuple[SequenceOption, ...] = ()


@dataclass(frozen=True, slots=True)
class Generated(Node):
    """[GENERATED ALWAYS] AS (expression) [VIRTUAL | MATERIALIZED]."""

    expression: Expression
    storage: str = ""
    always: bool = True


@dataclass(frozen=True, slots=True)
class ColumnDefault(Node):
    """DEFAULT [ON NULL [FOR INSERT ONLY | FOR INSERT AND UPDATE]] value."""

    value: Expression
    on_null: str = ""


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column of CREATE TABLE or ALTER TABLE; a part that MODIFY leaves as it is is missing.

    `visibility` is VISIBLE, INVISIBLE or empty. `collation` and `options` (SORT, ENCRYPT) are as written.
    """

    name: Name
    datatype: DataType | None = None
    visibility: str = ""
    default: ColumnDefault | Identity | Generated | None = None
    constraints: tuple[Constraint, ...] = ()
    collation: Name | None = None
    options: tuple[Option, ...] = ()


# tables


@dataclass(frozen=True, slots=True)
class Partition(Node):
    """A partition: its name, its values (LESS THAN or a list), its options and subpartitions."""

    name: Name | None
    bound: str = ""
    values: tuple[Expression, ...] = ()
    options: tuple[Option, ...] = ()
    subpartitions: tuple[Partition, ...] = ()


@dataclass(frozen=True, slots=True)
class Partitioning(Node):
    """PARTITION BY RANGE | LIST | HASH | CONSISTENT HASH | REFERENCE (columns) ..., and the same of SUBPARTITION BY.

    `count` is that of PARTITIONS n, a Keyword for AUTO; `store_in` its tablespaces.
    """

    kind: str
    columns: tuple[Expression, ...]
    interval: Expression | None = None
    automatic: bool = False
    count: Expression | None = None
    store_in: tuple[Name, ...] = ()
    partitions: tuple[Partition, ...] = ()
    subpartitioning: Partitioning | None = None
    template: tuple[Partition, ...] = ()
    tablespace_set: Name | None = None


@dataclass(frozen=True, slots=True)
class CreateTable(Statement):
    """CREATE TABLE.

    `kind` is GLOBAL TEMPORARY, PRIVATE TEMPORARY, SHARDED, BLOCKCHAIN ... or empty. `object_type` is that of
    CREATE TABLE ... OF.
    """

    creation: Creation
    name: ObjectName
    kind: str = ""
    items: tuple[Column | Constraint, ...] = ()
    object_type: ObjectName | None = None
    options: tuple[Option, ...] = ()
    partitioning: Partitioning | None = None
    trailing: tuple[Option, ...] = ()
    query: Query | None = None


# indexes


@dataclass(frozen=True, slots=True)
class IndexKey(Node):
    """A column or an expression of an index."""

    expression: Expression
    direction: str = ""


@dataclass(frozen=True, slots=True)
class CreateIndex(Statement):
    """CREATE [UNIQUE | BITMAP | MULTIVALUE | SEARCH] INDEX name ON table (keys) options."""

    creation: Creation
    kind: str
    name: ObjectName
    table: ObjectName
    keys: tuple[IndexKey, ...]
    alias: Name | None = None
    options: tuple[Option, ...] = ()
    partitioning: Partitioning | None = None
    indextype: ObjectName | None = None
    parameters: Expression | None = None


@dataclass(frozen=True, slots=True)
class CreateVectorIndex(Statement):
    """CREATE VECTOR INDEX; `options` are those behind PARAMETERS: LOCAL, ONLINE; `parallel` is PARALLEL's degree."""

    creation: Creation
    name: ObjectName
    table: ObjectName
    columns: tuple[Name, ...]
    include: tuple[Name, ...] = ()
    organization: str = ""
    distance: Name | None = None
    accuracy: TargetAccuracy | None = None
    parameters: tuple[VectorParameter, ...] = ()
    options: tuple[Option, ...] = ()
    parallel: Expression | None = None


# views, sequences, synonyms


@dataclass(frozen=True, slots=True)
class ViewColumn(Node):
    """A column's name of CREATE VIEW, with its visibility and constraints."""

    name: Name
    visibility: str = ""
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateView(Statement):
    """CREATE [FORCE] VIEW name [(columns)] AS query [WITH READ ONLY | CHECK OPTION]."""

    creation: Creation
    name: ObjectName
    query: Query
    columns: tuple[ViewColumn | Constraint, ...] = ()
    force: str = ""
    options: tuple[Option, ...] = ()
    restriction: str = ""
    constraint: Name | None = None


@dataclass(frozen=True, slots=True)
class SequenceOption(Node):
    """START WITH 1, INCREMENT BY 2, NOCACHE, ORDER, START WITH LIMIT VALUE ...: the words, and a value."""

    name: str
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class CreateSequence(Statement):
    """CREATE SEQUENCE."""

    creation: Creation
    name: ObjectName
    options: tuple[SequenceOption, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateSynonym(Statement):
    """CREATE [PUBLIC] SYNONYM name FOR object."""

    creation: Creation
    name: ObjectName
    target: ObjectName
    public: bool = False


@dataclass(frozen=True, slots=True)
class CreateContext(Statement):
    """CREATE CONTEXT name USING package [options]."""

    creation: Creation
    name: ObjectName
    package: ObjectName
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateDirectory(Statement):
    """CREATE DIRECTORY name AS 'path'."""

    creation: Creation
    name: ObjectName
    path: Expression


@dataclass(frozen=True, slots=True)
class CreateUser(Statement):
    """CREATE USER name and the rest of it, as written."""

    creation: Creation
    name: Name
    words: tuple[str, ...]


# ALTER


@dataclass(frozen=True, slots=True)
class AlterAction(Node):
    """One action of ALTER TABLE."""


@dataclass(frozen=True, slots=True)
class AddItems(AlterAction):
    """ADD column | (columns and constraints) | constraint."""

    items: tuple[Column | Constraint, ...]
    parenthesised: bool = False


@dataclass(frozen=True, slots=True)
class ModifyColumns(AlterAction):
    """MODIFY column | (columns)."""

    columns: tuple[Column, ...]
    parenthesised: bool = False


@dataclass(frozen=True, slots=True)
class ModifyConstraint(AlterAction):
    """MODIFY CONSTRAINT name state, or MODIFY PRIMARY KEY | UNIQUE (columns) state."""

    constraint: ConstraintChoice
    state: ConstraintState


@dataclass(frozen=True, slots=True)
class ConstraintChoice(Node):
    """A constraint by its name, or PRIMARY KEY or UNIQUE (columns)."""

    kind: str
    name: Name | None = None
    columns: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class EnableConstraint(AlterAction):
    """ENABLE or DISABLE [VALIDATE | NOVALIDATE] constraint [CASCADE] ...; `verb` holds the words before it."""

    verb: str
    constraint: ConstraintChoice
    state: ConstraintState | None = None
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class DropColumns(AlterAction):
    """DROP or SET UNUSED: COLUMN name or (names) [CASCADE CONSTRAINTS] ...; `verb` is DROP or SET UNUSED."""

    verb: str
    columns: tuple[Name, ...]
    parenthesised: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropConstraint(AlterAction):
    """DROP CONSTRAINT name | PRIMARY KEY | UNIQUE (columns) [CASCADE] [KEEP | DROP INDEX]."""

    constraint: ConstraintChoice
    if_exists: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameItem(AlterAction):
    """RENAME COLUMN | CONSTRAINT | PARTITION old TO new, or RENAME TO new where `kind` is empty."""

    kind: str
    old: Name | None
    new: Name


@dataclass(frozen=True, slots=True)
class AlterPartition(AlterAction):
    """ADD, DROP or TRUNCATE PARTITION ...."""

    verb: str
    partitions: tuple[Partition, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetOptions(AlterAction):
    """Clauses of storage: TABLESPACE, PARALLEL, ENABLE ROW MOVEMENT, READ ONLY, MOVE ...."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class AlterTable(Statement):
    """ALTER TABLE name actions."""

    name: ObjectName
    actions: tuple[AlterAction, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterIndex(Statement):
    """ALTER INDEX name RENAME TO new | REBUILD ... | clauses."""

    name: ObjectName
    new_name: Name | None = None
    options: tuple[Option, ...] = ()
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterSequence(Statement):
    """ALTER SEQUENCE name options."""

    name: ObjectName
    options: tuple[SequenceOption, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterUnit(Statement):
    """ALTER PACKAGE | PROCEDURE | FUNCTION | TYPE | TRIGGER | VIEW name COMPILE ..., ENABLE or DISABLE."""

    kind: str
    name: ObjectName
    words: tuple[str, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterSession(Statement):
    """ALTER SESSION SET name = value ..., or ENABLE, DISABLE, CLOSE, ADVISE ...: the words as written."""

    words: tuple[str, ...]


# the rest


@dataclass(frozen=True, slots=True)
class Drop(Statement):
    """DROP kind [IF EXISTS] name [CASCADE CONSTRAINTS] [PURGE] [FORCE] [VALIDATE]: `words` behind the name."""

    kind: str
    name: ObjectName
    if_exists: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Truncate(Statement):
    """TRUNCATE TABLE name [PURGE | DROP STORAGE ...]."""

    name: ObjectName
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rename(Statement):
    """RENAME old TO new."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class Comment(Statement):
    """COMMENT ON TABLE | COLUMN | VIEW | ... name IS 'text'."""

    kind: str
    name: ObjectName
    text: Expression


@dataclass(frozen=True, slots=True)
class Privilege(Node):
    """A privilege or a role: SELECT, CREATE SESSION, ALL PRIVILEGES; an object's may list columns."""

    name: str
    columns: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant(Statement):
    """GRANT privileges [ON object] TO grantees [WITH ADMIN | GRANT | HIERARCHY OPTION], and REVOKE ... FROM.

    `object_kind` is DIRECTORY, USER, ... or empty. `words` are those behind the grantees. A grantee may be PUBLIC,
    or for
    code based access `PACKAGE name`.
    """

    verb: str
    privileges: tuple[Privilege, ...]
    object_kind: str
    object: ObjectName | None
    grantees: tuple[Grantee, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grantee(Node):
    """A user or role; with IDENTIFIED BY its password; with a kind, a program unit that is granted a role."""

    name: ObjectName
    kind: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Purge(Statement):
    """PURGE TABLE | INDEX name, or RECYCLEBIN."""

    kind: str
    name: ObjectName | None = None
