"""Blocks, routines and packages: what is emitted for them, and what is refused."""

from __future__ import annotations

import re

import pytest

from engine.emit.catalogue import Catalog, Package, Parameter, Routine
from engine.emit.emitter import emit
from engine.emit.translation import Translation
from engine.errors import NotSupported, SourceError
from engine.parser import parse
from engine.templates import templates

WRITER = Routine("writer", effects=("dml:t",), package="p")
READER = Routine("reader", (Parameter("a", "in", "numeric"),), "numeric", effects=("read:t",), package="p")
UNSEEN = Routine("unseen", package="p")


def known() -> Catalog:
    columns = {"t": {"id": "numeric", "name": "text"}}
    return Catalog(packages={"p": Package("p", [WRITER, READER, UNSEEN])}, columns=columns)


def translated(text: str, catalogue: Catalog | None = None) -> Translation:
    statement = parse(text)
    dynamic = templates(statement, lambda inner, line: parse(inner, None, line))
    return emit(statement, catalogue or known(), text, "some.sql", templates=dynamic)


def emitted(text: str) -> str:
    return " ".join(" ".join(rendered.text for rendered in translated(text).main).split())


def refused(text: str) -> str:
    with pytest.raises(NotSupported) as caught:
        translated(text)
    return caught.value.construct


# what a handler would undo

HANDLED = "begin {} exception when dup_val_on_index then null; end;"
UNDONE = "an exception handler that goes on after a block which changed rows"


@pytest.mark.parametrize(
    "statements",
    [
        "insert into t values (1, 'a');",
        "null; update t set id = 1;",
        "if 1 = 1 then insert into t values (1, 'a'); elsif 2 = 2 then delete from t; else null; end if;",
        "case 1 when 1 then delete from t; else update t set id = 2; end case;",
        "begin delete from t; end;",
        "begin insert into t values (1, 'a'); exception when others then raise; end;",
        "for i in 1 .. 3 loop null; end loop; delete from t;",
        "execute immediate 'delete from t';",
    ],
)
def test_a_change_that_is_the_last_thing_done_may_be_caught(statements: str) -> None:
    assert "exception" in emitted(HANDLED.format(statements))


@pytest.mark.parametrize(
    "statements",
    [
        "insert into t values (1, 'a'); null;",
        "if 1 = 1 then insert into t values (1, 'a'); null; end if;",
        "for i in 1 .. 3 loop insert into t values (i, 'a'); end loop;",
        "loop delete from t; exit; end loop;",
        "while 1 = 1 loop delete from t; end loop;",
        "for r in (select id from t) loop delete from t where id = r.id; end loop;",
        "delete from t; delete from t;",
        "p.writer;",
        "p.unseen;",
        "begin delete from t; null; exception when others then raise; end;",
        "begin null; exception when others then delete from t; null; end;",
        "execute immediate 'delete from t'; null;",
        "execute immediate 'drop index i'; null;",
    ],
)
def test_a_change_before_something_that_may_fail_is_not_caught_by_a_handler_that_goes_on(statements: str) -> None:
    assert refused(HANDLED.format(statements)) == UNDONE


@pytest.mark.parametrize(
    "ending",
    [
        "raise;",
        "raise_application_error(-20001, 'x');",
        "null; raise no_data_found;",
        "if 1 = 1 then raise; else raise_application_error(-20001, 'x'); end if;",
    ],
)
def test_a_handler_that_always_raises_may_follow_any_change(ending: str) -> None:
    emitted(f"begin delete from t; delete from t; exception when others then {ending} end;")


def test_a_routine_with_the_name_of_a_supplied_one_is_not_taken_for_it() -> None:
    catalogue = Catalog(routines=[Routine("put_line", effects=("dml:t",))])
    translated(HANDLED.format("dbms_output.put_line('x'); null;"), catalogue)


def test_a_handler_that_raises_on_one_way_only_goes_on() -> None:
    ending = "if 1 = 1 then raise; end if;"
    assert refused(f"begin delete from t; null; exception when others then {ending} end;") == UNDONE


# words of the user are data


@pytest.mark.parametrize("word", ["dml", "query", "emit", "getattr", "statement", "noted"])
def test_a_routine_may_have_the_name_of_a_part_of_the_engine(word: str) -> None:
    assert f"call {word} (" in emitted_with(word)


def emitted_with(word: str) -> str:
    catalogue = Catalog(routines=[Routine(word, effects=())])
    return " ".join(translated(f"begin {word}; end;", catalogue).main[0].text.split())


def test_a_literal_with_the_dollar_quote_does_not_end_the_body() -> None:
    text = emitted("begin dbms_output.put_line('$plsql$ $plsql1$'); end;")
    assert text.startswith("do $plsql2$")
    assert text.endswith("$plsql2$")


def test_a_constant_with_the_dollar_quote_does_not_end_its_function() -> None:
    text = emitted("create package q as c constant varchar2(20) := '$plsql$'; end;")
    assert text.count("$plsql1$") == 2


# exceptions


def test_exceptions_of_two_packages_have_states_of_their_own() -> None:
    text = "create package {} as e exception; f exception; end;"
    registered = " ".join([*translated(text.format("a")).after, *translated(text.format("b")).after])
    states = re.findall(r'"[ef]": "(OU...)"', registered)
    assert len(states) == len(set(states)) == 4


def test_a_package_keeps_the_states_of_its_exceptions_when_it_is_made_anew() -> None:
    text = "create or replace package a as e exception; end;"
    assert translated(text).after == translated(text).after


# stored units


def test_a_deterministic_function_has_the_rights_of_its_definer_too() -> None:
    text = emitted("create function f return number deterministic is begin return 1; end;")
    assert "security definer immutable" in text


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("create function f(a out number) return number is begin return 1; end;", "a function with OUT parameters"),
        ("create function f return number result_cache is begin return 1; end;", "RESULT_CACHE"),
        ("create package q as cursor c is select 1 as a from dual; end;", "a package's CURSOR"),
        ("create package q as v number not null := 1; end;", "NOT NULL of a package's variable"),
        (
            "create procedure q(a in number default 1, b out number) is begin b := a; end;",
            "an OUT parameter behind one that has a default",
        ),
        ("create or replace procedure s.p is begin null; end;", "a schema name or a database link"),
        ("begin <<a>> <<b>> for i in 1 .. 2 loop null; end loop; end;", "two labels of one statement"),
        ("declare pragma autonomous_transaction; begin null; end;", "PRAGMA AUTONOMOUS_TRANSACTION"),
        ("begin execute immediate 'select 1 from dual'; end;", "EXECUTE IMMEDIATE of a query without INTO"),
        (
            "declare c sys_refcursor; t varchar2(9); begin open c for t; end;",
            "OPEN FOR of a text that is not made of literals, DBMS_ASSERT.ENQUOTE_LITERAL and TO_CHAR",
        ),
    ],
)
def test_what_is_not_run_is_refused_by_its_name(text: str, construct: str) -> None:
    assert refused(text) == construct


def test_a_body_must_have_what_its_specification_declares() -> None:
    specification = Package("q", [Routine("f", returns="numeric", package="q"), Routine("g", package="q")])
    body = "create package body q as function f return number is begin return 1; end; end;"
    with pytest.raises(SourceError, match=r"Q\.G is declared and has no body"):
        translated(body, Catalog(packages={"q": specification}))


def test_a_line_of_a_body_is_the_line_of_its_source() -> None:
    text = "create or replace procedure q is\n\n  n number;\nbegin\n\n  n := 1;\n  delete from t;\nend;"
    (main,) = translated(text).main
    lines = main.text.splitlines()
    assert "delete from t" in lines[6]
    assert any("register_source" in call and "'some.sql', 2)" in call for call in translated(text).after)


# dynamic SQL


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("execute immediate 'delete from t where id = :a' using n", '"value 1" constant numeric := n'),
        (
            "execute immediate 'delete from t where id = :a or id = :a' using n, n",
            'id = ( "value 1" ) ) or ( id = ( "value 1"',
        ),
        ("execute immediate ('delete ' || ('from t where id = ' || to_char(n)))", "constant numeric := ( n )::numeric"),
        ("execute immediate 'delete from t where name = ' || dbms_assert.enquote_literal(to_char(n))", ")::text"),
    ],
)
def test_a_value_takes_its_place_in_dynamic_sql(statement: str, text: str) -> None:
    assert text in emitted(f"declare n number; begin {statement}; end;")


@pytest.mark.parametrize(
    ("statement", "construct"),
    [
        ("execute immediate 'delete from t where id = :a'", "EXECUTE IMMEDIATE of 1 bind variables with 0 values"),
        ("execute immediate 'delete from t' using n", "EXECUTE IMMEDIATE of 0 bind variables with 1 values"),
        (
            "execute immediate 'delete from t where id in (:a, :a)' using n, 2",
            "EXECUTE IMMEDIATE with two values of the bind variable :a",
        ),
        ("execute immediate 'delete from t where id = :a' using out n", "EXECUTE IMMEDIATE USING OUT"),
    ],
)
def test_arguments_that_do_not_fit_dynamic_sql_are_refused(statement: str, construct: str) -> None:
    assert refused(f"declare n number; begin {statement}; end;") == construct


def test_what_is_wrong_in_dynamic_sql_is_said_of_its_statement() -> None:
    with pytest.raises(SourceError, match="ORA-00900") as caught:
        translated("begin\n  execute immediate 'no statement';\nend;")
    assert (caught.value.line, caught.value.column) == (2, 3)


def test_local_subprograms_of_a_typed_block_are_no_objects_of_the_schema() -> None:
    text = "declare procedure a is procedure b is begin null; end; begin b; end; begin a; end;"
    made = [one.text for one in emit(parse(text), Catalog(), text).main[:-1]]
    assert len(made) == 2
    assert all(one.startswith("create or replace procedure pg_temp.") for one in made)
