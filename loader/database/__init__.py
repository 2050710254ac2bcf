"""The database, Oracle's or the embedded one, behind one interface."""

from __future__ import annotations

from loader.config import EmbeddedSettings, OracleSettings, database_settings
from loader.database.base import (
    Bind,
    CompileError,
    Database,
    DatabaseError,
    Description,
    Invalid,
    Json,
    LostConnectionError,
    Result,
    Setting,
)

__all__ = [
    "Bind",
    "CompileError",
    "Database",
    "DatabaseError",
    "Description",
    "Invalid",
    "Json",
    "LostConnectionError",
    "Result",
    "Setting",
    "connect",
]


def connect(settings: OracleSettings | EmbeddedSettings | None = None) -> Database:
    """Open the database that the environment names (see loader.config.database_settings).

    Raises ConfigurationError for half-set variables, DatabaseError where it can not be reached.
    """
    settings = settings or database_settings()
    if isinstance(settings, OracleSettings):
        from loader.database.oracle import OracleDatabase

        return OracleDatabase(settings)
    from loader.database import hosting

    # Before its client is loaded, which goes on beside other threads' work and takes as long.
    hosting.use(settings.directory)
    from loader.database.embedded import EmbeddedDatabase

    return EmbeddedDatabase(settings.directory)
