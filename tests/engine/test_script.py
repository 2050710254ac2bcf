"""A script cut where SQL*Plus cuts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SourceError
from engine.script import StatementKind, begins_unit, split

SCRIPT = """
-- ; a comment
select 'a;b', q'[it's; /]' from dual;
create or replace package p as
  c constant varchar2(9) := ';';
end;
/
begin null; /* ;
/
*/ end;
/
set serveroutput on
exec p.x('a;b');
insert into t values (1 / 2)
/
"""


def test_a_script_is_split_where_oracle_splits_it() -> None:
    statements = list(split(SCRIPT))
    assert [(s.kind, s.line, s.command) for s in statements] == [
        (StatementKind.SQL, 3, ""),
        (StatementKind.PLSQL, 4, ""),
        (StatementKind.PLSQL, 8, ""),
        (StatementKind.COMMAND, 12, "set"),
        (StatementKind.COMMAND, 13, "execute"),
        (StatementKind.SQL, 14, ""),
    ]
    assert statements[5].text == "insert into t values (1 / 2)"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        list(split(text, "f.sql"))
    except SourceError as error:
        assert error.source == "f.sql"
        assert 1 <= error.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("desc t", "describe"), ("describe t", "describe"), ("COL a format a10", "column"), ("spo x.txt", "spool"),
        ("sta x", "include"), ("@x", "include"), ("@@x", "include_beside"), ("quit", "exit"), ("rem 'it", "remark"),
        ("set long 9", "set"), ("var x number", "variable"), ("!ls", "host"), ("exec\tp", "execute"),
    ],
)  # fmt: skip
def test_a_command_is_known_by_its_abbreviations(line: str, command: str) -> None:
    assert [(s.kind, s.command) for s in split(line)] == [(StatementKind.COMMAND, command)]


def test_statements_of_sql_that_begin_like_a_command_are_sql() -> None:
    assert [s.kind for s in split("set transaction read only; set constraints all deferred;")] == [
        StatementKind.SQL
    ] * 2


def test_a_query_with_functions_ends_at_the_slash() -> None:
    text = "with function f return number is begin return 1; end;\nselect f from dual\n/\nselect 2 from dual;"
    assert [s.line for s in split(text)] == [1, 4]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("begin null; end;", True), ("<<x>> begin null; end;", True), ("declare x number;", True),
        ("create or replace editionable package body p as end;", True), ("create type t as object (a number);", True),
        ("create trigger t", True), ("create procedure p", True), ("create table package (a number)", False),
        ("select 1 from dual", False), ("", False), ("create", False), ("-- x\n/* y */ begin", True),
    ],
)  # fmt: skip
def test_what_begins_a_unit(text: str, unit: bool) -> None:
    assert begins_unit(text) is unit


def test_java_and_javascript_may_hold_semicolons() -> None:
    text = "create or replace and compile java source named c as\nclass C { int a; }\n/\n" + (
        "create mle module m language javascript as\nlet a = 1;\n/\nselect 1 from dual;"
    )
    assert [(found.kind, found.line) for found in split(text)] == [
        (StatementKind.PLSQL, 1),
        (StatementKind.PLSQL, 4),
        (StatementKind.SQL, 7),
    ]
