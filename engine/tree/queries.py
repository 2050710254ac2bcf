"""Queries: SELECT, set operators, WITH, and what a query reads from."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.tree.base import DataType, Declaration, Expression, Name, Node, ObjectName, Statement
from engine.tree.expressions import (
    JsonHandler,
    Passing,
    SortKey,
    Window,
)

# the whole


@dataclass(frozen=True, slots=True)
class QueryBody(Node):
    """A query without WITH, ORDER BY and row limit: a block, a compound, one in parentheses, or VALUES."""


@dataclass(frozen=True, slots=True)
class Query(Statement):
    """A query with all its clauses; as a statement, in parentheses, in a cursor, a view, an INSERT."""

    body: QueryBody
    with_: With | None = None
    order_by: tuple[SortKey, ...] = ()
    order_siblings: bool = False
    limit: RowLimit | None = None
    for_update: ForUpdate | None = None


@dataclass(frozen=True, slots=True)
class With(Node):
    """WITH: PL/SQL declarations, then named queries."""

    declarations: tuple[Declaration, ...]
    queries: tuple[CommonTable, ...]


@dataclass(frozen=True, slots=True)
class CommonTable(Node):
    """A named query of WITH, its columns' names where they are given, SEARCH and CYCLE."""

    name: Name
    columns: tuple[Name, ...]
    query: Query
    search: Search | None = None
    cycle: Cycle | None = None


@dataclass(frozen=True, slots=True)
class Search(Node):
    """SEARCH DEPTH | BREADTH FIRST BY ... SET column."""

    kind: str
    order_by: tuple[SortKey, ...]
    column: Name


@dataclass(frozen=True, slots=True)
class Cycle(Node):
    """CYCLE columns SET column TO value DEFAULT value."""

    columns: tuple[Name, ...]
    mark: Name
    value: Expression
    default: Expression


@dataclass(frozen=True, slots=True)
class SetOperator(Node):
    """UNION, INTERSECT, MINUS or EXCEPT between two operands; `quantifier` is ALL, DISTINCT or empty."""

    word: str
    quantifier: str = ""


@dataclass(frozen=True, slots=True)
class Compound(QueryBody):
    """Operands with set operators between them, all of one rank, from left to right: one operator fewer."""

    operands: tuple[QueryBody, ...]
    operators: tuple[SetOperator, ...]


@dataclass(frozen=True, slots=True)
class ParenthesisedQuery(QueryBody):
    """A query between parentheses as an operand, or as the whole."""

    query: Query


@dataclass(frozen=True, slots=True)
class Values(QueryBody):
    """VALUES (a, b), (c, d) as a query."""

    rows: tuple[Expression, ...]


# a block


@dataclass(frozen=True, slots=True)
class Select(QueryBody):
    """A query block. `hints` is the text of its hints. `into` is that of a statement of PL/SQL, or of RETURNING."""

    items: tuple[SelectItem, ...]
    quantifier: str = ""
    hints: str = ""
    into: Into | None = None
    sources: tuple[FromItem, ...] = ()
    where: Expression | None = None
    hierarchy: Hierarchy | None = None
    group_by: GroupBy | None = None
    having: Expression | None = None
    windows: tuple[NamedWindow, ...] = ()
    qualify: Expression | None = None


@dataclass(frozen=True, slots=True)
class SelectItem(Node):
    """An item of a select list: an expression or a Star, and its alias."""

    expression: Expression
    alias: Name | None = None
    heading: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Into(Node):
    """INTO targets, or BULK COLLECT INTO, and FETCH's LIMIT."""

    targets: tuple[Expression, ...]
    bulk: bool = False
    limit: Expression | None = None


@dataclass(frozen=True, slots=True)
class Hierarchy(Node):
    """START WITH ... CONNECT BY [NOCYCLE] ...; `connect_first` where they stand the other way round."""

    connect_by: Expression
    start_with: Expression | None = None
    nocycle: bool = False
    connect_first: bool = False


@dataclass(frozen=True, slots=True)
class GroupBy(Node):
    """GROUP BY; an element is an expression, a Row or a GroupingSet. `having_first` where HAVING stands before it."""

    elements: tuple[Expression, ...]
    having_first: bool = False


@dataclass(frozen=True, slots=True)
class GroupingSet(Expression):
    """ROLLUP, CUBE or GROUPING SETS (...); `()` among the elements is an empty Row."""

    kind: str
    elements: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class NamedWindow(Node):
    """A definition of the clause WINDOW."""

    name: Name
    window: Window


@dataclass(frozen=True, slots=True)
class RowLimit(Node):
    """OFFSET ... FETCH [APPROX | EXACT] FIRST ... ROWS ONLY | WITH TIES [WITH TARGET ACCURACY ...].

    `count` is None where FETCH FIRST ROW ONLY names none, or where there is no FETCH, which `fetch` tells.
    """

    offset: Expression | None = None
    fetch: bool = False
    search: str = ""
    partitions: tuple[PartitionLimit, ...] = ()
    count: Expression | None = None
    percent: bool = False
    ties: bool = False
    accuracy: TargetAccuracy | None = None


@dataclass(frozen=True, slots=True)
class PartitionLimit(Node):
    """`n PARTITIONS BY expression` of a partitioned row limit."""

    count: Expression
    expression: Expression


@dataclass(frozen=True, slots=True)
class TargetAccuracy(Node):
    """WITH TARGET ACCURACY 90 [PERCENT], or PARAMETERS (name value, ...)."""

    percent: Expression | None
    parameters: tuple[VectorParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class VectorParameter(Node):
    """A parameter of a vector index or search: its words in capitals, as NEIGHBOR PARTITIONS, and its value."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class ForUpdate(Node):
    """FOR UPDATE [OF columns] [NOWAIT | WAIT n | SKIP LOCKED]."""

    columns: tuple[Expression, ...] = ()
    wait: str = ""
    seconds: Expression | None = None


# sources


@dataclass(frozen=True, slots=True)
class Source(Node):
    """What FROM names."""


@dataclass(frozen=True, slots=True)
class AliasedSource(Source):
    """A source that may have an alias, and rows turned to columns or columns to rows; all but joins in parentheses."""

    alias: Name | None = field(default=None, kw_only=True)
    pivot: Pivot | Unpivot | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class FromItem(Node):
    """A source and the joins that follow it, from left to right."""

    source: Source
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Join(Node):
    """A join to what stands left of it.

    `kind` is INNER, LEFT, RIGHT, FULL, CROSS, CROSS APPLY or OUTER APPLY. The join is by `on`, by `using`, or NATURAL.
    """

    kind: str
    source: Source
    natural: bool = False
    on: Expression | None = None
    using: tuple[Name, ...] = ()
    left_partition: tuple[Expression, ...] = ()
    right_partition: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSource(AliasedSource):
    """A table, a view or a named query; with a partition, a sample and a flashback where they are written."""

    name: ObjectName
    only: bool = False
    partition: PartitionChoice | None = None
    sample: Sample | None = None
    flashback: Flashback | None = None


@dataclass(frozen=True, slots=True)
class PartitionChoice(Node):
    """PARTITION or SUBPARTITION (name), or FOR (values)."""

    kind: str
    name: Name | None
    values: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """SAMPLE [BLOCK] (percent [, ...]) [SEED (n)]."""

    percent: tuple[Expression, ...]
    block: bool = False
    seed: Expression | None = None


@dataclass(frozen=True, slots=True)
class Flashback(Node):
    """AS OF SCN | TIMESTAMP value, or VERSIONS BETWEEN SCN | TIMESTAMP low AND high."""

    unit: str
    start: Expression
    end: Expression | None = None


@dataclass(frozen=True, slots=True)
class QuerySource(AliasedSource):
    """An inline view, LATERAL where it sees the sources before it; `restriction` is WITH READ ONLY or CHECK OPTION."""

    query: Query
    lateral: bool = False
    restriction: str = ""


@dataclass(frozen=True, slots=True)
class CollectionSource(AliasedSource):
    """The rows of a collection or a table function: TABLE (...), THE (...), or the call alone (no `keyword`)."""

    expression: Expression
    keyword: str = "TABLE"
    outer: bool = False


@dataclass(frozen=True, slots=True)
class ValuesSource(AliasedSource):
    """(VALUES (a, b), (c, d)) alias (columns)."""

    values: Values
    columns: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinedSource(Source):
    """Joins between parentheses."""

    item: FromItem


@dataclass(frozen=True, slots=True)
class JsonTable(AliasedSource):
    """JSON_TABLE (document [FORMAT JSON] [, path] [PASSING] [options] [handlers] COLUMNS (...))."""

    operand: Expression
    path: Expression | None
    columns: tuple[JsonTableColumn | NestedColumns, ...]
    passing: tuple[Passing, ...] = ()
    options: tuple[str, ...] = ()
    handlers: tuple[JsonHandler, ...] = ()
    outer: bool = False


@dataclass(frozen=True, slots=True)
class JsonTableColumn(Node):
    """A column of JSON_TABLE.

    `kind` is VALUE, QUERY, EXISTS or ORDINALITY. `options` are its words between type and PATH or after it: FORMAT
    JSON,
    TRUNCATE, ALLOW SCALARS, WITH WRAPPER.
    """

    name: Name
    kind: str
    datatype: DataType | None = None
    path: Expression | None = None
    options: tuple[str, ...] = ()
    handlers: tuple[JsonHandler, ...] = ()


@dataclass(frozen=True, slots=True)
class NestedColumns(Node):
    """NESTED [PATH] path COLUMNS (...)."""

    path: Expression
    columns: tuple[JsonTableColumn | NestedColumns, ...]


@dataclass(frozen=True, slots=True)
class XmlTable(AliasedSource):
    """XMLTABLE ([namespaces,] xquery PASSING ... COLUMNS ...)."""

    namespaces: tuple[XmlNamespace, ...]
    query: Expression
    passing: tuple[XmlPassing, ...] = ()
    passing_mode: str = ""
    columns: tuple[XmlTableColumn, ...] = ()
    outer: bool = False


@dataclass(frozen=True, slots=True)
class XmlNamespace(Node):
    """`'uri' AS "name"`, or DEFAULT 'uri'."""

    uri: Expression
    name: Name | None


@dataclass(frozen=True, slots=True)
class XmlPassing(Node):
    """A value of PASSING and its name."""

    value: Expression
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class XmlTableColumn(Node):
    """A column of XMLTABLE; no type and no path for FOR ORDINALITY."""

    name: Name
    datatype: DataType | None
    path: Expression | None = None
    default: Expression | None = None
    ordinality: bool = False


@dataclass(frozen=True, slots=True)
class Pivot(Node):
    """PIVOT [XML] (aggregates FOR columns IN (values))."""

    aggregates: tuple[SelectItem, ...]
    columns: tuple[Name, ...]
    values: tuple[SelectItem, ...]
    xml: bool = False
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class Unpivot(Node):
    """UNPIVOT [INCLUDE | EXCLUDE NULLS] (columns FOR columns IN (sets [AS values]))."""

    columns: tuple[Name, ...]
    names: tuple[Name, ...]
    sets: tuple[UnpivotSet, ...]
    nulls: str = ""
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class UnpivotSet(Node):
    """Columns that become a row, and the values that mark it."""

    columns: tuple[Name, ...]
    values: tuple[Expression, ...] = ()
