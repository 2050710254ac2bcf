"""Asks a database for what an installation needs, by the script that SQL*Plus runs too."""

from __future__ import annotations

from engine.script import StatementKind, split
from loader.config import DB_DIRECTORY
from loader.database.base import Database, DatabaseError

SCRIPT = DB_DIRECTORY / "prerequisites.sql"
# What the script's block prints before each thing that is missing, and raises after the last.
MISSING = "Missing: "
_STOPPED = 20199


def missing(database: Database) -> list[str]:
    """What db/prerequisites.sql finds missing, each a sentence that says how to mend it.

    Raises DatabaseError where the script itself can not run.
    """
    found: list[str] = []
    for statement in split(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT)):
        if statement.kind is StatementKind.COMMAND:
            continue
        try:
            database.execute(statement.text, source=str(SCRIPT), line=statement.line, output=found.append)
        except DatabaseError as error:
            if error.code != _STOPPED:
                raise
    return [line.removeprefix(MISSING) for line in found if line.startswith(MISSING)]
