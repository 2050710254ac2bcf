"""JSON files: what is read, what is refused, and that no digit is lost on the way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.documents import Spelled, parse, read_file, repeated_name, write
from loader.labels import LabelError
from loader.layouts import aihub
from tests.loader.layout_trees import items, write_tree

plain = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=12,
)


@given(value=json_values, ascii_only=st.booleans(), bom=st.booleans())
def test_any_json_is_read_and_written_as_it_is(value: Any, ascii_only: bool, bom: bool) -> None:
    text, parsed = parse(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8-sig" if bom else "utf-8"))
    assert json.loads(text) == value
    assert write(parsed) == json.dumps(value, ensure_ascii=False)


@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        text, value = parse(content)
    except LabelError as error:
        assert str(error).startswith("the label ")
    else:
        assert json.loads(write(value)) == json.loads(text)


@pytest.mark.parametrize("number", ["1.50", "1e5", "-0", "0.1000000000000000055511151231257827", "9" * 5000, "1E+2"])
def test_numbers_stay_as_they_are_spelled(number: str) -> None:
    _, value = parse(f'{{"a": [{number}]}}'.encode())
    assert isinstance(value["a"][0], Spelled)
    assert write(value) == f'{{"a": [{number}]}}'


def test_any_depth_is_written() -> None:
    value: Any = []
    for _ in range(50_000):
        value = [value]
    assert write(value) == "[" * 50_001 + "]" * 50_001


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('{"a": 1, "b": 2}', None),
        ('{"a": {"a": 1}, "b": [{"a": 1}]}', None),
        ('{"a": 1, "a": 1}', "a"),
        ('{"x": [1, {"b": 1, "c": 2, "b": 3}]}', "b"),
        ('{"a": 1, "\\u0061": 1}', "a"),
    ],
)
def test_names_that_stand_twice_are_noticed(content: str, name: str | None) -> None:
    assert repeated_name(parse(content.encode())[1]) == name


def test_files_that_are_too_large_or_none_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)
    os.mkfifo(tmp_path / "pipe")
    for name, reason in {"large": "limit", "pipe": "FIFO", ".": "directory", "none": "No such file"}.items():
        with pytest.raises(LabelError, match=reason):
            read_file(tmp_path / name)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_label_file_gives_one_item(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("any")
    write_tree(root, {"a.json": content})
    (item,) = items(root, aihub)
    assert item.is_label
    json.loads(item.to_json())
