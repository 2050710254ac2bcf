"""What the functions of JSON refuse has Oracle's number (Database Error Messages)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loader.database import Database, DatabaseError, connect

pytestmark = pytest.mark.usefixtures("embedded_only")

DOCUMENT = """'{"a":"long text","b":[1,2],"n":1}'"""


@pytest.fixture(scope="module")
def database(settings: object) -> Iterator[Database]:
    with connect(settings) as found:  # type: ignore[arg-type]
        found.execute("create table json_case (id number, doc json, txt varchar2(100 char), v vector(2, float32))")
        found.execute(f"insert into json_case values (1, {DOCUMENT}, 'none', '[1, 2]')")
        found.commit()
        yield found
        found.rollback()
        found.execute("drop table json_case")
        found.commit()


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("json_value(doc, '$.b[')", 40442),
        ("json_value(doc, 'b')", 40442),
        ("json_value(txt, '$.a' error on error)", 40441),
        ("json_query('{bad', '$' error on error)", 40441),
        ("json('{bad')", 40441),
        ("json_serialize(txt)", 40441),
        ("json_value(doc, '$.none' error on error)", 40462),
        ("json_value(doc, '$.none' error on empty)", 40462),
        ("json_value(doc, '$.b' error on error)", 40456),
        ("json_value(doc, '$.b[*]' error on error)", 40470),
        ("json_query(doc, '$.b[*]' error on error)", 40480),
        ("json_value(doc, '$.a' returning number error on error)", 1722),
        ("json_value(doc, '$.a' returning varchar2(3 char) error on error)", 40478),
        ("json_query(doc, '$.b' returning varchar2(3) error on error)", 40478),
        ("json_serialize(doc returning varchar2(3))", 40478),
        ("json_object('a' value 1, 'a' value 2 with unique keys)", 40473),
        ("json_object(nullif(txt, 'none') value 1)", 40595),
        ("json_transform(doc, set '$' = 1)", 40810),
        ("json_transform(doc, insert '$.n' = 1)", 40763),
        ("json_transform(doc, remove '$.x' error on missing)", 40762),
        ("json_transform(doc, rename '$.x' = 'y' error on missing)", 40762),
        ("json_transform(doc, append '$.x' = 1)", 40762),
        ("json_transform(doc, append '$.n' = 1)", 40766),
        ("json_transform(doc, set '$.n' = null error on null)", 40803),
        ("json_transform(doc, set '$.n' = 1 remove on existing)", 40764),
        ("json_transform(doc, remove '$.n' create on missing)", 40765),
        ("json_transform(doc, append '$.n' = 1 create on mismatch)", 40100),
        ("json_transform(doc, append '$.n' = 1 remove on null)", 40791),
        ("t.id.a", 904),
        ("t.v.a.b", 904),
    ],
)
def test_a_function_of_json_fails_with_its_number(expression: str, code: int, database: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        list(database.execute(f"select {expression} from json_case t").rows)
    database.rollback()
    assert caught.value.code == code
    assert f"ORA-{code:05d}" in caught.value.message


@pytest.mark.parametrize(
    "expression",
    [
        "t.txt.a",
        "t.doc.a.upper()",
        "t.doc.b[id]",
        "json_value(doc, '$.a?(@ == $x)')",
        "json_transform(doc, set '$.b[*]?(@ == 1)' = 1)",
        "json_transform(doc, append '$.b' = json_array(1))",
        "json_object('v' value v)",
        "json_object(*)",
        "json_query(doc, '$.a' omit quotes)",
        "json_value(doc, '$.a' returning varchar2(3) truncate)",
    ],
)
def test_what_is_not_run_is_refused_by_its_name(expression: str, database: Database) -> None:
    with pytest.raises(DatabaseError, match="the embedded engine does not run"):
        list(database.execute(f"select {expression} from json_case t").rows)
    database.rollback()


def test_json_table_of_a_text_that_is_no_json_has_no_rows(database: Database) -> None:
    rows = list(database.execute("select j.a from json_case t, json_table(t.txt, '$' columns (a)) j").rows)
    assert rows == []


def test_a_wrapper_stands_at_columns_of_json_alone(database: Database) -> None:
    with pytest.raises(DatabaseError, match="ORA-40486"):
        database.execute("select 1 from json_case, json_table(doc, '$' columns (a number with wrapper path '$.a'))")
    database.rollback()


def test_json_has_no_blanks_and_strings_keep_theirs(database: Database) -> None:
    text = r'{"a b":"x : \" , 1.50 ","n":[1.50,2.0,0.10,-3.000,10.0]}'
    wanted = r'{"n":[1.5,2,0.1,-3,10],"a b":"x : \" , 1.50 "}'
    rows = list(database.execute(f"select json('{text}'), json_serialize(json('{text}')) from dual").rows)
    assert rows == [(wanted, wanted)]
