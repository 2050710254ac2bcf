"""Tokens of any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SourceError
from engine.lexer import Kind, tokenize

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


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("1e5f 1.5D .5 2.", "NUMBER NUMBER NUMBER NUMBER"),
        ("1..2", "NUMBER OPERATOR NUMBER"),
        ("1x", "NUMBER WORD"),
        ("n'a' Nq'[b]' q'!c!'", "STRING STRING STRING"),
        ("a$b# x_1", "WORD WORD"),
        (':new.x :1 :"A b" := :', "BIND OPERATOR WORD BIND BIND OPERATOR OPERATOR"),
        ("&x &&y..z &1", "SUBSTITUTION SUBSTITUTION OPERATOR WORD SUBSTITUTION"),
        ("$if $$x $then", "DIRECTIVE DIRECTIVE DIRECTIVE"),
        ("a@b a <=> b <-> c <#> d", "WORD OPERATOR WORD WORD OPERATOR WORD OPERATOR WORD OPERATOR WORD"),
        ("select /*+ full(t) */ a --+ x\n/* no */ -- no", "WORD HINT WORD HINT"),
    ],
)
def test_the_kinds_of_tokens(text: str, kinds: str) -> None:
    assert " ".join(token.kind.name for token in tokenize(text, hints=True)[:-1]) == kinds


def test_hints_are_comments_unless_they_are_asked_for() -> None:
    assert [token.value for token in tokenize("select /*+ full(t) */ a")] == ["select", "a", ""]


@pytest.mark.parametrize(
    ("text", "number", "column"),
    [
        ("x 'abc", 1756, 3),
        ("x 'it''s", 1756, 3),
        ("x q'[abc]", 1756, 3),
        ('x "abc', 1740, 3),
        ('x ""', 1741, 3),
        ("x /* abc", 1742, 3),
        ("x \\", 911, 3),
        ("_x", 911, 1),
    ],
)
def test_what_is_no_token_is_refused_at_its_place(text: str, number: int, column: int) -> None:
    with pytest.raises(SourceError) as caught:
        tokenize(text)
    assert (caught.value.code, caught.value.column) == (number, column)
