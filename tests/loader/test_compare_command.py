"""compare, as a user types it: two models of different networks on real pictures, and two stored runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from loader.database import Database
from loader.evaluation import evaluate
from loader.load import load
from loader.model import Model
from loader.rows import rows_of
from loader.sample import write_sample
from tests.db.helpers import insert_image
from tests.loader.test_cli import Loader, loader
from tests.loader.tiny_model import write_tiny_model

__all__ = ["loader"]

COUNT = 60


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Pictures of solar cells, of both types and all grades."""
    write_sample(tmp_path / "Sample", COUNT)
    return tmp_path / "Sample"


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """A network of another size and dimension than tiny_model's."""
    return write_tiny_model(tmp_path / "other.onnx", dimension=8, size=24, name="other")


def table_of(text: str) -> dict[str, list[str]]:
    """The lines of the table by their heading: what stands for A and for B."""
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]
    return {row[0]: row[1:] for row in rows if len(row) == 3}


def test_two_networks_are_compared_on_real_pictures(
    loader: Loader, cells: Path, tiny_model_path: Path, other_model: Path
) -> None:
    asked = ("--target", "category1", "--method", "kfold", "--folds", 3, "--transform", "lda")
    done = loader("compare", cells, "--model", tiny_model_path, "--other", other_model, "--all", *asked)
    assert done.returncode == 0, done.stderr
    found = table_of(done.stdout)
    assert found["Model"] == ["tiny", "other"]
    assert found["Dimensions"] == [str(Model(tiny_model_path).dimension), "8"]
    assert found["Bytes of embeddings"][1] == f"{4 * 8 * COUNT:,}"
    assert found["Setting"] == ["category1, kfold, lda"] * 2
    assert {"Missed, defective", "False alarms, functional", "95 % interval"} <= found.keys()
    assert all(float(ms) > 0 for name in ("ms an image to embed", "ms a decision") for ms in found[name])
    assert f"{COUNT} images were tested by both" in done.stdout
    assert "Cosine" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith(("A ", "B "))


def test_a_run_is_compared_with_one_of_a_model_that_took_the_place_of_its_own(
    loader: Loader, installed: Database, cells: Path, tiny_model: Model, other_model: Path
) -> None:
    runs = []
    for model in (tiny_model, Model(other_model)):
        load(installed, cells, model, replace_model=True)
        runs.append(evaluate(installed, k=3))
    done = loader("compare", "--runs", f"{runs[0]},{runs[1]}")
    assert done.returncode == 0, done.stderr
    found = table_of(done.stdout)
    assert found["Run"] == [str(run) for run in runs]
    assert found["Model"] == ["tiny", "other"]
    both: list[dict[int, str]] = [
        dict(installed.execute(f"select image_id, predicted from image_run_item where run_id = {run}").rows)
        for run in runs
    ]
    labels: dict[int, str] = dict(
        installed.execute(f"select image_id, actual from image_run_item where run_id = {runs[0]}").rows
    )
    hits = [{image for image, answer in answers.items() if answer == labels[image]} for answers in both]
    (result,) = rows_of(installed, "img_compare.result", run_a=runs[0], run_b=runs[1])
    assert result["images"] == COUNT
    assert result["only_a"] == len(hits[0] - hits[1])
    assert result["only_b"] == len(hits[1] - hits[0])
    assert done.stdout.splitlines()[-1] == result["conclusion"]


def test_many_classes_are_cut_and_images_left_out_are_told(loader: Loader, installed: Database) -> None:
    for kind in range(14):
        for x in range(2):
            insert_image(installed, "ab"[kind % 2], f"kind{kind:02}", [1, kind + x / 10])
    runs = [evaluate(installed, k=1, only_part=part) for part in (None, "a")]
    installed.commit()
    done = loader("compare", "--runs", f"{runs[0]},{runs[1]}")
    assert done.returncode == 0, done.stderr
    assert "14 images that A tested are left out: the other did not, or by another label" in done.stdout
    assert "more classes" not in done.stdout
    whole = evaluate(installed, k=3)
    installed.commit()
    done = loader("compare", "--runs", f"{runs[0]},{whole}")
    assert "4 more classes: img_compare.classes" in done.stdout
    assert "not known" in done.stdout  # the pace of what no load embedded


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a directory to compare two models on, or two runs by --runs"),
        (["ROOT", "--runs", "1,2"], "name a directory to compare two models on, or two runs by --runs"),
        (["--runs", "1,2", "--transform", "lda"], "--runs compares two runs as they are"),
        (["--runs", "1,2", "--all"], "--runs compares two runs as they are"),
        (["--runs", "998,999"], "RUN: there is no run 998"),
        (["--runs", "1,x"], "--runs: must be a whole number from 1"),
        (["ROOT", "--target", "size"], "--target: unknown target size: quality, category1, category2 or part"),
        (["ROOT", "--k", 0], "--k: k must be a whole number from 1"),
    ],
    ids=str,
)
def test_compare_refuses_what_makes_no_sense(
    loader: Loader, installed: Database, cells: Path, tiny_model_path: Path, arguments: list[object], message: str
) -> None:
    given = [cells if argument == "ROOT" else argument for argument in arguments]
    model = ["--model", tiny_model_path] if "ROOT" in arguments else []
    done = loader("compare", *given, *model)
    assert done.returncode == 2
    assert message in done.stderr


def test_runs_without_a_common_image(loader: Loader, installed: Database) -> None:
    for part in "ab":
        for x in range(2):
            insert_image(installed, part, "kind", [1, x])
    runs = [evaluate(installed, k=1, only_part=part) for part in "ab"]
    installed.commit()
    done = loader("compare", "--runs", f"{runs[0]},{runs[1]}")
    assert done.returncode == 2
    assert f"RUN: runs {runs[0]} and {runs[1]} tested no image both" in done.stderr
