"""Trees whose directories are the labels: class folders, MVTec AD and VisA."""

from __future__ import annotations

from pathlib import Path

from loader.layouts import folders, mvtec
from tests.loader.layout_trees import read, write_tree


def categories(root: Path) -> dict[str, list[str]]:
    labels = read(root, mvtec).labels
    return {path: label["annotations"][0]["attributes"]["categories"] for path, label in labels.items()}


MVTEC = (
    "bottle/train/good/000.png bottle/test/good/000.png bottle/test/broken_large/000.png "
    "bottle/ground_truth/broken_large/000_mask.png bottle/license.txt"
).split()


def test_mvtec(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(MVTEC, ""))
    found = read(tmp_path, mvtec)
    assert found.classes == {
        "bottle/test/broken_large/000.png": [("bottle", "defective")],
        "bottle/test/good/000.png": [("bottle", "good")],
        "bottle/train/good/000.png": [("bottle", "good")],
    }
    assert not found.problems
    assert categories(tmp_path)["bottle/test/broken_large/000.png"] == ["broken_large", "bottle"]


def test_mvtec_from_the_directory_of_one_category(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(MVTEC, ""))
    found = read(tmp_path / "bottle", mvtec)
    assert found.classes["test/broken_large/000.png"] == [("bottle", "defective")]


def test_mvtec_names_what_lies_elsewhere(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(["top.png", "bottle/test/x.png", "bottle/other/good/x.png"], ""))
    found = read(tmp_path, mvtec)
    assert sorted(found.problems) == ["bottle/other/good/x.png", "bottle/test/x.png", "top.png"]
    assert all("does not lie in category/train or test/defect/" in reason for reason in found.problems.values())


def test_visa(tmp_path: Path) -> None:
    images = ("Normal/0.JPG", "Anomaly/000.JPG", "Anomaly/001.JPG", "Anomaly/002.JPG")
    write_tree(tmp_path, {f"candle/Data/Images/{image}": "" for image in images})
    write_tree(
        tmp_path,
        {
            "candle/Data/Masks/Anomaly/000.png": "",
            "candle/image_anno.csv": "image,label,mask\ncandle/Data/Images/Normal/0.JPG,normal,\n"
            "candle/Data/Images/Anomaly/000.JPG,chunk of wax missing,candle/Data/Masks/Anomaly/000.png\n"
            'candle/Data/Images/Anomaly/001.JPG,"damaged corner of packaging,different colour spot",x\n',
            "pcb1/Data/Images/Anomaly/000.JPG": "",
        },
    )
    found = read(tmp_path, mvtec)
    assert {path.removeprefix("candle/Data/Images/"): classes for path, classes in found.classes.items()} == {
        "Normal/0.JPG": [("candle", "good")],
        "Anomaly/000.JPG": [("candle", "defective")],
        "Anomaly/001.JPG": [("candle", "defective")],
        "Anomaly/002.JPG": [("candle", "defective")],
        "pcb1/Data/Images/Anomaly/000.JPG": [("pcb1", "defective")],
    }
    assert {path.removeprefix("candle/Data/Images/"): names[0] for path, names in categories(tmp_path).items()} == {
        "Normal/0.JPG": "good",
        "Anomaly/000.JPG": "chunk of wax missing",
        "Anomaly/001.JPG": "damaged corner of packaging,different colour spot",
        "Anomaly/002.JPG": "anomaly",
        "pcb1/Data/Images/Anomaly/000.JPG": "anomaly",
    }


def test_folders_say_that_there_is_a_layout_for_mvtec(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(MVTEC, ""))
    notes = "\n".join(read(tmp_path, folders).notes)
    assert "2 images lie in test, which was taken for their part: --layout mvtec reads" in notes


def test_folders_trim_and_compose(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        dict.fromkeys(
            ["tank / \u110b\u1163\u11bc\u1111\u116e\u11b7/x.png", "x/y.png", "z.png", f"{'p' * 101}/q/x.png"], ""
        ),
    )
    found = read(tmp_path, folders)
    assert list(found.classes.values()) == [[("tank", "양품")]]
    assert any(note.startswith("2 values were trimmed") for note in found.notes)
    assert sorted(path[:7] for path in found.problems) == ["ppppppp", "x/y.png", "z.png"]
