"""What a session is told that another one keeps waiting: Oracle's numbers and words."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from loader.database import Database, DatabaseError, connect

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def sessions(settings: object) -> Iterator[tuple[Database, Database]]:
    with connect(settings) as one, one.another() as other:  # type: ignore[arg-type]
        one.execute("create table locked_row (id number primary key, n number)")
        one.execute("insert into locked_row values (1, 0), (2, 0)")
        one.commit()
        yield one, other
        other.rollback()
        one.rollback()
        one.execute("drop table locked_row")
        one.commit()


def failure(session: Database, text: str) -> str | None:
    """What is said of a statement that fails, whose transaction is then undone."""
    try:
        list(session.execute(text).rows)
    except DatabaseError as error:
        session.rollback()
        return error.message
    return None


def test_a_row_that_is_locked_is_not_waited_for(sessions: tuple[Database, Database]) -> None:
    one, other = sessions
    one.execute("update locked_row set n = 1 where id = 1")
    said = "ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired"
    assert failure(other, "select n from locked_row where id = 1 for update nowait") == said


def test_of_two_that_wait_for_each_other_one_is_told(sessions: tuple[Database, Database]) -> None:
    one, other = sessions
    one.execute("update locked_row set n = 1 where id = 1")
    other.execute("update locked_row set n = 1 where id = 2")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failure, other, "update locked_row set n = 2 where id = 1")
        said = [failure(one, "update locked_row set n = 2 where id = 2")]
        one.rollback()
        said.append(waiting.result())
    assert sorted(said, key=str) == [None, "ORA-00060: deadlock detected while waiting for resource"]
