"""Variables of packages: the state of a session (PL/SQL Language Reference, Package State)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loader.database import Database, DatabaseError, connect

SPECIFICATION = """create or replace package kept authid definer as
  g_count number := 5;
  g_name  varchar2(3);
  procedure add(p_by in number default 1);
  function state return varchar2;
end kept;"""
BODY = """create or replace package body kept as
  type t_last is record (value number, note varchar2(5));
  type t_all is table of number index by pls_integer;
  g_last t_last;
  g_all  t_all;
  procedure add(p_by in number default 1) is
  begin
    g_count := g_count + p_by;
    g_all(g_all.count + 1) := g_count;
    g_last.value := g_count;
    if g_count > 90 then
      raise_application_error(-20001, 'too many');
    end if;
  end add;
  function state return varchar2 is
  begin
    return g_count || ' ' || g_last.value || ' ' || g_all.count;
  end state;
end kept;"""


@pytest.fixture
def database(settings: object) -> Iterator[Database]:
    with connect(settings) as found:  # type: ignore[arg-type]
        for text in (SPECIFICATION, BODY):
            found.execute(text)
        found.commit()
        yield found
        found.rollback()
        found.execute("drop package kept")
        found.commit()


def put_out(database: Database, text: str) -> list[str]:
    lines: list[str] = []
    database.execute(f"begin {text} end;", output=lines.append)
    return lines


def state(database: Database) -> str:
    return put_out(database, "dbms_output.put_line(kept.state);")[0]


def test_a_variable_has_its_first_value_and_keeps_what_it_gets(database: Database) -> None:
    assert state(database) == "5  0"
    put_out(database, "kept.add; kept.add(3);")
    assert state(database) == "9 9 2"


def test_no_rollback_changes_it(database: Database) -> None:
    put_out(database, "kept.add;")
    database.rollback()
    assert state(database) == "6 6 1"


def test_a_statement_that_fails_keeps_what_was_set_before(database: Database) -> None:
    with pytest.raises(DatabaseError, match="too many"):
        put_out(database, "kept.add(1000);")
    assert state(database) == "1005 1005 1"
    database.rollback()
    assert state(database) == "1005 1005 1"


def test_it_is_named_with_its_package_and_filled_by_into(database: Database) -> None:
    assert put_out(
        database,
        "kept.g_count := kept.g_count * 2; dbms_output.put_line(kept.g_count);"
        "select 7, null into kept.g_count, kept.g_name from dual;"
        "dbms_output.put_line(kept.g_count || nvl(kept.g_name, 'none'));",
    ) == ["10", "7none"]


def test_it_is_held_to_its_length(database: Database) -> None:
    with pytest.raises(DatabaseError, match="ORA-06502"):
        put_out(database, "kept.g_name := 'long';")


def test_each_session_has_its_own(database: Database) -> None:
    put_out(database, "kept.add;")
    with database.another() as other:
        assert state(other) == "5  0"


def test_it_begins_anew_when_the_package_is_made_again(database: Database) -> None:
    put_out(database, "kept.add;")
    database.execute(BODY)
    assert state(database) == "5  0"


def test_a_handler_that_would_undo_it_is_refused(database: Database) -> None:
    with pytest.raises(DatabaseError, match="an exception handler that goes on"):
        put_out(database, "begin kept.add; kept.add; exception when others then null; end;")


def test_a_rollback_inside_a_block_that_sets_it_is_refused(database: Database) -> None:
    with pytest.raises(DatabaseError, match="ROLLBACK beside a change of a package's variable"):
        put_out(database, "kept.add; rollback;")
