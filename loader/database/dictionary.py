"""What DESCRIBE and SHOW ERRORS read of the data dictionary: the same queries on Oracle and on the embedded engine.

Database Reference: ALL_OBJECTS, ALL_SYNONYMS, ALL_TAB_COLUMNS, ALL_PROCEDURES, ALL_ARGUMENTS, ALL_ERRORS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from engine.words import capitals
from loader.database.base import (
    ArgumentDescription,
    ColumnDescription,
    CompileError,
    Description,
    RoutineDescription,
)

# Runs a query whose parameters are :name; its rows.
Select = Callable[..., list[tuple[Any, ...]]]
# Oracle's spelling of a vector column's type, of its owner, table and name.
VectorType = Callable[[str, str, str], str]

_PART = re.compile(r'\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s."]+))\s*(?P<dot>\.|$)')
_RELATIONS = ("TABLE", "VIEW", "MATERIALIZED VIEW")
_ROUTINES = ("PROCEDURE", "FUNCTION")
_CHARACTERS = ("VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "RAW")
# How DESCRIBE shows the types of PL/SQL.
_SHOWN = {
    "PL/SQL BOOLEAN": "BOOLEAN",
    "PL/SQL RECORD": "RECORD",
    "PL/SQL TABLE": "TABLE",
    "PL/SQL PLS INTEGER": "BINARY_INTEGER",
}


def describe(select: Select, name: str, schema: str, vector_type: VectorType) -> Description | None:
    """What there is of that name, [schema.]object or [schema.]package.routine; None if nothing, or no name."""
    for owner, target, member in _meanings(_parts(name), schema):
        found = _object(select, owner, target)
        if found is None:
            continue
        owner, target, kind = found
        if kind in _RELATIONS and not member:
            return Description(columns=tuple(_columns(select, owner, target, vector_type)))
        routines = _routines(select, owner, target, member, in_package=kind == "PACKAGE")
        if (kind == "PACKAGE" and (routines or not member)) or (kind in _ROUTINES and not member):
            return Description(routines=tuple(routines))
    return None


def compile_errors(select: Select, schema: str, kind: str, name: str) -> list[CompileError]:
    """The rows of ALL_ERRORS of one unit, or of all of the schema where no name is given."""
    named = {"name": name, "kind": kind} if name else {}
    rows = select(
        "select type, name, line, position, text from all_errors where owner = :owner"  # noqa: S608
        f"   {'and name = :name and type = :kind' if named else ''}"
        "   and attribute = 'ERROR' order by name, type, sequence",
        owner=schema,
        **named,
    )
    return [CompileError(row[0], row[1], int(row[2]), int(row[3]), row[4].strip()) for row in rows]


def _parts(name: str) -> list[str]:
    """The parts of a dotted name as the dictionary spells them; none where it is not one."""
    parts: list[str] = []
    position = 0
    while found := _PART.match(name, position):
        parts.append(found["quoted"] or capitals(found["plain"]))
        position = found.end()
        if not found["dot"]:
            break
    return parts if position == len(name) and not name.rstrip().endswith(".") else []


def _meanings(parts: list[str], schema: str) -> Iterator[tuple[str, str, str]]:
    """What a name may stand for: owner, object, and routine of a package."""
    match parts:
        case [target]:
            yield schema, target, ""
        case [first, second]:
            yield schema, first, second
            yield first, second, ""
        case [owner, package, routine]:
            yield owner, package, routine


def _object(select: Select, owner: str, name: str) -> tuple[str, str, str] | None:
    """Owner, name and type of the object, which a synonym may lead to."""
    wanted = ", ".join(f"'{kind}'" for kind in (*_RELATIONS, *_ROUTINES, "PACKAGE"))
    query = (
        "select object_type from all_objects where owner = :owner and object_name = :name"  # noqa: S608
        f"   and object_type in ({wanted}) order by object_type desc"
    )
    if rows := select(query, owner=owner, name=name):
        return owner, name, rows[0][0]
    aliases = select(
        "select table_owner, table_name from all_synonyms where owner in (:owner, 'PUBLIC') and synonym_name = :name"
        "   and table_owner is not null order by case owner when 'PUBLIC' then 2 else 1 end",
        owner=owner,
        name=name,
    )
    for target_owner, target in aliases:
        if rows := select(query, owner=target_owner, name=target):
            return target_owner, target, rows[0][0]
    return None


def _columns(select: Select, owner: str, table: str, vector_type: VectorType) -> Iterator[ColumnDescription]:
    # An invisible column has no COLUMN_ID, and DESCRIBE leaves it out.
    rows = select(
        "select column_name, nullable, data_type, data_length, char_length, char_used, data_precision, data_scale"
        "  from all_tab_columns where owner = :owner and table_name = :name and column_id is not null"
        " order by column_id",
        owner=owner,
        name=table,
    )
    for name, nullable, kind, *sizes in rows:
        shown = vector_type(owner, table, name) if kind == "VECTOR" else type_text(kind, *sizes)
        yield ColumnDescription(name, shown, nullable == "Y")


def type_text(
    kind: str, length: int, characters: int, unit: str | None, precision: int | None, scale: int | None
) -> str:
    """A column's type as DESCRIBE spells it."""
    if kind in _CHARACTERS:
        return f"{kind}({characters} CHAR)" if unit == "C" and kind[0] != "N" else f"{kind}({characters or length})"
    if kind == "NUMBER" and (precision is not None or scale == 0):
        return f"NUMBER({38 if precision is None else precision}{f',{scale}' if scale else ''})"
    if kind == "FLOAT":
        return f"FLOAT({precision})"
    return kind


def _routines(select: Select, owner: str, target: str, member: str, *, in_package: bool) -> list[RoutineDescription]:
    """The routines of a package in the order of their names, or the one that stands alone."""
    named = "procedure_name" if in_package else "object_name"
    routines = select(
        f"select {named}, subprogram_id from all_procedures"  # noqa: S608
        f" where owner = :owner and object_name = :name and {named} is not null"
        f"   {f'and {named} = :member' if member else ''} order by {named}, subprogram_id",
        owner=owner,
        name=target,
        **({"member": member} if member else {}),
    )
    arguments = select(
        "select subprogram_id, position, argument_name, data_type, in_out, defaulted"  # noqa: S608
        "  from all_arguments where owner = :owner"
        f"   and {'package_name = :name' if in_package else 'package_name is null and object_name = :name'}"
        "   and data_level = 0 order by subprogram_id, sequence",
        owner=owner,
        name=target,
    )
    found = []
    for name, number in routines:
        own = [row[1:] for row in arguments if row[0] == number]
        # Position 0 is a function's result.
        returns = next((str(_SHOWN.get(row[2], row[2])) for row in own if row[0] == 0), None)
        formals = tuple(
            ArgumentDescription(str(argument), str(_SHOWN.get(kind, kind)), mode, defaulted == "Y")
            for position, argument, kind, mode, defaulted in own
            if position > 0 and argument is not None
        )
        found.append(RoutineDescription(name, formals, returns))
    return found
