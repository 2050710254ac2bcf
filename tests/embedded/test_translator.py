"""The translator against text written to trip it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emit.catalogue import Catalog
from engine.errors import SourceError
from engine.session.compiling import compiled
from loader.database import Database, DatabaseError
from tests.conftest import Run

text_strategy = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


WORDS = ["select", "x", "'it''s'", "q'[;]'", "1.5", "1..2", ":=", "=>", "||", '"A b"', "(", ")", ",", "<>", "<<", ">>"]


@given(
    st.lists(
        st.sampled_from([*WORDS, "from", "begin", "end", ";", "dual", "where", "*", "create", "case"]), max_size=12
    )
)
def test_any_tokens_are_translated_or_refused(words: list[str]) -> None:
    try:
        compiled(" ".join(words), Catalog())
    except SourceError as error:
        assert error.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("select 1\n  from dual\n connect by level > 3", 3, 2),
        ("begin\n  null;\n  execute immediate 'x';\nend;", 3, 3),
        ("begin\n  x := 1;\nend;", 2, 3),
        ("begin\n  dbms_output.nothing;\nend;", 2, 15),
    ],
)
def test_a_refusal_points_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        compiled(text, Catalog())
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
