"""img_store as the loader calls it, and the history beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loader.database import Database, DatabaseError, Json

Query = Callable[[str], list[tuple[Any, ...]]]
MISSING_ARGUMENT, UNKNOWN_RUN, UNKNOWN_ITEM, OTHER_MODEL = 20106, 20102, 20103, 20101


def model(db: Database, name: str = "m", *, replace: int = 0) -> int:
    return int(
        db.value(
            "img_store.use_model",
            p_name=name,
            p_file_hash=f"{name}-hash"[:64],
            p_dimension=2,
            p_preprocessing="{}",
            p_replace=replace,
        )
    )


def begin(db: Database, source: str = "s") -> int:
    run_id = db.value("img_store.start_load", p_source=source, p_model_id=model(db))
    db.commit()
    return int(run_id)


def item(path: str, *, part: str = "tank", problem: str | None = None) -> dict[str, Any]:
    label = {
        "images": [{"file_name": path.replace(".json", ".png")}],
        "annotations": [{"attributes": {"part": part, "quality": "good"}}],
    }
    return {"path": path, "hash": part} | ({"problem": problem} if problem else {"label": label})


def meet(db: Database, run_id: int, *items: dict[str, Any]) -> None:
    db.call("img_store.put_labels", p_run_id=run_id, p_labels=Json(json.dumps(items)))
    db.commit()


def store(db: Database, run_id: int, **changes: Any) -> int:
    """Embed all that waits; how many."""
    claimed = db.some_rows(100, "img_store.claim", p_run_id=run_id)
    for load_id, label_path, *_ in claimed:
        row = {
            "p_load_id": load_id,
            "p_run_id": run_id,
            "p_embedding": np.array([1, load_id], np.float32),
            "p_image_path": label_path.replace(".json", ".png"),
        }
        db.call("img_store.put_embedding", **(row | changes))
    db.commit()
    return len(claimed)


def gone(db: Database, run_id: int) -> list[str]:
    return [path for path, *_ in db.rows("img_store.gone", p_run_id=run_id)]


def paths(query: Query) -> list[str]:
    return [path for (path,) in query("select label_path from image_load order by label_path")]


# two loads of one source


def test_what_a_run_did_not_meet_is_gone(installed: Database, query: Query) -> None:
    first = begin(installed)
    meet(installed, first, item("a.json"), item("b.json"), item("bad.json", problem="no JSON"))
    store(installed, first)
    second = begin(installed)
    meet(installed, second, item("a.json"))
    assert gone(installed, second) == ["b.json", "bad.json"]
    assert gone(installed, first) == []
    installed.call("img_store.finish_load", p_run_id=second)
    assert paths(query) == ["a.json", "b.json"]
    assert installed.value("img_store.prune", p_run_id=second) == 1
    assert paths(query) == ["a.json"]
    assert query("select count(*) from image_demo1") == [(1,)]


def test_no_load_takes_away_what_another_has_met_since_it_began(installed: Database, query: Query) -> None:
    early = begin(installed)
    meet(installed, early, item("a.json"), item("old.json"))
    store(installed, early)
    one, other = begin(installed), begin(installed)
    # Each meets what the other has met, in turns, and one label alone each.
    meet(installed, one, item("a.json"), item("one.json"), item("bad-one.json", problem="x"))
    meet(installed, other, item("a.json"), item("other.json"), item("bad-other.json", problem="x"))
    store(installed, one)
    for run_id in (one, other):
        assert gone(installed, run_id) == ["old.json"]
        installed.call("img_store.finish_load", p_run_id=run_id)
    assert installed.value("img_store.prune", p_run_id=one) == 1
    assert installed.value("img_store.prune", p_run_id=other) == 0
    assert paths(query) == ["a.json", "bad-one.json", "bad-other.json", "one.json", "other.json"]


def test_the_numbers_of_runs_say_nothing_about_time(installed: Database, query: Query) -> None:
    """Instances of a cluster hand out numbers of ranges of their own: a later run may have the smaller one."""
    later = begin(installed)
    earlier = begin(installed)
    meet(installed, earlier, item("a.json"), item("b.json"))
    installed.execute(f"update image_load_run set started_at = systimestamp where run_id = {later}")
    installed.commit()
    assert later < earlier
    meet(installed, later, item("a.json"))
    assert gone(installed, later) == ["b.json"]
    assert gone(installed, earlier) == []
    assert installed.value("img_store.prune", p_run_id=later) == 1
    assert paths(query) == ["a.json"]


def test_other_sources_are_left_alone(installed: Database, query: Query) -> None:
    first = begin(installed, "one")
    meet(installed, first, item("a.json"))
    second = begin(installed, "two")
    meet(installed, second, item("b.json"))
    assert gone(installed, second) == []
    assert installed.value("img_store.prune", p_run_id=second) == 0
    assert paths(query) == ["a.json", "b.json"]


def test_what_another_load_meets_while_it_is_pruned(installed: Database, query: Query) -> None:
    first = begin(installed)
    meet(installed, first, item("a.json"), item("b.json"))
    store(installed, first)
    pruning = begin(installed)
    assert installed.value("img_store.prune", p_run_id=pruning) == 2
    with installed.another() as session:
        # Not committed yet: the other waits for it, and stores the label anew.
        other = int(session.value("img_store.start_load", p_source="s", p_model_id=model(session)))
        session.commit()
        thread = threading.Thread(target=meet, args=(session, other, item("a.json")))
        thread.start()
        thread.join(0.5)
        installed.commit()
        thread.join(30)
        assert not thread.is_alive()
        assert store(session, other) == 1
    assert paths(query) == ["a.json"]
    assert query("select count(*) from image_demo1") == [(1,)]


def test_each_run_counts_what_it_stored_whoever_met_it_last(installed: Database) -> None:
    one = begin(installed)
    meet(installed, one, item("a.json"), item("b.json"))
    assert store(installed, one) == 2
    other = begin(installed)
    meet(installed, other, item("a.json"), item("b.json"))
    stored = [next(installed.rows("img_store.summary", p_run_id=run_id))[5] for run_id in (one, other)]
    assert stored == [2, 0]


def counts(db: Database, run_id: int) -> tuple[int, ...]:
    """labels, new, changed, unchanged, tried again, stored, failed."""
    return next(db.rows("img_store.summary", p_run_id=run_id))[:7]


def fail(db: Database, run_id: int) -> None:
    for load_id, *_ in db.some_rows(100, "img_store.claim", p_run_id=run_id):
        db.call("img_store.put_failure", p_load_id=load_id, p_run_id=run_id, p_reason="no such image")
    db.commit()


def test_each_run_counts_what_it_did_itself(installed: Database) -> None:
    one, other = begin(installed), begin(installed)
    bad = item("bad.json", problem="no JSON")
    meet(installed, one, item("a.json"), item("b.json"), bad)
    store(installed, one)
    # One of them has changed since.
    meet(installed, other, item("a.json"), item("b.json", part="valve"), bad, item("c.json"))
    fail(installed, other)
    assert counts(installed, one) == (3, 3, 0, 0, 0, 2, 1)
    assert counts(installed, other) == (4, 1, 1, 2, 0, 0, 1)
    failures = [[path for path, *_ in installed.rows("img_store.failures", p_run_id=run)] for run in (one, other)]
    assert failures == [["bad.json"], ["c.json"]]


def test_a_failure_is_reported_once_by_runs_that_overlap(installed: Database) -> None:
    bad = item("bad.json", problem="no JSON")
    early = begin(installed)
    meet(installed, early, bad, item("a.json"))
    fail(installed, early)
    late = begin(installed)
    # The early one has reported it when the late one meets it, and not when the one after that begins.
    installed.call("img_store.finish_load", p_run_id=early)
    installed.commit()
    meet(installed, late, bad, item("a.json"))
    assert counts(installed, early)[6] == 2
    assert counts(installed, late) == (2, 0, 0, 2, 0, 0, 0)
    last = begin(installed)
    meet(installed, last, bad, item("a.json"))
    fail(installed, last)
    assert counts(installed, last) == (2, 0, 0, 0, 2, 0, 2)


def test_a_failure_that_a_later_run_tries_again_is_that_runs(installed: Database) -> None:
    bad = item("bad.json", problem="no JSON")
    early = begin(installed)
    meet(installed, early, bad)
    late = begin(installed)
    meet(installed, late, bad)
    installed.call("img_store.finish_load", p_run_id=early)
    assert [counts(installed, run_id)[6] for run_id in (early, late)] == [0, 1]


def test_two_sessions_make_a_model_and_a_source_known(installed: Database, query: Query) -> None:
    begun = []

    def start(session: Database) -> None:
        model_id = model(session)
        begun.append((model_id, session.value("img_store.start_load", p_source="s", p_model_id=model_id)))
        session.commit()

    with installed.another() as one, installed.another() as other:
        # Not committed yet: the other waits for it.
        model_id = model(one)
        thread = threading.Thread(target=start, args=(other,))
        thread.start()
        thread.join(0.5)
        one.value("img_store.start_load", p_source="s", p_model_id=model_id)
        one.commit()
        thread.join(30)
        assert not thread.is_alive()
    assert [found for found, _ in begun] == [model_id]
    assert query("select count(*) from image_model") == query("select count(*) from image_source") == [(1,)]


def test_two_sessions_make_a_source_known(installed: Database, query: Query) -> None:
    model_id = model(installed)
    installed.commit()
    begun = []

    def start(session: Database) -> None:
        begun.append(session.value("img_store.start_load", p_source="s", p_model_id=model_id))
        session.commit()

    with installed.another() as one, installed.another() as other:
        one.value("img_store.start_load", p_source="s", p_model_id=model_id)
        thread = threading.Thread(target=start, args=(other,))
        thread.start()
        thread.join(0.5)
        one.commit()
        thread.join(30)
        assert not thread.is_alive()
    assert len(begun) == 1
    assert query("select count(*) from image_source") == [(1,)]


# labels


def test_a_changed_label_is_put_in_place_and_its_neighbours_stay(installed: Database, query: Query) -> None:
    first = begin(installed)
    meet(installed, first, *(item(f"{n}.json") for n in range(5)))
    store(installed, first)
    before = query("select image_id, part from vw_image_demo1 order by image_id")
    second = begin(installed)
    meet(installed, second, item("0.json"), item("1.json", part="valve"))
    meet(installed, second, item("2.json"), item("3.json", part="pump"), item("4.json"))
    after = query("select image_id, part from vw_image_demo1 order by image_id")
    assert [image_id for image_id, _ in after] == [image_id for image_id, _ in before]
    assert [part for _, part in after] == ["tank", "valve", "tank", "pump", "tank"]
    assert query("select count(*) from image_load where metadata is not null or state <> 'STORED'") == [(0,)]
    assert next(installed.rows("img_store.summary", p_run_id=second))[:5] == (5, 0, 2, 3, 0)


# refusals


def test_an_embedding_needs_a_path(installed: Database, query: Query) -> None:
    run_id = begin(installed)
    meet(installed, run_id, item("a.json"))
    for missing in ("p_image_path", "p_embedding"):
        with pytest.raises(DatabaseError, match=f"{missing} must not be null") as refused:
            store(installed, run_id, **{missing: None})
        assert refused.value.code == MISSING_ARGUMENT
        installed.rollback()
    assert query("select count(*) from image_demo1") == [(0,)]


def test_stored_rows_without_a_path_have_no_key(installed: Database, query: Query) -> None:
    """A database that was filled by an earlier release may have them; they are not the same image."""
    run_id = begin(installed)
    meet(installed, run_id, item("a.json"), item("b.json"))
    store(installed, run_id)
    installed.execute("update image_load set image_path = null")
    assert query("select count(*) from image_load where state = 'STORED' and image_path is null") == [(2,)]
    installed.rollback()
    with pytest.raises(DatabaseError) as refused:
        installed.execute("update image_load set image_path = 'same.png'")
    assert refused.value.code == 1


def test_unknown_runs_and_items(installed: Database) -> None:
    run_id = begin(installed)
    meet(installed, run_id, item("a.json"), item("bad.json", problem="x"))
    ((waiting, *_),) = installed.some_rows(1, "img_store.claim", p_run_id=run_id)
    ((failed,),) = installed.execute("select load_id from image_load where state = 'FAILED'").rows
    embedding = {"p_embedding": np.array([1, 0], np.float32), "p_image_path": "x.png"}
    calls: list[tuple[str, dict[str, Any], int]] = [
        ("put_embedding", {"p_load_id": waiting, "p_run_id": run_id + 1} | embedding, UNKNOWN_RUN),
        ("put_embedding", {"p_load_id": failed, "p_run_id": run_id} | embedding, UNKNOWN_ITEM),
        ("put_embedding", {"p_load_id": waiting + 99, "p_run_id": run_id} | embedding, UNKNOWN_ITEM),
        ("put_failure", {"p_load_id": waiting + 99, "p_run_id": run_id, "p_reason": "x"}, UNKNOWN_ITEM),
        ("put_failure", {"p_load_id": failed, "p_run_id": run_id, "p_reason": "x"}, UNKNOWN_ITEM),
        ("finish_load", {"p_run_id": run_id + 1}, UNKNOWN_RUN),
        ("put_labels", {"p_run_id": run_id + 1, "p_labels": Json("[]")}, UNKNOWN_RUN),
        ("abandon_load", {"p_run_id": run_id + 1}, UNKNOWN_RUN),
        ("find_again", {"p_run_id": run_id + 1, "p_load_ids": Json("[]")}, UNKNOWN_RUN),
    ]
    for routine, parameters, code in calls:
        with pytest.raises(DatabaseError) as refused:
            installed.call(f"img_store.{routine}", **parameters)
        assert refused.value.code == code, routine
    given: list[tuple[str, dict[str, Any]]] = [
        *((name, {}) for name in ("work_left", "claim", "gone", "contents", "prune", "stored_count", "stored_images")),
        ("keep_labels", {"p_labels": Json("[]")}),
        ("put_files", {"p_files": Json("[]")}),
    ]
    for routine, more in given:
        with pytest.raises(DatabaseError) as refused:
            installed.value(f"img_store.{routine}", p_run_id=run_id + 1, **more)
        assert refused.value.code == UNKNOWN_RUN, routine


def test_long_reasons_are_cut(installed: Database, query: Query) -> None:
    run_id = begin(installed)
    long = "긴" * 995 + ".json"
    meet(installed, run_id, item(long), item("a.json"))
    for load_id, *_ in installed.some_rows(2, "img_store.claim", p_run_id=run_id):
        installed.call(
            "img_store.put_embedding",
            p_load_id=load_id,
            p_run_id=run_id,
            p_embedding=np.array([1, 0], np.float32),
            p_image_path="same.png",
        )
    ((reason,),) = query("select reason from image_load where state = 'FAILED'")
    assert reason.startswith("another label, 긴")
    assert len(reason) == 1000
    ((stored,),) = query("select load_id from image_load where state = 'STORED'")
    installed.call("img_store.put_failure", p_load_id=stored, p_run_id=run_id, p_reason="x" * 3000)
    assert query("select max(length(reason)) from image_load") == [(1000,)]


def test_many_other_models_are_named_as_far_as_there_is_room(installed: Database) -> None:
    for number in range(60):
        model_id = model(installed, f"{number}-" + "긴" * 90, replace=1)
        installed.execute(f"insert into image_demo1 (embedding, model_id) values (to_vector('[1, 0]'), {model_id})")
    with pytest.raises(DatabaseError, match="the stored embeddings were made by") as refused:
        model(installed, "new")
    assert refused.value.code == OTHER_MODEL


# the history


def test_error_texts_are_cut_to_what_a_column_holds(installed: Database, query: Query) -> None:
    for text in ("긴" * 3000, "x" * 3000, "💥" * 2000, "short", None):
        installed.call("img_history.add_entry", p_kind="VERSIONED", p_file_name="t", p_success=0, p_error_text=text)
    kept = query("select error_text from img_schema_history where file_name = 't' order by history_id")
    installed.rollback()
    texts = [text for (text,) in kept]
    assert texts[0].rstrip() == "긴" * 1333
    assert texts[1:] == ["x" * 2000, "💥" * 1000, "short", None]
    assert all(len(text.encode()) <= 4000 for text in texts if text)


def test_the_history_goes_by_time(installed: Database) -> None:
    for name in ("first", "second"):
        installed.call("img_history.add_entry", p_kind="VERSIONED", p_file_name=name)
    installed.execute("update img_schema_history set installed_at = systimestamp where file_name = 'first'")
    names = [row[2] for row in installed.rows("img_history.entries")]
    installed.rollback()
    assert names.index("second") < names.index("first")


def test_run_numbers_are_ordered_on_every_instance(project: Path) -> None:
    """The engine has one instance: what Oracle is told is all there is to look at."""
    text = (project / "db" / "migrations" / "V006__runs_and_keys.sql").read_text(encoding="utf-8")
    for table in ("image_load_run", "classification_run"):
        assert f"alter table {table} modify (run_id generated always as identity (order));" in text


@pytest.mark.parametrize(
    ("name", "expected"), [("efficientnet-lite0", 0.009), ("efficientnet-lite0-defects", 0.0015), ("other", 0.009)]
)
def test_what_is_a_copy_is_the_models(name: str, expected: float, installed: Database) -> None:
    model_id = model(installed, name)
    installed.execute(f"insert into image_demo1 (embedding, model_id) values (to_vector('[1, 2]'), {model_id})")
    assert float(installed.value("img_comparable.near_distance", p_near_distance=None)) == expected
    assert float(installed.value("img_comparable.near_distance", p_near_distance=0.02)) == 0.02
    installed.execute("update image_model set near_distance = 0.5")
    assert float(installed.value("img_comparable.near_distance", p_near_distance=None)) == 0.5
