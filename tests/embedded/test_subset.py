"""SUBSET.md says the truth: its examples run, and what it calls refused is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.script import split
from loader.database import Database, DatabaseError

PAGE = Path(__file__).resolve().parents[2] / "engine" / "SUBSET.md"
FENCES = re.findall(r"^```sql( refused)?\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.usefixtures("embedded_only")


def statements(refused: bool) -> list[str]:
    return [s.text for mark, text in FENCES if bool(mark) == refused for s in split(text, "SUBSET.md")]


@pytest.fixture(scope="module")
def database(settings: object) -> Iterator[Database]:
    from loader.database import connect

    with connect(settings) as database:  # type: ignore[arg-type]
        yield database
        for drop in (
            "drop package if exists subset_pkg",
            "drop procedure if exists subset_proc",
            "drop view if exists subset_vw",
            "drop view if exists subset_part_vw",
            "drop table if exists subset_image",
            "drop table if exists subset_part",
        ):
            database.execute(drop)
        database.commit()


@pytest.mark.parametrize("text", statements(refused=False), ids=lambda text: " ".join(text.split())[:50])
def test_an_example_runs(text: str, database: Database) -> None:
    result = database.execute(text, output=lambda _: None)
    list(result.rows)
    database.commit()


@pytest.mark.parametrize("text", statements(refused=True), ids=lambda text: " ".join(text.split())[:50])
def test_what_is_refused_is_named_with_its_line(text: str, database: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        database.execute(text, source="some.sql", line=7)
    database.rollback()
    assert "the embedded engine does not run" in caught.value.message
    assert caught.value.source == "some.sql"
    assert caught.value.line is not None
    assert caught.value.line >= 7
