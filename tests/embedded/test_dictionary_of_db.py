"""The data dictionary holds every object of db/ as its text has it. The texts are read by the parser alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.catalogue.objects import PackageEntry, Relation
from engine.tree.base import DataType, Statement
from engine.tree.ddl import AlterTable, CreateTable, CreateView, RenameItem
from engine.tree.plsql import Routine
from engine.tree.types import BuiltinType, VectorType
from engine.tree.units import CreatePackage, CreatePackageBody
from tests.engine.check.programs import files, statements
from tests.engine.check.programs import installed as read

Query = Callable[[str], list[tuple[Any, ...]]]

pytestmark = pytest.mark.usefixtures("embedded_only", "installed")

KINDS: dict[type[Statement], str] = {
    CreateTable: "TABLE",
    CreateView: "VIEW",
    CreatePackage: "PACKAGE",
    CreatePackageBody: "PACKAGE BODY",
}


def created() -> dict[tuple[str, str], str]:
    """The texts of what db/ creates and keeps, by kind and name."""
    found: dict[tuple[str, str], str] = {}
    for path in files():
        for text, tree in statements(path):
            if isinstance(tree, AlterTable):
                for renamed in tree.actions:
                    if isinstance(renamed, RenameItem) and renamed.old is None:
                        found["TABLE", renamed.new.value] = found.pop(("TABLE", tree.name.name.value))
            elif isinstance(tree, CreateTable | CreateView | CreatePackage | CreatePackageBody):
                found[KINDS[type(tree)], tree.name.name.value] = text
    return {(kind, name): text for (kind, name), text in found.items() if read().find(name) is not None}


OBJECTS = created()
TABLES = sorted(name for kind, name in OBJECTS if kind == "TABLE")
PACKAGES = sorted(name for kind, name in OBJECTS if kind == "PACKAGE")


def relation(name: str) -> Relation:
    found = read().find(name)
    assert isinstance(found, Relation)
    return found


def shown(datatype: DataType | None) -> str:
    """A type as USER_TAB_COLUMNS names it (Database Reference, ALL_TAB_COLUMNS: DATA_TYPE)."""
    if isinstance(datatype, VectorType):
        return "VECTOR"
    assert isinstance(datatype, BuiltinType)
    first, _, rest = datatype.name.partition(" ")
    return f"TIMESTAMP(6) {rest}".rstrip() if first == "TIMESTAMP" else datatype.name


def test_each_object_is_there_and_valid(query: Query) -> None:
    kinds = ", ".join(f"'{kind}'" for kind in KINDS.values())
    found = query(
        f"select object_type, object_name from all_objects where object_type in ({kinds}) and status = 'VALID'"
    )
    assert set(found) == set(OBJECTS)
    assert query("select name, text from user_errors") == []
    assert query("select table_name from all_tables where status <> 'VALID'") == []


def test_each_object_has_its_times(query: Query) -> None:
    times = query("select created, last_ddl_time, timestamp from user_objects")
    assert all(value is not None for row in times for value in row)
    assert all(created <= changed and f"{changed:%Y-%m-%d:%H:%M:%S}" == text for created, changed, text in times)


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_table(table: str, query: Query) -> None:
    rows = query(
        "select column_name, data_type, nullable, column_id from user_tab_columns"
        f" where table_name = '{table}' order by column_id nulls last, column_name"
    )
    columns = relation(table).columns or ()
    visible = [column for column in columns if not column.hidden]
    assert {row[:2] for row in rows} == {(column.name, shown(column.datatype)) for column in columns}
    assert [row[0] for row in rows if row[3] is not None] == [column.name for column in visible]
    nullable = {name: value for name, _, value, _ in rows}
    assert all(nullable[column.name] == "N" for column in columns if column.not_null)


@pytest.mark.parametrize("table", TABLES)
def test_the_constraints_of_a_table(table: str, query: Query) -> None:
    rows = query(
        "select constraint_name, constraint_type, index_name, r_constraint_name from user_constraints"
        f" where table_name = '{table}' and generated = 'USER NAME'"
    )
    assert [row[1] for row in rows].count("P") == 1
    assert all((index is not None) == (kind in "PU") for _, kind, index, _ in rows)
    assert all((other is not None) == (kind == "R") for _, kind, _, other in rows)
    columns = query(f"select constraint_name, column_name from user_cons_columns where table_name = '{table}'")
    assert {row[0] for row in rows if row[1] != "C"} <= {row[0] for row in columns}
    assert {row[1] for row in columns} <= {column.name for column in relation(table).columns or ()}


@pytest.mark.parametrize(("kind", "name"), sorted(key for key in OBJECTS if key[0].startswith("PACKAGE")))
def test_the_source_of_a_package(kind: str, name: str, query: Query) -> None:
    lines = query(f"select line, text from user_source where name = '{name}' and type = '{kind}' order by line")
    assert [line for line, _ in lines] == list(range(1, len(lines) + 1))
    assert OBJECTS[kind, name].lower().endswith("".join(text for _, text in lines).lower())
    assert str(lines[0][1]).lower().startswith("package")


@pytest.mark.parametrize("name", PACKAGES)
def test_the_routines_and_arguments_of_a_package(name: str, query: Query) -> None:
    entry = read().find(name)
    assert isinstance(entry, PackageEntry)
    assert entry.specification is not None
    routines = [item for item in entry.specification.declarations if isinstance(item, Routine)]
    found = query(
        f"select procedure_name from user_procedures where object_name = '{name}' and subprogram_id > 0"
        " order by subprogram_id"
    )
    assert [row[0] for row in found] == [routine.name.name.value for routine in routines]
    arguments = query(
        "select subprogram_id, argument_name, in_out, defaulted from user_arguments"
        f" where package_name = '{name}' and position > 0 order by subprogram_id, position"
    )
    assert arguments == [
        (index, p.name.value, p.mode.replace(" ", "/") or "IN", "N" if p.default is None else "Y")
        for index, routine in enumerate(routines, 1)
        for p in routine.parameters
    ]
    results = query(f"select subprogram_id from user_arguments where package_name = '{name}' and position = 0")
    assert {row[0] for row in results} == {i for i, routine in enumerate(routines, 1) if routine.result is not None}
