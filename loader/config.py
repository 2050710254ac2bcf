"""Settings, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DB_DIRECTORY = PROJECT / "db"
MODELS_DIRECTORY = PROJECT / "models"

_ORACLE = ("PYTHON_USERNAME", "PYTHON_PASSWORD", "PYTHON_CONNECTSTRING")


class ConfigurationError(Exception):
    """The environment or the command line does not say what is needed; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class OracleSettings:
    """How to reach the Oracle Database; the password is kept out of every representation."""

    username: str
    password: str = field(repr=False)
    connect_string: str


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """Where the embedded database keeps its files."""

    directory: Path


def existing_directory(path: Path) -> Path:
    """The path, which is a directory. Raises ConfigurationError where it is not."""
    if not path.is_dir():
        raise ConfigurationError(f"{path} {'is not a directory' if path.exists() else 'does not exist'}")
    return path


def database_settings(environment: Mapping[str, str] | None = None) -> OracleSettings | EmbeddedSettings:
    """Which database to use.

    Oracle where PYTHON_USERNAME, PYTHON_PASSWORD and PYTHON_CONNECTSTRING are all set, the embedded
    one where none is; its directory is EMBEDDED_DB_DIR, or .embedded in the project. Raises
    ConfigurationError where only some of the three are set.
    """
    env = os.environ if environment is None else environment
    missing = [name for name in _ORACLE if not env.get(name)]
    if not missing:
        return OracleSettings(*(env[name] for name in _ORACLE))
    if len(missing) < len(_ORACLE):
        present = [name for name in _ORACLE if name not in missing]
        raise ConfigurationError(
            f"{' and '.join(missing)} not set, though {' and '.join(present)} {'is' if len(present) == 1 else 'are'}: "
            "set all three for Oracle Database, or none for the embedded database"
        )
    directory = env.get("EMBEDDED_DB_DIR")
    return EmbeddedSettings(Path(directory).expanduser().resolve() if directory else PROJECT / ".embedded")
