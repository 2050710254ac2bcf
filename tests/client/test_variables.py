"""Substitution variables, and bind variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from loader.client import Client
from tests.client.conftest import Shell

# SQL*Plus User's Guide, "Using Substitution Variables".


def test_a_defined_variable_is_put_into_statements_commands_and_literals(shell: Shell) -> None:
    out, errors = shell(
        "define t = dual\ndefine x='a b'\nselect '&x.c' as v from &t where 1 = 1\nand '&&X' = 'a b';\nprompt <&x>\n"
    )
    assert errors == ""
    assert "a bc" in out
    assert "<a b>" in out


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("define x = 1\ndefine x", 'DEFINE X               = "1" (CHAR)'),
        ("define y = 2\ndefine x = 1\ndefine", 'DEFINE X               = "1" (CHAR)\nDEFINE Y               = "2"'),
        ("define x = 1\ndefine X = 2\nprompt &x", "2"),
        ("set define ^\ndefine x = 1\nprompt ^x &x", "1 &x"),
        ("prompt a & b &", "a & b &"),
        ("set define off\nprompt R&D", "R&D"),
        ("set verify on\ndefine x = 1\nprompt &x", "old: prompt &x\nnew: prompt 1\n1"),
    ],
)
def test_what_define_shows_and_replaces(shell: Shell, script: str, shown: str) -> None:
    out, errors = shell(script)
    assert errors == ""
    assert shown in out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("define nothing", "SP2-0135: symbol nothing is UNDEFINED"),
        ("undefine nothing", "SP2-0135: symbol nothing is UNDEFINED"),
        ("define x y", "SP2-0136: DEFINE requires an equal sign"),
        ("define x =", "SP2-0137: DEFINE requires a value"),
        ("accept", "SP2-0003: Ill-formed ACCEPT command"),
        ("accept x prompt 'Name: ' hide", "SP2-0546: nobody can be asked here"),
        ("select &x from dual;", "SP2-0135: symbol x is UNDEFINED: DEFINE x = VALUE first, or SET DEFINE OFF"),
        ("exec p(&x)", "SP2-0135"),
        ("begin\n  null;\n  -- R&D\n  p('&x');\nend;\n/", "symbol x is UNDEFINED"),
    ],
)
def test_a_variable_without_a_value_is_refused_and_what_follows_is_run(
    shell: Shell, client: Client, line: str, message: str
) -> None:
    out, errors = shell(f"{line}\nselect 42 as n from dual;")
    assert errors.startswith("ERROR line 1: ")
    assert message in errors
    assert "42" in out
    assert client.failed


def test_what_undefine_forgets_is_undefined(shell: Shell) -> None:
    assert "symbol x is UNDEFINED" in shell("define x = 1\nundefine x\nprompt &x")[1]


def test_accept_takes_its_default_where_nobody_can_be_asked(shell: Shell) -> None:
    assert shell("accept n number default 7 prompt 'How many: '\nprompt &n") == ("7\n", "")


def test_a_comment_calls_no_variable(shell: Shell) -> None:
    assert shell("-- R&D\n/* &x */\nrem R&&D\nselect 1 -- one\n-- R&D\nas n from dual;")[1].count("SP2-0135") == 1


def test_a_script_has_arguments(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "inner.sql").write_text("prompt <&1> <&2>\n")
    (tmp_path / "outer.sql").write_text("prompt [&1]\n@@inner 'b c' d\n")
    assert shell(f'@"{tmp_path}/outer" a\nstart {tmp_path}/inner.sql x y') == ("[a]\n<b c> <d>\n<x> <y>\n", "")


# Bind variables


def test_a_block_gives_a_bind_variable_its_value_and_a_query_takes_it(shell: Shell) -> None:
    out, errors = shell(
        "variable n number\nvariable t varchar2(20)\nexec :n := 1.5; :t := 'it''s'\nbegin\n  :n := :n + :N;\nend;\n/\n"
        "print n t\nselect :n + 1 as x, :t as y from dual where :t = 'it''s';\n"
    )
    assert errors == ""
    assert "N\n-\n3\n" in out
    assert "T\n----\nit's\n" in out
    assert "X  Y\n-  ----\n4  it's" in out


def test_return_leaves_the_values_that_were_set(shell: Shell) -> None:
    out, errors = shell("var n number\nbegin :n := 1; if :n = 1 then return; end if; :n := 2; end;\n/\nprint")
    assert errors == ""
    assert "N\n-\n1\n" in out


@pytest.mark.parametrize(
    ("declared", "value", "shown"),
    [
        ("number", "-0.5", "-.5"),
        ("varchar2(5)", "'가나다'", "가나다"),
        ("clob", "'long'", "long"),
        ("binary_double", "0.25", "0.25"),
        ("boolean", "true", "TRUE"),
        ("vector", "'[1,0.5]'", "[1,0.5]"),
        ("number", "null", ""),
        ("varchar2(5)", "''", ""),
    ],
)
def test_a_variable_may_be_declared_with_its_value(shell: Shell, declared: str, value: str, shown: str) -> None:
    out, errors = shell(f"variable x {declared} = {value}\nset heading off\nprint x\nselect :x as x from dual;")
    assert errors == ""
    assert [line.strip() for line in out.splitlines()][:2] == [shown, shown]


def test_a_ref_cursor_is_printed_as_a_table_once(shell: Shell) -> None:
    out, errors = shell(
        "variable rc refcursor\nexec open :rc for select 1 as one, '탱크' as part from dual\nprint rc\nprint rc"
    )
    assert "ONE  PART\n---  ----\n  1  탱크\n\n1 row selected." in out
    assert 'line 4: SP2-0625: Error printing variable "rc": no cursor is open' in errors


def test_print_shows_all_but_what_can_not_be_shown(shell: Shell) -> None:
    out, errors = shell("variable a number = 1\nvariable rc refcursor\nvariable b number = 2\nprint")
    assert [line.strip() for line in out.splitlines()] == ["A", "-", "1", "B", "-", "2"]
    assert errors == 'ERROR line 4: SP2-0625: Error printing variable "rc": no cursor is open\n'


def test_autoprint_of_a_cursor_that_was_not_opened_is_an_error_and_no_more(shell: Shell) -> None:
    out, errors = shell("set autoprint on\nvar rc refcursor\nexec if :rc is null then null; end if\nprompt x")
    assert "SP2-0625" in errors
    assert out.endswith("x\n")


def test_autoprint_shows_what_a_block_has_used(shell: Shell) -> None:
    assert "N\n-\n7\n" in shell("set autoprint on\nvar n number\nvar m number\nexec :n := 7")[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("select :nothing from dual;", 'SP2-0552: Bind variable "NOTHING" not declared.'),
        ("print nothing", 'SP2-0552: Bind variable "NOTHING" not declared.'),
        ("variable nothing", "SP2-0552"),
        ("variable x date", "VARIABLE has no type DATE"),
        ("variable x number(3)", "takes no length"),
        ("variable x varchar2(40000)", "SP2-0676"),
        ("variable x varchar2(2) = 'abc'", "the value has 3 characters, and the variable holds 2"),
        ("variable x number = abc", "'abc' is not a valid number"),
        ("variable x number = nan", "'nan' is not a valid number"),
        ("variable x number = 1e126", "'1e126' is not a valid number"),
        ("variable x binary_double = 1e", "'1e' is not a valid number"),
        ("variable x varchar2(99999999999)", "SP2-0549: Usage: VARIABLE"),
        ("variable x boolean = 1", "is no BOOLEAN"),
        ("variable 1x number", "SP2-0549: Usage: VARIABLE"),
    ],
)
def test_a_wrong_bind_variable_is_refused(shell: Shell, client: Client, line: str, message: str) -> None:
    out, errors = shell(f"{line}\nselect 42 as n from dual;")
    assert message in errors
    assert "42" in out


def test_variable_tells_what_is_declared(shell: Shell) -> None:
    out, _ = shell("variable\nvariable n number\nvariable t varchar2(3 char)\nvariable\nvariable N")
    assert out.startswith("SP2-0568: No bind variables declared.\n")
    assert "variable   t\ndatatype   VARCHAR2(3)\n" in out
    assert out.endswith("variable   n\ndatatype   NUMBER\n")


def test_a_trigger_s_new_is_no_bind_variable(shell: Shell) -> None:
    assert "SP2-0552" not in shell("create trigger t before insert on x begin :new.a := 1; end;\n/")[1]


def test_exit_takes_a_bind_variable(client: Client) -> None:
    client.run("variable n number = 7\nexit :n")
    assert client.status == 7
