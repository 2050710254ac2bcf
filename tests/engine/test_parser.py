"""What the parser makes of a text, and what it refuses: by Oracle's number, or by the construct's name."""

from __future__ import annotations

import random

import pytest

from engine.errors import NotSupported, SourceError
from engine.parser import parse, parse_expression
from engine.parser.cursor import DEEPEST
from engine.tree import ddl, dml, expressions, plsql, queries, units
from tests.engine import fuzz
from tests.oracle_rules import test_names
from tests.oracle_rules.runner import Case

# Forms that mean the same and give the same tree.
SAME = [
    ("delete t x", "delete from t x"),
    ("commit work", "commit"),
    ("rollback work to s", "rollback to savepoint s"),
    ("select a b from t", "select a as b from t"),
    ("select a from t join u on 1 = 1", "select a from t inner join u on 1 = 1"),
    ("select a from t where b != 1 and c ^= 2", "select a from t where b <> 1 and c <> 2"),
    ("select a from t where b < > 1 and c > = 2", "select a from t where b <> 1 and c >= 2"),
    ("select json_object('f':1, 'g':h.i) from t", "select json_object('f' : 1, 'g' : h.i) from t"),
    ("select json_object('f':1.5) from t", "select json_object('f' : 1.5) from t"),
    ("select a from t fetch approximate first 1 row only", "select a from t fetch approx next 1 rows only"),
    ("set constraint c deferred", "set constraints c deferred"),
    ("select ID from T", "select id from t"),
    ('select "ID" from t', "select id from t"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_forms_that_mean_the_same_give_one_tree(one: str, other: str) -> None:
    assert parse(one) == parse(other)


DIFFERENT = [
    ('select "id" from t', "select id from t"),
    ("select a + b * c from t", "select (a + b) * c from t"),
    ("select a from t where b = 1 or c = 2 and d = 3", "select a from t where (b = 1 or c = 2) and d = 3"),
    ("select n'x' from dual", "select 'x' from dual"),
    ("select a from t union select a from u", "select a from t union all select a from u"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_forms_that_differ_give_two_trees(one: str, other: str) -> None:
    assert parse(one) != parse(other)


def shape(node: object) -> str:
    """Operators and operands, in parentheses as they bind."""
    match node:
        case expressions.Operation(operators=operators, operands=operands):
            return "(" + shape(operands[0]) + "".join(
                f" {o} {shape(x)}" for o, x in zip(operators, operands[1:], strict=True)
            ) + ")"  # fmt: skip
        case expressions.Unary(operator=operator, operand=operand):
            return f"({operator}{shape(operand)})"
        case expressions.Not(condition=condition):
            return f"(not {shape(condition)})"
        case expressions.And(conditions=conditions):
            return "(" + " and ".join(map(shape, conditions)) + ")"
        case expressions.Or(conditions=conditions):
            return "(" + " or ".join(map(shape, conditions)) + ")"
        case expressions.Comparison(operator=operator, left=left, right=right):
            return f"({shape(left)} {operator} {shape(right)})"
        case expressions.Reference(parts=parts):
            return parts[0].written
        case expressions.NumberLiteral(text=text):
            return text
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c - d", "(a + (b * c) - d)"),
        ("a || b + c", "(a || b + c)"),
        ("-a * b", "((-a) * b)"),
        ("-a ** b", "(-(a ** b))"),
        ("a ** -b", "(a ** (-b))"),
        ("a * b ** c / d", "(a * (b ** c) / d)"),
        ("not a = b and c or d", "(((not (a = b)) and c) or d)"),
        ("a or b and not c < d + 1", "(a or (b and (not (c < (d + 1)))))"),
        ("a and b and c or d or e", "((a and b and c) or d or e)"),
        ("a mod b + 1", "((a MOD b) + 1)"),
    ],
)
def test_operators_bind_by_their_rank(text: str, expected: str) -> None:
    assert shape(parse_expression(text, plsql=True)) == expected


def test_names_are_kept_as_written_and_as_oracle_knows_them() -> None:
    tree = parse('select Tab."Col" from dual')
    assert isinstance(tree, queries.Query)
    assert isinstance(tree.body, queries.Select)
    reference = tree.body.items[0].expression
    assert isinstance(reference, expressions.Reference)
    assert [(n.written, n.value, n.quoted) for n in reference.parts] == [
        ("Tab", "TAB", False),
        ('"Col"', "Col", True),
    ]


def test_a_heading_is_the_text_without_blanks_in_capitals() -> None:
    tree = parse("""select a +  1, "x" || 'It' y, max( b ) from t""")
    assert isinstance(tree, queries.Query)
    assert isinstance(tree.body, queries.Select)
    assert [item.heading for item in tree.body.items] == ["A+1", "\"x\"||'IT'", "MAX(B)"]


def test_a_comment_that_looks_like_a_hint_is_one_only_behind_a_verb() -> None:
    tree = parse("select /*+ full(t) */ a /*+ no */ from t --+ no")
    assert isinstance(tree, queries.Query)
    assert isinstance(tree.body, queries.Select)
    assert tree.body.hints == "full(t)"


def test_a_place_counts_from_the_line_that_is_given() -> None:
    block = parse("begin\n  x := 1;\nend;", "f.sql", 7)
    assert isinstance(block, units.AnonymousBlock)
    assert block.block.statements is not None
    (assign,) = block.block.statements
    assert isinstance(assign, plsql.Assign)
    assert assign.place == (8, 3, 8)
    with pytest.raises(SourceError) as caught:
        parse("select 1\n  from", "f.sql", 7)
    assert (caught.value.source, caught.value.line, caught.value.column) == ("f.sql", 8, 7)


# Oracle's numbers. What needs more than the grammar (PLS-00231, tables that exist) is not the parser's.
NAMES = [
    *test_names.RESERVED, *test_names.EVERY_WORD, *test_names.QUOTED, *test_names.KEYWORDS, *test_names.LENGTHS,
    *test_names.LITERALS,
]  # fmt: skip


@pytest.mark.parametrize("case", NAMES, ids=str)
def test_names_and_literals_are_refused_by_oracles_numbers(case: Case) -> None:
    if case.number is None:
        parse(case.text)
        return
    with pytest.raises(SourceError) as caught:
        parse(case.text)
    assert any(number in caught.value.message for number in case.number.split(" or ")), caught.value
    if case.line is not None:
        assert (caught.value.line, caught.value.column) == (case.line, case.column), caught.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", "ORA-00900"),
        ("selec 1 from dual", "ORA-00900"),
        ("select from dual", "ORA-00936"),
        ("select count*() from dual", "ORA-00936"),
        ("select () from dual", "ORA-00936"),
        ("select 1 from dual where", "ORA-00936"),
        ("select (1 from dual", "ORA-00907"),
        ("select 1 from dual group a", "ORA-00933"),
        ("select 1 from t join u", "ORA-00905"),
        ("select 1 from (select 2 from dual", "ORA-00907"),
        ("insert t values (1)", "ORA-00925"),
        ("update t a = 1", "ORA-00971"),
        ("create thing x", "ORA-00901"),
        ("create or replace table t (a number)", "ORA-00922"),
        ("create public view v as select 1 from dual", "ORA-00922"),
        ("create force index i on t (a)", "ORA-00922"),
        ("begin null end;", "PLS-00103"),
        ("begin end;", "PLS-00103"),
        ("begin null; end", "PLS-00103"),
        ("create function f return number is begin return 1; end", "PLS-00103"),
        ("create procedure p is begin null; end p", "PLS-00103"),
        ("create package p is n number; end", "PLS-00103"),
        ("create package body p is n number; end p", "PLS-00103"),
        ("create type body t is member procedure p is begin null; end; end", "PLS-00103"),
        ("create trigger t before insert on x begin null; end", "PLS-00103"),
        ("begin x = 1; end;", "PLS-00103"),
        ("begin if a then null; end;", "PLS-00103"),
        ("begin select 1 into a from dual where; end;", "PL/SQL: ORA-00936"),
        ("declare x; begin null; end;", "PLS-00103"),
        ("select a = b = c from t", "ORA-00933"),
    ],
)
def test_what_is_wrong_has_oracles_number(text: str, number: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text)
    assert caught.value.message.startswith(f"{number}: "), caught.value
    assert not isinstance(caught.value, NotSupported)


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("begin $if p.c $then null; $end end;", "conditional compilation by the constant P.C, which is not known"),
        ("begin $error p_text $end end;", "$ERROR with a text that is not static"),
        ("select $$x from dual", "conditional compilation ($$X)"),
        ("select &x from dual", "the substitution variable &x, which a client replaces"),
        ("create materialized view v as select 1 from dual", "CREATE MATERIALIZED VIEW"),
        ("create or replace and compile java source named x as y", "CREATE JAVA"),
        ("alter system set x = 1", "ALTER SYSTEM"),
        ("alter table t split partition p at (1) into (a, b)", "ALTER TABLE ... SPLIT"),
        ("select xmlelement(name a) from dual", "the function XMLELEMENT"),
        ("select 1 from t match_recognize (pattern (a) define a as 1 = 1)", "the clause MATCH_RECOGNIZE"),
        ("select 1 from t model dimension by (a) measures (b) rules ()", "the clause MODEL"),
        ("select * from t pivot (sum(a) for b in (any))", "PIVOT ... IN (query)"),
        ("audit all", "AUDIT"),
        ("roll", "ROLL"),
        ("create table t (a number reservable)", "the clause RESERVABLE"),
        ("alter table t modify (a domain d)", "the clause DOMAIN"),
        ("alter table t modify j json (limit 50)", "the type JSON with a modifier"),
        ("alter table t rename lob (a) l to m", "ALTER TABLE ... RENAME LOB"),
        ("alter table t add clustering by linear order (a)", "ALTER TABLE ... ADD CLUSTERING"),
        ("select chr(1 using nchar_cs) from dual", "the clause USING NCHAR_CS"),
        ("select * from f(t partition (p))", "the clause PARTITION"),
        ("select * from external ((a number) type oracle_loader)", "an inline external table"),
        ("select * from t join to one (u)", "JOIN TO ONE"),
        ("select a from t group by all", "GROUP BY ALL"),
        ("delete from containers(t)", "CONTAINERS"),
        ("insert into t by name select 1 as a from dual", "INSERT ... BY NAME"),
        ("lock table t partition for (5) in exclusive mode", "the clause PARTITION FOR"),
        ("explain plan for create index i on t (a)", "EXPLAIN PLAN FOR CREATE"),
        ("create package p resettable as end;", "the clause RESETTABLE"),
        ("create json collection table t", "CREATE JSON COLLECTION TABLE"),
        ("drop materialized view log on t", "DROP MATERIALIZED VIEW LOG"),
        ("set role x", "SET ROLE"),
        ("create package p wrapped", "wrapped text"),
        ("select json_transform(d, nested path '$.a' (set '@.b' = 1)) from t", "NESTED in JSON_TRANSFORM"),
    ],
)
def test_what_the_tree_does_not_hold_is_refused_by_its_name(text: str, construct: str) -> None:
    with pytest.raises(NotSupported) as caught:
        parse(text)
    assert caught.value.construct == construct
    assert caught.value.message == f"the embedded engine does not run {construct}"
    assert caught.value.code is None


# What may stand in itself: before, within, behind.
NESTING = {
    "parentheses": ("select ", "(", "1", ")", " from dual"),
    "calls": ("select ", "f(", "1", ")", " from dual"),
    "calls behind calls": ("begin a := ", "f(1)(2)(3)(", "1", ")", "; end;"),
    "CASE": ("select ", "case when a = 1 then ", "1", " end", " from dual"),
    "inline views": ("select * from ", "(select * from ", "dual", ")", ""),
    "scalar subqueries": ("select ", "(select ", "1", " from dual)", " from dual"),
    "queries in parentheses": ("", "(", "select 1 from dual", ")", ""),
    "joins in parentheses": ("select 1 from ", "(", "t", ")", ""),
    "WITH": ("", "with a as (", "select 1 from dual", ") select 1 from a", ""),
    "blocks": ("", "begin ", "null;", " end;", ""),
    "IF": ("begin ", "if a then ", "null;", " end if;", " end;"),
    "loops": ("begin ", "for r in (select 1 from dual) loop ", "null;", " end loop;", " end;"),
    "routines": ("declare ", "procedure p is ", "begin null; end;", " begin null; end;", ""),
    "NOT": ("select 1 from dual where ", "not ", "a = 1", "", ""),
    "minus signs": ("select ", "- ", "1", "", " from dual"),
    "powers": ("begin a := ", "2 ** (", "2", ")", "; end;"),
    "JSON_OBJECT": ("select ", "json_object('a' value ", "1", ")", " from dual"),
    "NESTED PATH": ("select 1 from json_table(d, '$' columns (", "nested path '$' columns (", "a path '$'", ")", "))"),
    "GROUPING SETS": ("select 1 from t group by ", "grouping sets (", "a", ")", ""),
    "element types": ("declare type t is table of ", "(", "number", ")", "; begin null; end;"),
}


@pytest.mark.parametrize("name", NESTING)
def test_nesting_has_a_limit_with_a_message_of_its_own(name: str) -> None:
    before, opening, inner, closing, behind = NESTING[name]
    comes = [before + opening * n + inner + closing * n + behind for n in (DEEPEST // 4, 20_000)]
    repr(parse(comes[0]))
    with pytest.raises(SourceError, match=f"nests more than {DEEPEST} levels deep"):
        parse(comes[1])


@pytest.mark.parametrize(
    ("first", "link"),
    [
        ("select 1 from dual where a = 1", " and a = 1"),
        ("select 1", " + 1"),
        ("select 'a'", " || 'a'"),
        ("select 1 from dual", " union all select 1 from dual"),
        ("select 1 from t", " join t on 1 = 1"),
        ("begin if a then null;", " elsif b then null;"),
    ],
)
def test_a_chain_may_be_of_any_length(first: str, link: str) -> None:
    tree = parse(first + link * 3000 + (" end if; end;" if first.startswith("begin") else ""))
    repr(tree)
    hash(tree)


@pytest.mark.parametrize("seed", range(5))
def test_any_text_gives_a_tree_or_an_error_of_the_engine(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        text = fuzz.made_up(chance) if chance.random() < 0.2 else fuzz.mutated(chance)
        assert fuzz.outcome(text) in fuzz.FORESEEN, text


def test_statements_of_both_languages_are_told_apart() -> None:
    assert isinstance(parse("delete from t"), dml.Delete)
    assert isinstance(parse("begin delete from t; end;"), units.AnonymousBlock)
    block = parse("begin delete(1); t.delete; delete from t; end;")
    assert isinstance(block, units.AnonymousBlock)
    assert [type(s) for s in block.block.statements or ()] == [plsql.ProcedureCall, plsql.ProcedureCall, dml.Delete]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("select a from t partition by b where c = 1", "ORA-00905"),
        ("create table t (a number invisible visible)", "ORA-00907"),
        ("create table t (a number default 1 default 2)", "ORA-00907"),
        ("call p.f(1) into l_one", "ORA-00922"),
        ("create type t_one@remote as object (a number)", "ORA-04050"),
        (
            "create trigger tr for update on t compound trigger "
            "before statement is begin null; end before statement tr; end tr;",
            "PLS-00103",
        ),
    ],
)
def test_nothing_is_read_and_dropped(text: str, number: str) -> None:
    with pytest.raises(SourceError, match=number) as caught:
        parse(text)
    assert type(caught.value) is SourceError


def test_null_behind_not_null_is_a_second_constraint() -> None:
    tree = parse("create table t (a number not null null)")
    assert isinstance(tree, ddl.CreateTable)
    assert isinstance(tree.items[0], ddl.Column)
    assert [item.nullable for item in tree.items[0].constraints if isinstance(item, ddl.NotNull)] == [False, True]
