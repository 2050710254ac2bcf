"""A stand-in for the database, and sessions of the loader's on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.server import server as embedded_server
from loader import migrations
from loader.config import EmbeddedSettings, OracleSettings
from loader.database import connect
from loader.database.oracle import OracleDatabase
from tests.db.helpers import clear
from tests.loader.conftest import make, tiny_model, tiny_model_path
from tests.oracle.engines import Product, Script, signatures
from tests.oracle.server import Server

__all__ = ["make", "tiny_model", "tiny_model_path"]


def session(server: Server) -> OracleDatabase:
    """A session of the loader's on the stand-in."""
    return OracleDatabase(OracleSettings(server.user, server.password, server.dsn))


@pytest.fixture
def script() -> Script:
    """What the stand-in answers."""
    return Script().on("all_arguments", lambda _: signatures())


@pytest.fixture
def server(script: Script) -> Iterator[Server]:
    server = Server(lambda: script)
    yield server
    server.close()


@pytest.fixture
def oracle(server: Server) -> Iterator[OracleDatabase]:
    database = session(server)
    server.forget()
    yield database
    database.close()


@pytest.fixture(scope="session")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database of its own with the product installed."""
    directory = tmp_path_factory.mktemp("behind")
    with connect(EmbeddedSettings(directory)) as database:
        migrations.install(database, say=lambda _: None)
    embedded_server.start(directory)
    yield directory
    embedded_server.stop(directory)


@pytest.fixture
def product(behind: Path) -> Iterator[Server]:
    """The stand-in with the product behind it, without any image."""
    with connect(EmbeddedSettings(behind)) as database:
        clear(database)
    server = Server(lambda: Product(behind))
    yield server
    server.close()
