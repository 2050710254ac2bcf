"""Files that are moved, renamed, touched or copied: images keep their number and embedding, nothing is doubled."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from loader.commands.load import _print_contents
from loader.config import ConfigurationError
from loader.database import Database
from loader.layouts import folders
from loader.load import Summary, load
from loader.model import Model
from tests.loader.conftest import Make

Stored = dict[int, tuple[Any, ...]]


class Counting(Model):
    """A model that counts the images it embeds."""

    embedded = 0

    def embed(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.embedded += len(images)
        return super().embed(images)


@pytest.fixture
def model(tiny_model_path: Path) -> Counting:
    return Counting(tiny_model_path)


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


def classes(db: Database) -> Stored:
    """For each image its category and its embedding."""
    return {
        image_id: (category, embedding)
        for image_id, category, embedding in rows(
            db, "select image_id, category1, from_vector(embedding) from vw_image_demo1"
        )
    }


def assert_one_row_each(db: Database) -> None:
    assert rows(db, "select count(*) from image_demo1") == rows(
        db, "select count(distinct image_id) from image_load where state = 'STORED' and metadata is null"
    )


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize(("before", "after"), [("good", "bad"), ("bad", "good")], ids=["back", "forth"])
def test_a_label_in_another_directory_keeps_its_image_and_changes_class(
    prune: bool, before: str, after: str, installed: Database, root: Path, make: Make, model: Counting
) -> None:
    make(f"labels/{before}/tank/x.json")
    make("labels/good/tank/y.json")
    load(installed, root, model)
    ((image_id,),) = rows(
        installed, f"select image_id from image_load where label_path = 'labels/{before}/tank/x.json'"
    )
    ((_, embedding),) = [value for number, value in classes(installed).items() if number == image_id]
    model.embedded = 0
    (root / "labels" / after / "tank").mkdir(parents=True, exist_ok=True)
    (root / "labels" / before / "tank" / "x.json").rename(root / "labels" / after / "tank" / "x.json")
    summary = load(installed, root, model, prune=prune)
    assert model.embedded == 0
    assert (summary.new, summary.stored, summary.kept, summary.failed, summary.pruned) == (1, 0, 1, 0, 0)
    assert summary.gone == []
    assert classes(installed)[image_id] == (after, embedding)
    assert_one_row_each(installed)
    assert load(installed, root, model).unchanged == 2


@pytest.mark.parametrize("prune", [False, True])
def test_an_image_that_changes_while_its_label_is_moved_keeps_its_number(
    prune: bool, installed: Database, root: Path, make: Make, model: Counting
) -> None:
    make("labels/good/tank/x.json", "images/x.png")
    load(installed, root, model)
    ((image_id, (_, embedding)),) = classes(installed).items()
    (root / "labels/good/tank/x.json").unlink()
    make("labels/bad/tank/x.json", "images/x.png", seed=77)
    summary = load(installed, root, model, prune=prune)
    assert (summary.stored, summary.kept, summary.failed, summary.pruned) == (1, 0, 0, 0)
    ((found, (category, other)),) = classes(installed).items()
    assert (found, category) == (image_id, "bad")
    assert other != embedding
    assert_one_row_each(installed)


@pytest.mark.parametrize("prune", [False, True])
def test_an_image_in_another_class_folder(prune: bool, installed: Database, root: Path, model: Counting) -> None:
    for number in range(6):
        path = root / "tank" / "good" / f"{number}.bmp"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (9, 9, 3), np.uint8)).save(path)
        os.utime(path, ns=(10**18, 10**18))
    load(installed, root, model, layout=folders)
    before = {i: e for i, (_, e) in classes(installed).items()}
    model.embedded = 0
    # All are of one size and time: the content alone tells them apart.
    (root / "tank" / "bad").mkdir()
    for number in (1, 3, 4):
        (root / "tank" / "good" / f"{number}.bmp").rename(root / "tank" / "bad" / f"renamed {9 - number}.bmp")
    summary = load(installed, root, model, layout=folders, prune=prune)
    assert (model.embedded, summary.kept, summary.stored, summary.pruned) == (0, 3, 0, 0)
    after = classes(installed)
    assert {i: e for i, (_, e) in after.items()} == before
    assert sorted(category for category, _ in after.values()) == ["bad"] * 3 + ["good"] * 3
    assert_one_row_each(installed)


def test_a_renamed_image_whose_label_follows(installed: Database, root: Path, make: Make, model: Counting) -> None:
    label = make("labels/good/tank/x.json", "images/x.png")
    load(installed, root, model)
    before = classes(installed)
    model.embedded = 0
    (root / "images/x.png").rename(root / "images/y.png")
    label.write_text(label.read_text().replace("x.png", "y.png"))
    summary = load(installed, root, model)
    assert (model.embedded, summary.changed, summary.kept, summary.stored) == (0, 1, 1, 0)
    assert classes(installed) == before
    assert rows(installed, "select image_path from image_load") == [("images/y.png",)]


def test_a_touched_image_is_not_embedded_again(installed: Database, root: Path, make: Make, model: Counting) -> None:
    make("labels/good/tank/x.json", "images/x.png")
    load(installed, root, model)
    before = classes(installed)
    model.embedded = 0
    os.utime(root / "images/x.png", ns=(1, 1))
    assert load(installed, root, model).kept == 1
    assert (model.embedded, classes(installed)) == (0, before)
    assert load(installed, root, model).pending == 0


def test_a_copy_of_an_image_is_an_image_of_its_own(
    installed: Database, root: Path, make: Make, model: Counting
) -> None:
    make("labels/good/tank/x.json", "images/x.png", seed=1)
    load(installed, root, model)
    make("labels/good/tank/y.json", "images/y.png", seed=1)
    summary = load(installed, root, model)
    assert (summary.stored, summary.kept) == (1, 0)
    assert len(classes(installed)) == 2


def test_two_labels_of_one_moved_image(installed: Database, root: Path, make: Make, model: Counting) -> None:
    make("labels/good/tank/x.json", "images/x.png")
    load(installed, root, model)
    before = list(classes(installed))
    (root / "labels/good/tank/x.json").unlink()
    make("labels/bad/tank/x.json", "images/x.png")
    make("labels/bad/tank/y.json", "images/x.png")
    summary = load(installed, root, model, prune=True)
    assert (summary.kept, summary.failed) == (1, 1)
    assert list(classes(installed)) == before


def test_a_label_takes_the_file_of_one_that_is_gone(
    installed: Database, root: Path, make: Make, model: Counting
) -> None:
    """It has an image of its own: that one is embedded anew, and the file has one label again."""
    make("labels/good/tank/x.json", "images/x.png")
    make("labels/good/tank/y.json", "images/y.png")
    load(installed, root, model)
    (root / "labels/good/tank/x.json").unlink()
    make("labels/good/tank/y.json", "images/x.png")
    summary = load(installed, root, model)
    assert (summary.stored, summary.failed) == (1, 0)
    assert rows(installed, "select label_path, image_path from image_load") == [
        ("labels/good/tank/y.json", "images/x.png")
    ]
    assert_one_row_each(installed)


def test_another_model_embeds_what_has_moved_anew(
    installed: Database, root: Path, make: Make, model: Counting, tmp_path: Path
) -> None:
    from tests.loader.tiny_model import write_tiny_model

    make("labels/good/tank/x.json", "images/x.png")
    load(installed, root, model)
    before = list(classes(installed))
    (root / "labels/bad").mkdir()
    (root / "labels/good/tank").rename(root / "labels/bad/tank")
    other = Counting(write_tiny_model(tmp_path / "other.onnx", name="other", seed=2, dimension=8))
    assert load(installed, root, other, replace_model=True).stored == 1
    assert (other.embedded, list(classes(installed))) == (1, before)


def test_what_an_earlier_release_stored_has_no_hash(
    installed: Database, root: Path, make: Make, model: Counting
) -> None:
    make("labels/good/tank/x.json", "images/x.png")
    load(installed, root, model)
    installed.execute("update image_load set image_hash = null")
    installed.commit()
    model.embedded = 0
    (root / "labels/bad").mkdir()
    (root / "labels/good/tank").rename(root / "labels/bad/tank")
    assert load(installed, root, model, prune=True).kept == 1
    assert model.embedded == 0


# roots


@pytest.fixture
def moved(installed: Database, root: Path, make: Make, model: Counting, tmp_path: Path) -> Path:
    for number in range(20):
        make(f"labels/good/tank/{number}.json")
    load(installed, root, model)
    return root.rename(tmp_path / "moved")


def state(db: Database) -> list[tuple[Any, ...]]:
    return rows(db, "select label_path, state, image_id from image_load order by load_id")


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_moved_root_is_refused_with_the_two_ways_on(
    dry_run: bool, installed: Database, root: Path, moved: Path, model: Counting
) -> None:
    before = state(installed)
    with pytest.raises(ConfigurationError, match="20 of 20 labels are those of source") as refused:
        load(installed, moved, model, dry_run=dry_run)
    installed.rollback()
    assert f"--source {root}" in str(refused.value)
    assert "--new-source" in str(refused.value)
    assert state(installed) == before
    summary = load(installed, moved, model, source=str(root))
    assert (summary.new, summary.unchanged, summary.gone) == (0, 20, [])


def test_a_moved_root_is_loaded_as_another_source(installed: Database, moved: Path, model: Counting) -> None:
    assert load(installed, moved, model, new_source=True).stored == 20
    assert ("IDENTICAL", 20) in [(kind, images) for kind, *_, images in load(installed, moved, model).contents]
    assert rows(installed, "select count(*) from image_demo1") == [(40,)]


def test_a_new_source_that_was_cut_short_stays_one(
    installed: Database, moved: Path, model: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loader.load._embed_all", stop)
    with pytest.raises(KeyboardInterrupt):
        load(installed, moved, model, new_source=True)
    monkeypatch.undo()
    installed.rollback()
    assert load(installed, moved, model).stored == 20


@pytest.mark.parametrize(("changed", "refused"), [(2, True), (3, False)])
def test_nine_of_ten_labels_make_a_moved_root(
    changed: int, refused: bool, installed: Database, moved: Path, model: Counting
) -> None:
    for number in range(changed):
        label = moved / "labels/good/tank" / f"{number}.json"
        label.write_text(label.read_text() + " ")
    if refused:
        with pytest.raises(ConfigurationError, match="18 of 20"):
            load(installed, moved, model)
    else:
        assert load(installed, moved, model).stored == 20


def test_other_images_under_the_same_names_are_another_source(
    installed: Database, tmp_path: Path, model: Counting
) -> None:
    """Two cameras that number their files alike, in a layout whose labels are the paths."""
    for camera, width in [("one", 20), ("two", 30)]:
        for number in range(5):
            path = tmp_path / camera / "tank" / "good" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.random.default_rng(number).integers(0, 256, (9, width, 3), np.uint8)).save(path)
    assert [load(installed, tmp_path / camera, model, layout=folders).stored for camera in ("one", "two")] == [5, 5]
    shutil.move(tmp_path / "two", tmp_path / "three")
    with pytest.raises(ConfigurationError, match="5 of 5 labels are those of source"):
        load(installed, tmp_path / "three", model, layout=folders)


# what a load ends with


def test_the_table_of_parts_and_qualities(
    installed: Database, root: Path, make: Make, model: Counting, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(25):
        for copy in range(2 if number < 3 else 1):
            make(f"{number}-{copy}.json", part=f"part {number:02}", quality="good")
    make("none.json", label='{"images": [{"file_name": "none.png"}], "annotations": [{"attributes": {}}]}')
    summary: Summary = load(installed, root, model)
    assert summary.contents[:4] == [
        ("CLASS", "part 00", "good", 2),
        ("CLASS", "part 01", "good", 2),
        ("CLASS", "part 02", "good", 2),
        ("CLASS", "part 03", "good", 1),
    ]
    assert summary.contents[20:] == [("MORE", "6", None, 6), ("UNLABELLED", None, None, 1)]
    _print_contents(summary.contents)
    printed = capsys.readouterr().out
    assert "... and 6 more pairs of part and quality, 6 images" in printed
    assert "1 images without part or quality" in printed


def test_of_many_sources_with_the_same_images_some_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    _print_contents([("IDENTICAL", f"source {number}", None, 3) for number in range(8)])
    *lines, more = capsys.readouterr().out.splitlines()
    assert lines == [f"3 images are identical to ones of source source {number}" for number in range(5)]
    assert more == "... and some to ones of 3 further sources"


def test_nothing_is_printed_of_an_empty_source(capsys: pytest.CaptureFixture[str]) -> None:
    _print_contents([])
    assert capsys.readouterr().out == ""
