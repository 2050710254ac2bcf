"""The SQL functions of the subset, and what each becomes."""

from __future__ import annotations

# Same name and meaning on both engines for the arguments the type system lets through.
SAME = frozenset(
    """abs ceil floor ln sign sqrt acos asin atan cos sin tan lower upper length chr ascii translate
    coalesce nullif regexp_substr regexp_count regexp_like
    vector_norm""".split()
)

# Supplied by the compatibility schema, with Oracle's meaning.
COMPATIBLE = frozenset(
    """substr substrb instr trim ltrim rtrim replace lpad rpad to_char to_number round trunc mod power exp
    greatest least compose decompose initcap standard_hash""".split()
)

# Another name in PostgreSQL (or a cast), same meaning; {0} and {1} stand for the arguments.
RENAMED: dict[str, tuple[int, str]] = {
    "vector_dimension_count": (1, "vector_dims({0})"),
    "vector_dims": (1, "vector_dims({0})"),
    "from_vector": (1, "ora.from_vector({0})"),
    "vector_serialize": (1, "ora.from_vector({0})"),
    "vector_dimension_format": (1, "ora.vector_dimension_format({0})"),
    "lengthb": (1, "octet_length({0})"),
    "rawtohex": (1, "upper(encode({0}, 'hex'))"),
    "sys_extract_utc": (1, "(({0})::timestamp with time zone at time zone 'UTC')"),
    "to_clob": (1, "({0})::text"),
    "cosine_distance": (2, "({0} <=> {1})"),
    "l2_distance": (2, "({0} <-> {1})"),
    "l1_distance": (2, "({0} <+> {1})"),
    "inner_product": (2, "(- ({0} <#> {1}))"),
    "median": (1, "percentile_cont(0.5) within group (order by {0})"),
}

AGGREGATES = frozenset(
    """count sum avg min max stddev_samp stddev_pop var_samp var_pop median listagg
    percentile_cont percentile_disc""".split()
)
# Those that compare or calculate with numbers, and take no VECTOR.
ORDERED = AGGREGATES - {"count", "sum", "avg"}
WINDOW = frozenset("row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value".split())

# Values without parentheses.
CONSTANTS = {
    "systimestamp": "ora.systimestamp()",
    "current_timestamp": "ora.systimestamp()",
    "user": "ora.session_user_name()",
}

# VECTOR_DISTANCE's metrics as pgvector's operators. DOT is the negated dot product on both engines.
METRICS = {
    "cosine": "({0} <=> {1})",
    "euclidean": "({0} <-> {1})",
    "l2": "({0} <-> {1})",
    "euclidean_squared": "power({0} <-> {1}, 2)",
    "l2_squared": "power({0} <-> {1}, 2)",
    "dot": "({0} <#> {1})",
    "manhattan": "({0} <+> {1})",
}

# Predefined exceptions as PL/pgSQL conditions.
CONDITIONS = {
    "no_data_found": "no_data_found",
    "too_many_rows": "too_many_rows",
    "dup_val_on_index": "unique_violation",
    "zero_divide": "division_by_zero",
    "value_error": "string_data_right_truncation or numeric_value_out_of_range or invalid_text_representation"
    " or check_violation",
    "invalid_number": "invalid_text_representation",
    "case_not_found": "case_not_found",
    "others": "others",
}

# Oracle's own errors that EXCEPTION_INIT can name, by number.
ERRORS = {
    -54: "55P03",  # resource busy
    -955: "42P07",  # name is already used
    -1408: "42710",  # such column list already indexed
    -1418: "42704",  # specified index does not exist
    -49063: "49063",  # a vector index on vectors of different dimension counts
    -49064: "49064",  # a vector index on vectors of different storage types
    -51902: "51902",  # a vector index on a column of different dimensions
    -51934: "51934",  # a vector index on a column of different storage types
    -51962: "51962",  # the vector memory area is out of space
    -51996: "51996",  # the vector memory is too small for the index
    -51998: "51998",  # the vector memory is too small for the index
    -52307: "52307",  # too little vector pool memory on a node
}

# The conditions RAISE can name, by SQLSTATE.
RAISED = {
    "no_data_found": "P0002",
    "too_many_rows": "P0003",
    "dup_val_on_index": "23505",
    "zero_divide": "22012",
    "value_error": "22003",
    "invalid_number": "22P02",
    "case_not_found": "20000",
}
