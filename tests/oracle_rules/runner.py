"""Cases of Oracle's rules: Oracle text beside the number and the place of the error that it must raise.

A case goes through `Database.execute` alone, so that the same cases run on an Oracle Database and on any engine
that stands in for one. A file of cases is a list of `refused` and `accepted`, and one test over it:

    CASES = [
        refused("ORA-00923", "select 1 as @@number from dual"),
        accepted('select 1 as "NUMBER" from dual'),
    ]

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_a_rule(case: Case, db: Database) -> None:
        check(case, db)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

from loader.database import Database, DatabaseError

# Stands in a refused text right before the token that the error is about.
MARK = "@@"


@dataclass(frozen=True)
class Case:
    """A text, and what becomes of it.

    `number` is the error's, as ORA-00923, as PLS-00103 where the PL/SQL compiler raises it, or as PL/SQL: ORA-00923
    where it is raised by SQL inside a PL/SQL unit; None where the text is accepted. `line` and `column`
    count from 1 within the text; None where the place is left open. `before` runs first and must succeed,
    `after` runs whatever happened and may fail.
    """

    text: str
    number: str | None = None
    line: int | None = None
    column: int | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = " ".join(self.text.split())
        return f"{self.number or 'accepted'} {words if len(words) <= 70 else words[:67] + '...'}"


def refused(number: str, text: str, *, before: Iterable[str] = (), after: Iterable[str] = ()) -> Case:
    """A text that raises this error at the token behind MARK, or anywhere if the text has no MARK."""
    line = column = None
    head, mark, tail = text.partition(MARK)
    if mark:
        line = head.count("\n") + 1
        column = len(head) - (head.rfind("\n") + 1) + 1
    return Case(head + tail, number, line, column, tuple(before), tuple(after))


def accepted(text: str, *, before: Iterable[str] = (), after: Iterable[str] = ()) -> Case:
    """A text that runs."""
    return Case(text, before=tuple(before), after=tuple(after))


def code_of(number: str) -> int:
    """DatabaseError.code for a number: what a compiler refuses inside PL/SQL comes as ORA-06550."""
    return 6550 if number.startswith(("PLS-", "PL/SQL: ")) else int(number.removeprefix("ORA-"))


# The text stands at this place of a file, so that a place counted from the text alone is seen to be wrong.
_SOURCE, _FIRST_LINE = "rules.sql", 11


def check(case: Case, database: Database) -> None:
    """Run a case; an AssertionError says what came in place of what was expected."""
    error: DatabaseError | None = None
    try:
        for text in case.before:
            database.execute(text)
        try:
            list(database.execute(case.text, source=_SOURCE, line=_FIRST_LINE, output=lambda _: None).rows)
        except DatabaseError as raised:
            error = raised
    finally:
        database.rollback()
        for text in case.after:
            with contextlib.suppress(DatabaseError):
                database.execute(text)
    if case.number is None:
        assert error is None, f"refused: {error.report()}" if error else ""
        return
    assert error is not None, f"runs, and {case.number} is expected"
    assert (error.code, case.number in error.message) == (code_of(case.number), True), error.report()
    if case.line is not None:
        place = (error.source, error.line, error.column)
        assert place == (_SOURCE, _FIRST_LINE + case.line - 1, case.column), error.report()
