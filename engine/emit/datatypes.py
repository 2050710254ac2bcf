"""Oracle's data types as PostgreSQL's."""

from __future__ import annotations

from collections.abc import Mapping

from engine.emit.catalogue import DefinedType
from engine.emit.composites import composite
from engine.emit.context import Context
from engine.emit.dispatch import Emitters
from engine.tree import types as tree
from engine.tree.base import DataType, Expression, Name, ObjectName
from engine.tree.expressions import NumberLiteral, Star, Unary

# Types that take no size, by Oracle's name.
_PLAIN = {
    "INTEGER": "numeric(38, 0)",
    "INT": "numeric(38, 0)",
    "SMALLINT": "numeric(38, 0)",
    "PLS_INTEGER": "integer",
    "BINARY_INTEGER": "integer",
    "BINARY_FLOAT": "real",
    "BINARY_DOUBLE": "double precision",
    "CLOB": "text",
    "JSON": "jsonb",
    "BOOLEAN": "boolean",
    "BOOL": "boolean",
    "DATE": "datetime",
    "SYS_REFCURSOR": "refcursor",
}
_NUMBERS = frozenset(("NUMBER", "DECIMAL", "NUMERIC", "DEC"))
_TEXTS = frozenset(("VARCHAR2", "NVARCHAR2", "VARCHAR"))
_TIMESTAMPS = {"TIMESTAMP": "", "TIMESTAMP WITH TIME ZONE": " with time zone"}
# A length that counts bytes is kept by a domain of its own, as PostgreSQL's lengths count characters.
_BYTE_TEXT = "ora.varchar_{}_byte"
_DEFAULT_FRACTION = 6

_types = Emitters[str]("a data type")


def emit_datatype(node: DataType, context: Context, *, sized: bool = True) -> str:
    """PostgreSQL's name of a type.

    `sized` tells that a VARCHAR2 must give its length, as Oracle asks of columns and variables, but not of parameters
    and results, which do not take over the length, precision or scale of what they are anchored to either (PL/SQL
    Language Reference, Formal Parameters of Constrained Subtypes).
    """
    if isinstance(node, tree.BuiltinType) and node.name in _TEXTS and not node.sizes:
        if sized:
            raise context.fail(f"{node.name} needs a length here", node)
        return "text"
    found = _types(node, context)
    return unconstrained(found) if isinstance(node, tree.AnchoredType) and not sized else found


def unconstrained(kind: str) -> str:
    """A type of PostgreSQL without the length or precision that it was given."""
    if kind.removeprefix("ora.").startswith("varchar_"):  # a domain that counts bytes; the catalogue leaves out ora
        return "text"
    base, _, rest = kind.partition("(")
    return base if rest and base in ("character varying", "varchar", "numeric") else kind


def is_clob(node: DataType, context: Context) -> bool:
    """Whether a parameter or a result is a CLOB, which PostgreSQL does not tell from VARCHAR2."""
    if isinstance(node, tree.AnchoredType):
        return _types(node, context) == "text"
    return isinstance(node, tree.BuiltinType) and node.name == "CLOB"


def text_length(node: DataType, context: Context) -> tuple[str, bool] | None:
    """The length that a VARCHAR2 gives itself, and whether it counts bytes; None for another type and no length."""
    if not isinstance(node, tree.BuiltinType) or node.name not in _TEXTS or not node.sizes:
        return None
    return whole_number(node.sizes[0], context), not _counts_characters(node)


def _counts_characters(node: tree.BuiltinType) -> bool:
    return node.unit == "CHAR" or (node.name == "NVARCHAR2" and not node.unit)


@_types.emits(tree.BuiltinType, "name sizes unit", character_set="CHARACTER SET of a type")
def _builtin(node: tree.BuiltinType, context: Context) -> str:
    name = node.name
    if name in _NUMBERS:
        return _number(node, context)
    if name in _TEXTS:
        return _text(node, context)
    if name in _TIMESTAMPS:
        return _timestamp(node, context)
    if name == "FLOAT":
        if node.sizes:
            raise context.not_supported("FLOAT with a precision", node, "use NUMBER or BINARY_DOUBLE")
        return "double precision"
    if name not in _PLAIN or node.sizes:
        advice = "use TIMESTAMP WITH TIME ZONE" if name == "TIMESTAMP WITH LOCAL TIME ZONE" else ""
        raise context.not_supported(f"the data type {name}", node, advice)
    return _PLAIN[name]


def _number(node: tree.BuiltinType, context: Context) -> str:
    if not node.sizes:
        return "numeric"
    precision, *scale = node.sizes
    digits = "38" if isinstance(precision, Star) else whole_number(precision, context)
    places = whole_number(scale[0], context, signed=True) if scale else "0"
    return f"numeric({digits}, {places})"


def _text(node: tree.BuiltinType, context: Context) -> str:
    size = whole_number(node.sizes[0], context)
    if _counts_characters(node):
        return f"varchar({size})"
    context.prerequisite(f"select ora.make_byte_varchar({size})")
    return _BYTE_TEXT.format(size)


def _timestamp(node: tree.BuiltinType, context: Context) -> str:
    fraction = whole_number(node.sizes[0], context) if node.sizes else str(_DEFAULT_FRACTION)
    if int(fraction) > _DEFAULT_FRACTION:
        raise context.not_supported("a TIMESTAMP finer than microseconds", node)
    return f"timestamp({fraction}){_TIMESTAMPS[node.name]}"


@_types.emits(tree.IntervalType, "leading leading_precision trailing trailing_precision")
def _interval(node: tree.IntervalType, context: Context) -> str:
    if (node.leading, node.trailing) != ("DAY", "SECOND"):
        raise context.not_supported(f"the data type INTERVAL {node.leading} TO {node.trailing}", node)
    if node.leading_precision is not None or node.trailing_precision is not None:
        raise context.not_supported("a precision of INTERVAL DAY TO SECOND", node)
    return "interval"


@_types.emits(tree.VectorType, "dimension format storage")
def _vector(node: tree.VectorType, context: Context) -> str:
    if node.format not in ("", "*", "FLOAT32"):
        raise context.not_supported(f"a vector of {node.format}", node, "use FLOAT32")
    if node.storage not in ("", "*", "DENSE"):
        raise context.not_supported(f"a {node.storage} vector", node)
    if node.dimension is None or isinstance(node.dimension, Star):
        return "vector"
    return f"vector({whole_number(node.dimension, context)})"


@_types.emits(tree.AnchoredType, "name attribute")
def _anchored(node: tree.AnchoredType, context: Context) -> str:
    names = [context.known(part) for part in node.name.parts]
    shown = ".".join(names).upper()
    if node.name.link or len(names) > 2:
        raise context.not_supported(f"the type of {shown}", node)
    if node.attribute == "ROWTYPE":
        return _row_type(node, names[-1], context)
    if len(names) == 1:
        variable = context.variables.get(names[0])
        if variable is None:
            raise context.fail(f"the variable {shown} is not declared", node)
        return variable.type
    columns = context.catalogue.columns.get(names[0])
    if columns is None or names[1] not in columns:
        raise context.fail(f"the column {shown} is not known", node)
    return columns[names[1]]


def _row_type(node: tree.AnchoredType, table: str, context: Context) -> str:
    if table in context.catalogue.invisible:
        raise context.not_supported("%ROWTYPE of a table with invisible columns", node, "anchor by %TYPE")
    if table in context.catalogue.columns:
        return "app." + context.spell(table)
    fields = _row_fields(table, context)
    if not fields or not all(fields.values()):
        return "record"
    return composite("record", ", ".join(f"{context.spell(name)} {kind}" for name, kind in fields.items()), context)


def _row_fields(name: str, context: Context) -> Mapping[str, str] | None:
    """The columns of a cursor's rows or of a table's."""
    cursor = context.cursors.get(name)
    return cursor.columns if cursor is not None else context.catalogue.columns.get(name)


@_types.emits(tree.NamedType, "name", sizes="a size of a type of the schema", unit="BYTE or CHAR", is_reference="REF")
def _named(node: tree.NamedType, context: Context) -> str:
    found = find_type(node.name.parts, context)
    if found is None:
        shown = ".".join(part.value for part in node.name.parts)
        raise context.not_supported(f"the data type {shown}", node)
    return found.type


def find_type(parts: tuple[Name, ...], context: Context) -> DefinedType | None:
    """The type that PL/SQL defines by a name, in scope or in a package."""
    *qualifiers, last = (context.known(part) for part in parts)
    if len(qualifiers) > 1:
        return None
    own = context.package
    if not qualifiers:
        return context.types.get(last) or (own.types.get(last) if own is not None else None)
    package = own if own is not None and own.name == qualifiers[0] else context.catalogue.package(qualifiers[0])
    return package.types.get(last) if package is not None else None


def defined_type(node: DataType, context: Context) -> DefinedType | None:
    """The type of a variable where PL/SQL defines it, by its name, by %TYPE of another variable, or by %ROWTYPE."""
    match node:
        case tree.NamedType(name=name):
            return find_type(name.parts, context) if not name.link else None
        case tree.AnchoredType(name=ObjectName(parts=(name,)), attribute="ROWTYPE"):
            fields = _row_fields(context.known(name), context)
            return DefinedType(emit_datatype(node, context), fields) if fields is not None else None
        case tree.AnchoredType(name=ObjectName(parts=(name,)), attribute="TYPE"):
            variable = context.variables.get(context.known(name))
            return variable.defined if variable is not None else None
    return None


def whole_number(node: Expression, context: Context, *, signed: bool = False) -> str:
    """A whole number that is written as one."""
    sign = ""
    if signed and isinstance(node, Unary) and node.operator in "+-":
        sign, node = node.operator.replace("+", ""), node.operand
    if not isinstance(node, NumberLiteral) or not node.text.isdigit():
        raise context.not_supported("a size that is no whole number", node)
    return sign + node.text
