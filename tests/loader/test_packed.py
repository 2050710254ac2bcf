"""Loads of directories that hold archives, as AI Hub and others ship them."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from loader.database import Database
from loader.layouts import LAYOUTS
from loader.load import Summary, load
from loader.model import Model
from loader.thumbnail import thumbnail
from tests.loader.archive_files import packed, tarred, write, zipped
from tests.loader.pictures import png16, ramp
from tests.loader.test_archives import with_flags
from tests.loader.test_load import rows, stored


def picture(seed: int, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (40, 30, 3), np.uint8)).save(file, form)
    return file.getvalue()


def label(name: str, quality: str = "양품") -> bytes:
    attributes = {"part": "도어", "quality": quality}
    return json.dumps({"images": [{"file_name": name}], "annotations": [{"attributes": attributes}]}).encode()


def paths(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in root.rglob("*")}


def aihub_tree(root: Path, labels: str = "zip", images: str = "tar") -> None:
    """Two images in archives as AI Hub ships them; the names are those that Windows writes."""
    classes = (("단차", 1), ("스크래치", 2))
    said = [(f"도어/{name}/0001.json", label("0001.png", name)) for name, _ in classes]
    seen = [(f"도어/{name}/0001.png", picture(seed)) for name, seed in classes]
    write(
        root / f"1.Training/[라벨]/TL_1.{labels}",
        zipped(said, encoding="cp949") if labels == "zip" else packed(said, labels),
    )
    write(root / f"1.Training/[원천]/TS_1.{images}", packed(seen, images))


@pytest.mark.parametrize(("labels", "images"), [("zip", "tar"), ("tar.gz", "zip"), ("tgz", "tar.gz")])
def test_labels_and_images_in_archives(
    labels: str, images: str, installed: Database, root: Path, tiny_model: Model
) -> None:
    aihub_tree(root, labels, images)
    before = paths(root)
    summary = load(installed, root, tiny_model)
    assert (summary.stored, summary.failures) == (2, [])
    assert stored(installed) == [("도어", "단차", "도어", "단차"), ("도어", "스크래치", "도어", "스크래치")]
    found = rows(installed, "select label_path, image_path, image_size from image_load order by label_path")
    assert found == [
        (
            f"1.Training/[라벨]/TL_1.{labels}/도어/{name}/0001.json",
            f"1.Training/[원천]/TS_1.{images}/도어/{name}/0001.png",
            len(picture(seed)),
        )
        for name, seed in (("단차", 1), ("스크래치", 2))
    ]
    again = load(installed, root, tiny_model)
    assert (again.unchanged, again.pending, again.gone) == (2, 0, [])
    assert paths(root) == before


def test_an_archive_that_was_touched_or_unpacked_keeps_its_embeddings(
    installed: Database, root: Path, tiny_model: Model
) -> None:
    aihub_tree(root)
    load(installed, root, tiny_model)
    before = rows(installed, "select image_id, from_vector(embedding) from image_demo1 order by image_id")
    for archive in root.rglob("TS_1.tar"):
        os.utime(archive, ns=(10**18, 10**18))
    touched = load(installed, root, tiny_model)
    assert (touched.kept, touched.stored) == (2, 0)
    for archive, seed in ((next(root.rglob("TL_1.zip")), 0), (next(root.rglob("TS_1.tar")), 1)):
        archive.unlink()
        for number, name in ((1, "단차"), (2, "스크래치")):
            content = picture(number) if seed else label("0001.png", name)
            write(archive.with_suffix("") / f"도어/{name}/0001.{'png' if seed else 'json'}", content)
    unpacked = load(installed, root, tiny_model)
    assert (unpacked.kept, unpacked.stored, unpacked.gone) == (2, 0, [])
    assert rows(installed, "select image_id, from_vector(embedding) from image_demo1 order by image_id") == before


def test_an_image_in_an_archive_gives_the_same_embedding_as_one_on_disk(
    installed: Database, root: Path, tiny_model: Model
) -> None:
    deep = png16(ramp(4000)[..., None])
    for name, content in (("a.jpg", picture(1, "JPEG")), ("b.png", deep)):
        write(root / "bolt" / "disk" / name, content)
        for ending in ("zip", "tar", "tar.gz"):
            write(root / f"{name}.{ending}", packed([(f"bolt/{ending}/{name}", content)], ending))
    summary = load(installed, root, tiny_model, layout=LAYOUTS["folders"])
    assert (summary.stored, summary.failures) == (8, [])
    assert len(rows(installed, "select distinct from_vector(embedding) from image_demo1")) == 2
    assert rows(installed, "select image_bits, count(*) from image_load group by image_bits order by 1") == [
        (0, 4),
        (12, 4),
    ]


def test_thumbnails_of_images_in_archives(root: Path) -> None:
    for ending in ("zip", "tar", "tgz"):
        path = write(root / f"TS_1.{ending}", packed([("도어/a.png", picture(1))], ending)) / "도어/a.png"
        small = thumbnail(path)
        assert small is not None
        assert Image.open(io.BytesIO(small)).size == (30, 40)
    assert thumbnail(root / "TS_1.zip/도어/none.png") is None


def test_a_bad_file_in_an_archive_costs_that_one_and_a_bad_archive_itself(
    installed: Database, root: Path, tiny_model: Model
) -> None:
    images = [(f"{name}.png", picture(number)) for number, name in enumerate(("ok", "damaged", "locked"))]
    content = bytearray(with_flags(zipped(images), 1, "locked.png"))
    content[content.index(b"damaged.png") + 3000] ^= 0xFF
    write(root / "TS.zip", bytes(content))
    write(root / "TL.tar", tarred([(f"{name}.json", label(f"{name}.png")) for name in ("ok", "damaged", "locked")]))
    write(root / "none.zip", b"PK but no more")
    write(root / "TS_2.zip.part0", b"PK")
    summary = load(installed, root, tiny_model)
    assert summary.stored == 1
    reasons = dict(summary.failures)
    assert reasons.pop("TL.tar/damaged.json").startswith("the image can not be read: the archive is damaged: ")
    assert reasons == {
        "TL.tar/locked.json": "the image can not be read: it is protected by a password: unpack it (TS.zip/locked.png)",
        "none.zip": "the archive is damaged: File is not a zip file",
        "TS_2.zip.part0": "an archive is there in 1 pieces (TS_2.zip.part0): put them together first "
        "(cat them, in the order of their numbers, to TS_2.zip)",
    }


def coco_archives() -> dict[str, bytes]:
    content = {
        "images": [{"id": 1, "file_name": "1.png"}],
        "annotations": [{"image_id": 1, "category_id": 1}],
        "categories": [{"id": 1, "name": "good", "supercategory": "bolt"}],
    }
    return {
        "annotations_trainval2017.zip": zipped(
            [("annotations/instances_train2017.json", json.dumps(content).encode())]
        ),
        "train2017.zip": zipped([("train2017/1.png", picture(1))]),
        "val2017.zip": zipped([("val2017/1.png", picture(2))]),
    }


OTHERS: dict[str, tuple[dict[str, bytes], list[Any]]] = {
    "csv": (
        {"all.tar.gz": tarred([("labels.csv", b"file,part,quality\na.png,bolt,good\n"), ("a.png", picture(1))], "tgz")},
        [("bolt", "good", None, None)],
    ),
    "coco": (coco_archives(), [("bolt", "good", None, None)]),
    "folders": ({"all.zip": zipped([("bolt/good/a.png", picture(1))])}, [("bolt", "good", "good", "bolt")]),
    "mvtec": (
        {
            "mvtec.tar.xz": tarred(
                [("bolt/test/bent/0.png", picture(1)), ("bolt/ground_truth/bent/0_mask.png", b"")], "tar.xz"
            )
        },
        [("bolt", "defective", "bent", "bolt")],
    ),
}


@pytest.mark.parametrize("layout", OTHERS)
def test_other_layouts_in_archives(layout: str, installed: Database, root: Path, tiny_model: Model) -> None:
    archives, expected = OTHERS[layout]
    for name, content in archives.items():
        write(root / name, content)
    summary: Summary = load(installed, root, tiny_model, layout=LAYOUTS[layout])
    assert (summary.stored, summary.failures) == (1, [])
    assert stored(installed) == expected
