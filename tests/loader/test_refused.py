"""What the database refuses costs the item that it refuses, whichever call carried it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from loader.database import Database, DatabaseError
from loader.halving import put_halved
from loader.load import Summary, load
from loader.model import Model
from tests.loader.conftest import Make

IMAGES = 40


def fill(make: Make) -> None:
    for number in range(IMAGES):
        make(f"labels/a/b/{number:02}.json")


def refused(summary: Summary) -> dict[str, str]:
    assert summary.failed == len(summary.failures)
    return dict(summary.failures)


@pytest.fixture
def rule(embedded_only: None, installed: Database) -> Iterator[Callable[[str, str], None]]:
    """Give the table a rule of its owner's, by one statement, until it is taken back by another."""
    undo = []

    def make_rule(statement: str, undoing: str) -> None:
        installed.execute(statement)
        installed.commit()
        undo.append(undoing)

    yield make_rule
    installed.rollback()
    for statement in undo:
        installed.execute(statement)
    installed.commit()


Rule = Callable[[str, str], None]


def test_an_image_whose_path_is_too_long_for_an_index(
    embedded_only: None, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    """PostgreSQL's index takes 2,704 bytes, after compression; a path has at most 4,096."""
    fill(make)
    letters = random.Random(1)
    deep = "/".join("".join(chr(letters.randrange(0xAC00, 0xD7A4)) for _ in range(70)) for _ in range(13))
    make("labels/a/b/deep.json", f"images/{deep}/deep.png")
    for _ in range(2):
        summary = load(installed, root, tiny_model)
        (reason,) = (reason for path, reason in refused(summary).items() if path == "labels/a/b/deep.json")
        assert "ORA-01450: maximum key length (2704) exceeded" in reason
    assert list(installed.rows("img_store.status")) == [(IMAGES, IMAGES, 1)]


def test_labels_that_break_a_rule_of_the_owners(
    rule: Rule, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    """Of stored images the labels change at once, and a rule of the table is broken in the middle of a batch."""
    fill(make)
    load(installed, root, tiny_model)
    rule(
        "alter table image_demo1 add constraint own_ck check"
        " (json_value(metadata, '$.annotations[0].attributes.quality' null on error null on empty) <> 'poor')",
        "alter table image_demo1 drop constraint own_ck",
    )
    for number in range(IMAGES):
        make(f"labels/a/b/{number:02}.json", quality="poor" if number in (7, 30) else "fair")
    summary = load(installed, root, tiny_model)
    assert list(refused(summary)) == ["labels/a/b/07.json", "labels/a/b/30.json"]
    assert all("ORA-02290" in reason for reason in refused(summary).values())
    assert list(installed.execute("select count(*) from vw_image_demo1 where quality = 'fair'").rows) == [(IMAGES - 2,)]


def test_new_images_that_break_a_rule_of_the_owners(
    rule: Rule, installed: Database, root: Path, make: Make, tiny_model: Model
) -> None:
    rule("create unique index own_uk on image_demo1 (label_quality)", "drop index own_uk")
    for number in range(6):
        make(f"labels/a/b/{number}.json", quality="same" if number in (2, 4) else f"quality {number}")
    summary = load(installed, root, tiny_model, workers=1)
    assert (summary.stored, list(refused(summary))) == (5, ["labels/a/b/4.json"])
    assert "ORA-00001" in summary.failures[0][1]


@pytest.mark.parametrize("count", [1, 2, 7, 500])
def test_few_calls_find_the_refused_item(count: int) -> None:
    bad = count // 3
    calls: list[Sequence[int]] = []
    done: list[int] = []

    def put(items: Sequence[int]) -> None:
        calls.append(items)
        if bad in items:
            raise DatabaseError("no", code=12899)
        done.extend(items)

    assert [item for item, _ in put_halved(range(count), put)] == [bad]
    assert sorted(done) == [number for number in range(count) if number != bad]
    assert len(calls) <= 1 + 2 * count.bit_length()


def test_a_database_that_fails_is_no_refusal() -> None:
    def put(_: Sequence[int]) -> Any:
        raise DatabaseError("gone", code=3113)

    with pytest.raises(DatabaseError, match="gone"):
        list(put_halved([1, 2], put))
