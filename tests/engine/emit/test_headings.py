"""The headings of columns are Oracle's: names in capitals, quoted ones as written, expressions by their text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loader.database import Database, DatabaseError, connect

pytestmark = pytest.mark.usefixtures("embedded_only")

TABLE = (
    'create table headed (id number constraint "headed_ck" check (id > 0), "low" number, "Mixed" json,'
    " name varchar2(9))"
)


@pytest.fixture(scope="module")
def database(settings: object) -> Iterator[Database]:
    with connect(settings) as found:  # type: ignore[arg-type]
        found.execute(TABLE)
        found.execute("""insert into headed values (1, 2, '{"a":{"b":3}}', 'one')""")
        found.commit()
        yield found
        found.rollback()
        found.execute("drop table headed")
        found.commit()


@pytest.mark.parametrize(
    ("query", "headings"),
    [
        ("count(*), max( id ) + 1, count( distinct id )", ["COUNT(*)", "MAX(ID)+1", "COUNT(DISTINCTID)"]),
        ("'Two  words', q'[it]'", ["'TWOWORDS'", "Q'[IT]'"]),
        ("id + /* no part of it */ 1, -id, h.id", ["ID+1", "-ID", "ID"]),
        ("case when id = 1 then 'y' end, (select 1 from dual)", ["CASEWHENID=1THEN'Y'END", "(SELECT1FROMDUAL)"]),
        ('id low, id "low", id as "Low one", id as Mixed', ["LOW", "low", "Low one", "MIXED"]),
        ('"low", h."low" + 1, "ID", max("low") over ()', ["low", 'H."low"+1', "ID", 'MAX("low")OVER()']),
        ('h."Mixed".a, h."Mixed".a.b.number()', ["A", 'H."Mixed".A.B.NUMBER()']),
        ("*", ["ID", "low", "Mixed", "NAME"]),
        (f"id + {'0 + ' * 60}1", [f"ID+{'0+' * 60}1"]),
    ],
)
def test_a_heading(query: str, headings: list[str], database: Database) -> None:
    result = database.execute(f"select {query} from headed h{'' if 'distinct' in query else ' where id = 1'}")
    assert result.columns == headings
    assert len(list(result.rows)) == 1


@pytest.mark.parametrize(
    "query",
    [
        'select id as "n" from headed order by "n"',
        'select v."n" from (select id as "n", 5 as n from headed) v where v."n" = 1',
        'with w as (select id "n" from headed) select "n" from w',
        'select "low" - 1 as "n" from headed where "low" = 2',
    ],
)
def test_a_quoted_name_is_found_again(query: str, database: Database) -> None:
    result = database.execute(query)
    assert (result.columns, list(result.rows)) == (["n"], [(1,)])


@pytest.mark.parametrize("query", ['select "name" from headed', "select low from headed", 'select "mixed" from headed'])
def test_a_quoted_name_is_no_other(query: str, database: Database) -> None:
    with pytest.raises(DatabaseError, match="ORA-00904"):
        database.execute(query)
    database.rollback()


def test_the_dictionary_and_errors_show_a_quoted_name(database: Database) -> None:
    columns = list(database.execute("select column_name from user_tab_columns where table_name = 'HEADED'").rows)
    assert ("low",) in columns
    assert ("Mixed",) in columns
    with pytest.raises(DatabaseError, match=r"ORA-02290: check constraint \(APP.headed_ck\) violated"):
        database.execute("insert into headed (id) values (-1)")
    database.rollback()
