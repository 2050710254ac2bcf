"""Walking a directory of anything: what is left out, counted or named, and that nothing hangs."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from loader import files
from loader.documents import read_file
from loader.images import ImageError, read_image
from loader.labels import LabelError, walk
from loader.model import Preprocessing


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def special(path: Path, kind: str) -> str:
    """Make a file that is no regular one, and what it is called."""
    match kind:
        case "fifo":
            os.mkfifo(path)
            return "a FIFO"
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                here = Path.cwd()
                os.chdir(path.parent)  # a socket's path is short
                try:
                    server.bind(path.name)
                finally:
                    os.chdir(here)
            return "a socket"
        case "endless":
            path.symlink_to("/dev/zero")
            return "a device"
        case _:
            path.mkdir()
            return "a directory"


@pytest.mark.parametrize("kind", ["fifo", "socket", "endless", "directory"])
def test_no_file_that_could_hang_is_opened(kind: str, tmp_path: Path) -> None:
    called = special(tmp_path / "x.json", kind)
    with pytest.raises(LabelError, match=f"can not be read: it is {called}, no regular file"):
        read_file(tmp_path / "x.json")
    with pytest.raises(ImageError, match=f"can not be read: it is {called}, no regular file"):
        read_image(tmp_path / "x.json", Preprocessing(8, "nearest", "none"))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name, size in (("x.json", files.LARGEST_LABEL + 1), ("x.png", files.LARGEST_IMAGE + 1)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    with pytest.raises(LabelError, match="32 MB, more than the limit of 32 MB"):
        read_file(tmp_path / "x.json")
    with pytest.raises(ImageError, match="1,000 MB, more than the limit of 1,000 MB"):
        read_image(tmp_path / "x.png", Preprocessing(8, "nearest", "none"))


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    check = files._check

    def grow(status: os.stat_result, limit: int) -> None:
        check(status, limit)
        with path.open("a") as file:
            file.write(" " * 10)

    monkeypatch.setattr(files, "_check", grow)
    assert read_file(path).strip() == b"{}"
    real = os.fstat
    calls: list[int] = []

    def later(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) == 3:
            grow(real(descriptor), 1000)
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", later)
    with pytest.raises(LabelError, match="changed while it was read: run this again"):
        read_file(path)


def test_linked_directories_are_followed_once_and_loops_are_cut(tmp_path: Path) -> None:
    root = tmp_path / "root"
    touch(root, "real/a.json", "b.png")
    touch(tmp_path / "other", "c.json", "deep/d.png")
    for name, target in (
        *(("0early", root / "real"), ("loop", root), ("above", tmp_path), ("real/up", root)),
        *(("link1", tmp_path / "other"), ("link2", tmp_path / "other"), ("link3", tmp_path / "other" / "deep")),
    ):
        (root / name).symlink_to(target)
    (tmp_path / "other" / "back").symlink_to(root / "real")
    tree = walk(root)
    assert [path for path, _ in tree.labels()] == ["link1/c.json", "real/a.json"]
    assert list(tree.images()) == ["b.png", "link1/deep/d.png"]
    assert list(tree.notes.lines()) == ["7 linked directories were left out: they are read already, such as 0early"]
    assert tree.problems == []


def test_what_systems_leave_behind_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "__MACOSX/도어/x.json", "a/._x.json", "a/.DS_Store", "a/Thumbs.db", "a/desktop.ini", "a/x.json")
    tree = walk(tmp_path)
    assert [path for path, _ in tree.labels()] == ["a/x.json"]
    assert list(tree.images()) == []
    assert not tree.passed_over


def test_other_files_are_counted_by_their_endings_and_archives_named(tmp_path: Path) -> None:
    touch(tmp_path, *"a.txt b.TXT c.heic d.jxl e.raw f.mp4 h.part1 g README x.jpg x.jfif x.jpe x.avif".split())
    touch(tmp_path, *"a.rar b.gz c.7z d.tar.zst".split())
    tree = walk(tmp_path)
    others = {".txt": 2, ".heic": 1, ".jxl": 1, ".raw": 1, ".mp4": 1, ".part1": 1, "no ending": 2}
    assert dict(tree.passed_over) == others
    assert sorted(tree.archives) == ["a.rar", "b.gz", "c.7z", "d.tar.zst"]


def test_masks_are_told_from_images(tmp_path: Path) -> None:
    touch(tmp_path, "bottle/ground_truth/broken/000_mask.png", "Data/Masks/Anomaly/1.png", "x/masks/y.png")
    touch(tmp_path, "test/000.png", "k/10.png", "k/10_GT.png", "k/Part0.jpg", "k/Part0_label.bmp")
    touch(tmp_path, "with_mask/7_with_mask.jpg", "without_mask/8.jpg", "k/lonely_GT.png")
    tree = walk(tmp_path)
    assert list(tree.images()) == [
        *("k/10.png", "k/Part0.jpg", "k/lonely_GT.png"),
        *("test/000.png", "with_mask/7_with_mask.jpg", "without_mask/8.jpg"),
    ]
    assert tree.masks() == 5
    assert tree.find_image("10_GT.png") == "k/10_GT.png"


def test_names_that_are_not_utf8_are_named_once_with_what_they_may_mean(tmp_path: Path) -> None:
    korean = os.fsencode(tmp_path) + b"/" + "탱크".encode("cp949")
    Path(os.fsdecode(korean)).mkdir()
    for name in (b"a.json", b"b.png"):
        Path(os.fsdecode(korean + b"/" + name)).touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")).touch()
    tree = walk(tmp_path)
    assert sorted(reason for _, reason in tree.problems) == [
        "the name is not valid UTF-8: rename it",
        "the name is not valid UTF-8: rename it (in CP949 it is 탱크)",
    ]
    assert list(tree.labels()) == []
    assert list(tree.images()) == []
