"""Oracle's reserved words, and how it folds names."""

from __future__ import annotations

# SQL Language Reference, appendix "Oracle SQL Reserved Words and Keywords", section "Oracle SQL Reserved Words".
# COLUMN_VALUE and NESTED_TABLE_ID, which that list reserves as names of attributes alone, are left out.
SQL_RESERVED = frozenset(
    """access add all alter and any as asc audit between by char check cluster column comment compress connect
    create current date decimal default delete desc distinct drop else exclusive exists file float for from grant
    group having identified immediate in increment index initial insert integer intersect into is level like lock
    long maxextents minus mlslabel mode modify noaudit nocompress not nowait null number of offline on online
    option or order pctfree prior public raw rename resource revoke row rowid rownum rows select session set share
    size smallint start successful synonym sysdate table then to trigger uid union unique update user validate
    values varchar varchar2 view whenever where with""".split()
)

# PL/SQL Language Reference, appendix "PL/SQL Reserved Words and Keywords", Table D-1. The keywords of Table D-2
# may be used as names.
PLSQL_RESERVED = frozenset(
    """all alter and any as asc at begin between by case check clusters cluster colauth columns compress connect
    crash create cursor declare default desc distinct drop else end exception exclusive fetch for from function
    goto grant group having identified if in index indexes insert intersect into is like lock minus mode nocompress
    not nowait null of on option or order overlaps procedure public resource revoke select share size sql start
    subtype tabauth table then to type union unique update values view views when where with""".split()
)

# Reserved by SQL, and values there.
PSEUDO_COLUMNS = frozenset("level rowid rownum sysdate uid user".split())

# Behind these a comment that begins with + holds hints (SQL Language Reference, "Hints").
HINTED = ("select", "insert", "update", "delete", "merge")

# Data types of Oracle's own by their words, longer ones first where one begins another (SQL Language Reference, "Data
# Types", "ANSI, DB2, and SQL/DS Data Types"; PL/SQL Language Reference, "PL/SQL Data Types"). INTERVAL and
# VECTOR have a syntax of their own.
BUILTIN_TYPES = (
    "TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE", "TIME WITH TIME ZONE",
    "NATIONAL CHARACTER VARYING", "NATIONAL CHAR VARYING", "NATIONAL CHARACTER", "NATIONAL CHAR",
    "CHARACTER VARYING", "CHAR VARYING", "NCHAR VARYING", "CHARACTER", "CHAR", "NCHAR", "VARCHAR2", "NVARCHAR2",
    "VARCHAR", "STRING", "DOUBLE PRECISION", "LONG RAW", "LONG", "RAW", "NUMBER", "NUMERIC", "DECIMAL", "DEC",
    "INTEGER", "INT", "SMALLINT", "FLOAT", "REAL", "BINARY_FLOAT", "BINARY_DOUBLE", "BINARY_INTEGER",
    "PLS_INTEGER", "SIMPLE_INTEGER", "SIMPLE_FLOAT", "SIMPLE_DOUBLE", "NATURALN", "NATURAL", "POSITIVEN", "POSITIVE",
    "SIGNTYPE", "BOOLEAN", "BOOL", "CLOB", "NCLOB", "BLOB", "BFILE", "JSON", "ROWID", "UROWID", "MLSLABEL",
    "SYS_REFCURSOR", "DSINTERVAL_UNCONSTRAINED", "YMINTERVAL_UNCONSTRAINED", "TIMESTAMP_UNCONSTRAINED",
    "TIMESTAMP_TZ_UNCONSTRAINED", "TIMESTAMP_LTZ_UNCONSTRAINED",
)  # fmt: skip

# Arguments that are words and no expressions, by function and position (SQL Language Reference, "Vector Functions").
_VECTOR_FORMATS = frozenset("INT8 FLOAT32 FLOAT64 BINARY".split())
_VECTOR_METRICS = frozenset("COSINE DOT EUCLIDEAN L2_SQUARED EUCLIDEAN_SQUARED MANHATTAN HAMMING JACCARD".split())
_VECTOR_STORAGE = frozenset("DENSE SPARSE".split())
KEYWORD_ARGUMENTS: dict[str, dict[int, frozenset[str]]] = {
    "VECTOR_DISTANCE": {2: _VECTOR_METRICS},
    "TO_VECTOR": {2: _VECTOR_FORMATS, 3: _VECTOR_STORAGE},
    "VECTOR": {2: _VECTOR_FORMATS, 3: _VECTOR_STORAGE},
    "TIME_BUCKET": {3: frozenset(["START", "END"])},
    "RATIO_TO_REPORT": {},
}

# Attributes of cursors behind `%`.
CURSOR_ATTRIBUTES = frozenset("found notfound isopen rowcount bulk_rowcount bulk_exceptions".split())

# Functions whose arguments have a syntax of their own that the tree does not hold.
REFUSED_FUNCTIONS = frozenset(
    """prediction prediction_probability prediction_set prediction_details prediction_cost prediction_bounds cluster_id
    cluster_probability cluster_set cluster_details cluster_distance feature_id feature_value feature_set
    feature_details feature_compare vector_embedding vector_chunks graph_table xmlelement xmlattributes xmlforest
    xmlserialize xmlparse xmlroot xmlpi xmlcolattval xmlquery xmlexists to_xmltype fuzzy_match json_mergepatch_agg
    approx_percentile_agg match_recognize""".split()
)

# Beginnings of clauses that Oracle has and the tree does not hold. None of them may begin anything else, so that one
# that stands where something else is expected is refused by its name.
UNREAD_CLAUSES = (
    "NOT RESERVABLE", "RESERVABLE", "ANNOTATIONS", "DOMAIN", "MEMOPTIMIZE", "FOR STAGING", "RESETTABLE", "IMMUTABLE",
    "FORMAT OSON", "USING NCHAR_CS", "PARTITION FOR", "PARTITION", "SUBPARTITION", "EDIT_TOLERANCE", "PRESERVE",
    "ROW CHANGE TRACKING", "SUPPLEMENTAL LOG", "CLUSTERING",
)  # fmt: skip

# The longest name, in bytes of the database's character set (SQL Language Reference, "Database Object Naming Rules").
LONGEST_NAME = 128


def fold(name: str) -> str:
    """A name that is not quoted, in the form that all spellings of it share; no letter becomes two."""
    return name.lower() if name.isascii() else "".join(c if len(c.lower()) > 1 else c.lower() for c in name)


def capitals(name: str) -> str:
    """A folded name as Oracle keeps and shows it; no letter becomes two."""
    return name.upper() if name.isascii() else "".join(c if len(c.upper()) > 1 else c.upper() for c in name)
