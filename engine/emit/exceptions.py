"""Exceptions of PL/SQL as SQLSTATEs."""

from __future__ import annotations

import hashlib
import string

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.tree import units
from engine.tree.base import Expression, Node, ObjectName, Place, Statement
from engine.tree.expressions import Argument, NumberLiteral, Reference, Unary
from engine.tree.plsql import ExceptionDeclaration, Pragma
from engine.tree.walk import descendants

_STATE_DIGITS = string.digits + string.ascii_uppercase

# Predefined exceptions as PL/pgSQL's conditions.
CONDITIONS = {
    "no_data_found": "no_data_found",
    "too_many_rows": "too_many_rows",
    "dup_val_on_index": "unique_violation",
    "zero_divide": "division_by_zero",
    "value_error": "string_data_right_truncation or numeric_value_out_of_range or invalid_text_representation"
    " or null_value_not_allowed or check_violation",
    "invalid_number": "invalid_text_representation",
    "case_not_found": "case_not_found",
    "cursor_already_open": "duplicate_cursor",
    "invalid_cursor": "invalid_cursor_name",
    "program_error": "sqlstate '06501'",
    "storage_error": "sqlstate '06500'",
    "rowtype_mismatch": "sqlstate '06504'",
    "access_into_null": "sqlstate '06530'",
    "timeout_on_resource": "sqlstate '00051'",
    "collection_is_null": "sqlstate 'ORUNI'",
    "subscript_outside_limit": "sqlstate 'ORLIM'",
    "subscript_beyond_count": "sqlstate 'ORCNT'",
}
# Those that RAISE can name, by SQLSTATE.
_RAISED = {
    "no_data_found": "P0002",
    "too_many_rows": "P0003",
    "dup_val_on_index": "23505",
    "zero_divide": "22012",
    "value_error": "22003",
    "invalid_number": "22P02",
    "case_not_found": "20000",
    "cursor_already_open": "42P03",
    "invalid_cursor": "34000",
    "program_error": "06501",
    "storage_error": "06500",
    "rowtype_mismatch": "06504",
    "access_into_null": "06530",
    "timeout_on_resource": "00051",
    "collection_is_null": "ORUNI",
    "subscript_outside_limit": "ORLIM",
    "subscript_beyond_count": "ORCNT",
}
# Oracle's own errors that EXCEPTION_INIT can name, by number.
ERRORS = {
    -1: "23505",  # unique constraint violated
    -60: "40P01",  # deadlock
    -1422: "P0003",  # exact fetch returns more rows
    -1476: "22012",  # divisor is equal to zero
    -2290: "23514",  # check constraint violated
    -54: "55P03",  # resource busy
    -955: "42P07",  # name is already used
    -1408: "42710",  # such column list already indexed
    -1418: "42704",  # specified index does not exist
    -49063: "49063",  # a vector index on vectors of different dimension counts
    -49064: "49064",  # a vector index on vectors of different storage types
    -51812: "51812",  # a distance of vectors of two formats
    -51902: "51902",  # a vector index on a column of different dimensions
    -51934: "51934",  # a vector index on a column of different storage types
    -51962: "51962",  # the vector memory area is out of space
    -51996: "51996",  # the vector memory is too small for the index
    -51998: "51998",  # the vector memory is too small for the index
    -52307: "52307",  # too little vector pool memory on a node
}


def application_sqlstate(number: int) -> str:
    """The SQLSTATE that stands for an error of RAISE_APPLICATION_ERROR, -20000 to -20999."""
    return f"OR{-number - 20000:03d}"


def declared_states(statement: Statement) -> dict[Place, str]:
    """The SQLSTATEs of the exceptions that a statement declares, by their places, until a pragma gives them others.

    They are made of the names of unit and exception, so that those of two packages differ.
    """
    found: dict[Place, str] = {}
    declared = [node for node in descendants(statement) if isinstance(node, ExceptionDeclaration)]
    for number, node in enumerate(declared):
        text = f"{type(statement).__name__} {_unit_name(statement)} {node.name.value} {number}"
        code = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        while (state := _user_state_of(code)) in found.values():
            code += 1
        found[node.place] = state
    return found


def _user_state_of(code: int) -> str:
    """One of the SQLSTATEs that no error number was given to: ORA-06510."""
    digits = [_STATE_DIGITS[code // len(_STATE_DIGITS) ** place % len(_STATE_DIGITS)] for place in range(3)]
    return "OU" + "".join(digits)


def _unit_name(statement: Statement) -> str:
    match statement:
        case units.CreatePackage(name=name) | units.CreatePackageBody(name=name):
            return name.name.value
        case units.CreateRoutine(routine=routine):
            return routine.name.name.value
    return ""


@reads(Pragma, "name arguments")
def initialised(pragma: Pragma, context: Context, declared: frozenset[str]) -> tuple[str, str]:
    """The exception of a PRAGMA EXCEPTION_INIT and its new SQLSTATE; `declared` are those of the same part."""
    if pragma.name.value != "EXCEPTION_INIT":
        raise context.not_supported(f"PRAGMA {pragma.name.value}", pragma)
    match pragma.arguments:
        case (Argument(name=None, value=Reference(parts=(name,))), Argument(name=None, value=number)):
            known = context.known(name)
            if known not in declared:
                raise context.fail(f"the exception {name.value} is not declared here", name)
            return known, _error_state(number, context)
    raise context.fail("EXCEPTION_INIT takes the name of an exception and an error number", pragma)


def _error_state(node: Expression, context: Context) -> str:
    match node:
        case Unary(operator="-", operand=NumberLiteral(text=text)) if text.isdigit():
            number = -int(text)
        case NumberLiteral(text=text) if text.isdigit():
            number = int(text)
        case _:
            raise context.fail("EXCEPTION_INIT takes an error number", node)
    if number in ERRORS:
        return ERRORS[number]
    if not -20999 <= number <= -20000:
        known = ", ".join(str(known) for known in ERRORS)
        raise context.not_supported(f"EXCEPTION_INIT of {number}", node, f"it knows -20000 to -20999 and {known}")
    return application_sqlstate(number)


def condition(name: ObjectName, context: Context) -> str:
    """What WHEN asks for in place of an exception."""
    state = _user_state(name, context)
    if state is not None:
        return f"sqlstate '{state}'"
    found = CONDITIONS.get(context.known(name.name)) if len(name.parts) == 1 else None
    if found is None:
        raise _undeclared(name, context)
    return found


def raised_state(name: ObjectName, context: Context) -> str:
    """The SQLSTATE that RAISE of an exception raises."""
    state = _user_state(name, context)
    if state is None and len(name.parts) == 1:
        state = _RAISED.get(context.known(name.name))
    if state is None:
        raise _undeclared(name, context)
    return state


def _user_state(name: ObjectName, context: Context) -> str | None:
    """The SQLSTATE of an exception that is declared in scope, in the package at hand or in another."""
    *qualifiers, last = (context.known(part) for part in name.parts)
    if name.link or len(qualifiers) > 1:
        raise _undeclared(name, context)
    if not qualifiers:
        own = context.package.exceptions.get(last) if context.package else None
        return context.exceptions.get(last, own)
    package = context.catalogue.package(qualifiers[0])
    if context.package is not None and context.package.name == qualifiers[0]:
        package = context.package
    return package.exceptions.get(last) if package is not None else None


def _undeclared(name: ObjectName, context: Context) -> Exception:
    written = ".".join(part.value for part in name.parts)
    return context.fail(f"the exception {written} is not declared", _first(name))


def _first(name: ObjectName) -> Node:
    return name.parts[0]
