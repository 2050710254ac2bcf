"""Where statements and commands begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.client.reader import ItemKind, is_complete, items

STATEMENT, COMMAND, UNKNOWN, REPEAT = ItemKind.STATEMENT, ItemKind.COMMAND, ItemKind.UNKNOWN, ItemKind.REPEAT


def read(text: str) -> list[tuple[ItemKind, str, int]]:
    return [(item.kind, item.text, item.line) for item in items(text.split("\n"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1 from dual;", [(STATEMENT, "select 1 from dual", 1)]),
        ("select 1\n  from dual\n/", [(STATEMENT, "select 1\n  from dual", 1)]),
        ("select 1\n\nfrom dual", [(STATEMENT, "select 1\n\nfrom dual", 1)]),
        ("select 1 from a; select 2 from b;", [(STATEMENT, "select 1 from a", 1), (STATEMENT, "select 2 from b", 1)]),
        ("select ';' from dual;", [(STATEMENT, "select ';' from dual", 1)]),
        ("select 'a\nb;c' from dual;", [(STATEMENT, "select 'a\nb;c' from dual", 1)]),
        ("select q'[it's; ]' from dual;", [(STATEMENT, "select q'[it's; ]' from dual", 1)]),
        ("select 1 -- no; end\nfrom dual;", [(STATEMENT, "select 1 -- no; end\nfrom dual", 1)]),
        ("select 1 /* no;\n/\n*/ from dual;", [(STATEMENT, "select 1 /* no;\n/\n*/ from dual", 1)]),
        ("begin null; end;\n/\n/", [(STATEMENT, "begin null; end;", 1), (REPEAT, "", 3)]),
        ("<<a>> begin null; end;\n/", [(STATEMENT, "<<a>> begin null; end;", 1)]),
        ("create or replace package p as end;\n/\nprompt x", [
            (STATEMENT, "create or replace package p as end;", 1), (COMMAND, "prompt x", 3)]),
        ("with function f return number is begin return 1; end;\nselect f from dual\n/", [
            (STATEMENT, "with function f return number is begin return 1; end;\nselect f from dual", 1)]),
        ("create table t (a number);\nexec p", [(STATEMENT, "create table t (a number)", 1), (COMMAND, "exec p", 2)]),
        ("set transaction read only;", [(STATEMENT, "set transaction read only", 1)]),
        ("set linesize 80", [(COMMAND, "set linesize 80", 1)]),
        ("exec p( -\n  1)\nprompt x", [(COMMAND, "exec p( 1)", 1), (COMMAND, "prompt x", 3)]),
        ("/* a\n b; */ prompt x\n-- y\nrem z -", [(COMMAND, "prompt x", 2), (COMMAND, "rem z", 4)]),
        ("prompt ----\nprompt x", [(COMMAND, "prompt ----", 1), (COMMAND, "prompt x", 2)]),
        ("(select 1 from dual);", [(STATEMENT, "(select 1 from dual)", 1)]),
        ("@a b c\n@@d\n?\n", [(COMMAND, "@a b c", 1), (COMMAND, "@@d", 2), (COMMAND, "?", 3)]),
        ("\ufeffselect 1 from dual;\r\n", [(STATEMENT, "select 1 from dual", 1)]),
        (";\n \n\t", []),
    ],
)  # fmt: skip
def test_what_a_text_holds(text: str, expected: list[tuple[ItemKind, str, int]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "line",
    ["selec 1 from dual;", "foo -", "&x", "1", "'", '"', "탱크", "execute_it", "desc_t", "select_ 1;", "\0", "%^;"],
)
def test_an_unknown_command_is_one_line_and_no_more(line: str) -> None:
    assert read(f"{line}\nprompt x") == [(UNKNOWN, line, 1), (COMMAND, "prompt x", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "select 'open from dual;",
        "select 'open\n  from dual;",
        'select "open from dual;',
        "select q'[open from dual;",
        "select 1 from dual;",
        "select @ & $ from dual;",
        "select 'open\n/",
        "begin x := 'open; end;\n/",
        "begin nothing here\n/",
    ],
)
def test_a_statement_that_is_wrong_swallows_nothing(text: str) -> None:
    found = read(f"{text}\nprompt x\nselect 2 from dual;")
    assert found[1:] == [
        (COMMAND, "prompt x", text.count("\n") + 2),
        (STATEMENT, "select 2 from dual", text.count("\n") + 3),
    ]


def test_what_follows_a_comment_that_is_not_closed_is_never_run() -> None:
    assert [kind for kind, _, _ in read("/* delete:\ndelete from t;\n")] == [ItemKind.OPEN_COMMENT]


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("", True),
        ("select 1", False),
        ("select 1\nfrom dual;", True),
        ("begin null; end;", False),
        ("begin null; end;\n/", True),
        ("prompt x", True),
        ("exec p( -", False),
        ("selec 1", True),
        ("select 'a", False),
        ("select 'a;", True),
        ("/* a", False),
        ("select 1 from dual; select 2", False),
    ],
)
def test_what_is_typed_is_sent_off_when_it_is_complete(text: str, complete: bool) -> None:
    assert is_complete(text) is complete


PIECES = st.sampled_from(
    ["select", "begin", "end;", "'", '"', "q'[", "]'", "--", "/*", "*/", "/", ";", "\n", " ", "-", "&x", ":x", "exec",
     "prompt", "create package", "가", "$", "\0", "1", "(", "set", "@", "<<"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
def test_any_text_is_read_to_its_end(text: str) -> None:
    found = read(text)
    lines = [line for _, _, line in found]
    assert lines == sorted(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
    assert is_complete(text) in (True, False)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join)))
def test_nothing_swallows_what_stands_behind_its_own_end(text: str) -> None:
    """A literal is ended by a `;` at the end of a line, a block by `/`, a comment by its sign: then comes a command."""
    closed = f"{text}\n*/;\n/\n"
    assert read(f"{closed}prompt x")[-1][:2] == (COMMAND, "prompt x")
