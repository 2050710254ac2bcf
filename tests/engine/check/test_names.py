"""The names that a scan of db/ for Oracle's reserved words looks for are those that the engine refuses by itself."""

from __future__ import annotations

import pytest

from engine.catalogue import MemoryCatalogue
from engine.check import check
from engine.errors import SourceError
from engine.parser import parse
from engine.words import SQL_RESERVED

# The words of the scan, as SQL Language Reference lists them.
SCANNED = frozenset(
    """ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COMMENT COMPRESS CONNECT CREATE
    CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP HAVING
    IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG MAXEXTENTS
    MINUS MODE MODIFY NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE ON ONLINE OPTION OR ORDER PCTFREE PRIOR
    PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT SESSION SET SHARE SIZE SMALLINT START SYNONYM
    SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER WHERE
    WITH""".split()
)
# In SQL alone, and in PL/SQL.
PLACES = (
    "select 1 as {} from dual",
    "with {} as (select 1 as x from dual) select 1 from dual",
    "create view v as select 1 as {} from dual",
    "begin for r in (select 1 as {} from dual) loop null; end loop; end;",
    "begin for r in (with {} as (select 1 as x from dual) select 1 from dual) loop null; end loop; end;",
)
# Behind a source's name, where these may stand: pseudocolumns, and a method of collections.
BEHIND_A_NAME = frozenset("DELETE LEVEL ROWID ROWNUM SYSDATE UID USER".split())


def is_refused(text: str) -> bool:
    """Whether the parser or the checker says no."""
    try:
        tree = parse(text)
    except SourceError:
        return True
    return bool(check(tree, MemoryCatalogue("ME", complete=True)))


def test_the_engine_reserves_the_words_of_the_scan() -> None:
    assert {word.lower() for word in SCANNED} <= SQL_RESERVED


@pytest.mark.parametrize("place", PLACES)
def test_no_reserved_word_is_an_alias(place: str) -> None:
    assert [word for word in sorted(SCANNED) if not is_refused(place.format(word))] == []
    assert not is_refused(place.format("word"))


def test_no_reserved_word_stands_behind_the_name_of_a_source() -> None:
    taken = [word for word in sorted(SCANNED - BEHIND_A_NAME) if not is_refused(f"select d.{word} from dual d")]
    assert taken == []
    assert not is_refused("select d.dummy from dual d")


def test_a_private_function_is_refused_in_sql() -> None:
    body = (
        "create package body p as function hidden return number is begin return 1; end; procedure q is l number;"
        " begin select {} into l from dual; end; end;"
    )
    catalogue = MemoryCatalogue("ME", complete=True)
    catalogue.apply(parse("create package p as procedure q; function seen return number; end;"))
    seen = "function seen return number is begin return 2; end; procedure q"
    for name, numbers in (("hidden", ["PLS-00231"]), ("hidden()", ["PLS-00231"]), ("p.seen", []), ("seen", [])):
        tree = parse(body.format(name).replace("procedure q", seen))
        assert [complaint.number for complaint in check(tree, catalogue)] == numbers


def test_a_procedure_does_not_hide_a_function_of_sql() -> None:
    block = "declare n number; procedure rank is begin null; end; begin {} end;"
    catalogue = MemoryCatalogue("ME", complete=True)
    for text, numbers in (
        ("select rank() over (order by dummy) into n from dual;", []),
        ("n := rank();", ["PLS-00222"]),
    ):
        assert [complaint.number for complaint in check(parse(block.format(text)), catalogue)] == numbers
