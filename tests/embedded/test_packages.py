"""Packages whose functions stand in views, and parameters without a default behind ones that have one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loader.database import Database, DatabaseError

Query = Callable[[str], list[tuple[Any, ...]]]

SPEC = "create or replace package viewed as function numbers return json; end viewed;"
BODY = """
create or replace package body viewed as
  function numbers return json is
  begin
    return json('{}');
  end numbers;
end viewed;
"""
VIEW = """
create or replace view viewed_vw as
  select n from json_table(viewed.numbers(), '$[*]' columns (n number path '$')) t
"""
SECOND = "create or replace view viewed_sum_vw as select sum(n) as total from viewed_vw"


@pytest.fixture
def viewed(db: Database) -> Iterator[Database]:
    for text in (SPEC, VIEW, SECOND):
        db.execute(text)
    yield db
    for text in ("drop view viewed_sum_vw", "drop view viewed_vw", "drop package viewed"):
        db.execute(text)
    db.commit()


def test_a_view_is_made_before_the_body_and_outlives_it(viewed: Database, query: Query) -> None:
    with pytest.raises(DatabaseError, match="ORA-04067"):
        query("select total from viewed_sum_vw")
    for text, total in (("[1, 2]", 3), ("[3, 4, 5]", 12)):
        viewed.execute(BODY.format(text))
        viewed.commit()
        assert query("select total from viewed_sum_vw") == [(total,)]
    viewed.execute("drop package body viewed")
    with pytest.raises(DatabaseError, match="ORA-04067"):
        query("select total from viewed_sum_vw")


@pytest.mark.usefixtures("embedded_only")
def test_a_function_without_a_body_is_reported(viewed: Database) -> None:
    assert ("VIEWED", "PACKAGE BODY") in [(item.name, item.kind) for item in viewed.recompile()]
    viewed.execute(BODY.format("[1]"))
    assert "VIEWED" not in [item.name for item in viewed.recompile()]


def test_a_parameter_without_a_default_may_stand_behind_one_that_has_one(db: Database, query: Query) -> None:
    heading = "function text_of(p_first in number default 7, p_second in varchar2) return varchar2"
    db.execute(f"create or replace package mixed as {heading}; end;")
    db.execute(
        f"create or replace package body mixed as {heading} is begin return p_first || p_second; end text_of; end;"
    )
    try:
        assert query("select mixed.text_of(p_second => 'a'), mixed.text_of(1, 'b') from dual") == [("7a", "1b")]
        assert db.value("mixed.text_of", p_second="c") == "7c"
        with pytest.raises(DatabaseError) as caught:
            db.value("mixed.text_of", p_first=1)
        assert caught.value.code == 6550
        with pytest.raises(DatabaseError, match="PLS-00306"):
            db.execute("begin dbms_output.put_line(mixed.text_of(1)); end;")
    finally:
        db.execute("drop package mixed")
        db.commit()
