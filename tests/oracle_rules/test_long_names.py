"""Names of up to 128 bytes: each is one name, whole wherever it is seen, and none is mistaken for another."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader.database import Database, DatabaseError
from tests.db.helpers import names_of

Query = Callable[[str], list[tuple[Any, ...]]]

# Pairs that agree in the first 63 bytes and further, 22 to 42 characters of three bytes.
PAIRS = [("가" * 21 + "나", "가" * 21 + "다"), ("가" * 41 + "나", "가" * 41 + "다"), ("n" * 127 + "a", "n" * 127 + "b")]


@pytest.fixture
def gone(db: Database) -> Iterator[list[str]]:
    """Statements that drop what a test makes."""
    drops: list[str] = []
    yield drops
    db.rollback()
    for text in reversed(drops):
        with contextlib.suppress(DatabaseError):
            db.execute(text)
    db.commit()


@pytest.mark.parametrize(("one", "two"), PAIRS, ids=["22", "42", "128"])
def test_tables_that_differ_at_their_end_are_two(
    db: Database, query: Query, gone: list[str], one: str, two: str
) -> None:
    gone += [f"drop table {one}", f"drop table {two}"]
    db.execute(f"create table {one} (a number)")
    db.execute(f"create table {two} (b number)")
    db.execute(f"insert into {one} values (1)")
    db.execute(f"drop table {two}")
    assert query(f"select a from {one}") == [(1,)]
    with pytest.raises(DatabaseError) as caught:
        db.execute(f"select b from {two}")
    assert caught.value.code == 942
    assert two.upper() in caught.value.message.upper()


@pytest.mark.parametrize(("one", "two"), PAIRS, ids=["22", "42", "128"])
def test_columns_that_differ_at_their_end_are_two(
    db: Database, query: Query, gone: list[str], one: str, two: str
) -> None:
    gone += ["drop table rule_t", "drop view rule_v"]
    db.execute(f"create table rule_t ({one} number not null, {two} varchar2(10 char))")
    db.execute(f"insert into rule_t ({two}, {one}) values ('x', 1)")
    db.execute(f"update rule_t t set t.{one} = 2 where t.{two} = 'x'")
    db.execute(f"create view rule_v as select {one}, {two} from rule_t")
    capitals = [one.upper(), two.upper()]
    for text in ("select * from rule_t", "select * from rule_v", f"select t.* from rule_v t where {one} = 2"):
        result = db.execute(text)
        assert (result.columns, list(result.rows)) == (capitals, [(2, "x")]), text
    for name in ("rule_t", "rule_v"):
        assert names_of(db.describe(name)) == capitals
    db.execute(f"comment on column rule_t.{two} is 'the second'")
    with pytest.raises(DatabaseError) as caught:
        db.execute(f"insert into rule_t ({one}) values (null)")
    assert caught.value.code == 1400
    assert one.upper() in caught.value.message.upper()


@pytest.mark.parametrize(("one", "two"), PAIRS, ids=["22", "42", "128"])
def test_every_kind_of_object_takes_a_long_name(
    db: Database, query: Query, gone: list[str], one: str, two: str
) -> None:
    index, view = one[:-1] + "i", one[:-1] + "v"
    gone += [f"drop table {two} cascade constraints", f"drop view {view}"]
    db.execute(f"create table {two} (a number constraint {one} primary key, b number, c varchar2(100 char))")
    db.execute(f"create index {index} on {two} (b)")
    db.execute(f"comment on table {two} is 'long'")
    db.execute(f"create view {view} as select a from {two}")
    db.execute(f"insert into {two} values (1, 2, 'x')")
    with pytest.raises(DatabaseError) as caught:
        db.execute(f"insert into {two} values (1, 2, 'x')")
    assert caught.value.code == 1
    assert one.upper() in caught.value.message.upper()
    names = query(f"select index_name, table_name from user_indexes where table_name = '{two.upper()}' order by 1")
    assert names == sorted([(one.upper(), two.upper()), (index.upper(), two.upper())])
    assert query(f"select {view}.a from {view}") == [(1,)]
    assert names_of(db.describe(two)) == ["A", "B", "C"]
    db.execute(f"drop index {index}")
    assert query(f"select index_name from user_indexes where table_name = '{two.upper()}'") == [(one.upper(),)]
    db.execute(f"alter table {two} add {one} number")
    db.execute(f"update {two} t set t.{one} = 4 where t.a = 1")
    db.execute(f"alter table {two} drop column c")
    assert db.execute(f"select * from {two}").columns == ["A", "B", one.upper()]


@pytest.mark.parametrize(("one", "two"), PAIRS, ids=["22", "42", "128"])
def test_names_of_pl_sql(db: Database, gone: list[str], one: str, two: str) -> None:
    gone += [f"drop package {one}", f"drop package {two}", f"drop procedure rule_{one[:30]}", "drop table rule_t"]
    db.execute(f"create table rule_t ({two} number(5, 2))")
    db.execute("insert into rule_t values (3)")
    for package, text in ((one, "one"), (two, "two")):
        db.execute(
            f"create or replace package {package} authid definer as\n"
            f"  {one} constant varchar2(10 char) := '{text}';\n"
            f"  e_{one[:30]} exception;\n"
            f"  procedure {two}({two} out number, {one} in rule_t.{two}%type default 5);\n"
            f"  function given_{one[:30]} return varchar2;\n"
            f"end {package};"
        )
        db.execute(
            f"create or replace package body {package} as\n"
            f"  function {two[:-1]}x return number is\n"
            f"    {one} number := 40;\n"
            f"  begin\n"
            f"    return {one};\n"
            f"  end {two[:-1]}x;\n\n"
            f"  function {two[:-1]}y return number is\n  begin\n    return 2;\n  end {two[:-1]}y;\n\n"
            f"  procedure {two}({two} out number, {one} in rule_t.{two}%type default 5) is\n"
            f"    cursor c_{one[:30]} is select t.{two} from rule_t t;\n"
            f"  begin\n"
            f"    <<{one}>>\n"
            f"    for {two[:-1]}r in c_{one[:30]} loop\n"
            f"      {two} := {two[:-1]}r.{two} + {one} + {two[:-1]}x + {two[:-1]}y;\n"
            f"      exit {one};\n"
            f"    end loop {one};\n"
            f"    if {one} = 0 then\n"
            f"      {two} := 1 / 0;\n"
            f"    end if;\n"
            f"  end {two};\n\n"
            f"  function given_{one[:30]} return varchar2 is\n  begin\n    return {one};\n  end given_{one[:30]};\n"
            f"end {package};",
            source="long.pkb",
        )
    db.commit()
    lines: list[str] = []
    block = (
        f"declare\n  {two[:-1]}n number;\nbegin\n  {one}.{two}({two} => {two[:-1]}n);\n"
        f"  dbms_output.put_line({two[:-1]}n);\n"
        f"  dbms_output.put_line({one}.{one} || {two}.given_{one[:30]});\n"
        f"  {one}.{two}({one} => 0, {two} => {two[:-1]}n);\nend;"
    )
    with pytest.raises(DatabaseError) as caught:
        db.execute(block, output=lines.append)
    assert lines == ["50", "onetwo"]
    assert caught.value.code == 1476
    if db.transactional_ddl:
        assert (caught.value.source, caught.value.line) == ("long.pkb", 22)
    assert db.recompile() == []
    # A package whose body is gone is named in full.
    db.execute(f"drop package body {one}")
    assert db.recompile()[0].name == one.upper()


def test_a_vector_column_of_long_names_is_searched_and_indexed(db: Database, query: Query, gone: list[str]) -> None:
    one, two = PAIRS[0]
    # Together they are longer than 63 bytes, alone they are not.
    table, column, other = "t_" + "가" * 18, "가" * 18 + "나", "가" * 18 + "다"
    for name, first, second, index in ((table, column, other, "rule_vix"), (one, two, one, two)):
        gone += [f"drop table {name}"]
        db.execute(f"create table {name} (a number, {first} vector, {second} vector)")
        for number in range(1, 7):
            db.execute(
                f"insert into {name} values ({number}, to_vector('[{number}, 1]'), to_vector('[1, {number}, 2]'))"
            )
        db.execute(
            f"create vector index {index} on {name} ({first}) organization neighbor partitions distance euclidean"
        )
        rows = query(
            f"select t.a from {name} t order by vector_distance(t.{first}, to_vector('[6, 1]'), euclidean)"
            " fetch approx first 2 rows only with target accuracy 99"
        )
        assert rows == [(6,), (5,)]
        rows = query(
            f"select a from {name} order by vector_distance({second}, to_vector('[1, 6, 2]'), euclidean)"
            " fetch approx first 1 rows only"
        )
        assert rows == [(6,)]
        db.execute(f"drop index {index}")


# A name as it may be typed without quotes: letters of several lengths in UTF-8, digits, and _ $ #.
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZäßéΩжкЖ가나다힣漢字"
_NAMES = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(_LETTERS),
    st.text(st.sampled_from(_LETTERS + "0123456789_$#"), max_size=127),
)


def cut(name: str, size: int) -> str:
    """The name's longest head of at most `size` bytes, behind a letter that no reserved word begins with."""
    return ("zz" + name).encode()[:size].decode(errors="ignore")


def filled(name: str, size: int) -> str:
    """The name with as many letters as it takes to have `size` bytes."""
    head = cut(name, size)
    return head + "q" * (size - len(head.encode()))


def shown(name: str) -> str:
    return "".join(letter if len(letter.upper()) > 1 else letter.upper() for letter in name)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_NAMES, st.integers(2, 128))
def test_any_name_comes_back_as_table_column_alias_and_heading(db: Database, name: str, size: int) -> None:
    name = filled(name, size)
    try:
        db.execute(f"create table {name} ({name} number)")
        db.execute(f"insert into {name.swapcase() if name.isascii() else name} ({name}) values (1)")
        for text in (
            f"select * from {name}",
            f"select {name} from {name}",
            f"select {name}.{name} from {name}",
            f"select 1 as {name} from dual",
            f"with {name} as (select 1 as {name} from dual) select {name}.* from {name}",
            f"select {name}.{name} from (select 1 {name} from dual) {name}",
        ):
            result = db.execute(text)
            assert (result.columns, list(result.rows)) == ([shown(name)], [(1,)]), text
        assert names_of(db.describe(name)) == [shown(name)]
    finally:
        db.rollback()
        with contextlib.suppress(DatabaseError):
            db.execute(f"drop table {name}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_NAMES, st.integers(129, 300))
def test_a_longer_name_is_refused(db: Database, name: str, size: int) -> None:
    name = filled(name, size)
    for text in (f"create table {name} (a number)", f"select 1 as {name} from dual", f'select 1 as "{name}" from dual'):
        with pytest.raises(DatabaseError) as caught:
            db.execute(text)
        assert caught.value.code == 972


_QUOTED = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters='"'), min_size=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_QUOTED, st.integers(2, 128))
def test_any_quoted_name_comes_back(db: Database, name: str, size: int) -> None:
    # A capital and a small letter: names of small letters alone are not for the embedded engine.
    name = filled("Zz" + name, size)[2:] if size > 4 else "Zz"
    result = db.execute(f'select 1 as "{name}" from dual')
    assert (result.columns, list(result.rows)) == ([name], [(1,)])
    result = db.execute(f'select t."{name}" from (select 1 as "{name}" from dual) t')
    assert (result.columns, list(result.rows)) == ([name], [(1,)])


def test_an_unnamed_expression_is_headed_by_its_text(db: Database) -> None:
    text = "length('" + "가" * 20 + "') + length('" + "나" * 20 + "')"
    result = db.execute(f"select {text} from dual")
    assert result.columns is not None
    heading = result.columns[0]
    assert len(heading.encode()) <= 128
    assert heading.startswith("LENGTH('" + "가" * 20 + "')+LENGTH('")
