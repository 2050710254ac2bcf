"""The SQL client, as a user pastes into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loader.client import Client
from loader.database import Database, Invalid, Result
from tests.client.conftest import Shell
from tests.db.helpers import insert_image


def test_a_query_gives_an_aligned_table(shell: Shell, installed: Database) -> None:
    insert_image(installed, "탱크", "good", [1, 0])
    insert_image(installed, "v", None, [0.5, 0])
    out, errors = shell("select part, quality, 1.50 as n, embedding from vw_image_demo1 order by image_id;")
    assert errors == ""
    lines = out.splitlines()
    assert lines[0].split() == ["PART", "QUALITY", "N", "EMBEDDING"]
    assert lines[2] == "탱크  good     1.5  [1,0]"
    assert lines[3] == "v              1.5  [0.5,0]"
    assert lines[-1] == "2 rows selected."


def test_no_rows(shell: Shell) -> None:
    assert shell("select * from image_demo1;")[0].strip().endswith("no rows selected")


def test_several_statements_blocks_and_comments(shell: Shell) -> None:
    out, errors = shell(
        "-- a comment; with a semicolon\nselect 1 as one from dual;\n/* another\n; */\n"
        "begin\n  dbms_output.put_line('a;b');\nend;\n/\nselect 'x;y' as two from dual\n/\n"
    )
    assert errors == ""
    assert "a;b\nPL/SQL procedure successfully completed." in out
    assert "x;y" in out


def test_exec_describe_and_prompt(shell: Shell) -> None:
    out, errors = shell(
        "prompt hello\nexec dbms_output.put_line('x' || 1)\ndesc vw_image_demo1\ndescribe image_demo1;\n"
    )
    assert errors == ""
    assert out.startswith("hello\nx1\n")
    assert "EMBEDDING" in out
    assert "JSON" in out


def test_describe_of_nothing_fails(shell: Shell, client: Client) -> None:
    assert "ORA-04043: Object NOTHING does not exist." in shell("desc nothing")[1]
    assert client.failed


def test_serveroutput_off_and_on(shell: Shell) -> None:
    out, _ = shell(
        "set serveroutput off\nexec dbms_output.put_line('hidden')\n"
        "set serveroutput on\nexec dbms_output.put_line('shown')"
    )
    assert "hidden" not in out
    assert "shown" in out


def test_an_error_has_line_and_column_and_the_script_goes_on(shell: Shell, client: Client) -> None:
    out, errors = shell("select 1 from dual;\n\nselect nothing\n  from image_demo1;\nselect 2 as two from dual;\n")
    assert "line 3, column 8" in errors
    assert "ORA-00904" in errors
    assert "TWO" in out
    assert client.failed


def test_whenever_sqlerror_exit_stops(shell: Shell, client: Client) -> None:
    out, _ = shell("whenever sqlerror exit failure rollback\nselect x from dual;\nselect 2 as two from dual;\n")
    assert "TWO" not in out
    assert client.failed


COUNT = "select count(*) from image_demo1"
INSERT = "insert into image_demo1 (metadata) values (json('{}'));\n"


@pytest.mark.parametrize(
    ("command", "status", "kept"),
    [
        # SQL*Plus User's Guide, WHENEVER SQLERROR and EXIT; without a status this client says 1, not SUCCESS.
        ("whenever sqlerror exit failure rollback", 1, 0),
        ("WHENEVER SQLERROR EXIT FAILURE COMMIT", 1, 1),
        ("whenever sqlerror exit warning", 2, 1),
        ("whenever sqlerror exit 7 rollback;", 7, 0),
        ("whenever sqlerror exit success rollback", 0, 0),
        ("whenever sqlerror exit rollback", 1, 0),
        ("whenever sqlerror exit sql.sqlcode rollback", 942 % 256, 0),
        ("whenever sqlerror continue rollback", 1, 0),
        ("whenever sqlerror continue commit", 1, 1),
        ("whenever sqlerror continue none", 1, 1),
        ("whenever sqlerror exit 1\nwhenever sqlerror continue", 1, 1),
        ("whenever oserror exit 3 rollback", 1, 1),
    ],
)
def test_whenever_sqlerror_does_what_it_says(
    client: Client, installed: Database, command: str, status: int, kept: int
) -> None:
    client.run(f"{command}\n{INSERT}select 1 from no_such_table;\n")
    installed.rollback()
    assert client.status == status
    assert list(installed.execute(COUNT).rows) == [(kept,)]


@pytest.mark.parametrize(
    ("command", "status", "kept"),
    [
        ("whenever oserror exit 3 rollback", 3, 0),
        ("whenever oserror exit failure", 1, 1),
        ("whenever oserror continue rollback", 1, 0),
        ("whenever sqlerror exit 4 rollback", 1, 1),
    ],
)
def test_whenever_oserror_is_about_files(
    client: Client, installed: Database, command: str, status: int, kept: int
) -> None:
    client.run(f"{command}\n{INSERT}@/no/such/file.sql\n")
    installed.rollback()
    assert client.status == status
    assert list(installed.execute(COUNT).rows) == [(kept,)]


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("select x from no_such_table;", 942 % 256),
        ("select 'open", 1756 % 256),
        ("begin raise_application_error(-20225, 'x'); end;\n/", 20225 % 256),
        ("begin raise_application_error(-20224, 'x'); end;\n/", 1),  # a multiple of 256 is still an error
        ("select x from no_such_table;\nselect 1 as one from dual;\nexit sql.sqlcode", 0),
    ],
)
def test_sql_sqlcode_is_the_last_statements_error(client: Client, script: str, status: int) -> None:
    first = "" if "exit" in script else "whenever sqlerror exit sql.sqlcode rollback\n"
    client.run(first + script)
    assert client.status == status


def test_commands_of_sqlplus_that_fail_stop_nothing(shell: Shell, client: Client) -> None:
    out, errors = shell("whenever sqlerror exit 5\nset nothing 10\ndesc nothing\nselect 2 as two from dual;\n")
    assert "TWO" in out
    assert len(errors.splitlines()) == 2
    assert client.status == 1


def test_a_script_that_leaves_by_an_error_leaves_its_callers_too(
    shell: Shell, client: Client, tmp_path: Path, installed: Database
) -> None:
    (tmp_path / "inner.sql").write_text(f"whenever sqlerror exit 9 rollback\n{INSERT}select x from dual;\n")
    out, _ = shell(f"@{tmp_path}/inner.sql\nselect 2 as two from dual;\n")
    assert "TWO" not in out
    assert client.status == 9
    assert list(installed.execute(COUNT).rows) == [(0,)]


@pytest.mark.parametrize(
    ("command", "status", "kept"),
    [
        ("exit", 0, 1),
        ("exit rollback", 0, 0),
        ("quit 4 rollback", 4, 0),
        ("exit warning", 2, 1),
        ("exit commit;", 0, 1),
    ],
)
def test_exit_says_what_becomes_of_changes(
    client: Client, installed: Database, command: str, status: int, kept: int
) -> None:
    client.run(f"{INSERT}{command}\nselect x from dual;")
    installed.rollback()
    assert client.status == status
    assert list(installed.execute(COUNT).rows) == [(kept,)]


@pytest.mark.parametrize(
    "command",
    [
        "exit :no_such_variable",
        "exit 256",
        f"exit {'9' * 5000}",
        "whenever sqlerror exit :no_such_variable",
        "whenever sqlerror stop",
        "whenever sqlerror continue later",
        "whenever error exit",
        "whenever",
    ],
)
def test_what_exit_and_whenever_do_not_know_here_is_said(shell: Shell, client: Client, command: str) -> None:
    assert "is not known" in shell(command)[1]
    assert client.status == 1


def test_what_scripts_set_that_is_so_anyway(shell: Shell, client: Client) -> None:
    out, errors = shell("set define off\nset verify off\nset sqlblanklines on\nselect 'R&D' as x\n\nfrom dual;\n")
    assert errors == ""
    assert "R&D" in out
    assert client.status == 0


def test_a_file_beside_the_script_comes_before_one_in_the_current_directory(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "outer.sql").write_text("@@inner\n@inner\n")
    (tmp_path / "there" / "inner.sql").write_text("prompt beside\n")
    (tmp_path / "inner.sql").write_text("prompt current\n")
    monkeypatch.chdir(tmp_path)
    assert shell("@there/outer")[0] == "beside\ncurrent\n"


def test_a_unit_with_compilation_errors_is_shown_and_fails_the_script(
    client: Client, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = client.database.execute

    def as_oracle(text: str, **options: Any) -> Result:
        """Oracle creates a package that does not compile."""
        if "package" not in text:
            return execute(text, **options)
        errors = ("line 3, column 5: PLS-00201: identifier 'NOTHING' must be declared",)
        message = "Warning: Package created with compilation errors."
        return Result(message=message, invalid=Invalid("PK", "PACKAGE", errors))

    monkeypatch.setattr(client.database, "execute", as_oracle)
    out, errors = shell(
        "whenever sqlerror exit 5\ncreate package pk as\n  x nothing;\nend;\n/\nselect 2 as two from dual;\n"
    )
    assert "Warning: Package created with compilation errors." in out
    assert "TWO" in out
    assert "PACKAGE PK\n  line 3, column 5: PLS-00201" in errors
    assert client.status == 1


def test_a_statement_without_its_end_runs_at_the_end_of_the_text(shell: Shell) -> None:
    assert "42" in shell("select 42 as n from dual")[0]


def test_an_open_string_is_an_error_with_its_place(shell: Shell, client: Client) -> None:
    _, errors = shell("select 1 from dual;\nselect 'abc\n from dual;")
    assert "line 2, column 8: ORA-01756: quoted string not properly terminated" in errors
    assert client.failed


def test_scripts_call_scripts(shell: Shell, tmp_path: Path, client: Client) -> None:
    (tmp_path / "inner.sql").write_text("prompt inner\nselect nothing from dual;\n")
    (tmp_path / "outer.sql").write_text("prompt outer\n@@inner.sql\n")
    out, errors = shell(f"@{tmp_path}/outer")
    assert out == "outer\ninner\n"
    assert f"{tmp_path}/inner.sql:2:8" in errors
    (tmp_path / "outer.sql").write_text(f"@{tmp_path}/outer.sql\n")
    assert (
        "SP2-0309: SQL*Plus command procedures may only be nested to a depth of 20"
        in shell(f"@{tmp_path}/outer.sql")[1]
    )
    assert "SP2-0310: unable to open file" in shell("@/no/such/file.sql")[1]


def test_a_wrong_command_is_named(shell: Shell, client: Client) -> None:
    assert 'SP2-0158: unknown SET option "nothing"' in shell("set nothing 10")[1]
    assert client.failed


def test_changes_are_kept_on_leaving(shell: Shell, installed: Database) -> None:
    shell("insert into image_demo1 (metadata) values (json('{}'));\nexit\nthis is never read")
    installed.rollback()
    assert list(installed.execute("select count(*) from image_demo1").rows) == [(1,)]
    shell("delete from image_demo1;\nexit rollback")
    installed.rollback()
    assert list(installed.execute("select count(*) from image_demo1").rows) == [(1,)]


def test_null_is_empty_and_booleans_are_words(shell: Shell) -> None:
    lines = shell("select null as a, 'b' as b from dual;")[0].splitlines()
    assert lines[2].split() == ["b"]


def test_headings_of_expressions(shell: Shell) -> None:
    assert shell("select count(*) from image_demo1;")[0].splitlines()[0] == "COUNT(*)"


def test_an_error_without_a_place_has_the_line_of_its_statement(shell: Shell) -> None:
    assert shell("prompt x\nselect 1\n  / 0\nfrom dual;")[1] == "ERROR line 2: ORA-01476: divisor is equal to zero\n"
