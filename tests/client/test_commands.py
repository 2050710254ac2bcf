"""DESCRIBE, SHOW, the buffer of the last statement, and the commands that there are not."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader.client import Client
from loader.client.names import COMMANDS, UNAVAILABLE, command_of
from loader.database import Database
from tests.client.conftest import Shell

OBJECTS = """
create table client_part (
  part_id number(9) not null, name varchar2(20 char), code varchar2(8), price number(8, 2), whole integer,
  vec vector(3, float32), doc json, is_new boolean, added timestamp with time zone, hidden number invisible,
  constraint client_part_pk primary key (part_id)
);
create or replace view client_view as select part_id, name from client_part;
create or replace package client_pkg authid definer as
  function total(p_part in client_part.name%type default 'tank', p_doc in clob) return number;
  procedure show(p_text in varchar2, p_count out number, p_flag in out boolean);
  procedure show;
  function rows_of return sys_refcursor;
end client_pkg;
/
create or replace function client_alone(p_n in pls_integer) return varchar2 authid definer is
begin
  return p_n;
end client_alone;
/
"""


@pytest.fixture
def objects(installed: Database) -> Iterator[None]:
    Client(installed).run(OBJECTS)
    yield
    for drop in ("view client_view", "package client_pkg", "function client_alone", "table client_part"):
        installed.execute(f"drop {drop}")
    installed.commit()


def rows(text: str) -> list[list[str]]:
    """The lines below the dashes, by the columns that the dashes mark."""
    lines = text.splitlines()
    dashes = next(i for i, line in enumerate(lines) if line.startswith(" ---"))
    starts = [i for i, c in enumerate(lines[dashes]) if c == "-" and lines[dashes][i - 1] == " "]
    ends = [*starts[1:], None]
    return [[line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in lines[dashes + 1 :]]


def test_describe_of_a_table(shell: Shell, objects: None) -> None:
    out, errors = shell("desc client_part")
    assert errors == ""
    assert out.splitlines()[0].split() == ["Name", "Null?", "Type"]
    assert rows(out) == [
        ["PART_ID", "NOT NULL", "NUMBER(9)"],
        ["NAME", "", "VARCHAR2(20 CHAR)"],
        ["CODE", "", "VARCHAR2(8)"],
        ["PRICE", "", "NUMBER(8,2)"],
        ["WHOLE", "", "NUMBER(38)"],
        ["VEC", "", "VECTOR(3, FLOAT32)"],
        ["DOC", "", "JSON"],
        ["IS_NEW", "", "BOOLEAN"],
        ["ADDED", "", "TIMESTAMP(6) WITH TIME ZONE"],
    ]


@pytest.mark.parametrize("name", ["client_view", "CLIENT_VIEW;", '"CLIENT_VIEW"'])
def test_describe_of_a_view(shell: Shell, objects: None, name: str) -> None:
    assert [row[0] for row in rows(shell(f"describe {name}")[0])] == ["PART_ID", "NAME"]


def test_describe_of_a_package(shell: Shell, objects: None) -> None:
    out, errors = shell("desc client_pkg")
    assert errors == ""
    assert [line for line in out.splitlines() if line.startswith(("PROC", "FUNC"))] == [
        "FUNCTION ROWS_OF RETURNS REF CURSOR",
        "PROCEDURE SHOW",
        "PROCEDURE SHOW",
        "FUNCTION TOTAL RETURNS NUMBER",
    ]
    assert " Argument Name                  Type                    In/Out Default?\n" in out
    assert rows(shell("desc client_pkg.total")[0]) == [
        ["P_PART", "VARCHAR2", "IN", "DEFAULT"],
        ["P_DOC", "CLOB", "IN", ""],
    ]
    assert rows(out)[:3] == [
        ["P_TEXT", "VARCHAR2", "IN", ""],
        ["P_COUNT", "NUMBER", "OUT", ""],
        ["P_FLAG", "BOOLEAN", "IN/OUT", ""],
    ]


def test_describe_of_a_routine_that_stands_alone(shell: Shell, objects: None) -> None:
    out, errors = shell("desc client_alone")
    assert errors == ""
    assert out.startswith("FUNCTION CLIENT_ALONE RETURNS VARCHAR2\n")
    assert rows(out) == [["P_N", "BINARY_INTEGER", "IN", ""]]


@pytest.mark.parametrize(
    "name", ["nothing", "client_pkg.nothing", "client_part.name", "a.b.c.d", "a..b", "'x'", "탱크"]
)
def test_describe_of_what_is_not_there(shell: Shell, objects: None, name: str) -> None:
    out, errors = shell(f"desc {name}\nprompt x")
    assert errors == f"ERROR line 1: ORA-04043: Object {name.upper()} does not exist.\n"
    assert out == "x\n"


def test_describe_needs_a_name(shell: Shell) -> None:
    assert "Usage: DESCRIBE" in shell("desc")[1]


def test_show_user(shell: Shell, installed: Database) -> None:
    ((user,),) = installed.execute("select sys_context('USERENV', 'SESSION_USER') from dual").rows
    assert shell("show user")[0] == f'USER is "{user}"\n'


def test_show_errors_tells_of_the_unit_that_was_created_last(shell: Shell, embedded_only: None) -> None:
    out, errors = shell(
        "prompt x\n\ncreate procedure client_bad is\nbegin\n  nothing_here;\nend;\n/\nshow errors\n"
        "select 1 as n from dual;\nsho err procedure client_other\n"
    )
    assert "line 5, column 3" in errors
    assert "Errors for PROCEDURE CLIENT_BAD:\n\nLINE/COL ERROR\n" in out
    assert "\n3/3      " in out
    assert out.endswith("No errors.\n")


def test_show_errors_of_a_view_beneath_which_a_table_was_dropped(
    shell: Shell, installed: Database, embedded_only: None
) -> None:
    shell("create table client_t (a number);\ncreate view client_v as select a from client_t;\ndrop table client_t;")
    out, errors = shell("show errors view client_v")
    installed.execute("drop view client_v")
    installed.commit()
    assert errors == ""
    assert 'ORA-04063: view "APP.CLIENT_V" has errors' in out


@pytest.mark.parametrize("line", ["show errors table x", "show errors x"])
def test_show_errors_of_what_has_none(shell: Shell, line: str) -> None:
    assert "SP2-0550: Usage: SHOW ERRORS" in shell(line)[1]


def test_the_last_statement_is_repeated_and_listed(shell: Shell) -> None:
    out, errors = shell("select 1 as one\n  from dual;\nprompt between\n/\nlist\nl 1\nrun")
    assert errors == ""
    assert out.count("ONE") == 3
    assert "  1  select 1 as one\n  2*   from dual\n  1  select 1 as one\n  1  select" in out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/", "SP2-0103: Nothing in SQL buffer to run."),
        ("run", "SP2-0103"),
        ("list", "SP2-0223: No lines in SQL buffer."),
        ("exec", "EXECUTE needs a statement"),
        ("@", "SP2-1506"),
        ("spool a b c", "SP2-0768"),
        ("spool off", "not spooling currently"),
    ],
)
def test_a_command_without_what_it_needs(shell: Shell, line: str, message: str) -> None:
    out, errors = shell(f"{line}\nprompt x")
    assert message in errors
    assert out == "x\n"


@pytest.mark.parametrize("name", UNAVAILABLE)
def test_a_command_that_there_is_not_is_refused_by_its_name(shell: Shell, name: str) -> None:
    out, errors = shell(f"{name.lower()} a/b@c\nprompt x")
    assert errors.startswith(f"ERROR line 1: SP2-0382: The {name.upper()} command is not available")
    assert out == "x\n"


def test_connect_is_refused_with_the_reason(shell: Shell) -> None:
    assert "the session is the environment's (PYTHON_USERNAME" in shell("connect scott/tiger")[1]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("desc x", "describe"),
        ("DESCRIBE x", "describe"),
        ("descr x", "describe"),
        ("des x", None),
        ("exec p", "execute"),
        ("var x", "variable"),
        ("pri x", "print"),
        ("pro x", "prompt"),
        ("rem", "remark"),
        ("sho x", "show"),
        ("l", "list"),
        ("r", "run"),
        ("@x", "start"),
        ("@@x", "start beside"),
        ("! ls", "host"),
        ("exit", "exit"),
        ("exits", None),
        ("exit_now", None),
        ("quit;", "quit"),
    ],
)
def test_commands_are_known_by_their_abbreviations(line: str, command: str | None) -> None:
    found = command_of(line)
    assert (found[0] if found else None) == command


def test_an_unknown_command_is_named_with_its_beginning(shell: Shell, client: Client) -> None:
    out, errors = shell("selec * from image_demo1;\nselect 42 as n from dual;")
    assert (
        errors == 'ERROR line 1: SP2-0734: unknown command beginning "selec * fr..." - rest of line ignored; '
        "HELP lists the commands\n"
    )
    assert "42" in out
    assert client.status == 1


def test_help_names_every_command(shell: Shell) -> None:
    out, _ = shell("help")
    for word in ("describe", "exec", "variable", "print", "define", "spool", "whenever", "set ", "exit", "@FILE"):
        assert word in out


WORDS = st.sampled_from(
    ["x", "1", "'", '"', "=", ":n", "&x", "on", "off", "number", "varchar2(3)", "sqlerror", "exit", "continue", "n",
     "default", "errors", "view", "json", ";", "-", ".", "a.b", "\0", "탱크", "select 1 from dual", "linesize"]
)  # fmt: skip
LINE = st.tuples(
    # SPOOL would write files of any name.
    st.sampled_from([name.lower() for name in COMMANDS if name != "SPOol"] + ["@", "@@", "/", "select", "begin"]),
    st.one_of(st.text(), st.lists(WORDS).map(" ".join)),
).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(LINE, max_size=6))
def test_no_line_ends_in_a_traceback(installed: Database, lines: list[str]) -> None:
    client = Client(installed, io.StringIO(), io.StringIO())
    client.run("\n".join(lines))
    assert client.status in range(256)
