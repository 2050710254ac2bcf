"""Every change of a valid program comes out as its operator says."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.engine.check.mutation import Edit, Operator, outcome
from tests.engine.check.operators import OPERATORS
from tests.engine.check.programs import installed, program

# How many changes of one operator are made to a program; the long ones take a while to read.
PROGRAMS = {
    "bootstrap/img_history.pkb": 3,
    "packages/img_error.pkb": 3,
    "packages/img_report.pkb": 3,
    "packages/img_transform.pkb": 3,
    "packages/img_store.pkb": 1,
}


def edits(operator: Operator, name: str) -> list[Edit]:
    """The changes that an operator makes to a program."""
    return list(islice(operator.edits(*program(name)), PROGRAMS[name]))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_a_change_comes_out_as_stated(operator: Operator) -> None:
    made = 0
    for name in PROGRAMS:
        text, _ = program(name)
        for edit in edits(operator, name):
            changed = edit.apply(text)
            line = text.count("\n", 0, edit.start) + 1
            assert outcome(changed, installed()) in operator.outcome, f"{name}, line {line}: {edit.text!r}"
            made += 1
    assert made > 0
