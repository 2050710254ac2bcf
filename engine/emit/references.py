"""Names: which thing a reference means, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

from engine.emit import calls, collections, json_dots
from engine.emit.catalogue import Package
from engine.emit.context import Context, Variable
from engine.emit.fragment import Fragment, Part
from engine.emit.functions import CONSTANTS
from engine.emit.literals import literal
from engine.emit.package_variables import variable_of
from engine.emit.values import emit_expression
from engine.emit.visible import is_source, plain_type
from engine.supplied.functions import PSEUDO_COLUMNS
from engine.supplied.packages import may_be_supplied
from engine.tree import expressions as tree
from engine.tree.base import Name

# Pseudocolumns of object tables, which do not run here, that are columns of the data dictionary.
_OF_THE_DICTIONARY = frozenset(("OBJECT_ID",))
# What a handler's SQLCODE and SQLERRM are made of: PL/pgSQL's own, and what the handler keeps (blocks.py).
ERROR_CONTEXT, ERROR_FIELDS = '"error context"', ("constraint", "table", "column", "detail")
ERROR_VALUES = {
    "SQLCODE": f"ora.sqlcode(sqlstate, sqlerrm, {ERROR_CONTEXT})",
    "SQLERRM": f"ora.sqlerrm(sqlstate, sqlerrm, {ERROR_CONTEXT}, jsonb_build_object("
    + ", ".join(f"'{name}', \"error {name}\"" for name in ERROR_FIELDS)
    + "))",
}
# A sequence's next or last number, by Oracle's name of it.
SEQUENCE_VALUES = {"NEXTVAL": "nextval", "CURRVAL": "currval"}


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


def package_variable(node: tree.Reference, context: Context) -> Variable | None:
    """The variable of a package of which a reference names a part."""
    package = package_of(replace(node, parts=node.parts[:2]), context)
    name = context.known(node.parts[1])
    return variable_of(package, name, context) if package is not None and name in package.variables else None


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
    dots = json_dots.read(node, context)
    if dots is not None:
        return json_dots.emit(dots, context)
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
    if word in PSEUDO_COLUMNS and word not in _OF_THE_DICTIONARY:
        raise context.not_supported(f"{word} at this place", node)
    if calls.is_call(node, context):
        return calls.emit_function_call(node, (), context)
    package = constant_package(node, context)
    return _constant(package, node, context) if package is not None else context.spelled(node.parts[0])


def _error_value(word: str, node: tree.Reference, context: Context) -> Fragment:
    if not context.in_handler and not context.unit.name and context.in_unit:
        return Fragment(("0" if word == "SQLCODE" else literal("ORA-0000: normal, successful completion"), node))
    if not context.in_handler:
        raise context.not_supported(f"{word} outside an exception handler", node)
    return Fragment((ERROR_VALUES[word], node))


def _member(node: tree.Reference, context: Context) -> Fragment:
    """A reference of several parts that is no column and no variable that is known."""
    package = package_of(node, context)
    if package is not None:
        if constant_package(node, context) is not None:
            return _constant(package, node, context)
        return calls.emit_function_call(node, (), context)
    variable = package_variable(node, context)
    if variable is not None and variable.text is not None:
        if variable.defined is not None and variable.defined.element is not None:
            raise context.not_supported("a method of a package's collection outside of the package", node)
        return Fragment(variable.text, *_fields(node.parts[2:], context))
    last = node.parts[-1]
    if last.value in SEQUENCE_VALUES and not last.quoted and not is_source(context.known(node.parts[0]), context):
        return _sequence(node, context)
    if not is_source(context.known(node.parts[0]), context) and may_be_supplied(node.parts[0].value):
        raise context.not_supported(".".join(part.value for part in node.parts), node)
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
