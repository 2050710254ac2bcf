"""Errors at run time carry Oracle's number and text, and no word of PostgreSQL's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.runtime.conditions import CONDITIONS, condition
from engine.session.telling import SHOW_ORIGINAL
from loader.database import Database, DatabaseError

pytestmark = pytest.mark.usefixtures("embedded_only")

TABLES = (
    """create table err_part (part_id number primary key, name varchar2(5 char) not null, code varchar2(4),
       price number(5, 2), doc json, vec vector(2, float32), made_id number generated always as identity,
       constraint err_part_uk unique (name, code), constraint err_part_ck check (price >= 0))""",
    "create table err_image (part_id number constraint err_image_fk references err_part (part_id), note varchar2(9))",
    "create unique index err_part_ux on err_part (case when price < 100 then lower(name) end)",
    "create view err_vw as select count(*) as n from err_part",
    "create sequence err_seq",
    "insert into err_part (part_id, name, code, price) values (1, 'one', 'a', 1)",
    "insert into err_image values (1, 'x')",
)


@pytest.fixture
def tables(db: Database) -> Iterator[Database]:
    for text in TABLES:
        db.execute(text)
    yield db
    db.rollback()


INSERT = "insert into err_part (part_id, name, code, price) values "
CASES = {
    INSERT + "(1, 'two', 'b', 1)": "ORA-00001: unique constraint (APP.ERR_PART_PK) violated on table APP.ERR_PART"
    " columns (PART_ID) ORA-03301: (ORA-00001 details) row with column values (PART_ID:1) already exists",
    INSERT + "(2, 'one', 'a', 1)": "ORA-00001: unique constraint (APP.ERR_PART_UK) violated on table APP.ERR_PART"
    " columns (NAME, CODE) ORA-03301: (ORA-00001 details) row with column values (NAME:one, CODE:a) already exists",
    # A key by expressions has no columns to tell, and no word of the engine's own.
    INSERT + "(2, 'ONE', 'b', 1)": "ORA-00001: unique constraint (APP.ERR_PART_UX) violated on table APP.ERR_PART",
    INSERT + "(2, null, 'b', 1)": 'ORA-01400: cannot insert NULL into ("APP"."ERR_PART"."NAME")',
    "update err_part set name = null": 'ORA-01407: cannot update ("APP"."ERR_PART"."NAME") to NULL',
    INSERT + "(2, 'two', 'b', -1)": "ORA-02290: check constraint (APP.ERR_PART_CK) violated",
    "insert into err_image values (9, 'x')": "ORA-02291: integrity constraint (APP.ERR_IMAGE_FK) violated - parent key"
    " not found",
    "delete from err_part": "ORA-02292: integrity constraint (APP.ERR_IMAGE_FK) violated - child record found",
    INSERT + "(2, 'longer', 'b', 1)": 'ORA-12899: value too large for column "APP"."ERR_PART"."NAME" (maximum: 5)',
    INSERT
    + "(2, 'two', 'bbbbb', 1)": 'ORA-12899: value too large for column "APP"."ERR_PART"."CODE" (actual: 5, maximum: 4)',
    INSERT + "(2, 'two', 'b', 1000)": "ORA-01438: value greater than specified precision (5,2) for column"
    ' "APP"."ERR_PART"."PRICE"',
    "insert into err_part (part_id, name, doc) values (2, 'two', '{')": "ORA-40441: JSON syntax error",
    "insert into err_part (part_id, name, vec) values (2, 'two', '[1,2,3]')": "ORA-51803: Vector dimension count must"
    " match the dimension count specified in the column definition (expected 2 dimensions, specified 3 dimensions).",
    "insert into err_part (part_id, name, vec) values (2, 'two', '1,2')": "ORA-51804: Invalid syntax for VECTOR value."
    " Must be a string of the form [number, number, ..., number].",
    "select to_number('1x') from dual": "ORA-01722: unable to convert string value containing '1x' to a number",
    "select 1 / 0 from dual": "ORA-01476: divisor is equal to zero",
    "select ln(0) from dual": "ORA-01428: argument is out of range",
    "select (select 1 from dual union all select 2 from dual) from dual": "ORA-01427: single-row subquery returns more"
    " than one row",
    "declare n number; begin select part_id into n from err_part where part_id = 9; end;": "ORA-01403: no data found",
    "declare n number; begin select x into n from (select 1 as x from dual union all select 2 from dual);"
    " end;": "ORA-01422: exact fetch returns more than requested number of rows",
    "declare v varchar2(2); begin v := 'abc'; end;": "ORA-06502: PL/SQL: value or conversion error: character string"
    " buffer too small",
    "declare n number(3); begin n := 1000; end;": "ORA-06502: PL/SQL: value or conversion error: number precision too"
    " large",
    "declare n number; begin n := 'x'; end;": "ORA-06502: PL/SQL: value or conversion error: character to number"
    " conversion error",
    "begin case 3 when 1 then null; end case; end;": "ORA-06592: CASE not found while executing CASE statement",
    "declare e exception; begin raise e; end;": "ORA-06510: PL/SQL: unhandled user-defined exception",
    "begin raise_application_error(-20007, 'seven'); end;": "ORA-20007: seven",
    "create table err_part (a number)": "ORA-00955: name is already used by an existing object",
    "alter table err_part add code number": "ORA-01430: column being added already exists in table",
    "select err_seq.currval from dual": "ORA-08002: sequence ERR_SEQ.CURRVAL is not yet defined",
}


@pytest.mark.parametrize("text", list(CASES))
def test_an_error_is_oracles(text: str, tables: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        list(tables.execute(text).rows)
    said = CASES[text].replace("ERR_PART_PK", "ERR_PART_PKEY")
    assert caught.value.message == said
    assert caught.value.code == int(said[4:9])


def test_what_is_not_known_is_an_internal_error_and_can_be_seen(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "select lpad('x', 2000000000, 'y') from dual"
    with pytest.raises(DatabaseError) as caught:
        list(db.execute(text).rows)
    assert caught.value.message.startswith("ORA-00600: internal error of the embedded engine")
    assert SHOW_ORIGINAL in caught.value.message
    cause = caught.value.__cause__
    assert cause is not None
    assert isinstance(cause.__cause__, psycopg.Error)
    db.rollback()
    monkeypatch.setenv(SHOW_ORIGINAL, "1")
    with pytest.raises(DatabaseError, match=r"\[54000\] requested length too large"):
        list(db.execute(text).rows)


# What PostgreSQL calls things, and Oracle does not.
POSTGRES = re.compile(
    r"pg_|plpgsql|pl/pgsql|postgres|\b(?:bigint|smallint|jsonb|text\b|character varying|double precision|bytea"
    r"|boolean type|relation|refcursor|regclass|sqlstate|varchar_\d+_byte"
    r"|float64_vector|hint)\b|(?-i:\bora\.|\bapp\.)|::|nextval\(",
    re.IGNORECASE,
)
VALUES = [
    *(
        "null",
        "0",
        "1",
        "-1",
        "1e40",
        "1e-200",
        "1000",
        "'x'",
        "'1'",
        "'longer words'",
        "''",
        "'{'",
        "'[1,2]'",
        "'[1]'",
    ),
    *("systimestamp", "to_vector('[1,2]')", "json('{\"a\":1}')", "true", "1 / 0", "ln(-1)", "part_id", "name", "doc"),
    *("power(10, 400)", "sqrt(-1)", "exp(5000)", "to_number(name)", "substr(name, 1, 2)", "err_seq.nextval", "vec"),
    *("json_value(doc, '$.a')", "vector_distance(vec, vec, cosine)", "nowhere", "nothing(1)", "code || price"),
]
SHAPES = [
    "select {0} + {1} from err_part",
    "select {0} || {1} from err_part",
    "select * from err_part where {0} = {1}",
    "select * from err_part where {0} < {1}",
    "select * from err_part order by {0}, {1}",
    "select max({0}), {1} from err_part",
    "select {0} from err_part union select {1} from err_part",
    "select case when {0} is null then {1} else 1 end from err_part",
    "select nvl({0}, {1}) from err_part",
    "select round({0}, {1}) from err_part",
    "select to_vector({0}) from err_part where {1} is not null",
    "select json_value({0}, '$.a') from err_part where {1} is not null",
    "select to_char({0}), to_number({1}) from err_part",
    "insert into err_part (part_id, name, code) values (2, {0}, {1})",
    "insert into err_part (part_id, name, price) values ({0}, 'n', {1})",
    "insert into err_part (part_id, name, doc, vec) values (3, 'n', {0}, {1})",
    "insert into err_image select {0}, {1} from err_part",
    "update err_part set price = {0}, code = {1}",
    "update err_part set doc = {0}, vec = {1}",
    "merge into err_part p using (select 1 as x from dual) s on (p.part_id = s.x)"
    " when matched then update set name = {0} where {1} is not null",
    "delete from err_part where {0} in ({1}, 2)",
    "declare n number(3) := {0}; begin n := {1}; end;",
    "declare v varchar2(3); begin v := {0}; v := {1}; end;",
    "declare v boolean; begin v := {0} = {1}; end;",
    "declare j json; n number; begin j := {0}; n := {1}; end;",
    "declare n number; begin select {0} into n from err_part where {1} is null; end;",
    "begin dbms_output.put_line({0}); raise_application_error(-20001, {1}); end;",
    "begin for i in {0} .. {1} loop exit; end loop; end;",
    "alter table err_part add constraint c check ({0} = {1})",
    "alter table err_part add (extra number default {0} not null)",
    "create table err_part (a number)",
    "create view err_new as select {0} as a, {1} as b from err_part",
    "create unique index err_ix on err_part ({0}, {1})",
    "insert into err_vw values ({0})",
    "update err_part set made_id = {0}",
    "drop table err_part",
]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.sampled_from(SHAPES), st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_no_word_of_postgresqls_is_said(tables: Database, shape: str, one: str, two: str) -> None:
    text = shape.format(one, two)
    tables.session.connection.execute("savepoint trial")  # type: ignore[attr-defined]
    try:
        list(tables.execute(text, output=lambda _: None).rows)
    except DatabaseError as error:
        said = error.message.replace(SHOW_ORIGINAL, "")
        assert not POSTGRES.search(said), f"{text}: {error.message}"
    tables.session.connection.execute("rollback to savepoint trial")  # type: ignore[attr-defined]
    tables.session._forget_stored()  # type: ignore[attr-defined]


def test_no_text_of_the_table_has_such_a_word() -> None:
    texts = [line.text for line in CONDITIONS] + [line.in_plsql.text for line in CONDITIONS if line.in_plsql]
    assert [text for text in texts if POSTGRES.search(text.replace("a text", ""))] == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            INSERT + "(1, 'two', 'b', 1)",
            "-1 ORA-00001: unique constraint (APP.ERR_PART_PKEY) violated on table APP.ERR_PART columns (PART_ID)"
            " ORA-03301: (ORA-00001 details) row with column values (PART_ID:1) already exists",
        ),
        (
            INSERT + "(2, 'two', 'bbbbb', 1)",
            "-12899 ORA-12899: value too large for column (actual: 5, maximum: 4)",
        ),
        (
            "err_pair(1) := to_number('x')",
            "-6502 ORA-06502: PL/SQL: value or conversion error: character to number conversion error",
        ),
        (INSERT + "(2, null, 'b', 1)", '-1400 ORA-01400: cannot insert NULL into ("APP"."ERR_PART"."NAME")'),
        (INSERT + "(2, 'two', 'b', -1)", "-2290 ORA-02290: check constraint (APP.ERR_PART_CK) violated"),
        (
            "insert into err_image values (9, 'x')",
            "-2291 ORA-02291: integrity constraint (APP.ERR_IMAGE_FK) violated - parent key not found",
        ),
    ],
)
def test_sqlerrm_is_oracles(statement: str, said: str, tables: Database) -> None:
    lines: list[str] = []
    block = f"""declare type t_pair is table of number index by pls_integer; err_pair t_pair;
      begin {statement}; exception when others then dbms_output.put_line(sqlcode || ' ' || sqlerrm); end;"""
    tables.execute(block, output=lines.append)
    assert lines == [said]


@pytest.mark.parametrize("name", ["apples", "app", "application_log", "part"])
@pytest.mark.parametrize("schema", ["", "app."])
def test_a_missing_table_keeps_the_beginning_of_its_name(schema: str, name: str) -> None:
    found = condition("42P01", f'relation "{schema}{name}" does not exist')
    assert found is not None
    line, match = found
    assert (line.number, match["object"]) == (942, name)
