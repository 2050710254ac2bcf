"""Connecting to Oracle Database, as far as it can be seen without one: what the driver is given, and what is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import oracledb
import pytest

from loader.config import ConfigurationError, OracleSettings
from loader.database import DatabaseError
from loader.database.oracle_connection import open_session

WORD = "wallet-word"
SETTINGS = OracleSettings("images", "s3cret-word", "//127.0.0.1:1/service")


class Session:
    """What open_session does with a connection, noted in order."""

    def __init__(self, fail: oracledb.Error | None = None) -> None:
        self.done: list[str] = []
        self.fail = fail
        self.closed = False

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "current_schema":
            self.done.append(f"current_schema = {value}")
        super().__setattr__(name, value)

    def cursor(self) -> Session:
        return self

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, text: str) -> None:
        if self.fail:
            raise self.fail
        self.done.append(text)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[Session], dict[str, Any]]:
    """Let the driver's connect hand out a session; the arguments it gets."""

    def stand_in(session: Session) -> dict[str, Any]:
        given: dict[str, Any] = {}

        def connect(**arguments: Any) -> Session:
            # The driver's own check of names and values.
            oracledb.ConnectParams(**{key: value for key, value in arguments.items() if key not in ("dsn",)})
            given.update(arguments)
            return session

        monkeypatch.setattr(oracledb, "connect", connect)
        return given

    return stand_in


def test_one_statement_makes_answers_independent_of_language(connect: Callable[[Session], dict[str, Any]]) -> None:
    session = Session()
    given = connect(session)
    open_session(SETTINGS)
    assert given["expire_time"] == 2
    (statement,) = session.done
    assert re.match(r"alter session set\b", statement)
    assert dict(re.findall(r"(nls_\w+) = '([^']*)'", statement)) == {
        "nls_language": "AMERICAN",
        "nls_sort": "BINARY",
        "nls_comp": "BINARY",
        "nls_numeric_characters": ".,",
        "nls_date_format": "YYYY-MM-DD HH24:MI:SS",
        "nls_timestamp_format": "YYYY-MM-DD HH24:MI:SS.FF",
        "nls_timestamp_tz_format": "YYYY-MM-DD HH24:MI:SS.FF TZH:TZM",
    }


def test_the_schema_is_set_before_the_first_statement(connect: Callable[[Session], dict[str, Any]]) -> None:
    session = Session()
    connect(session)
    open_session(OracleSettings("reader", "s3cret-word", "//host/service", schema="images"))
    assert session.done[0] == "current_schema = IMAGES"


def test_wallet_and_proxy_user_go_to_the_driver(connect: Callable[[Session], dict[str, Any]], tmp_path: Path) -> None:
    given = connect(Session())
    settings = OracleSettings(
        "app",
        "s3cret-word",
        "images_high",
        wallet_location=tmp_path,
        wallet_password=WORD,
        config_dir=tmp_path,
        proxy_user="images",
    )
    open_session(settings)
    assert (given["user"], given["proxy_user"], given["dsn"]) == ("app", "images", "images_high")
    assert given["wallet_location"] == given["config_dir"] == str(tmp_path)
    assert given["wallet_password"] == WORD


def test_a_schema_that_is_not_there_is_named_and_the_session_closed(
    connect: Callable[[Session], dict[str, Any]],
) -> None:
    session = Session(oracledb.DatabaseError("ORA-01435: user does not exist"))
    connect(session)
    with pytest.raises(DatabaseError, match=r"with the schema LINE4 \(PYTHON_SCHEMA\): ORA-01435"):
        open_session(OracleSettings("reader", "s3cret-word", "//host/service", schema="line4"))
    assert session.closed


@pytest.mark.parametrize(
    "connect_string",
    [
        "//127.0.0.1:1/service",
        "no_such_name",
        "images/s3cret-word@127.0.0.1:1/service",
        "(DESCRIPTION=(SECURITY=(WALLET_PASSWORD=s3cret-word)))",
        "(DESCRIPTION=(SECURITY=(WALLET_PASSWORD=s3cret-word",
    ],
)
def test_the_driver_itself_never_gives_a_password_away(connect_string: str) -> None:
    settings = OracleSettings("images", "s3cret-word", connect_string)
    with pytest.raises(DatabaseError, match="can not be reached as images: DPY-") as caught:
        open_session(settings)
    assert "s3cret-word" not in caught.value.report() + repr(settings)


def test_a_name_that_tnsnames_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "tnsnames.ora").write_text("other = (DESCRIPTION=(ADDRESS=(HOST=h)(PORT=1)))\n")
    for config_dir in (None, tmp_path):
        with pytest.raises(DatabaseError, match="PYTHON_CONFIG_DIR names the directory of tnsnames"):
            open_session(OracleSettings("images", "s3cret-word", "no_such_name", config_dir=config_dir))


def test_an_oracle_client_that_is_not_there(tmp_path: Path) -> None:
    settings = OracleSettings("images", "s3cret-word", "//host/service", thick=True, client_dir=tmp_path)
    with pytest.raises(ConfigurationError, match=r"\(PYTHON_CLIENT_DIR\) can not be loaded: DPI-1047.*LD_LIBRARY_PATH"):
        open_session(settings)
