"""tune, fit and classify by a fitted transform, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loader.database import Database
from tests.db.helpers import insert_image
from tests.loader.test_cli import Loader, loader
from tests.loader.test_commands import loaded

__all__ = ["loaded", "loader"]


def test_tune_says_what_was_chosen_and_what_it_is_worth(loader: Loader, loaded: Path) -> None:
    done = loader("tune", "--folds", 3, "--seeds", "1,2", "--budget", 0)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Seed", "Nearest", "neighbour", "Chosen", "for", "each", "fold", "Run"]
    assert [line.split()[0] for line in lines[2:5]] == ["1", "2", "mean"]
    assert "100.00 %" in lines[4]
    # A budget of nothing reaches the simplest alone, the first of which is right.
    assert lines[5] == "chosen for 6 of 6 folds: --k 1 --weighting majority"
    assert lines[6].startswith("the budget allowed 15 of 159 candidates in some folds")
    assert (
        lines[7]
        == "no transform is needed: python -m loader classify IMAGE --target quality --k 1 --weighting majority"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--budget", -1], "--budget must be 0 or more minutes, not -1"),
        (["--folds", 1], "--folds: the number of folds must be a whole number from 2 to 999999, not 1"),
        (["--target", "size"], "--target: unknown target size: quality, category1, category2 or part"),
        (["--seeds", "1,x"], "--seeds: must be a whole number from 1 to 999999, not x"),
    ],
)
def test_tune_refuses_bad_parameters(loader: Loader, loaded: Path, arguments: list[object], message: str) -> None:
    done = loader("tune", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_classify_says_which_images_decided_and_what_the_fit_does_not_know(
    loader: Loader, loaded: Path, tiny_model_path: Path, installed: Database
) -> None:
    done = loader("fit", "votes", "--kind", "kernel", "--dimensions", 4, "--kernel-width", 0.4, "--ridge", 0.2)
    assert done.returncode == 0, done.stderr
    image = loaded / "images" / "01.png"
    asked = ("classify", image, "--part", "탱크", "--transform", "votes", "--k", 2, "--model", tiny_model_path)
    done = loader(*asked)
    assert done.returncode == 0, done.stderr
    (votes,) = [line for line in done.stdout.splitlines() if "votes for and against 양품" in line]
    assert votes.endswith("% of all votes")
    assert "stored since" not in done.stdout

    ((embedding,),) = installed.execute(
        "select embedding from image_demo1 order by image_id fetch first 1 row only"
    ).rows
    _store(installed, "탱크", "양품", [float(x) for x in embedding])
    assert "1 images were stored since votes was fitted" in loader(*asked).stdout

    _store(installed, "탱크", "긁힘", _taken_out(installed, image, loader, tiny_model_path))
    done = loader(*(*asked[:-3], 1, *asked[-2:]))
    assert f"{image}: by plain neighbours, since votes was fitted without the class 긁힘" in done.stdout


def test_a_fit_on_numbers_answers_with_a_number(
    loader: Loader, loaded: Path, tiny_model_path: Path, installed: Database
) -> None:
    ((embedding,),) = installed.execute(
        "select embedding from image_demo1 order by image_id fetch first 1 row only"
    ).rows
    for number in range(8):
        _store(installed, "탱크", f"0.{number}", [float(x) + number / 10 * (at == 0) for at, x in enumerate(embedding)])
    done = loader("fit", "grade", "--kind", "whiten", "--dimensions", 4, "--threshold", 0.3)
    assert done.returncode == 0, done.stderr
    asked = ("classify", loaded / "images" / "01.png", "--part", "탱크", "--transform", "grade", "--k", 20)
    done = loader(*asked, "--model", tiny_model_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].split()[:3] == ["Image", "Class", "Number"]
    answer = json.loads(loader(*asked, "--json", "--model", tiny_model_path).stdout)
    assert answer["class"] == ("0.3 or more" if answer["value"] >= 0.3 else "below 0.3")
    done = loader(*asked, "--min-confidence", 0.5, "--model", tiny_model_path)
    assert done.returncode == 2
    assert "answers with a number, which has no confidence" in done.stderr


def test_a_run_by_kernels_can_be_repeated_from_the_list_and_says_where_its_time_went(
    loader: Loader, loaded: Path
) -> None:
    done = loader(
        "evaluate", "--method", "kfold", "--folds", 2, "--transform", "joint", "--ridge", 0.2, "--any-part", "--timing"
    )
    assert done.returncode == 0, done.stderr
    assert "JOINT, classes compared, kernel width 0.5, ridge 0.2" in done.stdout
    for stage in ("reading the embeddings", "fitting", "storing the fits", "neighbours and votes, by SQL"):
        assert stage in done.stderr
    assert "JOINT, kernel width 0.5, ridge 0.2" in loader("runs").stdout
    (row,) = map(json.loads, loader("runs", "--json").stdout.splitlines())
    assert (row["transform_kind"], row["kernel_width"], row["ridge"], row["seed"]) == ("JOINT", 0.5, 0.2, 1)


def _store(installed: Database, part: str, quality: str, embedding: list[float]) -> None:
    """An image beside those that were loaded, of their model."""
    number = insert_image(installed, part, quality, embedding)
    installed.execute(
        f"update image_demo1 set model_id = (select max(model_id) from image_model) where image_id = {number}"
    )
    installed.commit()


def _taken_out(installed: Database, image: Path, loader: Loader, model: Path) -> list[float]:
    """The embedding of an image that is stored, and is not any more."""
    answer = json.loads(loader("classify", image, "--k", 1, "--json", "--model", model).stdout)
    number = answer["neighbours"][0]["image_id"]
    ((embedding,),) = installed.execute(f"select embedding from image_demo1 where image_id = {number}").rows
    installed.execute(f"delete from image_demo1 where image_id = {number}")
    return [float(x) for x in embedding]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--kernel-width", 0, "the kernel's width must be above 0 and at most 100, not 0"),
        ("--ridge", 0, "the ridge must be from 1e-06 to 1e+06, not 0"),
        ("--shrinkage", 2, "the shrinkage must be above 0 and at most 1, not 2"),
        ("--dimensions", 0, "must be a whole number from 1"),
    ],
)
def test_settings_out_of_range_are_refused(
    loader: Loader, loaded: Path, option: str, value: float, message: str
) -> None:
    done = loader("evaluate", "--method", "kfold", "--transform", "kernel", option, value)
    assert done.returncode == 2
    assert message in done.stderr


def test_what_tune_chooses_is_not_evaluated_by_name(loader: Loader, loaded: Path) -> None:
    done = loader("evaluate", "--method", "kfold", "--transform", "tuned")
    assert done.returncode == 2
    assert "python -m loader tune" in done.stderr
