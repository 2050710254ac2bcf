"""COMMIT in PL/SQL, and DDL that commits: what is kept, and what is not. Text that both engines run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loader.database import Database, DatabaseError

Query = Callable[[str], list[tuple[Any, ...]]]

KEEP = """
create or replace procedure commit_keep(p_id in number) authid definer is
begin
  insert into commit_test (id) values (p_id);
  commit;
end commit_keep;
"""
CAUGHT = """
create or replace procedure commit_caught(p_id in number) authid definer is
begin
  insert into commit_test (id) values (p_id);
  commit work;
exception
  when dup_val_on_index then
    null;
end commit_caught;
"""
INDEX = """
create or replace procedure commit_index authid definer is
begin
  execute immediate 'create vector index commit_test_vix on commit_test (vec) organization neighbor partitions '
    || 'distance cosine parameters (type ivf, neighbor partitions 1)';
end commit_index;
"""


@pytest.fixture
def table(db: Database) -> Iterator[Database]:
    db.execute("create table commit_test (id number primary key, vec vector(2, float32))")
    for text in (KEEP, CAUGHT, INDEX):
        db.execute(text)
    db.commit()
    yield db
    db.rollback()
    for drop in (
        "procedure commit_keep",
        "procedure commit_caught",
        "procedure commit_index",
        "table commit_test purge",
    ):
        db.execute(f"drop {drop}")
    db.commit()


def kept(db: Database) -> list[int]:
    """What stays when the session undoes the rest."""
    db.rollback()
    return [row[0] for row in db.execute("select id from commit_test order by id").rows]


def test_a_procedure_that_ends_by_commit_keeps_all_of_the_transaction(table: Database) -> None:
    table.execute("insert into commit_test (id) values (1)")
    table.execute("begin commit_keep(2); end;")
    assert kept(table) == [1, 2]
    table.execute("begin insert into commit_test (id) values (3); commit_keep(4); end;")
    assert kept(table) == [1, 2, 3, 4]


def test_a_commit_before_the_exception_section_is_done_only_when_it_is_reached(table: Database) -> None:
    table.execute("begin commit_caught(1); end;")
    assert kept(table) == [1]
    table.execute("insert into commit_test (id) values (2)")
    table.execute("begin commit_caught(1); end;")
    assert kept(table) == [1]
    table.execute("begin commit_caught(3); end;")
    assert kept(table) == [1, 3]


@pytest.mark.parametrize(
    "text",
    [
        "begin insert into commit_test (id) values (7); commit; end;",
        "begin insert into commit_test (id) values (7); commit work; exception when no_data_found then raise; end;",
        "begin begin insert into commit_test (id) values (7); end; commit; end;",
        "begin if 1 = 1 then insert into commit_test (id) values (case when 1 = 1 then 7 end); end if; commit; end;",
        "begin for i in 7 .. 7 loop insert into commit_test (id) values (i); end loop; commit; end;",
    ],
)
def test_a_block_that_ends_by_commit(table: Database, text: str) -> None:
    table.execute(text)
    assert kept(table) == [7]


def test_a_commit_alone(table: Database) -> None:
    table.execute("insert into commit_test (id) values (8)")
    table.execute("begin commit; end;")
    assert kept(table) == [8]


def test_ddl_by_execute_immediate_commits(table: Database, query: Query) -> None:
    table.execute("insert into commit_test (id, vec) values (1, to_vector('[1, 2]'))")
    table.commit()
    table.execute("insert into commit_test (id) values (2)")
    table.execute("begin commit_index; end;")
    assert kept(table) == [1, 2]
    assert query("select status from user_indexes where index_name = 'COMMIT_TEST_VIX'") == [("VALID",)]
    with pytest.raises(DatabaseError) as caught:
        table.execute("begin commit_index; end;")
    assert caught.value.code == 955


def test_what_fails_before_its_commit_keeps_nothing(table: Database) -> None:
    table.execute("begin commit_keep(1); end;")
    table.execute("insert into commit_test (id) values (2)")
    with pytest.raises(DatabaseError):
        table.execute("begin commit_keep(1); end;")
    assert kept(table) == [1]


def test_a_failure_after_the_commit_undoes_all_on_the_engine(table: Database, embedded_only: None) -> None:
    with pytest.raises(DatabaseError):
        table.execute("begin commit_keep(1); raise_application_error(-20001, 'later'); end;")
    # Nor does the next statement do the commit that was noted.
    table.execute("insert into commit_test (id) values (2)")
    assert kept(table) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("begin\n  commit;\n  null;\nend;", 2),
        ("begin\n  if 1 = 1 then\n    commit;\n  end if;\nend;", 3),
        ("begin\n  for i in 1 .. 2 loop\n    commit;\n  end loop;\nend;", 3),
        ("begin\n  begin\n    commit;\n  end;\nend;", 3),
        ("begin\n  null;\nexception\n  when others then\n    commit;\nend;", 5),
    ],
)
def test_the_engine_refuses_commit_elsewhere(db: Database, embedded_only: None, text: str, line: int) -> None:
    with pytest.raises(DatabaseError, match="COMMIT in a block that does not end by COMMIT or ROLLBACK") as caught:
        db.execute(text)
    assert caught.value.line == line
