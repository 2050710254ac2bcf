"""classify, evaluate, sweep, fit and report as a user types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loader.database import Database
from tests.loader.conftest import Make
from tests.loader.test_cli import Loader, loader

__all__ = ["loader"]


@pytest.fixture
def loaded(loader: Loader, installed: Database, tmp_path: Path, make: Make, tiny_model_path: Path) -> Path:
    """Twelve pictures, bright ones good and dark ones bad, with Korean labels."""
    random = np.random.default_rng(2)
    for i in range(12):
        quality = "양품" if i % 2 else "불량"
        make(f"labels/{quality}/탱크/{i:02}.json", f"images/{i:02}.png", part="탱크", quality=quality)
        pixels = random.integers(0, 60, (40, 40, 3)) + (180 if i % 2 else 0) * np.array([1, 0.5, 0])
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "root" / "images" / f"{i:02}.png")
    done = loader(tmp_path / "root", "--model", tiny_model_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "root"


def test_classify_prints_a_table_or_json(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    images = [loaded / "images" / "01.png", loaded / "images" / "02.png"]
    done = loader("classify", *images, "--part", "탱크", "--k", 3, "--model", tiny_model_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["Image", "Class", "Confidence"]
    assert "양품" in lines[2]
    assert "불량" in lines[3]
    done = loader("classify", *images, "--k", 3, "--json", "--model", tiny_model_path)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["class"] for answer in answers] == ["양품", "불량"]
    assert len(answers[0]["neighbours"]) == 3


def test_classify_names_bad_images_and_goes_on(
    loader: Loader, loaded: Path, tiny_model_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_text("no image")
    done = loader("classify", tmp_path / "bad.png", loaded / "images" / "01.png", "--model", tiny_model_path)
    assert done.returncode == 1
    assert "no image of a known kind" in done.stderr
    assert "양품" in done.stdout


def test_classify_says_where_the_time_went(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    asked = ["classify", loaded / "images" / "01.png", "--k", 3, "--json", "--model", tiny_model_path]
    plain, timed = loader(*asked), loader(*asked, "--timing")
    assert (timed.returncode, timed.stdout) == (0, plain.stdout)
    for what in ("loading the program", "opening the model", "opening the database", "decoding", "network", "in all"):
        assert re.search(rf"^ +\d+\.\d{{3}} s  {what}", timed.stderr, re.MULTILINE), what
    assert "loading the program" not in plain.stderr


def test_classify_refuses_bad_parameters(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    image = loaded / "images" / "01.png"
    for arguments, message in (
        (["--k", "0"], "--k: k must be a whole number from 1 to 100000, not 0"),
        (["--target", "size"], "--target: unknown target size: quality, category1, category2 or part"),
        (["--part", "none"], "--part: there is no image with an embedding of the part none: the parts are 탱크"),
        (["--min-confidence", "2"], "--min-confidence must be 0 to 1, not 2"),
    ):
        done = loader("classify", image, *arguments, "--model", tiny_model_path)
        assert done.returncode == 2
        # Before it stands what was waited for, on a slow machine.
        assert done.stderr.splitlines()[-1] == f"error: {message}"


def test_evaluate_sweep_and_fit(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    done = loader("evaluate", "--method", "kfold", "--folds", 3, "--transform", "lda")
    assert done.returncode == 0, done.stderr
    assert "Tested: 12 of 12 images" in done.stdout
    assert "95 % interval" in done.stdout
    done = loader("sweep", "--ks", "1,3", "--metrics", "cosine,euclidean")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3 + 10
    done = loader("fit", "colours", "--kind", "prototype")
    assert done.returncode == 0, done.stderr
    done = loader(
        "classify", loaded / "images/03.png", "--part", "탱크", "--transform", "colours", "--model", tiny_model_path
    )
    assert "양품" in done.stdout, done.stderr
    assert loader("fit", "bad", "--kind", "lda", "--shrinkage", 0).returncode == 2


def test_by_the_vector_index(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    image = loaded / "images" / "01.png"
    asked = ["classify", image, "--k", 3, "--json", "--model", tiny_model_path]
    refused = loader(*asked, "--approximate")
    assert refused.returncode == 1
    assert "there is no vector index: create one, exec img_index.create_index" in refused.stderr
    created = loader("sql", "exec img_index.create_index")
    assert created.returncode == 0, created.stderr
    try:
        exact, approximate = loader(*asked), loader(*asked, "--target-accuracy", 100)
        assert approximate.returncode == 0, approximate.stderr
        assert json.loads(approximate.stdout) == json.loads(exact.stdout)
        done = loader("evaluate", "--k", 3, "--target-accuracy", 100)
        assert "by the vector index (target accuracy 100 %)" in done.stdout, done.stderr
        assert "Tested: 12 of 12 images" in done.stdout
    finally:
        dropped = loader("sql", "exec img_index.drop_index")
    assert dropped.returncode == 0, dropped.stderr


def test_the_report_is_one_file_with_pictures(
    loader: Loader, loaded: Path, tmp_path: Path, make: Make, tiny_model_path: Path
) -> None:
    # A bright picture that is called bad: a mistake to be shown.
    make("labels/불량/탱크/wrong.json", "images/wrong.png", part="탱크", quality="<불량>")
    Image.open(loaded / "images" / "01.png").save(loaded / "images" / "wrong.png")
    loader(loaded, "--model", tiny_model_path)
    assert loader("evaluate", "--k", 3).returncode == 0
    out = tmp_path / "report.html"
    done = loader("report", "--out", out)
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") >= 4
    assert "http" not in page.replace("http-equiv", "")
    assert "&lt;불량&gt;" in page
    assert "<불량>" not in page
    assert page.count("<img ") == page.count(" alt='")
    (loaded / "images" / "wrong.png").unlink()
    loader("report", "--out", out)
    assert "picture not found" in out.read_text(encoding="utf-8")


def test_a_report_of_nothing(loader: Loader, installed: Database, tmp_path: Path) -> None:
    done = loader("report", "--out", tmp_path / "r.html")
    assert done.returncode == 2
    assert "there is no evaluation yet" in done.stderr
    done = loader("report", 123456, "--out", tmp_path / "r.html")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "error: RUN: there is no run 123456: python -m loader evaluate makes the first"
    )
    assert not (tmp_path / "r.html").exists()


def test_where_no_defective_image_is_known(loader: Loader, loaded: Path, tiny_model_path: Path, tmp_path: Path) -> None:
    images = [loaded / "images" / "01.png", loaded / "images" / "02.png"]
    given = ["classify", *images, "--part", "탱크", "--known-good", "양품", "--model", tiny_model_path, "--k", 1]
    done = loader(*given, "--false-alarms", 0.3)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:4] == ["Image", "Class", "Score", "Threshold"]
    assert "양품" in lines[2]
    assert "outlier" in lines[3]
    done = loader(*given, "--false-alarms", 0.3, "--json")
    good, outlier = (json.loads(line) for line in done.stdout.splitlines())
    assert (good["class"], outlier["class"]) == ("양품", "outlier")
    assert outlier["score"] > outlier["threshold"] > good["score"]
    assert good["neighbours"][0]["image_path"] == "images/01.png"
    done = loader(*given)
    assert done.returncode == 2
    assert (
        "--false-alarms: a rate of false alarms of .05 needs at least 19 known good images, and there are 6"
        in done.stderr
    )
    done = loader(*given, "--transform", "x")
    assert done.returncode == 2
    assert "error: --transform is not for --known-good" in done.stderr
    done = loader("classify", *images, "--false-alarms", 0.1, "--model", tiny_model_path)
    assert done.returncode == 2
    assert "error: --false-alarms is for --known-good" in done.stderr


def test_outliers_are_listed_with_their_files(loader: Loader, loaded: Path) -> None:
    done = loader("outliers", "--known-good", "양품", "--k", 1, "--false-alarms", 0.3)
    assert done.returncode == 0, done.stderr
    assert f"{loaded}/images/02.png" in done.stdout
    assert "Part 탱크: threshold " in done.stdout
    assert "of 6 images of other classes, which took no part, 0.00 % are within it; AUROC 100.00 %" in done.stdout
    done = loader("outliers", "--limit", 2, "--json")
    assert [json.loads(line)["place"] for line in done.stdout.splitlines()] == [1, 2]
    done = loader("outliers", "--known-good", "none")
    assert done.returncode == 2
    assert "error: --known-good: no image of the quality none" in done.stderr


def test_thresholds_are_proposed(loader: Loader, loaded: Path) -> None:
    assert loader("evaluate", "--k", 3).returncode == 0
    done = loader("thresholds", "--coverage", 1)
    assert done.returncode == 0, done.stderr
    assert (
        "classify --min-confidence 1: 100.00 % are answered (12 images), 0.00 % of the answers are wrong" in done.stdout
    )
    assert re.search(r"classify --max-distance \S+ \(cosine\): ", done.stdout)
    done = loader("thresholds", "--min-confidence", 0.5, "--json")
    assert [json.loads(line)["class"] for line in done.stdout.splitlines()] == [None, "불량", "양품"]
    done = loader("thresholds", "--class", "불량", "--miss-rate", 0.01, "--json")
    assert json.loads(done.stdout)["missed"] == 0
    for arguments, message in (
        ([], "wish for either an error rate or a coverage"),
        (["--class", "불량"], "--class and --miss-rate go together"),
        (["--class", "불량", "--miss-rate", 0.1, "--coverage", 1], "--class has no --error-rate and no --coverage"),
        (["--class", "none", "--miss-rate", 0.1], "--class: no tested image of the run"),
        (["--coverage", 2], "--coverage must be above 0 and at most 1, not 2"),
        (["--coverage", 0.9, "--max-distance", 1], "--min-confidence and --max-distance stand alone"),
        (["--min-confidence", 2], "--min-confidence must be 0 to 1, not 2"),
    ):
        done = loader("thresholds", *arguments)
        assert done.returncode == 2
        assert f"error: {message}" in done.stderr


def test_votes_are_calibrated_for_classify(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    assert loader("evaluate", "--k", 3, "--method", "kfold", "--folds", 6).returncode == 0
    done = loader("calibrate", "--name", "votes", "--json")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["calibrated"] for line in done.stdout.splitlines()] == [0, 1]
    given = ["classify", loaded / "images" / "02.png", "--model", tiny_model_path, "--json", "--calibration", "votes"]
    done = loader(*given, "--k", 3)
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads(done.stdout)["confidence"] <= 1
    done = loader(*given, "--k", 1)
    assert done.returncode == 2
    assert "error: --calibration: the calibration votes was made of answers by QUALITY, k 3, " in done.stderr
    done = loader("calibrate", 999999)
    assert done.returncode == 2


@pytest.mark.parametrize("command", [["dump"], ["restore"], ["report", "--out"]])
def test_a_dash_is_no_file(command: list[str], loader: Loader) -> None:
    done = loader(*command, "-")
    assert done.returncode == 2
    assert "must be the name of a file: - does not stand for standard input or output" in done.stderr
