"""What CREATE, ALTER and DROP leave in a catalogue, as the checker sees it."""

from __future__ import annotations

import pytest

from engine.catalogue import MemoryCatalogue
from engine.check import check
from engine.parser import parse

TABLE = "create table t (a number constraint t_pk primary key, b number, c number generated always as (a) virtual)"


def numbers(*texts: str) -> list[str]:
    """The numbers of the complaints about the last text, where the others were run before."""
    catalogue = MemoryCatalogue("ME", complete=True)
    for text in texts[:-1]:
        catalogue.apply(parse(text))
    return [complaint.number for complaint in check(parse(texts[-1]), catalogue)]


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ([], "alter table t add primary key (b)", ["ORA-02260"]),
        (["alter table t drop primary key"], "alter table t add primary key (b)", []),
        (["alter table t drop constraint t_pk"], "alter table t add primary key (b)", []),
        ([], "alter table t drop primary key add primary key (b)", []),
        ([], "alter table t add (a number)", ["ORA-01430"]),
        (["alter table t rename column a to d"], "alter table t add (a number)", []),
        (["alter table t drop column b"], "select b from t", ["ORA-00904"]),
        (["alter table t drop column b"], "alter table t modify (b number)", ["ORA-00904"]),
        ([], "insert into t (c) values (1)", ["ORA-54013"]),
        (["alter table t drop column c", "alter table t add (c number)"], "insert into t (c) values (1)", []),
        (["create view v as select distinct a from t"], "select a from v for update", ["ORA-02014"]),
        (["drop table t"], "select a from t", ["ORA-00942"]),
        (["alter table t rename to u"], "select a from t", ["ORA-00942"]),
        (["alter table t rename to u"], "select a from u", []),
    ],
)
def test_what_was_changed_is_seen(before: list[str], text: str, expected: list[str]) -> None:
    assert numbers(TABLE, *before, text) == expected


def test_an_index_stays_with_its_table_where_either_is_renamed() -> None:
    catalogue = MemoryCatalogue("ME", complete=True)
    for text in (TABLE, "create index t_ix on t (b)", "alter table t rename to u", "alter index t_ix rename to u_ix"):
        catalogue.apply(parse(text))
    assert (catalogue.find_index("T_IX"), catalogue.find_index("U_IX")) == (None, "U")
