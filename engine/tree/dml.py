"""Statements that change rows, and those that end transactions."""

from __future__ import annotations

from dataclasses import dataclass

from engine.tree.base import Expression, Name, Node, ObjectName, Statement
from engine.tree.queries import FromItem, Into, PartitionChoice, Query

# what they share


@dataclass(frozen=True, slots=True)
class Target(Node):
    """What is changed: a table or view, a query in parentheses, or TABLE (collection); and its alias."""

    what: ObjectName | Query | Expression
    alias: Name | None = None
    partition: PartitionChoice | None = None
    only: bool = False


@dataclass(frozen=True, slots=True)
class ReturningInto(Node):
    """RETURNING expressions [[BULK COLLECT] INTO targets]; each may be marked OLD or NEW."""

    items: tuple[ReturnedItem, ...]
    into: Into | None


@dataclass(frozen=True, slots=True)
class ReturnedItem(Node):
    """An expression of RETURNING; `version` is OLD, NEW or empty."""

    expression: Expression
    version: str = ""


@dataclass(frozen=True, slots=True)
class ErrorLog(Node):
    """LOG ERRORS [INTO table] [(tag)] [REJECT LIMIT n | UNLIMITED]; an unlimited one is a Keyword."""

    table: ObjectName | None = None
    tag: Expression | None = None
    limit: Expression | None = None


@dataclass(frozen=True, slots=True)
class SetColumns(Node):
    """`column = value`, or `(columns) = (query)`, of SET; the value may be Default or a Subquery."""

    columns: tuple[Expression, ...]
    value: Expression
    parenthesised: bool = False


@dataclass(frozen=True, slots=True)
class SetRow(Node):
    """SET ROW = record, and SET VALUE (alias) = value of an object table."""

    value: Expression
    alias: Name | None = None


# statements


@dataclass(frozen=True, slots=True)
class InsertValues(Node):
    """VALUES (...), (...); a record of PL/SQL stands alone without parentheses (`record`)."""

    rows: tuple[Expression, ...]
    record: bool = False


@dataclass(frozen=True, slots=True)
class Insert(Statement):
    """INSERT INTO target [(columns)] VALUES ... | query | SET column = value ..."""

    target: Target
    columns: tuple[Expression, ...]
    source: InsertValues | Query | tuple[SetColumns, ...]
    hints: str = ""
    returning: ReturningInto | None = None
    log: ErrorLog | None = None


@dataclass(frozen=True, slots=True)
class InsertBranch(Node):
    """INTO target [(columns)] [VALUES (...)] of a multitable INSERT."""

    target: Target
    columns: tuple[Expression, ...] = ()
    values: InsertValues | None = None
    log: ErrorLog | None = None


@dataclass(frozen=True, slots=True)
class InsertWhen(Node):
    """WHEN condition THEN branches; the condition is None for ELSE and for an unconditional INSERT ALL."""

    condition: Expression | None
    branches: tuple[InsertBranch, ...]


@dataclass(frozen=True, slots=True)
class InsertMany(Statement):
    """INSERT ALL or FIRST."""

    kind: str
    whens: tuple[InsertWhen, ...]
    query: Query
    hints: str = ""


@dataclass(frozen=True, slots=True)
class Update(Statement):
    """UPDATE target SET ... [FROM ...] [WHERE ...]."""

    target: Target
    assignments: tuple[SetColumns | SetRow, ...]
    sources: tuple[FromItem, ...] = ()
    where: Expression | None = None
    hints: str = ""
    returning: ReturningInto | None = None
    log: ErrorLog | None = None


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    """DELETE [FROM] target [FROM ...] [WHERE ...]."""

    target: Target
    sources: tuple[FromItem, ...] = ()
    where: Expression | None = None
    hints: str = ""
    returning: ReturningInto | None = None
    log: ErrorLog | None = None


@dataclass(frozen=True, slots=True)
class MergeUpdate(Node):
    """WHEN MATCHED THEN UPDATE SET ... [WHERE ...] [DELETE WHERE ...]."""

    assignments: tuple[SetColumns, ...]
    where: Expression | None = None
    delete_where: Expression | None = None


@dataclass(frozen=True, slots=True)
class MergeInsert(Node):
    """WHEN NOT MATCHED THEN INSERT [(columns)] VALUES (...) [WHERE ...]."""

    columns: tuple[Expression, ...]
    values: tuple[Expression, ...]
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Merge(Statement):
    """MERGE INTO target USING source ON (condition) WHEN ...; the branches in their order."""

    target: Target
    source: FromItem
    on: Expression
    branches: tuple[MergeUpdate | MergeInsert, ...]
    hints: str = ""
    returning: ReturningInto | None = None
    log: ErrorLog | None = None


@dataclass(frozen=True, slots=True)
class LockTable(Statement):
    """LOCK TABLE tables IN mode MODE [NOWAIT | WAIT n]."""

    tables: tuple[ObjectName, ...]
    mode: str
    wait: str = ""
    seconds: Expression | None = None


@dataclass(frozen=True, slots=True)
class ExplainPlan(Statement):
    """EXPLAIN PLAN [SET STATEMENT_ID = 'x'] [INTO table] FOR statement."""

    statement: Statement
    identifier: Expression | None = None
    table: ObjectName | None = None


# transactions


@dataclass(frozen=True, slots=True)
class Commit(Statement):
    """COMMIT [WORK] [COMMENT 'text'] [WRITE options]."""

    comment: Expression | None = None
    write: str = ""


@dataclass(frozen=True, slots=True)
class Rollback(Statement):
    """ROLLBACK [WORK] [TO [SAVEPOINT] name]."""

    savepoint: Name | None = None


@dataclass(frozen=True, slots=True)
class Savepoint(Statement):
    """SAVEPOINT name."""

    name: Name


@dataclass(frozen=True, slots=True)
class SetTransaction(Statement):
    """SET TRANSACTION READ ONLY | READ WRITE | ISOLATION LEVEL ... [NAME 'text']; `mode` in capitals."""

    mode: str
    name: Expression | None = None


@dataclass(frozen=True, slots=True)
class SetConstraints(Statement):
    """SET CONSTRAINT[S] ALL | names IMMEDIATE | DEFERRED."""

    names: tuple[ObjectName, ...]
    state: str


@dataclass(frozen=True, slots=True)
class CallStatement(Statement):
    """CALL routine(arguments) [INTO :bind]."""

    call: Expression
    into: Expression | None = None
