"""Pictures of every kind: right, or refused with the reason."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from loader.depth import Depth, depth_of
from loader.images import ImageError, read_image, thumbnail
from loader.kinds import HEIF
from loader.labels import walk
from loader.model import Preprocessing
from loader.notes import Notes
from loader.source_depth import find_depth
from tests.loader.pictures import png16, ramp, tiff

EXACT = Preprocessing(16, "nearest", "none")


def write(path: Path, content: bytes | Image.Image) -> Path:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content.save(path)
    return path


def read(path: Path, depth: Depth | None = None) -> NDArray[np.uint8]:
    return read_image(path, EXACT, depth)


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize(
    "kind", ["png", "tif", "big-endian.tif", "deflate.tif", "int32.tif", "colour.png", "grey-alpha.png"]
)
def test_the_highest_8_of_the_bits_that_count(kind: str, bits: int, tmp_path: Path) -> None:
    values = ramp((1 << bits) - 1)
    path = tmp_path / f"x.{kind}"
    match kind:
        case "png":
            write(path, Image.fromarray(values))
        case "tif":
            write(path, tiff(values))
        case "big-endian.tif":
            write(path, tiff(values, order=">"))
        case "deflate.tif":
            Image.fromarray(values).save(path, compression="tiff_adobe_deflate")
        case "int32.tif":
            write(path, Image.fromarray(values.astype(np.int32)))
        case "colour.png":
            write(path, png16(np.stack([values, values[::-1], values.T], axis=2)))
        case _:
            write(path, png16(np.stack([values, np.full_like(values, 7)], axis=2)))
    found = read(path, find_depth(walk(tmp_path)))
    grey = values >> (bits - 8)
    expected = [grey, grey[::-1], grey.T] if kind == "colour.png" else [grey] * 3
    assert np.array_equal(found, np.stack(expected, axis=2))
    assert found.max() == 255


def test_two_pictures_of_one_source_are_scaled_alike(tmp_path: Path) -> None:
    write(tmp_path / "dark.png", Image.fromarray(ramp(900)))
    write(tmp_path / "light.tif", tiff(ramp(4000)))
    tree = walk(tmp_path)
    depth = find_depth(tree)
    assert depth == Depth(12, None)
    assert read(tmp_path / "dark.png", depth).max() == 900 >> 4
    assert read(tmp_path / "light.tif", depth).max() == 4000 >> 4
    assert list(tree.notes.lines()) == [
        "2 images of integers of more than 8 bits are taken as 12 bits, for the largest value found is 4000"
    ]


@given(largest=st.integers(0, 65535))
def test_the_smallest_depth_that_holds_the_largest_value(largest: int) -> None:
    bits = depth_of(largest, None).integers
    assert bits in (10, 12, 14, 16)
    assert largest < 1 << bits
    assert bits == 10 or largest >= 1 << (bits - 2)


def test_a_value_that_is_too_large_is_refused_and_not_scaled_in_another_way(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", Image.fromarray(ramp(5000)))
    with pytest.raises(ImageError, match="holds the value 5000, more than 12 bits hold: load with --bits 16"):
        read(path, Depth(12))
    wide = write(tmp_path / "x.tif", Image.fromarray(np.full((4, 4), 1_000_000, np.int32)))
    with pytest.raises(ImageError, match="more than 16 bits hold: load with --bits 20"):
        read(wide, Depth(16))
    assert read(wide, Depth(20)).max() == 1_000_000 >> 12


def test_without_a_depth_a_picture_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", Image.fromarray(ramp(5000)))
    with pytest.raises(ImageError, match="does not say how many count: say --bits N"):
        read(path)


@pytest.mark.parametrize(
    ("content", "bits"),
    [
        (tiff(ramp(4000), 12), 12),
        (tiff(ramp(900), tags={281: 1023}), 10),
        (png16(ramp(4000)[..., None], 12), 12),
        (png16(ramp(1000)[..., None] * 64, 10), 16),
        (b"P5\n16 16\n1023\n" + ramp(1023).astype(">u2").tobytes(), None),
    ],
    ids=["12 bits", "MaxSampleValue", "sBIT, as they are", "sBIT, shifted", "PGM"],
)
def test_what_a_file_declares_comes_before_the_sources_depth(content: bytes, bits: int | None, tmp_path: Path) -> None:
    path = write(
        tmp_path / ("x.pgm" if content[:2] == b"P5" else "x.png" if content[1:4] == b"PNG" else "x.tif"), content
    )
    found = read(path, Depth(16))
    values = {12: ramp(4000), 10: ramp(900), 16: ramp(1000) * 64, None: ramp(1023)}[bits]
    expected = np.round(values * (65535 / 1023)).astype(int) >> 8 if bits is None else values >> (bits - 8)
    assert np.abs(found[..., 0].astype(int) - expected).max() <= (1 if bits is None else 0)


def test_a_value_that_a_file_declares_not_to_have(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", tiff(ramp(5000), tags={281: 4095}))
    with pytest.raises(ImageError, match=r"the value 5000, more than the 12 bits that the file declares hold$"):
        read(path, Depth(16))


def test_a_largest_value_that_is_the_pictures_own_declares_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", tiff(ramp(900), tags={281: 900}))
    assert read(path, Depth(16)).max() == 900 >> 8


def test_white_is_zero_is_turned(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", tiff(ramp(4095), photometric=0))
    assert np.array_equal(read(path, Depth(12))[..., 0], (4095 - ramp(4095)) >> 4)


@pytest.mark.parametrize(("highest", "expected"), [(1.0, 255), (255.0, 255), (1000.0, 250), (4095.0, 255)])
def test_floats_by_the_same_rule_and_from_0_to_1(highest: float, expected: int, tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", Image.fromarray(np.linspace(0, highest, 256, dtype=np.float32).reshape(16, 16)))
    found = read(path, find_depth(walk(tmp_path)))
    assert (found.min(), found.max()) == (0, expected)


@pytest.mark.parametrize(
    ("value", "reason"), [(float("nan"), "no numbers"), (float("inf"), "infinite"), (-0.5, "below 0")]
)
def test_floats_that_are_no_brightness(value: float, reason: str, tmp_path: Path) -> None:
    pixels = np.full((8, 8), 0.5, np.float32)
    pixels[3, 3] = value
    path = write(tmp_path / "x.tif", Image.fromarray(pixels))
    assert find_depth(walk(tmp_path)).floats in (None, 1)
    with pytest.raises(ImageError, match=reason):
        read(path, Depth(16, 1))


@pytest.mark.parametrize("order", ["<", ">"])
def test_colours_of_16_bits_in_a_tiff(order: str, tmp_path: Path) -> None:
    values = np.stack([ramp(4095), ramp(4095)[::-1], ramp(4095).T], axis=2)
    path = write(tmp_path / "x.tif", tiff(values, photometric=2, order=order))
    assert np.array_equal(read(path, Depth(12)), values >> 4)
    assert np.array_equal(read(path, Depth(16)), values >> 8)


def test_colours_in_planes_are_refused_where_pillow_gives_one_half_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", tiff(np.zeros((16, 16, 3)), photometric=2, tags={284: 2}))
    for bits in (12, 16):
        with pytest.raises(ImageError, match="can not be scaled"):
            read(path, Depth(bits))


def test_integers_below_zero(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tif", Image.fromarray(np.full((8, 8), -5, np.int32)))
    with pytest.raises(ImageError, match="below 0"):
        read(path, Depth(16))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I;16B"])
@pytest.mark.parametrize("ending", ["png", "tif", "jpg", "bmp", "webp", "avif", "gif"])
def test_every_mode_is_read_as_keras_does_or_scaled(mode: str, ending: str, tmp_path: Path) -> None:
    source = Image.fromarray(np.random.default_rng(3).integers(0, 256, (16, 16, 3), np.uint8))
    if mode == "LAB":
        image = Image.merge("LAB", source.split())
    elif mode.startswith("I;16"):
        image = Image.fromarray(ramp(65535)) if mode == "I;16" else Image.fromarray(ramp(65535).astype(">u2"))
    else:
        image = source.convert("L").convert("PA") if mode == "PA" else source.convert(mode)
    path = tmp_path / f"x.{ending}"
    try:
        image.save(path)
    except (OSError, ValueError, KeyError):
        pytest.skip(f"Pillow writes no {mode} as {ending}")
    found = read(path, Depth(16))
    with Image.open(path) as opened:
        deep = opened.mode.startswith("I")
        expected = ramp(65535)[..., None] >> 8 if deep else np.asarray(opened.convert("RGB"))
    assert np.array_equal(found, np.broadcast_to(expected, found.shape))


@pytest.mark.parametrize("ending", ["jfif", "jpe", "JPG", "jpeg", "png", "dat"])
def test_the_content_decides_and_not_the_name(ending: str, tmp_path: Path) -> None:
    Image.new("RGB", (16, 16), (9, 9, 9)).save(tmp_path / "x.jpg")
    assert read((tmp_path / "x.jpg").rename(tmp_path / f"y.{ending}")).shape == (16, 16, 3)


@pytest.mark.parametrize(
    ("wide", "high", "resized", "box"),
    [
        (60, 40, (30, 20), (7, 2, 23, 18)),
        (40, 60, (20, 30), (2, 7, 18, 23)),
        (50, 50, (20, 20), (2, 2, 18, 18)),
        (8, 5, (32, 20), (8, 2, 24, 18)),  # smaller than what is cut out of it
        (41, 40, (20, 20), (2, 2, 18, 18)),  # 20.5 is cut to 20, as torchvision does
    ],
)
def test_the_centre_is_cut_out_after_the_shorter_side_was_resized(
    wide: int, high: int, resized: tuple[int, int], box: tuple[int, int, int, int], tmp_path: Path
) -> None:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (high, wide, 3), np.uint8))
    image.save(tmp_path / "x.png")
    found = read_image(tmp_path / "x.png", Preprocessing(16, "bicubic", "none", shorter_side=20))
    expected = image.resize(resized, Image.Resampling.BICUBIC).crop(box)
    np.testing.assert_array_equal(found, np.asarray(expected))


def test_a_picture_as_thin_as_a_line_is_not_made_a_large_one(tmp_path: Path) -> None:
    Image.new("RGB", (60_000, 1)).save(tmp_path / "line.png")
    with pytest.raises(ImageError, match="60000 x 1 pixels: too narrow to cut its centre out"):
        read_image(tmp_path / "line.png", Preprocessing(224, "bicubic", "none", shorter_side=256))


@pytest.mark.parametrize("ending", ["gif", "tif", "webp", "png"])
def test_the_first_of_several_frames_is_taken_and_noted(ending: str, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (16, 16), (level, level, level)) for level in (200, 10, 90)]
    frames[0].save(tmp_path / f"x.{ending}", save_all=True, append_images=frames[1:])
    notes = Notes()
    found = read_image(tmp_path / f"x.{ending}", EXACT, notes=notes)
    assert abs(int(found[0, 0, 0]) - 200) < 3
    assert list(notes.lines()) == [f"1 images have several frames or pages: the first was taken, such as x.{ending}"]


def test_a_thumbnail_of_any_picture_shows_something(tmp_path: Path) -> None:
    for name, content in (("x.png", png16(ramp(900)[..., None])), ("x.tif", tiff(ramp(900)))):
        small = thumbnail(write(tmp_path / name, content), 8)
        assert (small.size, small.mode) == ((8, 8), "RGB")
        assert np.asarray(small).max() > 100
    with pytest.raises(ImageError, match="no image of a known kind"):
        thumbnail(write(tmp_path / "x.jpg", b"text"), 8)


def bomb(kind: str) -> bytes:
    match kind:
        case "bmp":
            return (
                b"BM"
                + struct.pack("<IHHI", 0, 0, 0, 54)
                + struct.pack("<IiiHHIIiiII", 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0)
            )
        case "gif":
            return (
                b"GIF89a"
                + struct.pack("<HH", 65535, 65535)
                + b"\0\0\0,"
                + struct.pack("<HHHH", 0, 0, 65535, 65535)
                + b"\0\x02\0;"
            )
        case "tif":
            return tiff(np.zeros((2, 2)), tags={256: 60000, 257: 60000})
        case _:
            return b"P6\n100000 100000\n255\n"


@pytest.mark.parametrize("kind", ["bmp", "gif", "tif", "ppm"])
def test_a_bomb_is_refused_before_it_is_decoded(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="more than the limit of 178,956,970"):
        read(write(tmp_path / f"x.{kind}", bomb(kind)))


def picture(ending: str) -> bytes:
    file = io.BytesIO()
    noise: Any = np.random.default_rng(5).integers(0, 256, (24, 24, 3), np.uint8)
    Image.fromarray(noise).save(file, {"jpg": "JPEG", "tif": "TIFF"}.get(ending, ending.upper()))
    return file.getvalue()


PICTURES = {ending: picture(ending) for ending in ("png", "jpg", "tif", "bmp", "gif", "webp", "avif")}
PICTURES["16.png"] = png16(ramp(4000)[..., None], 12)
PICTURES["16.tif"] = tiff(ramp(4000), tags={281: 4095})


@given(
    kind=st.sampled_from(sorted(PICTURES)), cut=st.integers(0, 3000), flips=st.lists(st.integers(0, 3000), max_size=4)
)
def test_a_damaged_picture_is_read_or_refused(
    kind: str, cut: int, flips: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(PICTURES[kind][: cut or None])
    for at in flips:
        content[at % len(content)] ^= 0xA5
    path = write(tmp_path_factory.getbasetemp() / f"damaged.{kind}", bytes(content))
    try:
        assert read(path, Depth(16)).shape == (16, 16, 3)
    except ImageError as error:
        assert str(error).startswith(("the image ", "the file "))


@pytest.mark.parametrize(
    "content", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"\x80\x04K\x01.", b"\xd7\xcd\xc6\x9a"]
)
def test_what_would_start_a_program_is_no_image(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no image of a known kind"):
        read(write(tmp_path / "x.png", content))


@pytest.mark.skipif(HEIF, reason="the extra is installed")
def test_heic_says_how_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"read by an extra: pip install -e '\.\[heic\]'"):
        read(write(tmp_path / "x.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"))
