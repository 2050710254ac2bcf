"""A command's session on the database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loader.config import ConfigurationError
from loader.database import Database, DatabaseError, connect
from loader.terminal import warn
from loader.usage import wrong_usage
from loader.waiting import announced

if TYPE_CHECKING:
    from loader.api import ImageDatabase
    from loader.model import Model


@contextmanager
def session(options: argparse.Namespace, model: Model | None = None) -> Iterator[ImageDatabase]:
    """The library on a session of its own. Raises ConfigurationError as database_session does."""
    from loader.api import ImageDatabase

    with database_session(options) as database:
        yield ImageDatabase(database, model=model, progress=True)


@contextmanager
def database_session(options: argparse.Namespace) -> Iterator[Database]:
    """A session. Raises ConfigurationError where the database says that the options are wrong."""
    with announced("opening the database"):
        database = connect()
    warn(f"Database: {database.description}")
    with database, usage_told(options, database):
        yield database


@contextmanager
def usage_told(options: argparse.Namespace, database: Database) -> Iterator[None]:
    """Turn the database's errors that mean wrong options into ConfigurationError."""
    try:
        yield
    except DatabaseError as error:
        text = wrong_usage(error, vars(options), database)
        if text is None:
            raise
        raise ConfigurationError(text) from error
