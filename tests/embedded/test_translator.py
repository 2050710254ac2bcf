"""The translator against text written to trip it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SourceError
from engine.lexer import Kind, tokenize
from engine.script import StatementKind, split
from loader.database import Database, DatabaseError
from loader.embedded.translate import Catalog, translate
from tests.conftest import Run

text_strategy = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@given(text=text_strategy)
def test_any_string_literal_is_one_token_with_its_text(text: str) -> None:
    tokens = tokenize(f"x := {literal(text)};")
    assert [token.value for token in tokens if token.kind is Kind.STRING] == [text]


@given(text=text_strategy, pair=st.sampled_from(["[]", "{}", "()", "<>", "!!", "||", "xx"]))
def test_any_q_quoted_literal_is_one_token_with_its_text(text: str, pair: str) -> None:
    if pair[1] + "'" in text + "'" and (text.endswith(pair[1]) or pair[1] + "'" in text):
        return
    tokens = tokenize(f"q'{pair[0]}{text}{pair[1]}'")
    assert [(token.kind, token.value) for token in tokens[:-1]] == [(Kind.STRING, text)]


WORDS = ["select", "x", "'it''s'", "q'[;]'", "1.5", "1..2", ":=", "=>", "||", '"A b"', "(", ")", ",", "<>", "<<", ">>"]
FILLERS = [" ", "\n", " /* ; ' -- */ ", " -- it's; /*\n", "\t"]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(FILLERS), st.sampled_from(FILLERS))))
def test_blanks_and_comments_change_no_token(parts: list[tuple[str, str, str]]) -> None:
    first = tokenize("".join(word + a for word, a, _ in parts))
    second = tokenize("".join(word + b for word, _, b in parts))
    assert [(t.kind, t.value) for t in first] == [(t.kind, t.value) for t in second]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        list(split(text, "f.sql"))
    except SourceError as error:
        assert error.source == "f.sql"
        assert 1 <= error.line <= text.count("\n") + 1


@given(
    st.lists(
        st.sampled_from([*WORDS, "from", "begin", "end", ";", "dual", "where", "*", "create", "case"]), max_size=12
    )
)
def test_any_tokens_are_translated_or_refused(words: list[str]) -> None:
    try:
        translate(" ".join(words), Catalog())
    except SourceError as error:
        assert error.message


SCRIPT = """
-- ; a comment
select 'a;b', q'[it's; /]' from dual;
create or replace package p as
  c constant varchar2(9) := ';';
end;
/
begin null; /* ;
/
*/ end;
/
set serveroutput on
exec p.x('a;b');
insert into t values (1 / 2)
/
"""


def test_a_script_is_split_where_oracle_splits_it() -> None:
    statements = list(split(SCRIPT))
    assert [(s.kind, s.line, s.command) for s in statements] == [
        (StatementKind.SQL, 3, ""),
        (StatementKind.PLSQL, 4, ""),
        (StatementKind.PLSQL, 8, ""),
        (StatementKind.COMMAND, 12, "set"),
        (StatementKind.COMMAND, 13, "execute"),
        (StatementKind.SQL, 14, ""),
    ]
    assert statements[5].text == "insert into t values (1 / 2)"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("select 1\n  from dual\n connect by level < 3", 3, 2),
        ("begin\n  null;\n  execute immediate 'x';\nend;", 3, 3),
        ("begin\n  x := 1;\nend;", 2, 3),
        ("begin\n  dbms_output.nothing;\nend;", 2, 15),
    ],
)
def test_a_refusal_points_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        translate(text, Catalog())
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.usefixtures("embedded_only")
class TestRunning:
    @given(text=text_strategy)
    def test_any_text_comes_back_from_the_database(self, text: str, database: Database) -> None:
        ((found,),) = database.execute(f"select {literal(text)} from dual").rows
        assert found == (text or None)

    @pytest.fixture(scope="class")
    def database(self, settings: object):  # type: ignore[no-untyped-def]
        from loader.database import connect

        with connect(settings) as database:  # type: ignore[arg-type]
            yield database

    def test_an_error_in_a_block_has_the_line_of_the_block(self, run: Run) -> None:
        with pytest.raises(DatabaseError) as caught:
            run("declare\n  n number := 0;\nbegin\n  null;\n  n := 1 / n;\nend;")
        assert (caught.value.code, caught.value.line) == (1476, 5)

    def test_a_handler_that_would_undo_changes_is_refused(self, run: Run) -> None:
        run("create table handler_test (id number primary key)")
        with pytest.raises(DatabaseError, match="a block which changed rows"):
            run(
                "begin insert into handler_test values (1); insert into handler_test values (1);"
                " exception when dup_val_on_index then null; end;"
            )
        # The change that fails may be caught where it stands alone.
        run(
            "begin insert into handler_test values (1); begin insert into handler_test values (1);"
            " exception when dup_val_on_index then null; end; end;"
        )
        run("drop table handler_test purge")

    def test_a_misspelled_column_is_named_in_its_line(self, run: Run) -> None:
        with pytest.raises(DatabaseError) as caught:
            run("select 1,\n       nothing\n  from dual")
        assert (caught.value.code, caught.value.line, caught.value.column) == (904, 2, 8)
