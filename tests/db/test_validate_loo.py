"""img_classify.validate_loo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loader.database import Database, DatabaseError
from tests.conftest import Run
from tests.db.helpers import insert_image

VALIDATE = "begin img_classify.validate_loo; end;"


def around(angle: float) -> list[float]:
    return [round(math.cos(angle), 6), round(math.sin(angle), 6)]


def test_217_of_218_are_printed_as_99_5412(installed: Database, run: Run) -> None:
    ids = [insert_image(installed, "tank", "good", around(i * 0.001)) for i in range(216)]
    # A good one far away whose nearest is another good one, a bad one beside it, and a part of its own.
    lonely = insert_image(installed, "tank", "good", around(1.5))
    odd = insert_image(installed, "tank", "bad", around(0.9))
    insert_image(installed, "valve", "good", around(1.0))
    lines = run(VALIDATE)
    assert f"**{odd} and {ids[-1]} are different." not in lines[:216]
    summary = lines[-5:]
    assert summary[0] == "Tests: 218"
    assert summary[3] == "No neighbour to compare with: 1"
    different = [line for line in lines if line.startswith("**")]
    assert len(lines) == 218 + 5
    # The odd one and the lonely one are each other's nearest: two wrong. Without the lonely one, one.
    assert len(different) == 2
    installed.execute(f"update image_demo1 set embedding = to_vector('{around(0.2)}') where image_id = {lonely}")
    assert run(VALIDATE)[-5:] == [
        "Tests: 218",
        "Same quality: 217",
        "Different quality: 1",
        "No neighbour to compare with: 1",
        "Accuracy: 99.5412 %",
    ]


def test_lines_come_in_order_of_image_id(installed: Database, run: Run) -> None:
    ids = [insert_image(installed, part, "q", [1, i]) for i, part in enumerate("abab")]
    assert run(VALIDATE)[:4] == [
        f"{ids[0]} and {ids[2]} are similar.",
        f"{ids[1]} and {ids[3]} are similar.",
        f"{ids[2]} and {ids[0]} are similar.",
        f"{ids[3]} and {ids[1]} are similar.",
    ]


def test_of_two_equally_near_the_smaller_number_is_taken(installed: Database, run: Run) -> None:
    a = insert_image(installed, "p", "x", [1, 0])
    b = insert_image(installed, "p", "x", [2, 0])
    c = insert_image(installed, "p", "y", [3, 0])
    assert run(VALIDATE)[:3] == [
        f"{a} and {b} are similar.",
        f"{b} and {a} are similar.",
        f"**{c} and {a} are different.",
    ]


def test_images_without_part_quality_or_embedding_are_no_tests(installed: Database, run: Run) -> None:
    a = insert_image(installed, "p", "x", [1, 0])
    insert_image(installed, None, "x", [1, 0])
    insert_image(installed, "p", None, [1, 0])
    insert_image(installed, "p", "x", None)
    b = insert_image(installed, "p", "x", [0, 1])
    assert run(VALIDATE) == [
        f"{a} and {b} are similar.",
        f"{b} and {a} are similar.",
        "Tests: 2",
        "Same quality: 2",
        "Different quality: 0",
        "No neighbour to compare with: 2",
        "Accuracy: 100.0000 %",
    ]


def test_one_part_alone(installed: Database, run: Run) -> None:
    for part in ("탱크", "it's"):
        insert_image(installed, part, "양품", [1, 0])
        insert_image(installed, part, "불량", [1, 0])
    assert run("begin img_classify.validate_loo('탱크'); end;")[-5] == "Tests: 2"
    assert run("begin img_classify.validate_loo(p_part => 'it''s'); end;")[-1] == "Accuracy: 0.0000 %"
    with pytest.raises(DatabaseError, match="no image with an embedding of the part 밸브") as caught:
        run("begin img_classify.validate_loo('밸브'); end;")
    assert caught.value.code == 20107


def test_nothing_to_validate_is_an_error(installed: Database, run: Run) -> None:
    with pytest.raises(DatabaseError, match="load some first") as caught:
        run(VALIDATE)
    assert caught.value.code == 20108


def test_every_part_with_one_image(installed: Database, run: Run) -> None:
    insert_image(installed, "a", "x", [1, 0])
    insert_image(installed, "b", "x", [1, 0])
    assert run(VALIDATE)[-2:] == ["No neighbour to compare with: 2", "Accuracy: none, nothing could be tested"]


def test_embeddings_of_two_models_are_not_compared(installed: Database, run: Run) -> None:
    insert_image(installed, "a", "x", [1, 0])
    insert_image(installed, "a", "x", [1, 0])
    installed.execute(
        "insert into image_model (name, file_hash, dimension, preprocessing) values ('m', 'abcdef0123', 2, '{}')"
    )
    installed.execute(
        "update image_demo1 set model_id = (select max(model_id) from image_model)"
        " where image_id = (select min(image_id) from image_demo1)"
    )
    with pytest.raises(DatabaseError, match=r"m abcdef01: 1, unknown: 1") as caught:
        run(VALIDATE)
    assert caught.value.code == 20100


def test_against_numpy(installed: Database, run: Run) -> None:
    random = np.random.default_rng(3)
    vectors = random.normal(size=(60, 16)).astype(np.float32)
    parts = random.choice(["a", "b", "c"], 60)
    qualities = random.choice(["good", "bad"], 60)
    ids = [insert_image(installed, p, q, v.tolist()) for p, q, v in zip(parts, qualities, vectors, strict=True)]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    distance = 1 - unit @ unit.T
    distance[parts[:, None] != parts[None]] = np.inf
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    expected = [
        f"{ids[i]} and {ids[n]} are similar."
        if qualities[i] == qualities[n]
        else f"**{ids[i]} and {ids[n]} are different."
        for i, n in enumerate(nearest)
    ]
    assert run(VALIDATE)[:-5] == expected
