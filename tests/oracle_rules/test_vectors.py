"""What Oracle refuses about VECTOR.

Database Error Messages; AI Vector Search User's Guide; Release Notes, "Restrictions for Oracle AI Vector Search".
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader.database import Database, DatabaseError
from tests.oracle_rules.runner import Case, accepted, check, refused

TABLES = (
    "create table rule_v (id number, v vector, w vector(2, float32), name varchar2(10 char), constraint rule_v_pk"
    " primary key (id))",
    "create view rule_vw as select id, v from rule_v",
)
DROPS = ("drop view rule_vw", "drop table rule_v", "drop table rule_x", "drop package rule_p", "drop function rule_f")


def no(number: str, text: str) -> Case:
    return refused(number, text, before=TABLES, after=DROPS)


def yes(text: str) -> Case:
    return accepted(text, before=TABLES, after=DROPS)


COMPARED = [
    no("ORA-22848", "select id from rule_v where @@v = to_vector('[1, 2]')"),
    no("ORA-22848", "select id\n  from rule_v r\n where @@r.v <> r.w"),
    no("ORA-22848", "select id from rule_v where @@to_vector('[1, 2]') < v"),
    no("ORA-22848", "select id from rule_v where @@v in (w)"),
    no("ORA-22848", "select id from rule_v where id in (1) and @@v not in (select w from rule_v)"),
    no("ORA-22848", "select id from rule_v where @@v between w and w"),
    no("ORA-22848", "select id from rule_v where (@@v) >= w"),
    no("ORA-22848", "select id from rule_vw where @@v = v"),
    no("ORA-22848", "select a.id from rule_v a join rule_v b\n    on @@a.v = b.v"),
    no("ORA-22848", "select id from rule_v join rule_vw using (id) where @@w + w = w"),
    no("ORA-22848", "select case @@v when w then 1 end from rule_v"),
    no("ORA-22848", "select decode(@@v, w, 1) from rule_v"),
    no("ORA-22848", "select nullif(@@v, w) from rule_v"),
    no("ORA-22848", "select id from rule_v order by id, @@v"),
    no("ORA-22848", "select nvl(v, w) as best from rule_v order by @@best"),
    no("ORA-22848", "select count(*) from rule_v group by @@v"),
    no("ORA-22848", "select count(*) from rule_v group by rollup (id, @@v)"),
    no("ORA-22848", "select count(distinct @@v) from rule_v"),
    no("ORA-22848", "select avg(distinct @@v) from rule_v"),
    no("ORA-22848", "select row_number() over (partition by @@v order by id) from rule_v"),
    no("ORA-22848", "select row_number() over (order by @@v) from rule_v"),
    no("ORA-22848", "select distinct id, @@v from rule_v"),
    no("ORA-22848", "select distinct @@* from rule_v"),
    no("ORA-22848", "select id, @@v from rule_v union select id, w from rule_v"),
    no("ORA-22848", "select @@v from rule_v minus select w from rule_v"),
    no("ORA-22848", "select @@v from rule_v intersect select w from rule_v"),
    no("ORA-22848", "update rule_v r set name = 'x' where @@r.v = r.w"),
    no("ORA-22848", "delete from rule_v where @@v = w"),
    no(
        "ORA-22848",
        "merge into rule_v r using (select 1 as id from dual) s on (@@r.v = r.w)"
        " when matched then update set r.name = 'x'",
    ),
    no("ORA-22848", "select id from rule_v a where exists (select 1 from dual where @@a.v = w)"),
    # What only the database knows: its error, without a place of the translator's.
    no("ORA-22848", "select s.x from (select v as x from rule_v) s where s.x = s.x"),
    no("ORA-22848", "with s as (select v as x from rule_v) select distinct x from s"),
    no("ORA-22848", "select x from (select avg(v) as x from rule_v) order by x"),
    no("ORA-22848", "select count(*) from (select sum(v) as x from rule_v) group by x"),
    no("ORA-22849", "select min(@@v) from rule_v"),
    no("ORA-22849", "select max(r.id), max(@@r.w) from rule_v r"),
    no("ORA-22849", "select greatest(@@v, w) from rule_v"),
    no("ORA-22849", "select max(x) from (select v as x from rule_v)"),
    yes("select id from rule_v where v is null or w is not null order by id"),
    yes("select v, w from rule_v union all select w, v from rule_v"),
    yes("select id from rule_v order by vector_distance(v, w, cosine), vector_norm(v)"),
    yes("select vector_norm(v) as v from rule_v order by v"),
    yes("select count(v), max(vector_dimension_count(v)) from rule_v group by vector_dimension_format(v)"),
    yes("select distinct id, from_vector(v) from rule_v"),
    yes("select case when v is null then 1 end, nvl2(v, 1, 0), nvl(v, w), coalesce(v, w) from rule_v"),
    yes("select name as v from rule_v order by v"),
    yes("select s.v from (select name as v from rule_v) s where s.v = 'a' order by s.v"),
    yes("with rule_v as (select 1 as v from dual) select v from rule_v where v = 1 order by v"),
]

UNITS = [
    refused(
        "PL/SQL: ORA-22848",
        "create package body rule_p as\n  procedure p is\n    n number;\n  begin\n"
        "    select count(*) into n from rule_v\n     where @@v = w;\n  end p;\nend rule_p;",
        before=(*TABLES, "create package rule_p as procedure p; end rule_p;"),
        after=DROPS,
    ),
    no(
        "PLS-00306", "declare\n  a vector := to_vector('[1, 2]');\nbegin\n  if @@a = a then\n    null;\n  end if;\nend;"
    ),
    no("PLS-00306", "declare\n  a rule_v.v%type;\nbegin\n  a := nullif(@@a, a);\nend;"),
    no(
        "PL/SQL: ORA-22848",
        "declare\n  a vector; n number;\nbegin\n  select count(*) into n from dual where @@a = a;\nend;",
    ),
    # A column's name goes before a variable's of the same name.
    yes("declare\n  name vector; n number;\nbegin\n  select count(*) into n from rule_v where name = 'a';\nend;"),
    yes(
        "declare\n  a vector := to_vector('[1, 2]');\nbegin\n  if a is null or vector_norm(a) = 0 then\n    null;\n"
        "  end if;\nend;"
    ),
]

DEFINITIONS = [
    no("ORA-02329", "create table rule_x (@@v vector primary key)"),
    no("ORA-02329", "create table rule_x (id number, @@v vector(2, float32) unique)"),
    no("ORA-02329", "create table rule_x (v vector, n number, unique (n, @@v))"),
    no("ORA-02329", "alter table rule_v add constraint rule_v_uk unique (@@v)"),
    no("ORA-02331", "create table rule_x (v vector, foreign key (@@v) references rule_v (id))"),
    no("ORA-02331", "create table rule_x (@@v vector references rule_v (id))"),
    no("ORA-22848", "create table rule_x (v vector, check (@@v = to_vector('[1]')))"),
    no("ORA-02331", "create table rule_x (v vector check (vector_norm(@@v) > 0))"),
    no("ORA-02327", "create index rule_ix on rule_v (id, @@v)"),
    no("ORA-02327", "create unique index rule_ix on rule_v (@@w)"),
    yes("create table rule_x (v vector not null, n number unique, check (n > 0))"),
    yes("create index rule_ix on rule_v (vector_dimension_count(v), id)"),
    yes("alter table rule_v add (v2 vector(3, float32))"),
]

FORMATS = [
    no("ORA-51812", "select vector_distance(avg(v), to_vector('[1, 2]'), cosine) from rule_v"),
    no("ORA-51812", "select avg(v) <=> to_vector('[1, 2]') from rule_v"),
    no("ORA-51812", "select vector_distance(to_vector('[1, 2]', 2, float64), w, euclidean) from rule_v"),
    no("ORA-51803", "select to_vector('[1, 2, 3]', 2) from dual"),
    no("ORA-51803", "select to_vector('[1, 2, 3]', 2, float64) from dual"),
    no("ORA-51803", "insert into rule_v (id, w) values (1, to_vector('[1, 2, 3]'))"),
    no("ORA-51804", "select to_vector('1, 2') from dual"),
    no("ORA-51805", "select to_vector('[1, NaN]') from dual"),
    no("ORA-51805", "select to_vector('[Infinity]', *, float64) from dual"),
    no("ORA-51808", "select to_vector('[1]') - to_vector('[1, 2]') from dual"),
    no("ORA-51808", "select vector_distance(to_vector('[1]'), to_vector('[1, 2]'), cosine) from dual"),
    yes("select vector_distance(to_vector(avg(v), *, float32), to_vector('[1, 2]'), cosine) from rule_v"),
    yes("select vector_distance(avg(v), to_vector('[1, 2]', 2, float64), dot) from rule_v"),
    yes(
        "insert into rule_v (id, v, w) select 9, vector(sum(v), *, float32), to_vector(avg(w), 2, float32) from rule_v"
    ),
    yes("select avg(v) - to_vector('[1, 2]'), from_vector(sum(w)), vector_norm(avg(v)) from rule_v"),
]


@pytest.mark.parametrize("case", [*COMPARED, *UNITS, *DEFINITIONS, *FORMATS], ids=str)
def test_a_rule(case: Case, db: Database) -> None:
    check(case, db)


VALUES = ["r.v", "r.w", "to_vector('[1, 2]')", "to_vector('[1, 2]', 2, float64)", "r.v + r.w", "(r.v)", "nvl(r.v, r.w)"]


@pytest.fixture
def rule_v(db: Database) -> Database:
    for text in TABLES:
        db.execute(text)
    return db


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    left=st.sampled_from(VALUES),
    operator=st.sampled_from(["=", "<>", "!=", "^=", "<", ">", "<=", ">="]),
    right=st.sampled_from(VALUES),
    negated=st.sampled_from(["", "not "]),
)
def test_no_operator_compares_two_vectors(rule_v: Database, left: str, operator: str, right: str, negated: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        rule_v.execute(f"select count(*) from rule_v r where {negated}{left} {operator} {right}")
    assert caught.value.code == 22848


def one(db: Database, text: str) -> object:
    ((value,),) = db.execute(text).rows
    return value


def test_avg_and_sum_are_of_float64_until_they_are_converted(db: Database) -> None:
    source = "(select to_vector('[0.1, 2]') as v from dual union all select to_vector('[0.2, 4]') from dual)"
    assert one(db, f"select vector_dimension_format(avg(v)) from {source}") == "FLOAT64"
    assert one(db, f"select vector_dimension_format(to_vector(avg(v), *, float32)) from {source}") == "FLOAT32"
    assert one(db, f"select vector_dimension_count(sum(v)) from {source}") == 2
    average = one(db, f"select avg(v) from {source}")
    assert list(average) == pytest.approx([0.15, 3], abs=1e-7)  # type: ignore[call-overload]
    assert one(db, "select avg(v) from (select to_vector(null) as v from dual)") is None
    wide = one(db, "select to_vector('[0.1]', 1, float64) - to_vector('[0.1]', 1, float64) from dual")
    assert list(wide) == [0]  # type: ignore[call-overload]
    mixed = one(db, "select vector_dimension_format(to_vector('[1]') * to_vector('[1]', 1, float64)) from dual")
    assert mixed == "FLOAT64"


@pytest.mark.parametrize(
    "text",
    [
        "insert into rule_v (id, v) values (1, to_vector('[1, 2]', 2, float64))",
        "insert into rule_v (id, v) select 1, avg(v) from rule_v",
        "declare l vector; begin select avg(v) into l from rule_v; end;",
    ],
)
def test_the_embedded_engine_stores_no_float64_vector(text: str, rule_v: Database, is_embedded: bool) -> None:
    if not is_embedded:
        pytest.skip("Oracle stores a vector of any format in a column of plain VECTOR")
    rule_v.execute("insert into rule_v (id, v) values (0, to_vector('[3, 4]'))")
    with pytest.raises(DatabaseError) as caught:
        rule_v.execute(text)
    assert "to_vector(x, *, float32)" in caught.value.message
