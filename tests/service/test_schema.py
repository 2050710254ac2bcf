"""The service against its own description: what it says it takes and gives is what it takes and gives."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

_HOST = {"Host": "127.0.0.1"}


@pytest.mark.parametrize("path", ["/classify", "/health", "/metrics"])
def test_an_operation_keeps_to_its_description(client: TestClient, path: str) -> None:
    schema: Any = schemathesis.openapi.from_asgi("/openapi.json", client.app, headers=_HOST)
    (operation,) = [found.ok() for found in schema.get_all_operations() if found.ok().path == path]

    @given(case=operation.as_strategy())
    @with_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def check(case: Any) -> None:
        # A part that no stored picture has is refused, and which ones there are no description can tell.
        case.call_and_validate(headers=_HOST, excluded_checks=[positive_data_acceptance])

    check()


def test_every_operation_is_among_them(client: TestClient) -> None:
    assert set(client.get("/openapi.json").json()["paths"]) == {"/classify", "/health", "/metrics"}
