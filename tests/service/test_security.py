"""Who may ask, and what a page of another site can not do."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from loader.config import ConfigurationError
from loader.database import Database
from service.settings import Settings
from tests.service.conftest import Start, png

PICTURE = [("file", ("x.png", png()))]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "line4.example"])  # noqa: S104
def test_other_machines_need_a_token(host: str) -> None:
    with pytest.raises(ConfigurationError, match="LOADER_SERVICE_TOKEN"):
        Settings(host=host)
    assert "t0ken" not in repr(Settings(host=host, token="t0ken"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_needs_none(host: str) -> None:
    assert Settings(host=host).token is None


def test_the_token_is_asked_for_everywhere(stored: Database, start: Start) -> None:
    with start(token="right") as client:
        for address in ("/pictures", "/runs", "/system", "/metrics", "/openapi.json", "/picture/1/small.jpg"):
            assert client.get(address).status_code == 401
            assert client.get(address, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.post("/classify", files=PICTURE).status_code == 401
        assert client.post("/classify", files=PICTURE, headers={"Authorization": "bearer right"}).status_code == 200
        assert client.get("/health").status_code == 200


def test_a_browser_gives_the_token_once(stored: Database, start: Start) -> None:
    with start(token="right") as client:
        assert client.post("/login", data={"token": "wrong"}).status_code == 401
        answer = client.post("/login", data={"token": "right"}, follow_redirects=False)
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/pictures").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_can_not_send(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/classify", files=PICTURE, headers=headers).status_code == status


def test_a_name_that_leads_to_this_machine_is_refused(client: TestClient) -> None:
    assert client.get("/pictures", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("address", ["/pictures", "/health", "/static/pages.js", "/nothing", "/classify"])
def test_every_answer_says_what_a_page_may_do(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/picture/1/..%2f..%2fetc%2fpasswd.jpg"]
)
def test_no_file_but_the_pages_own_is_given(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 422)
