"""The SQL client on Oracle Database: bind variables, cursors, and what DESCRIBE and SHOW ERRORS ask."""

from __future__ import annotations

import io
from typing import Any

from loader.client import Client
from loader.database.oracle import OracleDatabase
from tests.oracle import wire
from tests.oracle.engines import Script, table
from tests.oracle.server import Answer, Rows
from tests.oracle.wire import Column, RefCursor


def texts(*names: str) -> list[Column]:
    return [Column(wire.VARCHAR, name) for name in names]


def numbers(*names: str) -> list[Column]:
    return [Column(wire.NUMBER, name, 22) for name in names]


def run(database: OracleDatabase, text: str) -> tuple[str, str]:
    """What a script prints, and its errors."""
    out, errors = io.StringIO(), io.StringIO()
    client = Client(database, out, errors)
    client.settings.serveroutput = False
    client.run(text)
    return out.getvalue(), errors.getvalue()


def test_a_bind_variable_goes_to_the_database_and_comes_back(oracle: OracleDatabase, script: Script) -> None:
    sent = []

    def answer(binds: dict[str, object]) -> Answer:
        sent.append(binds)
        return Answer(out={"n": 7})

    script.on(":n :=", answer)
    out, errors = run(oracle, "variable n number = 6\nexec :n := :n + 1\nprint n")
    assert errors == ""
    assert [{name.lower(): int(str(value)) for name, value in binds.items()} for binds in sent] == [{"n": 6}]
    assert out.endswith("N\n-\n7\n")


def test_a_cursor_variable_is_printed_as_a_table(oracle: OracleDatabase, script: Script) -> None:
    def answer(_: object) -> Answer:
        rows = Rows([*numbers("ONE"), *texts("PART")], iter([[1, "탱크"]]))
        return Answer(out={"rc": RefCursor(rows)})

    script.on("open :rc", answer)
    out, errors = run(oracle, "variable rc refcursor\nexec open :rc for select 1 from dual\nprint rc\nprint rc")
    assert "ONE  PART\n---  ----\n  1  탱크\n\n1 row selected." in out
    assert "SP2-0625" in errors


def test_describe_of_a_table_that_a_synonym_leads_to(oracle: OracleDatabase, script: Script) -> None:
    script.on(
        "all_objects",
        lambda binds: table(texts("OBJECT_TYPE"), *([["TABLE"]] if binds["owner"] == "THEIRS" else [])),
    )
    script.on("all_synonyms", lambda _: table(texts("TABLE_OWNER", "TABLE_NAME"), ["THEIRS", "T"]))
    columns = [
        *texts("COLUMN_NAME", "NULLABLE", "DATA_TYPE"),
        *numbers("DATA_LENGTH", "CHAR_LENGTH"),
        *texts("CHAR_USED"),
        *numbers("DATA_PRECISION", "DATA_SCALE"),
    ]
    rows = [
        ["A", "N", "NUMBER", 22, 0, None, 8, 2],
        ["B", "Y", "VARCHAR2", 40, 10, "C", None, None],
        ["C", "Y", "VARCHAR2", 8, 8, "B", None, None],
        ["D", "Y", "NUMBER", 22, 0, None, None, 0],
        ["E", "Y", "NUMBER", 22, 0, None, None, None],
        ["F", "Y", "FLOAT", 22, 0, None, 126, None],
        ["G", "Y", "TIMESTAMP(6)", 11, 0, None, None, 6],
        ["H", "Y", "NVARCHAR2", 20, 10, "C", None, None],
    ]
    script.on("all_tab_columns", lambda _: table(columns, *rows))
    out, errors = run(oracle, "desc s")
    assert errors == ""
    assert [line.split()[-1] for line in out.splitlines()[2:]] == [
        "NUMBER(8,2)", "CHAR)", "VARCHAR2(8)", "NUMBER(38)", "NUMBER", "FLOAT(126)", "TIMESTAMP(6)", "NVARCHAR2(10)",
    ]  # fmt: skip
    assert " A                                         NOT NULL NUMBER(8,2)" in out


def test_describe_of_a_package(oracle: OracleDatabase, script: Script) -> None:
    script.on("all_objects", lambda _: table(texts("OBJECT_TYPE"), ["PACKAGE"]))
    script.on(
        "all_procedures", lambda _: table([*texts("PROCEDURE_NAME"), *numbers("SUBPROGRAM_ID")], ["F", 1], ["P", 2])
    )
    columns = [*numbers("SUBPROGRAM_ID", "POSITION"), *texts("ARGUMENT_NAME", "DATA_TYPE", "IN_OUT", "DEFAULTED")]
    rows: list[list[Any]] = [
        [1, 0, None, "REF CURSOR", "OUT", "N"],
        [1, 1, "P_N", "PL/SQL BOOLEAN", "IN", "Y"],
    ]
    script.on("all_arguments", lambda _: table(columns, *rows))
    out, errors = run(oracle, "desc pk")
    assert errors == ""
    assert out.splitlines() == [
        "FUNCTION F RETURNS REF CURSOR",
        " Argument Name                  Type                    In/Out Default?",
        " ------------------------------ ----------------------- ------ --------",
        " P_N                            BOOLEAN                 IN     DEFAULT",
        "PROCEDURE P",
    ]


def test_show_errors_asks_for_the_unit_that_was_created(oracle: OracleDatabase, script: Script) -> None:
    asked = []

    def answer(binds: dict[str, object]) -> Answer:
        asked.append(binds)
        columns = [*texts("TYPE", "NAME"), *numbers("LINE", "POSITION"), *texts("TEXT")]
        return table(columns, ["PACKAGE BODY", "PK", 3, 5, "PLS-00201: identifier 'NOTHING' must be declared"])

    script.on("all_errors", answer)
    out, _ = run(oracle, "create or replace package body pk as end;\n/\nshow errors")
    assert asked[-1] == {"owner": "IMAGES", "name": "PK", "kind": "PACKAGE BODY"}
    assert "Errors for PACKAGE BODY PK:" in out
    assert "3/5      PLS-00201: identifier 'NOTHING' must be declared" in out
