"""Names: which thing a reference means, and what becomes of it."""

from __future__ import annotations

from engine.emit import calls, collections
from engine.emit.catalogue import Package
from engine.emit.context import Context
from engine.emit.fragment import Fragment, Part
from engine.emit.functions import CONSTANTS
from engine.emit.literals import literal
from engine.emit.values import emit_expression
from engine.supplied.functions import PSEUDO_COLUMNS
from engine.tree import expressions as tree
from engine.tree.base import Name

# A sequence's next or last number, by Oracle's name of it.
SEQUENCE_VALUES = {"NEXTVAL": "nextval", "CURRVAL": "currval"}


def column_type(name: str, qualifier: str, context: Context) -> str | None:
    """PostgreSQL's type of a column that the query blocks around see; None where none of them surely has it.

    The type is "" where it is not known. A block whose sources are not all known may have the column: those around it
    are then not asked.
    """
    if not qualifier and name in context.aliases:
        return context.aliases[name]
    for sources in reversed(context.blocks):
        unknown = False
        for source in sources:
            if qualifier not in ("", source.alias):
                continue
            if source.columns is None:
                unknown = True
            elif name in source.columns:
                return source.columns[name]
            elif qualifier:
                return None
        if unknown:
            return None
    return None


def plain_type(node: tree.Reference, context: Context) -> str | None:
    """The type of a column that a reference names, with or without its table's alias."""
    if len(node.parts) > 2:
        return None
    names = [context.known(part) for part in node.parts]
    return column_type(names[-1], names[0] if len(names) == 2 else "", context)


def is_source(name: str, context: Context) -> bool:
    """Whether this is the alias of a source that the query blocks around see."""
    return any(source.alias == name for sources in context.blocks for source in sources)


def package_of(node: tree.Reference, context: Context) -> Package | None:
    """The package whose member a reference of two parts names."""
    if len(node.parts) != 2:
        return None
    first = context.known(node.parts[0])
    if first in context.variables or is_source(first, context):
        return None
    if context.package is not None and context.package.name == first:
        return context.package
    return context.catalogue.package(first)


def constant_package(node: tree.Reference, context: Context) -> Package | None:
    """The package of whose constants a reference names one."""
    package = package_of(node, context) if len(node.parts) == 2 else context.package
    member = context.known(node.parts[-1])
    return package if package is not None and member in package.constants else None


def means_column(node: tree.Reference, context: Context) -> bool:
    """Whether a reference is a column or a variable and nothing else, so that its name heads its column."""
    if node.link or _word(node) in CONSTANTS or _word(node) == "ROWNUM":
        return False
    return package_of(node, context) is None and not calls.is_call(node, context)


@emit_expression.emits(tree.Reference, "parts", link="a database link")
def _reference(node: tree.Reference, context: Context) -> Fragment:
    if plain_type(node, context) is not None:
        return _spelled(node.parts, context)
    first = context.known(node.parts[0])
    variable = context.variables.get(first)
    if variable is not None:
        if variable.defined is not None and variable.defined.element is not None and len(node.parts) > 1:
            return collections.emit_method(node.parts, None, node, context)
        text = variable.text or context.spelled(node.parts[0])
        return Fragment(text, *_fields(node.parts[1:], context))
    if len(node.parts) == 1:
        return _word_value(node, context)
    return _member(node, context)


def _word(node: tree.Reference) -> str:
    """A single word that is not quoted; "" for other references."""
    return node.parts[0].value if len(node.parts) == 1 and not node.parts[0].quoted else ""


def _word_value(node: tree.Reference, context: Context) -> Fragment:
    word = _word(node)
    if word in CONSTANTS:
        return Fragment((CONSTANTS[word][0], node))
    if word in ("SQLCODE", "SQLERRM"):
        return _error_value(word, node, context)
    if word == "ROWNUM" and context.rownum:
        return Fragment((context.rownum, node))
    if word in PSEUDO_COLUMNS:
        raise context.not_supported(f"{word} at this place", node)
    if calls.is_call(node, context):
        return calls.emit_function_call(node, (), context)
    package = constant_package(node, context)
    return _constant(package, node, context) if package is not None else context.spelled(node.parts[0])


def _error_value(word: str, node: tree.Reference, context: Context) -> Fragment:
    if not context.in_handler:
        raise context.not_supported(f"{word} outside an exception handler", node)
    text = "ora.sqlcode(sqlstate)" if word == "SQLCODE" else "ora.sqlerrm(sqlstate, sqlerrm)"
    return Fragment((text, node))


def _member(node: tree.Reference, context: Context) -> Fragment:
    """A reference of several parts that is no column and no variable that is known."""
    package = package_of(node, context)
    if package is not None:
        if constant_package(node, context) is not None:
            return _constant(package, node, context)
        return calls.emit_function_call(node, (), context)
    last = node.parts[-1]
    if last.value in SEQUENCE_VALUES and not last.quoted and not is_source(context.known(node.parts[0]), context):
        return _sequence(node, context)
    if context.in_sql and last.value in ("ROWID", "ORA_ROWSCN") and not last.quoted:
        raise context.not_supported(f"{last.value} at this place", node)
    return _spelled(node.parts, context)


def _sequence(node: tree.Reference, context: Context) -> Fragment:
    if len(node.parts) > 2:
        raise context.not_supported(f"the schema name {node.parts[0].value}", node, "leave it out")
    function = SEQUENCE_VALUES[node.parts[-1].value]
    # As text, so that the sequence is looked up when the number is asked for.
    name = literal(context.spell(context.known(node.parts[0])))
    return Fragment((f"{function}({name}::regclass)", node))


def _constant(package: Package, node: tree.Reference, context: Context) -> Fragment:
    member = context.spell(context.known(node.parts[-1]))
    return Fragment((f"{context.spell(package.name)}.{member}()", node))


def _spelled(parts: tuple[Name, ...], context: Context) -> Fragment:
    return Fragment(context.spelled(parts[0]), *_fields(parts[1:], context))


def _fields(parts: tuple[Name, ...], context: Context) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        found += (".", context.spelled(part))
    return found
