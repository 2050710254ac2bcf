"""Which image a label means."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.labels import LabelError, Tree
from loader.wrappers import remaining


def tree_of(*paths: str) -> Tree:
    tree = Tree(Path("/root"))
    for path in paths:
        tree.add_image(path)
    tree.finish()
    return tree


MIRROR = ("원천데이터/도어/단차/0001.jpg", "원천데이터/도어/스크래치/0001.jpg", "원천데이터/창/단차/0001.jpg")


@pytest.mark.parametrize(
    ("label", "paths", "expected"),
    [
        ("라벨링데이터/도어/스크래치/0001.json", MIRROR, MIRROR[1]),
        ("라벨링데이터/창/단차/0001.json", MIRROR, MIRROR[2]),
        ("어디/스크래치/0001.json", MIRROR, MIRROR[1]),
        ("Validation/labels/0001.json", ("Training/images/0001.jpg", "Validation/images/0001.jpg"), None),
        ("TL_2/0001.json", ("TS_1/0001.jpg", "TS_2/0001.jpg"), None),
        ("[라벨]도어/0001.json", ("[원천]창/0001.jpg", "[원천]도어/0001.jpg"), None),
        ("a/b/0001.json", ("a/b/masks/0001.jpg", "a/images/0001.jpg"), None),
    ],
)
def test_the_image_of_the_mirrored_directory_then_the_nearest(
    label: str, paths: tuple[str, ...], expected: str | None
) -> None:
    assert tree_of(*paths).find_image("0001.jpg", label) == (expected or paths[-1])


def test_a_tie_is_refused_with_the_candidates_and_the_way_out() -> None:
    with pytest.raises(LabelError) as caught:
        tree_of("one/x.jpg", "two/x.jpg").find_image("x.jpg", "labels/x.json")
    assert "2 images are called so: one/x.jpg, two/x.jpg" in str(caught.value)
    assert "write directories before the name" in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "on_disk"),
    [
        *(("upper.jpg", "upper.JPG"), ("trail.jpg ", "trail.jpg"), (" a.jpg", "A.jpg"), ("ext.jpg", "ext.png")),
        *(("noext", "noext.jpg"), ("dir/x.jpg", "Dir/X.jpg"), ("a.b", "a.b.tif")),
    ],
)
def test_a_name_that_is_nearly_so_is_taken_and_noted(wanted: str, on_disk: str) -> None:
    tree = tree_of(f"deep/{on_disk}", "other/y.jpg")
    assert tree.find_image(wanted) == f"deep/{on_disk}"
    (note,) = tree.notes.lines()
    assert note == (f"1 names were taken for the only image that is called nearly so, such as {wanted}: deep/{on_disk}")


@pytest.mark.parametrize(
    ("wanted", "paths", "message"),
    [
        ("x.jpg", ("a/X.jpg", "b/X.JPG"), "2 images are called so: a/X.jpg, b/X.JPG"),
        ("x.jpg", ("a/y.jpg",), "there is no such image below the root"),
        ("extra/door/x.jpg", ("door/x.jpg",), "no such image below the root; near is door/x.jpg"),
        ("/door/x.jpg", ("door/x.jpg",), "outside the root: /door/x.jpg; near is door/x.jpg"),
        ("x.jpg", ("masks/X.JPG",), "no such image"),
        ("x.jpg", ("x.txt",), "no such image"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_is_near(wanted: str, paths: tuple[str, ...], message: str) -> None:
    with pytest.raises(LabelError) as caught:
        tree_of(*paths).find_image(wanted, "labels/l.json")
    assert message in str(caught.value)


def test_the_wanted_ending_comes_before_others() -> None:
    assert tree_of("a/X.jpg", "a/x.png").find_image("x.jpg") == "a/X.jpg"


names = st.sampled_from(["a", "b", "도어", "labels", "원천데이터", "TS_1", "Training"])
directories = st.lists(names, max_size=4)


@given(label=directories, places=st.lists(directories, min_size=1, max_size=5, unique_by=tuple), named=directories)
def test_the_found_image_ends_so_and_none_mirrors_the_label_better(
    label: list[str], places: list[list[str]], named: list[str]
) -> None:
    tree = tree_of(*("/".join([*place, "x.png"]) for place in places))
    candidates = [place for place in places if place[len(place) - len(named) :] == named]
    label_path = "/".join([*label, "x.json"])
    try:
        found = tree.find_image("/".join([*named, "x.png"]), label_path)
    except LabelError:
        assert len(candidates) != 1
        return
    place = list(PurePosixPath(found).parts[:-1])
    assert place in candidates
    whole = place == named
    assert whole or all(alike(label, place) >= alike(label, other) for other in candidates)


def alike(label: list[str], image: list[str]) -> int:
    count = 0
    for one, other in zip(reversed(remaining(tuple(label))), reversed(remaining(tuple(image))), strict=False):
        if one != other:
            break
        count += 1
    return count


@given(places=st.lists(directories, min_size=1, max_size=4, unique_by=tuple))
def test_a_whole_path_is_always_clear(places: list[list[str]]) -> None:
    paths = ["/".join([*place, "x.png"]) for place in places]
    tree = tree_of(*paths)
    assert [tree.find_image(path, path) for path in paths] == paths


@given(
    paths=st.lists(
        st.text(st.sampled_from("aA./ 1_"), min_size=1, max_size=6).filter(lambda t: PurePosixPath(t).name.strip()),
        max_size=6,
        unique=True,
    ),
    wanted=st.text(st.sampled_from("aA./ 1_\\"), min_size=1, max_size=6),
)
def test_any_names_are_found_or_refused(paths: list[str], wanted: str) -> None:
    spelled = {str(PurePosixPath(path.lstrip("/"))) for path in paths}
    tree = tree_of(*(path for path in spelled if path != "." and ".." not in path))
    try:
        assert tree.find_image(wanted) in spelled
    except LabelError as error:
        assert str(error).startswith("the label names ")
