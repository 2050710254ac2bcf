"""Errors of nested expressions and of PL/SQL, provoked by chance: each is known by a number or name of Oracle's."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from engine.session.telling import SHOW_ORIGINAL
from loader.database import Database, DatabaseError
from tests.embedded.test_errors import POSTGRES

pytestmark = pytest.mark.usefixtures("embedded_only")

TABLES = (
    "create table word_part (part_id number(4) primary key, name varchar2(5) not null, price number(5, 2), doc json,"
    " vec vector(2, float32), ok boolean, made timestamp, constraint word_ck check (price < 900))",
    "create table word_image (part_id number references word_part (part_id), note varchar2(4 char))",
    "insert into word_part (part_id, name, price, doc, vec) values (1, 'one', 1, '{\"a\": [1]}', '[1, 2]')",
    "insert into word_part (part_id, name) values (2, 'two')",
    "insert into word_image values (1, 'x')",
)
VALUES = (
    "null", "1", "-1", "0", "123456", "1e100", "0.001", "'x'", "'abcdefgh'", "'1'", "'[1]'", "'[1, x]'", "'{'", "'['",
    "to_vector('[1, 2, 3]')", "part_id", "name", "price", "doc", "vec", "ok", "made", "systimestamp", "true",
    "(select part_id from word_part)", "json('{\"a\": 1}')", "to_number('z')", "1 / 0", "'2024-13-01'",
)  # fmt: skip
CALLS = (
    "{} + {}", "{} || {}", "{} / {}", "to_number({}, {})", "to_char({}, {})", "substr({}, {})", "mod({}, {})",
    "power({}, {})", "round({}, {})", "lpad({}, {})", "instr({}, {})", "regexp_substr({}, {})", "nvl({}, {})",
    "coalesce({}, {})", "decode({}, {}, 1)", "greatest({}, {})", "nullif({}, {})", "vector_distance({}, {}, cosine)",
    "to_vector({}, {})", "cast({} as number(2))", "cast({} as varchar2(2))", "json_value({}, '$.a' error on error)",
    "json_query({}, '$.a')", "json_exists({}, '$.a[0]')", "chr({})", "ln({})", "sqrt({})", "translate({}, {}, 'a')",
    "case when {} = {} then 1 end", "case {} when {} then 1 end", "json_object('k' value {})", "extract(day from {})",
    "vector_norm({})", "from_vector({})", "listagg({}, {}) within group (order by 1)", "max({})", "sum({})",
    "{} between {} and 3", "standard_hash({}, {})", "initcap({})", "median({})", "avg({})",
)  # fmt: skip
STATEMENTS = (
    "select {} from word_part", "select part_id from word_part where {} = 1", "select {} from dual",
    "update word_part set name = {}", "update word_part set price = {}", "update word_part set doc = {}",
    "update word_part set vec = {}", "update word_part set ok = {}", "update word_part set part_id = {}",
    "insert into word_part (part_id, name, price) values ({}, {}, {})", "insert into word_image values ({}, {})",
    "select part_id from word_part order by {}", "select count(*) from word_part group by {}",
    "declare n number(3); begin select {} into n from word_part where part_id = 1; end;",
    "declare n number(2); v varchar2(2) := 'a'; begin n := {}; end;", "declare v varchar2(2); begin v := {}; end;",
    "declare v vector; begin v := {}; end;", "declare b boolean; begin b := {}; end;",
    "declare j json; begin j := {}; end;", "declare n pls_integer; begin n := {}; end;",
    "begin for i in 1 .. {} loop exit; end loop; end;", "begin dbms_output.put_line({}); end;",
    "begin raise_application_error({}, {}); end;", "delete from word_part where part_id = {}",
    "merge into word_part t using (select {} as x from dual) s on (t.part_id = s.x) when matched then"
    " update set t.price = s.x",
    "declare type t is table of number; l t := t(1); begin l({}) := {}; end;",
    "declare type t is table of number index by pls_integer; l t; begin dbms_output.put_line(l({})); end;",
    "select * from word_part fetch first {} rows only", "alter table word_part add constraint word_c2 check ({} > 1)",
    "create index word_ix on word_part ({})", "create view word_vw as select {} as a from word_part",
    "alter table word_part add (more number default {})",
    "select a from json_table({}, '$[*]' columns (a number path '$'))",
)  # fmt: skip


@pytest.fixture(scope="module")
def database(settings: object) -> Iterator[Database]:
    from loader.database import connect

    with connect(settings) as found:  # type: ignore[arg-type]
        for text in TABLES:
            found.execute(text)
        found.commit()
        yield found
        found.rollback()
        for table in ("word_image", "word_part"):
            found.execute(f"drop table {table}")
        found.commit()


def filled(text: str, chance: random.Random, depth: int = 0) -> str:
    def value(_: re.Match[str]) -> str:
        if depth < 2 and chance.random() < 0.4:
            return filled(chance.choice(CALLS), chance, depth + 1)
        return chance.choice(VALUES)

    return re.sub(r"\{\}", value, text)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_each_error_is_known(statement: str, database: Database) -> None:
    chance = random.Random(statement)
    for _ in range(40):
        text = filled(statement, chance)
        try:
            list(database.execute(text, output=lambda _: None).rows)
        except DatabaseError as error:
            message = error.message.replace(SHOW_ORIGINAL, "")
            assert not POSTGRES.search(message), (text, message)
            assert error.code != 600, (text, message, str(error.__cause__))
        database.rollback()
