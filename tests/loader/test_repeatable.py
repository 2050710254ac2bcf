"""The same pictures and labels give the same figures, in whatever order and from wherever they were loaded."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from loader.database import Database
from loader.evaluation import evaluate, fit
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from tests.db.helpers import clear

# How the runs are made whose figures have to agree. Few neighbours of many equal ones, so that ties decide.
RUNS: tuple[dict[str, Any], ...] = (
    {"k": 1},
    {"k": 3, "weighting": "softmax", "within_part": False},
    {"k": 3, "metric": "euclidean"},
    {"k": 2, "method": "kfold", "folds": 4},
    {"k": 2, "method": "kfold", "folds": 4, "transform_kind": "centre"},
    {"method": "kfold", "folds": 3, "transform_kind": "lda"},
    {"k": 3, "method": "path", "test_path": "good"},
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """60 pictures of two parts and two qualities, of which a third are one and the same, under either quality."""
    random = np.random.default_rng(7)
    same = random.integers(0, 256, (40, 40, 3), np.uint8)
    for number in range(60):
        part, quality = "ab"[number % 2], ("good", "bad")[number // 2 % 2]
        path = tmp_path / "root" / part / quality / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = same if number % 3 == 0 else random.integers(0, 256, (40, 40, 3), np.uint8)
        Image.fromarray(pixels).save(path)
    return tmp_path / "root"


def shown(db: Database) -> list[Any]:
    """All that evaluations say, by the labels' paths."""
    path = "(select l.label_path from image_load l where l.image_id = {})"
    found: list[Any] = []
    for parameters in RUNS:
        run_id = evaluate(db, **parameters)
        found.append(
            list(db.execute(f"select fingerprint, correct, copies from vw_evaluation where run_id = {run_id}").rows)
        )
        found.append(
            sorted(
                db.execute(
                    f"select {path.format('i.image_id')}, i.item_no, i.predicted, i.has_copy, round(i.confidence, 6),"
                    f" case when r.method <> 'LOO' then i.fold end"
                    " from image_run_item i join image_run r on r.run_id = i.run_id"
                    f" where i.run_id = {run_id}"
                ).rows
            )
        )
        found.append(
            sorted(
                db.execute(
                    f"select {path.format('n.item_id')}, n.place, {path.format('n.image_id')}, n.class"
                    f" from image_run_neighbour n where n.run_id = {run_id}"
                ).rows,
                key=str,
            )
        )
    run_id = db.value("img_classify.sweep", p_ks="1,2,5")
    found.append(
        sorted(db.execute(f"select k, weighting, correct from image_run_setting where run_id = {run_id}").rows)
    )
    lines: list[str] = []
    db.execute("begin img_classify.validate_loo; end;", output=lines.append)
    found.append(lines[-5:])
    found.append(classified(db))
    return found


def classified(db: Database) -> list[Any]:
    """What is said of one of the pictures that many are the same as, alone, in a batch, and by a transform."""
    ((vector,),) = db.execute(
        "select from_vector(i.embedding) from image_demo1 i join image_load l on l.image_id = i.image_id"
        " where l.label_path = 'a/good/0.png'"
    ).rows
    asked = np.array(json.loads(vector), np.float32)
    fit(db, "mine", "centre", "quality", within_part=True, shrinkage=None)
    answers = [
        json.loads(db.value("img_classify.classify", p_embedding=asked, p_part="a", p_k=3, p_transform=transform))
        for transform in (None, "mine")
    ]
    run_id = db.value("img_classify.open_batch", p_k=3)
    db.call("img_classify.add_item", p_run_id=run_id, p_name="x", p_part="a", p_embedding=asked)
    db.call("img_classify.classify_batch", p_run_id=run_id)
    answers += [json.loads(decision) for _, decision in db.rows("img_classify.decisions", p_run_id=run_id)]
    paths: dict[int, str] = dict(db.execute("select image_id, label_path from image_load").rows)
    return [(answer["class"], [(paths[n["image_id"]], n["class"]) for n in answer["neighbours"]]) for answer in answers]


def copied(root: Path, directory: Path) -> Path:
    """The same files elsewhere, each with a time of its own."""
    shutil.copytree(root, directory)
    for number, path in enumerate(sorted(directory.rglob("*.png"), reverse=True)):
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    return directory


def in_turn(db: Database, root: Path, model: Model, scratch: Path) -> None:
    """Load the last files first: the others come when those are stored, and get the greater numbers."""
    held = sorted(root.rglob("*.png"))[:40]
    for path in held:
        path.rename(scratch / path.relative_to(root).as_posix().replace("/", "_"))
    load(db, root, model, layout=folders)
    for path in held:
        (scratch / path.relative_to(root).as_posix().replace("/", "_")).rename(path)
    load(db, root, model, layout=folders)


def side_by_side(db: Database, root: Path, model: Model, _: Path) -> None:
    """Two loaders at once."""
    with db.another() as other:
        loaders = [
            threading.Thread(target=load, args=(session, root, model), kwargs={"layout": folders})
            for session in (db, other)
        ]
        for loader in loaders:
            loader.start()
        for loader in loaders:
            loader.join()


def threads(count: int) -> Callable[[Database, Path, Model, Path], None]:
    def loaded(db: Database, root: Path, model: Model, _: Path) -> None:
        load(db, root, model, layout=folders, workers=count, source="line-4")

    return loaded


def test_the_figures_do_not_depend_on_the_load(
    installed: Database, root: Path, tiny_model: Model, tmp_path: Path
) -> None:
    load(installed, root, tiny_model, layout=folders, workers=1)
    expected = shown(installed)
    ways = {"in turn": in_turn, "side by side": side_by_side, "one thread": threads(1), "three threads": threads(3)}
    for name, way in ways.items():
        clear(installed)
        way(installed, copied(root, tmp_path / name), tiny_model, tmp_path)
        assert shown(installed) == expected, name


def test_the_source_is_the_last_tie(installed: Database, root: Path, tiny_model: Model, tmp_path: Path) -> None:
    first, second = copied(root, tmp_path / "1"), copied(root, tmp_path / "2")
    orders = []
    for names in (("x", "y"), ("y", "x")):
        clear(installed)
        for name, directory in zip(names, (first, second), strict=True):
            load(installed, directory, tiny_model, layout=folders, source=name, new_source=True)
        orders.append(
            list(
                installed.execute(
                    "select source_name, label_path from vw_image_order order by nlssort(order_key, 'NLS_SORT=BINARY'),"
                    " image_id"
                ).rows
            )
        )
    assert orders[0] == orders[1]
    assert len(orders[0]) == 120
    assert [pair[0][1] == pair[1][1] for pair in zip(orders[0][::2], orders[0][1::2], strict=True)] == [True] * 60


def test_the_fingerprint_tells_data_apart(installed: Database, root: Path, tiny_model: Model) -> None:
    load(installed, root, tiny_model, layout=folders)

    def fingerprint(**parameters: Any) -> str:
        run_id = evaluate(installed, **parameters)
        ((found,),) = installed.execute(f"select fingerprint from vw_evaluation where run_id = {run_id}").rows
        return str(found)

    seen = [fingerprint(), fingerprint(only_part="a"), fingerprint(target="part")]
    assert fingerprint(method="kfold", seed=2, k=1) == seen[0]
    # Vectors do not count: their last bits may differ from run to run.
    installed.execute("update image_demo1 set embedding = to_vector(embedding + embedding, *, float32)")
    assert fingerprint() == seen[0]
    for change in (
        "update image_load set image_hash = 'other' where load_id = (select min(load_id) from image_load)",
        "update image_demo1 set metadata = json_transform(metadata, set '$.annotations[0].attributes.quality' = 'worn')"
        " where image_id = (select min(image_id) from image_demo1)",
        "update image_model set file_hash = 'other'",
        "delete from image_demo1 where image_id = (select min(image_id) from image_demo1)",
    ):
        installed.execute(change)
        seen.append(fingerprint())
    assert len(set(seen)) == len(seen)
