"""The manual's page lists the rules that there are."""

from __future__ import annotations

from engine.check.manual import PAGE, page
from engine.check.messages import MESSAGES
from engine.check.rules import RULES


def test_the_page_is_that_of_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m engine.check.manual"


def test_every_number_that_can_be_raised_has_a_rule() -> None:
    assert set(MESSAGES) - {rule.number for rule in RULES} == set()
