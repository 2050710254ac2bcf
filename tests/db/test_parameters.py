"""What a caller chooses is taken as given or refused: nothing is cut, rounded, or read as something else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, fit
from tests.db.helpers import insert_image

VECTOR = np.array([1, 0, 0], np.float32)


@pytest.fixture
def images(installed: Database) -> Database:
    """Eight images of the part p, good and bad in turn, and as many of a part with the longest name."""
    for part in ("p", "t" * 100):
        for number in range(8):
            insert_image(installed, part, "good" if number % 2 else "bad", [1, number / 10, 0])
    installed.commit()
    return installed


def rows(db: Database, query: str) -> list[tuple[Any, ...]]:
    return list(db.execute(query).rows)


def failure(db: Database, routine: str, **parameters: Any) -> int | None:
    """The number of the error that a function raises."""
    with pytest.raises(DatabaseError) as caught:
        db.value(routine, **parameters)
    return caught.value.code


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"p_approximate": None}, 20124),
        ({"p_approximate": 2}, 20124),
        ({"p_approximate": 0.5}, 20124),
        ({"p_temperature": float("nan")}, 20114),
        ({"p_temperature": float("inf")}, 20114),
        ({"p_temperature": 1e-300}, 20114),
        ({"p_temperature": 1e300}, 20114),
        ({"p_temperature": None}, 20114),
        ({"p_k": 2**31}, 20109),
        ({"p_k": 10**20}, 20109),
        ({"p_k": float("nan")}, 20109),
        ({"p_k": None}, 20109),
        ({"p_source": "nowhere"}, 20149),
    ],
    ids=str,
)
def test_classify_and_evaluate_refuse(parameters: dict[str, Any], code: int, images: Database) -> None:
    assert failure(images, "img_classify.classify", p_embedding=VECTOR, **parameters) == code
    assert failure(images, "img_classify.open_batch", **parameters) == code
    assert failure(images, "img_classify.evaluate", **parameters) == code


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"p_method": "kfold", "p_seed": 1.5}, 20124),
        ({"p_method": "kfold", "p_seed": 10**10}, 20124),
        ({"p_method": "kfold", "p_seed": None}, 20124),
        ({"p_method": "kfold", "p_folds": float("nan")}, 20115),
        ({"p_method": "kfold", "p_folds": 10**6}, 20115),
        ({"p_near_distance": -0.1}, 20120),
        ({"p_near_distance": float("nan")}, 20120),
        ({"p_within_part": None}, 20124),
        ({"p_part": "p" + " " * 100}, 20107),
        ({"p_part": "t" * 103}, 20107),
        ({"p_method": "time", "p_test_share": 0}, 20120),
        ({"p_method": "time", "p_test_share": 1}, 20120),
        ({"p_method": "time", "p_test_share": float("nan")}, 20120),
        ({"p_method": "time", "p_group_path": "time"}, 20116),
        ({"p_method": "path"}, 20106),
        ({"p_method": "path", "p_test_path": "//"}, 20106),
        ({"p_method": "path", "p_test_path": "d" * 1001}, 20148),
    ],
    ids=str,
)
def test_evaluate_refuses(parameters: dict[str, Any], code: int, images: Database) -> None:
    assert failure(images, "img_classify.evaluate", **parameters) == code


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1])
def test_a_distance_that_rejects_nothing_is_refused(value: float, images: Database) -> None:
    assert failure(images, "img_classify.classify", p_embedding=VECTOR, p_max_distance=value) == 20120
    assert failure(images, "img_classify.classify", p_embedding=VECTOR, p_min_confidence=value) == 20120


def test_the_least_temperature_keeps_the_vote(images: Database) -> None:
    answer = json.loads(
        images.value("img_classify.classify", p_embedding=VECTOR, p_weighting="softmax", p_temperature=0.000001)
    )
    assert (answer["class"], answer["confidence"]) == ("bad", 1)


@pytest.mark.parametrize("ks", ["05,7", " 5 , 007 ", "7,5,5"])
def test_a_list_of_ks_is_a_list_of_numbers(ks: str, images: Database) -> None:
    run_id = images.value("img_classify.sweep", p_ks=ks)
    found = rows(images, f"select distinct k from image_run_setting where run_id = {run_id} order by k")
    assert found == [(5,), (7,)]


@pytest.mark.parametrize("ks", ["5,", "5.5", "0,5", "100001", "2147483648", "999999999999", None, "5;7", "[5]"])
def test_a_list_of_ks_that_is_none(ks: str | None, images: Database) -> None:
    assert failure(images, "img_classify.sweep", p_ks=ks) == 20109


@pytest.mark.parametrize("metrics", ["cosine,hamming", "", None, 'cosine","dot', "cosine dot"])
def test_a_list_of_metrics_that_is_none_leaves_no_run(metrics: str | None, images: Database) -> None:
    before = rows(images, "select count(*) from image_run")
    assert failure(images, "img_classify.sweep", p_metrics=metrics) == 20112
    assert rows(images, "select count(*) from image_run") == before


def test_what_fills_an_error_s_text_is_not_filled_itself(installed: Database) -> None:
    text = installed.value("img_error.message", p_code=-20109, p_1="%2 and %1, 100 %", p_2="%3")
    assert text == "k must be a whole number from 1 to %3, not %2 and %1, 100 %"
    with pytest.raises(DatabaseError, match="unknown target a%2b: quality"):
        installed.value("img_choice.checked_target", p_target="a%2b")


# names that are too long


@pytest.mark.parametrize("kind", ["centre", "lda"])
def test_a_transform_s_name_is_not_cut(kind: str, images: Database) -> None:
    name = "n" * 100
    fit(images, name, "centre", "quality", within_part=True, shrinkage=None)
    for other in (name + "nnn", name + " ", ""):
        with pytest.raises(DatabaseError) as caught:
            fit(images, other, kind, "quality", within_part=True, shrinkage=None)
        assert caught.value.code == (20148 if other else 20106)
        images.rollback()
    assert rows(images, "select name, kind from image_transform") == [(name, "CENTRE")]
    assert failure(images, "img_classify.classify", p_embedding=VECTOR, p_transform=name + "n") == 20117


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"p_kind": "pca"}, 20117),
        ({"p_target": "colour"}, 20110),
        ({"p_within_part": 2}, 20124),
        ({"p_within_part": None}, 20124),
        ({"p_name": None}, 20106),
        ({"p_source": "nowhere"}, 20149),
    ],
    ids=str,
)
def test_fitting_refuses(parameters: dict[str, Any], code: int, images: Database) -> None:
    given = {"p_name": "mine", "p_kind": "centre"} | parameters
    with pytest.raises(DatabaseError) as caught:
        images.call("img_transform.fit_named", **given)
    assert caught.value.code == code
    begun = {"p_target": "quality", "p_within_part": 1, "p_images": 1, "p_shrinkage": 0.2}
    if "p_source" not in parameters:
        assert failure(images, "img_transform.begin_fit", **(begun | given)) == code
    assert rows(images, "select count(*) from image_transform") == [(0,)]


# models


def use_models(db: Database, *names: str) -> None:
    """Say of the images that they were embedded by these models, in turn."""
    for name in names:
        db.execute(
            "insert into image_model (name, file_hash, dimension, preprocessing)"
            f" values ('{name}', 'hash of {name}', 3, '{{}}')"
        )
    for number, name in enumerate(names):
        db.execute(
            f"update image_demo1 set model_id = (select model_id from image_model where name = '{name}')"
            f" where mod(image_id, {len(names)}) = {number}"
        )


@pytest.mark.parametrize("kind", ["centre", "prototype", "whiten", "lda"])
def test_a_transform_of_another_model_is_not_applied(kind: str, images: Database) -> None:
    use_models(images, "old")
    fit(images, "mine", kind, "quality", within_part=True, shrinkage=None)
    assert images.value("img_classify.classify", p_embedding=VECTOR, p_part="p", p_transform="mine")
    run_id = images.value("img_classify.open_batch", p_transform="mine")
    images.call("img_classify.add_item", p_run_id=run_id, p_name="x", p_part="p", p_embedding=VECTOR)
    use_models(images, "new")
    assert failure(images, "img_classify.classify", p_embedding=VECTOR, p_transform="mine") == 20147
    with pytest.raises(DatabaseError, match="mine was fitted on embeddings of old, and the stored ones are of new"):
        images.call("img_classify.classify_batch", p_run_id=run_id)
    assert failure(images, "img_classify.open_batch", p_transform="mine") == 20147
    fit(images, "mine", kind, "quality", within_part=True, shrinkage=None)
    assert images.value("img_classify.classify", p_embedding=VECTOR, p_part="p", p_transform="mine")
    images.execute("update image_demo1 set model_id = null")
    assert failure(images, "img_classify.classify", p_embedding=VECTOR, p_transform="mine") == 20147


@pytest.mark.parametrize("kind", ["centre", "prototype", "whiten", "lda"])
def test_nothing_is_fitted_on_embeddings_of_two_models(kind: str, images: Database) -> None:
    use_models(images, "old", "new")
    with pytest.raises(DatabaseError) as caught:
        fit(images, "mine", kind, "quality", within_part=True, shrinkage=None)
    assert caught.value.code == 20100
    assert rows(images, "select count(*) from image_transform") == [(0,)]


# batches of new images are no evaluations

FIGURES = (
    "vw_evaluation", "vw_evaluation_calibration", "vw_evaluation_changed", "vw_evaluation_class",
    "vw_evaluation_confidence",
    "vw_evaluation_confusion", "vw_evaluation_coverage", "vw_evaluation_distance",
    "vw_evaluation_graded", "vw_evaluation_interval",
    "vw_evaluation_item", "vw_evaluation_mistake", "vw_evaluation_part",
    "vw_evaluation_run", "vw_evaluation_source", "vw_evaluation_untested", "vw_label_suspect", "vw_near_duplicate",
    "vw_outlier", "vw_sweep",
)  # fmt: skip


def test_a_batch_is_in_no_view_of_evaluations(images: Database, project: Any) -> None:
    evaluated = evaluate(images)
    run_id = images.value("img_classify.open_batch")
    for part in ("p", None):
        images.call("img_classify.add_item", p_run_id=run_id, p_name="x", p_part=part, p_embedding=VECTOR)
    images.call("img_classify.classify_batch", p_run_id=run_id)
    views = {path.stem for path in (project / "db" / "views").glob("vw_evaluation*.sql")}
    assert views <= set(FIGURES)
    for view in FIGURES:
        assert rows(images, f"select run_id from {view} where run_id = {run_id}") == [], view
    assert images.value("img_report.latest_run") == evaluated


def test_what_is_for_evaluations_refuses_a_batch_and_the_other_way_round(images: Database) -> None:
    evaluated = evaluate(images)
    batch = images.value("img_classify.open_batch")
    assert failure(images, "img_classify.mcnemar", p_run_a=evaluated, p_run_b=batch) == 20102
    for routine, run_id in (("img_evaluate.finish_run", batch), ("img_classify.classify_batch", evaluated)):
        with pytest.raises(DatabaseError) as caught:
            images.call(routine, p_run_id=run_id)
        assert caught.value.code == 20102
    with pytest.raises(DatabaseError) as caught:
        images.call("img_classify.add_item", p_run_id=evaluated, p_name="x", p_part="p", p_embedding=VECTOR)
    assert caught.value.code == 20102
    assert failure(images, "img_classify.decisions", p_run_id=evaluated) == 20102
