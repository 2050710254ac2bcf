"""Each rule of the table refuses its example at the place that it marks, and accepts the one beside it."""

from __future__ import annotations

import pytest

from engine.catalogue import MemoryCatalogue
from engine.check import check
from engine.check.rules import MARK, RULES, SCHEMA, Rule
from engine.errors import SourceError
from engine.parser import parse


def schema() -> MemoryCatalogue:
    """A catalogue with the objects that the examples need."""
    catalogue = MemoryCatalogue("ME", complete=True)
    for text in SCHEMA:
        statement = parse(text)
        assert check(statement, catalogue) == []
        catalogue.apply(statement)
    return catalogue


def complaint(text: str) -> tuple[str, int, int] | None:
    """The first complaint about a text: its number and its place."""
    try:
        statement = parse(text)
    except SourceError as error:
        return error.message.partition(":")[0], error.line, error.column
    found = check(statement, schema())
    return (found[0].number, found[0].place.line, found[0].place.column) if found else None


def name(rule: Rule) -> str:
    """A rule's number and what it says."""
    return f"{rule.number} {rule.says}"


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_an_example_is_refused(rule: Rule) -> None:
    head, mark, tail = rule.refused.partition(MARK)
    found = complaint(head + tail)
    assert found is not None
    assert found[0] == rule.number
    if mark:
        lines = head.split("\n")
        assert found[1:] == (len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_an_example_is_accepted(rule: Rule) -> None:
    assert complaint(rule.accepted) is None
