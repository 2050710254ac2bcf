"""A command's session on the database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from loader.config import ConfigurationError
from loader.database import Database, DatabaseError, connect
from loader.terminal import warn
from loader.usage import wrong_usage
from loader.waiting import announced


@contextmanager
def session(options: argparse.Namespace) -> Iterator[Database]:
    """A session. Raises ConfigurationError where the database says that the options are wrong."""
    with announced("opening the database"):
        database = connect()
    warn(f"Database: {database.description}")
    with database:
        try:
            yield database
        except DatabaseError as error:
            text = wrong_usage(error, vars(options), database)
            if text is None:
                raise
            raise ConfigurationError(text) from error
