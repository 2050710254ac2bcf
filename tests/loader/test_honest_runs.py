"""Evaluations do not flatter: copies are counted, baselines stand beside the accuracy, and what is covered is said."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from loader import cli
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, fit
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from loader.report import text_lines

COPIED = 3


def picture(seed: int) -> Image.Image:
    """Coarse blocks of random tones, which a copy keeps and another picture does not have."""
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(blocks).resize((64, 64), Image.Resampling.NEAREST)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """60 pictures of one part, two thirds good and the others bad."""
    for number in range(60):
        path = tmp_path / "root" / "p" / ("bad" if number % 3 == 0 else "good") / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(number).save(path)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    return tmp_path / "root"


def figures(db: Database, run_id: int, columns: str) -> tuple[Any, ...]:
    (row,) = db.execute(f"select {columns} from vw_evaluation where run_id = {run_id}").rows
    return tuple(float(value) if value is not None else None for value in row)


def with_copies(root: Path) -> None:
    """5 % of the pictures once more, saved as JPEG at three quarters of their size."""
    for number in range(COPIED):
        original = next(root.rglob(f"{number:02}.png"))
        with Image.open(original) as image:
            image.resize((48, 48), Image.Resampling.LANCZOS).save(original.with_name(f"copy{number}.jpg"), quality=90)


@pytest.mark.parametrize(
    "parameters",
    [
        {"k": 1},
        {"k": 1, "metric": "dot"},
        {"k": 3, "metric": "euclidean", "within_part": False},
        {"k": 1, "method": "kfold", "folds": 63},
        {"method": "kfold", "folds": 63, "transform_kind": "prototype"},
        {"k": 1, "method": "kfold", "folds": 63, "transform_kind": "centre"},
    ],
    ids=str,
)
def test_re_encoded_copies_are_flagged(
    parameters: dict[str, Any], installed: Database, root: Path, tiny_model: Model
) -> None:
    with_copies(root)
    load(installed, root, tiny_model, layout=folders)
    run_id = evaluate(installed, **parameters)
    flagged = {
        Path(path).stem
        for (path,) in installed.execute(
            "select l.label_path from vw_evaluation_item i join image_load l on l.image_id = i.image_id"
            f" where i.run_id = {run_id} and i.has_copy = 1"
        ).rows
    }
    assert flagged == {f"{number:02}" for number in range(COPIED)} | {f"copy{number}" for number in range(COPIED)}
    tested, correct, copies, accuracy, without = figures(
        installed, run_id, "tested, correct, copies, accuracy, accuracy_without_copies"
    )
    assert (tested, copies) == (63, 2 * COPIED)
    ((right,),) = installed.execute(
        f"select count(*) from vw_evaluation_item where run_id = {run_id} and has_copy = 0 and predicted = actual"
    ).rows
    assert without == pytest.approx(right / 57)
    assert accuracy == pytest.approx(correct / 63)
    assert f"{2 * COPIED} of 63 tested images have a copy" in "\n".join(text_lines(installed, run_id))


def test_the_same_file_is_a_copy_whatever_p_near_says(installed: Database, root: Path, tiny_model: Model) -> None:
    shutil.copy(root / "p" / "good" / "01.png", root / "p" / "bad" / "copy.png")
    load(installed, root, tiny_model, layout=folders)
    # In a part of its own it is compared with nothing.
    (root / "q" / "good").mkdir(parents=True)
    shutil.copy(root / "p" / "good" / "02.png", root / "q" / "good" / "copy.png")
    load(installed, root, tiny_model, layout=folders)
    assert figures(installed, evaluate(installed, near_distance=0), "copies") == (2,)
    assert figures(installed, evaluate(installed, near_distance=0, within_part=False), "copies") == (4,)
    assert figures(installed, evaluate(installed, near_distance=2), "copies, accuracy_without_copies") == (61, None)


def test_copies_in_one_group_are_none(installed: Database, root: Path, tiny_model: Model) -> None:
    """Leave-one-group-out never compares them."""
    with_copies(root)
    load(installed, root, tiny_model, layout=folders)
    for number in range(COPIED):
        installed.execute(
            "update image_demo1 set metadata = json_transform(metadata, set '$.item' = 'same')"
            " where image_id in (select image_id from image_load where label_path like"
            f" '%{number:02}.png' or label_path like '%copy{number}.jpg')"
        )
    installed.execute(
        "update image_demo1 i set metadata = json_transform(metadata, set '$.item' ="
        " (select l.label_path from image_load l where l.image_id = i.image_id)) where"
        " json_value(metadata, '$.item') is null"
    )
    run_id = evaluate(installed, method="logo", group_path="$.item", k=1)
    assert figures(installed, run_id, "tested, copies") == (63, 0)
    assert "No tested image has a copy" in "\n".join(text_lines(installed, run_id))


def test_baselines_stand_beside_the_accuracy(
    installed: Database, root: Path, tiny_model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(installed, root, tiny_model, layout=folders)
    run_id = evaluate(installed, k=1)
    assert figures(installed, run_id, "majority_share, chance_share") == pytest.approx((2 / 3, 5 / 9))
    text = "\n".join(text_lines(installed, run_id))
    assert "66.67 % by always saying the commonest class, 55.56 % by chance" in text
    assert f"Sources: {root} (60 images)" in text
    page = tmp_path / "report.html"
    assert cli.main(["report", str(run_id), "--out", str(page)]) == 0
    for shown in ("66.67 %", "55.56 %", "Without copies", str(root)):
        assert shown in page.read_text(encoding="utf-8")


# sources


@pytest.fixture
def two_sources(installed: Database, root: Path, tiny_model: Model, tmp_path: Path) -> Database:
    """The 60 pictures as the source `first`; 20 others, all bad, as `second`; and one that no load put in."""
    load(installed, root, tiny_model, layout=folders, source="first")
    other = tmp_path / "other" / "p" / "bad"
    other.mkdir(parents=True)
    for number in range(20):
        picture(100 + number).save(other / f"{number}.png")
    load(installed, other.parent.parent, tiny_model, layout=folders, source="second")
    installed.execute(
        "insert into image_demo1 (metadata, embedding, model_id)"
        " select metadata, embedding, model_id from image_demo1"
        " where image_id = (select max(image_id) from image_demo1)"
    )
    installed.commit()
    return installed


def test_a_run_says_which_sources_it_covers(two_sources: Database) -> None:
    db = two_sources
    run_id = evaluate(db)
    found = db.execute(f"select source_name, images, tested from vw_evaluation_source where run_id = {run_id}").rows
    assert sorted(found, key=str) == [("first", 60, 60), ("second", 20, 20), (None, 1, 1)]
    assert "Sources: first (60 images), second (20 images), (none) (1 images)" in "\n".join(text_lines(db, run_id))
    for source, images in (("first", 60), ("second", 20)):
        run_id = evaluate(db, source=source, k=3)
        assert figures(db, run_id, "images, tested") == (images, images)
        assert f"source {source} only" in "\n".join(text_lines(db, run_id))
        neighbours = db.execute(
            "select distinct s.name from image_run_neighbour n join image_load l on l.image_id = n.image_id"
            f" join image_source s on s.source_id = l.source_id where n.run_id = {run_id}"
        ).rows
        assert list(neighbours) == [(source,)]
    swept = db.value("img_classify.sweep", p_ks="1,3", p_source="second")
    assert figures(db, swept, "images") == (20,)


def test_new_images_are_compared_with_one_source(two_sources: Database, tiny_model: Model) -> None:
    db = two_sources
    embedding = tiny_model.embed(np.asarray(picture(1).resize((32, 32)))[np.newaxis])[0]
    for kind in ("lda", "prototype", "centre", "whiten"):
        fit(db, kind, kind, "quality", within_part=True, shrinkage=None, source="second")
        (fitted_on,) = db.execute(f"select source_name from image_transform where name = '{kind}'").rows
        assert fitted_on == ("second",)
    for source, expected in (("first", "good"), ("second", "bad")):
        decision = json.loads(db.value("img_classify.classify", p_embedding=embedding, p_k=1, p_source=source))
        assert decision["class"] == expected
        batch = db.value("img_classify.open_batch", p_k=1, p_source=source)
        db.call("img_classify.add_item", p_run_id=batch, p_name="x", p_part="p", p_embedding=embedding)
        db.call("img_classify.classify_batch", p_run_id=batch)
        assert list(db.execute(f"select predicted from image_batch_item where batch_id = {batch}").rows) == [
            (expected,)
        ]
    for kind in ("lda", "prototype"):
        assert db.value("img_classify.classify", p_embedding=embedding, p_part="p", p_transform=kind, p_source="second")
        for routine, given in (("classify", {"p_embedding": embedding}), ("open_batch", {})):
            with pytest.raises(DatabaseError, match="fitted on the images of second, not of first") as caught:
                db.value(f"img_classify.{routine}", p_transform=kind, p_source="first", **given)
            assert caught.value.code == 20151
    with pytest.raises(DatabaseError, match="the source first needs exact search"):
        db.value("img_classify.classify", p_embedding=embedding, p_source="first", p_approximate=1)


def test_the_commands_take_a_source(
    two_sources: Database, root: Path, tiny_model_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["evaluate", "--source", "second"]) == 0
    assert "Sources: second (20 images)" in capsys.readouterr().out
    assert cli.main(["sweep", "--source", "first", "--ks", "1,3"]) == 0
    assert cli.main(["fit", "mine", "--source", "first", "--kind", "centre"]) == 0
    asked = str(root / "p" / "good" / "01.png")
    model = ["--model", str(tiny_model_path)]
    assert cli.main(["classify", asked, *model, "--source", "second", "--k", "1"]) == 0
    assert "bad" in capsys.readouterr().out
    page = tmp_path / "report.html"
    assert cli.main(["report", "--source", "second", "--out", str(page)]) == 0
    assert "source second only" in page.read_text(encoding="utf-8")
    for command in (
        ["evaluate"],
        ["sweep"],
        ["fit", "x", "--kind", "centre"],
        ["fit", "x"],
        ["classify", asked, *model],
    ):
        assert cli.main([*command, "--source", "third"]) == 2
        assert "--source: there is no image with an embedding of the source third: the sources are first, second" in (
            capsys.readouterr().err
        )
    assert cli.main(["report", "--source", "third"]) == 2


# splits by time and path


def sides(db: Database, run_id: int) -> dict[str, str | None]:
    """Why each image was not tested, by its file's name without its ending."""
    return {
        Path(path).stem: reason
        for path, reason in db.execute(
            "select l.label_path, i.untested_reason from image_run_item i"
            f" join image_load l on l.image_id = i.image_id where i.run_id = {run_id}"
        ).rows
    }


@pytest.mark.parametrize("transform", [None, "centre", "prototype", "lda"])
def test_the_newest_are_predicted_from_the_older(
    transform: str | None, installed: Database, root: Path, tiny_model: Model
) -> None:
    load(installed, root, tiny_model, layout=folders)
    run_id = evaluate(installed, method="time", test_share=0.25, k=3, transform_kind=transform)
    found = sides(installed, run_id)
    assert {name for name, reason in found.items() if reason is None} == {f"{number:02}" for number in range(45, 60)}
    assert {reason for reason in found.values() if reason} == {"it is on the training side"}
    assert figures(installed, run_id, "images, tested, untested, copies") == (60, 15, 45, 0)
    neighbours = installed.execute(
        f"select distinct l.label_path from image_run_neighbour n join image_load l on l.image_id = n.image_id"
        f" where n.run_id = {run_id}"
    ).rows
    assert all(int(Path(path).stem) < 45 for (path,) in neighbours)
    assert "the newest 25 % from the older, by the files' time" in next(text_lines(installed, run_id))


def test_images_of_one_time_are_on_one_side(installed: Database, root: Path, tiny_model: Model) -> None:
    load(installed, root, tiny_model, layout=folders)
    # A day for every ten pictures; a share of a quarter has room for one day.
    installed.execute(
        "update image_demo1 i set metadata = json_transform(metadata, set '$.day' = (select '2024-05-0' ||"
        " substr(l.label_path, instr(l.label_path, '/', -1) + 1, 1) from image_load l where l.image_id = i.image_id))"
    )
    run_id = evaluate(installed, method="time", test_share=0.25, group_path="$.day", k=1)
    tested = {name for name, reason in sides(installed, run_id).items() if reason is None}
    assert tested == {f"{number:02}" for number in range(50, 60)}
    with pytest.raises(DatabaseError) as caught:
        evaluate(installed, method="time", test_share=0.1, group_path="$.day", k=1)
    assert caught.value.code == 20150
    untimed = evaluate(installed, method="time", group_path="$.images[0].file_name", k=1)
    assert figures(installed, untimed, "tested") == (12,)


@pytest.mark.parametrize(("directory", "tested"), [("bad", 20), ("/p/bad/", 20), ("good", 40)])
def test_a_directory_is_predicted_from_all_others(
    directory: str, tested: int, installed: Database, root: Path, tiny_model: Model
) -> None:
    load(installed, root, tiny_model, layout=folders)
    run_id = evaluate(installed, method="path", test_path=directory, k=1)
    assert figures(installed, run_id, "tested, correct") == (tested, 0)
    assert f"the directory {directory.strip('/')} from all others" in next(text_lines(installed, run_id))


@pytest.mark.parametrize("directory", ["p", "ba", "d", "01.png"])
def test_a_directory_that_leaves_nothing(directory: str, installed: Database, root: Path, tiny_model: Model) -> None:
    load(installed, root, tiny_model, layout=folders)
    with pytest.raises(DatabaseError) as caught:
        evaluate(installed, method="path", test_path=directory)
    assert caught.value.code == 20150


def test_an_image_that_no_load_put_in_has_neither_time_nor_path(two_sources: Database) -> None:
    runs: dict[str, dict[str, Any]] = {
        "no load put it in, so its time is not known": {"method": "time"},
        "no load put it in, so it has no path": {"method": "path", "test_path": "good"},
    }
    for reason, parameters in runs.items():
        run_id = evaluate(two_sources, **parameters)
        found = two_sources.execute(
            "select untested_reason from vw_evaluation_untested i where run_id = "
            f"{run_id} and image_id = (select max(image_id) from image_demo1)"
        ).rows
        assert list(found) == [(reason,)]
