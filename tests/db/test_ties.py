"""Equally near images: which are taken, in single searches, batches, evaluations and validate_loo alike."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from loader.database import Database
from loader.evaluation import evaluate
from tests.conftest import Run
from tests.db.helpers import insert_image


def at(distance: float) -> list[float]:
    """A vector of this cosine distance from [1, 0]."""
    return [1 - distance, math.sqrt(1 - (1 - distance) ** 2)]


def neighbours_of_first(db: Database, k: int) -> list[list[tuple[int, str, float]]]:
    """The k nearest of the image that was put in first, by each way to ask: image, class and distance."""
    ((asked, vector),) = db.execute(
        "select image_id, from_vector(embedding) from image_demo1"
        " where image_id = (select min(image_id) from image_demo1)"
    ).rows
    embedding = np.array(json.loads(vector), np.float32)
    answers = [db.value("img_index.nearest", p_embedding=embedding, p_k=k, p_part="p", p_exact=1, p_except=asked)]
    found = [[(n["image_id"], n["class"], float(n["distance"])) for n in json.loads(answer)] for answer in answers]
    run_id = evaluate(db, k=k)
    found.append(
        [
            (image_id, name, float(distance))
            for image_id, name, distance in db.execute(
                "select image_id, class, distance from image_run_neighbour"
                f" where run_id = {run_id} and item_id = {asked} order by place"
            ).rows
        ]
    )
    db.execute(f"update image_demo1 set metadata = null where image_id = {asked}")
    for transform in (None, "none"):
        if transform is None:
            batch = db.value("img_classify.open_batch", p_k=k)
            db.call("img_classify.add_item", p_run_id=batch, p_name="x", p_part="p", p_embedding=embedding)
            db.call("img_classify.classify_batch", p_run_id=batch)
            ((_, decision),) = db.rows("img_classify.decisions", p_run_id=batch)
        else:
            decision = db.value("img_classify.classify", p_embedding=embedding, p_part="p", p_k=k)
        found.append([(n["image_id"], n["class"], float(n["distance"])) for n in json.loads(decision)["neighbours"]])
    return found


def insert_all(db: Database, rows: list[tuple[str, float]]) -> list[int]:
    """An image [1, 0], and one for each quality and distance from it; the ids of the latter."""
    insert_image(db, "p", "asked", [1, 0])
    ids = [insert_image(db, "p", quality, at(distance)) for quality, distance in rows]
    db.commit()
    return ids


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_without_hashes_the_smaller_number_comes_first(k: int, installed: Database) -> None:
    far, second, first, _ = insert_all(installed, [("d", 0.5), ("b", 0.1000004), ("a", 0.1), ("c", 0.7)])
    for found in neighbours_of_first(installed, k):
        assert [image_id for image_id, _, _ in found] == [second, first, far, far + 3][:k]
        # The nearer one's distance stands for both.
        assert len({distance for _, _, distance in found[:2]}) == 1
        assert found[0][2] == pytest.approx(0.1, abs=2e-7)


def test_distances_further_apart_are_no_ties(installed: Database) -> None:
    second, first = insert_all(installed, [("b", 0.100004), ("a", 0.1)])
    for found in neighbours_of_first(installed, 2):
        assert [image_id for image_id, _, _ in found] == [first, second]


def test_each_is_compared_with_the_next_nearer_one(installed: Database) -> None:
    ids = insert_all(installed, [(str(number), 0.1 + (9 - number) * 6e-7) for number in range(10)])
    for found in neighbours_of_first(installed, 10):
        assert [image_id for image_id, _, _ in found] == ids


def test_many_that_are_one_and_the_same(installed: Database) -> None:
    ids = insert_all(installed, [("a", 0.3)] * 40)
    for found in neighbours_of_first(installed, 3):
        assert [image_id for image_id, _, _ in found] == ids[:3]


def test_equal_votes_at_equal_distances_go_to_the_first_name(installed: Database) -> None:
    insert_all(installed, [("b", 0.1), ("a", 0.1000004)])
    run_id = evaluate(installed, k=2)
    ((predicted,),) = installed.execute(
        f"select predicted from image_run_item where run_id = {run_id} and actual = 'asked'"
    ).rows
    assert predicted == "a"


def stored_as(db: Database, hashes: dict[int, str], paths: dict[int, str] | None = None) -> None:
    """Say that a load has put the images in, from files of these hashes."""
    db.execute("insert into image_source (name) values ('/there')")
    db.execute("insert into image_model (name, file_hash, dimension, preprocessing) values ('m', 'h', 2, '{}')")
    db.execute(
        "insert into image_load_run (source_id, model_id)"
        " select s.source_id, m.model_id from image_source s cross join image_model m"
    )
    for image_id, image_hash in hashes.items():
        path = (paths or {}).get(image_id, f"{image_id}.json")
        db.execute(
            "insert into image_load (source_id, label_path, state, outcome, image_id, image_hash, run_id)"
            f" select source_id, '{path}', 'STORED', 'NEW', {image_id}, '{image_hash}', run_id from image_load_run"
        )
    db.commit()


def test_the_picture_s_hash_decides_then_the_label_s_path(installed: Database, run: Run) -> None:
    ids = insert_all(installed, [(quality, 0.3) for quality in "abcde"])
    # Without a hash comes last, though its number is less; the path decides between equal pictures.
    stored_as(
        installed,
        {ids[1]: "bb", ids[2]: "aa", ids[3]: "aa", ids[4]: "9f"},
        {ids[2]: "x/1.json", ids[3]: "a/1.json"},
    )
    ((hash_x, hash_a),) = installed.execute(
        "select rawtohex(standard_hash('x/1.json', 'SHA256')), rawtohex(standard_hash('a/1.json', 'SHA256')) from dual"
    ).rows
    same = [ids[2], ids[3]] if hash_x < hash_a else [ids[3], ids[2]]
    for found in neighbours_of_first(installed, 5):
        assert [image_id for image_id, _, _ in found] == [ids[4], *same, ids[1], ids[0]]


def test_validate_loo_takes_the_same_neighbour(installed: Database, run: Run) -> None:
    ids = insert_all(installed, [("good", 0.3), ("bad", 0.3)])
    stored_as(installed, {ids[0]: "b", ids[1]: "a"})
    lines = run("begin img_classify.validate_loo; end;")
    assert lines[0] == f"**{ids[0] - 1} and {ids[1]} are different."
    assert list(installed.execute("select count(*) from image_run").rows) == [(0,)]
    assert list(installed.execute("select count(*) from image_run_neighbour").rows) == [(0,)]


def test_hashes_sort_as_they_do_on_any_engine(installed: Database) -> None:
    ids = insert_all(installed, [("q", 0.3)] * 4)
    stored_as(installed, dict(zip(ids, ["f0", "0f", "9a", "a9"], strict=True)))
    found: list[Any] = list(
        installed.execute(
            "select image_id from vw_image_order where image_hash is not null"
            " order by nlssort(order_key, 'NLS_SORT=BINARY')"
        ).rows
    )
    assert [image_id for (image_id,) in found] == [ids[1], ids[2], ids[3], ids[0]]
