"""The categories that AI Hub's directories give: wrapping ones are taken out."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.categories import Categories, hash_of, set_categories
from loader.database import Database
from loader.documents import parse, write
from loader.layouts import aihub
from loader.load import load
from loader.model import Model
from loader.wrappers import PATTERNS, is_wrapper
from tests.loader.conftest import Make
from tests.loader.test_load import rows, stored

plain = st.sampled_from(["도어", "단차", "set", "good", "a b", "T"])
wrapping = st.sampled_from(
    ["라벨링데이터", "[라벨]도어", "TL_1.도어", "VS_x", "Training", "2.validation", "labels", "Sample"]
)


def of(*paths: str, chosen: tuple[int, int] | None = None) -> list[list[str] | None]:
    rule = Categories(paths, chosen)
    return [rule.of(path) for path in paths]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.json", None),
        ("도어/x.json", None),
        ("도어/스크래치/x.json", ["도어", "스크래치"]),
        ("labels/양품/탱크/x.json", ["양품", "탱크"]),
        ("labels/only/x.json", None),
        ("line4/양품/탱크/x.json", ["양품", "탱크"]),
        ("line4/양품/탱크/2021/x.json", ["양품", "탱크"]),
        ("1.Training/라벨링데이터/TL_1.도어/도어/단차/x.json", ["도어", "단차"]),
        ("[라벨]도어/단차/깊은/x.json", ["단차", "깊은"]),
        ("도어/라벨링데이터/단차/x.json", ["도어", "단차"]),
        ("Sample/라벨링데이터/x.json", None),
    ],
)
def test_the_categories_of_one_label(path: str, expected: list[str] | None) -> None:
    assert of(path) == [expected]


def test_two_directories_are_a_set_and_a_category_where_others_have_three() -> None:
    assert of("set/a/b/x.json", "set/a/y.json") == [["a", "b"], None]


def test_chosen_directories_decide_alone() -> None:
    assert of("labels/a/b/c/x.json", "labels/y.json", chosen=(4, 2)) == [["c", "a"], None]


@given(
    names=st.lists(st.tuples(plain, st.lists(wrapping, max_size=2)), min_size=2, max_size=4),
    last=st.lists(wrapping, max_size=2),
)
def test_wrapping_directories_anywhere_change_nothing_once_there_is_one(
    names: list[tuple[str, list[str]]], last: list[str]
) -> None:
    path = "/".join(["labels", *(part for name, before in names for part in (*before, name)), *last, "x.json"])
    assert of(path) == [[name for name, _ in names[:2]]]


@given(paths=st.lists(st.lists(plain | wrapping, max_size=5), min_size=1, max_size=6))
def test_the_categories_are_two_neighbours_of_the_path_or_none(paths: list[list[str]]) -> None:
    spelled = ["/".join([*path, "x.json"]) for path in paths]
    for path, found in zip(paths, of(*spelled), strict=True):
        left = [name for name in path if not is_wrapper(name)]
        if found is None:
            assert len(left) < 3
        else:
            assert found == (left[:2] if len(left) < len(path) or found == left[:2] else path[1:3])


@given(name=plain | wrapping)
def test_a_wrapping_directory_is_one_of_the_list(name: str) -> None:
    assert is_wrapper(name) == any(fnmatchcase(name.lower(), pattern.lower()) for pattern in PATTERNS)


def with_categories(text: str, categories: list[str]) -> str:
    _, value = parse(text.encode())
    set_categories(value, categories)
    return write(value)


def test_a_label_keeps_every_digit_and_all_else() -> None:
    text = '{"a": [1e400, 0.10000000000000000555, -0, null, "\\u20ac"], "annotations": [{"attributes": {"part": "p"}}]}'
    put = with_categories(text, ["x", "y"])
    assert "[1e400, 0.10000000000000000555, -0, null, " in put
    assert json.loads(put)["annotations"] == [{"attributes": {"part": "p", "categories": ["x", "y"]}}]


@pytest.mark.parametrize("label", ["[]", "1", '{"annotations": 3}', '{"annotations": [1, {"attributes": "x"}, {}]}'])
def test_what_is_no_label_stays_as_it_is(label: str) -> None:
    assert json.loads(with_categories(label, ["x", "y"])) == json.loads(label)


def test_the_hash_is_the_files_where_the_first_rule_gave_the_same() -> None:
    assert hash_of("f", "labels/a/b/x.json", ["a", "b"]) == "f"
    assert hash_of("f", "a/x.json", None) == "f"
    other = {hash_of("f", "labels/a/b/x.json", c) for c in (None, ["b", "a"], ["a,b", ""])}
    assert len(other | {"f"}) == 4


def test_another_rule_makes_a_label_changed_and_embeds_nothing(
    installed: Database, tmp_path: Path, make: Make, tiny_model: Model
) -> None:
    make("labels/a/b/x.json")
    root = tmp_path / "root"
    load(installed, root, tiny_model)
    chosen = load(installed, root, tiny_model, layout=lambda tree: aihub(tree, (3, 1)))
    assert (chosen.changed, chosen.stored) == (1, 0)
    assert [row[2:] for row in stored(installed)] == [("b", "labels")]
    assert load(installed, root, tiny_model, layout=lambda tree: aihub(tree, (3, 1))).unchanged == 1
    back = load(installed, root, tiny_model)
    assert (back.changed, back.stored) == (1, 0)
    assert (
        "1 labels take their categories from the first two directories that remain without those that wrap others,"
        " such as labels/a/b (a, b)"
    ) in back.notes


def test_the_database_takes_the_categories_that_the_label_says(
    installed: Database, tmp_path: Path, make: Make, tiny_model: Model
) -> None:
    from loader.layouts import LAYOUTS

    for at, depth in enumerate(("bolt/good", "deep/er/bolt/bad")):
        make("unused.json", f"{depth}/{at}.png")
    (tmp_path / "root" / "unused.json").unlink()
    load(installed, tmp_path / "root", tiny_model, layout=LAYOUTS["folders"])
    assert sorted(stored(installed)) == [("bolt", "bad", "bad", "bolt"), ("bolt", "good", "good", "bolt")]
    assert rows(installed, "select count(*) from vw_image_failure") == [(0,)]
