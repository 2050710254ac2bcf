"""What stored units have to be translated again for."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine import runtime

_ENGINE = Path(__file__).resolve().parent
# The parts of the engine that decide what an Oracle text becomes. What runs it (server, session) and what only
# refuses it (check) do not.
TRANSLATING = (
    "emit",
    "json_paths.py",
    "lexer.py",
    "parser",
    "script.py",
    "supplied",
    "templates.py",
    "tree",
    "words.py",
)


def files(engine: Path = _ENGINE) -> list[Path]:
    """The files of those parts, and the run-time SQL."""
    parts = [engine / name for name in TRANSLATING]
    modules = [path for part in parts for path in (part.rglob("*.py") if part.is_dir() else (part,))]
    return sorted(path for path in modules if path.is_file()) + runtime.files(engine / "runtime")


def fingerprint(engine: Path = _ENGINE) -> str:
    """Changes when one of those files does."""
    digest = hashlib.sha256()
    for path in files(engine):
        digest.update(path.read_bytes())
    return digest.hexdigest()
