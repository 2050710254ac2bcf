"""The vector index: made, used, measured, advised about, and every way to ask for it wrongly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from engine.session.compiling import compiled
from loader.config import EmbeddedSettings, OracleSettings
from loader.database import Database, DatabaseError, connect
from loader.evaluation import evaluate
from tests.conftest import Run
from tests.db.helpers import insert_image
from tests.db.test_classify import classify

Query = Callable[[str], list[tuple[Any, ...]]]
NAME = "IMAGE_DEMO1_EMBEDDING_VIX"


def fill(db: Database, count: int, dimension: int = 8, parts: int = 2, seed: int = 1) -> None:
    """Clustered vectors, every cluster of one quality, in statements that both engines run."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(parts, 6, dimension))
    rows: list[str] = []

    def put() -> None:
        text = "[" + ",".join(rows) + "]"
        rows.clear()
        db.execute(
            "declare l_rows json := json('" + text + "'); begin "
            "insert into image_demo1 (metadata, embedding) "
            "select json(r.label), to_vector(r.vector) from json_table(l_rows, '$[*]' columns ("
            "label clob format json path '$.label', vector varchar2(4000) path '$.vector')) r; end;"
        )

    for number in range(count):
        part, cluster = number % parts, int(random.integers(6))
        vector = centres[part, cluster] + 0.3 * random.normal(size=dimension)
        row = json.dumps(
            {
                "label": {
                    "images": [{"file_name": f"{number}.png"}],
                    "annotations": [{"attributes": {"part": f"part{part}", "quality": f"q{cluster % 2}"}}],
                },
                "vector": "[" + ",".join(f"{value:.5f}" for value in vector) + "]",
            }
        )
        # A literal of PL/SQL holds 32,767 bytes.
        if sum(map(len, rows)) + len(rows) + len(row) > 32000:
            put()
        rows.append(row)
    put()
    db.commit()


@pytest.fixture
def indexed(installed: Database) -> Iterator[Database]:
    """A schema whose index is gone after the test, also where the test fails."""
    yield installed
    installed.rollback()
    if installed.value("img_index.is_created"):
        installed.call("img_index.drop_index")
        installed.commit()


def create(db: Database, **parameters: Any) -> None:
    db.call("img_index.create_index", **{f"p_{name}": value for name, value in parameters.items()})
    db.commit()


def refused(db: Database, **parameters: Any) -> str:
    with pytest.raises(DatabaseError) as caught:
        create(db, **parameters)
    db.rollback()
    return str(caught.value.message)


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("hnsw", {"target_accuracy": 90, "neighbors": 12, "ef_construction": 60}, ("HNSW", 90, 12, 60, None)),
        ("IVF", {"partitions": 15}, ("IVF", 95, None, None, 15)),
        ("ivf", {}, ("IVF", 95, None, None, 18)),
    ],
)
def test_what_exists_is_shown(
    indexed: Database, query: Query, kind: str, given: dict[str, int], shown: tuple[Any, ...]
) -> None:
    fill(indexed, 320)
    create(indexed, kind=kind, **given)
    assert query("select kind, target_accuracy, neighbors, ef_construction, partitions from vw_vector_index") == [shown]
    ((name, metric, state, dimension, images, since, size),) = query(
        "select index_name, metric, state, dimension, images_at_build, images_since, megabytes from vw_vector_index"
    )
    assert (name, metric, state, dimension, images, since) == (NAME, "COSINE", "VALID", 8, 320, 0)
    assert size is None or size > 0
    indexed.call("img_index.drop_index")
    indexed.commit()
    assert query("select count(*) from vw_vector_index") == [(0,)]
    assert query("select count(*) from image_vector_index") == [(0,)]


def test_wrong_parameters_make_nothing(indexed: Database, query: Query) -> None:
    fill(indexed, 20)
    assert "unknown kind of vector index btree: hnsw or ivf" in refused(indexed, kind="btree")
    assert "unknown kind" in refused(indexed, kind="hnsw) parallel 2 --")
    assert "p_target_accuracy must be a whole number from 1 to 100, not 101" in refused(indexed, target_accuracy=101)
    assert "p_target_accuracy" in refused(indexed, target_accuracy=0)
    assert "not 1.5" in refused(indexed, target_accuracy=1.5)
    assert "p_neighbors must be a whole number from 2 to 2048, not 1" in refused(indexed, neighbors=1)
    assert "p_ef_construction must be a whole number from 1 to 65535" in refused(indexed, ef_construction=65536)
    assert "p_partitions must be a whole number from 1 to 10000000, not 0" in refused(indexed, kind="IVF", partitions=0)
    assert "p_parallel" in refused(indexed, parallel=0)
    assert query("select count(*) from user_indexes where index_type = 'VECTOR'") == [(0,)]
    assert query("select count(*) from image_vector_index") == [(0,)]


def test_an_empty_table_two_indexes_and_none(indexed: Database, query: Query) -> None:
    assert "there is no image with a label and an embedding" in refused(indexed)
    for routine in ("drop_index", "rebuild", "measure"):
        with pytest.raises(DatabaseError, match="there is no vector index"):
            indexed.call(f"img_index.{routine}")
        indexed.rollback()
    fill(indexed, 30)
    create(indexed)
    assert "there is a vector index already" in refused(indexed)
    assert "there is a vector index already" in refused(indexed, kind="IVF")
    assert query("select kind, state from vw_vector_index") == [("HNSW", "VALID")]


def test_too_little_vector_memory_becomes_advice(installed: Database) -> None:
    text = installed.value("img_error.message", p_code=-20127, p_1="533", p_2="640")
    assert "no room for an HNSW index of about 533 MB" in text
    assert "vector_memory_size = 640M" in text
    assert "an IVF index, which lies on disk" in text


def test_embeddings_of_two_dimensions(indexed: Database) -> None:
    insert_image(indexed, "tank", "good", [1, 0, 0])
    insert_image(indexed, "tank", "good", [1, 0])
    indexed.commit()
    assert "2 dimensions" in refused(indexed)


def test_created_by_two_sessions_at_once(
    indexed: Database, query: Query, settings: OracleSettings | EmbeddedSettings
) -> None:
    fill(indexed, 2000)
    outcomes: dict[str, DatabaseError | None] = {}
    gate = threading.Barrier(2)

    def work(session: Database, kind: str) -> None:
        with session:
            gate.wait()
            try:
                session.call("img_index.create_index", p_kind=kind)
                outcomes[kind] = None
            except DatabaseError as error:
                outcomes[kind] = error

    threads = [threading.Thread(target=work, args=(connect(settings), kind)) for kind in ("HNSW", "IVF")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (made,) = [kind for kind, error in outcomes.items() if error is None]
    (failure,) = [error for error in outcomes.values() if error is not None]
    # There is one already, or it is being made.
    assert failure.code in (20125, 20131), failure.message
    # What is known of the index is known of the one that is there.
    assert query("select kind, state from vw_vector_index") == [(made, "VALID")]


def scans(db: Database) -> int:
    """How often the index was used; PostgreSQL counts it."""
    db.commit()
    connection = db.session.connection  # type: ignore[attr-defined]
    connection.execute("select pg_stat_force_next_flush()")
    connection.commit()
    row = connection.execute(
        "select coalesce(sum(idx_scan), 0) from pg_stat_user_indexes where indexrelname = %s", [NAME.lower()]
    ).fetchone()
    connection.commit()
    return int(row[0])


@pytest.mark.parametrize("kind", ["HNSW", "IVF"])
def test_search_by_the_index_finds_what_exact_search_does(
    indexed: Database, query: Query, embedded_only: None, kind: str
) -> None:
    fill(indexed, 3000, dimension=48)
    create(indexed, kind=kind)
    random = np.random.default_rng(5)
    stored = (row[0] for row in query("select image_id from image_demo1 where label_part = 'part0' order by image_id"))
    before = scans(indexed)
    found = 0
    for part in ("part0", None):
        for _ in range(5):
            # Near a stored image, as a picture of the same line is.
            ((text,),) = query(f"select from_vector(embedding) from image_demo1 where image_id = {next(stored)}")
            embedding = list(np.array(json.loads(text)) + 0.05 * random.normal(size=48))
            exact = classify(indexed, embedding, part=part, k=5)
            approximate = classify(indexed, embedding, part=part, k=5, target_accuracy=90)
            assert [n["place"] for n in approximate["neighbours"]] == [1, 2, 3, 4, 5]
            expected = {n["image_id"]: n for n in exact["neighbours"]}
            for neighbour in approximate["neighbours"]:
                assert part in (None, neighbour["part"])
                if neighbour["image_id"] in expected:
                    found += 1
                    same = expected[neighbour["image_id"]]
                    assert neighbour["distance"] == pytest.approx(same["distance"], abs=1e-6)
                    assert neighbour["class"] == same["class"]
    assert found >= 35
    # Each approximate search, and none of the exact ones, went by the index.
    assert scans(indexed) == before + 10
    assert len(classify(indexed, embedding, k=5, approximate=1)["neighbours"]) == 5


def test_the_plan_names_the_index(indexed: Database, embedded_only: None) -> None:
    fill(indexed, 3000, dimension=48)
    create(indexed)
    text = (
        "select image_id from image_demo1 where label_part = 'part1' order by vector_distance(embedding, "
        "(select embedding from image_demo1 where image_id = 1), cosine) fetch {} first 5 rows only"
    )

    def plan(kind: str) -> str:
        statement = compiled(text.format(kind), indexed.session.stored.catalogue).main[0].text  # type: ignore[attr-defined]
        rows = indexed.session.connection.execute(f"explain {statement}").fetchall()  # type: ignore[attr-defined]
        return "\n".join(row[0] for row in rows)

    assert f"Index Scan using {NAME.lower()}" in plan("approx")
    assert NAME.lower() not in plan("exact")
    assert NAME.lower() not in plan("")


def test_a_target_accuracy_sets_how_hard_pgvector_tries(indexed: Database, query: Query, embedded_only: None) -> None:
    fill(indexed, 500)

    def setting(name: str, accuracy: int) -> str:
        query(
            "select image_id from image_demo1 "
            "order by vector_distance(embedding, to_vector('[1,0,0,0,0,0,0,0]'), cosine) "
            f"fetch approx first 5 rows only with target accuracy {accuracy}"
        )
        row = indexed.session.connection.execute("select current_setting(%s)", [name]).fetchone()  # type: ignore[attr-defined]
        return str(row[0])

    create(indexed)
    assert [setting("hnsw.ef_search", accuracy) for accuracy in (50, 90, 95, 100)] == ["12", "55", "100", "600"]
    indexed.call("img_index.drop_index")
    create(indexed, kind="IVF", partitions=20)
    assert [setting("ivfflat.probes", accuracy) for accuracy in (50, 90, 95, 100)] == ["1", "4", "6", "20"]


def test_leave_one_out_by_the_index(indexed: Database, query: Query) -> None:
    fill(indexed, 1200)
    create(indexed)
    exact = evaluate(indexed, k=3)
    approximate = evaluate(indexed, k=3, target_accuracy=100)
    neighbours = "select item_id, place, image_id from image_run_neighbour where run_id = {} order by 1, 2"
    assert query(neighbours.format(approximate)) == query(neighbours.format(exact))
    assert query(f"select approximate, target_accuracy, tested from vw_evaluation where run_id = {approximate}") == [
        (1, 100, 1200)
    ]
    anywhere = evaluate(indexed, k=3, target_accuracy=100, within_part=False)
    assert query(neighbours.format(anywhere)) == query(neighbours.format(evaluate(indexed, k=3, within_part=False)))


def test_a_model_of_another_dimension(indexed: Database) -> None:
    fill(indexed, 30)
    create(indexed)
    model = {"p_name": "m", "p_file_hash": "0", "p_preprocessing": "{}"}
    assert indexed.value("img_store.use_model", p_dimension=8, **model)
    with pytest.raises(DatabaseError, match="of 8 dimensions and the model gives 16: drop it first"):
        indexed.value("img_store.use_model", p_dimension=16, **model)


def test_what_the_index_does_not_serve(indexed: Database) -> None:
    fill(indexed, 60)

    def says(**parameters: Any) -> str:
        with pytest.raises(DatabaseError) as caught:
            evaluate(indexed, approximate=True, **parameters)
        indexed.rollback()
        return str(caught.value.message)

    assert "there is no vector index" in says()
    create(indexed)
    assert "euclidean needs exact search" in says(metric="euclidean")
    assert "kfold needs exact search" in says(method="kfold")
    assert "p_target_accuracy must be a whole number from 1 to 100, not 101" in says(target_accuracy=101)
    with pytest.raises(DatabaseError, match="dot needs exact search"):
        classify(indexed, [1] * 8, approximate=1, metric="dot")


def test_images_that_come_later_are_found_at_once(indexed: Database, query: Query, run: Run) -> None:
    fill(indexed, 1000)
    create(indexed)
    new = insert_image(indexed, "part0", "new", [9, -9, 9, -9, 9, -9, 9, -9])
    for part in ("part0", None):
        answer = classify(indexed, [9, -9, 9, -9, 9, -9, 9, -9], part=part, k=1, approximate=1)
        assert (answer["class"], answer["neighbours"][0]["image_id"]) == ("new", new)
    indexed.execute(f"delete from image_demo1 where image_id = {new}")
    assert classify(indexed, [9, -9, 9, -9, 9, -9, 9, -9], k=1, approximate=1)["class"] != "new"
    indexed.rollback()

    assert not any("rebuild" in line for line in run("begin img_index.advise; end;"))
    fill(indexed, 250, seed=2)
    assert query("select images_at_build, images_since from vw_vector_index") == [(1000, 250)]
    assert "250 images have come since; rebuild it: exec img_index.rebuild" in run("begin img_index.advise; end;")
    run("begin img_index.rebuild; end;")
    indexed.commit()
    assert query("select images_at_build, images_since, neighbors from vw_vector_index") == [(1250, 0, 16)]


def test_recall_is_measured_on_the_images_themselves(indexed: Database, query: Query, run: Run) -> None:
    fill(indexed, 1500)
    create(indexed)
    report = indexed.value("img_index.accuracy_report", p_samples=20, p_k=5)
    rows = query(
        "select target_accuracy, recall, exact_ms_p50, exact_ms_p95, approximate_ms_p50, index_accuracy "
        f"from vw_vector_accuracy where report_id = {report} order by target_accuracy"
    )
    assert [row[0] for row in rows] == [80, 90, 95, 98, 100]
    for _, recall, exact, slow, approximate, said in rows:
        assert 0.5 < recall <= 1
        assert 0 < exact <= slow
        assert approximate > 0
        assert "Accuracy achieved" in said
    assert rows[-1][1] == 1
    # The same images, whoever asks.
    again = indexed.value("img_index.accuracy_report", p_samples=20, p_k=5)
    sampled = "select distinct image_id from image_vector_accuracy_query where report_id = {} order by 1"
    assert query(sampled.format(report)) == query(sampled.format(again))
    assert len(query(sampled.format(report))) == 20
    lines = run("begin img_index.measure(5, 3); end;")
    assert [line.split(":")[0] for line in lines] == [
        f"Target accuracy {accuracy:>3} %" for accuracy in (80, 90, 95, 98, 100)
    ]
    with pytest.raises(DatabaseError, match="p_samples must be a whole number from 1"):
        indexed.value("img_index.accuracy_report", p_samples=0)


def test_recall_by_hand(indexed: Database, query: Query, embedded_only: None) -> None:
    """With one cluster searched of many, the index misses some: the report says exactly how many."""
    fill(indexed, 1000, parts=1)
    create(indexed, kind="IVF", partitions=40)
    report = indexed.value("img_index.accuracy_report", p_samples=30, p_k=10)
    # What the first of them finds, computed from the two searches themselves.
    for image_id, found in query(
        f"select image_id, found from image_vector_accuracy_query where report_id = {report} and target_accuracy = 80"
    )[:5]:
        searches = [
            json.loads(
                query(
                    "select img_index.nearest(i.embedding, 10, p_part => 'part0', p_except => i.image_id, "
                    f"{how}) from image_demo1 i where i.image_id = {image_id}"
                )[0][0]
            )
            for how in ("p_exact => 1", "p_target_accuracy => 80")
        ]
        exact, approximate = ({neighbour["image_id"] for neighbour in search} for search in searches)
        assert len(exact & approximate) == found
    ((least, most),) = query(f"select min(recall), max(recall) from vw_vector_accuracy where report_id = {report}")
    assert least < most == 1


def test_advice(indexed: Database, run: Run, query: Query) -> None:
    fill(indexed, 400)
    lines = run("begin img_index.advise; end;")
    assert lines[0] == "Images: 400 of 8 dimensions, in 2 parts; the largest has 200"
    assert lines[2].startswith("An index does not pay yet: exact search would take that long with about ")
    lines = run("begin img_index.advise(0.000001); end;")
    assert lines[2] == "An index pays: HNSW, with about 1 MB of vector memory (1.3 x images x dimensions x 4 bytes)"
    assert lines[-1] == "The same by: exec img_index.create_index('HNSW')"
    # Its statement is one that runs, and makes the same index.
    indexed.execute(lines[3].rstrip(";"))
    assert query("select index_name, state from vw_vector_index") == [(NAME, "VALID")]
    # Its parameters are known to nobody.
    with pytest.raises(DatabaseError, match="was not created by img_index"):
        indexed.call("img_index.rebuild")
    indexed.call("img_index.drop_index")
    indexed.commit()
    lines = run("begin img_index.advise(0.000001, 0.5); end;")
    assert lines[2] == ("An index pays: IVF, since HNSW would need about 1 MB of vector memory, and there are .5")
    assert "neighbor partitions 20)" in lines[3]
    with pytest.raises(DatabaseError, match="p_wanted_ms must be above 0, not 0"):
        indexed.call("img_index.advise", p_wanted_ms=0)


def test_sql_written_for_the_three_columns_goes_on(installed: Database, query: Query) -> None:
    insert_image(installed, "tank", "good", [1, 0, 0])
    assert len(installed.execute("select * from image_demo1").columns or []) == 3
    # part and quality come from JSON_TABLE alone, beside the table.
    assert query(
        "select part, quality from image_demo1 t, json_table(t.metadata, '$.annotations[*].attributes' "
        "columns (part varchar2(10) path '$.part', quality varchar2(10) path '$.quality'))"
    ) == [("tank", "good")]
    assert query("select label_part, label_quality, label_category1, label_category2 from image_demo1") == [
        ("tank", "good", "c1", "c2")
    ]
