"""Calls of stored routines, and the rows of the cursors that they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loader.database import DatabaseError
from loader.database.embedded import EmbeddedDatabase

Query = Callable[[str], list[tuple[Any, ...]]]

SPEC = """
create or replace package counting as
  function numbers(p_most in number, p_bad in number default 0) return sys_refcursor;
  function doubled(p_number in number) return number;
end counting;
"""
BODY = """
create or replace package body counting as
  function numbers(p_most in number, p_bad in number default 0) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select n, 1 / (n - p_bad) from (select level as n from dual connect by level <= p_most) where n <= p_most;
    return l_rows;
  end numbers;

  function doubled(p_number in number) return number is
  begin
    return 2 * p_number;
  end doubled;
end counting;
"""


@pytest.fixture
def counting(db: EmbeddedDatabase) -> Iterator[EmbeddedDatabase]:
    for text in (SPEC, BODY, "create table counted (n number)"):
        db.execute(text)
    db.commit()
    yield db
    for text in ("drop table counted", "drop package counting"):
        db.execute(text)
    db.commit()


def open_cursors(db: EmbeddedDatabase) -> list[str]:
    """The names of PostgreSQL's open cursors, but for the one that reads them."""
    rows = db.session.connection.execute("select name from pg_cursors where statement not like '%pg_cursors%'")
    return [name for (name,) in rows]


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2000])
def test_all_rows_of_a_cursor_are_given_and_it_is_closed(count: int, counting: EmbeddedDatabase) -> None:
    rows = counting.rows("counting.numbers", p_most=count)
    assert [n for n, _ in rows] == list(range(1, count + 1))
    assert open_cursors(counting) == []


@pytest.mark.parametrize("wanted", [1, 3, 4])
def test_no_more_rows_are_fetched_than_are_wanted(wanted: int, counting: EmbeddedDatabase) -> None:
    # The fourth row can not be fetched.
    if wanted == 4:
        with pytest.raises(DatabaseError, match="ORA-01476"):
            counting.some_rows(wanted, "counting.numbers", p_most=9, p_bad=4)
    else:
        rows = counting.some_rows(wanted, "counting.numbers", p_most=9, p_bad=4)
        assert [n for n, _ in rows] == [1, 2, 3][:wanted]
    assert open_cursors(counting) == []


def test_rows_that_fail_leave_what_was_done_before(counting: EmbeddedDatabase, query: Query) -> None:
    counting.execute("insert into counted values (1)")
    for bad in (5, 1500):
        with pytest.raises(DatabaseError, match="ORA-01476"):
            list(counting.rows("counting.numbers", p_most=2000, p_bad=bad))
    assert query("select n from counted") == [(1,)]


def test_a_call_is_made_anew_when_its_routine_is(counting: EmbeddedDatabase) -> None:
    assert counting.value("counting.doubled", p_number=2) == 4
    for text in (SPEC, BODY):
        counting.execute(text.replace("p_number", "p_whole"))
    assert counting.value("counting.doubled", p_whole=2) == 4
    with pytest.raises(DatabaseError, match="has no parameter p_number"):
        counting.value("counting.doubled", p_number=2)


def test_a_call_that_a_session_never_made_says_that_the_session_is_gone(counting: EmbeddedDatabase) -> None:
    with counting.another() as gone:
        gone.session.connection.close()
        with pytest.raises(DatabaseError) as caught:
            gone.value("img_error.message", p_code=-20100)
    assert caught.value.ended_session
