"""Corrections of labels: a file beside the source, read by each load whatever the layout, and put into the database."""

from __future__ import annotations

import io
import json
import multiprocessing
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from loader import cli
from loader.config import ConfigurationError
from loader.corrections import overlay
from loader.corrections.correcting import NotStoredError, Outcome, Wish, correct, undo
from loader.database import Database, DatabaseError
from loader.labels import LabelError
from loader.layouts import LAYOUTS, Layout
from loader.load import Summary, load
from loader.model import Model
from tests.loader.conftest import Make
from tests.loader.layout_trees import write_tree


def picture(seed: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (40, 30, 3), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def aihub_label(name: str, quality: str = "good") -> Any:
    return {
        "images": [{"file_name": name, "width": 1.50}],
        "annotations": [{"attributes": {"part": "tank", "quality": quality}}],
    }


COCO = {
    "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
    # Two boxes of one category: an image may have several annotations of one part.
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1},
        {"id": 2, "image_id": 1, "category_id": 1},
        {"id": 3, "image_id": 2, "category_id": 1},
    ],
    "categories": [{"id": 1, "name": "good", "supercategory": "tank"}],
}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@dataclass(frozen=True)
class Tree:
    """Two pictures, a and b, of the part tank and the quality good, and the label that is corrected."""

    layout: Layout
    files: dict[str, Any]
    label: str


TREES = {
    "aihub": Tree(
        LAYOUTS["aihub"],
        {"l/a.json": aihub_label("a.png"), "l/b.json": aihub_label("b.png"), "a.png": picture(1), "b.png": picture(2)},
        "l/a.json",
    ),
    "archive": Tree(
        LAYOUTS["aihub"],
        {
            "TL_1.zip": zipped({f"{name}.json": json.dumps(aihub_label(f"{name}.png")).encode() for name in "ab"}),
            "TS_1.zip": zipped({"a.png": picture(1), "b.png": picture(2)}),
        },
        "TL_1.zip/a.json",
    ),
    "folders": Tree(
        LAYOUTS["folders"],
        {"tank/good/a.png": picture(1), "tank/good/b.png": picture(2)},
        "tank/good/a.png",
    ),
    "mvtec": Tree(
        LAYOUTS["mvtec"],
        {"tank/train/good/a.png": picture(1), "tank/train/good/b.png": picture(2)},
        "tank/train/good/a.png",
    ),
    "csv": Tree(
        LAYOUTS["csv"],
        {"t.csv": "file,part,quality\na.png,tank,good\nb.png,tank,good\n", "a.png": picture(1), "b.png": picture(2)},
        "t.csv#a.png",
    ),
    "coco": Tree(LAYOUTS["coco"], {"c.json": COCO, "a.png": picture(1), "b.png": picture(2)}, "c.json#a.png"),
}


@pytest.fixture(params=sorted(TREES))
def tree(request: pytest.FixtureRequest, root: Path) -> Tree:
    found = TREES[request.param]
    write_tree(root, found.files)
    return found


Load = Callable[..., Summary]


@pytest.fixture
def reload(installed: Database, root: Path, tiny_model: Model) -> Load:
    def loaded(layout: Layout = LAYOUTS["aihub"], **options: Any) -> Summary:
        return load(installed, root, tiny_model, layout=layout, **options)

    return loaded


def image_of(database: Database, label: str) -> int:
    ((image_id,),) = database.execute(f"select image_id from image_load where label_path = '{label}'").rows
    return int(image_id)


def labels(database: Database) -> list[tuple[Any, ...]]:
    """What is stored, apart from when and by which run."""
    return list(
        database.execute(
            "select l.label_path, json_serialize(i.metadata returning clob), i.label_part, i.label_quality,"
            " i.label_category1, l.label_hash, l.label_correction, json_serialize(l.own_label returning clob), l.state"
            " from image_load l join image_demo1 i on i.image_id = l.image_id order by l.label_path"
        ).rows
    )


def qualities(database: Database) -> list[tuple[Any, ...]]:
    return list(database.execute("select part, quality from vw_image_label order by image_id").rows)


def lines(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / "corrections.jsonl").read_text(encoding="utf-8").splitlines()]


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return int(summary.new), int(summary.changed), int(summary.unchanged), int(summary.failed)


def made(outcome: Outcome) -> str:
    assert not outcome.refused
    ((_, correction),) = outcome.done
    return correction.id


def test_a_correction_gives_the_row_that_a_load_gives(
    installed: Database, root: Path, tree: Tree, reload: Load
) -> None:
    assert counts(reload(tree.layout)) == (2, 0, 0, 0)
    before = labels(installed)
    made(correct(installed, [image_of(installed, tree.label)], Wish(quality="bad", part="lid"), "kim"))
    corrected = labels(installed)
    assert ("lid", "bad") in qualities(installed)
    assert [row for row in corrected if row not in before] == [row for row in corrected if row[0] == tree.label]

    # Whoever loads the files into another database gets the same rows; here nothing is left to do.
    assert counts(reload(tree.layout)) == (0, 0, 2, 0)
    assert labels(installed) == corrected
    assert counts(reload(tree.layout, verify=True)) == (0, 0, 2, 0)
    assert labels(installed) == corrected
    installed.call("img_source.forget", p_source=str(root))
    installed.commit()
    summary = reload(tree.layout)
    assert counts(summary) == (2, 0, 0, 0)
    assert summary.corrected == 1
    assert not summary.overtaken
    assert labels(installed) == corrected

    (line,) = lines(root)
    assert line["label"] == tree.label
    assert line["by"] == "kim"
    assert line["at"].endswith("Z")
    assert (line["quality"], line["part"], line["was"]) == ("bad", "lid", {"part": "tank", "quality": "good"})


def test_undo_gives_the_label_back(installed: Database, root: Path, tree: Tree, reload: Load) -> None:
    reload(tree.layout)
    before = labels(installed)
    image_id = image_of(installed, tree.label)
    made(correct(installed, [image_id], Wish(quality="bad"), "kim"))
    made(correct(installed, [image_id], Wish(quality="ugly"), "lee"))
    made(undo(installed, [image_id], "lee"))
    assert ("tank", "bad") in qualities(installed)
    assert counts(reload(tree.layout)) == (0, 0, 2, 0)
    made(undo(installed, [image_id], "lee"))
    assert [row[:6] for row in labels(installed)] == [row[:6] for row in before]
    assert labels(installed) == before
    assert counts(reload(tree.layout)) == (0, 0, 2, 0)
    assert labels(installed) == before
    assert [line.get("undo") is not None for line in lines(root)] == [False, False, True, True]
    assert undo(installed, [image_id], "lee").refused == [
        (image_id, "its label has no correction that could be taken back")
    ]


def test_lines_written_by_another_are_taken_in_by_the_next_load_alone(
    installed: Database, root: Path, tree: Tree, reload: Load
) -> None:
    reload(tree.layout)
    overlay.append(root, [correction(tree.label)])
    assert counts(reload(tree.layout, dry_run=True)) == (0, 1, 1, 0)
    assert ("tank", "bad") not in qualities(installed)
    assert counts(reload(tree.layout)) == (0, 1, 1, 0)
    assert ("tank", "bad") in qualities(installed)
    assert counts(reload(tree.layout)) == (0, 0, 2, 0)
    overlay.append(root, [{"undo": "1f", "label": tree.label, "by": "kim", "at": "2026-11-29T02:00:00Z"}])
    assert counts(reload(tree.layout)) == (0, 1, 1, 0)
    assert qualities(installed) == [("tank", "good")] * 2


def correction(label: str, **members: Any) -> dict[str, Any]:
    line = {"id": "1f", "label": label, "quality": "bad", "was": {"quality": "good"}, "by": "kim"}
    return line | {"at": "2026-11-29T02:00:00Z"} | members


@pytest.mark.parametrize("name", ["aihub", "csv", "coco", "archive"])
def test_the_label_wins_when_its_own_value_changes(installed: Database, root: Path, reload: Load, name: str) -> None:
    tree = TREES[name]
    write_tree(root, tree.files)
    reload(tree.layout)
    made(correct(installed, [image_of(installed, tree.label)], Wish(quality="bad"), "kim"))
    write_tree(root, changed_to_fair(tree))
    for expected in ((0, 1, 1, 0), (0, 0, 2, 0)):  # it is named by each load
        summary = reload(tree.layout)
        assert counts(summary) == expected
        (text,) = summary.overtaken
        assert f"{root}/corrections.jsonl, line 1 corrects the quality of {tree.label} from good to bad" in text
        assert "the label says fair now: the label wins" in text
        assert ("tank", "fair") in qualities(installed)
    made(correct(installed, [image_of(installed, tree.label)], Wish(quality="bad"), "kim"))
    assert not reload(tree.layout).overtaken
    assert ("tank", "bad") in qualities(installed)


def changed_to_fair(tree: Tree) -> dict[str, Any]:
    """The files whose labels say good of a and b, with fair of a."""
    if "c.json" in tree.files:
        changed = json.loads(json.dumps(COCO))
        changed["categories"].append({"id": 2, "name": "fair", "supercategory": "tank"})
        for annotation in changed["annotations"][:2]:
            annotation["category_id"] = 2
        return {"c.json": changed}
    if "t.csv" in tree.files:
        return {"t.csv": tree.files["t.csv"].replace("a.png,tank,good", "a.png,tank,fair")}
    if "TL_1.zip" in tree.files:
        names = {"a": aihub_label("a.png", "fair"), "b": aihub_label("b.png")}
        return {"TL_1.zip": zipped({f"{name}.json": json.dumps(label).encode() for name, label in names.items()})}
    return {"l/a.json": aihub_label("a.png", "fair")}


def test_a_correction_of_no_label_is_named(installed: Database, root: Path, reload: Load, make: Make) -> None:
    make("1.json")
    overlay.append(root, [correction("2.json")])
    summary = reload()
    assert summary.overtaken == [f"{root}/corrections.jsonl, line 1 corrects 2.json, and there is no such label"]
    assert counts(summary) == (1, 0, 0, 0)


def test_a_damaged_line_costs_that_line_and_is_named(installed: Database, root: Path, reload: Load, make: Make) -> None:
    make("1.json")
    make("2.json")
    overlay.append(root, [correction("1.json")])
    with (root / "corrections.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "20", "label": "2.json", "qual')  # the power went
    summary = reload()
    assert [path for path, _ in summary.failures] == ["corrections.jsonl:2"]
    assert "line 2 can not be used: the line is not JSON: line 1, column" in summary.failures[0][1]
    assert qualities(installed) == [("tank", "bad"), ("tank", "good")]
    # What is added later begins on a line of its own.
    made(correct(installed, [image_of(installed, "2.json")], Wish(quality="bad"), "kim"))
    found = overlay.read(root)
    assert [line for line, _ in found.damaged] == [2]
    assert found.in_force("2.json")[0].line == 3
    assert qualities(installed) == [("tank", "bad")] * 2
    reload()
    assert qualities(installed) == [("tank", "bad")] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[]", "it is no JSON object"),
        ('{"label": "1.json"}', "by is missing or no text"),
        (json.dumps(correction("1.json", quality=None)), "it names neither part nor quality"),
        (json.dumps(correction("1.json", was={})), "`was` does not say what the label said itself"),
        (json.dumps(correction("1.json", at="yesterday")), "`at` is no time with a zone"),
        (json.dumps(correction("1.json", at="2026-11-29T02:00:00")), "`at` is no time with a zone"),
        (json.dumps(correction("1.json", at="0001-01-01T00:00:00+09:00")), "`at` is no time with a zone"),
        (json.dumps(correction("1.json", quality=3)), "quality is missing or no text"),
        (json.dumps(correction("1.json", by="a\0b")), "by holds the character U+0000"),
        (json.dumps(correction("1.json", part="\ud800")), "half of a surrogate pair"),
        (json.dumps(correction("1.json", quality="q" * 101)), "quality has more than 100 characters"),
        (json.dumps(correction("1.json")) + "\n" + json.dumps(correction("2.json")), "the id 1f is that of an earlier"),
        ('{"undo": "99", "label": "1.json", "by": "kim", "at": "2026-11-29T02:00:00Z"}', "no line before it corrects"),
        ('{"label": "1.json", "label": "2.json"}', "the name 'label' stands twice in it"),
        ("\udcff", "the line is not UTF-8"),
    ],
)
def test_what_a_line_must_say(root: Path, line: str, reason: str) -> None:
    (root / "corrections.jsonl").write_bytes(line.encode("utf-8", "surrogateescape"))
    ((_, text),) = overlay.read(root).damaged
    assert reason in text


def test_a_line_that_was_written_by_hand_is_read_as_a_label_is(
    installed: Database, root: Path, reload: Load, make: Make
) -> None:
    make("1.json")
    overlay.append(root, [correction("1.json", quality=" bad ", at="20261129T110000+0900")])
    assert not reload().failed
    assert qualities(installed) == [("tank", "bad")]
    shown = "select to_char(sys_extract_utc(corrected_at), 'YYYY-MM-DD HH24:MI:SS') from vw_image_correction"
    assert list(installed.execute(shown).rows) == [("2026-11-29 02:00:00",)]


@pytest.mark.parametrize("label", ["1.json", "가/나 1.json", 'a"b.json', "a\\nb.json"])
def test_the_lines_about_one_label_are_found(root: Path, label: str) -> None:
    others = [correction(f"other{number}.json", id=f"{number}") for number in range(20)]
    overlay.append(root, [*others, correction(label, id="a1"), correction(label, id="a2")])
    with (root / "corrections.jsonl").open("a", encoding="ascii") as file:
        file.write(json.dumps(correction(label, id="a3")) + "\n")  # with escapes, as another program may write it
    found = overlay.read(root, [label])
    assert [each.id for each in found.of(label)] == ["a1", "a2", "a3"]
    assert found.of(label) == overlay.read(root).of(label)


def test_a_file_that_can_not_be_read_stops_the_load(root: Path, reload: Load, make: Make) -> None:
    make("1.json")
    (root / "corrections.jsonl").mkdir()
    with pytest.raises(
        ConfigurationError, match=r"corrections\.jsonl: the corrections can not be read: it is a directory"
    ):
        reload()


def _append_many(root: str, name: str) -> None:
    for number in range(200):
        overlay.append(Path(root), [correction(f"{name}{number}.json", id=f"{name}{number}", quality="q" * 90)])


def test_writers_at_once_lose_nothing(root: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_many, args=(str(root), name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    found = overlay.read(root)
    assert not found.damaged
    assert len(list(found.all())) == 600


def test_a_label_of_several_parts_asks_which_one(installed: Database, root: Path, reload: Load, make: Make) -> None:
    annotations = [{"attributes": {"part": part, "quality": "good"}} for part in ("tank", "lid")]
    make("1.json", label={"images": [{"file_name": "1.png"}], "annotations": annotations})
    reload()
    image_id = image_of(installed, "1.json")
    outcome = correct(installed, [image_id], Wish(quality="bad"), "kim")
    assert outcome.refused == [(image_id, "the label has several parts (tank, lid): say which one is meant")]
    assert not (root / "corrections.jsonl").exists()
    outcome = correct(installed, [image_id], Wish(quality="bad", of="door"), "kim")
    assert outcome.refused == [(image_id, "the label has no part door, but tank, lid")]
    outcome = correct(installed, [image_id], Wish(part="tank", of="lid"), "kim")
    assert outcome.refused == [(image_id, "the label has the part tank already, as another annotation")]
    made(correct(installed, [image_id], Wish(quality="bad", of="lid"), "kim"))
    shown = list(installed.execute("select part, quality from vw_image_demo1 order by part").rows)
    assert shown == [("lid", "bad"), ("tank", "good")]
    assert counts(reload()) == (0, 0, 1, 0)
    assert list(installed.execute("select part, quality from vw_image_demo1 order by part").rows) == shown


def test_many_are_corrected_at_once_and_those_that_can_not_be_are_named(
    installed: Database, root: Path, reload: Load, make: Make
) -> None:
    for number in range(3):
        make(f"{number}.json", quality="bad" if number == 2 else "good")
    reload()
    installed.execute("insert into image_demo1 (metadata) values (json('{}'))")
    installed.commit()
    ((by_hand,),) = installed.execute("select max(image_id) from image_demo1").rows
    ids = [image_of(installed, f"{number}.json") for number in range(3)]
    outcome = correct(installed, [*ids, int(by_hand), 10**9], Wish(quality="bad"), "kim")
    assert [image_id for image_id, _ in outcome.done] == ids[:2]
    assert outcome.unchanged == ids[2:]
    assert [image_id for image_id, _ in outcome.refused] == [int(by_hand), 10**9]
    assert "no load put it in" in outcome.refused[0][1]
    assert len(lines(root)) == 2
    with pytest.raises(DatabaseError, match="ORA-20174"):
        installed.call("img_correction.put_labels", p_labels=_json([{"image_id": int(by_hand), "label": {}}]))


def _json(value: Any) -> Any:
    from loader.database import Json

    return Json(json.dumps(value))


@pytest.mark.parametrize("wish", [Wish(), Wish(quality=" "), Wish(quality="q" * 101), Wish(part="a\0b")])
def test_a_wish_that_no_label_can_have_is_refused(installed: Database, wish: Wish) -> None:
    with pytest.raises(LabelError):
        correct(installed, [1], wish, "kim")


def test_who_corrects_must_be_said(installed: Database) -> None:
    with pytest.raises(LabelError, match="say who corrects"):
        correct(installed, [1], Wish(quality="bad"), " ")


def test_a_source_whose_files_are_away_is_not_corrected(
    installed: Database, root: Path, reload: Load, make: Make
) -> None:
    make("1.json")
    reload()
    image_id = image_of(installed, "1.json")
    shutil.move(root, root.with_name("elsewhere"))
    ((_, reason),) = correct(installed, [image_id], Wish(quality="bad"), "kim").refused
    assert f"{root} is not there on this machine" in reason
    installed.execute("update image_source set root = null")
    installed.commit()
    ((_, reason),) = correct(installed, [image_id], Wish(quality="bad"), "kim").refused
    assert "load it once more" in reason
    assert qualities(installed) == [("tank", "good")]


class Failing:
    """A session whose calls of one routine fail."""

    def __init__(self, database: Database, routine: str) -> None:
        self._database = database
        self._routine = routine

    def call(self, routine: str, **parameters: Any) -> None:
        if routine == self._routine:
            raise DatabaseError("ORA-00028: your session has been killed")
        self._database.call(routine, **parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def test_where_the_database_fails_the_file_says_that_it_was_taken_back(
    installed: Database, root: Path, reload: Load, make: Make
) -> None:
    make("1.json")
    reload()
    image_id = image_of(installed, "1.json")
    broken: Any = Failing(installed, "img_correction.put_labels")
    with pytest.raises(NotStoredError, match=r"the database did not take it: ORA-00028.*nothing was changed"):
        correct(broken, [image_id], Wish(quality="bad"), "kim")
    installed.rollback()
    assert [line.get("undo") is not None for line in lines(root)] == [False, True]
    assert counts(reload()) == (0, 0, 1, 0)
    assert qualities(installed) == [("tank", "good")]
    made(correct(installed, [image_id], Wish(quality="bad"), "kim"))
    with pytest.raises(NotStoredError):
        undo(broken, [image_id], "kim")
    installed.rollback()
    assert counts(reload()) == (0, 0, 1, 0)
    assert qualities(installed) == [("tank", "bad")]


LABEL = """\ufeff{
    "images": [ {"file_name": "1.png", "dpi": 1.50} ],
    "note": "quality: \\"good\\"",
    "annotations": [
        {"bbox": [1, 2.0], "attributes": {"quality": "good", "part": "tank", "more": {"quality": "x"}}}
    ]
}
"""


def test_the_label_file_itself_is_written_in_place(installed: Database, root: Path, reload: Load, make: Make) -> None:
    path = make("1.json", label=LABEL)
    path.chmod(0o640)
    reload()
    image_id = image_of(installed, "1.json")
    made(correct(installed, [image_id], Wish(quality='b"ad', in_label=True), "kim"))
    assert path.read_text(encoding="utf-8") == LABEL.replace('"quality": "good"', '"quality": "b\\"ad"')
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in root.iterdir()) == ["1.json", "corrections.jsonl", "images"]
    assert qualities(installed) == [("tank", 'b"ad')]
    corrected = labels(installed)
    summary = reload()
    assert counts(summary) == (0, 1, 0, 0)
    assert not summary.overtaken
    assert not summary.corrected
    assert [row[:5] for row in labels(installed)] == [row[:5] for row in corrected]
    made(undo(installed, [image_id], "kim"))
    assert path.read_text(encoding="utf-8") == LABEL
    assert qualities(installed) == [("tank", "good")]
    reload()
    assert qualities(installed) == [("tank", "good")]


@pytest.mark.parametrize("name", ["archive", "folders", "csv", "coco"])
def test_other_labels_are_not_written_in_place(installed: Database, root: Path, reload: Load, name: str) -> None:
    write_tree(root, TREES[name].files)
    reload(TREES[name].layout)
    image_id = image_of(installed, TREES[name].label)
    ((_, reason),) = correct(installed, [image_id], Wish(quality="bad", in_label=True), "kim").refused
    assert "it has no label file of its own that can be written" in reason


def test_a_label_file_that_says_another_thing_by_now_is_left_alone(
    installed: Database, root: Path, reload: Load, make: Make
) -> None:
    path = make("1.json")
    reload()
    make("1.json", quality="fair")
    content = path.read_bytes()
    image_id = image_of(installed, "1.json")
    ((_, reason),) = correct(installed, [image_id], Wish(quality="bad", in_label=True), "kim").refused
    assert "says fair as quality, not good: load it again first" in reason
    assert path.read_bytes() == content
    assert not (root / "corrections.jsonl").exists()


def test_sql_sees_who_and_when(installed: Database, root: Path, reload: Load, make: Make) -> None:
    make("1.json")
    reload()
    image_id = image_of(installed, "1.json")
    made(correct(installed, [image_id], Wish(quality="bad"), "kim"))
    made(correct(installed, [image_id], Wish(quality="ugly"), "lee"))
    made(undo(installed, [image_id], "park"))
    shown = (
        "select quality, quality_was, corrected_by, undone_by, in_force from vw_image_correction"
        f" where image_id = {image_id} order by quality"
    )
    expected = [("bad", "good", "kim", None, 1), ("ugly", "good", "lee", "park", 0)]
    assert list(installed.execute(shown).rows) == expected
    installed.execute("delete from image_correction")
    installed.commit()
    reload()  # the file is the original
    assert list(installed.execute(shown).rows) == expected


def test_the_command_corrects_files_and_takes_it_back(
    installed: Database, root: Path, reload: Load, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    make("1.json")
    make("l/2.json")
    reload()
    picture, label, unknown = root / "images/1.png", root / "l/2.json", root / "3.png"
    assert cli.main(["correct", str(picture), str(label), "--quality", "bad", "--by", "kim"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{picture}: quality good -> bad", f"{label}: quality good -> bad", "2 labels corrected"]
    assert qualities(installed) == [("tank", "bad")] * 2
    assert cli.main(["correct", str(picture), str(unknown), "--quality", "bad"]) == 1
    said_of = capsys.readouterr()
    assert said_of.out.splitlines() == ["0 labels corrected, 1 said so already"]
    assert f"{unknown}: no image of this file is stored" in said_of.err
    assert cli.main(["correct", str(label), "--undo", "--by", "lee"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{label}: quality bad -> good"
    assert cli.main(["correct", str(label), "--undo"]) == 1
    assert "no correction that could be taken back" in capsys.readouterr().err
    assert qualities(installed) == [("tank", "bad"), ("tank", "good")]
    for wrong in ([], ["--undo", "--quality", "bad"], ["--quality", " "]):
        assert cli.main(["correct", str(label), *wrong]) == 2


def test_a_load_says_what_is_corrected(
    installed: Database, root: Path, reload: Load, make: Make, tiny_model_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make("1.json")
    overlay.append(root, [correction("1.json"), correction("2.json", id="2f")])
    assert cli.main(["load", str(root), "--model", str(tiny_model_path)]) == 0
    said = capsys.readouterr()
    assert f"1 labels are corrected, by {root}/corrections.jsonl" in said.out
    assert f"{root}/corrections.jsonl, line 2 corrects 2.json, and there is no such label" in said.err
    assert "jsonl 1" not in said.out
