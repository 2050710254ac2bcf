"""COCO files as people have them: ids of two types, files of other tasks, and entries that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.layouts import coco
from tests.loader.layout_trees import Read, items, read, write_tree

CATEGORIES = [{"id": 1, "name": "scratch", "supercategory": "door"}, {"id": 2, "name": "good", "supercategory": "door"}]
XY = [{"id": 1, "file_name": "x.jpg"}, {"id": 2, "file_name": "y.jpg"}]
GOOD = {"id": 10, "image_id": 2, "category_id": 2}


def read_coco(root: Path, content: Any) -> Read:
    write_tree(root, {"x.jpg": "", "y.jpg": "", "coco.json": content})
    return read(root, coco)


def of(*annotations: Any, images: Any = XY, categories: Any = CATEGORIES) -> dict[str, Any]:
    return {"images": images, "annotations": list(annotations), "categories": categories}


def test_annotations_are_grouped_by_image(tmp_path: Path) -> None:
    box = {"bbox": [0, 0, 1.5, 2], "segmentation": [[1, 2, 3]], "area": 3}
    found = read_coco(tmp_path, of({"id": 1, "image_id": 1, "category_id": 1, **box}, GOOD, {**GOOD, "id": 11, **box}))
    assert found.classes == {
        "coco.json#x.jpg": [("door", "scratch")],
        "coco.json#y.jpg": [("door", "good"), ("door", "good")],
    }
    assert not found.problems


BAD: dict[str, tuple[Any, str]] = {
    "unknown category": ({"id": 7, "image_id": 1, "category_id": 9}, "annotation 7 names category 9, which the file"),
    "no category": ({"id": 7, "image_id": 1}, "annotation 7 has no category_id"),
    "category null": ({"id": 7, "image_id": 1, "category_id": None}, "annotation 7 has no category_id"),
    "category of another type": (
        {"id": 7, "image_id": 1, "category_id": [1]},
        "annotation 7 has a list as category_id",
    ),
    "a text without a number": ({"id": 7, "image_id": 1, "category_id": "a"}, "names category 'a', which"),
    "no id": ({"image_id": 1, "category_id": 9}, "annotation number 1 names category 9"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_annotation_refuses_its_image_alone(tmp_path: Path, name: str) -> None:
    annotation, reason = BAD[name]
    found = read_coco(tmp_path, of(annotation, GOOD))
    assert found.classes == {"coco.json#y.jpg": [("door", "good")]}
    assert list(found.problems) == ["coco.json#x.jpg"]
    assert reason in found.problems["coco.json#x.jpg"]


STRAY: dict[str, tuple[Any, str]] = {
    "a list": ({"id": 7, "image_id": [1], "category_id": 1}, "annotation 7 has a list as image_id"),
    "unknown": ({"id": 7, "image_id": 3, "category_id": 1}, "annotation 7 names image 3, which the file does not list"),
    "missing": ({"id": 7, "category_id": 1}, "annotation 7 has no image_id"),
    "true": ({"id": 7, "image_id": True, "category_id": 1}, "has true or false as image_id"),
    "no object": ("text", "annotation number 1 is a text, not an object"),
    "null": (None, "annotation number 1 is null, not an object"),
}


@pytest.mark.parametrize("name", STRAY)
def test_an_annotation_of_no_image_is_named(tmp_path: Path, name: str) -> None:
    annotation, reason = STRAY[name]
    found = read_coco(tmp_path, of(annotation, {"id": 8, "image_id": 1, "category_id": 1}, GOOD))
    assert found.classes == {"coco.json#x.jpg": [("door", "scratch")], "coco.json#y.jpg": [("door", "good")]}
    assert list(found.problems) == ["coco.json#annotation number 1"]
    assert reason in found.problems["coco.json#annotation number 1"]


@pytest.mark.parametrize(("listed", "named"), [(1, "1"), ("1", 1), (1, 1.0), ("a-1", "a-1"), (10**18, str(10**18))])
def test_ids_are_matched_where_they_are_clear(tmp_path: Path, listed: Any, named: Any) -> None:
    images = [{"id": listed, "file_name": "x.jpg"}]
    categories = [{"id": named, "name": "scratch", "supercategory": "door"}]
    found = read_coco(tmp_path, of({"image_id": named, "category_id": listed}, images=images, categories=categories))
    assert (found.classes, found.problems) == ({"coco.json#x.jpg": [("door", "scratch")]}, {})


def test_ids_of_two_types_are_two_ids(tmp_path: Path) -> None:
    categories = [{"id": 1, "name": "number"}, {"id": "1", "name": "text"}]
    annotations = [{"image_id": 1, "category_id": 1}, {"image_id": 2, "category_id": "1"}]
    found = read_coco(tmp_path, of(*annotations, categories=categories))
    assert found.classes == {"coco.json#x.jpg": [(None, "number")], "coco.json#y.jpg": [(None, "text")]}
    assert found.notes[0].startswith("2 labels name no part")


def test_images_that_are_listed_twice(tmp_path: Path) -> None:
    images = [*XY, {"id": 1, "file_name": "x.jpg"}, {"id": 3, "file_name": "y.jpg"}]
    found = read_coco(tmp_path, of({"image_id": 1, "category_id": 1}, {**GOOD, "image_id": 3}, images=images))
    assert found.classes == {"coco.json#x.jpg": [("door", "scratch")], "coco.json#y.jpg": [("door", "good")]}
    assert found.notes == ["2 images are listed twice: their annotations were put together, such as coco.json"]


def test_one_id_of_two_images(tmp_path: Path) -> None:
    images = [*XY, {"id": 1, "file_name": "z.jpg"}]
    found = read_coco(tmp_path, of({"image_id": 1, "category_id": 1}, GOOD, images=images))
    reason = "image 1 is listed twice, as x.jpg and z.jpg"
    assert found.problems == {"coco.json#x.jpg": reason, "coco.json#z.jpg": reason}
    assert found.classes == {"coco.json#y.jpg": [("door", "good")]}


BAD_IMAGES: dict[str, tuple[Any, str]] = {
    "a text": ("x.jpg", "image number 2 of the list is a text, not an object: x.jpg"),
    "no file": ({"id": 1}, "the file_name of image 1 is missing or empty"),
    "an empty name": ({"id": 1, "file_name": " "}, "the file_name of image 1 is missing or empty"),
    "a list": ({"id": 1, "file_name": ["x.jpg"]}, "the file_name of image 1 is a list, not a text"),
    "a number": ({"file_name": 1}, "the file_name of image number 2 is missing or empty"),
    "half a surrogate": ({"id": 1, "file_name": "\ud800"}, "half of a surrogate pair"),
    "NUL": ({"id": 1, "file_name": "a\0"}, "U+0000"),
    "a long name": ({"id": 1, "file_name": "x" * 1001}, "file_name has 1001 characters"),
    "a large number": ({"id": 1, "file_name": "x.jpg", "at": int("9" * 50)}, "too many digits"),
}


@pytest.mark.parametrize("name", BAD_IMAGES)
def test_a_bad_image_costs_itself_alone(tmp_path: Path, name: str) -> None:
    image, reason = BAD_IMAGES[name]
    content = of(GOOD, images=[{"id": 2, "file_name": "y.jpg"}, image])
    write_tree(tmp_path, {"coco.json": json.dumps(content).encode()})
    found = read(tmp_path, coco)
    assert found.classes == {"coco.json#y.jpg": [("door", "good")]}
    ((_, problem),) = found.problems.items()
    assert reason in problem


def test_names_that_stand_twice(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "coco.json": '{"images": [{"id": 1, "file_name": "x.jpg", "a": {"b": 1, "b": 2}},'
            ' {"id": 2, "file_name": "y.jpg"},'
            ' {"id": 3, "file_name": "z.jpg"}, {"id": 4, "file_name": "w.jpg"}],'
            ' "annotations": [{"id": 5, "image_id": 2, "category_id": 1, "category_id": 2},'
            ' {"image_id": 3, "category_id": 1},'
            ' {"id": 6, "image_id": 4, "category_id": 2}],'
            ' "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b", "name": "c"}]}',
            "top.json": '{"images": [], "images": []}',
        },
    )
    found = read(tmp_path, coco)
    assert found.problems == {
        "coco.json#x.jpg": "the name 'b' stands twice in image 1",
        "coco.json#y.jpg": "the name 'category_id' stands twice in annotation 5",
        "coco.json#w.jpg": "annotation 6: category 2 has the name 'name' twice",
        "top.json": "the name 'images' stands twice in the COCO file",
    }
    assert found.classes == {"coco.json#z.jpg": [(None, "a")]}


OTHERS: dict[str, tuple[Any, str]] = {
    "captions": (
        {"images": XY, "annotations": [{"id": 1, "image_id": 1, "caption": "a door"}]},
        "1 COCO files were passed over: they hold captions, and no categories of images, such as coco.json",
    ),
    "panoptic": (
        of({"image_id": 1, "file_name": "x.png", "segments_info": [{"category_id": 1}]}),
        "1 COCO files were passed over: they hold panoptic segments",
    ),
    "test": ({"images": XY, "categories": CATEGORIES}, "1 COCO files were passed over: they hold no annotations"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_tasks_are_passed_over(tmp_path: Path, name: str) -> None:
    content, note = OTHERS[name]
    found = read_coco(tmp_path, content)
    assert (found.classes, found.problems) == ({}, {})
    assert found.notes[0].startswith(note)


NO_COCO: dict[str, tuple[Any, str]] = {
    "a list": ([], "this is not a COCO file: it holds a list, not an object"),
    "a number": (3, "this is not a COCO file: it holds a number, not an object"),
    "something else": ({"info": 1}, "this is not a COCO file: images is missing"),
    "images": (of(images={}), "this is not a COCO file: images is an object, not a list"),
    "annotations": ({"images": [], "annotations": {}}, "annotations is an object, not a list"),
    "no categories": ({"images": [], "annotations": [GOOD]}, "this is not a COCO file: categories is missing"),
    "categories": (of(categories=3), "categories is a number, not a list"),
    "too deep": ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "not UTF-8": (b'{"a": "\xff"}', "not UTF-8"),
}


@pytest.mark.parametrize("name", NO_COCO)
def test_what_is_no_coco_file_is_named(tmp_path: Path, name: str) -> None:
    content, reason = NO_COCO[name]
    assert reason in read_coco(tmp_path, content).problems["coco.json"]


def test_categories_that_do_not_agree(tmp_path: Path) -> None:
    categories = [*CATEGORIES, {"id": 1, "name": "dent"}, CATEGORIES[1], "x", {"name": "without id"}]
    found = read_coco(tmp_path, of({"id": 3, "image_id": 1, "category_id": 1}, GOOD, categories=categories))
    assert found.problems == {"coco.json#x.jpg": "annotation 3: category 1 is listed twice, with different names"}
    assert found.classes == {"coco.json#y.jpg": [("door", "good")]}


def test_values_of_categories_are_cleaned_and_checked(tmp_path: Path) -> None:
    categories = [{"id": 1, "name": " scratch ", "supercategory": 7}, {"id": 2, "name": ["good"]}]
    found = read_coco(tmp_path, of({"image_id": 1, "category_id": 1}, GOOD, categories=categories))
    assert found.classes == {"coco.json#x.jpg": [("7", "scratch")]}
    assert found.problems == {"coco.json#y.jpg": "quality is a list, not a text"}


def test_a_split_takes_the_images_of_its_directory(tmp_path: Path) -> None:
    one = of({"image_id": 1, "category_id": 1}, images=[{"id": 1, "file_name": "1.jpg"}])
    for split in ("train2017", "val2017"):
        write_tree(tmp_path, {f"{split}/1.jpg": "", f"annotations/instances_{split}.json": one})
    # Of several the nearest; the directory may be called by the word alone, and hold another.
    write_tree(tmp_path, {"b/test/1.jpg": "", "c/test/1.jpg": "", "b/annotations/test2019.json": one})
    write_tree(tmp_path, {"d/Extra/images/1.jpg": "", "extra.json": one})
    # The nearest does not have it.
    write_tree(tmp_path, {"new/2.jpg": "", "old/new/1.jpg": "", "annotations/new.json": one})
    found = read(tmp_path, coco)
    assert {path: label["images"][0]["file_name"] for path, label in found.labels.items()} == {
        "annotations/instances_train2017.json#1.jpg": "train2017/1.jpg",
        "annotations/instances_val2017.json#1.jpg": "val2017/1.jpg",
        "b/annotations/test2019.json#1.jpg": "b/test/1.jpg",
        "extra.json#1.jpg": "d/Extra/images/1.jpg",
        "annotations/new.json#1.jpg": "old/new/1.jpg",
    }


def test_a_name_stays_as_it_is_written_where_no_directory_is_told(tmp_path: Path) -> None:
    write_tree(tmp_path, {"images/x.jpg": "", "train/y.jpg": ""})
    write_tree(tmp_path, {"instances_train.json": of({"image_id": 1, "category_id": 1}, images=XY[:1])})
    (item,) = items(tmp_path, coco)
    assert item.text == (
        '{"images": [{"id": 1, "file_name": "x.jpg"}], '
        '"annotations": [{"attributes": {"part": "door", "quality": "scratch", "categories": []}}]}'
    )


scalars = (
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["1", "x.jpg", "\ud800", "", "a\0", 1e300, 0.5])
)
junk = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner))


def objects(*names: str) -> st.SearchStrategy[Any]:
    return junk | st.fixed_dictionaries({}, optional=dict.fromkeys(names, scalars | junk))


@settings(max_examples=300, deadline=None)
@given(
    content=junk
    | st.fixed_dictionaries(
        {},
        optional={
            "images": junk | st.lists(objects("id", "file_name"), max_size=3),
            "annotations": junk | st.lists(objects("id", "image_id", "category_id", "caption"), max_size=3),
            "categories": junk | st.lists(objects("id", "name", "supercategory"), max_size=3),
        },
    )
)
def test_any_json_gives_label_items_alone(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    root = tmp_path_factory.mktemp("any")
    write_tree(root, {"coco.json": json.dumps(content).encode()})
    read(root, coco)
    assert list(items(root, coco))


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=60))
def test_any_bytes_give_label_items_alone(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("any")
    write_tree(root, {"coco.json": content})
    read(root, coco)
