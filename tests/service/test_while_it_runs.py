"""A service that is asked while its database is changed by other processes: one state, or 503 and when to try again."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loader.config import EmbeddedSettings
from loader.database import connect
from loader.database.scratch import scratch_database
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from tests.db.helpers import clear
from tests.loader.conftest import Make
from tests.loader.tiny_model import write_tiny_model
from tests.service.conftest import png

_PATIENCE_S = 120.0
_ASKING = 3


@pytest.fixture(scope="module")
def own() -> Iterator[EmbeddedSettings]:
    """An installed database that the tests of this file may stop."""
    with scratch_database() as database:
        yield EmbeddedSettings(database.directory)


def loader(own: EmbeddedSettings, *arguments: str) -> None:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "loader", *arguments]
    done = subprocess.run(command, env=environment(own), capture_output=True, text=True, timeout=_PATIENCE_S)
    assert done.returncode == 0, done.stderr


def environment(own: EmbeddedSettings) -> dict[str, str]:
    return os.environ | {"EMBEDDED_DB_DIR": str(own.directory)}


@dataclass
class Asked:
    """What a service said to those who asked it all the time: each status, and each answer once."""

    port: int
    statuses: list[int] = field(default_factory=list)
    answers: set[str] = field(default_factory=set)
    without_advice: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("POST", "/classify?part=tank", png(colour=60), {"Content-Type": "image/png"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
        with self.lock:
            self.statuses.append(answer.status)
            if answer.status == 200:
                self.answers.add(signature(said))
            elif answer.getheader("Retry-After") is None:
                self.without_advice.append(f"{answer.status}: {said}")
        return answer.status, said

    @contextlib.contextmanager
    def by_many(self) -> Iterator[None]:
        """Ask from several threads as long as the block lasts."""
        ended = threading.Event()

        def work() -> None:
            while not ended.is_set():
                self.ask()

        threads = [threading.Thread(target=work) for _ in range(_ASKING)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        assert set(self.statuses) <= {200, 503}
        assert not self.without_advice


def signature(said: Any) -> str:
    """The decision without what names no state: how many images came since, and the seconds."""
    (decision,) = said["decisions"]
    return json.dumps({name: decision[name] for name in ("class", "confidence", "neighbours")})


@contextlib.contextmanager
def serving(own: EmbeddedSettings, model: Path, *options: str) -> Iterator[Asked]:
    """A service in a process of its own, which answers already."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["serve", "--port", str(port), "--model", str(model), *options]
    process = subprocess.Popen([sys.executable, "-m", "loader", *arguments], env=environment(own))
    asked = Asked(port)
    try:
        until(lambda: answers(asked))
        yield asked
    finally:
        process.terminate()
        assert process.wait(_PATIENCE_S) in (0, -15, 143)


def answers(asked: Asked) -> bool:
    """Whether it answers now by 200."""
    try:
        return asked.ask()[0] == 200
    except OSError:
        return False


def until(condition: Any) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def loaded(own: EmbeddedSettings, make: Make, root: Path, tiny_model: Model) -> Path:
    """Two parts of pictures in two classes; their root."""
    for number in range(24):
        part, quality = "tank" if number < 16 else "door", "good" if number % 2 else "bad"
        make(f"{part}/{quality}/{number}.json", f"{part}/{quality}/{number}.png", seed=number)
    with connect(own) as database:
        clear(database)
        load(database, root, tiny_model, layout=folders, source="line")
    return root


def states(asked: Asked, own: EmbeddedSettings, commands: Sequence[Sequence[str]]) -> set[str]:
    """The answers between which commands change, each run while the service is asked."""
    known = {signature(asked.ask()[1])}
    for command in commands:
        with asked.by_many():
            loader(own, *command)
        known.add(signature(asked.ask()[1]))
    return known


@pytest.mark.parametrize("kind", ["lda", "kernel"])
def test_a_transform_is_fitted_anew(own: EmbeddedSettings, loaded: Path, tiny_model_path: Path, kind: str) -> None:
    loader(own, "fit", "shop", "--kind", kind)
    with serving(own, tiny_model_path, "--transform", "shop", "--k", "3") as asked:
        commands = [["fit", "shop", "--kind", kind, "--shrinkage", str(share)] for share in (0.9, 0.05, 0.5)]
        known = states(asked, own, commands)
    assert len(known) == 4
    assert asked.answers == known
    assert asked.statuses.count(200) > len(commands) * _ASKING


def test_a_model_is_replaced(own: EmbeddedSettings, loaded: Path, tiny_model_path: Path, tmp_path: Path) -> None:
    other = write_tiny_model(tmp_path / "other.onnx", name="other", seed=2)
    with serving(own, tiny_model_path, "--k", "3") as asked:
        before = signature(asked.ask()[1])
        with asked.by_many():
            loader(
                own, "load", str(loaded), "--layout", "folders", "--source", "line", "--model", str(other),
                "--replace-model",
            )  # fmt: skip
        assert asked.answers == {before}
        status, said = asked.ask()
        assert (status, "other" in said["detail"]) == (503, True)
    with serving(own, other, "--k", "3") as asked:
        assert asked.ask()[0] == 200


def test_an_installation_and_an_index(own: EmbeddedSettings, loaded: Path, tiny_model_path: Path) -> None:
    with connect(own) as database:
        database.execute("update img_schema_history set checksum = 'x' where file_name like 'packages/%.pkb'")
        database.commit()
    with serving(own, tiny_model_path, "--k", "3") as asked:
        known = states(
            asked,
            own,
            [
                ["install"],
                ["sql", "exec img_index.create_index(p_kind => 'HNSW')"],
                ["sql", "exec img_index.drop_index"],
            ],
        )
        until(lambda: answers(asked))
    assert len(known) == 1
    assert asked.answers == known


def test_the_database_is_stopped_and_started(own: EmbeddedSettings, loaded: Path, tiny_model_path: Path) -> None:
    with serving(own, tiny_model_path, "--k", "3") as asked:
        before = signature(asked.ask()[1])
        with asked.by_many():
            loader(own, "stop")
            time.sleep(1)  # it is asked while nothing is there
            loader(own, "start")
        until(lambda: answers(asked))
        assert asked.answers == {before}
    loader(own, "stop")
