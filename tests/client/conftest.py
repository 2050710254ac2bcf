"""A client on the installed schema, and scripts as a user pastes them into it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from loader.client import Client
from loader.database import Database

# Runs a script; what it printed, and its errors.
Shell = Callable[[str], tuple[str, str]]


@pytest.fixture
def client(installed: Database) -> Client:
    return Client(installed, io.StringIO(), io.StringIO())


@pytest.fixture
def shell(client: Client) -> Shell:
    def run(text: str) -> tuple[str, str]:
        out, errors = io.StringIO(), io.StringIO()
        client.output.out, client.output.errors = out, errors
        client.run(text)
        return out.getvalue(), errors.getvalue()

    return run
