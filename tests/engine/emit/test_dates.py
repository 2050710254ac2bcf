"""Errors of dates and numbers by Oracle's numbers, and what columns of TIMESTAMP and DATE do together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from loader.database import Database, DatabaseError, connect

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture(scope="module")
def database(settings: Any) -> Iterator[Database]:
    with connect(settings) as found:
        found.execute(
            "create table stay (id number, begins date, ends timestamp, seen timestamp with time zone, n number)"
        )
        found.commit()
        yield found
        found.rollback()
        found.execute("drop table stay purge")
        found.commit()


@pytest.fixture(autouse=True)
def _empty(database: Database) -> Iterator[None]:
    yield
    database.rollback()


def rows(database: Database, text: str) -> list[tuple[Any, ...]]:
    return list(database.execute(text).rows)


@pytest.mark.parametrize(
    ("text", "mask", "code"),
    [
        ("2024-13-01", "YYYY-MM-DD", 1843),
        ("01-XXX-24", "DD-MON-RR", 1843),
        ("01-13-24", "DD-MON-RR", 1843),
        ("2024-05-06", "DD-MON-RR", 1861),
        ("2024-02-30", "YYYY-MM-DD", 1839),
        ("29-FEB-23", "DD-MON-RR", 1839),
        ("2024-02-32", "YYYY-MM-DD", 1847),
        ("2024-02-01x", "YYYY-MM-DD", 1830),
        ("2024-02", "YYYY-MM-DD", 1840),
        ("2024-xx-01", "YYYY-DD-MM", 1858),
        ("24", "YYYY-MM", 1840),
        ("2024-1", "YYYY-MM-DD", 1840),
        ("2024x1", "YYYY-MM", 1843),
        ("2024-1a1", "YYYY-MM-DD", 1861),
        ("0000-01-01", "YYYY-MM-DD", 1841),
        ("2024-366", "YYYY-DDD", None),
        ("2023-366", "YYYY-DDD", 1848),
        ("2024-01-01 24:00", "YYYY-MM-DD HH24:MI", 1850),
        ("2024-01-01 13:00", "YYYY-MM-DD HH:MI", 1849),
        ("2024-01-01 12:60", "YYYY-MM-DD HH24:MI", 1851),
        ("2024-01-01 12:00:60", "YYYY-MM-DD HH24:MI:SS", 1852),
        ("12:00 XM", "HH:MI AM", 1855),
        ("13:00 PM", "HH24:MI AM", 1818),
        ("Someday 01 Jan 2024", "DAY DD MON YYYY", 1846),
        ("Sunday 01 Jan 2024", "DAY DD MON YYYY", 1835),
        ("1-1-2024", "FXDD-MM-YYYY", 1862),
        ("01/01/2024", "FXDD-MM-YYYY", 1861),
        ("01 2024", "WW YYYY", 1820),
        ("01 01 2024", "DD DD YYYY", 1810),
        ("2024", "KKKK", 1821),
        ("", "YYYY", None),
    ],
)
def test_a_text_that_is_no_date_has_the_number_of_its_fault(
    database: Database, text: str, mask: str, code: int | None
) -> None:
    query = f"select to_date('{text}', '{mask}') from dual"
    if code is None:
        assert len(rows(database, query)) == 1
        return
    with pytest.raises(DatabaseError) as caught:
        rows(database, query)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("to_char(1, '9.9.9')", 1481),
        ("to_char(1, 'abc')", 1481),
        ("to_char(1, 'S99S')", 1481),
        ("to_char(1, ',999')", 1481),
        ("to_number('abc')", 1722),
        ("to_number('NaN')", 1722),
        ("to_number('0x1')", 1722),
        ("to_number('1_000')", 1722),
        ("to_number('1234', '999')", 1722),
        ("to_number('', '999')", None),
        ("'a' + 1", 1722),
        ("decode(2, 1, 5, 'a')", 1722),
        ("trunc(sysdate, 'XX')", 1898),
        ("next_day(sysdate, 'Someday')", 1846),
        ("date '9999-12-31' + 1", 1841),
        ("add_months(date '9999-12-31', 1)", 1841),
        ("numtodsinterval(1, 'YEAR')", 1760),
        ("cast('maybe' as boolean)", 61800),
    ],
)
def test_a_value_that_does_not_fit_has_oracles_number(database: Database, expression: str, code: int | None) -> None:
    query = f"select {expression} from dual"
    if code is None:
        assert rows(database, query) == [(None,)]
        return
    with pytest.raises(DatabaseError) as caught:
        rows(database, query)
    assert caught.value.code == code
    assert "PL/pgSQL" not in caught.value.message


def test_plsql_sees_the_number_as_sqlcode(database: Database) -> None:
    lines: list[str] = []
    database.execute(
        "declare l_day date; begin l_day := '01-JAN-24 x';\n"
        "exception when others then dbms_output.put_line(sqlcode || ' ' || sqlerrm); end;",
        output=lines.append,
    )
    assert lines[0].startswith("-1830 ORA-01830:")


def test_a_date_has_no_fraction_of_a_second_and_a_timestamp_keeps_it(database: Database) -> None:
    moment = "timestamp '2024-05-06 07:08:09.987'"
    database.execute(f"insert into stay (begins, ends, seen) values ({moment}, {moment}, {moment})")
    ((begins, ends, seen),) = rows(database, "select begins, ends, seen from stay")
    assert begins == datetime(2024, 5, 6, 7, 8, 9)
    assert ends == datetime(2024, 5, 6, 7, 8, 9, 987000)
    assert seen.replace(tzinfo=None) == ends


def test_dates_and_timestamps_are_compared_and_subtracted(database: Database) -> None:
    database.execute(
        "insert into stay (begins, ends, seen)"
        " values (date '2024-05-06', timestamp '2024-05-07 12:00:00', systimestamp)"
    )
    assert rows(database, "select count(*) from stay where begins < ends and begins < seen and ends < sysdate") == [
        (1,)
    ]
    assert rows(database, "select extract(day from ends - begins), extract(hour from ends - begins) from stay") == [
        (1, 12)
    ]
    assert rows(database, "select trunc(ends) - begins, cast(ends as date) - begins from stay") == [(1, 1.5)]
    assert rows(
        database, "select count(*) from stay where seen > sysdate - 1 and seen - begins > interval '1' day"
    ) == [(1,)]


def test_a_text_in_the_place_of_a_date_is_read_by_the_default_format(database: Database) -> None:
    database.execute("insert into stay (id, begins) values (1, '06-MAY-24')")
    database.execute("update stay set begins = '07-MAY-24' where begins = '06-MAY-24'")
    assert rows(database, "select id from stay where begins in ('07-MAY-24', '08-MAY-24')") == [(1,)]
    with pytest.raises(DatabaseError) as caught:
        rows(database, "select id from stay where begins > '2024-05-06'")
    assert caught.value.code == 1861
    database.rollback()


def test_a_date_is_sorted_grouped_and_indexed(database: Database) -> None:
    for day in ("03", "01", "02", "01"):
        database.execute(f"insert into stay (begins) values (date '2024-01-{day}')")
    found = rows(database, "select begins, count(*) from stay group by begins order by begins desc")
    assert [(f"{day:%d}", count) for day, count in found] == [("03", 1), ("02", 1), ("01", 2)]
    assert len(rows(database, "select distinct begins from stay")) == 3
    database.execute("create index stay_begins on stay (begins)")
    assert rows(database, "select count(*) from stay where begins = date '2024-01-01'") == [(2,)]
    database.execute("drop index stay_begins")


def test_a_column_of_date_is_described_as_one(database: Database) -> None:
    query = "select data_type, data_length from user_tab_columns where table_name = 'STAY' and column_name = 'BEGINS'"
    assert rows(database, query) == [("DATE", 7)]
    result = database.execute("select begins, sysdate, max(begins) over () from stay")
    assert result.types == ["DATE", "DATE", "DATE"]


def test_a_date_is_shown_by_the_default_format(database: Database) -> None:
    ((day,),) = rows(database, "select to_date('2024-05-06 07:08:09', 'YYYY-MM-DD HH24:MI:SS') from dual")
    assert (str(day), day) == ("06-MAY-24", datetime(2024, 5, 6, 7, 8, 9))


def test_a_name_of_a_column_hides_no_function_of_time(database: Database) -> None:
    result = database.execute("select sysdate as d, current_date, systimestamp from dual")
    assert result.columns == ["D", "CURRENT_DATE", "SYSTIMESTAMP"]
    ((first, second, third),) = result.rows
    assert abs((first - third.replace(tzinfo=None)).total_seconds()) < 2
    assert abs((first - second).total_seconds()) < 2
