"""Every change of a valid statement of SQL comes out as its operator says; so do the statements themselves."""

from __future__ import annotations

from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from engine.catalogue import MemoryCatalogue
from engine.check import check
from engine.parser import parse
from engine.script import split
from engine.tree.base import Statement
from tests.engine.check.mutation import Operator, outcome
from tests.engine.check.programs import DB, installed, statements
from tests.engine.check.sql_operators import OPERATORS

TEXTS = Path(__file__).with_name("texts")
STATEMENTS = [found.text for found in split((TEXTS / "statements.sql").read_text(encoding="utf-8"))]
# How many changes of one operator are made to a statement.
CHANGES = 3
# Of the dictionary, which this view reads, the checker knows no columns.
OPEN = "vw_vector_index.sql"


@cache
def schema() -> MemoryCatalogue:
    """The schema that the statements stand on; Oracle's compiler has no complaint about its making."""
    catalogue = MemoryCatalogue("HR", complete=True)
    for found in split((TEXTS / "schema.sql").read_text(encoding="utf-8")):
        tree = parse(found.text)
        assert check(tree, catalogue) == []
        catalogue.apply(tree)
    return catalogue


@cache
def trees() -> list[tuple[str, Statement]]:
    """The statements with their trees."""
    return [(text, parse(text)) for text in STATEMENTS]


@cache
def views() -> list[tuple[str, Statement]]:
    """The views of db/ with their trees."""
    paths = (path for path in sorted((DB / "views").glob("*.sql")) if path.name != OPEN)
    return [found for path in paths for found in statements(path)]


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_valid_statement_is_not_complained_of(text: str) -> None:
    assert [complaint.message for complaint in check(parse(text), schema())] == []


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_a_change_comes_out_as_stated(operator: Operator) -> None:
    made = 0
    for programs, catalogue in ((trees(), schema()), (views(), installed())):
        for text, tree in programs:
            for edit in islice(operator.edits(text, tree), CHANGES):
                changed = edit.apply(text)
                assert outcome(changed, catalogue) in operator.outcome, changed
                made += 1
    assert made > 0
