"""The decision log: what it keeps, for how long, and that no answer waits for it or fails by it."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from loader.database import Database, DatabaseError, Json
from service.decision_log import DecisionLog, Origin
from service.metrics import Metrics
from tests.service.conftest import Start, png
from tests.service.test_classify import form, state_of
from tests.service.test_watch import settled

Pictures = dict[str, bytes]


def logged(db: Database) -> list[tuple[Any, ...]]:
    rows = list(db.execute("select * from vw_decision order by decision_id").rows)
    db.rollback()
    return rows


def decision(days_ago: float = 0, **given: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    row = {"decided_at": at.isoformat(), "origin": "SENT", "model_name": "m", "label_state": "load 1, image 2"}
    return row | {"answer": "good", "best": "good", "nearest_distance": 0.5} | given


def put(db: Database, *rows: dict[str, Any]) -> None:
    db.call("img_log.put", p_decisions=Json(json.dumps(rows)))
    db.commit()


def test_nothing_is_logged_unless_it_is_asked_for(client: TestClient, stored: Database) -> None:
    client.post("/classify", files=form(("x.png", png())))
    assert logged(stored) == []
    assert "Decisions are not logged now" in client.get("/decisions").text


def test_a_decision_is_logged_with_what_it_rests_on(stored: Database, start: Start, pictures: Pictures) -> None:
    ((state,),) = stored.execute("select img_log.label_state from dual").rows
    content = pictures["tank/bad/2.png"]
    files = form(("a=b.png", content), ("broken.png", b"no"), ("far.png", png()))
    with start(decision={"k": 3, "min_confidence": 0.9}, log_days=30) as client:
        decisions = client.post("/classify", params={"part": "tank"}, files=files).json()["decisions"]
        settled(lambda: "decisions_logged_total 2.0" in client.get("/metrics").text)
        page, exported = client.get("/decisions").text, client.get("/decisions.csv").text
    first, second = stored.execute("select * from vw_decision order by decision_id").rows
    names = "id at on origin name hash part model transform state answer best confidence distance rejected".split()
    found = dict(zip(names, first, strict=True))
    assert found["hash"] == hashlib.sha256(content).hexdigest()
    assert (found["origin"], found["name"], found["part"]) == ("SENT", "a=b.png", "tank")
    assert (found["model"], found["transform"], found["state"]) == ("tiny", None, state)
    assert (found["answer"], found["best"]) == (decisions[0]["class"], decisions[0]["best"])
    assert found["confidence"] == pytest.approx(decisions[0]["confidence"])
    assert found["distance"] == pytest.approx(decisions[0]["neighbours"][0]["distance"])
    assert found["rejected"] == int(decisions[0]["class"] == "unknown")
    assert second[4] == "far.png"
    assert "a=b.png" in page
    rows = list(csv.DictReader(exported.splitlines()))
    assert [row["image_name"] for row in rows] == ["far.png", "a=b.png"]
    assert rows[1]["image_hash"] == found["hash"]


def test_the_state_of_the_labels_changes_with_a_load_and_an_image(stored: Database) -> None:
    ((before,),) = stored.execute("select img_log.label_state from dual").rows
    stored.execute("delete from image_load where image_id = (select max(image_id) from image_demo1)")
    stored.execute("delete from image_demo1 where image_id = (select max(image_id) from image_demo1)")
    ((after,),) = stored.execute("select img_log.label_state from dual").rows
    stored.rollback()
    assert before != after


def test_old_decisions_are_removed(installed: Database) -> None:
    put(installed, decision(31), decision(29), decision())
    installed.call("img_log.purge", p_days=30)
    assert len(logged(installed)) == 2
    with pytest.raises(DatabaseError, match="p_days"):
        installed.call("img_log.purge", p_days=-1)
    installed.call("img_log.purge", p_days=0)
    assert list(installed.execute("select count(*) from image_decision").rows) == [(0,)]


def test_a_service_removes_old_decisions_when_it_starts(stored: Database, start: Start) -> None:
    put(stored, decision(3), decision(1))
    with start(log_days=2):
        settled(lambda: len(logged(stored)) == 1)


def test_distances_are_told_by_day_model_and_transform(installed: Database, client: TestClient) -> None:
    distances = [number / 100 for number in range(101)]
    put(installed, *(decision(2, nearest_distance=distance) for distance in distances))
    put(installed, decision(1, nearest_distance=0.25, best="bad", answer="unknown"), decision(1, transform_name="t"))
    rows = list(installed.rows("img_log.drift"))
    assert [(row[1], row[2], row[3], row[4]) for row in rows] == [
        ("m", "t", 1, 0),
        ("m", None, 1, 1),
        ("m", None, 101, 0),
    ]
    assert [float(value) for value in rows[2][6:]] == pytest.approx([0.5, 0.9, 0.99])
    text = client.get("/decisions").text
    assert "0.9900" in text
    assert (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%d") in text


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_name_is_no_formula_in_the_file(installed: Database, client: TestClient, name: str) -> None:
    put(installed, decision(image_name=name))
    (row,) = csv.DictReader(client.get("/decisions.csv").text.splitlines())
    assert row["image_name"] == f"'{name}"


def test_more_than_a_page_is_listed_and_exported(installed: Database, client: TestClient) -> None:
    put(installed, *(decision(image_name=f"n{number}") for number in range(2001)))
    first = client.get("/decisions").text
    assert "<td>n2000</td>" in first
    assert "<td>n1940</td>" not in first
    (last,) = installed.execute("select decision_id from image_decision where image_name = 'n1941'").rows
    assert f"/decisions?before={int(last[0])}" in first
    second = client.get(f"/decisions?before={int(last[0])}").text
    assert "<td>n1940</td>" in second
    assert "<td>n1941</td>" not in second
    rows = list(csv.DictReader(client.get("/decisions.csv").text.splitlines()))
    assert [row["image_name"] for row in rows] == [f"n{number}" for number in range(2000, -1, -1)]


def test_an_empty_log_is_a_heading(client: TestClient) -> None:
    (heading,) = client.get("/decisions.csv").text.splitlines()
    assert heading.startswith("decision_id,decided_at")


def test_a_log_that_fails_costs_no_answer_and_is_said_once(
    stored: Database, start: Start, settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.execute("alter table image_decision rename to image_decision_away")
    stored.commit()
    try:
        with start(decision={"k": 1}, log_days=1) as client:
            for number in range(1, 4):
                assert client.post("/classify", files=form(("x.png", png()))).status_code == 200
                counted = f"decisions_not_logged_total {number}.0"
                settled(lambda counted=counted: counted in client.get("/metrics").text)  # type: ignore[misc]
            assert state_of(client).log is not None
    finally:
        stored.execute("alter table image_decision_away rename to image_decision")
        stored.commit()
    assert capsys.readouterr().err.count("decisions are not logged") == 1


def test_decisions_that_are_too_many_are_counted(settings: Any) -> None:
    def never() -> Database:
        raise DatabaseError("away")

    metrics = Metrics()
    log = DecisionLog(never, 1, {"model_name": "m"}, metrics.logged, metrics.not_logged)
    for _ in range(10_001):
        log.add(Origin.SENT, b"", {"class": "good"}, None, {})
    assert b"decisions_not_logged_total 1.0" in metrics.text()


def test_what_waits_is_written_before_the_service_ends(stored: Database, start: Start) -> None:
    with start(decision={"k": 1}, log_days=1) as client:
        for _ in range(5):
            client.post("/classify", files=form(("x.png", png()), ("y.png", png(colour=3))))
    assert len(logged(stored)) == 10
