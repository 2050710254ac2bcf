"""Settings, read from the environment."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final

from loader.connect_string import holds_credentials, safe_connect_string, safe_username

# The directory that holds the package: the project's in a checkout, Python's own where a wheel was installed.
PROJECT = Path(__file__).resolve().parent.parent
# A wheel has the database files within the package.
_PACKAGED = Path(str(files("loader"))) / "db"
_IS_INSTALLED = _PACKAGED.is_dir()
DB_DIRECTORY = _PACKAGED if _IS_INSTALLED else PROJECT / "db"


def data_directory(environment: Mapping[str, str]) -> Path:
    """Where models and the embedded database lie: in the project, or for a wheel where a user's data belong.

    That is $XDG_DATA_HOME, or ~/.local/share (XDG Base Directory Specification).
    """
    if not _IS_INSTALLED:
        return PROJECT
    base = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "image-classification-in-database"


MODELS_DIRECTORY = data_directory(os.environ) / "models"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment, and what it says in one sentence (for --help and docs/oracle.md)."""

    name: str
    meaning: str
    required: bool = False


# Which database, and how to reach it. The table of docs/oracle.md and the end of --help are made from this.
ORACLE_VARIABLES: Final = (
    Variable("PYTHON_USERNAME", "the user who logs in", required=True),
    Variable("PYTHON_PASSWORD", "the password of that user; never shown", required=True),
    Variable("PYTHON_CONNECTSTRING", "`//host:port/service`, a name in tnsnames.ora, or a descriptor", required=True),
    Variable("PYTHON_WALLET_LOCATION", "the directory of the wallet (mTLS): ewallet.pem, or cwallet.sso in thick mode"),
    Variable("PYTHON_WALLET_PASSWORD", "the password of ewallet.pem, thin mode alone; never shown"),
    Variable("PYTHON_CONFIG_DIR", "the directory of tnsnames.ora (default: TNS_ADMIN)"),
    Variable("PYTHON_DRIVER_MODE", "`thin` (default), or `thick`, which loads an Oracle Client"),
    Variable("PYTHON_CLIENT_DIR", "thick mode: the directory of the Oracle Client (on Linux, set LD_LIBRARY_PATH too)"),
    Variable("PYTHON_PROXY_USER", "the user to act as, who was altered to `grant connect through` PYTHON_USERNAME"),
    Variable("PYTHON_SCHEMA", "the schema that holds the images, where it is another user's"),
)
EMBEDDED_VARIABLES: Final = (
    Variable(
        "EMBEDDED_DB_DIR",
        "the directory of the embedded database (default: .embedded in the project; of a wheel, in "
        "~/.local/share/image-classification-in-database)",
    ),
)
_REQUIRED = tuple(variable.name for variable in ORACLE_VARIABLES if variable.required)
_MODES = ("thin", "thick")


class ConfigurationError(Exception):
    """The environment or the command line does not say what is needed; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class OracleSettings:
    """How to reach the Oracle Database; what is secret is kept out of every representation.

    `username` logs in; `proxy_user` is whom it then acts as. `config_dir` None: the driver looks into TNS_ADMIN.
    """

    username: str
    password: str = field(repr=False)
    connect_string: str = field(repr=False)
    wallet_location: Path | None = None
    wallet_password: str | None = field(default=None, repr=False)
    config_dir: Path | None = None
    thick: bool = False
    client_dir: Path | None = None
    proxy_user: str | None = None
    schema: str | None = None

    @property
    def address(self) -> str:
        """The connect string as it may be shown."""
        return safe_connect_string(self.connect_string)

    @property
    def session_user(self) -> str:
        """The database user of the session, as the dictionary spells it."""
        return dictionary_name(self.proxy_user or self.username)

    @property
    def owner(self) -> str:
        """The user whose schema holds the images, as the dictionary spells it."""
        return dictionary_name(self.schema) if self.schema else self.session_user


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """Where the embedded database keeps its files."""

    directory: Path


def dictionary_name(identifier: str) -> str:
    """An identifier as the dictionary spells it: capitals, unless it is quoted."""
    identifier = identifier.strip()
    if len(identifier) > 2 and identifier[0] == identifier[-1] == '"':
        return identifier[1:-1]
    return identifier.upper()


def existing_directory(path: Path) -> Path:
    """The path, which is a directory. Raises ConfigurationError where it is not."""
    if not path.is_dir():
        raise ConfigurationError(f"{path} {'is not a directory' if path.exists() else 'does not exist'}")
    return path


def database_settings(environment: Mapping[str, str] | None = None) -> OracleSettings | EmbeddedSettings:
    """Which database to use.

    Oracle where PYTHON_USERNAME, PYTHON_PASSWORD and PYTHON_CONNECTSTRING are all set, the embedded one where none
    of ORACLE_VARIABLES is; its directory is EMBEDDED_DB_DIR, or .embedded in the data directory. Raises
    ConfigurationError where one of the three is missing, and where variables do not go together.
    """
    env = os.environ if environment is None else environment
    present = [variable.name for variable in ORACLE_VARIABLES if env.get(variable.name)]
    missing = [name for name in _REQUIRED if name not in present]
    if not missing:
        return _oracle_settings(env)
    if present:
        raise ConfigurationError(
            f"{' and '.join(missing)} not set, though {' and '.join(present)} {'is' if len(present) == 1 else 'are'}: "
            "set all three of PYTHON_USERNAME, PYTHON_PASSWORD and PYTHON_CONNECTSTRING for Oracle Database, "
            "or none of them for the embedded database"
        )
    directory = env.get("EMBEDDED_DB_DIR")
    return EmbeddedSettings(Path(directory).expanduser().resolve() if directory else data_directory(env) / ".embedded")


def _oracle_settings(env: Mapping[str, str]) -> OracleSettings:
    def directory(name: str) -> Path | None:
        if not env.get(name):
            return None
        try:
            return existing_directory(Path(env[name]).expanduser())
        except ConfigurationError as error:
            raise ConfigurationError(f"{name}: {error}") from error

    connect_string = env["PYTHON_CONNECTSTRING"].strip()
    if holds_credentials(connect_string):
        raise ConfigurationError(
            "PYTHON_CONNECTSTRING holds a user or a password before its @: set them as PYTHON_USERNAME and "
            f"PYTHON_PASSWORD, and the rest alone as PYTHON_CONNECTSTRING ({safe_connect_string(connect_string)})"
        )
    for name in ("PYTHON_USERNAME", "PYTHON_PROXY_USER", "PYTHON_SCHEMA"):
        if safe_username(env.get(name, "")) != env.get(name, "").strip():
            raise ConfigurationError(f"{name} holds more than a name: the password belongs to PYTHON_PASSWORD")
    if "[" in env["PYTHON_USERNAME"] and env.get("PYTHON_PROXY_USER"):
        raise ConfigurationError(
            "PYTHON_USERNAME names a user in brackets, and PYTHON_PROXY_USER another: leave the brackets out"
        )
    username, _, bracketed = env["PYTHON_USERNAME"].strip().partition("[")
    mode = env.get("PYTHON_DRIVER_MODE") or "thin"
    if mode not in _MODES:
        raise ConfigurationError(f"PYTHON_DRIVER_MODE is {mode}: choose from {', '.join(_MODES)}")
    settings = OracleSettings(
        username=username,
        password=env["PYTHON_PASSWORD"],
        connect_string=connect_string,
        wallet_location=directory("PYTHON_WALLET_LOCATION"),
        wallet_password=env.get("PYTHON_WALLET_PASSWORD") or None,
        config_dir=directory("PYTHON_CONFIG_DIR"),
        thick=mode == "thick",
        client_dir=directory("PYTHON_CLIENT_DIR"),
        proxy_user=env.get("PYTHON_PROXY_USER") or bracketed.removesuffix("]") or None,
        schema=env.get("PYTHON_SCHEMA") or None,
    )
    _check_wallet(settings)
    if settings.client_dir and not settings.thick:
        raise ConfigurationError(
            "PYTHON_CLIENT_DIR is for thick mode: set PYTHON_DRIVER_MODE=thick, or unset PYTHON_CLIENT_DIR"
        )
    return settings


def _check_wallet(settings: OracleSettings) -> None:
    """What the two modes of the driver read from a wallet (python-oracledb, Connecting Using Mutual TLS)."""
    location = settings.wallet_location
    if settings.wallet_password and location is None:
        raise ConfigurationError(
            "PYTHON_WALLET_PASSWORD is set without PYTHON_WALLET_LOCATION: set the directory that holds ewallet.pem"
        )
    if settings.wallet_password and settings.thick:
        raise ConfigurationError(
            "PYTHON_WALLET_PASSWORD is for thin mode: thick mode opens cwallet.sso without a password; unset it"
        )
    needed = "cwallet.sso" if settings.thick else "ewallet.pem"
    if location is not None and not (location / needed).is_file():
        raise ConfigurationError(
            f"PYTHON_WALLET_LOCATION: {location} holds no {needed}, which "
            f"{'thick' if settings.thick else 'thin'} mode reads: unpack the wallet's zip file there"
        )


def variables_help(width: int = 79) -> str:
    """The variables and their meaning in two columns, for --help."""
    indent = 2 + max(len(variable.name) for variable in ORACLE_VARIABLES) + 2
    lines = [
        "variables of the environment; Oracle Database is used where the first three",
        "are set, an embedded PostgreSQL where none but the last is:",
    ]
    for variable in (*ORACLE_VARIABLES, *EMBEDDED_VARIABLES):
        lines += textwrap.wrap(
            variable.meaning.replace("`", ""),
            width,
            initial_indent=f"  {variable.name}".ljust(indent),
            subsequent_indent=" " * indent,
            break_long_words=False,
        )
    return "\n".join(lines)


def variables_table() -> str:
    """The same as a Markdown table, for docs/oracle.md."""
    rows = [f"| `{variable.name}` | {variable.meaning} |" for variable in (*ORACLE_VARIABLES, *EMBEDDED_VARIABLES)]
    return "\n".join(["| variable | meaning |", "| --- | --- |", *rows])
