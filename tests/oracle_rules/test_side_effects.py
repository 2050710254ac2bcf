"""What a function may not do where SQL calls it.

PL/SQL Language Reference, "PL/SQL Functions that SQL Statements Can Invoke". Oracle finds out when the function runs:
each case has a row to run it for, and a block runs what it holds.
"""

from __future__ import annotations

import pytest

from loader.database import Database
from tests.oracle_rules.runner import Case, accepted, check, refused

ROUTINES = (
    "create table rule_t (id number, name varchar2(10 char))",
    "create table rule_log (id number)",
    "insert into rule_t (id) values (1)",
    "insert into rule_log (id) values (1)",
    "create or replace package rule_p authid definer as\n"
    "  function writes return number;\n"
    "  function deep(p_id in number default 1) return number;\n"
    "  function locks return number;\n"
    "  function makes return number;\n"
    "  function reads return number;\n"
    "  function counts(p_id in number) return number;\n"
    "  procedure refuse;\n"
    "end rule_p;",
    "create or replace package body rule_p as\n"
    "  function deep(p_id in number default 1) return number is\n"
    "  begin\n    return p_id + writes;\n  end deep;\n"
    "  function writes return number is\n"
    "  begin\n    insert into rule_log (id) values (1);\n    return 1;\n  end writes;\n"
    "  function locks return number is\n    l_id number;\n"
    "  begin\n    select max(id) into l_id from rule_t;\n"
    "    for r in (select id from rule_t for update) loop\n      l_id := r.id;\n    end loop;\n"
    "    return l_id;\n  end locks;\n"
    "  function makes return number is\n"
    "  begin\n    execute immediate 'drop index rule_no_such_index';\n    return 1;\n  end makes;\n"
    "  function reads return number is\n    l_n number;\n"
    "  begin\n    select count(*) into l_n from rule_t;\n    return l_n;\n  end reads;\n"
    "  procedure refuse is\n  begin\n    raise_application_error(-20042, 'no');\n  end refuse;\n"
    "  function counts(p_id in number) return number is\n"
    "  begin\n    if p_id < 0 then\n      refuse;\n    end if;\n    return reads;\n  end counts;\n"
    "end rule_p;",
)
DROPS = ("drop view rule_v", "drop procedure rule_q", "drop package rule_p", "drop table rule_t", "drop table rule_log")


def no(number: str, text: str) -> Case:
    return refused(number, text, before=ROUTINES, after=DROPS)


def yes(text: str) -> Case:
    return accepted(text, before=ROUTINES, after=DROPS)


CASES = [
    no("ORA-14551", "select rule_p.writes from dual"),
    no("ORA-14551", "select id\n  from rule_t\n where rule_p.deep(id) > 0"),
    no("ORA-14551", "select id from rule_t order by rule_p.deep(p_id => id)"),
    no("ORA-14551", "select rule_p.locks from dual"),
    no("ORA-14551", "with w as (select rule_p.writes as n from dual) select n from w"),
    no("ORA-14551", "declare\n  n number;\nbegin\n  select rule_p.writes into n from dual;\nend;"),
    no("ORA-14551", "begin\n  for r in (select rule_p.deep as n from dual) loop\n    null;\n  end loop;\nend;"),
    no(
        "ORA-14551",
        "declare\n  cursor c is select rule_p.deep as n from dual;\nbegin\n  for r in c loop\n    null;\n"
        "  end loop;\nend;",
    ),
    no("ORA-14552", "select rule_p.makes from dual"),
    no("ORA-14552", "insert into rule_log (id) select rule_p.makes from dual"),
    no("ORA-14552", "insert into rule_log (id) values (rule_p.makes)"),
    no("ORA-04091", "update rule_t set id = rule_p.reads"),
    no("ORA-04091", "update rule_log set id = rule_p.writes"),
    no("ORA-04091", "delete from rule_t where id = rule_p.counts(id)"),
    no("ORA-04091", "insert into rule_t (id) select rule_p.counts(id) from rule_t"),
    yes("select rule_p.reads, rule_p.counts(id) from rule_t where rule_p.counts(1) > 0"),
    yes("insert into rule_t (id) values (rule_p.counts(1))"),
    # A DML statement may call what changes other tables.
    yes("update rule_t set id = rule_p.writes"),
    yes("insert into rule_t (id) select rule_p.writes from dual"),
    yes(
        "declare\n  n number;\nbegin\n  n := rule_p.writes;\n  n := n + rule_p.deep(2) + rule_p.locks;\n"
        "  dbms_output.put_line(rule_p.writes);\nend;"
    ),
    yes(
        "declare\n  n number := rule_p.writes;\nbegin\n  for r in (select id from rule_t) loop\n"
        "    n := rule_p.deep(r.id);\n  end loop;\nend;"
    ),
]


# What is stored, or finds no row, runs no function.
CASES += [
    yes("create or replace view rule_v as select rule_p.writes as n from dual"),
    yes(
        "create or replace procedure rule_q authid definer as\n  n number;\n"
        "begin\n  select rule_p.writes into n from dual;\nend;"
    ),
    yes("select rule_p.writes from rule_t where id = 0"),
    yes("update rule_t set id = rule_p.reads where id = 0"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule(case: Case, db: Database) -> None:
    check(case, db)
