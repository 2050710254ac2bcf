"""A service on the tests' database, with a dozen pictures of two parts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from loader.database import Database, connect
from loader.evaluation import evaluate
from loader.layouts import folders
from loader.load import load
from loader.model import Model
from service.app import create_app
from service.settings import Settings
from tests.loader.conftest import Make, make, root, settled, tiny_model, tiny_model_path

__all__ = ["make", "root", "settled", "tiny_model", "tiny_model_path"]

Start = Callable[..., Any]


@pytest.fixture
def stored(installed: Database, make: Make, root: Path, tiny_model: Model) -> Database:
    """Twelve pictures of two parts; number 9 is a copy of number 8 under the other label."""
    for number in range(12):
        part, quality = "tank" if number < 6 else "door", "good" if number % 2 else "bad"
        make(f"{part}/{quality}/{number}.json", f"{part}/{quality}/{number}.png", seed=8 if number == 9 else number)
    load(installed, root, tiny_model, layout=folders, source="line")
    return installed


@pytest.fixture
def run_id(stored: Database) -> int:
    return evaluate(stored, k=3)


@pytest.fixture
def start(settings: Any, tiny_model: Model) -> Start:
    """Start a service: with start(token="x") as client; `connect` and `model` may be others."""

    @contextmanager
    def started(
        connect: Callable[[], Database] = lambda: connect(settings), model: Model = tiny_model, **given: Any
    ) -> Iterator[TestClient]:
        app = create_app(Settings(**given), connect, model)
        with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
            yield client

    return started


@pytest.fixture
def client(stored: Database, start: Start) -> Iterator[TestClient]:
    with start(decision={"k": 1}) as client:
        yield client


@pytest.fixture
def pictures(root: Path) -> dict[str, bytes]:
    """The files of the stored pictures, by part/quality/name."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.png"))}


def png(side: int = 8, colour: int = 128) -> bytes:
    """A grey picture."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (side, side), colour).save(buffer, "PNG")
    return buffer.getvalue()
