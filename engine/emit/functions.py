"""The SQL functions of the subset as data: what each becomes, how many arguments it takes, the type of its result.

In a text, {0} and {1} stand for the arguments and {*} for all of them. A result of "=" is of the first argument's type.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY_NUMBER = 255
# PostgreSQL's types that stand for Oracle's VECTOR: of FLOAT32, and of FLOAT64.
FLOAT32, FLOAT64 = "vector", "float64_vector"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of single rows.

    `number` is the text where the first argument is a NUMBER, which PostgreSQL may keep as an integer, and where the
    result is a NUMBER too; it is `text` where that is empty. `takes` has a letter for each argument: t for a text, n
    for a number, v for a vector, into which Oracle converts what is given.
    """

    text: str
    least: int
    most: int
    result: str = ""
    number: str = ""
    takes: str = ""
    dated: str = ""


def _same(names: str, least: int, most: int, result: str, takes: str = "") -> dict[str, Function]:
    """Functions of the same name and meaning in PostgreSQL."""
    return _called("pg_catalog", names, least, most, result, takes)


def _own(names: str, least: int, most: int, result: str, takes: str = "") -> dict[str, Function]:
    """Functions of the run-time library, which have Oracle's meaning."""
    return _called("ora", names, least, most, result, takes)


def _called(schema: str, names: str, least: int, most: int, result: str, takes: str) -> dict[str, Function]:
    return {
        name: Function(f"{schema}.{name.lower()}({{*}})", least, most, result, takes=takes) for name in names.split()
    }


def _of_numbers(names: str, number: str) -> dict[str, Function]:
    """Functions of PostgreSQL's that make a double precision of an integer."""
    return {
        name: Function(f"pg_catalog.{name.lower()}({{0}})", 1, 1, "=", number=number.format(name.lower()), takes="n")
        for name in names.split()
    }


FUNCTIONS: dict[str, Function] = {
    # numbers
    **_same("ABS", 1, 1, "=", "n"),
    **_of_numbers("CEIL FLOOR SIGN LN SQRT", "pg_catalog.{}(({{0}})::numeric)"),
    **_of_numbers("ACOS ASIN ATAN COS SIN TAN", "pg_catalog.{}({{0}})::numeric"),
    "ROUND": Function("ora.round({*})", 1, 2, "", takes="n", dated="datetime"),
    "TRUNC": Function("ora.trunc({*})", 1, 2, "", takes="n", dated="datetime"),
    **_own("MOD POWER", 2, 2, "", "nn"),
    **_own("EXP", 1, 1, "", "n"),
    # text
    **_same("LOWER UPPER", 1, 1, "text", "t"),
    **_same("LENGTH ASCII", 1, 1, "integer", "t"),
    **_same("CHR", 1, 1, "text"),
    **_same("TRANSLATE", 3, 3, "text", "ttt"),
    **_same("REGEXP_COUNT", 2, 4, "integer", "tt"),
    **_same("REGEXP_LIKE", 2, 3, "boolean", "tt"),
    **_own("SUBSTR SUBSTRB", 2, 3, "text", "tnn"),
    **_own("INSTR", 2, 4, "numeric", "ttnn"),
    **_own("LTRIM RTRIM", 1, 2, "text", "tt"),
    **_own("REPLACE", 2, 3, "text", "ttt"),
    **_own("LPAD RPAD", 2, 3, "text", "tnt"),
    **_own("TO_CHAR", 1, 2, "text"),
    **_own("TO_NUMBER", 1, 2, "numeric", "-t"),
    **_own("TO_BOOLEAN", 1, 1, "boolean"),
    "CONCAT": Function("ora.concatenate({*})", 2, 2, "text", takes="tt"),
    **_own("COMPOSE INITCAP", 1, 1, "text", "t"),
    **_own("DECOMPOSE", 1, 2, "text"),
    **_own("STANDARD_HASH", 1, 2, "bytea"),
    "REGEXP_SUBSTR": Function("nullif(pg_catalog.regexp_substr({*}), '')", 2, 6, "text", takes="tt"),
    "LENGTHB": Function("octet_length({0})", 1, 1, "integer", takes="t"),
    "RAWTOHEX": Function("upper(encode({0}, 'hex'))", 1, 1, "text"),
    "TO_CLOB": Function("({0})::text", 1, 1, "text"),
    # times
    **_own("TO_DATE", 1, 2, "datetime", "t"),
    **_own("TO_TIMESTAMP", 1, 2, "timestamp", "t"),
    **_own("ADD_MONTHS", 2, 2, "datetime", "dn"),
    **_own("MONTHS_BETWEEN", 2, 2, "numeric", "dd"),
    **_own("LAST_DAY", 1, 1, "datetime", "d"),
    **_own("NEXT_DAY", 2, 2, "datetime", "dt"),
    **_own("NUMTODSINTERVAL", 2, 2, "interval", "n"),
    "SYS_EXTRACT_UTC": Function("(({0})::timestamp with time zone at time zone 'UTC')", 1, 1, "timestamp"),
    # any
    "COALESCE": Function("coalesce({*})", 2, ANY_NUMBER, "="),
    "NULLIF": Function("nullif({*})", 2, 2, "="),
    "NVL": Function("coalesce({0}, {1})", 2, 2, "="),
    "NVL2": Function("case when {0} is not null then {1} else {2} end", 3, 3),
    "GREATEST": Function("ora.greatest(variadic array[{*}])", 1, ANY_NUMBER, "="),
    "LEAST": Function("ora.least(variadic array[{*}])", 1, ANY_NUMBER, "="),
    # vectors
    "VECTOR_NORM": Function("vector_norm({0})", 1, 1, "double precision", takes="v"),
    "VECTOR_DIMENSION_COUNT": Function("vector_dims({0})", 1, 1, "integer", takes="v"),
    "VECTOR_DIMS": Function("vector_dims({0})", 1, 1, "integer", takes="v"),
    "VECTOR_DIMENSION_FORMAT": Function("ora.vector_dimension_format({0})", 1, 1, "text", takes="v"),
    "COSINE_DISTANCE": Function("({0} <=> {1})", 2, 2, "double precision", takes="vv"),
    "L2_DISTANCE": Function("({0} <-> {1})", 2, 2, "double precision", takes="vv"),
    "L1_DISTANCE": Function("({0} <+> {1})", 2, 2, "double precision", takes="vv"),
    "INNER_PRODUCT": Function("(- ({0} <#> {1}))", 2, 2, "double precision", takes="vv"),
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate or analytic function.

    `window_only` tells that it needs OVER, `over` that it may have it, `within` that it takes WITHIN GROUP.
    `interpolated` ones give a value between two others. `numeric` ones calculate with numbers, which texts become.
    """

    text: str
    result: str = ""
    window_only: bool = False
    over: bool = True
    within: bool = False
    interpolated: bool = False
    numeric: bool = False


AGGREGATES: dict[str, Aggregate] = {
    "COUNT": Aggregate("count (", "bigint"),
    "SUM": Aggregate("sum (", "=", numeric=True),
    "AVG": Aggregate("avg (", "=", numeric=True),
    "MIN": Aggregate("min (", "="),
    "MAX": Aggregate("max (", "="),
    "BOOLEAN_AND_AGG": Aggregate("bool_and (", "boolean"),
    "EVERY": Aggregate("bool_and (", "boolean"),
    "BOOLEAN_OR_AGG": Aggregate("bool_or (", "boolean"),
    "STDDEV_SAMP": Aggregate("stddev_samp (", numeric=True),
    "STDDEV_POP": Aggregate("stddev_pop (", numeric=True),
    "VAR_SAMP": Aggregate("var_samp (", numeric=True),
    "VAR_POP": Aggregate("var_pop (", numeric=True),
    "MEDIAN": Aggregate("percentile_cont(0.5) within group (order by", "=", over=False, interpolated=True),
    "PERCENTILE_CONT": Aggregate("percentile_cont (", over=False, within=True, interpolated=True),
    "PERCENTILE_DISC": Aggregate("percentile_disc (", over=False, within=True),
    "LISTAGG": Aggregate("ora.listagg(", "text", over=False, within=True),
    **{
        name: Aggregate(f"{name.lower()} (", result, window_only=True)
        for names, result in (
            ("ROW_NUMBER RANK DENSE_RANK NTILE", "bigint"),
            ("PERCENT_RANK CUME_DIST", "double precision"),
            ("LAG LEAD FIRST_VALUE LAST_VALUE", "="),
        )
        for name in names.split()
    },
}

# Values without parentheses, with PostgreSQL's types of them.
CONSTANTS: dict[str, tuple[str, str]] = {
    "SYSDATE": ("ora.sysdate()", "datetime"),
    "CURRENT_DATE": ("ora.sysdate()", "datetime"),
    "LOCALTIMESTAMP": ("ora.localtimestamp()", "timestamp"),
    "SYSTIMESTAMP": ("ora.systimestamp()", "timestamp with time zone"),
    "CURRENT_TIMESTAMP": ("ora.systimestamp()", "timestamp with time zone"),
    "USER": ("ora.session_user_name()", "text"),
}

# What SYS_CONTEXT of USERENV knows.
USERENV = {"CURRENT_SCHEMA": "'APP'::text", "SESSION_USER": "ora.session_user_name()"}

# VECTOR_DISTANCE's metrics as pgvector's operators. DOT is the negated dot product on both engines.
METRICS = {
    "COSINE": "({0} <=> {1})",
    "EUCLIDEAN": "({0} <-> {1})",
    "EUCLIDEAN_SQUARED": "power({0} <-> {1}, 2)",
    "L2_SQUARED": "power({0} <-> {1}, 2)",
    "DOT": "({0} <#> {1})",
    "MANHATTAN": "({0} <+> {1})",
}

# Functions of which nothing but their arguments matters, and that compute no more than a value.
PURE = (FUNCTIONS.keys() - {"SYS_EXTRACT_UTC"}) | {"VECTOR_DISTANCE", "DECODE"}


def is_vector(type_name: str) -> bool:
    """Whether a type of PostgreSQL stands for VECTOR."""
    return type_name.startswith(FLOAT32) or type_name == FLOAT64
