"""What Oracle refuses about names and literals."""

from __future__ import annotations

import pytest

from loader.database import Database
from tests.oracle_rules.runner import Case, accepted, check, refused

CASES = [
    refused("ORA-00942", "select 1\n  from @@no_such_table"),
    refused("ORA-00904", "select @@no_such_column from dual"),
    accepted('select 1 as "NUMBER" from dual'),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule(case: Case, db: Database) -> None:
    check(case, db)
