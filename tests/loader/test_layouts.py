"""Labels of every layout in the database: what is stored, refused and noted."""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loader.config import ConfigurationError
from loader.database import Database
from loader.labels import Tree
from loader.layouts import LabelItem, Layout, aihub, coco, folders, label, mvtec, table
from loader.load import load
from loader.model import Model
from tests.loader.conftest import Make
from tests.loader.layout_trees import write_tree


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


def stored(db: Database) -> list[tuple[Any, ...]]:
    return rows(db, "select part, quality from vw_image_demo1 order by part, quality")


def test_class_folders(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    for name in ("탱크/양품/a.png", "탱크/불량/a.png", "valve/good/b.png"):
        make("unused.json", name)
    make("unused.json", "top.png")
    summary = load(installed, root, tiny_model, layout=folders)
    assert summary.failures == [("top.png", "the image does not lie in part/quality/: two directories are needed")]
    assert stored(installed) == [("valve", "good"), ("탱크", "불량"), ("탱크", "양품")]
    assert load(installed, root, tiny_model, layout=folders).unchanged == 3


def test_mvtec(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    for name in ("train/good/0.png", "test/good/0.png", "test/crack/0.png", "ground_truth/crack/0_mask.png"):
        make("unused.json", f"bottle/{name}")
    summary = load(installed, root, tiny_model, layout=mvtec)
    assert (summary.stored, summary.failures) == (3, [])
    assert stored(installed) == [("bottle", "defective"), ("bottle", "good"), ("bottle", "good")]


def test_csv_tables(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("unused.json", "pictures/a.png")
    make("unused.json", "pictures/b.png")
    (root / "labels.csv").write_text(
        "\ufefffile,part,quality\na.png,tank,good\nb.png,tank,\nnone.png,tank,bad\na.png,tank,good\n"
    )
    (root / "bad.csv").write_text("file,class\na.png,x\n")
    summary = load(installed, root, tiny_model, layout=table)
    failures = dict(summary.failures)
    assert failures.pop("bad.csv").startswith("line 1: the columns part, quality are missing")
    assert failures == {"labels.csv#none.png": "the label names none.png, and there is no such image below the root"}
    assert stored(installed) == [("tank", "good"), ("tank", None)]
    assert "1 labels name no quality and are stored without it, such as labels.csv#b.png" in summary.notes
    assert "1 rows say again what an earlier row says of the same image, such as labels.csv" in summary.notes
    assert load(installed, root, tiny_model, layout=table).unchanged == 2


def test_coco(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    for name in "abc":
        make("unused.json", f"pictures/{name}.png")
    (root / "unused.json").unlink()
    (root / "coco.json").write_text(
        '{"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"},'
        ' {"id": 3, "file_name": "c.png"}],'
        ' "categories": [{"id": 7, "name": "good", "supercategory": "tank"},'
        ' {"id": 8, "name": "bad", "supercategory": "tank"}],'
        ' "annotations": [{"image_id": 1, "category_id": 7}, {"image_id": 1, "category_id": 7},'
        ' {"image_id": 3, "category_id": 7}, {"image_id": 3, "category_id": 8}]}'
    )
    (root / "other.json").write_text('{"info": []}')
    summary = load(installed, root, tiny_model, layout=coco)
    assert dict(summary.failures) == {
        "coco.json#b.png": "the label has no annotations",
        "coco.json#c.png": "annotation number 3 says good and annotation number 4 says bad of the part tank",
        "other.json": "this is not a COCO file: images is missing",
    }
    assert rows(installed, "select distinct part, quality from vw_image_demo1") == [("tank", "good")]


SEVERAL: dict[str, tuple[Layout, Any]] = {
    "csv": (table, "file,part,quality\na.png,door,bad\na.png,wheel,good\na.png,door,bad\n"),
    "coco": (
        coco,
        {
            "images": [{"id": 1, "file_name": "a.png"}],
            "categories": [
                {"id": 1, "supercategory": "door", "name": "bad"},
                {"id": 2, "supercategory": "wheel", "name": "good"},
            ],
            "annotations": [{"image_id": 1, "category_id": 1}, {"image_id": 1, "category_id": 2}],
        },
    ),
    "aihub": (
        aihub,
        {
            "images": [{"file_name": "a.png"}],
            "annotations": [
                {"attributes": {"part": "door", "quality": "bad"}},
                {"attributes": {"part": "wheel", "quality": "good"}},
            ],
        },
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_parts_of_one_image_are_all_shown_and_the_first_is_classified(
    name: str, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    layout, content = SEVERAL[name]
    make("unused.json", "a.png")
    (root / "unused.json").unlink()
    write_tree(root, {"labels.csv" if name == "csv" else "labels.json": content})
    summary = load(installed, root, tiny_model, layout=layout)
    assert (summary.stored, summary.failures) == (1, [])
    assert stored(installed) == [("door", "bad"), ("wheel", "good")]
    assert rows(installed, "select part, quality from vw_image_label") == [("door", "bad")]
    (note,) = [note for note in summary.notes if "several parts" in note]
    assert note.startswith(
        "1 labels describe several parts: all are stored, and the first is what is classified, such as labels."
    )
    assert load(installed, root, tiny_model, layout=layout).unchanged == 1


def test_a_tree_of_passed_over_files_says_what_it_found(installed: Database, root: Path, tiny_model: Model) -> None:
    (root / "captions.json").write_text('{"images": [], "annotations": [{"caption": "a"}]}')
    with pytest.raises(ConfigurationError, match=r"no label file.*; 1 COCO files were passed over: they hold captions"):
        load(installed, root, tiny_model, layout=coco)


# values


def test_values_reach_the_database_cleaned(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    path = make("x.json", part=" 탱크 ".replace("탱", "\u1110\u1162\u11bc"), quality="good\u00a0")
    summary = load(installed, root, tiny_model)
    assert stored(installed) == [("탱크", "good")]
    assert "2 values were trimmed, or composed to Unicode form NFC, such as x.json" in summary.notes
    assert load(installed, root, tiny_model).unchanged == 1
    # Mended on disk, it is the same label.
    mended = json.loads(path.read_text(encoding="utf-8"))
    mended["annotations"][0]["attributes"] |= {"part": "탱크", "quality": "good"}
    path.write_text(json.dumps(mended), encoding="utf-8")
    assert load(installed, root, tiny_model).stored == 0
    assert stored(installed) == [("탱크", "good")]


def test_the_rest_of_a_cleaned_label_keeps_its_digits(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    number = "1234567890123456789012345678.123456789"
    make(
        "x.json",
        label='{"images": [{"file_name": "x.png"}], "at": '
        + number
        + ', "annotations": [{"attributes": {"part": " a"}}]}',
    )
    assert load(installed, root, tiny_model).stored == 1
    assert number in str(rows(installed, "select json_serialize(metadata) from image_demo1"))


def test_labels_without_values_are_unlabelled(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("a.json", label={"images": [{"file_name": "a.png"}], "annotations": [{"category_id": 1}]})
    make("b.json", part="tank", quality="  ")
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failed) == (2, 0)
    assert sorted(stored(installed), key=str) == [("tank", None), (None, None)]
    assert "1 labels name no part and are stored without it, such as a.json" in summary.notes
    assert "2 labels name no quality and are stored without it, such as a.json" in summary.notes


BAD: dict[str, tuple[Any, str]] = {
    "a name twice": (
        '{"images": [{"file_name": "x.png"}], "annotations": [{"attributes": {"part": "a", "part": "b"}}]}',
        "the name 'part' stands twice in one object of the label",
    ),
    "a list as part": (
        {"images": [{"file_name": "x.png"}], "annotations": [{"attributes": {"part": ["a"]}}]},
        "part is a list, not a text",
    ),
    "a long quality": (
        {"images": [{"file_name": "x.png"}], "annotations": [{"attributes": {"quality": "도" * 101}}]},
        "quality has 101 characters",
    ),
    "annotations null": ({"images": [{"file_name": "x.png"}], "annotations": None}, "the label has no annotations"),
    "a large number": ('{"at": ' + "9" * 50 + "}", "too many digits"),
    "a number out of range": ('{"at": 1e200}', "out of range"),
    "a number of many digits": ('{"at": ' + "9" * 5000 + "}", "too many digits"),
    "a long key": ('{"' + "k" * 70_000 + '": 1}', "more than 65535 bytes"),
    "a long file name": ({"images": [{"file_name": "x" * 1001}], "annotations": [{}]}, "file_name has 1001 characters"),
    "half a surrogate in a value": ('{"annotations": [{"attributes": {"part": " \\ud800"}}]}', "surrogate"),
    "deep": ('{"a": ' + "[" * 1001 + "]" * 1001 + "}", "nested too deeply"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_label_costs_one_label(
    name: str, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    content, reason = BAD[name]
    make("good.json")
    make("x.json", label=content)
    summary = load(installed, root, tiny_model)
    assert summary.stored == 1
    ((path, problem),) = summary.failures
    assert (path, reason in problem) == ("x.json", True), problem


def junk(chance: random.Random, depth: int = 2) -> Any:
    """Any JSON, of the kinds that labels are wrong by."""
    scalars = [
        None,
        True,
        0,
        -1.5,
        1e300,
        10**39,
        10**45,
        "",
        " a ",
        "\u1100\u1161",
        "a\0",
        "\ud800",
        "x" * 150,
        "a.png",
    ]
    kind = chance.randrange(4) if depth else 0
    if kind == 1:
        return [junk(chance, depth - 1) for _ in range(chance.randrange(3))]
    if kind == 2:
        names = ("part", "quality", "categories", "attributes", "file_name", "", "a.b", "$")
        return {name: junk(chance, depth - 1) for name in chance.sample(names, chance.randrange(4))}
    return chance.choice(scalars)


def test_no_json_takes_the_load_with_it(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    chance = random.Random(11)
    make("good.json")

    def often(value: Any) -> Any:
        return value if chance.random() < 0.7 else junk(chance)

    for number in range(400):
        attributes = {name: junk(chance) for name in ("part", "quality", "categories") if chance.random() < 0.8}
        annotations = often([often({"attributes": often(attributes)}) for _ in range(chance.randrange(3))])
        content = often({"images": often([often({"file_name": often("none.png")})]), "annotations": annotations})
        (root / f"{number}.json").write_text(json.dumps(content))
    summary = load(installed, root, tiny_model)
    assert (summary.labels, summary.stored) == (401, 1)
    assert len(summary.failures) == 400


def test_no_row_takes_the_load_with_it(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    chance = random.Random(12)
    make("unused.json", "a.png")
    cells = [
        "",
        " ",
        "x",
        "a\0",
        "../x.png",
        "/x.png",
        "C:\\x.png",
        ".",
        "b/..",
        '"',
        "도" * 101,
        "x" * 999,
        "\u202e",
        "\x1b[2J",
    ]
    with (root / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "part", "quality"])
        writer.writerow(["a.png", "tank", "good"])
        for number in range(500):
            name = chance.choice([f"{number}.png", *cells])
            writer.writerow([name, *(chance.choice(cells) for _ in range(chance.choice([0, 1, 2, 2, 2, 2, 3])))])
    summary = load(installed, root, tiny_model, layout=table)
    assert summary.stored == 1
    assert all(reason.isprintable() and path.isprintable() for path, reason in summary.failures)


def test_no_coco_file_takes_the_load_with_it(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    chance = random.Random(13)
    make("unused.json", "real.png")
    (root / "unused.json").unlink()

    def often(value: Any) -> Any:
        return value if chance.random() < 0.8 else junk(chance)

    images = [often({"id": often(n % 90), "file_name": often(f"{n % 95}.png")}) for n in range(100)]
    categories = [often({"id": often(n), "name": often("good"), "supercategory": often("tank")}) for n in range(9)]
    annotations = [
        often({"id": often(n), "image_id": often(n % 110), "category_id": often(n % 10)}) for n in range(200)
    ]
    (root / "coco.json").write_text(
        json.dumps(
            {
                "images": [{"id": "real", "file_name": "real.png"}, *images],
                "annotations": [{"image_id": "real", "category_id": "c"}, *annotations],
                "categories": [{"id": "c", "name": "good", "supercategory": "tank"}, *categories],
            }
        )
    )
    summary = load(installed, root, tiny_model, layout=coco)
    assert summary.stored == 1
    assert ("tank", "good") in stored(installed)


def test_a_pipe_and_a_huge_label_are_named(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("good.json")
    os.mkfifo(root / "pipe.json")
    with (root / "huge.json").open("wb") as file:
        file.truncate(1 << 36)
    summary = load(installed, root, tiny_model)
    assert summary.stored == 1
    assert {path: "FIFO" in reason or "MB" in reason for path, reason in summary.failures} == {
        "huge.json": True,
        "pipe.json": True,
    }


def test_names_as_long_as_the_database_keeps(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    random.seed(5)
    name = "".join(chr(random.randrange(0xAC00, 0xD7A3)) for _ in range(1000))
    make("unused.json", "a.png")
    (root / "labels.csv").write_text(f"file,part,quality\n{name},tank,bad\na.png,tank,good\n", encoding="utf-8")
    summary = load(installed, root, tiny_model, layout=table)
    assert summary.stored == 1
    ((path, reason),) = summary.failures
    assert len(path.encode()) <= 2500
    assert reason.startswith("the label names ")


def test_a_layout_that_gives_one_path_twice(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("unused.json", "a.png")
    make("unused.json", "b.png")

    def twice(_: Tree) -> Iterator[LabelItem]:
        for name in ("a.png", "b.png"):
            yield LabelItem("one", name, label(name, "tank", "good"))

    summary = load(installed, root, tiny_model, layout=twice)
    assert (summary.stored, summary.failures) == (1, [("one (2)", "another label is called one too")])
    assert json.dumps(stored(installed)) == '[["tank", "good"]]'
