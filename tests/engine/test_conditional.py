"""Conditional compilation: the branch that is compiled, values of directives, and what is wrong in them."""

from __future__ import annotations

import pytest

from engine.errors import SourceError
from engine.parser import parse, parse_expression
from engine.tree.base import Expression


def compiled(condition: str) -> bool:
    """Whether a text behind $IF with this condition is compiled, and that behind $ELSE is not."""
    tree = parse(f"begin $if {condition} $then chosen; $else other; $end end;")
    assert tree in (parse("begin chosen; end;"), parse("begin other; end;"))
    return tree == parse("begin chosen; end;")


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "1 = 1",
        "not false",
        "$$debug is null",
        "not (1 > 2) and 2 >= 2",
        "false or 1 <> 2",
        "$$plsql_line = 1",
        "$$plsql_unit is null",
        "$$plsql_optimize_level = 2",
        "dbms_db_version.version >= 23",
        "sys.dbms_db_version.ver_le_23",
        "not dbms_db_version.ver_le_21",
        "-1 < dbms_db_version.release",
        "$$plsql_debug = false",
        "true or $$flag",
    ],
)
def test_a_condition_that_is_true(condition: str) -> None:
    assert compiled(condition)


@pytest.mark.parametrize(
    "condition",
    ["false", "null", "$$debug", "not $$debug", "$$level > 1", "$$a = $$b", "$$a <> 1", "true and $$flag", "1 is null"],
)
def test_a_condition_that_is_false_or_null(condition: str) -> None:
    assert not compiled(condition)


def test_the_first_true_condition_decides_and_later_ones_are_not_evaluated() -> None:
    text = "begin $if false $then one; $elsif true $then two; $elsif $$x = 'no' $then three; $else four; $end end;"
    assert parse(text) == parse("begin two; end;")


def test_text_that_is_not_compiled_need_be_no_statement_and_may_hold_selections() -> None:
    text = (
        "begin $if false $then )( $if any thing $then $unknown $else $error $end $end $elsif true $then one; $end end;"
    )
    assert parse(text) == parse("begin one; end;")


def test_selections_nest_and_cut_through_statements() -> None:
    text = """create procedure p(a number $if $$more $then , b number $end) as begin
      if a = 1 $if true $then $if 1 = 1 $then or a = 2 $end $end then null; end if; end;"""
    assert parse(text) == parse("create procedure p(a number) as begin if a = 1 or a = 2 then null; end if; end;")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("create procedure log_it as\nbegin\n  a := {}; end;", ("'LOG_IT'", "'PROCEDURE'", "3")),
        ('create package body "p q" as\nprocedure r is begin\n  a := {}; end; end;', ("'p q'", "'PACKAGE BODY'", "3")),
        ("begin\n a := {}; end;", ("null", "'ANONYMOUS BLOCK'", "2")),
    ],
)
def test_what_a_unit_knows_of_itself(unit: str, expected: tuple[str, str, str]) -> None:
    for directive, value in zip(("$$plsql_unit", "$$PLSQL_UNIT_TYPE", "$$plsql_line"), expected, strict=True):
        assert parse(unit.format(directive), "f.sql", 40) == parse(unit.format(value))


def test_a_directive_may_be_a_length() -> None:
    assert parse("declare a varchar2($$plsql_optimize_level); begin null; end;") == parse(
        "declare a varchar2(2); begin null; end;"
    )


def test_constants_of_packages_are_asked_for() -> None:
    known: dict[tuple[str, str], Expression] = {
        ("P", "DEBUG"): parse_expression("not q.quiet", plsql=True),
        ("Q", "QUIET"): parse_expression("false", plsql=True),
    }
    tree = parse(
        "begin $if p.debug $then one; $end null; end;", constants=lambda package, name: known.get((package, name))
    )
    assert tree == parse("begin one; null; end;")


@pytest.mark.parametrize(
    ("text", "number", "column"),
    [
        ("begin $if 1 $then null; $end end;", "PLS-00174: a static boolean", 11),
        ("begin $if l_one $then null; $end end;", "PLS-00174: a static boolean", 11),
        ("begin $if $$plsql_unit = 'P' $then null; $end end;", "PLS-00174: a static boolean", 11),
        ("begin $if f(1) $then null; $end end;", "PLS-00174: a static boolean", 11),
        (
            "begin $if true $then $error 'release ' || 23 || to_char(true) $end $end end;",
            "PLS-00179: $ERROR: release 23TRUE",
            22,
        ),
        ("begin $if true $then null; end;", "PLS-00103: ", 32),
        ("begin $if true null; $end end;", "PLS-00103: ", 16),
        ("begin $if false and $else null; $end end;", "PLS-00103: ", 21),
        ("begin null; $end end;", "PLS-00103: ", 13),
        ("begin $if true $then null; $else null; $else null; $end end;", "PLS-00103: ", 40),
        ("begin $unless true $then null; $end end;", "PLS-00103: ", 7),
    ],
)
def test_what_is_wrong_in_a_directive(text: str, number: str, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text)
    assert type(caught.value) is SourceError
    assert caught.value.message.startswith(number)
    assert (caught.value.code, caught.value.line, caught.value.column) == (6550, 1, column)


def test_selections_nest_no_deeper_than_all_else() -> None:
    with pytest.raises(SourceError, match="nests more than 64 levels"):
        parse("begin " + "$if true $then " * 70 + "null;" + " $end" * 70 + " end;")
