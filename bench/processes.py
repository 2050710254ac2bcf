"""The loader as a user starts it: a process of its own, on a database in a directory of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from loader.config import PROJECT


def start(database: Path, *arguments: str | Path, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start `python -m loader` with these arguments; what it prints is thrown away.

    Its modules are compiled once, as a user's are, whatever the environment says.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        [sys.executable, "-m", "loader", *map(str, arguments)],
        cwd=PROJECT,
        env=environment | {"EMBEDDED_DB_DIR": str(database)},
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )


def run(database: Path, *arguments: str | Path) -> None:
    """Run it to its end, which has to be a good one."""
    assert start(database, *arguments).wait() == 0
