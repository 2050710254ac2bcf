"""Label files: walking, and finding the image that is meant."""

from __future__ import annotations

import contextlib
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from loader.labels import LabelError, Tree, nfc, printable, walk

names = st.text(st.sampled_from("aB1 _-.양품각한글é"), min_size=1, max_size=8).filter(
    lambda name: name.strip(". ") and not name.startswith(".")
)


@given(parts=st.lists(names, min_size=1, max_size=4), form=st.sampled_from(["NFC", "NFD"]))
def test_an_image_is_found_by_its_name_and_by_any_end_of_its_path(parts: list[str], form: str) -> None:
    path = "/".join(parts)
    tree = Tree(Path("/root"))
    tree.add_image(unicodedata.normalize("NFD", path))
    for start in range(len(parts)):
        wanted = unicodedata.normalize(form, "/".join(parts[start:]))  # type: ignore[arg-type]
        assert nfc(tree.find_image(wanted)) == nfc(path)


@given(file_name=st.text(min_size=1, max_size=20))
def test_nothing_outside_the_root_is_ever_found(file_name: str) -> None:
    tree = Tree(Path("/root"))
    tree.add_image("a/x.png")
    with contextlib.suppress(LabelError):
        assert tree.find_image(file_name) == "a/x.png"


@given(path=st.binary(min_size=1, max_size=20))
def test_every_path_can_be_printed(path: bytes) -> None:
    text = printable(path.decode("utf-8", "surrogateescape"))
    text.encode()
    assert text.isprintable()


def test_a_walk_finds_labels_and_images_and_leaves_hidden_files(tmp_path: Path) -> None:
    for name in ("a/x.json", "a/X.JSON.png", "b/c/y.JSON", ".hidden/z.json", "b/.z.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    tree = walk(tmp_path)
    assert list(tree.labels()) == [("a/x.json", "a/x.json"), ("b/c/y.JSON", "b/c/y.JSON")]
    assert list(tree.images()) == ["a/X.JSON.png"]


def test_one_name_in_two_unicode_forms(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / (unicodedata.normalize(form, "각") + ".json")).touch()
    tree = walk(tmp_path)
    assert len(list(tree.labels())) == 1
    assert tree.problems == [("각.json", "two label files have this name, in different Unicode forms: rename one")]
