"""COMMIT and ROLLBACK in a block that a user typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loader.database import Database, DatabaseError, connect

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def database(settings: object) -> Iterator[Database]:
    with connect(settings) as found:  # type: ignore[arg-type]
        found.execute("create table ended (n number)")
        found.execute("create procedure keeping is begin insert into ended values (99); commit; end;")
        found.commit()
        yield found
        found.rollback()
        found.execute("drop procedure keeping")
        found.execute("drop table ended")
        found.commit()


def kept(database: Database) -> list[int]:
    """What another session sees."""
    with database.another() as other:
        return [n for (n,) in other.execute("select n from ended order by n").rows]


def test_a_block_keeps_what_it_commits_and_undoes_what_it_rolls_back(database: Database) -> None:
    database.execute(
        "begin for i in 1 .. 5 loop insert into ended values (i); if mod(i, 2) = 0 then commit; end if; end loop;"
        " rollback; end;"
    )
    assert kept(database) == [1, 2, 3, 4]


def test_a_block_may_commit_in_a_loop_over_rows(database: Database) -> None:
    database.execute("insert into ended values (1), (2), (3)")
    database.commit()
    database.execute(
        "begin for r in (select n from ended order by n) loop update ended set n = n * 10 where n = r.n; commit;"
        " end loop; insert into ended values (7); rollback; end;"
    )
    assert kept(database) == [10, 20, 30]


def test_what_fails_after_a_commit_leaves_what_was_committed(database: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        database.execute(
            "begin\n  insert into ended values (1);\n  commit;\n  insert into ended values (2);\n"
            "  raise_application_error(-20001, 'late');\n  commit;\nend;"
        )
    assert (caught.value.code, caught.value.line) == (20001, 5)
    assert kept(database) == [1]
    database.execute("insert into ended values (3)")  # the session goes on in a transaction
    assert kept(database) == [1]


def test_changes_that_are_pending_are_neither_kept_nor_undone_by_a_block(database: Database) -> None:
    database.execute("insert into ended values (1)")
    with pytest.raises(DatabaseError, match="earlier changes are pending"):
        database.execute("begin rollback; end;")
    assert kept(database) == []
    database.commit()
    assert kept(database) == [1]


def test_one_commit_at_the_end_keeps_pending_changes_too(database: Database) -> None:
    database.execute("insert into ended values (1)")
    database.execute("begin insert into ended values (2); commit; end;")
    assert kept(database) == [1, 2]


def test_a_call_that_commits_is_kept_by_a_block_that_commits(database: Database) -> None:
    database.execute("begin keeping; commit; insert into ended values (1); commit; end;")
    assert kept(database) == [1, 99]


@pytest.mark.parametrize(
    ("block", "construct"),
    [
        ("begin insert into ended values (1); commit; insert into ended values (2); end;", "COMMIT in a block that"),
        ("begin commit; rollback; exception when others then null; end;", "COMMIT in a block with an exception"),
        ("declare cursor c is select 1 as a from dual; begin open c; commit; rollback; end;", "explicit cursor"),
        ("begin if 1 = 1 then return; end if; commit; rollback; end;", "RETURN beside COMMIT"),
        ("begin keeping; rollback; end;", "ROLLBACK beside a call that commits"),
        ("begin commit; rollback to here; end;", "ROLLBACK TO a savepoint"),
    ],
)
def test_what_postgresql_can_not_do_is_refused(block: str, construct: str, database: Database) -> None:
    with pytest.raises(DatabaseError, match=construct):
        database.execute(block)
    assert kept(database) == []


STEPS = """create or replace procedure steps(p_most number) authid definer is
begin
  for i in 1 .. p_most loop
    insert into ended values (i);
    if mod(i, 2) = 0 then commit; else rollback; end if;
  end loop;
  commit;
end;"""


@pytest.fixture
def stepping(database: Database) -> Iterator[Database]:
    database.execute(STEPS)
    database.commit()
    yield database
    database.rollback()
    database.execute("drop procedure steps")
    database.commit()


def test_a_procedure_ends_transactions_where_it_is_called(stepping: Database) -> None:
    stepping.execute("begin insert into ended values (50); steps(5); end;")
    assert kept(stepping) == [2, 4]


def test_a_procedure_that_calls_it_does_so_too(stepping: Database) -> None:
    stepping.execute("create or replace procedure twice is begin steps(2); steps(2); end;")
    stepping.commit()
    stepping.execute("begin twice; end;")
    stepping.execute("drop procedure twice")
    stepping.commit()
    assert kept(stepping) == [2, 2]


def test_a_local_procedure_may_commit(database: Database) -> None:
    database.execute(
        "declare procedure keep(p_n number) is begin insert into ended values (p_n); commit; end;"
        " begin keep(1); keep(2); insert into ended values (3); rollback; end;"
    )
    assert kept(database) == [1, 2]


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("begin steps(1); dbms_output.put_line('x'); end;", "a call that commits in a block that does not end by"),
        ("begin begin steps(1); exception when others then null; end; commit; end;", "a call that commits in a block"),
        ("create function f return number is begin steps(1); return 1; end;", "a call that commits in a function"),
        ("create function f return number is begin rollback; return 1; end;", "ROLLBACK in a function"),
        ("create procedure p is begin commit; insert into ended values (1); end;", "COMMIT in a block that does"),
        ("create procedure p is begin begin commit; exception when others then null; end; rollback; end;",
         "COMMIT in a block with an exception handler"),
    ],
)  # fmt: skip
def test_what_postgresql_could_not_do_is_refused_by_its_name(text: str, construct: str, stepping: Database) -> None:
    with pytest.raises(DatabaseError, match=f"does not run {construct}"):
        stepping.execute(text)
