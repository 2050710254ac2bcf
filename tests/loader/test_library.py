"""The library as a notebook uses it: connect, load, ask, evaluate, take the data out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import loader
from loader.config import EmbeddedSettings, OracleSettings
from loader.database import Database
from loader.images import read_image
from loader.rows import COLUMNS
from tests.db.promises import bodies
from tests.loader.conftest import Make

PACKAGES = Path(__file__).resolve().parents[2] / "db" / "packages"


@pytest.fixture
def root(tmp_path: Path, make: Make) -> Path:
    """Twelve pictures, bright ones good and dark ones bad."""
    random = np.random.default_rng(2)
    for i in range(12):
        make(f"labels/{i:02}.json", f"images/{i:02}.png", part="tank", quality="good" if i % 2 else "bad")
        pixels = random.integers(0, 60, (40, 40, 3)) + (180 if i % 2 else 0) * np.array([1, 0.5, 0])
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "root" / "images" / f"{i:02}.png")
    return tmp_path / "root"


@pytest.fixture
def images(
    settings: OracleSettings | EmbeddedSettings, installed: Database, root: Path, tiny_model: loader.Model
) -> Iterator[loader.ImageDatabase]:
    with loader.connect(settings, model=tiny_model) as images:
        summary = images.load(root)
        assert (summary.stored, summary.failed) == (12, 0)
        yield images


def test_a_picture_is_classified_from_wherever_it_comes(images: loader.ImageDatabase, root: Path) -> None:
    path = root / "images" / "01.png"
    with Image.open(path) as picture:
        picture.load()
    kinds: list[Any] = [str(path), path, path.read_bytes(), np.asarray(picture), picture]
    decisions = [images.classify(kind, k=3, part="tank") for kind in kinds]
    for decision in decisions:
        assert decision.class_name == decision.best == "good"
        assert decision.confidence == 1
        assert [n.place for n in decision.neighbours] == [1, 2, 3]
        assert decision.neighbours[0].path == path
        assert decision.neighbours == decisions[0].neighbours
    assert [decision.name for decision in decisions] == [str(path), str(path), "picture 1", "picture 1", "picture 1"]
    # A file is known by its hash, pixels alone are not.
    assert [[row["image_path"] for row in decision.stored] for decision in decisions] == [["images/01.png"]] * 3 + [
        []
    ] * 2


def test_a_picture_that_can_not_be_read_is_an_exception_alone_and_a_problem_among_others(
    images: loader.ImageDatabase, root: Path
) -> None:
    with pytest.raises(loader.ImageError, match="picture 1: the file is no image of a known kind"):
        images.classify(b"no image")
    with pytest.raises(loader.ImageError, match="of uint8, or height x width of uint16 or float32, not 2 x 2 of int64"):
        images.classify(np.zeros((2, 2), np.int64))
    with pytest.raises(
        TypeError, match=r"a picture is a path, bytes, an array or an image of Pillow's, not builtins\.int"
    ):
        images.classify(7)  # type: ignore[arg-type]
    bad, good = images.classify_batch([b"no image", root / "images" / "02.png"], k=1)
    assert (bad.class_name, bad.neighbours, bad.stored, bad.confidence) == (None, (), (), None)
    assert bad.problem == "the file is no image of a known kind"
    assert good.class_name == "bad"


def test_a_damaged_picture_of_pillow_is_an_image_error(images: loader.ImageDatabase, root: Path) -> None:
    content = (root / "images" / "01.png").read_bytes()
    with Image.open(io.BytesIO(content[: len(content) // 2])) as picture, pytest.raises(loader.ImageError):
        images.classify(picture)


def test_an_endless_stream_of_pictures_is_classified_as_it_comes(images: loader.ImageDatabase, root: Path) -> None:
    taken = []

    def camera() -> Iterator[bytes]:
        for number in range(1_000_000):
            taken.append(number)
            yield (root / "images" / f"{number % 12:02}.png").read_bytes()

    decisions = images.classify_each(camera(), batch=5, k=1)
    first = [next(decisions) for _ in range(7)]
    assert [decision.class_name for decision in first] == ["bad", "good", "bad", "good", "bad", "good", "bad"]
    assert [decision.name for decision in first] == [f"picture {number}" for number in range(1, 8)]
    assert len(taken) == 10


def test_deep_pictures_in_memory_are_read_as_their_files_are(tiny_model: loader.Model, tmp_path: Path) -> None:
    from loader.depth import Depth
    from loader.images import read_picture

    samples = np.linspace(0, 3000, 1024).astype(np.uint16).reshape(32, 32)
    Image.fromarray(samples).save(tmp_path / "deep.png")
    depth = Depth(12, 12)
    wanted = read_image(tmp_path / "deep.png", tiny_model.preprocessing, depth)
    assert (read_picture(samples, tiny_model.preprocessing, depth) == wanted).all()
    with pytest.raises(loader.ImageError, match="does not say how many count: say --bits N"):
        read_picture(samples, tiny_model.preprocessing)


def test_refusals_are_exceptions_with_the_databases_text(images: loader.ImageDatabase, root: Path) -> None:
    with pytest.raises(loader.DatabaseError, match="k must be a whole number from 1 to 100000, not 0") as error:
        images.classify(root / "images" / "01.png", k=0)
    assert error.value.code == 20109
    with pytest.raises(loader.ConfigurationError, match="there is no evaluation yet"):
        images.evaluation()
    with pytest.raises(loader.ConfigurationError, match="unknown layout voc"):
        images.load(root, layout="voc")
    with pytest.raises(loader.ConfigurationError, match="there is no image 0 with a label and an embedding"):
        images.neighbours(0)
    # The session goes on after each.
    assert images.classify(root / "images" / "01.png").class_name == "good"


def test_neighbours_of_a_stored_image_and_of_a_new_one(images: loader.ImageDatabase, root: Path) -> None:
    first = next(row for row in images.images() if row["image_path"] == "images/01.png")
    others = images.neighbours(first["image_id"], k=3)
    assert first["image_id"] not in [n.image_id for n in others]
    assert {n.class_name for n in others} == {"good"}
    assert [n.distance for n in others] == sorted(n.distance for n in others)
    itself, *rest = images.neighbours(root / "images" / "01.png", k=4)
    assert (itself.image_id, itself.path) == (first["image_id"], root / "images" / "01.png")
    assert itself.distance == pytest.approx(0, abs=1e-6)
    assert [n.image_id for n in rest] == [n.image_id for n in others]


def test_embeddings_are_arrays_in_the_order_of_the_images(images: loader.ImageDatabase, root: Path) -> None:
    rows, found = images.images(), images.embeddings()
    assert [row["image_id"] for row in rows] == found.image_ids.tolist()
    assert found.vectors.dtype == np.dtype(np.float32)
    assert found.vectors.shape == (len(found), images.model.dimension) == (12, 24)
    again = images.embed([Path(row["source_name"]) / row["image_path"] for row in rows])
    np.testing.assert_allclose(found.vectors, again, rtol=1e-5)
    assert len(images.embeddings(part="none")) == 0
    assert images.embed([]).shape == (0, images.model.dimension)


def test_an_evaluation_says_how_often_it_is_right(images: loader.ImageDatabase) -> None:
    run = images.evaluate(method="kfold", folds=3, k=3)
    assert (run.tested, run.correct, run.accuracy, run.majority_share) == (12, 12, 1, 0.5)
    assert [(found.class_name, found.support, found.recall) for found in run.classes] == [("bad", 6, 1), ("good", 6, 1)]
    assert run.row["folds"] == 3
    assert images.evaluation() == run
    assert {(row["actual"], row["predicted"]) for row in images.predictions()} == {("good", "good"), ("bad", "bad")}
    other = images.evaluate(transform_kind="lda", method="kfold", folds=3)
    compared = images.compare(run.run_id, other.run_id)
    assert compared["both_right"] == 12
    assert [side["run_id"] for side in compared["sides"]] == [run.run_id, other.run_id]
    assert [(row["class"], row["miss_rate_a"], row["miss_rate_b"]) for row in compared["classes"]] == [
        ("bad", 0, 0),
        ("good", 0, 0),
    ]
    assert [row["run"] for row in images.runs()] == [other.run_id, run.run_id]
    images.forget_runs([other.run_id])
    assert images.evaluation().run_id == run.run_id
    run_id, settings = images.sweep(ks="1,3")
    assert {row["k"] for row in settings} == {1, 3}
    assert images.runs_older_than(0) == sorted({run.run_id, run_id})
    images.forget_runs_older_than(0)
    assert images.runs() == []


def test_what_a_person_should_look_at(images: loader.ImageDatabase, tmp_path: Path) -> None:
    images.evaluate(k=3)
    assert images.suspects(limit=3)[0]["place"] == 1
    assert images.confusions() == []
    assert images.duplicates(near_distance=0) == []
    pictures, figures = images.outliers("good", false_alarms=0.2)
    assert figures[0]["good"] == 6
    assert {row["class"] for row in pictures if row["is_outlier"]} >= {"bad"}
    assert [row["kind"] for row in images.rejection_thresholds(coverage=0.5)] == ["MIN_CONFIDENCE", "MAX_DISTANCE"]
    assert images.miss_threshold("bad", 0.0)["missed"] == 0
    run_id = images.report(tmp_path / "report.html")
    assert f"Evaluation {run_id}" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_pictures_are_held_against_the_good_ones(images: loader.ImageDatabase, root: Path) -> None:
    good, bad = images.judge(
        [root / "images" / "01.png", root / "images" / "02.png"], "good", part="tank", false_alarms=0.2
    )
    assert (good.class_name, bad.class_name) == ("good", "outlier")
    assert good.score is not None
    assert bad.score is not None
    assert good.threshold is not None
    assert good.score <= good.threshold < bad.score


def test_rows_have_names(images: loader.ImageDatabase, root: Path) -> None:
    rows = images.query(
        "select part, count(*) as images from vw_image_demo1 where quality = :quality group by part", quality="good"
    )
    assert rows == [{"part": "tank", "images": 6}]
    (source,) = images.sources()
    assert (source["source"], source["images"]) == (str(root), 12)
    assert images.holdings(str(root))["embeddings"] == 12
    status = images.status()
    assert (status.images, status.embedded, status.failed, status.pending) == (12, 12, 0, ())
    images.forget(str(root))
    assert images.sources() == []


def test_everything_is_kept_in_one_file(images: loader.ImageDatabase, tmp_path: Path) -> None:
    assert images.dump(tmp_path / "all.zip").rows["IMAGE_DEMO1"] == 12
    assert not images.restore(tmp_path / "all.zip").restored


def test_the_library_is_silent_unless_it_is_asked_to_tell(
    images: loader.ImageDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    monkeypatch.setattr("loader.progress.PATIENCE_S", 0.0)
    monkeypatch.setattr("loader.progress._INTERVAL_S", -1.0)
    path = root / "images" / "01.png"
    images.classify_batch([path, path])
    assert capsys.readouterr() == ("", "")
    images.progress = True
    images.classify_batch([path, path])
    assert "embedding" in capsys.readouterr().err


def test_the_names_of_columns_are_those_that_the_packages_give() -> None:
    found = bodies(PACKAGES)
    shorter = {"run_id": "run", "source_name": "source"}
    short = {"img_report.runs", "img_report.sources"}
    for routine, names in COLUMNS.items():
        columns = found[routine].columns or []
        assert [shorter.get(c, c) if routine in short else c for c in columns] == list(names), routine


def test_every_public_name_is_there_and_nothing_else() -> None:
    assert all(getattr(loader, name) is not None for name in loader.__all__)
    assert set(loader.__all__) <= set(dir(loader))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        loader.nothing  # noqa: B018


def test_a_directory_is_an_embedded_database(embedded_only: None, tmp_path: Path) -> None:
    place = tmp_path / "no" / "file"
    place.parent.mkdir()
    place.write_text(json.dumps({}))
    with pytest.raises(loader.DatabaseError, match=str(place)):
        loader.connect(place)
