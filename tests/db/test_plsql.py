"""PL/SQL that means the same on both engines, above all where PostgreSQL's own meaning differs."""

from __future__ import annotations

import pytest

from loader.database import Database, DatabaseError
from tests.conftest import Run

BLOCKS: dict[str, tuple[str, list[str]]] = {
    "division of integers": ("begin dbms_output.put_line(3 / 8 * 100); end;", ["37.5"]),
    "division of variables": (
        "declare a pls_integer := 3; b pls_integer := 8; begin dbms_output.put_line(a / b); end;",
        [".375"],
    ),
    "rounding on assignment": (
        "declare a pls_integer; begin a := 2.5; dbms_output.put_line(a); a := -2.5; dbms_output.put_line(a); end;",
        ["3", "-3"],
    ),
    "a number's scale": ("declare a number(5, 2) := 1.005; begin dbms_output.put_line(a); end;", ["1.01"]),
    "concatenation with NULL": ("begin dbms_output.put_line('a' || null || 'b'); end;", ["ab"]),
    "the empty string is NULL": (
        "begin if '' is null then dbms_output.put_line('null'); end if;"
        " if '' = '' then dbms_output.put_line('equal'); else dbms_output.put_line('unknown'); end if; end;",
        ["null", "unknown"],
    ),
    "an empty result is NULL": (
        "begin dbms_output.put_line(nvl(substr('abc', 5), 'none') || nvl(trim('  '), 'none')"
        " || nvl(replace('a', 'a'), 'none')); end;",
        ["nonenonenone"],
    ),
    "length of the empty string": ("begin dbms_output.put_line(nvl(length(''), -1)); end;", ["-1"]),
    "greatest with NULL": ("begin dbms_output.put_line(nvl(greatest(1, null, 3), -1)); end;", ["-1"]),
    "least": ("begin dbms_output.put_line(least(2, 1, 3)); end;", ["1"]),
    "numbers as text": (
        "begin dbms_output.put_line('x' || .5 || ' ' || 1.50 || ' ' || -0.25 || ' ' || 10); end;",
        ["x.5 1.5 -.25 10"],
    ),
    "substr": (
        "begin dbms_output.put_line(substr('abcdef', 0, 2) || substr('abcdef', -2) || substr('abcdef', 2, 3)"
        " || nvl(substr('abc', -5), '-') || nvl(substr('abc', 2, 0), '-')); end;",
        ["abefbcd--"],
    ),
    "instr": (
        "begin dbms_output.put_line(instr('a/b/c', '/') || instr('a/b/c', '/', 3) || instr('a/b/c', '/', -1)"
        " || instr('a/b/c', '/', 1, 2) || instr('abc', 'x')); end;",
        ["24440"],
    ),
    "decode treats NULL as equal": (
        "declare v varchar2(10); r varchar2(10); begin"
        " select decode(v, null, 'nothing', 'something') into r from dual; dbms_output.put_line(r); end;",
        ["nothing"],
    ),
    "mod and power": (
        "begin dbms_output.put_line(mod(-7, 3) || ' ' || mod(7, 0) || ' ' || 2 ** 10); end;",
        ["-1 7 1024"],
    ),
    "a power too small to hold": (
        "declare d binary_double := -800; begin if exp(d) = 0 then dbms_output.put_line('zero'); end if; end;",
        ["zero"],
    ),
    "round and trunc": (
        "begin dbms_output.put_line(round(2.5) || ' ' || round(-2.5) || ' ' || round(1234.567, -2) || ' ' || trunc(-2.7)"
        " || ' ' || round(2 / 3, 4)); end;",
        ["3 -3 1200 -2 .6667"],
    ),
    "to_char with a format": (
        "begin dbms_output.put_line('[' || to_char(217 / 218 * 100, 'fm990.0000') || ']'"
        " || '[' || to_char(5, '990') || ']' || to_char(0.5, 'fm0.00')); end;",
        ["[99.5413][   5]0.50"],
    ),
    "a for loop": (
        "begin for i in 1 .. 3 loop dbms_output.put(i || ','); end loop; dbms_output.new_line; end;",
        ["1,2,3,"],
    ),
    "a reverse loop": (
        "begin for i in reverse 1 .. 3 loop dbms_output.put(i); end loop; dbms_output.new_line; end;",
        ["321"],
    ),
    "a loop that never runs": ("begin for i in 3 .. 1 loop dbms_output.put_line(i); end loop; end;", []),
    "a while loop": (
        "declare n number := 3; begin while n > 0 loop n := n - 1; continue when n = 1; dbms_output.put_line(n);"
        " end loop; end;",
        ["2", "0"],
    ),
    "labels": (
        "begin <<outer_loop>> for i in 1 .. 3 loop for j in 1 .. 3 loop exit outer_loop when i * j = 4;"
        " dbms_output.put(i * j || ' '); end loop; end loop outer_loop; dbms_output.new_line; end;",
        ["1 2 3 2 "],
    ),
    "nested blocks": (
        "declare x number := 1; begin declare x number := 2; begin dbms_output.put_line(x); end;"
        " dbms_output.put_line(x); end;",
        ["2", "1"],
    ),
    "keywords in strings": (
        "begin dbms_output.put_line('begin; end; -- select'); dbms_output.put_line(q'[it's; end loop;]');"
        " dbms_output.put_line(q'{exception when others}'); dbms_output.put_line(nq'!a'b!'); end;",
        ["begin; end; -- select", "it's; end loop;", "exception when others", "a'b"],
    ),
    "comments in odd places": (
        "declare /* a; */ x -- b;\n number /* c' */ := /**/ 1; begin -- end;\n dbms_output /* . */ . /* ( */ put_line"
        "(x /* + 1 */ + 1 -- ' \n ); end;",
        ["2"],
    ),
    "an apostrophe in a string": (
        "begin dbms_output.put_line('it''s -- ' || '/* no comment */'); end;",
        ["it's -- /* no comment */"],
    ),
    "korean text": (
        "declare v varchar2(20 char) := '양품'; begin dbms_output.put_line(v || length(v)); end;",
        ["양품2"],
    ),
    "if, elsif, else": (
        "declare n number := 2; begin if n = 1 then dbms_output.put_line('one');"
        " elsif n = 2 then dbms_output.put_line('two'); else dbms_output.put_line('more'); end if; end;",
        ["two"],
    ),
    "case as statement and expression": (
        "declare n number := 2; begin case n when 1 then dbms_output.put_line('a');"
        " else dbms_output.put_line('b'); end case;"
        " dbms_output.put_line(case when n > 1 then 'big' end || case n when 9 then 'x' end || '.'); end;",
        ["b", "big."],
    ),
    "no data found": (
        "declare n number; begin select 1 into n from dual where 1 = 0;"
        " exception when no_data_found then dbms_output.put_line('none ' || sqlcode); end;",
        ["none 100"],
    ),
    "too many rows": (
        "declare n number; begin select v into n from (select 1 as v from dual union all select 2 from dual);"
        " exception when too_many_rows then dbms_output.put_line(sqlcode || ' ' || sqlerrm); end;",
        ["-1422 ORA-01422: exact fetch returns more than requested number of rows"],
    ),
    "zero divide": (
        "declare n number := 0; begin n := 1 / n; exception when zero_divide then dbms_output.put_line(sqlcode); end;",
        ["-1476"],
    ),
    "application errors": (
        "begin raise_application_error(-20123, 'bad: ' || 7);"
        " exception when others then dbms_output.put_line(sqlcode || ' ' || sqlerrm); end;",
        ["-20123 ORA-20123: bad: 7"],
    ),
    "declared exceptions": (
        "declare e_mine exception; pragma exception_init(e_mine, -20050); e_other exception; begin"
        " begin raise_application_error(-20050, 'x'); exception when e_mine then dbms_output.put_line('mine'); end;"
        " begin raise e_other; exception when e_mine then null; when e_other then dbms_output.put_line('other'); end;"
        " end;",
        ["mine", "other"],
    ),
    "re-raising": (
        "begin begin raise no_data_found; exception when no_data_found then dbms_output.put_line('in'); raise; end;"
        " exception when no_data_found then dbms_output.put_line('out'); end;",
        ["in", "out"],
    ),
    "a cursor with a parameter": (
        "declare cursor c (p_n number) is select level_no from (select 1 as level_no from dual union all"
        " select 2 from dual) where level_no >= p_n; begin for r in c(2) loop dbms_output.put_line(r.level_no);"
        " end loop; end;",
        ["2"],
    ),
    "cursor loops in loops": (
        "begin for a in (select 1 as n from dual union all select 2 from dual order by 1) loop"
        " for b in (select a.n * 10 as m from dual) loop dbms_output.put_line(a.n || ':' || b.m); end loop;"
        " end loop; end;",
        ["1:10", "2:20"],
    ),
    "fetch first with a variable": (
        "declare k pls_integer := 2; begin for r in (select v from (select 3 as v from dual union all select 1 from dual"
        " union all select 2 from dual) order by v fetch first k rows only) loop dbms_output.put_line(r.v);"
        " end loop; end;",
        ["1", "2"],
    ),
    "like without escape": (
        r"begin if 'a\b' like 'a\b' then dbms_output.put_line('yes'); end if;"
        " if 'a_b' like 'a!_b' escape '!' then dbms_output.put_line('yes'); end if; end;",
        ["yes", "yes"],
    ),
    "boolean variables": (
        "declare b boolean := 1 = 1; begin if b and not false then dbms_output.put_line('yes'); end if; end;",
        ["yes"],
    ),
    "listagg": (
        "declare s varchar2(100); begin select listagg(v, ', ') within group (order by v desc) into s"
        " from (select 'a' as v from dual union all select 'b' from dual); dbms_output.put_line(s); end;",
        ["b, a"],
    ),
    "not in and between": (
        "begin if 5 not between 6 and 7 and 5 in (4, 5) and 5 not in (1, 2) then dbms_output.put_line('ok'); end if; end;",
        ["ok"],
    ),
    "a text beside a number": (
        "begin if '10' > 9 and json_value(json('{\"a\": 2}'), '$.a') = 2 then dbms_output.put_line('number'); end if; end;",
        ["number"],
    ),
    "json functions": (
        'declare j json := json(\'{"a": {"b": [1, 2]}, "e": ""}\'); begin'
        " dbms_output.put_line(json_value(j, '$.a.b[1]') || nvl(json_value(j, '$.e'), 'null')"
        " || nvl(json_value(j, '$.x'), 'absent')); end;",
        ["2nullabsent"],
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_means_what_oracle_means(name: str, run: Run) -> None:
    text, expected = BLOCKS[name]
    assert run(text) == expected


def test_a_column_wins_over_a_variable_of_its_name(run: Run) -> None:
    run("create table capture_test (id number primary key, label varchar2(10))")
    run("insert into capture_test values (1, 'a')")
    run("insert into capture_test values (2, 'b')")
    lines = run(
        "declare id number := 2; n number; begin select count(*) into n from capture_test where id = id;"
        " dbms_output.put_line(n); end;"
    )
    run("drop table capture_test purge")
    assert lines == ["2"]


def test_rowcount_and_returning(run: Run) -> None:
    run("create table returning_test (id number generated by default as identity primary key, v number)")
    lines = run(
        "declare n number; begin insert into returning_test (v) values (5) returning id into n;"
        " dbms_output.put_line(n || ' ' || sql%rowcount); update returning_test set v = 6 where v = 7;"
        " if sql%notfound then dbms_output.put_line(sql%rowcount); end if; end;"
    )
    run("drop table returning_test purge")
    assert lines == ["1 1", "0"]


def test_a_package_with_defaults_named_notation_and_private_members(run: Run, db: Database) -> None:
    run(
        "create or replace package pk_test authid definer as\n"
        "  co_limit constant pls_integer := 3;\n"
        "  function scaled(p_value in number, p_factor in number default 10) return number;\n"
        "  procedure show(p_text in varchar2 default 'none', p_times in pls_integer default co_limit);\n"
        "end pk_test;"
    )
    run(
        "create or replace package body pk_test as\n"
        "  procedure line(p_text in varchar2) is\n  begin\n    dbms_output.put_line(p_text);\n  end line;\n"
        "  function scaled(p_value in number, p_factor in number default 10) return number is\n"
        "  begin\n    return p_value * p_factor;\n  end scaled;\n"
        "  procedure show(p_text in varchar2 default 'none', p_times in pls_integer default co_limit) is\n"
        "  begin\n    for i in 1 .. p_times loop\n      line(p_text || i);\n    end loop;\n"
        "  exception\n    when value_error then\n      raise;\n  end show;\n"
        "end pk_test;"
    )
    assert run("begin pk_test.show; end;") == ["none1", "none2", "none3"]
    assert run("begin pk_test.show(p_times => 1, p_text => 'x'); end;") == ["x1"]
    assert run("begin dbms_output.put_line(pk_test.scaled(p_factor => 2, p_value => 4) + pk_test.co_limit); end;") == [
        "11"
    ]
    assert db.value("pk_test.scaled", p_value=1.5) == 15
    with pytest.raises(DatabaseError):
        run("begin pk_test.line('private'); end;")
    # A package can be replaced as a whole, constants and defaults included.
    run(
        "create or replace package pk_test authid definer as\n  co_limit constant number := 2.5;\n"
        "  function scaled(p_value in number) return number;\nend pk_test;"
    )
    run(
        "create or replace package body pk_test as\n  function scaled(p_value in number) return number is\n"
        "  begin\n    return p_value * co_limit;\n  end scaled;\nend pk_test;"
    )
    assert db.value("pk_test.scaled", p_value=2) == 5
    run("drop package pk_test")


def test_an_error_in_a_package_carries_the_line_of_its_file(db: Database) -> None:
    db.execute("create or replace package pk_line authid definer as\n  procedure fail;\nend pk_line;", source="a.pks")
    db.execute(
        "create or replace package body pk_line as\n\n"
        "  procedure fail is\n    l_value number := 0;\n  begin\n"
        "    null;\n    l_value := 1 / l_value;\n  end fail;\n\nend pk_line;",
        source="pk_line.pkb",
    )
    db.commit()
    try:
        with pytest.raises(DatabaseError) as caught:
            db.execute("begin\n  pk_line.fail;\nend;")
        assert caught.value.code == 1476
        assert caught.value.line == 7
        db.rollback()
    finally:
        db.execute("drop package pk_line")
        db.commit()


def test_a_failed_statement_undoes_itself_alone(run: Run, db: Database) -> None:
    run("create table undo_test (id number primary key)")
    db.commit()
    try:
        run("insert into undo_test values (1)")
        with pytest.raises(DatabaseError) as caught:
            run("insert into undo_test values (1)")
        assert caught.value.code == 1
        assert list(db.execute("select count(*) from undo_test").rows) == [(1,)]
        db.rollback()
    finally:
        run("drop table undo_test purge")
        db.commit()


def test_a_parameter_does_not_take_over_the_length_of_its_anchor(db: Database, run: Run) -> None:
    # PL/SQL Language Reference, Formal Parameters of Constrained Subtypes.
    db.execute("create table anchor_t (name varchar2(3 char), code varchar2(3), size_mm number(3, 1))")
    db.execute(
        "create or replace function anchored(p_name in anchor_t.name%type, p_code in anchor_t.code%type,"
        " p_size in anchor_t.size_mm%type) return anchor_t.name%type is begin"
        " return p_name || p_code || to_char(p_size); end;"
    )
    assert run("begin dbms_output.put_line(anchored('abcd', 'efgh', 12.345)); end;") == ["abcdefgh12.345"]
    with pytest.raises(DatabaseError) as caught:
        run("declare l_name anchor_t.name%type; begin l_name := 'abcd'; end;")
    assert caught.value.code in (6502, 12899)
    db.execute("drop function anchored")
    db.execute("drop table anchor_t")
