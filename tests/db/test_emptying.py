"""The tests never empty a schema that holds something of its user's."""

from __future__ import annotations

import pytest

from loader.database import Database
from tests.db.emptying import VARIABLE, product_objects, reason_to_stop
from tests.db.helpers import EMPTIED

OURS = sorted(product_objects())


def test_the_script_names_what_the_tests_empty() -> None:
    assert {name.upper() for name in EMPTIED} <= {name for name, kind in product_objects().items() if kind == "TABLE"}


@pytest.mark.parametrize(
    ("objects", "filled"),
    [
        ([], []),
        (OURS, []),
        (OURS, ["IMG_SCHEMA_HISTORY", "IMG_SCHEMA_LOCK"]),
        ([*OURS, "VECTOR$IMAGE_DEMO1_EMBEDDING_VIX$1$IVF_FLAT_CENTROIDS"], []),
    ],
)
def test_an_empty_schema_may_be_used(objects: list[str], filled: list[str]) -> None:
    assert reason_to_stop("IMAGES", objects, filled, None) is None


@pytest.mark.parametrize(
    ("objects", "filled", "named"),
    [
        (["IMAGE_DEMO1"], ["IMAGE_DEMO1"], "IMAGE_DEMO1 has rows"),
        (OURS, ["IMAGE_RUN"], "IMAGE_RUN has rows"),
        (["T"], [], "T is not ours"),
        ([*OURS, "ORDERS"], [], "ORDERS is not ours"),
        ([f"T{number}" for number in range(9)], [], "and 4 more"),
    ],
)
def test_a_schema_that_holds_something_stops_the_tests(objects: list[str], filled: list[str], named: str) -> None:
    reason = reason_to_stop("IMAGES", objects, filled, None)
    assert reason is not None
    assert named in reason
    assert f"{VARIABLE}=IMAGES" in reason


def test_the_variable_has_to_name_this_schema() -> None:
    assert reason_to_stop("IMAGES", ["T"], [], "images") is None
    for other in ("", "yes", "1", "TEST", "IMAGES2"):
        assert reason_to_stop("IMAGES", ["T"], [], other) is not None


def test_what_is_emptied_has_no_rows_afterwards(installed: Database) -> None:
    for table in EMPTIED:
        assert list(installed.execute(f"select 1 from {table} where rownum = 1").rows) == []
