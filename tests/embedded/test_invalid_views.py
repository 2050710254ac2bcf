"""DROP and RENAME leave views invalid, and they come back with what they need, as on Oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loader.database import Database, DatabaseError

Query = Callable[[str], list[tuple[Any, ...]]]

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def views(db: Database) -> Database:
    db.execute("create table beneath (id number, kind varchar2(10 char))")
    db.execute("insert into beneath values (1, 'a')")
    db.execute("create view above as select id, kind from beneath")
    db.execute("create view top as select kind from above")
    db.execute("create view beside as select id from beneath")
    return db


def invalid(db: Database) -> list[str]:
    return [item.name for item in db.recompile() if item.kind == "VIEW"]


def test_a_column_that_is_made_anew_brings_its_views_back(views: Database, query: Query) -> None:
    views.execute("alter table beneath drop column kind")
    assert invalid(views) == ["ABOVE", "TOP"]
    assert query("select id from beside") == [(1,)]
    with pytest.raises(DatabaseError):
        query("select kind from top")
    views.execute("alter table beneath add (kind varchar2(10 char) default 'b')")
    assert invalid(views) == []
    assert query("select kind from top") == [("b",)]


def test_a_view_that_is_dropped_or_replaced_does_not_come_back(views: Database, query: Query) -> None:
    views.execute("drop view above")
    assert invalid(views) == ["TOP"]
    views.execute("drop view top")
    views.execute("create or replace view above as select id as other from beneath")
    assert query("select * from above") == [(1,)]
    assert invalid(views) == []
    with pytest.raises(DatabaseError):
        query("select * from top")


def test_a_table_that_is_made_anew_brings_its_views_back(views: Database, query: Query) -> None:
    views.execute("drop table beneath cascade constraints purge")
    assert invalid(views) == ["ABOVE", "BESIDE", "TOP"]
    views.execute("create table beneath (id number, kind varchar2(10 char))")
    assert query("select count(*) from top") == [(0,)]
    assert invalid(views) == []


def test_a_table_that_is_renamed_leaves_its_views_behind(views: Database, query: Query) -> None:
    views.execute("alter table beneath rename to below")
    assert invalid(views) == ["ABOVE", "BESIDE", "TOP"]
    with pytest.raises(DatabaseError) as failed:
        query("select id from beneath")
    assert failed.value.code == 942
    assert query("select id, kind from below") == [(1, "a")]
    views.execute("alter table below rename to beneath")
    assert invalid(views) == []
    assert query("select kind from top") == [("a",)]
