"""A directory that is watched: each picture answered once, whatever happens to the directory."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from loader.config import ConfigurationError
from loader.database import Database
from service.classifier import Answer, Upload
from service.decision_log import Origin
from service.settings import Settings
from service.watch import BROKEN_S, SETTLED_S, Watch
from tests.service.conftest import Start, png
from tests.service.test_classify import state_of

_MOST_BYTES = 10_000_000


class Clock:
    """A time that goes on when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    found = tmp_path / "line"
    found.mkdir()
    return found


@pytest.fixture
def watch(client: TestClient, directory: Path, clock: Clock) -> Watch:
    """A watch that the test itself lets look."""
    classifier = state_of(client).classifier
    return Watch(directory, lambda uploads: classifier.decide(uploads, None, Origin.WATCHED)[0], _MOST_BYTES, clock)


def look(watch: Watch, clock: Clock, *, times: int = 2) -> list[tuple[str, str]]:
    """Let time go on between looks; the names that were answered, and what was said, in their order."""
    for _ in range(times):
        watch.look()
        clock.seconds += SETTLED_S
    found = reversed(watch.after(0, 1000))
    return [(each.answer.name, each.answer.problem or each.answer.decision["class"]) for each in found]  # type: ignore[index]


def test_a_picture_that_appears_is_answered_once(
    watch: Watch, clock: Clock, directory: Path, pictures: dict[str, bytes]
) -> None:
    assert look(watch, clock) == []
    (directory / "a.png").write_bytes(pictures["tank/good/1.png"])
    assert look(watch, clock, times=1) == []
    assert look(watch, clock, times=3) == [("a.png", "good")]
    assert watch.standing().waiting == 0
    assert watch.standing().answered == 1


def test_what_lies_there_in_the_beginning_is_answered_the_oldest_first(
    watch: Watch, clock: Clock, directory: Path, pictures: dict[str, bytes]
) -> None:
    for age, name in enumerate(["c.png", "a.png", "today/b.png"]):
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pictures["tank/bad/2.png"] if age else pictures["tank/good/1.png"])
        os.utime(path, (1000 - age, 1000 - age))
    assert look(watch, clock) == [("today/b.png", "bad"), ("a.png", "bad"), ("c.png", "good")]


def test_a_file_that_is_touched_stays_answered_and_one_that_is_another_is_answered_anew(
    watch: Watch, clock: Clock, directory: Path, pictures: dict[str, bytes]
) -> None:
    path = directory / "latest.png"
    path.write_bytes(pictures["tank/good/1.png"])
    look(watch, clock)
    os.utime(path, (1, 1))
    assert look(watch, clock) == [("latest.png", "good")]
    path.write_bytes(pictures["tank/bad/2.png"])
    assert look(watch, clock) == [("latest.png", "good"), ("latest.png", "bad")]


def test_a_half_written_file_is_waited_for(
    watch: Watch, clock: Clock, directory: Path, pictures: dict[str, bytes]
) -> None:
    content = pictures["tank/good/1.png"]
    path = directory / "slow.png"
    path.write_bytes(b"")
    assert look(watch, clock, times=3) == []
    path.write_bytes(content[: len(content) // 2])
    assert look(watch, clock, times=4) == []
    assert watch.standing().waiting == 1
    path.write_bytes(content)
    assert look(watch, clock) == [("slow.png", "good")]


def test_a_file_that_stays_broken_is_told_and_costs_itself_alone(
    watch: Watch, clock: Clock, directory: Path, pictures: dict[str, bytes]
) -> None:
    (directory / "broken.png").write_bytes(b"no picture")
    (directory / "good.png").write_bytes(pictures["tank/good/1.png"])
    assert look(watch, clock) == [("good.png", "good")]
    clock.seconds += BROKEN_S
    assert [name for name, _ in look(watch, clock)] == ["good.png", "broken.png"]
    clock.seconds += BROKEN_S
    assert watch.standing().answered == 2
    assert "no image" in look(watch, clock)[1][1]


def test_a_file_that_is_too_large_is_told(directory: Path, clock: Clock) -> None:
    (directory / "large.png").write_bytes(png(side=64))
    watch = Watch(directory, lambda uploads: pytest.fail(f"{len(uploads)} were read"), 10, clock)
    assert look(watch, clock) == []
    clock.seconds += BROKEN_S
    ((name, problem),) = look(watch, clock)
    assert (name, "more than the limit" in problem) == ("large.png", True)


def test_files_that_are_no_pictures_are_named(watch: Watch, clock: Clock, directory: Path, tmp_path: Path) -> None:
    for name in ("notes.txt", "sub/list.csv", ".hidden.png", "Thumbs.db"):
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(b"x")
    (tmp_path / "secret.png").write_bytes(png())
    (directory / "link.png").symlink_to(tmp_path / "secret.png")
    (directory / "loop").symlink_to(directory)
    os.mkfifo(directory / "pipe.png")
    assert look(watch, clock) == []
    assert watch.standing().others == ("notes.txt", "sub/list.csv")
    assert (watch.standing().others_count, watch.standing().waiting) == (2, 0)


def test_a_directory_that_vanishes_is_said_and_comes_back_without_being_answered_again(
    watch: Watch, clock: Clock, directory: Path, pictures: dict[str, bytes]
) -> None:
    (directory / "a.png").write_bytes(pictures["tank/good/1.png"])
    look(watch, clock)
    away = directory.rename(directory.with_name("away"))
    assert look(watch, clock) == [("a.png", "good")]
    assert "No such file" in watch.standing().problem
    away.rename(directory)
    (directory / "b.png").write_bytes(pictures["tank/bad/2.png"])
    assert look(watch, clock) == [("a.png", "good"), ("b.png", "bad")]
    assert watch.standing().problem == ""


def test_ten_thousand_pictures_are_answered_once_each_a_few_at_a_time(directory: Path, clock: Clock) -> None:
    one = directory / "00000.png"
    one.write_bytes(png())
    for number in range(1, 10_000):
        os.link(one, directory / f"{number:05}.png")
    asked: list[str] = []
    sizes = set()

    def decide(uploads: Sequence[Upload]) -> list[Answer]:
        asked.extend(upload.name for upload in uploads)
        sizes.add(len(uploads))
        return [Answer(upload.name, {"class": "good"}, None) for upload in uploads]

    watch = Watch(directory, decide, _MOST_BYTES, clock)
    look(watch, clock, times=3)
    assert asked == [f"{number:05}.png" for number in range(10_000)]
    assert max(sizes) <= 4
    assert (watch.standing().answered, watch.standing().waiting) == (10_000, 0)
    assert len(watch.after(0, 1000)) == 200


def test_pictures_wait_while_the_service_is_full(
    stored: Database, start: Start, directory: Path, clock: Clock, pictures: dict[str, bytes]
) -> None:
    (directory / "a.png").write_bytes(pictures["tank/good/1.png"])
    with start(workers=1, waiting=0, decision={"k": 1}) as client:
        state = state_of(client)
        watch = Watch(directory, lambda uploads: state.classifier.decide(uploads, None)[0], _MOST_BYTES, clock)
        with state.gate.entered():
            assert look(watch, clock) == []
        assert "more requests wait" in watch.standing().problem
        assert look(watch, clock, times=1) == [("a.png", "good")]
        assert watch.standing().problem == ""


def test_an_error_of_the_database_is_said_and_the_pictures_wait(
    stored: Database, start: Start, directory: Path, clock: Clock, pictures: dict[str, bytes]
) -> None:
    (directory / "a.png").write_bytes(pictures["tank/good/1.png"])
    part = "wing"
    with start(decision={"k": 1}) as client:
        classifier = state_of(client).classifier
        watch = Watch(directory, lambda uploads: classifier.decide(uploads, part)[0], _MOST_BYTES, clock)
        assert look(watch, clock) == []
        assert "wing" in watch.standing().problem
        part = "tank"
        assert look(watch, clock, times=1) == [("a.png", "good")]


@pytest.fixture
def watching(stored: Database, start: Start, directory: Path) -> Iterator[TestClient]:
    with start(decision={"k": 1}, watch=directory, watch_part="tank", log_days=1) as client:
        yield client


def settled(find: Callable[[], bool], patience_s: float = 60) -> None:
    """Wait until it is so."""
    until = time.monotonic() + patience_s
    while not find():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_service_tells_its_watched_pictures(
    watching: TestClient, directory: Path, pictures: dict[str, bytes], stored: Database
) -> None:
    (directory / "a.png").write_bytes(pictures["tank/good/1.png"])
    settled(lambda: bool(watching.get("/watched").json()["standing"]["answered"]))
    told = watching.get("/watched").json()
    ((number, decision),) = [(found["number"], found) for found in told["answers"]]
    assert (decision["name"], decision["class"], decision["part"]) == ("a.png", "good", "tank")
    assert told["standing"]["directory"] == str(directory)
    assert watching.get(f"/watched?after={number}").json()["answers"] == []
    assert watching.get(f"/watched/{number}/small.jpg").content.startswith(b"\xff\xd8")
    assert "watch_waiting 0.0" in watching.get("/metrics").text
    shutil.rmtree(directory)
    assert watching.get(f"/watched/{number}/small.jpg").status_code == 404
    assert watching.get("/watched/99/small.jpg").status_code == 404
    settled(lambda: "No such file" in watching.get("/watched").json()["standing"]["problem"])


def test_without_a_watched_directory_there_is_none(client: TestClient) -> None:
    assert client.get("/watched").status_code == 404


def test_a_watched_directory_holds_no_added_pictures(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="hold one another"):
        Settings(watch=tmp_path, added=tmp_path / "added")
