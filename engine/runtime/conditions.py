"""Oracle's number and text for each error of PostgreSQL's and pgvector's that people meet (Database Error Messages).

The page of a number is https://docs.oracle.com/en/error-help/db/ora-NNNNN/; the text is that of release 23ai, as far as
PostgreSQL says what fills it.

The table is searched from its beginning: the first line whose SQLSTATE begins with `state` and whose `pattern` is found
in the message. Groups of the pattern and the context (telling.py) fill the text; those called table, column, constraint
and object are names, left and right are types, and routine is what the run-time SQL calls a function. The run-time SQL
has the table too, for SQLCODE and SQLERRM (errors.sql).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """One line: what it is known by, and what Oracle calls it. `in_plsql` stands where no SQL statement failed."""

    state: str
    pattern: re.Pattern[str]
    number: int | None
    text: str
    in_plsql: Condition | None = None


def _line(
    state: str, pattern: str, number: int | None, text: str, in_plsql: tuple[int, str] | None = None
) -> Condition:
    compiled = re.compile(pattern)
    other = Condition(state, compiled, *in_plsql) if in_plsql else None
    return Condition(state, compiled, number, text, other)


_VALUE = "PL/SQL: value or conversion error"
_BUFFER = (6502, f"{_VALUE}: character string buffer too small")
_PRECISION = (6502, f"{_VALUE}: number precision too large")
_CONVERSION = (6502, f"{_VALUE}: character to number conversion error")
_VECTOR = r"(?:\w+\.)?(?:float64_)?vector(?:\(\d+\))?"
_COMPARED = "cannot use VECTOR type as comparison key"
_FLOAT32_ALONE = (
    "the embedded engine stores FLOAT32 vectors alone, and this one is of FLOAT64: to_vector(x, *, float32) makes one"
)
_SAME_FORMAT = (
    "The vector SQL function VECTOR_DISTANCE requires all input vectors to have the same dimension format: encountered"
    " dimension formats (FLOAT32, FLOAT64); to_vector(x, *, float32) changes one"
)
_TYPES_DIFFER = "inconsistent datatypes: expected {left} got {right}"

VECTORS = (
    _line("", rf"^operator does not exist: {_VECTOR} (?:<=>|<->|<#>|<\+>) {_VECTOR}", 51812, _SAME_FORMAT),
    _line("", rf"^operator does not exist: {_VECTOR} (?:=|<>|<|>|<=|>=) ", 22848, _COMPARED),
    _line("", rf"^operator does not exist: .* (?:=|<>|<|>|<=|>=) {_VECTOR}", 22848, _COMPARED),
    _line("", rf"could not identify an? .*\b(?:operator|function) for type {_VECTOR}", 22848, _COMPARED),
    _line(
        "",
        rf"data type {_VECTOR} has no default operator class",
        2327,
        "cannot create index on expression with data type VECTOR",
    ),
    _line(
        "",
        rf"^function \w+\({_VECTOR}\) does not exist",
        22849,
        "Type VECTOR is not supported for this function or operator.",
    ),
    _line(
        "",
        "(?:NaN|infinite value) not allowed in vector",
        51805,
        "Invalid syntax for VECTOR value. A dimension value is not a number or infinite, and can not be converted to a"
        " number.",
    ),
    _line("", r"^column .* is of type vector.*float64_vector", None, _FLOAT32_ALONE),
    _line("", r"^cannot cast type \S+ to vector.*float64_vector", None, _FLOAT32_ALONE),
    _line("", r"^cannot cast type (?:\w+\.)?float64_vector to", None, _FLOAT32_ALONE),
    _line("", r'^invalid input syntax for type vector: "\{', None, _FLOAT32_ALONE),
    _line(
        "",
        "invalid input syntax for type vector|^vector must have at least 1 dimension",
        51804,
        "Invalid syntax for VECTOR value. Must be a string of the form [number, number, ..., number].",
    ),
    _line(
        "",
        "out of range for type vector|value out of range: (?:over|under)flow",
        51806,
        "Vector dimension value is outside the range allowed by the dimension format FLOAT32.",
    ),
    _line(
        "",
        r"vector cannot have more than (?P<most>\d+) dimensions",
        51811,
        "Vector dimension count exceeds the maximum supported value of {most} of the embedded engine.",
    ),
    _line(
        "",
        r"column cannot have more than (?P<most>\d+) dimensions for \w+ index",
        None,
        "the embedded engine indexes vectors of at most {most} dimensions: search without an index, which is exact",
    ),
    _line(
        "",
        r"different vector dimensions (?P<one>\d+) and (?P<two>\d+)",
        51808,
        "the operation requires all vectors to have the same dimension count. Encountered ({one}, {two}).",
    ),
    _line(
        "",
        r"expected (?P<one>\d+) dimensions, not (?P<two>\d+)",
        51803,
        "Vector dimension count must match the dimension count specified in the column definition (expected {one}"
        " dimensions, specified {two} dimensions).",
    ),
)

# What fills of_columns; of a key by expressions nothing does, whose words are PostgreSQL's.
KEY_DETAILS = " columns ({columns}) ORA-03301: (ORA-00001 details) row with column values ({values}) already exists"

ROWS = (
    _line("23505", "could not create unique index", 1452, "cannot CREATE UNIQUE INDEX; duplicate keys found"),
    _line(
        "23505",
        'unique constraint "(?P<constraint>.*)"',
        1,
        "unique constraint ({schema}.{constraint}) violated on table {schema}.{table}{of_columns}",
    ),
    _line("23505", "", 1, "unique constraint violated"),
    _line(
        "23",
        'delete on table .* violates .*foreign key constraint "(?P<constraint>[^"]*)"',
        2292,
        "integrity constraint ({schema}.{constraint}) violated - child record found",
    ),
    _line(
        "23503",
        'foreign key constraint "(?P<constraint>[^"]*)"',
        2291,
        "integrity constraint ({schema}.{constraint}) violated - parent key not found",
    ),
    _line("23502", "contains null values", 2296, "cannot enable NOT NULL of {schema}.{table} - null values found"),
    _line("23502", "^null value", 1400, 'cannot insert NULL into ("{schema}"."{table}"."{column}")'),
    _line("23502", "", 6502, _VALUE),
    _line(
        "23514",
        r"value for domain \S*varchar_(?P<maximum>\d+)_byte",
        12899,
        "value too large for column{of_column} (maximum: {maximum})",
        _BUFFER,
    ),
    _line(
        "23514",
        'check constraint "(?P<constraint>[^"]*)" of relation .* is violated',
        2293,
        "cannot validate ({schema}.{constraint}) - check constraint violated",
    ),
    _line(
        "23514",
        'violates check constraint "(?P<constraint>[^"]*)"',
        2290,
        "check constraint ({schema}.{constraint}) violated",
    ),
    _line(
        "22001",
        r"varchar_(?P<maximum>\d+)_byte: (?P<actual>\d+)",
        12899,
        "value too large for column{of_column} (actual: {actual}, maximum: {maximum})",
        _BUFFER,
    ),
    _line(
        "22001",
        r"type character varying\((?P<maximum>\d+)\)",
        12899,
        "value too large for column{of_column} (maximum: {maximum})",
        _BUFFER,
    ),
    _line("21000", "MERGE command", 30926, "The operation attempted to update the same row twice."),
    _line("21000", "", 1427, "single-row subquery returns more than one row"),
    _line("428C9", "cannot insert", 32795, "cannot insert into a generated always identity column"),
    _line("428C9", "", 32796, "cannot update a generated always identity column"),
    _line(
        "55000", "^cannot (?:insert|update|delete|merge)", 1732, "data manipulation operation not legal on this view"
    ),
)

VALUES = (
    _line(
        "22003",
        "^numeric field overflow",
        1438,
        "value greater than specified precision {precision} for column{of_column}",
        _PRECISION,
    ),
    _line("22003", "", 1426, "numeric overflow"),
    _line("22012", "", 1476, "divisor is equal to zero"),
    _line("2201E", "", 1428, "argument is out of range"),
    _line("2201F", "", 1428, "argument is out of range"),
    _line("22P02", "for type json", 40441, "JSON syntax error"),
    _line("22023", "^cannot cast jsonb", 932, "inconsistent datatypes"),
    _line("22023", "^character number", 1428, "argument is out of range"),
    _line("22023", "of FOR loop must", 6502, _VALUE),
    _line("2201B", "parentheses", 12725, "unmatched parentheses in regular expression"),
    _line("2201B", "brackets", 12726, "unmatched bracket in regular expression"),
    _line("2201B", "", None, "the embedded engine can not read this regular expression"),
    _line("54000", "^null character", None, "the embedded engine does not store the character U+0000 in a text"),
    _line("22P05", "", None, "the embedded engine does not store the character U+0000 in a text"),
    _line("", r"NUL \(0x00\)", None, "the embedded engine does not store the character U+0000 in a text"),
    _line(
        "22P02",
        'for type (?:numeric|integer|bigint|smallint|double precision|real): "(?P<value>.*)"',
        1722,
        "unable to convert string value containing '{value}' to a number",
        _CONVERSION,
    ),
    _line("22P02", "", 6502, _VALUE),
    _line("22007", "", 1861, "literal does not match format string"),
    _line("22008", "out of range", 1841, "(full) year must be between -4713 and +9999, and not be 0"),
    _line("22008", "", 1861, "literal does not match format string"),
    _line("22004", "for object key", 40595, "Name input to JSON generation function cannot be null."),
    _line("22004", "", 6502, _VALUE),
    _line("22021", "", 40474, "invalid UTF-8 byte sequence in JSON data"),
    _line("22030", "", 40473, "duplicate key names in JSON object"),
    _line("22032", "", 40441, "JSON syntax error"),
    _line("22034", "JSON_QUERY", 40480, "result cannot be returned without array wrapper"),
    _line("22034", "", 40470, "JSON query or value function evaluated to multiple values"),
    _line("22035", "", 40462, "JSON path did not select any value"),
    _line("2203F", "", 40456, "JSON_VALUE evaluated to non-scalar value"),
    _line("42601", "jsonpath", 40442, "JSON path expression syntax error"),
    _line("22", "jsonpath|SQL/JSON", 40442, "JSON path expression syntax error"),
    _line("22023", "START value .* cannot be greater than MAXVALUE", 4008, "START WITH cannot be more than MAXVALUE"),
    _line("22023", "START value .* cannot be less than MINVALUE", 4006, "START WITH cannot be less than MINVALUE"),
    _line("2200H", 'sequence "(?P<object>[^"]*)"', 8004, "sequence {object}.NEXTVAL exceeds MAXVALUE"),
    _line("55000", 'currval of sequence "(?P<object>.*)"', 8002, "sequence {object}.CURRVAL is not yet defined"),
)

NAMES = (
    _line(
        "42P01",
        r'relation "(?:app\.)?(?P<object>[^"]*)"',
        942,
        'table or view "{schema}"."{object}" does not exist',
    ),
    _line("42P01", "^sequence ", 2289, "sequence does not exist"),
    _line("42P01", "", 942, "table or view does not exist"),
    _line("42703", r'column "?(?P<object>[^" ]*)"?', 904, '"{object}": invalid identifier'),
    _line("42703", "", 904, "invalid identifier"),
    _line("42702", "", 918, "column ambiguously specified"),
    _line(
        "42883",
        r"^(?:function|aggregate) (?:\w+\.)?(?P<routine>\w+)\(",
        6553,
        "PLS-306: wrong number or types of arguments in call to '{routine}'",
    ),
    _line("42883", r"^procedure (?P<object>[\w$.]+)\(", 6576, "not a valid function or procedure name"),
    _line("42883", r"^operator does not exist: (?P<left>[\w. ]+?) \S+ (?P<right>[\w. ]+)$", 932, _TYPES_DIFFER),
    _line("42883", "^the package (?P<object>.*) does not exist", 4043, "Object {object} does not exist."),
    _line(
        "42883",
        r'^could not find an? \w+ named "(?P<object>.*)"',
        4043,
        "Object {object} does not exist.",
    ),
    _line("42804", "is of type (?P<left>.*) but (?:default )?expression is of type (?P<right>.*)", 932, _TYPES_DIFFER),
    _line(
        "42804", "^(?:UNION|INTERSECT|EXCEPT)", 1790, "expression must have same datatype as corresponding expression"
    ),
    _line("42804", "must be type (?P<left>.*), not type (?P<right>.*)", 932, _TYPES_DIFFER),
    _line("42804", "", 932, "inconsistent datatypes"),
    _line("42846", r"^cannot cast type (?P<right>.*) to (?P<left>.*)", 932, _TYPES_DIFFER),
    _line("42846", "", 932, "inconsistent datatypes"),
    _line("42725", "", 932, "inconsistent datatypes"),
    _line("42P18", "", 932, "inconsistent datatypes"),
    _line("42601", "constant in GROUP BY", None, "the embedded engine does not run GROUP BY of a constant"),
    _line("0A000", "subquery in index", 22818, "subquery expressions not allowed here"),
    _line("0A000", "subquery in DEFAULT", 2251, "subquery not allowed here"),
    _line("42P22", "", None, "the embedded engine does not run a regular expression at this place"),
    _line("42P10", "^GROUP BY", None, "the embedded engine does not run GROUP BY of a constant"),
    _line("42P10", "^ORDER BY", 1785, "ORDER BY item must be the number of a SELECT-list expression"),
    _line("42601", "constant in ORDER BY", None, "the embedded engine does not run ORDER BY of a constant"),
    _line("42601", "more expressions than target", 913, "too many values"),
    _line("42601", "more target columns than", 947, "not enough values"),
    _line("42601", "must have the same number of columns", 1789, "query block has incorrect number of result columns"),
    _line("0A000", "column reference in DEFAULT", 984, "column not allowed here"),
    _line("42P17", "IMMUTABLE", 1743, "only pure functions can be indexed"),
    _line("42803", "must appear in the GROUP BY|ungrouped", 979, "not a GROUP BY expression"),
    _line("42803", "", 934, "group function is not allowed here"),
    _line("42P20", "", 30483, "window functions are not allowed here"),
)

OBJECTS = (
    _line("42P07", "", 955, "name is already used by an existing object"),
    _line("42701", "of relation", 1430, "column being added already exists in table"),
    _line("42701", "", 957, "duplicate column name"),
    _line("42710", "constraint", 2264, "name already used by an existing constraint"),
    _line("42710", "", 1408, "such column list already indexed"),
    _line("42704", "^constraint .* for table", 23292, "The constraint does not exist"),
    _line("42704", "constraint", 2443, "Cannot drop constraint - nonexistent constraint"),
    _line("42704", "", 1418, "specified index does not exist"),
    _line("42P16", "primary key", 2260, "table can have only one primary key"),
    _line("42830", "", 2270, "no matching unique or primary key for this column-list"),
    _line("0A000", "^cannot truncate", 2266, "unique/primary keys in table referenced by enabled foreign keys"),
    _line("2BP01", "", 2449, "unique/primary keys in table referenced by foreign keys"),
    _line("54011", "", 1792, "maximum number of columns in a table or view is 1000"),
    _line(
        "54000",
        r"index row size \d+ exceeds btree version \d+ maximum (?P<one>\d+)",
        1450,
        "maximum key length ({one}) exceeded",
    ),
    _line("ORIDN", "", 30673, "column to be modified is not an identity column"),
)

RUNS = (
    _line("P0002", "", 1403, "no data found"),
    _line("P0003", "", 1422, "exact fetch returns more than requested number of rows"),
    _line("20000", "", 6592, "CASE not found while executing CASE statement"),
    _line("2F005", "", 6503, "PL/SQL: Function returned without value"),
    _line("OU", "", 6510, "PL/SQL: unhandled user-defined exception"),
    _line("ORLAG", "", 1489, "result of string concatenation is too long"),
    _line("06500", "", 6500, "PL/SQL: storage error"),
    _line("06501", "", 6501, "PL/SQL: program error"),
    _line("06504", "", 6504, "PL/SQL: Return types of Result Set variables or query do not match"),
    _line("06530", "", 6530, "Reference to uninitialized composite"),
    _line("00051", "", 51, "timeout occurred while waiting for a resource"),
    _line("ORNUM", "", 21000, "error number argument to raise_application_error is out of range"),
    _line("ORUNI", "", 6531, "Reference to uninitialized collection"),
    _line("ORLIM", "", 6532, "Subscript outside of limit"),
    _line("ORCNT", "", 6533, "Subscript beyond count"),
    _line("34000", "", 1001, "invalid cursor"),
    _line("42P03", "", 6511, "PL/SQL: cursor already open"),
    _line("2D000", "", None, "the embedded engine does not run COMMIT or ROLLBACK here"),
    _line("40P01", "", 60, "deadlock detected while waiting for resource"),
    _line("55P03", "", 54, "resource busy and acquire with NOWAIT specified or timeout expired"),
    _line("40001", "", 8177, "can't serialize access for this transaction"),
    _line("25006", "", 1456, "may not perform insert, delete, update operation inside a READ ONLY transaction"),
    _line("57014", "", 1013, "user requested cancel of current operation"),
    _line("54001", "", 36, "maximum number of recursive SQL levels (50) exceeded"),
    _line("53200", "", 4030, "out of process memory"),
    _line("53300", "", 18, "maximum number of sessions exceeded"),
    _line("42501", "", 1031, "insufficient privileges"),
    _line("51962", "", 51962, "The vector memory area is out of space for the current container."),
)

CONDITIONS = (*VECTORS, *ROWS, *VALUES, *NAMES, *OBJECTS, *RUNS)

# An update says otherwise what an insert says of a null.
UPDATED_TO_NULL = _line("23502", "^null value", 1407, 'cannot update ("{schema}"."{table}"."{column}") to NULL')

# Oracle's names of PostgreSQL's types, by how those begin.
_TYPES = (
    ("numeric", "NUMBER"),
    ("bigint", "NUMBER"),
    ("integer", "NUMBER"),
    ("smallint", "NUMBER"),
    ("double", "BINARY_DOUBLE"),
    ("real", "BINARY_FLOAT"),
    ("character", "VARCHAR2"),
    ("text", "VARCHAR2"),
    ("unknown", "CHAR"),
    ("boolean", "BOOLEAN"),
    ("json", "JSON"),
    ("bytea", "RAW"),
    ("date", "DATE"),
    ("timestamp", "TIMESTAMP"),
    ("interval", "INTERVAL DAY TO SECOND"),
    ("vector", "VECTOR"),
    ("float64_vector", "VECTOR"),
    ("refcursor", "CURSOR"),
)


# Oracle's names of what the run-time SQL calls otherwise.
_ROUTINES = {
    "application_message": "RAISE_APPLICATION_ERROR",
    "application_sqlstate": "RAISE_APPLICATION_ERROR",
    "concatenate": "CONCAT",
    **dict.fromkeys(
        ("json_transform_set", "json_transform_remove", "json_transform_rename", "json_transform_append"),
        "JSON_TRANSFORM",
    ),
    "listagg_truncated": "LISTAGG",
    "vector_dims": "VECTOR_DIMENSION_COUNT",
    "octet_length": "LENGTHB",
    "to_varchar": "TO_CHAR",
}


def routine_shown(name: str) -> str:
    """Oracle's name of a function."""
    return _ROUTINES.get(name, name.upper())


def type_shown(name: str) -> str:
    """Oracle's name of a type."""
    plain = name.rpartition(".")[2]
    if plain.startswith("varchar_"):
        return "VARCHAR2"
    return next((oracle for beginning, oracle in _TYPES if plain.startswith(beginning)), "another type")


def sql() -> str:
    """The rows of ora.condition, and what is told of a key."""
    rows = []
    for place, line in enumerate(CONDITIONS):
        names = ",".join(sorted(line.pattern.groupindex, key=line.pattern.groupindex.__getitem__))
        plsql = line.in_plsql or line
        # PostgreSQL has no groups with names, and another sign for the edge of a word.
        pattern = re.sub(r"\(\?P<\w+>", "(", line.pattern.pattern).replace(r"\b", r"\y")
        values = (line.state, pattern, f"{{{names}}}", line.number, line.text, plsql.number, plsql.text)
        rows.append(f"({place}, {', '.join(map(_literal, values))})")
    return (
        f"delete from ora.condition; insert into ora.condition values {', '.join(rows)};\n"  # noqa: S608
        "create or replace function ora.key_details(p_columns text, p_values text) returns text "
        "language sql immutable as $$ select replace(replace("
        f"{_literal(KEY_DETAILS)}, '{{columns}}', p_columns), '{{values}}', p_values) $$;\n"
    )


def _literal(value: str | int | None) -> str:
    if value is None or isinstance(value, int):
        return "null" if value is None else str(value)
    return "'" + value.replace("'", "''") + "'"


def condition(state: str, message: str) -> tuple[Condition, re.Match[str]] | None:
    """The line of an error, and what its pattern found; None where it is not known."""
    for line in CONDITIONS:
        if state.startswith(line.state) and (found := line.pattern.search(message)):
            return line, found
    return None
