"""Expressions and conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.tree.base import Condition, DataType, Expression, Name, Node, ObjectName

if TYPE_CHECKING:
    from engine.tree.queries import Query

# values


@dataclass(frozen=True, slots=True)
class NumberLiteral(Expression):
    """A number as it is written, as `1e5` or `1.5f`."""

    text: str


@dataclass(frozen=True, slots=True)
class TextLiteral(Expression):
    """A string, its quoting undone; `national` for N'...'."""

    value: str
    national: bool = False


@dataclass(frozen=True, slots=True)
class NullLiteral(Expression):
    """NULL."""


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Expression):
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class DateTimeLiteral(Expression):
    """DATE '...', TIMESTAMP '...' or TIME '...'."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class IntervalLiteral(Expression):
    """INTERVAL '...' DAY(2) TO SECOND(3): a `trailing` field of "" where there is one field only."""

    text: str
    leading: str
    leading_precision: Expression | None
    trailing: str
    trailing_precision: Expression | None


@dataclass(frozen=True, slots=True)
class Default(Expression):
    """DEFAULT in place of a value: in VALUES, in SET, and for a parameter of a TABLE function."""


@dataclass(frozen=True, slots=True)
class Star(Expression):
    """`*` or `t.*`; also COUNT(*) and the unstated dimension of a vector."""

    qualifier: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyword(Expression):
    """A word that a function takes as an argument: COSINE in VECTOR_DISTANCE, FLOAT32 in TO_VECTOR."""

    word: str


# names


@dataclass(frozen=True, slots=True)
class Reference(Expression):
    """A name and what stands before it: a column, a variable, a call without arguments, NEXTVAL, ROWNUM.

    Which of these it is, scopes decide. A part may be a keyword that is a value, as SYSDATE. `link` is a database link.
    """

    parts: tuple[Name, ...]
    link: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class OuterColumn(Expression):
    """A column with the sign (+) of an outer join."""

    column: Expression


@dataclass(frozen=True, slots=True)
class Bind(Expression):
    """`:name` or `:1`, and the indicator variable that may follow; :NEW and :OLD of a trigger too."""

    name: str
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Attribute(Expression):
    """A field, method or JSON key of a value that is not a plain name: `f(x).y`, `:new.id`, `t(1).name`."""

    target: Expression
    name: Name


@dataclass(frozen=True, slots=True)
class CursorAttribute(Expression):
    """`c%FOUND`, `sql%ROWCOUNT`, `:c%NOTFOUND`; the attribute in capitals."""

    cursor: Expression
    attribute: str


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """An array step of JSON dot notation: `t.doc.tags[0]`, `[*]`, `[0 to 2, 5]`."""

    target: Expression
    steps: tuple[SubscriptStep, ...]


@dataclass(frozen=True, slots=True)
class SubscriptStep(Node):
    """One index of a JSON array step, `first [TO last]`."""

    first: Expression
    last: Expression | None = None


# calls


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """An actual parameter, by position or by name."""

    name: Name | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Association(Node):
    """`key => value` of a qualified expression where the key is no name: an index, several joined by `|`, OTHERS."""

    keys: tuple[Expression, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    """An item of ORDER BY: `direction` is ASC, DESC or empty, `nulls` is FIRST, LAST or empty."""

    expression: Expression
    direction: str = ""
    nulls: str = ""


@dataclass(frozen=True, slots=True)
class FrameBound(Node):
    """An end of a window frame: `kind` is UNBOUNDED PRECEDING, CURRENT ROW, PRECEDING or FOLLOWING ..."""

    kind: str
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Frame(Node):
    """ROWS, RANGE or GROUPS, from where to where (None where BETWEEN is not written), and EXCLUDE ..."""

    unit: str
    start: FrameBound
    end: FrameBound | None = None
    exclusion: str = ""


@dataclass(frozen=True, slots=True)
class Window(Node):
    """OVER (...), or a definition of the clause WINDOW: `base` is the window that it begins from."""

    base: Name | None = None
    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[SortKey, ...] = ()
    siblings: bool = False
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Keep(Node):
    """KEEP (DENSE_RANK FIRST | LAST ORDER BY ...)."""

    which: str
    order_by: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Overflow(Node):
    """LISTAGG's ON OVERFLOW ERROR or TRUNCATE, the text that stands for what is cut off, and WITH or WITHOUT COUNT."""

    action: str
    indicator: Expression | None = None
    count: str = ""


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A call with parentheses: of a function, a method or a constructor, or an index of a collection.

    `quantifier` is DISTINCT, UNIQUE, ALL or empty. `order_by` stands inside the parentheses (XMLAGG, COLLECT).
    `nulls` is IGNORE, RESPECT or empty; `from_end` is FIRST or LAST of NTH_VALUE's FROM.
    `over` is a window, or the name of one.
    """

    function: Expression
    arguments: tuple[Argument | Association | IteratorAssociation, ...] = ()
    quantifier: str = ""
    order_by: tuple[SortKey, ...] = ()
    overflow: Overflow | None = None
    nulls: str = ""
    from_end: str = ""
    within_group: tuple[SortKey, ...] = ()
    keep: Keep | None = None
    over: Window | Name | None = None


@dataclass(frozen=True, slots=True)
class New(Expression):
    """NEW t(...): a constructor that says so."""

    call: Expression


@dataclass(frozen=True, slots=True)
class IteratorAssociation(Node):
    """`FOR i IN ... [INDEX key | SEQUENCE] => value` of a qualified expression."""

    iterator: Iterator
    kind: str
    key: Expression | None
    value: Expression


# functions with a syntax of their own


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """CAST, XMLCAST, TREAT or VALIDATE_CONVERSION (x AS type [DEFAULT d ON CONVERSION ERROR] [, format ...])."""

    function: str
    operand: Expression
    datatype: DataType
    default: Expression | None = None
    formats: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversionDefault(Expression):
    """`x DEFAULT d ON CONVERSION ERROR`, the first argument of TO_NUMBER, TO_DATE and kin."""

    operand: Expression
    default: Expression


@dataclass(frozen=True, slots=True)
class Multiset(Expression):
    """MULTISET (query), in CAST."""

    query: Query


@dataclass(frozen=True, slots=True)
class Extract(Expression):
    """EXTRACT (field FROM value)."""

    field: str
    source: Expression


@dataclass(frozen=True, slots=True)
class Trim(Expression):
    """TRIM ([LEADING | TRAILING | BOTH] [character FROM] text)."""

    side: str
    character: Expression | None
    source: Expression


@dataclass(frozen=True, slots=True)
class Translate(Expression):
    """TRANSLATE (text USING CHAR_CS | NCHAR_CS)."""

    operand: Expression
    charset: str


@dataclass(frozen=True, slots=True)
class JsonHandler(Node):
    """`action [value] ON event`: NULL ON ERROR, DEFAULT 0 ON EMPTY, EMPTY ARRAY ON ERROR, IGNORE ON MISMATCH.

    `details` are what ON MISMATCH names in parentheses.
    """

    action: str
    value: Expression | None
    event: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passing(Node):
    """`value AS "name"` of PASSING."""

    value: Expression
    name: Name


@dataclass(frozen=True, slots=True)
class Returning(Node):
    """RETURNING type and its options: FORMAT JSON, PRETTY, ASCII, ALLOW | DISALLOW SCALARS, WITH UNIQUE KEYS ..."""

    datatype: DataType
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VectorText(Expression):
    """FROM_VECTOR or VECTOR_SERIALIZE (vector [RETURNING type] [FORMAT DENSE | SPARSE])."""

    function: str
    operand: Expression
    returning: Returning | None = None
    format: str = ""


@dataclass(frozen=True, slots=True)
class JsonInput(Expression):
    """A value marked FORMAT JSON."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class JsonPathValue(Expression):
    """PATH '$.a' on the right side of an operation of JSON_TRANSFORM: a value of the document itself."""

    path: Expression


@dataclass(frozen=True, slots=True)
class JsonPathCall(Expression):
    """JSON_VALUE, JSON_QUERY, JSON_EXISTS or JSON_TEXTCONTAINS.

    `options` are the words between RETURNING and the handlers, each clause one text: WITH WRAPPER, OMIT QUOTES,
    PRETTY, ASCII, TYPE (STRICT).
    """

    function: str
    operand: Expression
    path: Expression
    passing: tuple[Passing, ...] = ()
    returning: Returning | None = None
    options: tuple[str, ...] = ()
    handlers: tuple[JsonHandler, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonSerialize(Expression):
    """JSON_SERIALIZE, or the constructors JSON and JSON_SCALAR, with RETURNING, options and handlers."""

    function: str
    operand: Expression
    returning: Returning | None = None
    options: tuple[str, ...] = ()
    handlers: tuple[JsonHandler, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonEntry(Node):
    """A member of JSON_OBJECT: `key VALUE value`, `key : value`, a column alone, or `*`.

    `form` is KEY, VALUE, COLON or ALONE: KEY where the word KEY is written too.
    """

    key: Expression | None
    value: Expression
    form: str


@dataclass(frozen=True, slots=True)
class JsonConstructor(Expression):
    """JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG or JSON_ARRAYAGG.

    `nulls` is NULL, ABSENT, EMPTY STRING or empty (... ON NULL); `options` are STRICT and WITH UNIQUE KEYS. A
    `query` stands
    in JSON_ARRAY (SELECT ...). `over` follows the aggregates.
    """

    function: str
    entries: tuple[JsonEntry, ...]
    query: Query | None = None
    order_by: tuple[SortKey, ...] = ()
    nulls: str = ""
    returning: Returning | None = None
    options: tuple[str, ...] = ()
    over: Window | Name | None = None


@dataclass(frozen=True, slots=True)
class JsonOperation(Node):
    """An operation of JSON_TRANSFORM: SET '$.a' = 1, REMOVE '$.b', RENAME '$.c' WITH 'd', KEEP '$.e', '$.f'.

    `verb` is in capitals. `value` follows `=` or WITH. `handlers` are those of the operation.
    """

    verb: str
    paths: tuple[Expression, ...]
    value: Expression | None = None
    handlers: tuple[JsonHandler, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonTransform(Expression):
    """JSON_TRANSFORM (document, operation, ... [RETURNING] [handlers] [PASSING])."""

    operand: Expression
    operations: tuple[JsonOperation, ...]
    returning: Returning | None = None
    options: tuple[str, ...] = ()
    handlers: tuple[JsonHandler, ...] = ()
    passing: tuple[Passing, ...] = ()


# operators


@dataclass(frozen=True, slots=True)
class Parenthesised(Expression):
    """An expression between parentheses; kept, so that headings and messages can show what was written."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Generalised(Expression):
    """`(self AS supertype)`: an object taken for one of a supertype, whose method is called."""

    operand: Expression
    supertype: ObjectName


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`-x`, `+x`, PRIOR x, CONNECT_BY_ROOT x."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Operation(Expression):
    """Operands of operators of one rank, from left to right; one operator fewer.

    The ranks: `+ - ||`, the distances `<=> <-> <#>` and MULTISET UNION | INTERSECT | EXCEPT [ALL | DISTINCT]; then
    `* / MOD REM`; then `**`.
    """

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AtTimeZone(Expression):
    """`x AT TIME ZONE zone`, or AT LOCAL where there is no zone."""

    operand: Expression
    zone: Expression | None


@dataclass(frozen=True, slots=True)
class IntervalDifference(Expression):
    """`(a - b) DAY(9) TO SECOND(3)`: the difference of two datetimes as an interval."""

    operand: Expression
    leading: str
    leading_precision: Expression | None
    trailing: str
    trailing_precision: Expression | None


@dataclass(frozen=True, slots=True)
class Collate(Expression):
    """`x COLLATE binary_ci`."""

    operand: Expression
    collation: Name


@dataclass(frozen=True, slots=True)
class When(Node):
    """A branch of CASE; a simple CASE of PL/SQL may list several choices, of which one may begin with an operator."""

    choices: tuple[Expression, ...]
    result: Expression


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """CASE with a selector (simple) or without (searched)."""

    selector: Expression | None
    whens: tuple[When, ...]
    otherwise: Expression | None = None


@dataclass(frozen=True, slots=True)
class Selector(Expression):
    """The selector of a simple CASE where a choice begins with an operator: `WHEN < 3 THEN`. It has no text."""


@dataclass(frozen=True, slots=True)
class Subquery(Expression):
    """A query between parentheses as a value."""

    query: Query


@dataclass(frozen=True, slots=True)
class CursorExpression(Expression):
    """CURSOR (query)."""

    query: Query


@dataclass(frozen=True, slots=True)
class Row(Expression):
    """`(a, b)`: several values together, in a comparison, IN or GROUP BY; `()` in GROUPING SETS."""

    items: tuple[Expression, ...]


# conditions


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """`left operator right`; the operator is one of = <> < > <= >=, however not-equal is written."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Quantified(Expression):
    """ANY, SOME or ALL of a query or a list, the right side of a comparison."""

    quantifier: str
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class And(Condition):
    """Conditions that must all hold."""

    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """Conditions of which one must hold."""

    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """NOT condition."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """`x [NOT] BETWEEN low AND high`."""

    operand: Expression
    low: Expression
    high: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Condition):
    """`x [NOT] IN (...)`: a list, or one Subquery. Not `parenthesised` where one value stands alone: `x IN y`."""

    operand: Expression
    items: tuple[Expression, ...]
    negated: bool = False
    parenthesised: bool = True


@dataclass(frozen=True, slots=True)
class Like(Condition):
    """`x [NOT] LIKE pattern [ESCAPE c]`; `kind` is LIKE, LIKEC, LIKE2 or LIKE4."""

    kind: str
    operand: Expression
    pattern: Expression
    escape: Expression | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """`x IS [NOT] what`: NULL, NAN, INFINITE, EMPTY, A SET, DANGLING, TRUE, FALSE, UNKNOWN, PRESENT, ANY."""

    operand: Expression
    what: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsJson(Condition):
    """`x IS [NOT] JSON [options]`; each option one text, as STRICT or WITH UNIQUE KEYS."""

    operand: Expression
    options: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsOfType(Condition):
    """`x IS [NOT] OF ([ONLY] type, ...)`."""

    operand: Expression
    types: tuple[NamedObjectType, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class NamedObjectType(Node):
    """A type of IS OF; `only` leaves its subtypes out."""

    name: ObjectName
    only: bool = False


@dataclass(frozen=True, slots=True)
class Membership(Condition):
    """`x [NOT] MEMBER OF c` or `c [NOT] SUBMULTISET OF d`."""

    kind: str
    operand: Expression
    collection: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Overlaps(Condition):
    """`(a, b) OVERLAPS (c, d)`."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """EXISTS (query)."""

    query: Query


@dataclass(frozen=True, slots=True)
class CurrentOf(Condition):
    """CURRENT OF cursor, in WHERE."""

    cursor: Expression


# iterators of FOR loops and qualified expressions


@dataclass(frozen=True, slots=True)
class IterandDeclaration(Node):
    """The loop's variable, with MUTABLE or IMMUTABLE and a type where they are written."""

    name: Name
    mutability: str = ""
    datatype: DataType | None = None


@dataclass(frozen=True, slots=True)
class IteratorControl(Node):
    """One control of an iterator, with REVERSE, WHILE and WHEN where they are written."""

    reverse: bool = field(default=False, kw_only=True)
    while_: Expression | None = field(default=None, kw_only=True)
    when: Expression | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Stepped(IteratorControl):
    """`low .. high [BY step]`."""

    low: Expression
    high: Expression
    step: Expression | None = None


@dataclass(frozen=True, slots=True)
class Single(IteratorControl):
    """One expression, or with REPEAT one that is computed again and again."""

    expression: Expression
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Collection(IteratorControl):
    """VALUES OF, INDICES OF or PAIRS OF a collection, a cursor or a query."""

    kind: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """What a FOR loop runs over: its variables and its controls, one after the other."""

    variables: tuple[IterandDeclaration, ...]
    controls: tuple[IteratorControl, ...]
