"""What Oracle refuses about FOR UPDATE.

SQL Language Reference, SELECT, for_update_clause; Database Error Messages, ORA-01786 and ORA-02014.
"""

from __future__ import annotations

import pytest

from loader.database import Database
from tests.oracle_rules.runner import Case, accepted, check, refused

TABLES = (
    "create table rule_t (id number, name varchar2(10 char))",
    "create view rule_plain as select id, name from rule_t where id > 0",
    "create view rule_grouped as select name, count(*) as n from rule_t group by name",
    "create view rule_first as select id from rule_t order by id fetch first 2 rows only",
    "create view rule_over as select id from rule_first",
)
DROPS = (
    "drop view rule_over",
    "drop view rule_first",
    "drop view rule_grouped",
    "drop view rule_plain",
    "drop table rule_t",
)


def no(number: str, text: str) -> Case:
    return refused(number, text, before=TABLES, after=DROPS)


def yes(text: str) -> Case:
    return accepted(text, before=TABLES, after=DROPS)


CASES = [
    no("ORA-01786", "select distinct name\n  from rule_t\n   @@for update"),
    no("ORA-01786", "select name from rule_t group by name @@for update"),
    no("ORA-01786", "select max(id) from rule_t @@for update"),
    no("ORA-01786", "select id from rule_t union all select id from rule_t @@for update"),
    no("ORA-02014", "select id from rule_t order by id fetch first 1 row only @@for update skip locked"),
    no("ORA-02014", "select id from rule_t offset 1 rows @@for update nowait"),
    no("ORA-02014", "select n from rule_grouped @@for update"),
    no("ORA-02014", "select p.id from rule_plain p join rule_first f on f.id = p.id @@for update"),
    no("ORA-02014", "select id from rule_over @@for update"),
    no("ORA-02014", "select id from (select distinct id from rule_t) @@for update"),
    no("ORA-02014", "select id from (select id from rule_t where rownum <= 2) @@for update"),
    no("ORA-02014", "select id from (select id from rule_t order by id) where rownum <= 2 @@for update"),
    no(
        "ORA-02014",
        "select id from (select id, row_number() over (order by id) as n from rule_t) where n = 1 @@for update",
    ),
    no("ORA-02014", "with w as (select id from rule_t union select 1 from dual) select id from w @@for update"),
    no("ORA-00907", "select id from (select id from rule_t @@for update)"),
    no("PL/SQL: ORA-01786", "declare\n  n number;\nbegin\n  select count(*) into n from rule_t @@for update;\nend;"),
    no(
        "PL/SQL: ORA-02014",
        "declare\n  c sys_refcursor;\nbegin\n  open c for\n    select id from rule_t\n"
        "     fetch first 1 row only\n       @@for update;\nend;",
    ),
    no("PL/SQL: ORA-02014", "declare\n  cursor c is select n from rule_grouped @@for update;\nbegin\n  null;\nend;"),
    no(
        "PL/SQL: ORA-02014",
        "begin\n  for r in (select id from rule_over @@for update) loop\n    null;\n  end loop;\nend;",
    ),
    yes("select id from rule_t where rownum <= 2 for update"),
    yes("select id from rule_t order by id for update skip locked"),
    yes("select id, (select count(*) from rule_t) from rule_t where id in (select distinct id from rule_t) for update"),
    yes("select id from rule_plain for update nowait"),
    yes("select a.id from rule_t a join rule_plain b on b.id = a.id for update"),
    yes("select id from (select id from rule_t where id > 0) for update"),
    yes("begin\n  for r in (select id from rule_t where rownum = 1 for update) loop\n    null;\n  end loop;\nend;"),
    yes("select id from rule_first"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule(case: Case, db: Database) -> None:
    check(case, db)
