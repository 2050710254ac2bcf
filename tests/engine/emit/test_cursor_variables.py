"""Cursor variables of a client, which outlive the block that opens them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from loader.database import Database, connect
from loader.database.base import Bind

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def database(settings: object) -> Iterator[Database]:
    with connect(settings) as found:  # type: ignore[arg-type]
        yield found
        found.rollback()


def rows(database: Database, binds: dict[str, Bind]) -> list[tuple[Any, ...]]:
    return list(database.cursor(binds["c"].value).rows)


def test_a_cursor_that_was_read_or_ended_with_its_transaction_is_opened_again(database: Database) -> None:
    binds = {"c": Bind("REFCURSOR")}
    database.execute("begin open :c for select 1 as a from dual; end;", binds=binds)
    assert rows(database, binds) == [(1,)]
    database.execute("begin open :c for select 2 as a from dual; end;", binds=binds)
    database.commit()
    database.execute("begin open :c for select 3 as a from dual; end;", binds=binds)
    assert rows(database, binds) == [(3,)]


def test_a_cursor_that_is_open_is_closed_by_another_open(database: Database) -> None:
    binds = {"c": Bind("REFCURSOR")}
    database.execute(
        "begin open :c for select 1 as a from dual; open :c for select 2 as a from dual; end;", binds=binds
    )
    assert rows(database, binds) == [(2,)]


def test_a_block_may_fetch_from_a_cursor_of_the_client_and_close_it(database: Database) -> None:
    binds = {"c": Bind("REFCURSOR"), "n": Bind("NUMBER")}
    database.execute("begin open :c for select 7 as a from dual; fetch :c into :n; close :c; end;", binds=binds)
    assert (binds["n"].value, binds["c"].value) == (7, None)
