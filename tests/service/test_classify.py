"""POST /classify: what is said of pictures, and what of those that can not be decided."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from loader.classification import classify
from loader.database import Database, DatabaseError
from loader.model import Model
from service.gate import ClosingError, FullError, Gate
from service.state import State
from tests.loader.tiny_model import write_tiny_model
from tests.service.conftest import Start, png

Pictures = dict[str, bytes]


def state_of(client: TestClient) -> State:
    app: Any = client.app
    state: State = app.state.service
    return state


def form(*files: tuple[str, bytes]) -> list[tuple[str, Any]]:
    return [("file", file) for file in files]


def test_it_says_what_the_command_says(
    client: TestClient, stored: Database, tiny_model: Model, pictures: Pictures, root: Path
) -> None:
    names = list(pictures)[:5]
    answer = client.post("/classify", files=form(*((name, pictures[name]) for name in names)))
    assert answer.status_code == 200
    told = answer.json()
    assert told["model"] == "tiny"
    expected = classify(stored, tiny_model, [root / name for name in names], k=1)
    for decision, name, known in zip(told["decisions"], names, expected, strict=True):
        assert (decision.pop("name"), decision.pop("problem")) == (name, None)
        assert decision == known.answer


def test_one_picture_is_the_body(client: TestClient, pictures: Pictures) -> None:
    name = "tank/bad/2.png"
    answer = client.post(
        "/classify", params={"part": "tank"}, content=pictures[name], headers={"Content-Type": "image/png"}
    )
    (decision,) = answer.json()["decisions"]
    assert decision["class"] == "bad"
    assert decision["neighbours"][0]["image_path"] == name
    assert decision["stored"][0]["image_path"] == name


def test_a_bad_picture_costs_itself_alone(client: TestClient, pictures: Pictures) -> None:
    good = ("good.png", pictures["tank/good/1.png"])
    answer = client.post("/classify", files=form(("no.png", b"no picture"), good, ("empty.png", b"")))
    assert answer.status_code == 200
    decisions = answer.json()["decisions"]
    assert [bool(decision["problem"]) for decision in decisions] == [True, False, True]
    assert decisions[1]["class"] == "good"
    assert "class" not in decisions[0]


def test_a_hostile_name_is_told_as_text(client: TestClient, pictures: Pictures) -> None:
    answer = client.post("/classify", files=form(("../../etc/pass\u202ewd.png", pictures["tank/good/1.png"])))
    assert "\u202e" not in answer.json()["decisions"][0]["name"]


def test_nothing_is_stored(client: TestClient, stored: Database, pictures: Pictures) -> None:
    client.post("/classify", files=form(("x.png", png())))
    for table in ("image_batch", "image_batch_item"):
        assert list(stored.execute(f"select count(*) from {table}").rows) == [(0,)]


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"files": form()}, 415, "multipart/form-data"),
        ({"data": {"file": "text"}}, 415, "multipart/form-data"),
        ({"content": b"", "headers": {"Content-Type": "image/png"}}, 400, "no picture"),
        ({"content": b"{}", "headers": {"Content-Type": "application/json"}}, 415, "application/json"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "boundary"),
        ({"files": form(("x.png", b"x")), "params": {"part": "x" * 101}}, 422, "part"),
        ({"files": form(("x.png", png())), "params": {"part": "wing"}}, 422, "wing"),
        ({"files": form(("x.png", png())), "params": {"part": "a\0"}}, 422, "part"),
    ],
)
def test_what_can_not_be_decided_is_said(client: TestClient, given: Any, status: int, says: str) -> None:
    answer = client.post("/classify", **given)
    assert answer.status_code == status
    if says != "application/json":
        assert says in answer.json()["detail"]


def test_more_files_than_may_be_are_refused(stored: Database, start: Start) -> None:
    with start(most_files=2) as client:
        assert client.post("/classify", files=form(*[("x.png", png())] * 2)).status_code == 200
        answer = client.post("/classify", files=form(*[("x.png", png())] * 3))
    assert answer.status_code == 400
    assert "2" in answer.json()["detail"]


@pytest.mark.parametrize("told", [True, False])
def test_a_longer_body_than_may_be_is_refused(stored: Database, start: Start, told: bool) -> None:
    body = b"x" * 5000
    with start(most_bytes=4000) as client:
        content: Any = body if told else iter([body[:2500], body[2500:]])
        answer = client.post("/classify", content=content, headers={"Content-Type": "image/png"})
    assert answer.status_code == 413


def test_another_model_than_the_stored_ones_is_refused_until_it_is_loaded(
    start: Start, stored: Database, tmp_path: Path, pictures: Pictures
) -> None:
    other = Model(write_tiny_model(tmp_path / "other.onnx", name="other", seed=2))
    with start(model=other) as client:
        answer = client.post("/classify", files=form(("x.png", pictures["tank/good/1.png"])))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "tiny" in answer.json()["detail"]


def test_many_clients_get_the_answers_of_their_own_pictures(client: TestClient, pictures: Pictures) -> None:
    wrong: list[str] = []

    def ask(name: str) -> None:
        decision = client.post("/classify", files=form((name, pictures[name]))).json()["decisions"][0]
        if decision["neighbours"][0]["image_path"] != name:
            wrong.append(name)

    alone = [name for name in pictures if Path(name).stem not in ("8", "9")]
    threads = [threading.Thread(target=ask, args=(name,)) for name in alone * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_full_queue_is_429(stored: Database, start: Start, pictures: Pictures) -> None:
    with start(workers=1, waiting=0) as client:
        gate = state_of(client).gate
        with gate.entered():
            answer = client.post("/classify", files=form(("x.png", png())))
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1"
        assert client.post("/classify", files=form(("x.png", png()))).status_code == 200


def test_a_stopping_service_is_503(client: TestClient) -> None:
    state_of(client).gate.close(0)
    answer = client.post("/classify", files=form(("x.png", png())))
    assert answer.status_code == 503


def test_the_gate_counts_who_waits() -> None:
    gate = Gate(1, 1)
    inside, leave = threading.Event(), threading.Event()
    seen: list[str] = []

    def work(name: str) -> None:
        with gate.entered():
            seen.append(name)
            inside.set()
            leave.wait(20)

    first = threading.Thread(target=work, args=("first",))
    first.start()
    assert inside.wait(20)
    second = threading.Thread(target=work, args=("second",))
    second.start()
    while gate.inside < 2:
        pass
    with pytest.raises(FullError), gate.entered():
        pass
    assert not gate.close(0)
    leave.set()
    assert gate.close(20)
    assert seen == ["first", "second"]
    with pytest.raises(ClosingError), gate.entered():
        pass
    first.join()
    second.join()


def test_health_tells_whether_the_database_answers(client: TestClient, start: Start) -> None:
    def gone() -> Database:
        raise DatabaseError("ORA-12541: no listener")

    assert client.get("/health").json()["status"] == "up"
    with start(connect=gone) as other:
        answer = other.get("/health")
        assert answer.status_code == 503
        assert answer.json()["database"] == "ORA-12541: no listener"
        page = other.get("/pictures", headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "no listener" in page.text


def test_metrics_count_and_compare_distances(client: TestClient, run_id: int, pictures: Pictures) -> None:
    client.post("/classify", files=form(("x.png", png()), ("no.png", b"no")))
    client.post("/classify", files=form(("same.png", pictures["tank/good/1.png"])))
    text = client.get("/metrics").text
    assert 'http_requests_total{route="/classify",status="200"} 2.0' in text
    assert 'pictures_total{class="(problem)"} 1.0' in text
    assert 'nearest_distance{of="service",quantile="0.5"} 0.0' in text
    assert 'nearest_distance{of="run",quantile="0.99"}' in text
    assert "classify_seconds_count 2.0" in text
