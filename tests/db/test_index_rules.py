"""What img_index promises beside a good index: errors with a way on, transactions, parameters that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from loader.config import EmbeddedSettings, OracleSettings
from loader.database import Database, DatabaseError, connect
from tests.conftest import Run
from tests.db.helpers import insert_image, types_of
from tests.db.test_index import NAME

Query = Callable[[str], list[tuple[Any, ...]]]
DROP = f"drop index {NAME}"


@pytest.fixture
def images(installed: Database) -> Iterator[Database]:
    """Six images, whose index is gone after the test."""
    for number in range(6):
        insert_image(installed, "tank", "good" if number % 2 else "bad", [1, number, number * number])
    installed.commit()
    yield installed
    installed.rollback()
    if installed.value("img_index.is_created"):
        installed.execute(DROP)
    installed.execute("delete from image_vector_index")
    installed.commit()


@pytest.fixture
def other(settings: OracleSettings | EmbeddedSettings) -> Iterator[Database]:
    """A second session."""
    with connect(settings) as database:
        yield database
        database.rollback()


def failure(db: Database, routine: str, **parameters: Any) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        db.call(f"img_index.{routine}", **parameters)
    return caught.value


def nearest_fails(db: Database, **parameters: Any) -> str:
    parameters = {"p_embedding": np.array([1, 2, 3], np.float32), "p_k": 1} | parameters
    with pytest.raises(DatabaseError) as caught:
        db.value("img_index.nearest", **parameters)
    db.rollback()
    return str(caught.value.message)


def refuse_to_create(db: Database, number: int) -> None:
    """Let CREATE VECTOR INDEX fail with this error of Oracle, until the session rolls back."""
    db.session.connection.execute(  # type: ignore[attr-defined]
        "create or replace function ora.create_vector_index(p_kind text, p_name text, p_table text, p_column text, "
        "p_metric text, p_accuracy numeric, p_neighbors numeric, p_ef_construction numeric, p_partitions numeric, "
        "p_parallel numeric) returns void language plpgsql as $$ begin "
        f"raise exception using errcode = '{number}', message = 'ORA-{number}: no'; end $$"
    )


# transactions


def test_creating_and_dropping_commit(images: Database, other: Database) -> None:
    insert_image(images, "tank", "good", [1, 0, 0])
    images.call("img_index.create_index")
    images.rollback()
    assert list(other.execute("select index_name, images_at_build from vw_vector_index").rows) == [(NAME, 7)]
    assert list(other.execute("select count(*) from image_demo1").rows) == [(7,)]
    other.rollback()
    insert_image(images, "tank", "good", [1, 0, 1])
    images.call("img_index.rebuild")
    images.rollback()
    assert list(other.execute("select images_at_build from vw_vector_index").rows) == [(8,)]
    other.rollback()
    insert_image(images, "tank", "good", [1, 1, 1])
    images.call("img_index.drop_index")
    images.rollback()
    assert list(other.execute("select count(*) from vw_vector_index").rows) == [(0,)]
    assert list(other.execute("select count(*) from image_demo1").rows) == [(9,)]


def test_measuring_and_searching_do_not_commit(images: Database, query: Query) -> None:
    images.call("img_index.create_index")
    images.value("img_index.accuracy_report", p_samples=2, p_k=1)
    images.execute("begin img_index.measure(2, 1); img_index.advise; end;")
    assert query("select count(*) from image_vector_accuracy") != [(0,)]
    before = query("select count(*) from image_vector_accuracy")
    images.rollback()
    assert query("select count(*) from image_vector_accuracy") != before


def test_a_refusal_keeps_nothing_and_loses_nothing(images: Database, query: Query) -> None:
    insert_image(images, "tank", "good", [1, 0, 0])
    assert failure(images, "create_index", p_kind="btree").code == 20123
    assert query("select count(*) from image_demo1") == [(7,)]
    images.rollback()
    assert query("select count(*) from image_demo1") == [(6,)]


def test_changes_of_another_session_are_named_as_that(images: Database, other: Database, query: Query) -> None:
    insert_image(other, "tank", "good", [1, 0, 0])
    busy = failure(images, "create_index")
    assert busy.code == 20131
    assert "another session is changing image_demo1" in busy.message
    assert query("select count(*) from image_vector_index") == [(0,)]
    images.rollback()
    other.commit()
    images.call("img_index.create_index")

    insert_image(other, "tank", "good", [1, 0, 2])
    assert failure(images, "drop_index").code == 20131
    assert failure(images, "rebuild").code == 20131
    images.rollback()
    other.rollback()
    assert query("select kind, state, images_at_build from vw_vector_index") == [("HNSW", "VALID", 7)]
    images.rollback()
    images.call("img_index.drop_index")


# creation that fails


@pytest.mark.usefixtures("embedded_only")
@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (51962, 20127, "no room for an HNSW index of about 1 MB"),
        (51996, 20127, "vector_memory_size"),
        (51998, 20127, "vector_memory_size"),
        (52307, 20127, "or create an IVF index"),
        (51934, 20133, "stored in more than one format"),
        (49064, 20133, "to_vector(embedding, *, float32)"),
        (51902, 20100, "more than one dimension"),
        (49063, 20100, "more than one dimension"),
    ],
)
def test_what_oracle_may_refuse(images: Database, query: Query, number: int, code: int, text: str) -> None:
    refuse_to_create(images, number)
    refused = failure(images, "create_index")
    assert refused.code == code
    assert text in refused.message
    images.rollback()
    assert query("select count(*) from image_vector_index") == [(0,)]


@pytest.mark.usefixtures("embedded_only")
def test_another_error_goes_through(images: Database) -> None:
    refuse_to_create(images, 51815)
    assert "ORA-51815" in failure(images, "create_index").message
    images.rollback()


@pytest.mark.usefixtures("embedded_only")
def test_embeddings_of_more_than_one_format_are_named(images: Database) -> None:
    images.session.connection.execute(  # type: ignore[attr-defined]
        "create or replace function ora.vector_dimension_format(p_vector public.vector) returns text language sql "
        "immutable as $$ select case when public.vector_norm(p_vector) > 3 then 'INT8' else 'FLOAT32' end $$"
    )
    for routine in ("create_index", "advise"):
        refused = failure(images, routine)
        assert refused.code == 20133
        assert "the embeddings are stored in more than one format (FLOAT32 and INT8)" in refused.message
    images.rollback()


# rebuild


@pytest.mark.usefixtures("embedded_only")
def test_a_rebuild_that_fails_says_what_is_left(images: Database, query: Query) -> None:
    images.call("img_index.create_index", p_neighbors=8, p_ef_construction=40)
    refuse_to_create(images, 51962)
    refused = failure(images, "rebuild")
    assert refused.code == 20132
    assert "ORA-20127: the vector memory pool has no room" in refused.message
    assert "Its parameters are kept" in refused.message
    images.rollback()
    assert query("select neighbors, state from vw_vector_index") == [(8, "VALID")]


def test_a_rebuild_makes_an_index_that_is_gone_by_its_parameters(images: Database, query: Query) -> None:
    images.call("img_index.create_index", p_kind="IVF", p_partitions=2, p_target_accuracy=80)
    images.execute(DROP)
    images.commit()
    assert query("select count(*) from vw_vector_index") == [(0,)]
    images.rollback()
    images.call("img_index.rebuild")
    assert query("select kind, partitions, target_accuracy from vw_vector_index") == [("IVF", 2, 80)]


def test_parameters_that_are_left_are_replaced_or_forgotten(images: Database, query: Query) -> None:
    images.call("img_index.create_index", p_kind="IVF")
    images.execute(DROP)
    images.commit()
    images.call("img_index.create_index", p_kind="HNSW", p_neighbors=5)
    assert query("select kind, neighbors, partitions from vw_vector_index") == [("HNSW", 5, None)]
    images.rollback()
    images.execute(DROP)
    images.commit()
    images.call("img_index.drop_index")
    assert query("select count(*) from image_vector_index") == [(0,)]
    assert failure(images, "drop_index").code == 20126
    assert failure(images, "rebuild").code == 20126


def test_a_rebuild_looks_before_it_drops(images: Database, query: Query) -> None:
    images.call("img_index.create_index")
    images.execute("delete from image_demo1")
    images.commit()
    assert failure(images, "rebuild").code == 20108
    images.rollback()
    assert query("select state from vw_vector_index") == [("VALID",)]


# parameters


def test_long_parameters_get_their_own_errors(images: Database) -> None:
    kind = failure(images, "create_index", p_kind="hnsw" * 20)
    assert (kind.code, "unknown kind of vector index hnswhnsw" in kind.message) == (20123, True)
    images.rollback()
    assert "unknown target quality_of_the_part" in nearest_fails(images, p_target="quality_of_the_part")
    assert "unknown metric euclidean_squared" in nearest_fails(images, p_metric="euclidean_squared")


def test_what_nearest_is_asked_for_is_checked(images: Database) -> None:
    for exact in (0, 1):
        assert "unknown target material" in nearest_fails(images, p_target="material", p_exact=exact)
        assert "unknown target (null)" in nearest_fails(images, p_target=None, p_exact=exact)
        assert "unknown metric jaccard" in nearest_fails(images, p_metric="jaccard", p_exact=exact)
        assert "unknown metric (null)" in nearest_fails(images, p_metric=None, p_exact=exact)
        assert "p_k must be a whole number from 1 to 100000, not 0" in nearest_fails(images, p_k=0, p_exact=exact)
    assert "p_exact must be a whole number from 0 to 1, not (null)" in nearest_fails(images, p_exact=None)
    assert "p_exact must be a whole number from 0 to 1, not 2" in nearest_fails(images, p_exact=2)
    assert "p_embedding must not be null" in nearest_fails(images, p_embedding=None, p_exact=1)
    assert "dot needs exact search" in nearest_fails(images, p_metric="Dot")
    assert "p_target_accuracy" in nearest_fails(images, p_target_accuracy=101)


# views


def test_no_time_at_all_is_no_division_by_zero(images: Database, query: Query) -> None:
    images.execute(
        "declare l_id number; begin "
        "insert into image_vector_accuracy (index_name, kind, k, samples, images) values ('X', 'IVF', 1, 1, 1) "
        "returning report_id into l_id; "
        "insert into image_vector_accuracy_query (report_id, target_accuracy, image_id, expected, found, exact_ms, "
        "approximate_ms) values (l_id, 95, 1, 1, 1, 2, 0); end;"
    )
    assert query("select speedup, recall, exact_ms_p50 from vw_vector_accuracy where kind = 'IVF'") == [(None, 1, 2)]


def test_an_index_by_sql_is_shown_with_its_state_alone(images: Database, query: Query, run: Run) -> None:
    images.execute(
        f"create vector index {NAME} on image_demo1 (embedding) organization neighbor partitions distance cosine"
    )
    images.commit()
    assert query("select index_name, kind, state, images_at_build from vw_vector_index") == [
        (NAME, None, "VALID", None)
    ]
    assert failure(images, "rebuild").code == 20130
    images.rollback()
    assert any(
        line.startswith("There is an index that img_index did not create")
        for line in run("begin img_index.advise; end;")
    )


def test_the_bin_of_a_confidence_is_a_number(images: Database) -> None:
    assert types_of(images.describe("vw_evaluation_calibration"))["BIN"] == "NUMBER"


@pytest.mark.usefixtures("embedded_only")
def test_a_build_may_take_days(images: Database) -> None:
    row = images.session.connection.execute(  # type: ignore[attr-defined]
        "select img_clock.since(clock_timestamp() - interval '50 hours') / 3600000"
    ).fetchone()
    assert float(row[0]) == pytest.approx(50, abs=0.1)
