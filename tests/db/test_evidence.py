"""db/ORACLE.md is complete: every construct has a row, every row a use, a page and a release below the floor."""

from __future__ import annotations

import re

import pytest

from tests.db.constructs import TABLE, Findings, Row, collect, rows, texts_of_db

_MANUALS = {
    "SQLRF": "sqlrf", "LNPLS": "lnpls", "VECSE": "vecse", "REFRN": "refrn", "ARPLS": "arpls", "SQPUG": "sqpug",
    "ADJSN": "adjsn",
}  # fmt: skip
_NO_PAGE = "no page found"


@pytest.fixture(scope="module")
def text() -> str:
    return TABLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def table(text: str) -> list[Row]:
    return rows(text)


@pytest.fixture(scope="module")
def findings(table: list[Row]) -> Findings:
    return collect(texts_of_db(), table)


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))


def test_every_construct_has_a_row(findings: Findings) -> None:
    assert [str(unknown) for unknown in findings.unknown] == []


def test_every_row_has_a_use(table: list[Row], findings: Findings) -> None:
    used = {(use.row, use.part) for use in findings.uses}
    assert [
        f"ORACLE.md:{row.line}: {p.text}" for row in table for p in row.parts if (row.line, p.text) not in used
    ] == []


def test_the_files_that_a_row_names_use_it(table: list[Row], findings: Findings) -> None:
    used = {(use.row, use.file) for use in findings.uses}
    assert [f"ORACLE.md:{row.line}: names no file" for row in table if not row.used_in] == []
    wrong = [f"ORACLE.md:{row.line}: {file}" for row in table for file in row.used_in if (row.line, file) not in used]
    assert wrong == []


def test_every_row_has_a_page(table: list[Row]) -> None:
    for row in table:
        if row.page == _NO_PAGE:
            continue
        found = re.fullmatch(
            r"(\w+), \[[^\]]+\]\(https://docs\.oracle\.com/en/database/oracle/oracle-database/2[36]/(\w+)/\S+\.html\)",
            row.page,
        )
        assert found is not None, f"ORACLE.md:{row.line}: {row.page}"
        assert _MANUALS.get(found[1]) == found[2], f"ORACLE.md:{row.line}: {row.page}"


def test_what_has_no_page_is_listed(table: list[Row], text: str) -> None:
    listed = text.partition("## Constructs without a page")[2]
    for row in table:
        if row.page == _NO_PAGE:
            assert row.parts[0].text in listed, f"ORACLE.md:{row.line}: {row.construct}"


def test_no_row_is_above_the_release_floor(table: list[Row], text: str) -> None:
    stated = re.search(r"\*\*Release floor: ([\d.]+), with COMPATIBLE [\d.]+ or later\.\*\*", text)
    assert stated is not None
    floor = _number(stated[1])
    assert [f"ORACLE.md:{row.line}: {row.since}" for row in table if _number(row.since) > floor] == []
    # The floor is no higher than what it is said to follow from, and all of that is named.
    setting = {row.parts[0].text for row in table if _number(row.since) == floor}
    named = re.search(r"^Set by: (.*?)\. They came", text, re.M | re.S)
    assert named is not None
    assert set(re.findall(r"`([^`]+)`", named[1])) == setting != set()


def test_every_row_says_where_and_how(table: list[Row]) -> None:
    for row in table:
        assert row.allowed in ("SQL", "PL/SQL", "both", "SQL*Plus"), f"ORACLE.md:{row.line}"
        assert row.shown in ("engine", "engine, second", "manual"), f"ORACLE.md:{row.line}"


def test_no_construct_has_two_rows(table: list[Row]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in table:
        for p in row.parts:
            if p.head == p.text:
                for context in {"both": ["SQL", "PL/SQL"]}.get(row.allowed, [row.allowed]):
                    assert (p.text, context) not in seen, f"ORACLE.md:{row.line}: {p.text}"
                    seen.add((p.text, context))


_UNIT = "create or replace package body made_up as\n  procedure made_up_step is\n    l_made_up number;\n  begin\n{}\n"
_UNIT += "  end made_up_step;\nend made_up;\n/\n"

# A text that uses one thing which no row covers, and the word that the complaint has to contain.
_MADE_UP: dict[str, tuple[str, str]] = {
    "function": ("select soundex(image_id) from image_demo1;", "[soundex]"),
    "function without arguments": ("select sysdate from dual;", "[sysdate]"),
    "pseudo-column": ("select rowid from image_demo1;", "[rowid]"),
    "supplied package": (_UNIT.format("    dbms_lock.sleep(1);"), "[dbms_lock]"),
    "another routine of a known package": (_UNIT.format("    dbms_output.new_line;"), "[new_line]"),
    "another argument of a known routine": (
        _UNIT.format("    l_made_up := dbms_vector.index_accuracy_query(owner => 'x');"),
        "[index_accuracy_query]",
    ),
    "type of a column": ("create table made_up (a nclob);", "[nclob]"),
    "type of a variable": ("declare\n  l_a simple_integer := 1;\nbegin\n  null;\nend;\n/\n", "[simple_integer]"),
    "type of a cast": ("select cast(image_id as binary_float) from image_demo1;", "[binary_float]"),
    "type of JSON_TABLE": (
        "select j.a from json_table('[]', '$[*]' columns (a sdo_geometry path '$')) j;",
        "[sdo_geometry]",
    ),
    "form of a known type": ("create table made_up (a timestamp with local time zone);", "[local]"),
    "clause": ("select image_id from image_demo1 for update wait 5;", "[wait]"),
    "clause made of known words": ("select image_id from image_demo1 fetch first 5 rows with ties;", "[ties]"),
    "clause of a known function": (
        "select listagg(image_id, ',' on overflow error) within group (order by image_id) from image_demo1;",
        "[overflow]",
    ),
    "kind of join": ("select a.image_id from image_demo1 a natural join image_demo1 b;", "[natural]"),
    "statement": ("truncate table image_demo1;", "[truncate]"),
    "statement of PL/SQL": (_UNIT.format("    forall i in 1 .. 2 delete from image_demo1;"), "[forall]"),
    "statement of PL/SQL in front of a name": (_UNIT.format("    goto made_up_step;"), "[goto]"),
    "object": ("create materialized view made_up as select image_id from image_demo1;", "[view]"),
    "option of a view": ("create or replace force view made_up as select image_id from image_demo1;", "[force]"),
    "option of a vector index": (
        "create vector index made_up on image_demo1 (embedding) organization neighbor partitions distance manhattan;",
        "[manhattan]",
    ),
    "order of the clauses": (
        "create vector index made_up on image_demo1 (embedding) organization neighbor partitions parallel 2"
        " distance cosine with target accuracy 95;",
        "[organization]",
    ),
    "hint": ("select /*+ leading(a) */ a.image_id from image_demo1 a;", "hint leading"),
    "hint beside a known one": ("select /*+ use_hash(a b) parallel(4) */ 1 from image_demo1 a;", "hint parallel"),
    "hint of one line": ("select --+ full(a)\n  a.image_id from image_demo1 a;", "hint full"),
    "pragma": (_UNIT.replace("l_made_up number;", "pragma autonomous_transaction;").format("    null;"), "[pragma]"),
    "dictionary view": ("select count(*) from all_constraints;", "[all_constraints]"),
    "column of a known dictionary view": ("select index_name, visibility from user_indexes;", "[visibility]"),
    "column of a dictionary view beside another": (
        "select segment_space_management from user_indexes;",
        "[segment_space_management]",
    ),
    "condition": ("select 1 from image_demo1 where metadata is json;", "[is]"),
    "condition in PL/SQL": (_UNIT.format("    if l_made_up is dangling then null; end if;"), "[is]"),
    "condition with a known word": ("select 1 from image_demo1 where image_id between 1 and 2;", "[between]"),
    "predefined exception": (
        "begin\n  null;\nexception\n  when too_many_rows then\n    null;\nend;\n/\n",
        "[too_many_rows]",
    ),
    "operator": (_UNIT.format("    l_made_up := 2 ** 3;"), "[**]"),
    "comparison": ("select 1 from image_demo1 where image_id != 1;", "[!=]"),
    "literal of a date": ("select date '2026-01-01' from dual;", "[date]"),
    "literal of BINARY_DOUBLE": ("select 1.5d from dual;", "[1.5d]"),
    "quoted literal": ("select q'[it's]' from dual;", "[it's]"),
    "quoted name": ('select image_id as "Id" from image_demo1;', "[Id]"),
    "dynamic SQL": (_UNIT.format("    execute immediate 'alter index image_demo1_ix ' || 'unusable';"), "[unusable]"),
    "dynamic SQL with a value in it": (
        _UNIT.format("    execute immediate 'drop table t' || l_made_up || ' force';"),
        "[force]",
    ),
    "SQL that is printed": (_UNIT.format("    dbms_output.put_line('create bitmap index ix on t (a);');"), "[bitmap]"),
    "function of SQL alone in PL/SQL": (_UNIT.format("    l_made_up := nvl2(l_made_up, 1, 2);"), "nvl2"),
    "hash in PL/SQL": (_UNIT.format("    l_made_up := standard_hash('a', 'SHA256');"), "standard_hash"),
    "aggregate in PL/SQL": (_UNIT.format("    l_made_up := max(l_made_up);"), "max"),
    "JSON_ARRAYAGG in PL/SQL": (_UNIT.format("    l_made_up := json_arrayagg(l_made_up);"), "json_arrayagg"),
    "type of PL/SQL in SQL": ("create table made_up (a pls_integer);", "pls_integer"),
}


@pytest.mark.parametrize("name", _MADE_UP)
def test_what_no_row_covers_is_reported(name: str, table: list[Row]) -> None:
    written, complaint = _MADE_UP[name]
    file = "packages/made_up.pkb" if written.startswith("create or replace package") else "views/made_up.sql"
    reported = [str(unknown) for unknown in collect({**texts_of_db(), file: written}, table, file).unknown]
    assert any(complaint in line for line in reported), reported


@pytest.mark.parametrize(
    "command", ["set echo on", "spool made_up.log", "accept name number", "whenever sqlerror continue"]
)
def test_a_command_of_sqlplus_that_no_row_covers_is_reported(command: str, table: list[Row]) -> None:
    found = collect({"made_up.sql": f"-- A script.\n{command}\nselect 1 from dual;\n"}, table)
    assert [str(unknown) for unknown in found.unknown] == [f"made_up.sql:2: {command}"]


def test_a_complaint_names_file_and_line(table: list[Row]) -> None:
    written = "-- A view.\ncreate or replace view made_up as\nselect soundex(1) as a\n  from dual;\n"
    assert [str(unknown) for unknown in collect({"views/made_up.sql": written}, table).unknown] == [
        "views/made_up.sql:3: made_up as select [soundex] ( 1 )"
    ]


def test_names_of_the_project_need_no_row(table: list[Row]) -> None:
    written = (
        "create or replace package body made_up as\n\n  co_limit constant pls_integer := 3;\n\n"
        "  function twice(p_soundex in number) return number is\n    l_rowid number := p_soundex;\n  begin\n"
        "    for r_row in (\n      with sample as (\n        select a.image_id as wait from image_demo1 a\n      )\n"
        "      select s.wait from sample s where s.wait > co_limit order by s.wait\n    ) loop\n"
        "      l_rowid := l_rowid + r_row.wait;\n    end loop;\n"
        "    return l_rowid;\n  end twice;\n\nend made_up;\n/\n"
    )
    file = "packages/made_up.pkb"
    assert [str(unknown) for unknown in collect({**texts_of_db(), file: written}, table, file).unknown] == []


def test_a_use_that_is_gone_is_noticed(table: list[Row]) -> None:
    texts = {file: text.replace("median(", "max(") for file, text in texts_of_db().items()}
    row = next(row for row in table if row.construct == "`median(…)`")
    assert row.line not in {use.row for use in collect(texts, table).uses}


def test_a_row_without_all_its_cells_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ORACLE\.md:4: 6 cells in place of 7"):
        rows("## Functions\n\n| head |\n| `abs(…)` | both | | SQLRF | 11.2 | engine |\n")
