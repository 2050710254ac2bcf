"""img_classify.classify, its batches, and what the views say of data quality."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loader.database import Database, DatabaseError
from loader.database.embedded import EmbeddedDatabase
from loader.evaluation import evaluate
from tests.conftest import Run
from tests.db.helpers import insert_image


def classify(db: Database, embedding: list[float], **parameters: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        db.value(
            "img_classify.classify",
            p_embedding=np.array(embedding, np.float32),
            **{f"p_{name}": value for name, value in parameters.items()},
        )
    )
    return answer


@pytest.fixture
def five(installed: Database) -> list[int]:
    return [
        insert_image(installed, "tank", "good", [1, 0, 0]),
        insert_image(installed, "tank", "good", [1, 0.2, 0]),
        insert_image(installed, "tank", "bad", [0, 1, 0]),
        insert_image(installed, "valve", "worn", [1, 0.01, 0]),
        insert_image(installed, "valve", None, [1, 0, 0.01]),
    ]


def test_class_confidence_and_the_neighbours_behind_it(installed: Database, five: list[int]) -> None:
    answer = classify(installed, [1, 0.05, 0], part="tank", k=3)
    assert (answer["class"], answer["best"], answer["k"], answer["part"]) == ("good", "good", 3, "tank")
    assert float(answer["confidence"]) == pytest.approx(2 / 3)
    assert [n["image_id"] for n in answer["neighbours"]] == five[:3]
    assert [n["place"] for n in answer["neighbours"]] == [1, 2, 3]
    assert [n["class"] for n in answer["neighbours"]] == ["good", "good", "bad"]
    assert float(answer["neighbours"][0]["distance"]) == pytest.approx(1 - 1 / np.sqrt(1 + 0.05**2), abs=1e-6)


def test_without_a_part_neighbours_are_of_any(installed: Database, five: list[int]) -> None:
    answer = classify(installed, [1, 0.01, 0], k=1)
    assert (answer["class"], answer["neighbours"][0]["part"]) == ("worn", "valve")


def form_looks(db: EmbeddedDatabase) -> int:
    """How often the transaction has looked at a vector's form."""
    row = db.session.connection.execute(
        "select coalesce(sum(calls), 0) from pg_stat_xact_user_functions where funcname = 'vector_dimension_format'"
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.usefixtures("embedded_only")
def test_classifying_one_image_does_not_read_all_that_are_stored(installed: EmbeddedDatabase) -> None:
    for number in range(30):
        insert_image(installed, "tank", "good", [1, number, 0])
    installed.session.connection.execute("set local track_functions = 'all'")
    before = form_looks(installed)
    classify(installed, [1, 0.01, 0], part="tank", k=1)
    assert 0 < form_looks(installed) - before < 5


def test_any_label_can_be_the_target(installed: Database, five: list[int]) -> None:
    assert classify(installed, [1, 0.01, 0], k=1, target="part")["class"] == "valve"
    assert classify(installed, [1, 0.01, 0], k=1, target="Category1")["class"] == "c1"
    # With the part as target, images of all parts are compared even where one is given.
    assert classify(installed, [1, 0.01, 0], k=1, target="part", part="tank")["class"] == "valve"


def test_rejection_by_confidence_and_by_distance(installed: Database, five: list[int]) -> None:
    assert classify(installed, [1, 0.05, 0], part="tank", k=3, min_confidence=0.7)["class"] == "unknown"
    assert classify(installed, [1, 0.05, 0], part="tank", k=3, min_confidence=0.6)["class"] == "good"
    rejected = classify(installed, [0, 0, 1], part="tank", k=1, max_distance=0.5)
    assert (rejected["class"], rejected["best"] is None) == ("unknown", False)


@pytest.mark.parametrize(
    ("embedding", "parameters", "code"),
    [
        ([1, 0], {}, 20104),
        ([0, 0, 0], {}, 20105),
        ([1, 0, 0], {"part": "pump"}, 20107),
        ([1, 0, 0], {"k": 0}, 20109),
        ([1, 0, 0], {"k": -1}, 20109),
        ([1, 0, 0], {"target": "size"}, 20110),
        ([1, 0, 0], {"weighting": "x"}, 20111),
        ([1, 0, 0], {"metric": "x"}, 20112),
        ([1, 0, 0], {"temperature": -1}, 20114),
        ([1, 0, 0], {"min_confidence": 1.1}, 20120),
        ([1, 0, 0], {"max_distance": -1}, 20120),
    ],
    ids=str,
)
def test_bad_input_has_its_own_error(
    embedding: list[float], parameters: dict[str, Any], code: int, installed: Database, five: list[int]
) -> None:
    with pytest.raises(DatabaseError) as caught:
        classify(installed, embedding, **parameters)
    assert caught.value.code == code


def test_an_embedding_of_another_model_is_refused(installed: Database, five: list[int]) -> None:
    made_by, other = (
        installed.value("img_store.use_model", p_name=name, p_file_hash="0" * 64, p_dimension=3, p_preprocessing="{}")
        for name in ("one", "two")
    )
    installed.execute(f"update image_demo1 set model_id = {made_by}")
    assert classify(installed, [1, 0, 0], model_id=made_by) == classify(installed, [1, 0, 0])
    with pytest.raises(DatabaseError, match="made by one, not by two") as refused:
        classify(installed, [1, 0, 0], model_id=other)
    assert refused.value.code == 20101


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_embedding_that_is_not_a_number(value: float, installed: Database, five: list[int]) -> None:
    with pytest.raises(DatabaseError) as caught:
        classify(installed, [value, 0, 0])
    assert caught.value.code == 51805


def test_k_larger_than_the_rows_takes_all_of_them(installed: Database, five: list[int]) -> None:
    assert len(classify(installed, [1, 0, 0], part="tank", k=1000)["neighbours"]) == 3


def test_nothing_to_compare_with(installed: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        classify(installed, [1, 0])
    assert caught.value.code == 20108


def test_a_batch_decides_as_single_calls_do(installed: Database) -> None:
    random = np.random.default_rng(5)
    for _ in range(40):
        part, quality = random.choice(["a", "b"]), random.choice(["x", "y", "z"])
        insert_image(installed, str(part), str(quality), random.normal(size=6).tolist())
    asked = random.normal(size=(12, 6)).astype(np.float32)
    for weighting in ("majority", "inverse", "softmax"):
        run_id = installed.value("img_classify.open_batch", p_k=4, p_weighting=weighting)
        parts = ["a", "b", None] * 4
        for number, (vector, part) in enumerate(zip(asked, parts, strict=True)):
            installed.call(
                "img_classify.add_item", p_run_id=run_id, p_name=f"i{number}", p_part=part, p_embedding=vector
            )
        installed.call("img_classify.classify_batch", p_run_id=run_id)
        found = list(installed.rows("img_classify.decisions", p_run_id=run_id, p_min_confidence=0.4))
        assert [name for name, _ in found] == [f"i{number}" for number in range(12)]
        for (_, decision), vector, part in zip(found, asked, parts, strict=True):
            batch = json.loads(decision)
            single = classify(installed, vector.tolist(), part=part, k=4, weighting=weighting, min_confidence=0.4)
            assert (batch["class"], batch["best"]) == (single["class"], single["best"])
            assert [n["image_id"] for n in batch["neighbours"]] == [n["image_id"] for n in single["neighbours"]]
            assert float(batch["confidence"]) == pytest.approx(float(single["confidence"]))


def test_a_new_class_needs_nothing_but_its_images(installed: Database, five: list[int]) -> None:
    asked = [0.0, 0.1, 1.0]
    assert classify(installed, asked, part="tank", k=1)["class"] == "bad"
    for wobble in (0.0, 0.05):
        insert_image(installed, "tank", "scratched", [0, wobble, 1])
    assert classify(installed, asked, part="tank", k=1)["class"] == "scratched"
    run_id = evaluate(installed, k=1)
    found = list(installed.execute(f"select class, recall from vw_evaluation_class where run_id = {run_id}").rows)
    assert ("scratched", 1) in found


def test_flipped_labels_are_among_the_most_doubtful(installed: Database) -> None:
    random = np.random.default_rng(8)
    flipped = set(random.choice(200, 10, replace=False).tolist())
    ids = []
    for i in range(200):
        side = i % 2
        vector = random.normal(size=12) * 0.6 + (1.5 if side else -1.5)
        shown = ("good", "bad")[side ^ (i in flipped)]
        ids.append(insert_image(installed, "p", shown, vector.tolist()))
    run_id = evaluate(installed, k=10, weighting="softmax")
    worst = list(
        installed.execute(f"select image_id from vw_label_suspect where run_id = {run_id} and place <= 10").rows
    )
    assert {image_id for (image_id,) in worst} == {ids[i] for i in flipped}


def test_near_duplicates_across_labels_come_first(installed: Database) -> None:
    a = insert_image(installed, "p", "good", [1, 0, 0])
    b = insert_image(installed, "p", "good", [1, 0.001, 0])
    c = insert_image(installed, "p", "bad", [1, 0.05, 0])
    d = insert_image(installed, "q", "good", [1, 0, 0.002])
    insert_image(installed, "q", "good", [0, 0, 1])
    run_id = evaluate(installed, k=4, within_part=False, near_distance=0.01)
    found = list(
        installed.execute(
            "select image_id, other_image_id, across_labels, across_parts from vw_near_duplicate"
            f" where run_id = {run_id} order by place"
        ).rows
    )
    assert [row[:2] for row in found] == [(b, c), (a, c), (c, d), (a, b), (a, d), (b, d)]
    assert [row[2] for row in found] == [1, 1, 1, 0, 0, 0]
    assert [row[3] for row in found] == [0, 0, 1, 0, 1, 1]


def test_the_outlier_is_far_from_all(installed: Database) -> None:
    for i in range(10):
        insert_image(installed, "p", "good", [1, i * 0.01, 0])
    far = insert_image(installed, "p", "good", [-1, 0.3, 1])
    run_id = evaluate(installed, k=3)
    ((image_id, ratio),) = installed.execute(
        f"select image_id, ratio from vw_outlier where run_id = {run_id} and place = 1"
    ).rows
    assert image_id == far
    assert float(ratio) > 100


def test_every_error_has_a_text_and_a_name(installed: Database, project: Path) -> None:
    spec = (project / "db" / "packages" / "img_error.pks").read_text(encoding="utf-8")
    codes = {name: int(code) for name, code in re.findall(r"co_(\w+) +constant pls_integer := (-\d+);", spec)}
    named = {name: int(code) for name, code in re.findall(r"exception_init\(e_(\w+), (-\d+)\);", spec)}
    assert codes == named
    assert len(set(codes.values())) == len(codes) > 30
    for code in codes.values():
        text = installed.value("img_error.message", p_code=code, p_1="a", p_2="b", p_3="c")
        assert "unknown error" not in text
        assert not re.search("%[123]", text)


def test_an_error_s_text_is_as_long_as_oracle_takes_it(installed: Database) -> None:
    text = installed.value("img_error.message", p_code=-20107, p_1="탱" * 2000)
    assert 1997 <= len(text.encode()) <= 2000


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"p_target": "CATEGORY1CATEGORY1"}, 20110),
        ({"p_metric": "COSINE COSINE"}, 20112),
        ({"p_weighting": "majority majority"}, 20111),
        ({"p_part": "t" * 103}, 20107),
    ],
)
def test_a_parameter_longer_than_its_column_is_no_other_value(
    parameters: dict[str, Any], code: int, installed: Database
) -> None:
    insert_image(installed, "t" * 100, "good", [1, 0])
    vector = np.array([1, 0], np.float32)
    with pytest.raises(DatabaseError) as caught:
        installed.value("img_classify.classify", p_embedding=vector, **parameters)
    assert caught.value.code == code
    with pytest.raises(DatabaseError) as caught:
        installed.value("img_classify.evaluate", **parameters)
    assert caught.value.code == code


def test_an_embedding_without_a_direction_takes_no_part_and_is_named(installed: Database, run: Run) -> None:
    for quality, vector in (("good", [1, 0]), ("good", [1, 0.1]), ("bad", [0, 0])):
        last = insert_image(installed, "tank", quality, vector)
    lines = run("begin img_classify.validate_loo; end;")
    assert lines[-4:] == [
        "Same quality: 2",
        "Different quality: 0",
        "No neighbour to compare with: 1",
        "Accuracy: 100.0000 %",
    ]
    run_id = evaluate(installed, k=2)
    assert list(
        installed.execute(f"select image_id, untested_reason from vw_evaluation_untested where run_id = {run_id}").rows
    ) == [(last, "its embedding is all zeros and has no direction")]
    installed.call("img_transform.fit_named", p_name="c", p_kind="CENTRE")
    assert list(installed.execute("select count(*) from vw_transformed_image").rows) == [(2,)]


@pytest.mark.usefixtures("embedded_only")
def test_stored_embeddings_of_two_formats_are_named_by_classify(installed: Database, five: list[int]) -> None:
    """What Oracle raises there, -51812, is told as img_error tells it; the engine stores FLOAT32 alone."""
    assert isinstance(installed, EmbeddedDatabase)
    connection = installed.session.connection
    ((definition,),) = connection.execute(
        "select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'img_search' and p.proname = 'nearest' and p.prosrc like '%nearest_to_one%'"
    ).fetchall()
    failing = "begin raise exception using errcode = '51812', message = 'ORA-51812: two formats';"
    connection.execute(re.sub(r"\bbegin\b", failing, definition, count=1))
    with pytest.raises(DatabaseError, match="ORA-51812"):
        classify(installed, [1, 0, 0])
    connection.execute(
        "create or replace function ora.vector_dimension_format(p_vector public.vector) returns text language sql "
        "immutable as $$ select case when public.vector_norm(p_vector) > 1 then 'INT8' else 'FLOAT32' end $$"
    )
    with pytest.raises(DatabaseError) as refused:
        classify(installed, [1, 0, 0])
    assert refused.value.code == 20133
    installed.rollback()
