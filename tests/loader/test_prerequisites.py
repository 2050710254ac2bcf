"""What an installation on Oracle needs: one text, read by SQL*Plus and by the runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from engine.lexer import Kind, tokenize
from engine.script import StatementKind, split
from loader.config import DB_DIRECTORY, PROJECT
from loader.database import Database, DatabaseError, Result
from loader.database.prerequisites import SCRIPT, missing


class Scripted:
    """A database that answers the script's block as an Oracle Database would."""

    def __init__(self, lines: list[str], error: DatabaseError | None = None) -> None:
        self.lines = lines
        self.error = error
        self.ran: list[str] = []

    def execute(self, text: str, *, output: Callable[[str], None], **_: object) -> Result:
        self.ran.append(text)
        for line in self.lines:
            output(line)
        if self.error:
            raise self.error
        return Result()


def test_the_runner_runs_the_script_of_sqlplus_and_reads_its_lines() -> None:
    stopped = DatabaseError("ORA-20199: the installation needs 2 more", code=20199)
    database = Scripted(["Missing: a quota: alter user X", "Note: memory", "Missing: EXECUTE"], stopped)
    assert missing(cast(Database, database)) == ["a quota: alter user X", "EXECUTE"]
    (block,) = database.ran
    assert block in SCRIPT.read_text(encoding="utf-8")
    assert "@@prerequisites.sql" in (DB_DIRECTORY / "install.sql").read_text(encoding="utf-8")


def test_nothing_missing() -> None:
    assert missing(cast(Database, Scripted([]))) == []


def test_a_script_that_can_not_run_is_no_answer() -> None:
    with pytest.raises(DatabaseError, match="ORA-00942"):
        missing(cast(Database, Scripted([], DatabaseError("ORA-00942: no table", code=942))))


def test_the_embedded_engine_has_none_to_check(db: Database, embedded_only: None) -> None:
    assert db.missing_prerequisites() == []


def test_the_list_stands_in_one_place() -> None:
    (statement,) = split(SCRIPT.read_text(encoding="utf-8"))
    assert statement.kind is StatementKind.PLSQL
    strings = [token.value for token in tokenize(statement.text) if token.kind is Kind.STRING]
    for needed in (
        "23.7",
        "23.6.0",
        "AL32UTF8",
        "CREATE TABLE",
        "CREATE VIEW",
        "CREATE PROCEDURE",
        "CREATE SEQUENCE",
        "DBMS_VECTOR",
        "UNLIMITED TABLESPACE",
        "AUTO",
    ):
        assert needed in strings
    for path in PROJECT.glob("loader/**/*.py"):
        text = path.read_text(encoding="utf-8")
        assert "segment_space_management" not in text, path
        assert "session_privs" not in text, path


def test_each_thing_that_is_missing_comes_with_its_remedy() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    needs = text.split("need('")[1:]
    assert len(needs) == 8
    for need in needs:
        sentence = need.split(");")[0]
        assert ": " in sentence, sentence


def test_the_block_uses_nothing_that_a_database_too_old_does_not_have() -> None:
    words = {token.value for token in tokenize(SCRIPT.read_text(encoding="utf-8")) if token.kind is Kind.WORD}
    # Each came after 19c: FROM-less SELECT, BOOLEAN and JSON in SQL, IF [NOT] EXISTS, VECTOR.
    assert not words & {"boolean", "json", "vector", "exists", "json_value", "json_table"}
    (statement,) = split(SCRIPT.read_text(encoding="utf-8"))
    lowered = statement.text.lower()
    assert lowered.count("select") == lowered.count(" from ")
