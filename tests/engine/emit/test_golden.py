"""What is emitted is what the golden files show, and gives the rows that Oracle's manual gives."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loader.database import Database, DatabaseError, connect
from tests.engine.emit.golden import FILES, Golden, catalogue, emitted, goldens, rewrite, schema_statements

KNOWN = catalogue()
GOLDENS = goldens()


@pytest.mark.parametrize("golden", GOLDENS, ids=str)
def test_a_text_is_emitted_as_the_file_shows(golden: Golden) -> None:
    assert emitted(golden.oracle, KNOWN) == golden.postgres


def shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "(null)" if value is None else str(value)


def lines_of(golden: Golden, database: Database) -> list[str]:
    """What the text and the queries after it put out, their rows, and the error that ends them."""
    lines: list[str] = []
    try:
        for text in (golden.oracle, *golden.queries):
            result = database.execute(text, output=lines.append)
            lines += [" | ".join(map(shown, row)) for row in result.rows]
    except DatabaseError as error:
        lines.append(error.message.rstrip())
    return lines


@pytest.fixture(scope="module")
def database(settings: Any) -> Iterator[Database]:
    with connect(settings) as found:
        for text in schema_statements():
            found.execute(text)
        found.commit()
        yield found
        found.rollback()
        for text in schema_statements():
            words = text.split()
            if words[0] == "create":
                found.execute(f"drop {words[1]} {words[2]}")
        found.commit()


@pytest.mark.parametrize("golden", [golden for golden in GOLDENS if golden.result is not None], ids=str)
def test_its_rows_are_those_of_the_manual(golden: Golden, database: Database) -> None:
    found = "\n".join(lines_of(golden, database)).splitlines()
    database.rollback()
    assert found == golden.result


@pytest.mark.parametrize("golden", GOLDENS, ids=str)
def test_a_section_has_a_result_or_says_why_not(golden: Golden) -> None:
    refused = golden.postgres.startswith("-- refused: ")
    assert [golden.result is not None, golden.without, refused].count(True) == 1


@pytest.mark.parametrize("path", sorted(FILES.glob("*.md")), ids=lambda path: path.stem)
def test_writing_a_file_anew_puts_right_what_is_emitted_and_nothing_else(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    copy = tmp_path / path.name
    copy.write_text(text.replace("```postgres\n", "```postgres\nsomething else\n"), encoding="utf-8")
    rewrite(copy, KNOWN)
    assert copy.read_text(encoding="utf-8") == text
