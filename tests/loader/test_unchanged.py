"""Files that are as they were are not read, and nothing is missed by that."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from loader import stamps
from loader.cli import main
from loader.config import ConfigurationError
from loader.database import Database
from loader.load import load
from loader.model import Model
from tests.loader.conftest import Make

SECOND = 10**9


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


def unread(db: Database, root: Path, model: Model, **options: Any) -> tuple[int, int]:
    summary = load(db, root, model, **options)
    return summary.unread_labels, summary.unread_images


def keep_times(path: Path, change: Callable[[], object]) -> None:
    """Change a file, and set its time of change back."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def contents(db: Database) -> list[tuple[Any, ...]]:
    """What a load put there, whatever number it has."""
    return sorted(
        rows(
            db,
            "select l.label_path, l.label_hash, l.state, l.image_path, l.image_hash, i.label_quality,"
            " from_vector(i.embedding) from image_load l left join image_demo1 i on i.image_id = l.image_id",
        ),
        key=repr,
    )


@pytest.fixture
def two(installed: Database, root: Path, make: Make, tiny_model: Model) -> Path:
    """A root of two labels that was loaded."""
    make("labels/a/b/x.json", quality="good")
    make("labels/a/b/y.json", quality="good")
    load(installed, root, tiny_model)
    return root


def test_what_stayed_is_not_read(
    installed: Database, two: Path, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("loader.files.open_regular", refuse)
    summary = load(installed, two, tiny_model)
    assert (summary.unread_labels, summary.unread_images, summary.unchanged, summary.pending) == (2, 2, 2, 0)


def test_verify_reads_all(installed: Database, two: Path, tiny_model: Model) -> None:
    summary = load(installed, two, tiny_model, verify=True)
    assert (summary.unread_labels, summary.unread_images) == (0, 0)
    assert (summary.unchanged, summary.kept, summary.stored) == (2, 2, 0)


def test_a_label_of_the_same_size_and_time_is_read(installed: Database, two: Path, tiny_model: Model) -> None:
    label = two / "labels/a/b/x.json"
    keep_times(label, lambda: label.write_text(label.read_text().replace("good", "poor")))
    assert unread(installed, two, tiny_model) == (1, 2)
    assert [quality for *_, quality, _ in contents(installed)] == ["poor", "good"]


def test_an_image_of_the_same_size_and_time_is_read(installed: Database, two: Path, tiny_model: Model) -> None:
    image = two / "images/x.png"
    Image.new("RGB", (40, 30), "red").save(image, "BMP")
    load(installed, two, tiny_model)
    before = contents(installed)
    keep_times(image, lambda: Image.new("RGB", (40, 30), "blue").save(image, "BMP"))
    summary = load(installed, two, tiny_model)
    assert (summary.stored, summary.unread_labels, summary.unread_images) == (1, 2, 1)
    after = contents(installed)
    assert (after[0][-1] != before[0][-1], after[1]) == (True, before[1])


def test_files_that_were_just_written_are_read_again(
    installed: Database, two: Path, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("labels/a/b/x.json", "images/y.png"):
        os.utime(two / path)
    written_at = (two / "images/y.png").stat().st_ctime_ns
    monkeypatch.setattr("loader.stamps.now", lambda: written_at + SECOND)
    assert unread(installed, two, tiny_model) == (1, 1)
    # Neither is known by a stamp: another content may yet have the same.
    assert unread(installed, two, tiny_model) == (1, 1)
    monkeypatch.setattr("loader.stamps.now", lambda: written_at + 4 * SECOND)
    assert unread(installed, two, tiny_model) == (1, 1)
    assert unread(installed, two, tiny_model) == (2, 2)


def test_a_label_that_is_gone_from_the_database_is_loaded_again(
    installed: Database, two: Path, tiny_model: Model
) -> None:
    before = contents(installed)
    installed.execute("delete from image_demo1 where image_id = (select min(image_id) from image_demo1)")
    installed.commit()
    summary = load(installed, two, tiny_model)
    assert (summary.new, summary.stored, summary.unread_labels) == (1, 1, 1)
    assert contents(installed) == before


def test_other_categories_are_taken_from_files_that_stayed(
    installed: Database, two: Path, tiny_model: Model, tiny_model_path: Path
) -> None:
    from loader.layouts import aihub

    assert load(installed, two, tiny_model, layout=lambda tree: aihub(tree, (3, 2))).changed == 2
    assert rows(installed, "select distinct category1, category2 from vw_image_demo1") == [("b", "a")]


def test_a_new_reader_reads_all_again(
    installed: Database, two: Path, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.stamps.code_stamp", lambda *_: "other")
    assert unread(installed, two, tiny_model) == (0, 2)
    assert unread(installed, two, tiny_model) == (2, 2)


# the rule


class Clocked:
    """One file on a file system whose clock goes in steps; what its status would be."""

    def __init__(self, step: int) -> None:
        self.step, self.time, self.content = step, 10**18, 0
        self.changed_at = self.time
        self.contents = count(1)

    def status(self) -> Any:
        changed_at = self.changed_at // self.step * self.step
        return SimpleNamespace(st_size=1, st_mtime_ns=1, st_ctime_ns=changed_at, st_ino=1)

    def write(self) -> None:
        self.content, self.changed_at = next(self.contents), self.time


@given(
    step=st.sampled_from([1, 4_000_000, SECOND, 2 * SECOND]),
    acts=st.lists(st.one_of(st.just("write"), st.just("read"), st.integers(0, 4 * SECOND)), max_size=30),
)
def test_equal_stamps_are_equal_contents(step: int, acts: list[str | int]) -> None:
    """Whatever the step of the clock, a file whose stamp lasts has the content that was read."""
    file = Clocked(step)
    read: dict[str, int] = {}
    for act in acts:
        if isinstance(act, int):
            file.time += act
        elif act == "write":
            file.write()
        elif stamp := stamps.lasting(stamps.stamp_of(file.status()), file.status(), file.time):
            read[stamp] = file.content
        assert read.get(stamps.stamp_of(file.status()), file.content) == file.content


NAMES = st.sampled_from(["x", "y", "z"])
ACTS = st.one_of(
    st.tuples(st.just("label"), NAMES, st.sampled_from(["good", "poor", "none"])),
    st.tuples(st.just("image"), NAMES, st.integers(0, 3)),
    st.tuples(st.just("touch"), NAMES, st.integers(0, 2)),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("copy"), NAMES, NAMES),
    st.tuples(st.just("move"), NAMES, st.integers(0, 1)),
    st.tuples(st.just("remove"), NAMES, st.integers(0, 1)),
    st.tuples(st.just("load"), st.just(""), st.sampled_from([-3600, 0, 3600])),
)


def act_on(root: Path, what: str, name: str, value: Any) -> None:
    """One change below the root. Files keep their size, and those that are written their time of change."""
    label, places = root / "labels/a/b" / f"{name}.json", [root / f"images/{place}/{name}.bmp" for place in (0, 1)]
    image = next((place for place in places if place.exists()), places[0])
    match what:
        case "label":
            label.write_text(
                f'{{"images": [{{"file_name": "{name}.bmp"}}], "annotations": [{{"attributes": '
                f'{{"part": "tank", "quality": "{value}"}}}}]}}'
            )
            os.utime(label, ns=(SECOND, SECOND))
        case "image":
            Image.new("RGB", (9, 9), (value * 60, 9, 9)).save(image)
            os.utime(image, ns=(SECOND, SECOND))
        case "touch" if image.exists():
            os.utime(image, ns=(value * SECOND, value * SECOND))
        case "rename" if image.exists():
            image.rename(image.with_stem(value))
        case "copy" if image.exists() and value != name:
            shutil.copy2(image, image.with_stem(value))
        case "move" if image.exists():
            image.rename(places[value])
        case "remove":
            (image if value else label).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    def make() -> Path:
        root = tmp_path_factory.mktemp("tree")
        for directory in ("labels/a/b", "images/0", "images/1"):
            (root / directory).mkdir(parents=True)
        return root

    return make


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, max_size=14))
def test_a_load_gives_what_one_that_reads_all_gives(
    installed: Database,
    tiny_model: Model,
    trees: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
    acts: list[tuple[str, str, Any]],
) -> None:
    root = trees()
    for name in ("x", "y"):
        act_on(root, "label", name, "good")
        act_on(root, "image", name, 0)
    for what, name, value in [*acts, ("load", "", 3600)]:
        if what == "load":
            monkeypatch.setattr("loader.stamps.now", lambda ahead=value: _NOW() + ahead * SECOND)
            try:
                load(installed, root, tiny_model, source="tree", prune=True)
            except ConfigurationError:  # no label is left
                continue
        else:
            act_on(root, what, name, value)
    found = contents(installed)
    if any((root / "labels/a/b").iterdir()):
        load(installed, root, tiny_model, source="tree", prune=True, verify=True)
        assert contents(installed) == found
    installed.execute("delete from image_demo1")
    installed.execute("delete from image_load")
    installed.commit()


_NOW = time.time_ns


# moves


def test_an_image_that_moves_while_its_label_stays(installed: Database, two: Path, tiny_model: Model) -> None:
    before = {path: embedding for path, *_, embedding in contents(installed)}
    (two / "other").mkdir()
    (two / "images/x.png").rename(two / "other/x.png")
    summary = load(installed, two, tiny_model)
    assert (summary.kept, summary.stored, summary.failed, summary.unread_labels) == (1, 0, 0, 2)
    assert {path: embedding for path, *_, embedding in contents(installed)} == before
    assert {image for _, _, _, image, *_ in contents(installed)} == {"other/x.png", "images/y.png"}
    assert load(installed, two, tiny_model).pending == 0


def test_an_image_that_comes_nearer_is_taken(installed: Database, two: Path, tiny_model: Model) -> None:
    shutil.copy2(two / "images/y.png", two / "labels/a/b/x.png")
    assert load(installed, two, tiny_model).stored == 1
    assert contents(installed)[0][3] == "labels/a/b/x.png"


def test_an_image_that_is_gone_is_named_and_stays(installed: Database, two: Path, tiny_model: Model) -> None:
    (two / "images/x.png").unlink()
    summary = load(installed, two, tiny_model)
    assert [path for path, _ in summary.failures] == ["labels/a/b/x.json"]
    assert rows(installed, "select count(embedding) from image_demo1") == [(2,)]


def test_a_dry_run_counts_what_is_to_be_embedded(installed: Database, two: Path, make: Make, tiny_model: Model) -> None:
    before = contents(installed)
    (two / "images/x.png").rename(two / "x.png")
    os.utime(two / "images/y.png", ns=(1, 1))
    make("labels/a/b/new.json")
    make("labels/a/b/lost.json", file_name="nowhere.png")
    summary = load(installed, two, tiny_model, dry_run=True)
    assert (summary.pending, summary.kept, summary.failed) == (1, 2, 1)
    assert contents(installed) == before


@pytest.mark.parametrize("name", ["image.png", "archive.tar.part0"])
def test_a_root_without_labels_leaves_no_run(name: str, installed: Database, root: Path, tiny_model: Model) -> None:
    (root / name).write_bytes(b"x")
    with pytest.raises(ConfigurationError, match="holds no label"):
        load(installed, root, tiny_model)
    assert rows(installed, "select count(*) from image_load_run") == [(0,)]


def test_the_summary_says_how_many_were_not_read(
    installed: Database, two: Path, tiny_model_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(two), "--model", str(tiny_model_path)]) == 0
    assert "2 label files and 2 image files were not read" in capsys.readouterr().out
    assert main([str(two), "--model", str(tiny_model_path), "--verify"]) == 0
    printed = capsys.readouterr().out
    assert "not read" not in printed
    assert "2 images keep their embedding" in printed
