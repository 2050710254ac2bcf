"""The data dictionary's views: Oracle's names, types and values. Database Reference, "Static Data Dictionary Views"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loader.database import Bind, CompileError, Database, DatabaseError

Query = Callable[[str], list[tuple[Any, ...]]]

pytestmark = pytest.mark.usefixtures("embedded_only")

PACKAGE = """package dict_pkg authid current_user as
  co_one constant number := 1;
  function f(p_b in clob, p_row in dict_part%rowtype, p_a in dict_part.name%type default 'x') return clob;
  procedure p(p_a out pls_integer);
  procedure p(p_a out pls_integer, p_c in out vector);
end dict_pkg;"""
BODY = """package body dict_pkg as
  procedure own is
  begin
    null;
  end own;
  function f(p_b in clob, p_row in dict_part%rowtype, p_a in dict_part.name%type default 'x') return clob is
  begin
    return p_b;
  end f;
  procedure p(p_a out pls_integer) is
  begin
    own;
  end p;
  procedure p(p_a out pls_integer, p_c in out vector) is
  begin
    own;
  end p;
end dict_pkg;"""
MADE = (
    "create table dict_part (part_id number generated always as identity, name varchar2(20 char) not null,"
    " code varchar2(8), price number(8, 2) default 0, whole integer, ratio binary_double, text clob, doc json,"
    " vec vector(3, float32), at timestamp(3), is_new boolean,"
    " constraint dict_part_pk primary key (part_id), constraint dict_part_uk unique (code),"
    " constraint dict_part_ck check (price >= 0))",
    "create table dict_image (image_id number, part_id number,"
    " constraint dict_image_fk foreign key (part_id) references dict_part (part_id) on delete cascade)",
    "create index dict_image_ix on dict_image (part_id, image_id)",
    "create sequence dict_seq",
    "create or replace view dict_view as\n  select part_id, name from dict_part",
    f"create or replace {PACKAGE}",
    f"create or replace {BODY}",
    "create procedure dict_proc(p_n in number) is begin null; end;",
)
DROPPED = (
    "procedure dict_proc", "package dict_pkg", "view dict_view", "sequence dict_seq", "table dict_image",
    "table dict_part",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def made(settings: object) -> Iterator[None]:
    from loader.database import connect

    with connect(settings) as database:  # type: ignore[arg-type]
        for statement in MADE:
            database.execute(statement)
        database.commit()
        yield
        database.rollback()
        for name in DROPPED:
            database.execute(f"drop {name}")
        database.commit()


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("PART_ID", ("NUMBER", 22, None, None, "N", 1, 0, None, "YES")),
        ("NAME", ("VARCHAR2", 80, None, None, "N", 2, 20, "C", "NO")),
        ("CODE", ("VARCHAR2", 8, None, None, "Y", 3, 8, "B", "NO")),
        ("PRICE", ("NUMBER", 22, 8, 2, "Y", 4, 0, None, "NO")),
        ("WHOLE", ("NUMBER", 22, 38, 0, "Y", 5, 0, None, "NO")),
        ("RATIO", ("BINARY_DOUBLE", 8, None, None, "Y", 6, 0, None, "NO")),
        ("TEXT", ("CLOB", 4000, None, None, "Y", 7, 0, None, "NO")),
        ("DOC", ("JSON", 8200, None, None, "Y", 8, 0, None, "NO")),
        ("VEC", ("VECTOR", 8200, None, None, "Y", 9, 0, None, "NO")),
        ("AT", ("TIMESTAMP(3)", 11, None, None, "Y", 10, 0, None, "NO")),
        ("IS_NEW", ("BOOLEAN", 1, None, None, "Y", 11, 0, None, "NO")),
    ],
)
def test_user_tab_columns(query: Query, column: str, row: tuple[Any, ...]) -> None:
    assert query(
        "select data_type, data_length, data_precision, data_scale, nullable, column_id, char_length, char_used,"
        f" identity_column from user_tab_columns where table_name = 'DICT_PART' and column_name = '{column}'"
    ) == [row]


def test_user_tables_views_and_objects(query: Query) -> None:
    assert query("select table_name, status from user_tables where table_name like 'DICT%' order by 1") == [
        ("DICT_IMAGE", "VALID"),
        ("DICT_PART", "VALID"),
    ]
    text = "select part_id, name from dict_part"
    assert query("select view_name, text_length, text from user_views where view_name like 'DICT%'") == [
        ("DICT_VIEW", len(text), text)
    ]
    assert query(
        "select object_name, object_type, status from user_objects where object_name like 'DICT%' order by 1, 2"
    ) == [
        ("DICT_IMAGE", "TABLE", "VALID"),
        ("DICT_IMAGE_IX", "INDEX", "VALID"),
        ("DICT_PART", "TABLE", "VALID"),
        ("DICT_PART_PK", "INDEX", "VALID"),
        ("DICT_PART_UK", "INDEX", "VALID"),
        ("DICT_PKG", "PACKAGE", "VALID"),
        ("DICT_PKG", "PACKAGE BODY", "VALID"),
        ("DICT_PROC", "PROCEDURE", "VALID"),
        ("DICT_SEQ", "SEQUENCE", "VALID"),
        ("DICT_VIEW", "VIEW", "VALID"),
    ]


def test_letters_beyond_ascii_are_capitals_as_well(db: Database, query: Query) -> None:
    db.execute("create table dict_é탱크 (ä number, constraint dict_ö unique (ä))")
    assert query("select table_name, column_name from user_tab_columns where table_name like 'DICT_É%'") == [
        ("DICT_É탱크", "Ä")
    ]
    assert query("select index_name from user_indexes where table_name = 'DICT_É탱크'") == [("DICT_Ö",)]
    db.execute("drop table dict_é탱크")


def test_user_constraints_and_indexes(query: Query) -> None:
    assert query(
        "select constraint_name, constraint_type, table_name, r_constraint_name, delete_rule, index_name"
        "  from user_constraints where constraint_name like 'DICT%\\__K' escape '\\' order by 1"
    ) == [
        ("DICT_IMAGE_FK", "R", "DICT_IMAGE", "DICT_PART_PK", "CASCADE", None),
        ("DICT_PART_CK", "C", "DICT_PART", None, None, None),
        ("DICT_PART_PK", "P", "DICT_PART", None, None, "DICT_PART_PK"),
        ("DICT_PART_UK", "U", "DICT_PART", None, None, "DICT_PART_UK"),
    ]
    assert query(
        "select index_name, uniqueness, index_type from user_indexes where table_name like 'DICT%' order by 1"
    ) == [
        ("DICT_IMAGE_IX", "NONUNIQUE", "NORMAL"),
        ("DICT_PART_PK", "UNIQUE", "NORMAL"),
        ("DICT_PART_UK", "UNIQUE", "NORMAL"),
    ]
    assert query(
        "select column_name, column_position, descend from user_ind_columns"
        " where index_name = 'DICT_IMAGE_IX' order by 2"
    ) == [("PART_ID", 1, "ASC"), ("IMAGE_ID", 2, "ASC")]


def test_not_null_is_a_constraint_but_for_a_primary_key(query: Query) -> None:
    assert query(
        "select constraint_type, search_condition, generated, validated, status from user_constraints"
        " where table_name = 'DICT_PART' and constraint_type = 'C' and generated = 'GENERATED NAME'"
    ) == [("C", '"NAME" IS NOT NULL', "GENERATED NAME", "VALIDATED", "ENABLED")]
    assert query("select column_name, position from user_cons_columns where constraint_name = 'DICT_PART_CK'") == [
        ("PRICE", None)
    ]


def test_user_sequences(db: Database, query: Query) -> None:
    db.execute("create sequence dict_down start with -5 increment by -2")
    columns = "sequence_name, min_value, max_value, increment_by, cycle_flag, last_number"
    asked = f"select {columns} from user_sequences where sequence_name like 'DICT%' order by 1"
    down = ("DICT_DOWN", -999999999999999999999999999, -1, -2, "N")
    up = ("DICT_SEQ", 1, 9999999999999999999999999999, 1, "N", 1)
    assert query(asked) == [(*down, -5), up]
    assert query("select dict_down.nextval from dual") == [(-5,)]
    assert query(asked) == [(*down, -7), up]
    db.execute("drop sequence dict_down")


def test_comments(db: Database, query: Query) -> None:
    db.execute("comment on table dict_part is 'it''s a part'")
    db.execute("comment on column dict_view.name is 'its name'")
    assert query("select * from user_tab_comments where table_name like 'DICT%' order by 1") == [
        ("DICT_IMAGE", "TABLE", None),
        ("DICT_PART", "TABLE", "it's a part"),
        ("DICT_VIEW", "VIEW", None),
    ]
    assert query("select owner, column_name, comments from all_col_comments where table_name = 'DICT_VIEW'") == [
        ("APP", "PART_ID", None),
        ("APP", "NAME", "its name"),
    ]


def test_tab_and_cat(query: Query) -> None:
    assert query("select tname, tabtype from tab where tname like 'DICT%' order by 1") == [
        ("DICT_IMAGE", "TABLE"),
        ("DICT_PART", "TABLE"),
        ("DICT_VIEW", "VIEW"),
    ]
    assert ("DICT_SEQ", "SEQUENCE") in query("select * from cat")


def test_times_tell_when_an_object_was_made_and_changed(db: Database, query: Query) -> None:
    made = (
        "create table dict_time (a number, constraint dict_time_uk unique (a))",
        "create index dict_time_ix on dict_time (upper(a))",
        "create sequence dict_time_seq",
        "create view dict_time_vw as select a from dict_time",
        "create procedure dict_time_p is begin null; end;",
    )
    asked = (
        "select object_name, to_char(created, 'YYYY-MM-DD:HH24:MI:SS'), timestamp from user_objects"
        " where object_name like 'DICT_TIME%' order by 1"
    )
    for text in made:
        db.execute(text)
    before = query(asked)
    assert [row[0] for row in before] == [
        "DICT_TIME", "DICT_TIME_IX", "DICT_TIME_P", "DICT_TIME_SEQ", "DICT_TIME_UK", "DICT_TIME_VW",
    ]  # fmt: skip
    assert all(created == changed for _, created, changed in before)
    assert query("select count(*) from user_objects where created is null and object_name like 'DICT%'") == [(0,)]
    for name in ("table dict_time", "view dict_time_vw", "procedure dict_time_p", "sequence dict_time_seq"):
        db.execute(f"drop {name}")
    assert query(asked) == []


def test_a_column_that_is_renamed_stays_invisible_and_one_that_is_dropped_leaves_nothing(
    db: Database, query: Query
) -> None:
    columns = "select column_name, column_id from user_tab_columns where table_name = 'DICT_HIDDEN' order by 1"
    db.execute("create table dict_hidden (a number, b number invisible)")
    db.execute("alter table dict_hidden rename column b to c")
    assert query(columns) == [("A", 1), ("C", None)]
    db.execute("alter table dict_hidden drop column c")
    db.execute("alter table dict_hidden add (c number)")
    assert query(columns) == [("A", 1), ("C", 2)]
    db.execute("alter table dict_hidden add (d number invisible)")
    db.execute("drop table dict_hidden")
    db.execute("create table dict_hidden (d number)")
    assert query(columns) == [("D", 1)]


def test_user_procedures(query: Query) -> None:
    assert query(
        "select object_name, procedure_name, subprogram_id, overload, object_type, authid from user_procedures"
        " where object_name like 'DICT%' order by 1, 3"
    ) == [
        ("DICT_PKG", None, 0, None, "PACKAGE", "CURRENT_USER"),
        ("DICT_PKG", "F", 1, None, "PACKAGE", "CURRENT_USER"),
        ("DICT_PKG", "P", 2, "1", "PACKAGE", "CURRENT_USER"),
        ("DICT_PKG", "P", 3, "2", "PACKAGE", "CURRENT_USER"),
        ("DICT_PROC", None, 1, None, "PROCEDURE", "DEFINER"),
    ]


def test_user_arguments(query: Query) -> None:
    assert query(
        "select package_name, object_name, overload, argument_name, position, data_type, in_out, defaulted"
        "  from user_arguments where package_name = 'DICT_PKG' or object_name = 'DICT_PROC'"
        " order by package_name nulls last, subprogram_id, sequence"
    ) == [
        ("DICT_PKG", "F", None, None, 0, "CLOB", "OUT", "N"),
        ("DICT_PKG", "F", None, "P_B", 1, "CLOB", "IN", "N"),
        ("DICT_PKG", "F", None, "P_ROW", 2, "PL/SQL RECORD", "IN", "N"),
        ("DICT_PKG", "F", None, "P_A", 3, "VARCHAR2", "IN", "Y"),
        ("DICT_PKG", "P", "1", "P_A", 1, "BINARY_INTEGER", "OUT", "N"),
        ("DICT_PKG", "P", "2", "P_A", 1, "BINARY_INTEGER", "OUT", "N"),
        ("DICT_PKG", "P", "2", "P_C", 2, "VECTOR", "IN/OUT", "N"),
        (None, "DICT_PROC", None, "P_N", 1, "NUMBER", "IN", "N"),
    ]


def test_user_source_has_the_lines_without_create(query: Query) -> None:
    for kind, text in (("PACKAGE", PACKAGE), ("PACKAGE BODY", BODY)):
        lines = query(f"select line, text from user_source where name = 'DICT_PKG' and type = '{kind}' order by line")
        assert [line for line, _ in lines] == list(range(1, text.count("\n") + 2))
        assert "".join(line for _, line in lines) == text


def test_what_is_dropped_is_gone_from_the_dictionary(db: Database, query: Query) -> None:
    db.execute("create or replace package dict_gone as procedure p; end;")
    db.execute("create or replace package body dict_gone as procedure p is begin null; end; end;")
    db.execute("create function dict_gone_f return number is begin return 1; end;")
    db.execute("drop package body dict_gone")
    objects = "select object_type from user_objects where object_name like 'DICT_GONE%' order by 1"
    assert query(objects) == [("FUNCTION",), ("PACKAGE",)]
    db.execute("drop package dict_gone")
    db.execute("drop function dict_gone_f")
    assert query(objects) == []
    for view in ("procedures", "arguments"):
        assert query(f"select count(*) from user_{view} where object_name like 'DICT_GONE%'") == [(0,)]
    assert query("select count(*) from user_source where name like 'DICT_GONE%'") == [(0,)]


def test_user_errors_tells_of_an_invalid_view(db: Database, query: Query) -> None:
    db.execute("create table dict_t (a number)")
    db.execute("create view dict_v as select a from dict_t")
    db.execute("drop table dict_t")
    assert query("select type, line, position, attribute, message_number from user_errors where name = 'DICT_V'") == [
        ("VIEW", 0, 0, "ERROR", 4063)
    ]
    (error,) = db.compile_errors("VIEW", "DICT_V")
    assert error == CompileError("VIEW", "DICT_V", 0, 0, error.text)
    assert query("select status from user_objects where object_name = 'DICT_V'") == [("INVALID",)]
    db.execute("drop view dict_v")
    assert db.compile_errors() == []


# Bind variables, which the client's statements have.


def test_a_bind_variable_in_sql_and_in_a_block(db: Database) -> None:
    binds = {"n": Bind("NUMBER", value=2), "t": Bind("VARCHAR2", 10, "it's"), "rc": Bind("REFCURSOR")}
    result = db.execute("select :n + 1 as a, :t from dual where :n = 2", binds=binds)
    assert result.columns == ["A", ":T"]
    assert result.types == ["NUMBER", "VARCHAR2"]
    assert list(result.rows) == [(3, "it's")]
    db.execute(
        "begin :n := :n / 4; :t := null; open :rc for select name from dict_part where part_id = :n; end;", binds=binds
    )
    assert str(binds["n"].value) == "0.5"
    assert binds["t"].value is None
    assert list(db.cursor(binds["rc"].value).rows) == []
    with pytest.raises(DatabaseError) as caught:
        db.cursor(binds["rc"].value)
    assert caught.value.code == 1001


def test_a_block_that_fails_leaves_bind_variables_as_they_were(db: Database) -> None:
    binds = {"n": Bind("NUMBER", value=1)}
    with pytest.raises(DatabaseError, match="ORA-20001"):
        db.execute("begin :n := 2; raise_application_error(-20001, 'x'); end;", binds=binds)
    assert binds["n"].value == 1


def test_a_bind_variable_that_is_not_bound_is_refused(db: Database) -> None:
    with pytest.raises(DatabaseError, match="the bind variable :x"):
        db.execute("select :x from dual")
