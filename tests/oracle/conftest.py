"""A stand-in for the database, and sessions of the loader's on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loader import migrations
from loader.config import EmbeddedSettings, OracleSettings
from loader.database import connect
from loader.database.oracle import OracleDatabase
from loader.embedded import server as embedded_server
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


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The stand-in with the product installed behind it, in a database of its own."""
    directory = tmp_path_factory.mktemp("behind")
    with connect(EmbeddedSettings(directory)) as database:
        migrations.install(database, say=lambda _: None)
    embedded_server.start(directory)
    server = Server(lambda: Product(directory))
    yield server
    server.close()
    embedded_server.stop(directory)
