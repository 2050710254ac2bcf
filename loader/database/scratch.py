"""An embedded database for one use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from loader import migrations
from loader.config import EmbeddedSettings
from loader.database import connect
from loader.database.embedded import EmbeddedDatabase
from loader.database.hosting import stop


@contextmanager
def scratch_database() -> Iterator[EmbeddedDatabase]:
    """A database with everything of db/ installed, that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="images-", ignore_cleanup_errors=True) as directory:
        path = Path(directory) / "database"
        with connect(EmbeddedSettings(path)) as database:
            migrations.install(database, say=lambda _: None)
            yield cast(EmbeddedDatabase, database)
        stop(path)
