"""One database for the whole run: Oracle where the three variables are set, else a fresh embedded one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loader import migrations
from loader.config import EmbeddedSettings, OracleSettings, database_settings
from loader.database import Database, connect
from tests.db.emptying import VARIABLE, reason_to_stop_here
from tests.db.helpers import clear


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OracleSettings | EmbeddedSettings]:
    found = database_settings()
    if isinstance(found, EmbeddedSettings):
        # The server's own user must be able to enter, which pytest's directories of mode 700 prevent.
        directory = tmp_path_factory.mktemp("embedded")
        found = EmbeddedSettings(directory)
        os.environ["EMBEDDED_DB_DIR"] = str(directory)
    else:
        with connect(found) as database:
            reason = reason_to_stop_here(database, found.owner, os.environ.get(VARIABLE))
        if reason:
            pytest.exit(reason, returncode=2)
    yield found
    if isinstance(found, EmbeddedSettings):
        from engine.server import server

        server.stop(found.directory)


@pytest.fixture(scope="session")
def is_embedded(settings: OracleSettings | EmbeddedSettings) -> bool:
    return isinstance(settings, EmbeddedSettings)


@pytest.fixture
def db(settings: OracleSettings | EmbeddedSettings) -> Iterator[Database]:
    """A session whose uncommitted changes are undone after the test."""
    with connect(settings) as database:
        yield database
        database.rollback()


@pytest.fixture(scope="session")
def schema(settings: OracleSettings | EmbeddedSettings) -> None:
    """db/ installed, once for the run."""
    with connect(settings) as database:
        migrations.install(database, say=lambda _: None)


@pytest.fixture
def installed(schema: None, db: Database) -> Iterator[Database]:
    """A session on the installed schema without any image; left as empty."""
    clear(db)
    yield db
    db.rollback()
    clear(db)


@pytest.fixture(autouse=True)
def _without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of a wait after two seconds is not among what a test compares; tests of waits set their own."""
    monkeypatch.setattr("loader.waiting.PATIENCE_S", 3600.0)
    monkeypatch.setattr("loader.progress.PATIENCE_S", 3600.0)


@pytest.fixture
def embedded_only(is_embedded: bool) -> None:
    if not is_embedded:
        pytest.skip("concerns the embedded engine alone")


Run = Callable[[str], list[str]]


@pytest.fixture
def run(db: Database) -> Run:
    """Run a statement or block; the lines it printed."""

    def run_block(text: str) -> list[str]:
        lines: list[str] = []
        db.execute(text, output=lines.append)
        return lines

    return run_block


@pytest.fixture
def query(db: Database) -> Callable[[str], list[tuple[Any, ...]]]:
    """Run a query; its rows."""
    return lambda text: list(db.execute(text).rows)


@pytest.fixture
def project() -> Path:
    return Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    # A test must never reach the developer's own database by a forgotten fixture.
    if "EMBEDDED_DB_DIR" not in os.environ:
        os.environ["EMBEDDED_DB_DIR"] = "/nonexistent/no-database-for-this-test"
    # A shell starts what runs in the background with SIGINT ignored; the commands under test must hear it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
