"""Labels that say another thing than their directories: counted and named, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loader.database import Database
from loader.labels import walk
from loader.layouts import LAYOUTS, UnreadLabel
from tests.loader.conftest import Make
from tests.loader.layout_trees import write_tree
from tests.loader.test_cli import Loader, loader

__all__ = ["loader"]

Attributes = dict[str, Any]


def doubts(root: Path, labels: dict[str, Attributes]) -> list[str]:
    """What is doubtful about labels of AI Hub's layout with these attributes."""
    write_tree(
        root,
        {path: {"images": [{}], "annotations": [{"attributes": given}]} for path, given in labels.items()},
    )
    tree = walk(root)
    for item in LAYOUTS["aihub"](tree):
        if isinstance(item, UnreadLabel):
            item.read()
    for say in tree.last_words:
        say()
    return list(tree.doubts.lines())


def of(path: str, example: str) -> list[str]:
    return [f"1 labels where directory and label differ, such as {path} ({example})"]


GOOD_TANK = {"part": "탱크", "quality": "양품"}


def test_a_quality_that_another_label_says(tmp_path: Path) -> None:
    labels = {
        f"labels/{quality}/탱크/{quality}.json": {"part": "탱크", "quality": quality} for quality in ("긁힘", "단차")
    }
    labels["labels/긁힘/탱크/wrong.json"] = {"part": "탱크", "quality": "단차"}
    assert doubts(tmp_path, labels) == of("labels/긁힘/탱크/wrong.json", "directory 긁힘, quality 단차")


@pytest.mark.parametrize(
    ("directory", "quality", "differs"),
    [
        *(("양품", "불량", True), ("Good", "NG", True), ("defective", "정상", True), ("OK", "ng", True)),
        *(("양품", "good", False), ("NORMAL", "ok", False), ("불량", "bad", False), ("양품 ", "양품", False)),
        *(("defective", "0.67", False), ("set", "good", False), ("TS_good", "bad", False), ("good.zip", "bad", False)),
    ],
)
def test_usual_words_for_quality_need_no_other_label(
    directory: str, quality: str, differs: bool, tmp_path: Path
) -> None:
    found = doubts(tmp_path, {f"labels/{directory}/탱크/x.json": {"part": "탱크", "quality": quality}})
    expected = of(f"labels/{directory}/탱크/x.json", f"directory {directory.strip()}, quality {quality}")
    assert found == (expected if differs else [])


def test_parts_and_own_categories(tmp_path: Path) -> None:
    assert doubts(tmp_path / "part", {"a/밸브/x.json": {"part": "밸브"}, "a/밸브/y.json": GOOD_TANK}) == of(
        "a/밸브/y.json", "directory 밸브, part 탱크"
    )
    categories = {"categories": ["불량", "탱크"]}
    assert doubts(tmp_path / "categories", {"labels/양품/탱크/x.json": GOOD_TANK | categories}) == of(
        "labels/양품/탱크/x.json", "directory 양품, category 불량"
    )


@pytest.mark.parametrize(
    "labels",
    [
        {"labels/양품/탱크/x.json": GOOD_TANK | {"categories": ["own"]}},
        {"labels/양품/탱크/x.json": {}},
        {"x.json": {"quality": "bad"}, "good/y.json": {"quality": "good"}},
        # Another name that is a value as well contradicts nothing where one of them agrees.
        {"door/handle/x.json": {"part": "handle"}, "door/y.json": {"part": "door"}},
        {"mono/a/x.json": {"part": "mono", "quality": "1.00"}, "poly/a/y.json": {"part": "poly", "quality": "0.00"}},
    ],
)
def test_what_says_no_other_thing_is_not_doubtful(labels: dict[str, Attributes], tmp_path: Path) -> None:
    assert doubts(tmp_path, labels) == []


def test_all_are_counted_and_some_are_shown(tmp_path: Path) -> None:
    labels = {f"bad/{number}/x.json": {"quality": "good"} for number in range(9)}
    (line,) = doubts(tmp_path, labels | {"good/x.json": {"quality": "good"}})
    shown = "; ".join(f"bad/{number}/x.json (directory bad, quality good)" for number in range(3))
    assert line == f"9 labels where directory and label differ, such as {shown}"


def test_a_table_and_the_directories_of_the_images_that_it_names(tmp_path: Path) -> None:
    table = "file,part,quality\ngood/a.png,bolt,bad\nbad\\\\b.png,bolt,bad\nc.png,bolt,bad\n"
    write_tree(tmp_path, {"labels.csv": table})
    tree = walk(tmp_path)
    list(LAYOUTS["csv"](tree))
    assert list(tree.doubts.lines()) == of("labels.csv#good/a.png", "directory good, quality bad")


def test_a_load_ends_with_its_classes_and_what_is_doubtful(
    loader: Loader, installed: Database, root: Path, make: Make, tiny_model_path: Path
) -> None:
    make("labels/양품/탱크/x.json", part="탱크", quality="불량")
    make("labels/양품/탱크/y.json", part="탱크", quality="")
    for options in ([], ["--dry-run", "--verify"]):
        done = loader(root, "--model", tiny_model_path, *options)
        (expected,) = of("labels/양품/탱크/x.json", "directory 양품, quality 불량")
        assert expected in done.stdout.splitlines()
    done = loader(root, "--model", tiny_model_path, "--verify")
    *_, head, _, first, second, unlabelled, differ, _ = done.stdout.splitlines()
    assert (head.split(), first.split(), second.split()) == (
        ["Part", "Quality", "Images"],
        ["탱크", "불량", "1"],
        ["탱크", "-", "1"],
    )
    assert unlabelled == "1 images without part or quality: nothing is compared with them"
    assert differ.startswith("1 labels where directory and label differ")
