"""What Oracle refuses about names and literals.

Where the numbers come from: Database Error Messages; SQL Language Reference, "Oracle SQL Reserved Words" and
"Database Object Naming Rules"; PL/SQL Language Reference, "PL/SQL Reserved Words and Keywords". Which of them a
reserved word raises at which place no page lists: ORA-00903 and ORA-00904 or ORA-03050 are documented with that cause,
the others say what the parser misses there, and are to be seen on an Oracle Database.
"""

from __future__ import annotations

import pytest

from engine.words import PLSQL_RESERVED, SQL_RESERVED
from loader.database import Database
from tests.oracle_rules.runner import Case, accepted, check, refused

RULE_T = "create table rule_t (rule_id number, name varchar2(100 char))"
DROP_T = "drop table rule_t"

# Places of a name in SQL, with the number of a reserved word there; {0} is the name.
SQL_PLACES = [
    ("ORA-03050 or ORA-00904", "create table rule_t (\n  rule_id number,\n  @@{0} number)"),
    ("ORA-00903", "create table\n  @@{0} (rule_id number)"),
    ("ORA-00999", "create view @@{0} as select 1 as one from dual"),
    ("ORA-02250", "create table rule_t (rule_id number constraint @@{0} primary key)"),
    ("ORA-02250", "create table rule_t (rule_id number,\n  constraint @@{0} primary key (rule_id))"),
    ("ORA-00903", "select 1 as one\n  from @@{0}"),
    ("ORA-00923", "select 1 as @@{0}\n  from dual"),
    ("ORA-00903 or ORA-03050", "with @@{0} as (select 1 as one from dual) select 1 as two from dual"),
    (
        "ORA-03050",
        "select t.one from json_table('[]', '$[*]' columns (one number path '$',\n @@{0} number path '$')) t",
    ),
    ("ORA-00903", "drop table @@{0}"),
    ("ORA-00903", "insert into @@{0} values (1)"),
    ("ORA-00903", "update @@{0} set one = 1"),
    ("ORA-00903", "delete from @@{0}"),
    ("ORA-04050", "create or replace procedure @@{0} as begin null; end;"),
    ("ORA-04050", "create or replace package @@{0} as procedure p; end;"),
]
# The same where a table must be there.
SQL_PLACES_OF_A_TABLE = [
    ("ORA-00953", "create index @@{0} on rule_t (rule_id)"),
    ("ORA-03050 or ORA-00904", "alter table rule_t add @@{0} number"),
    ("ORA-01747", "select t.rule_id, t.@@{0} from rule_t t"),
    ("ORA-01747", "update rule_t set @@{0} = 1"),
    ("ORA-00928 or ORA-03050", "insert into rule_t (@@{0}) values (1)"),
    ("ORA-00936", "select rule_id from rule_t order by @@{0}"),
    ("ORA-03048 or ORA-00933", "select rule_id from rule_t @@{0}"),
]
# Words of each kind: some that end an expression, some types, some that no grammar needs.
SQL_WORDS = ("number", "date", "share", "raw", "size", "mode", "file", "option", "trigger", "comment")

PLSQL_PLACES = [
    "declare\n  @@{0} number;\nbegin\n  null;\nend;",
    "declare\n  l_one number;\n  @@{0} constant number := 1;\nbegin\n  null;\nend;",
    "declare\n  @@{0} exception;\nbegin\n  null;\nend;",
    "declare\n  cursor @@{0} is select 1 as one from dual;\nbegin\n  null;\nend;",
    "declare\n  cursor c_one(@@{0} number) is select 1 as one from dual;\nbegin\n  null;\nend;",
    "begin\n  <<@@{0}>>\n  for i in 1 .. 2 loop\n    null;\n  end loop;\nend;",
    "begin\n  for @@{0} in 1 .. 2 loop\n    null;\n  end loop;\nend;",
    "begin\n  for @@{0} in (select 1 as one from dual) loop\n    null;\n  end loop;\nend;",
    "create or replace procedure rule_p(\n  p_one number,\n  @@{0} number) as\nbegin\n  null;\nend;",
    "create or replace package rule_p as\n  procedure @@{0};\nend rule_p;",
    "create or replace package rule_p as\n  @@{0} constant number := 1;\nend rule_p;",
    "create or replace package rule_p as\n  function @@{0} return number;\nend rule_p;",
]
PLSQL_WORDS = ("share", "size", "mode", "views", "crash", "cluster", "overlaps", "at", "start", "resource")

# Keywords that neither list reserves.
FREE = """class part place count least body bulk close constant exit final language limit loop merge offset record
    result return string label left right inner full cross join natural outer using elsif""".split()
# Free in SQL, reserved in PL/SQL.
SQL_FREE = "begin case end exception fetch function if indexes procedure type views when".split()

PACKAGE = """create or replace package rule_p authid definer as
  function shown(p_n in number) return number;
  procedure run;
end rule_p;"""
DROP_P = "drop package rule_p"


def body(statement: str, declared: str = "l_n number;") -> str:
    """A body with a private function, one with a public function, and a procedure that holds the statement."""
    return f"""create or replace package body rule_p as
  function hidden(p_n in number) return number is
  begin
    return p_n + 1;
  end hidden;

  function shown(p_n in number) return number is
  begin
    return hidden(p_n);
  end shown;

  procedure run is
    {declared}
  begin
    {statement}
  end run;
end rule_p;"""


def hidden_in(statement: str, declared: str = "l_n number;") -> Case:
    return refused("PLS-00231", body(statement, declared), before=[RULE_T, PACKAGE], after=[DROP_P, DROP_T])


def shown_in(statement: str, declared: str = "l_n number;") -> Case:
    text = body(statement, declared).replace("@@hidden", "shown")
    return accepted(text, before=[RULE_T, PACKAGE], after=[DROP_P, DROP_T])


IN_SQL = [
    ("select @@hidden(1) into l_n from dual;", "l_n number;"),
    ("select max(t.rule_id)\n      into l_n from rule_t t where t.rule_id = @@hidden(t.rule_id);", "l_n number;"),
    ("insert into rule_t (rule_id) values (@@hidden(1));", "l_n number;"),
    ("update rule_t\n       set rule_id = @@hidden(rule_id);", "l_n number;"),
    ("delete from rule_t where rule_id > @@hidden(2);", "l_n number;"),
    ("for r in (select @@hidden(1) as n from dual) loop null; end loop;", "l_n number;"),
    ("for r in c loop null; end loop;", "cursor c is\n      select @@hidden(t.rule_id) as n from rule_t t;"),
    ("open l_c for select\n      @@hidden(1) as n from dual;", "l_c sys_refcursor;"),
    ("select (select @@hidden(1) from dual) into l_n from dual;", "l_n number;"),
    ("select rule_p.shown(1) into l_n from dual order by\n      @@hidden(1);", "l_n number;"),
    (
        "merge into rule_t t using (select 1 as n from dual) s on (t.rule_id = s.n)\n"
        "      when matched then update set t.name = @@hidden(1);",
        "l_n number;",
    ),
]

PRIVATE_FUNCTIONS = [
    *(hidden_in(statement, declared) for statement, declared in IN_SQL),
    *(shown_in(statement, declared) for statement, declared in IN_SQL),
    accepted(body("l_n := hidden(1) + shown(2);"), before=[RULE_T, PACKAGE], after=[DROP_P, DROP_T]),
    accepted(
        body("l_n := hidden(1);\n    select l_n + shown(1) into l_n from dual;"),
        before=[RULE_T, PACKAGE],
        after=[DROP_P, DROP_T],
    ),
]

LONGEST = "가" * 42 + "ab"
TOO_LONG = "가" * 42 + "abc"

LENGTHS = [
    *(
        refused("ORA-00972", text.replace("{0}", TOO_LONG))
        for text in (
            "create table @@{0} (rule_id number)",
            "create table rule_t (@@{0} number)",
            "create view @@{0} as select 1 as one from dual",
            "create table rule_t (rule_id number constraint @@{0} primary key)",
            "select 1 as @@{0} from dual",
            'select 1 as @@"{0}" from dual',
            "select 1 as one from dual @@{0}",
            "with @@{0} as (select 1 as one from dual) select 1 as one from dual",
            "create or replace procedure @@{0} as begin null; end;",
            "create or replace package body @@{0} as end;",
        )
    ),
    *(
        refused("PLS-00114", text.replace("{0}", TOO_LONG))
        for text in (
            "declare\n  @@{0} number;\nbegin\n  null;\nend;",
            "begin\n  for @@{0} in 1 .. 2 loop null; end loop;\nend;",
            "create or replace procedure rule_p(@@{0} number) as begin null; end;",
            "declare\n  l_n number;\nbegin\n  select 1 as @@{0} into l_n from dual;\nend;",
        )
    ),
    accepted(f"create table {LONGEST} ({LONGEST} number)", after=[f"drop table {LONGEST}"]),
    accepted(f"select {LONGEST}.{LONGEST} from (select 1 as {LONGEST} from dual) {LONGEST}"),
    accepted(f"declare\n  {LONGEST} number := 1;\nbegin\n  {LONGEST} := {LONGEST} + 1;\nend;"),
]

LITERALS = [
    refused("PLS-00172", "declare\n  l_c clob;\nbegin\n  l_c := @@'" + "x" * 32768 + "';\nend;"),
    refused("PLS-00172", "begin\n  dbms_output.put_line(length(@@q'[" + "가" * 10923 + "]'));\nend;"),
    accepted("declare\n  l_c clob;\nbegin\n  l_c := '" + "x" * 32767 + "';\nend;"),
    accepted("declare\n  l_c clob;\nbegin\n  l_c := '" + "''" * 32767 + "';\nend;"),
    accepted("declare\n  l_c clob;\nbegin\n  l_c := '" + "x" * 30000 + "' || '" + "x" * 30000 + "';\nend;"),
    # Of a database whose MAX_STRING_SIZE is STANDARD; EXTENDED takes 32,767 bytes here too.
    refused("ORA-01704", "select length(\n  @@'" + "x" * 4001 + "') as n from dual"),
    refused("ORA-01704", "select length(@@'" + "가" * 1334 + "') as n from dual"),
    refused(
        "PL/SQL: ORA-01704",
        "declare\n  l_n number;\nbegin\n  select length(@@'" + "x" * 4001 + "') into l_n from dual;\nend;",
    ),
    accepted("select length('" + "x" * 4000 + "') as n from dual"),
    accepted("select length('" + "가" * 1333 + "') as n from dual"),
    refused("ORA-01426", "select @@1e126 as n from dual"),
    refused("PLS-00569", "declare\n  l_n number;\nbegin\n  l_n := @@1e126;\nend;"),
    accepted("select 9.99e125 as n from dual"),
    refused("ORA-01741", 'select 1 as @@"" from dual'),
    refused("ORA-01740", 'select 1 as @@"x from dual'),
    refused("ORA-01756", "select @@'x from dual"),
    refused("ORA-00911", "select 1 as @@_one from dual"),
    refused("PLS-00106", 'declare\n  @@"X""Y" number;\nbegin\n  null;\nend;'),
    refused("ORA-00904", 'create table rule_t (@@"ROWID" number)'),
    accepted('select 1 as "ROWID" from dual'),
]

RESERVED = [
    *(refused(number, text.replace("{0}", word)) for number, text in SQL_PLACES for word in SQL_WORDS),
    *(
        refused(number, text.replace("{0}", word), before=[RULE_T], after=[DROP_T])
        for number, text in SQL_PLACES_OF_A_TABLE
        for word in ("number", "share", "size")
    ),
    *(
        refused("PLS-00103", text.replace("{0}", word), after=[DROP_P, "drop procedure rule_p"])
        for text in PLSQL_PLACES
        for word in PLSQL_WORDS
    ),
    # A word of one list alone is free where the other holds.
    refused("PLS-00103", "create or replace procedure @@cursor as begin null; end;"),
    accepted("select 1 as cursor, 2 as type, 3 as crash from dual"),
    accepted(
        "declare\n  number number := 1;\n  level number := 2;\n  file number;\nbegin\n  file := number + level;\nend;"
    ),
    # SQL inside PL/SQL goes by the list of SQL.
    refused("PL/SQL: ORA-00923", "declare\n  l_n number;\nbegin\n  select 1 as @@raw into l_n from dual;\nend;"),
    refused(
        "PL/SQL: ORA-00903",
        "begin\n  for r in (with\n    @@share as (select 1 as one from dual) select 1 as one from dual) loop\n"
        "    null;\n  end loop;\nend;",
    ),
]

QUOTED = [
    *(accepted(f'select 1 as "{word.upper()}" from dual') for word in sorted(SQL_RESERVED)),
    *(
        accepted(f'declare\n  "{word.upper()}" number := 1;\nbegin\n  "{word.upper()}" := "{word.upper()}" + 1;\nend;')
        for word in sorted(PLSQL_RESERVED)
    ),
]

KEYWORDS = [
    *(accepted(f"create table rule_t ({word} number)", after=[DROP_T]) for word in FREE + SQL_FREE),
    *(
        accepted(f"select t.{word}, {word} from (select 1 as {word} from dual) t where {word} = 1 order by t.{word}")
        for word in FREE + SQL_FREE
    ),
    *(accepted(f"select 1 {word} from dual") for word in FREE + SQL_FREE),
    *(accepted(f"select {word}.dummy from dual {word} where {word}.dummy = 'X'") for word in ("left", "full", "loop")),
    *(
        accepted(
            f"declare\n  {word} number := 1;\nbegin\n  {word} := {word} + 1;\n  if {word} > 2 then null; end if;\nend;"
        )
        for word in FREE
    ),
]

EVERY_WORD = [
    *(refused("ORA-00923", f"select 1 as @@{word} from dual") for word in sorted(SQL_RESERVED)),
    *(
        refused("PLS-00103", f"declare\n  @@{word} number;\nbegin\n  null;\nend;")
        for word in sorted(PLSQL_RESERVED - {"begin", "cursor", "function", "procedure", "subtype", "type"})
    ),
]


@pytest.mark.parametrize(
    "case",
    [*RESERVED, *EVERY_WORD, *QUOTED, *KEYWORDS, *PRIVATE_FUNCTIONS, *LENGTHS, *LITERALS],
    ids=str,
)
def test_a_rule(case: Case, db: Database) -> None:
    check(case, db)
