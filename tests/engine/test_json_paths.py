"""Paths of SQL/JSON: how they are spelled for PostgreSQL, what of them is refused, and what is none."""

from __future__ import annotations

import pytest

from engine.json_paths import JsonPathError, UnsupportedPathError, item_method, read_path


@pytest.mark.parametrize(
    ("path", "spelled"),
    [
        ("$", "$"),
        ("$ . a [ 0 ] . b", "$.a[0].b"),
        ("lax $.a", "lax $.a"),
        ("""$.'say "x"'""", r'$."say \"x\""'),
        ('$."a b".*', '$."a b".*'),
        ("$.데이터[*]", "$.데이터[*]"),
        ("$[1, 3 to 5, last-1, last]", "$[1, 3 to 5, last - 1, last]"),
        ("$.a?(@.b>1||@.c=='x'&&!(@.d<>-2.5e1))", '$.a?(@.b > 1 || @.c == "x" && !(@.d <> -2.5e1))'),
        ("$?(exists(@.a?(@ == null)))", "$?(exists(@.a?(@ == null)))"),
        ('$?(@ has substring "a.b")', '$?(@ like_regex "a.b" flag "q")'),
        ('$?(@.a eq_regex "x|y")', '$?(@.a like_regex "^(?:x|y)$")'),
        ("$[*]?(@.n == $wanted).n.number()", '$[*]?(@.n == $"wanted").n.number()'),
        ("$.number.string", "$.number.string"),
    ],
)
def test_a_path_is_spelled_for_postgresql(path: str, spelled: str) -> None:
    assert read_path(path).text == spelled


@pytest.mark.parametrize(
    "path",
    ["", "a", "$a", "$.", "$[", "$[]", "$[-1]", "$[1.5]", "$.a.size()c", "$.a b", "$?()", "$?(@.a)", "$?(@ == )",
     '$."a', "$.a.number().b", "$?(1 starts 2)", "$ $", "$.'it''s'", "$?(@ < 1"],
)  # fmt: skip
def test_what_is_no_path_is_an_error(path: str) -> None:
    with pytest.raises(JsonPathError):
        read_path(path)


@pytest.mark.parametrize("path", ["$..a", "$.a.max()", "$?(@ in (1, 2))", '$?(@ like "a%")', "$?(@ has substring $x)"])
def test_what_postgresql_has_not_is_named(path: str) -> None:
    with pytest.raises(UnsupportedPathError, match=r"\w+"):
        read_path(path)


def test_nesting_has_a_limit() -> None:
    assert read_path(f"$?({'(' * 49}@ == 1{')' * 49})").steps is None
    with pytest.raises(UnsupportedPathError, match="50 conditions"):
        read_path(f"$?({'(' * 5000}@ == 1{')' * 5000})")


def test_a_path_tells_its_variables_its_method_and_its_steps() -> None:
    found = read_path("$.a[0].*[*].size()")
    assert (found.method, found.variables, found.steps) == ("size", (), None)
    assert read_path('$.a[0].*."b c"[*]').steps == (".a", "[0]", ".*", '."b c"', "[*]")
    filtered = read_path("$.a?(@.b.size() == $x && @ == $y)")
    assert (filtered.method, filtered.variables, filtered.steps) == ("", ("x", "y"), None)
    assert item_method("$.a.number()") == "number"
    assert item_method("$.a.max()") == item_method("$[") == ""
