"""What Oracle's compiler refuses before anything runs, asked of a whole database.

The rules themselves, each with its number, stand in engine/check/rules/. Here they are seen to be asked of what is
typed and of what is installed, against the objects that the database holds at that time.
"""

from __future__ import annotations

import pytest

from loader.database import Database
from tests.oracle_rules.runner import Case, accepted, check, refused

TABLE = "create table rule_t (id number, name varchar2(10 char))"
SPECIFICATION = (
    "create or replace package rule_p authid definer as\n"
    "  co_most constant number := 5;\n"
    "  function half(p_number in number) return number;\n"
    "end rule_p;"
)
BODY = (
    "create or replace package body rule_p as\n"
    "  function hidden return number is\n  begin\n    return 1;\n  end hidden;\n"
    "  function half(p_number in number) return number is\n  begin\n    return p_number / 2;\n  end half;\n"
    "end rule_p;"
)
OTHER = SPECIFICATION.replace("half", "third")
MADE = (TABLE, SPECIFICATION, BODY)
DROPS = ("drop package rule_p", "drop table rule_t")


def no(number: str, text: str, *more: str) -> Case:
    return refused(number, text, before=(*MADE, *more), after=DROPS)


def yes(text: str, *more: str) -> Case:
    return accepted(text, before=(*MADE, *more), after=DROPS)


CASES = [
    # a statement that is typed
    no("ORA-00942", "select 1 as one\n  from @@rule_tt"),
    no("ORA-00904", "select id,\n       @@colour\n  from rule_t"),
    no("ORA-00904", "select a.id, @@a.colour from rule_t a"),
    no("ORA-00947", "insert into rule_t (id, name) values @@(1)"),
    yes("select a.id from rule_t a"),
    # with names in small letters between quotes
    no("ORA-00904", 'select id as "one", @@colour from rule_t'),
    no("ORA-00979", 'select @@name as "n", count(*) from rule_t group by id'),
    no("ORA-00904", 'select @@"id" from rule_t'),
    yes('select "ID" as "One" from "RULE_T"'),
    # a block that is typed
    no("PLS-00201", "begin\n  @@l_one := 1;\nend;"),
    no("PLS-00302", "declare\n  l_one number;\nbegin\n  l_one := rule_p.@@third(1);\nend;"),
    no("PLS-00302", "declare\n  l_one number;\nbegin\n  l_one := rule_p.@@hidden;\nend;"),
    no("PLS-00306", "declare\n  l_one number;\nbegin\n  l_one := @@rule_p.half(1, 2);\nend;"),
    no("PLS-00363", "begin\n  @@rule_p.co_most := 1;\nend;"),
    no("PL/SQL: ORA-00904", "declare\n  l_one number;\nbegin\n  select @@colour into l_one from rule_t;\nend;"),
    yes("declare\n  l_one number;\nbegin\n  l_one := rule_p.half(rule_p.co_most);\nend;"),
    # what is installed
    no("PLS-00323", BODY.replace("p_number", "p_other")),
    no("PLS-00113", SPECIFICATION.replace("end rule_p", "end @@rule_q")),
    no("PLS-00304", "create or replace package body @@rule_q as\nend rule_q;"),
    no("PLS-00382", "create or replace function rule_f return number as\nbegin\n  return @@true;\nend rule_f;"),
    # the objects as they are by then
    no("PLS-00302", "declare\n  l_one number;\nbegin\n  l_one := rule_p.@@half(1);\nend;", OTHER),
    no("ORA-00904", "select @@name from rule_t", "alter table rule_t drop column name"),
    yes("select colour from rule_t", "alter table rule_t add (colour number)"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_of_the_compiler(case: Case, db: Database) -> None:
    check(case, db)
