"""The rules of part, quality and categories."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.documents import Spelled, parse
from loader.labels import LabelError
from loader.values import LONGEST, Cleaning, cleaned
from tests.loader.test_documents import json_values


@given(text=st.text(max_size=120))
def test_a_text_is_composed_and_trimmed_and_stays_so(text: str) -> None:
    result = cleaned(text)
    assert cleaned(result) == result == unicodedata.normalize("NFC", result).strip()
    cleaning = Cleaning()
    if len(result) > LONGEST:
        with pytest.raises(LabelError, match="100 are the limit"):
            cleaning.text("part", text)
    else:
        assert cleaning.text("part", text) == (result or None)
        assert cleaning.changed == (result != text)


@pytest.mark.parametrize(
    ("value", "text", "changed"),
    [
        (None, None, 0),
        ("", None, 0),
        (" \u3000\u00a0\ufeff\u200b\n", None, 1),
        ("\u1100\u1161", "가", 1),
        ("도" * 100 + " ", "도" * 100, 1),
        ("two  words", "two  words", 0),
        (Spelled("1.50"), "1.50", 1),
    ],
)
def test_values(value: Any, text: str | None, changed: int) -> None:
    cleaning = Cleaning()
    assert (cleaning.text("part", value), cleaning.changed) == (text, changed)


@pytest.mark.parametrize(
    ("value", "what"), [([], "a list"), ({}, "an object"), (True, "true or false"), ("도" * 101, "101 characters")]
)
def test_values_that_are_refused(value: Any, what: str) -> None:
    with pytest.raises(LabelError, match=f"^quality (is|has) {what}"):
        Cleaning().text("quality", value)


def label(**attributes: Any) -> dict[str, Any]:
    return {"images": [{"file_name": " x.jpg "}], "annotations": [{"attributes": attributes}]}


def test_a_label_is_cleaned_in_place_but_for_its_file_name() -> None:
    value = label(part=" \u1100\u1161", quality="", categories=["a ", None, "b"], other=" o ")
    cleaning = Cleaning()
    cleaning.label(value)
    assert value == label(part="가", quality=None, categories=["a", None, "b"], other=" o ")
    assert (cleaning.changed, cleaning.missing) == (2, ["quality"])


def test_nothing_is_added_to_a_label() -> None:
    values: list[Any] = [
        label(),
        {"annotations": [{}]},
        {"annotations": [{"attributes": None}]},
        {"annotations": {}},
        [],
        3,
    ]
    for value in values:
        before = json.dumps(value)
        cleaning = Cleaning()
        cleaning.label(value)
        assert json.dumps(value) == before
        assert cleaning.missing == ([] if isinstance(value, list | int) else ["part", "quality"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"annotations": None}, "the label has no annotations"),
        ({"annotations": [{}, 3]}, "annotation 2 is "),
        ({"annotations": [{"attributes": []}]}, "the attributes of annotation 1 are a list, not an object"),
        (label(part=["a"]), "part is a list, not a text"),
        (label(categories=["a", {}]), "a category is an object, not a text"),
        (label(categories=["x" * 101]), "a category has 101 characters"),
        ({"images": [{"file_name": "x" * 1001}]}, "file_name has 1001 characters"),
        ({"images": [{"file_name": ["x"]}]}, "file_name is a list, not a text"),
    ],
)
def test_labels_that_are_refused(value: Any, reason: str) -> None:
    with pytest.raises(LabelError, match=f"^{reason}"):
        Cleaning().label(value)


@given(value=json_values, images=json_values, annotations=json_values, attributes=json_values, part=json_values)
def test_any_json_is_cleaned_or_refused(value: Any, images: Any, annotations: Any, attributes: Any, part: Any) -> None:
    for made in (
        value,
        {"images": images, "annotations": annotations},
        {"annotations": [annotations]},
        {"annotations": [{"attributes": attributes}]},
        label(part=part, categories=attributes),
    ):
        _, parsed = parse(json.dumps(made).encode())
        try:
            Cleaning().label(parsed)
        except LabelError as error:
            assert str(error)
