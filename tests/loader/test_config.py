"""The variables of the environment: what they ask for together, and that no password is ever shown."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.config import (
    ORACLE_VARIABLES,
    PROJECT,
    ConfigurationError,
    EmbeddedSettings,
    OracleSettings,
    database_settings,
    variables_help,
    variables_table,
)
from loader.connect_string import safe_connect_string, safe_username, without_secrets

WORD = "wallet-word"
THREE = {"PYTHON_USERNAME": "images", "PYTHON_PASSWORD": "s3cret-word", "PYTHON_CONNECTSTRING": "//host/service"}


def oracle(**more: str) -> OracleSettings:
    settings = database_settings(THREE | more)
    assert isinstance(settings, OracleSettings)
    return settings


def refusal(**more: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        database_settings(THREE | more)
    return str(caught.value)


def test_the_three_variables_are_enough() -> None:
    settings = oracle()
    assert (settings.username, settings.password, settings.connect_string) == (
        "images",
        "s3cret-word",
        "//host/service",
    )
    assert (settings.thick, settings.wallet_location, settings.schema) == (False, None, None)
    assert settings.owner == settings.session_user == "IMAGES"


def test_none_of_them_means_the_embedded_database(tmp_path: Path) -> None:
    assert database_settings({"EMBEDDED_DB_DIR": str(tmp_path)}) == EmbeddedSettings(tmp_path)
    assert database_settings({"TNS_ADMIN": "/etc"}) == EmbeddedSettings(PROJECT / ".embedded")


@pytest.mark.parametrize("name", [variable.name for variable in ORACLE_VARIABLES if not variable.required])
def test_an_optional_variable_alone_is_a_half_set_environment(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PYTHON_USERNAME .* not set, though {name} is"):
        database_settings({name: "thin"})


def test_a_wallet_in_thin_mode(tmp_path: Path) -> None:
    wanted = {"PYTHON_WALLET_LOCATION": str(tmp_path), "PYTHON_WALLET_PASSWORD": WORD}
    assert "holds no ewallet.pem, which thin mode reads: unpack" in refusal(**wanted)
    (tmp_path / "ewallet.pem").touch()
    settings = oracle(**wanted, PYTHON_CONFIG_DIR=str(tmp_path))
    assert (settings.wallet_location, settings.config_dir) == (tmp_path, tmp_path)
    assert WORD not in repr(settings)


def test_a_wallet_in_thick_mode(tmp_path: Path) -> None:
    wanted = {"PYTHON_WALLET_LOCATION": str(tmp_path), "PYTHON_DRIVER_MODE": "thick"}
    assert "holds no cwallet.sso, which thick mode reads" in refusal(**wanted)
    (tmp_path / "cwallet.sso").touch()
    assert oracle(**wanted, PYTHON_CLIENT_DIR=str(tmp_path)).client_dir == tmp_path
    assert "thick mode opens cwallet.sso without" in refusal(**wanted, PYTHON_WALLET_PASSWORD=WORD)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PYTHON_WALLET_PASSWORD": "w"}, "without PYTHON_WALLET_LOCATION"),
        ({"PYTHON_WALLET_LOCATION": "/no/such"}, "PYTHON_WALLET_LOCATION: /no/such does not exist"),
        ({"PYTHON_CONFIG_DIR": "/no/such"}, "PYTHON_CONFIG_DIR: /no/such does not exist"),
        ({"PYTHON_CLIENT_DIR": "/"}, "set PYTHON_DRIVER_MODE=thick"),
        ({"PYTHON_DRIVER_MODE": "medium"}, "choose from thin, thick"),
        ({"PYTHON_CONNECTSTRING": "images/hidden@//host/service"}, r"as PYTHON_CONNECTSTRING (//host/service)"),
        ({"PYTHON_USERNAME": "images/hidden"}, "PYTHON_USERNAME holds more than a name"),
        ({"PYTHON_PROXY_USER": "images/hidden"}, "PYTHON_PROXY_USER holds more than a name"),
        ({"PYTHON_USERNAME": "app[images]", "PYTHON_PROXY_USER": "other"}, "leave the brackets out"),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_way_on(variables: dict[str, str], message: str) -> None:
    text = refusal(**variables)
    assert message in text
    assert "hidden" not in text


def test_a_proxy_user_is_the_one_who_acts() -> None:
    for settings in (oracle(PYTHON_USERNAME="app[images]"), oracle(PYTHON_USERNAME="app", PYTHON_PROXY_USER="images")):
        assert (settings.username, settings.proxy_user, settings.session_user) == ("app", "images", "IMAGES")


def test_a_schema_is_spelled_as_the_dictionary_does() -> None:
    assert oracle(PYTHON_SCHEMA="line4").owner == "LINE4"
    assert oracle(PYTHON_SCHEMA='"Line 4"').owner == "Line 4"
    assert oracle(PYTHON_SCHEMA="line4").session_user == "IMAGES"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("//host:1521/service", "//host:1521/service"),
        ("images_high", "images_high"),
        ("images/pass@word@//host/service", "//host/service"),
        ("tcps://host/service?wallet_location=/w&wallet_password=x", "tcps://host/service?..."),
        (
            "(description=(address=(protocol=tcps)(host=adb.example.com)(port=1522))"
            "(connect_data=(service_name=x_high.example.com))(security=(wallet_password=hidden)))",
            "(DESCRIPTION HOST=adb.example.com PORT=1522 SERVICE_NAME=x_high.example.com)",
        ),
        ('(DESCRIPTION=(SECURITY=(WALLET_PASSWORD="a)(SID=hidden")))', "(DESCRIPTION)"),
    ],
)
def test_a_connect_string_is_shown_without_secrets(text: str, shown: str) -> None:
    assert safe_connect_string(text) == shown


# Letters that the shown part of no connect string below has, so that finding one means that a secret leaked.
SECRETS = st.text(st.sampled_from("QXZ" + "/@?&=#%+ -_.,:;!*~가é"), min_size=1).filter(
    lambda text: set("QXZ") & set(text)
)
ADDRESSES = st.sampled_from(
    ["//host/service", "host:1521/service", "name_high", "[::1]:1521/service", "tcps://host:1/s"]
)


@given(secret=SECRETS, address=ADDRESSES)
def test_no_secret_of_a_connect_string_is_shown(secret: str, address: str) -> None:
    for text in (
        f"user/{secret}@{address}",
        f'user/"{secret}"@{address}',
        f"user[{secret}]/{secret}@{address}",
        f"{address}?wallet_password={secret.replace('@', '')}",
        f"(DESCRIPTION=(ADDRESS=(HOST=host)(PORT=1))(SECURITY=(WALLET_PASSWORD={secret})))",
        f"(DESCRIPTION=(ADDRESS=(HOST=host)(PORT=1))(SECURITY=(TOKEN='{secret}')))",
    ):
        shown = safe_connect_string(text)
        assert not set("QXZ") & set(shown), (text, shown)
        assert not set("QXZ") & set(without_secrets(f"DPY-4018: cannot parse connect string {text!s}", text, ()))


@given(secret=SECRETS)
def test_no_secret_of_a_user_name_is_shown(secret: str) -> None:
    assert safe_username(f"images/{secret}") == "images"
    assert safe_username('"Line 4"') == '"Line 4"'
    assert safe_username("app[images]") == "app[images]"


@given(password=SECRETS, before=st.text(string.ascii_lowercase), after=st.text(string.ascii_lowercase))
def test_no_password_is_left_in_a_message_of_the_driver(password: str, before: str, after: str) -> None:
    assert not set("QXZ") & set(without_secrets(before + password + after, "//host/service", (password, None)))


def test_help_and_docs_list_every_variable() -> None:
    assert variables_table() in (PROJECT / "docs" / "oracle.md").read_text(encoding="utf-8")
    lines = variables_help(79).splitlines()
    assert max(len(line) for line in lines) <= 79
    for variable in ORACLE_VARIABLES:
        assert any(line.startswith(f"  {variable.name} ") for line in lines)
