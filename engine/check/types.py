"""The types of values as the checker knows them, and which of them Oracle converts into which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.supplied.standard import NOT_NULL_TYPES, PLSQL_TYPES


class Family(Enum):
    """Types that behave alike."""

    UNKNOWN = "unknown"
    NULL = "null"
    NUMBER = "number"
    TEXT = "text"
    RAW = "raw"
    DATETIME = "datetime"
    INTERVAL = "interval"
    BOOLEAN = "boolean"
    CLOB = "clob"
    BLOB = "blob"
    ROWID = "rowid"
    JSON = "json"
    VECTOR = "vector"
    OBJECT = "object"
    RECORD = "record"
    COLLECTION = "collection"
    CURSOR = "cursor"


@dataclass(eq=False, slots=True)
class Type:
    """A type. `base` is Oracle's own type below it; two types of a record or a collection are one if `origin` is one.

    `fields` are those of a record, None where they are unknown; `element` and `index` belong to a collection.
    `not_null` marks a subtype whose variables have a value from the start. `plsql_only` marks one that SQL has not.
    `declared` marks a record type that TYPE declares, which is no other's.
    """

    family: Family
    base: str = ""
    fields: dict[str, Type] | None = None
    element: Type | None = None
    index: Type | None = None
    origin: object = None
    not_null: bool = False
    plsql_only: bool = False
    declared: bool = False

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return self.family not in (Family.UNKNOWN, Family.NULL)

    @property
    def composite(self) -> bool:
        """Whether a value of it has parts."""
        return self.family in (Family.RECORD, Family.COLLECTION)


UNKNOWN = Type(Family.UNKNOWN)
NULL = Type(Family.NULL)
NUMBER = Type(Family.NUMBER, "NUMBER")
INTEGER = Type(Family.NUMBER, "PLS_INTEGER")
TEXT = Type(Family.TEXT, "VARCHAR2")
DATE = Type(Family.DATETIME, "DATE")
TIMESTAMP = Type(Family.DATETIME, "TIMESTAMP")
BOOLEAN = Type(Family.BOOLEAN, "BOOLEAN")
INTERVAL = Type(Family.INTERVAL, "INTERVAL")
CURSOR = Type(Family.CURSOR, "SYS_REFCURSOR")

# Values that are called without parentheses, and their types.
SUPPLIED_VALUES = {
    "SYSDATE": DATE,
    "CURRENT_DATE": DATE,
    "SYSTIMESTAMP": TIMESTAMP,
    "CURRENT_TIMESTAMP": TIMESTAMP,
    "LOCALTIMESTAMP": TIMESTAMP,
    "USER": TEXT,
    "UID": NUMBER,
    "SQLCODE": INTEGER,
    "SQLERRM": TEXT,
    "ROWNUM": NUMBER,
    "LEVEL": NUMBER,
}

# Oracle's names of types by the base type that they are subtypes of (PL/SQL Language Reference, "PL/SQL Data Types").
_BASES: dict[tuple[Family, str], tuple[str, ...]] = {
    (Family.NUMBER, "NUMBER"): (
        "NUMBER", "NUMERIC", "DECIMAL", "DEC", "INTEGER", "INT", "SMALLINT", "FLOAT", "REAL", "DOUBLE PRECISION",
    ),
    (Family.NUMBER, "PLS_INTEGER"): (
        "PLS_INTEGER", "BINARY_INTEGER", "SIMPLE_INTEGER", "NATURAL", "NATURALN", "POSITIVE", "POSITIVEN", "SIGNTYPE",
    ),
    (Family.NUMBER, "BINARY_FLOAT"): ("BINARY_FLOAT", "SIMPLE_FLOAT"),
    (Family.NUMBER, "BINARY_DOUBLE"): ("BINARY_DOUBLE", "SIMPLE_DOUBLE"),
    (Family.TEXT, "VARCHAR2"): ("VARCHAR2", "VARCHAR", "STRING", "CHARACTER VARYING", "CHAR VARYING"),
    (Family.TEXT, "NVARCHAR2"): (
        "NVARCHAR2", "NCHAR VARYING", "NATIONAL CHARACTER VARYING", "NATIONAL CHAR VARYING",
    ),
    (Family.TEXT, "CHAR"): ("CHAR", "CHARACTER"),
    (Family.TEXT, "NCHAR"): ("NCHAR", "NATIONAL CHARACTER", "NATIONAL CHAR"),
    (Family.TEXT, "LONG"): ("LONG",),
    (Family.RAW, "RAW"): ("RAW",),
    (Family.RAW, "LONG RAW"): ("LONG RAW",),
    (Family.DATETIME, "DATE"): ("DATE",),
    (Family.DATETIME, "TIMESTAMP"): ("TIMESTAMP", "TIMESTAMP_UNCONSTRAINED"),
    (Family.DATETIME, "TIMESTAMP WITH TIME ZONE"): ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ_UNCONSTRAINED"),
    (Family.DATETIME, "TIMESTAMP WITH LOCAL TIME ZONE"): (
        "TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ_UNCONSTRAINED",
    ),
    (Family.INTERVAL, "INTERVAL DAY TO SECOND"): ("DSINTERVAL_UNCONSTRAINED",),
    (Family.INTERVAL, "INTERVAL YEAR TO MONTH"): ("YMINTERVAL_UNCONSTRAINED",),
    (Family.BOOLEAN, "BOOLEAN"): ("BOOLEAN", "BOOL"),
    (Family.CLOB, "CLOB"): ("CLOB", "NCLOB"),
    (Family.BLOB, "BLOB"): ("BLOB",),
    (Family.ROWID, "ROWID"): ("ROWID", "UROWID"),
    (Family.JSON, "JSON"): ("JSON",),
    (Family.CURSOR, "SYS_REFCURSOR"): ("SYS_REFCURSOR",),
}  # fmt: skip

BUILTIN = {
    name: Type(family, base, not_null=name in NOT_NULL_TYPES, plsql_only=name in PLSQL_TYPES)
    for (family, base), names in _BASES.items()
    for name in names
}
BUILTIN["VECTOR"] = VECTOR = Type(Family.VECTOR, "VECTOR")

SCALARS = frozenset(
    {
        Family.NUMBER,
        Family.TEXT,
        Family.RAW,
        Family.DATETIME,
        Family.INTERVAL,
        Family.BOOLEAN,
        Family.CLOB,
        Family.BLOB,
        Family.ROWID,
    }
)
# Pairs of scalar families of which Oracle converts neither into the other in PL/SQL by itself (PL/SQL Language
# Reference, "Implicit Data Type Conversion"). What that table leaves open is not here.
_NEVER = frozenset(
    frozenset(pair)
    for pair in (
        *((Family.BOOLEAN, other) for other in SCALARS - {Family.BOOLEAN}),
        (Family.NUMBER, Family.DATETIME),
        (Family.NUMBER, Family.INTERVAL),
        (Family.NUMBER, Family.ROWID),
        (Family.NUMBER, Family.BLOB),
        (Family.DATETIME, Family.INTERVAL),
        (Family.DATETIME, Family.ROWID),
        (Family.DATETIME, Family.RAW),
        (Family.DATETIME, Family.BLOB),
        (Family.INTERVAL, Family.RAW),
        (Family.INTERVAL, Family.ROWID),
        (Family.INTERVAL, Family.BLOB),
    )
)


def convertible(left: Type, right: Type) -> bool:
    """Whether a value of one of these types may be one of the other; so where too little is known of them."""
    if not left.known or not right.known:
        return True
    if left.family is right.family:
        return not left.composite or _same_composite(left, right)
    composites = (left.composite or left.family is Family.CURSOR) + (right.composite or right.family is Family.CURSOR)
    if composites == 2:
        return False
    if composites:
        return not {left.family, right.family} & SCALARS
    return frozenset((left.family, right.family)) not in _NEVER


def differ_in_sql(left: Type, right: Type) -> bool:
    """Whether SQL converts neither of two types into the other: numbers and datetimes."""
    return {left.family, right.family} == {Family.NUMBER, Family.DATETIME}


def _same_composite(left: Type, right: Type) -> bool:
    """Whether two collections or records may be of one type.

    A record of %ROWTYPE and one of a declared type may be, where they have as many fields.
    """
    if left.family is Family.COLLECTION:
        return left.origin is right.origin or left.origin is None or right.origin is None
    if left.declared and right.declared:
        return left.origin is right.origin
    return left.fields is None or right.fields is None or len(left.fields) == len(right.fields)
