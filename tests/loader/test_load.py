"""Loading labels and images: what goes in, what is refused, and that nothing is lost."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import unicodedata
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from loader.classification import classify
from loader.config import ConfigurationError
from loader.database import Database, DatabaseError
from loader.images import read_image
from loader.load import Summary, load
from loader.model import Model
from tests.loader.conftest import Make
from tests.loader.tiny_model import write_tiny_model


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


def stored(db: Database) -> list[tuple[Any, ...]]:
    return rows(db, "select part, quality, category1, category2 from vw_image_demo1 order by image_id")


def reasons(summary: Summary) -> dict[str, str]:
    return dict(summary.failures)


def test_labels_and_embeddings_go_in_together(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    for i in range(10):
        make(f"labels/양품/탱크/{i}.json", part="탱크", quality="양품")
    summary = load(installed, root, tiny_model)
    assert (summary.labels, summary.new, summary.stored, summary.failed) == (10, 10, 10, 0)
    assert stored(installed) == [("탱크", "양품", "양품", "탱크")] * 10
    vectors = {tuple(vector) for (vector,) in rows(installed, "select embedding from image_demo1")}
    images = np.stack([read_image(path, tiny_model.preprocessing) for path in sorted(root.glob("images/*.png"))])
    expected = {tuple(vector.tolist()) for vector in tiny_model.embed(images)}
    assert {tuple(np.float32(v) for v in vector) for vector in vectors} == expected


def test_the_second_run_adds_nothing(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    for i in range(3):
        make(f"labels/a/b/{i}.json")
    load(installed, root, tiny_model)
    before = rows(installed, "select image_id, from_vector(embedding) from image_demo1 order by image_id")
    summary = load(installed, root, tiny_model)
    assert (summary.unchanged, summary.new, summary.stored) == (3, 0, 0)
    assert rows(installed, "select image_id, from_vector(embedding) from image_demo1 order by image_id") == before


@pytest.mark.parametrize("spelling", ["{root}", "{root}/", "{root}/../root", "relative", "./relative/"])
def test_the_root_may_be_spelled_in_any_way(
    spelling: str, installed: Database, root: Path, make: Make, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("labels/불량/밸브/x.json")
    load(installed, root, tiny_model)
    monkeypatch.chdir(root.parent)
    summary = load(installed, Path(spelling.format(root=root).replace("relative", "root")), tiny_model)
    assert summary.unchanged == 1
    assert [row[2:] for row in stored(installed)] == [("불량", "밸브")]


def test_categories_stay_where_directories_are_missing(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    make("x.json")
    make("labels/only/y.json")
    make("labels/one/two/three/four/z.json")
    path = make("none.json")
    path.write_text(path.read_text().replace('["own"]', "[]"))
    summary = load(installed, root, tiny_model)
    assert summary.without_categories == 1
    assert sorted(row[2:] for row in stored(installed) if row[2]) == [("one", "two"), ("own", None), ("own", None)]


@pytest.mark.parametrize(("in_label", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_korean_names_match_in_both_unicode_forms(
    in_label: Any, on_disk: Any, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    name = "탱크_양품.png"
    path = "labels/양품/탱크/한글.json"
    make(
        unicodedata.normalize(on_disk, path),
        "images/" + unicodedata.normalize(on_disk, name),
        file_name=unicodedata.normalize(in_label, name),
    )
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failures) == (1, [])
    assert stored(installed)[0][2:] == ("양품", "탱크")
    # The same files, copied to a disk that spells names the other way, are the same labels.
    (root / unicodedata.normalize(on_disk, path)).rename(root / "moved.json")
    other = root / unicodedata.normalize(in_label, path)
    other.parent.mkdir(parents=True, exist_ok=True)
    (root / "moved.json").rename(other)
    assert load(installed, root, tiny_model).unchanged == 1


def test_a_changed_label_is_put_in_place_without_embedding_again(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    path = make("labels/a/b/x.json", quality="good")
    load(installed, root, tiny_model)
    before = rows(installed, "select image_id from image_demo1")
    path.write_text(path.read_text().replace("good", "bad"))
    summary = load(installed, root, tiny_model)
    assert (summary.changed, summary.stored) == (1, 0)
    assert stored(installed) == [("tank", "bad", "a", "b")]
    assert rows(installed, "select image_id from image_demo1") == before


def test_a_label_that_names_another_image_now_is_embedded_again(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    make("labels/a/b/x.json", "images/one.png")
    load(installed, root, tiny_model)
    before = rows(installed, "select image_id, from_vector(embedding) from image_demo1")
    make("labels/a/b/x.json", "images/two.png")
    assert load(installed, root, tiny_model).stored == 1
    after = rows(installed, "select image_id, from_vector(embedding) from image_demo1")
    assert before[0][0] == after[0][0]
    assert before[0][1] != after[0][1]


BAD_LABELS: dict[str, tuple[Any, str]] = {
    "empty": ("", "the label is empty"),
    "not JSON": ('{"images": [\n  oops]}', "not JSON: line 2, column 3"),
    "cut short": ('{"images": [', "not JSON: line 1"),
    "NaN": ('{"images": [NaN]}', "NaN is no JSON number"),
    "nul": ('{"images": [{"file_name": "a\\u0000b"}]}', "U+0000"),
    "half a surrogate": ('{"images": [{"file_name": "\\ud800"}]}', "can keep"),
    "half a surrogate in a name": ('{"images": [], "\\udfff": 1}', "half of a surrogate pair"),
    "too many digits": (f'{{"images": [], "n": {"7" * 41}}}', "too many digits: 7777"),
    "thousands of digits": (f'{{"images": [], "n": {"7" * 5000}}}', "too many digits: 7777"),
    "a number too large": ('{"images": [], "n": -1e126}', "out of range or has too many digits: -1E+126"),
    "a number too small": ('{"images": [], "n": 1e-131}', "out of range"),
    "an exponent without end": ('{"images": [], "n": 1e99999999999999999999}', "out of range"),
    "a long name": (f'{{"images": [], "{"한" * 22_000}": 1}}', "more than 65535 bytes"),
    "1,001 levels": ('{"images": ' + "[" * 1000 + "]" * 1000 + "}", "nested too deeply"),
    "nested too deeply": ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "no images": ({"annotations": [{"attributes": {}}]}, "no images"),
    "empty images": ({"images": [], "annotations": [{"attributes": {}}]}, "no images"),
    "two images": (
        {"images": [{"file_name": "a.png"}, {"file_name": "b.png"}], "annotations": [{"attributes": {}}]},
        "more than one image",
    ),
    "no annotations": ({"images": [{"file_name": "a.png"}]}, "no annotations"),
    "empty annotations": ({"images": [{"file_name": "a.png"}], "annotations": []}, "no annotations"),
    "no file name": ({"images": [{"id": 1}], "annotations": [{"attributes": {}}]}, "names no file"),
    "an empty file name": ({"images": [{"file_name": ""}], "annotations": [{"attributes": {}}]}, "names no file"),
    "a missing file": (
        {"images": [{"file_name": "none.png"}], "annotations": [{"attributes": {}}]},
        "there is no such image below the root",
    ),
    "a file above the root": (
        {"images": [{"file_name": "../ok.png"}], "annotations": [{"attributes": {}}]},
        "outside the root",
    ),
    "an absolute file": (
        {"images": [{"file_name": "/etc/passwd"}], "annotations": [{"attributes": {}}]},
        "outside the root",
    ),
    "a file on another drive": (
        {"images": [{"file_name": "C:\\x.png"}], "annotations": [{"attributes": {}}]},
        "outside the root",
    ),
    "annotations that differ": (
        {
            "images": [{"file_name": "ok.png"}],
            "annotations": [{"attributes": {"quality": "good"}}, {"attributes": {"quality": "bad"}}],
        },
        "give one part two qualities",
    ),
    "a list of numbers": ("[1, 2, 3]", "no images"),
    "a string": ('"text"', "no images"),
}


@pytest.mark.parametrize("name", BAD_LABELS)
def test_a_bad_label_is_named_with_its_reason_and_the_rest_goes_on(
    name: str, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    label, reason = BAD_LABELS[name]
    make("labels/a/b/ok.json")
    make("labels/a/b/bad.json", label=label)
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failed) == (1, 1)
    assert reason in reasons(summary)["labels/a/b/bad.json"]
    assert rows(installed, "select count(*) from image_demo1") == [(1,)]
    assert rows(installed, "select count(*) from vw_image_failure") == [(1,)]
    # Mended, it goes in; the failure is gone.
    make("labels/a/b/bad.json", "images/mended.png")
    assert load(installed, root, tiny_model).stored == 1
    assert rows(installed, "select count(*) from vw_image_failure") == [(0,)]


def test_a_label_that_is_not_utf8(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("a.json").write_bytes('{"images":\n ["양"]}'.encode("cp949"))
    assert "not UTF-8" in reasons(load(installed, root, tiny_model))["a.json"]


def test_a_label_with_a_byte_order_mark(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    path = make("a.json")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(installed, root, tiny_model).stored == 1


def test_two_images_of_one_name(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/x.json", "one/x.png")
    make("labels/a/b/y.json", "two/x.png", file_name="two/x.png")
    summary = load(installed, root, tiny_model)
    assert "2 images are called so: one/x.png, two/x.png" in reasons(summary)["labels/a/b/x.json"]
    # A path tells them apart.
    assert "labels/a/b/y.json" not in reasons(summary)


def test_two_labels_of_one_image(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/x.json", "images/x.png")
    make("labels/a/b/y.json", "images/x.png")
    summary = load(installed, root, tiny_model)
    assert summary.stored == 1
    # Which of the two comes first is open: two threads may store them.
    ((path, reason),) = summary.failures
    other = {"labels/a/b/x.json": "labels/a/b/y.json", "labels/a/b/y.json": "labels/a/b/x.json"}[path]
    assert f"another label, {other}, has this image already" in reason
    assert load(installed, root, tiny_model).unchanged == 1


def test_many_labels_of_one_image_in_several_threads(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    for i in range(60):
        make(f"labels/a/b/{i:02}.json", f"images/{i % 5}.png")
    summary = load(installed, root, tiny_model, workers=4)
    assert (summary.stored, summary.failed) == (5, 55)
    assert rows(installed, "select count(*) from image_demo1") == [(5,)]
    assert all("has this image already" in reason for reason in reasons(summary).values())


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the image file is empty"),
        (b"this is no image at all", "no image of a known kind"),
        (None, "truncated"),
        (png_of(40_000, 25_000), "40000 x 25000 pixels, more than the limit"),
    ],
    ids=["empty", "text", "cut", "a billion pixels"],
)
def test_a_bad_image(
    content: bytes | None, reason: str, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    make("labels/a/b/ok.json")
    make("labels/a/b/bad.json")
    path = root / "images" / "bad.png"
    path.write_bytes(path.read_bytes()[:900] if content is None else content)
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failed) == (1, 1)
    assert reason in reasons(summary)["labels/a/b/bad.json"]
    assert "images/bad.png" in reasons(summary)["labels/a/b/bad.json"]


def test_every_kind_of_image_file(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    for mode, suffix in [("L", "jpg"), ("CMYK", "jpg"), ("P", "png"), ("RGBA", "png"), ("I;16", "png"), ("1", "bmp")]:
        name = f"{mode.replace(';', '')}.{suffix}"
        make(f"labels/a/b/{name}.json", f"images/{name}")
        image = Image.new("RGB", (50, 60), (10, 200, 90))
        if mode == "I;16":
            image16 = Image.fromarray(np.full((60, 50), 40_000, np.uint16))
            image16.save(root / "images" / name)
        else:
            image.convert(mode).save(root / "images" / name)
    assert load(installed, root, tiny_model).failures == []


def test_a_directory_without_permission(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/ok.json")
    closed = root / "labels" / "closed"
    closed.mkdir()
    if os.geteuid() == 0:
        pytest.skip("root may read every directory")
    closed.chmod(0)
    try:
        summary = load(installed, root, tiny_model)
    finally:
        closed.chmod(0o755)
    assert "can not be read: Permission denied" in reasons(summary)["labels/closed"]
    assert summary.stored == 1


def test_a_loop_of_links_and_a_link_to_nowhere(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/ok.json")
    (root / "labels" / "loop").symlink_to(root)
    (root / "images" / "nowhere.png").symlink_to(root / "gone.png")
    assert load(installed, root, tiny_model).stored == 1


def test_names_with_newlines_and_invalid_utf8(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/new\nline.json", "images/x\ny.png")
    make("labels/a/b/ok.json")
    Path(os.fsdecode(os.fsencode(root) + b"/labels/a/b/\xff.json")).write_text("{}")
    summary = load(installed, root, tiny_model)
    assert summary.stored == 2
    assert "not valid UTF-8" in reasons(summary)[r"labels/a/b/\xff.json"]


def test_roots_that_can_not_be_loaded(installed: Database, tmp_path: Path, tiny_model: Model) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        load(installed, tmp_path / "none", tiny_model)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="is not a directory"):
        load(installed, tmp_path / "file", tiny_model)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match="holds no label file"):
        load(installed, tmp_path / "empty", tiny_model)


def test_two_models_are_not_mixed(
    installed: Database, root: Path, make: Make, tiny_model: Model, tmp_path: Path
) -> None:
    make("labels/a/b/x.json")
    make("labels/a/b/y.json", quality="bad")
    load(installed, root, tiny_model)
    other = Model(write_tiny_model(tmp_path / "other.onnx", name="other", seed=2, dimension=8))
    with pytest.raises(DatabaseError, match=r"made by tiny \(.{8}\), not by other") as caught:
        load(installed, root, other)
    installed.rollback()
    assert caught.value.code == 20101
    summary = load(installed, root, other, replace_model=True)
    assert (summary.stored, summary.unchanged) == (2, 2)
    assert rows(
        installed,
        "select vector_dimension_count(embedding), count(*) from image_demo1"
        " group by vector_dimension_count(embedding)",
    ) == [(8, 2)]
    assert rows(installed, "select count(*) from image_demo1") == [(2,)]


def test_a_row_that_the_database_refuses_does_not_take_the_batch_with_it(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    for name in ("a", "b", "c"):
        make(f"{name}.json")
    Image.new("RGB", (30, 30)).save(root / "images" / "b.png")  # black: this model makes it all zeros
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failed) == (2, 1)
    assert "all zeros" in reasons(summary)["b.json"]


class _Overflowing(Model):
    """A model that overflows on a black picture."""

    def embed(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        vectors = super().embed(images)
        vectors[images.max(axis=(1, 2, 3)) == 0] = np.nan
        return vectors


def test_an_embedding_that_is_not_a_number_costs_its_image_alone(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    for name in ("a", "b", "c"):
        make(f"{name}.json")
    black = root / "images" / "b.png"
    Image.new("RGB", (30, 30)).save(black)
    model = _Overflowing(tiny_model.path)
    summary = load(installed, root, model)
    assert (summary.stored, summary.failed) == (2, 1)
    assert "not a number" in reasons(summary)["b.json"]
    good = next(path for path in (root / "images").iterdir() if path != black)
    decisions = classify(installed, model, [good, black])
    assert decisions[0].answer is not None
    assert decisions[1].answer is None
    assert "not a number" in decisions[1].problem


def test_a_failure_of_a_file_that_is_gone_is_forgotten(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    make("a.json")
    bad = make("b.json", label="{")
    assert load(installed, root, tiny_model).failed == 1
    bad.unlink()
    assert load(installed, root, tiny_model).failed == 0
    assert rows(installed, "select count(*) from vw_image_failure") == [(0,)]


def test_a_thousand_labels_take_few_round_trips(
    installed: Database, root: Path, make: Make, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for name in ("call", "call_many", "value", "rows"):
        original = getattr(type(installed), name)

        def counted(self: Any, routine: str, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
            calls.append(routine)
            return _original(self, routine, *args, **kwargs)

        monkeypatch.setattr(type(installed), name, counted)
    label = {"images": [{"file_name": "x.png"}], "annotations": [{"attributes": {"part": "p", "quality": "q"}}]}
    make("x.json", "x.png")
    directory = root / "labels" / "a" / "b"
    directory.mkdir(parents=True)
    for i in range(1000):
        label["images"] = [{"file_name": f"{i}.png"}]
        (directory / f"{i}.json").write_text(json.dumps(label))
    load(installed, root, tiny_model)
    # Labels go by the hundred, images by claims of 16, each of three or four calls.
    assert len(calls) < 1000 / 3


def embeddings(db: Database) -> dict[str, tuple[float, ...]]:
    query = "select l.image_path, i.embedding from image_load l join image_demo1 i on i.image_id = l.image_id"
    return {path: tuple(vector) for path, vector in rows(db, query)}


def deep(root: Path, name: str, highest: int) -> None:
    Image.fromarray(np.linspace(0, highest, 32 * 32).astype(np.uint16).reshape(32, 32)).save(root / "images" / name)


def test_pictures_of_16_bits_are_told_apart_and_embedded_again_when_their_depth_changes(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    for name in ("dark", "light", "eight"):
        make(f"labels/a/b/{name}.json")
    deep(root, "dark.png", 1000)
    deep(root, "light.png", 4000)
    first = load(installed, root, tiny_model)
    assert (first.stored, first.failures) == (3, [])
    assert "2 images of integers of more than 8 bits are taken as 12 bits, for the largest value found is 4000" in (
        first.notes
    )
    before = embeddings(installed)
    ratio = np.linalg.norm(before["images/light.png"]) / np.linalg.norm(before["images/dark.png"])
    assert 3.8 < ratio < 4.2
    assert load(installed, root, tiny_model).pending == 0
    assert load(installed, root, tiny_model, bits=16, dry_run=True).pending == 2
    again = load(installed, root, tiny_model, bits=16)
    assert (again.unchanged, again.changed, again.stored) == (3, 0, 2)
    after = embeddings(installed)
    assert after["images/eight.png"] == before["images/eight.png"]
    assert np.linalg.norm(after["images/light.png"]) < np.linalg.norm(before["images/light.png"]) / 10
    assert load(installed, root, tiny_model, bits=16).pending == 0


def test_pictures_of_16_bits_that_the_old_rule_embedded_wait_again_and_no_others(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    for name in ("deep", "eight"):
        make(f"labels/a/b/{name}.json")
    deep(root, "deep.png", 4000)
    load(installed, root, tiny_model)
    # As an earlier version left it, which knew of no bits.
    installed.execute("update image_load set image_bits = 0")
    installed.commit()
    assert load(installed, root, tiny_model, dry_run=True).pending == 1
    assert load(installed, root, tiny_model).stored == 1


def test_a_later_picture_with_a_larger_value_is_refused_by_name(
    installed: Database, root: Path, make: Make, tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.source_depth._LOOKED_AT", 1)
    for name in ("a", "b"):
        make(f"labels/a/b/{name}.json")
    first, second = sorted(("a", "b"), key=lambda name: hashlib.sha256(f"images/{name}.png".encode()).digest())
    deep(root, f"{first}.png", 900)
    deep(root, f"{second}.png", 5000)
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failed) == (1, 1)
    assert "holds the value 5000, more than 10 bits hold: load with --bits 16" in str(summary.failures)
    assert load(installed, root, tiny_model, bits=16).failed == 0


def test_files_that_could_hang_are_named_and_the_rest_goes_on(
    installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    make("labels/a/b/ok.json")
    make("labels/a/b/pipe.json")
    (root / "images" / "pipe.png").unlink()
    os.mkfifo(root / "images" / "pipe.png")
    os.mkfifo(root / "labels" / "fifo.json")
    (root / "labels" / "endless.json").symlink_to("/dev/zero")
    summary = load(installed, root, tiny_model)
    assert summary.stored == 1
    assert reasons(summary) == {
        "labels/a/b/pipe.json": "the image can not be read: it is a FIFO, no regular file (images/pipe.png)",
        "labels/endless.json": "the label can not be read: it is a device, no regular file",
        "labels/fifo.json": "the label can not be read: it is a FIFO, no regular file",
    }


def test_what_is_left_out_is_counted_and_named(installed: Database, root: Path, make: Make, tiny_model: Model) -> None:
    make("labels/a/b/x.json")
    make("labels/a/b/upper.json", file_name="UPPER.PNG")
    (root / "masks").mkdir()
    shutil.copy(root / "images" / "x.png", root / "masks" / "x.png")
    for name in ("a.txt", "b.txt", "c.heic", "TL_1.7z"):
        (root / name).touch()
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failures) == (2, [])
    notes = "\n".join(summary.notes)
    assert (
        "1 names were taken for the only image that is called nearly so, such as UPPER.PNG: images/upper.png" in notes
    )
    assert "1 images are masks" in notes
    assert "1 archives are packed still: unpack them (TL_1.7z)" in notes
    assert "3 files are no labels and no images that can be read: .txt 2, .heic 1" in notes


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("TL_1.7z", "1 archives are packed still: unpack them"),
        ("TL_1.tar", "TL_1.tar: the archive is damaged: empty file"),
        ("TL_1.zip.part0", "TL_1.zip.part0: an archive is there in 1 pieces"),
    ],
)
def test_a_root_of_archives_that_can_not_be_read_says_why(
    name: str, reason: str, installed: Database, root: Path, tiny_model: Model
) -> None:
    (root / name).touch()
    with pytest.raises(ConfigurationError, match=f"holds no label file.*; {reason}"):
        load(installed, root, tiny_model)
