"""What PL/SQL raises when it runs has Oracle's number and the line of the statement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loader.database import Database, DatabaseError, connect

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture(scope="module")
def database(settings: object) -> Iterator[Database]:
    with connect(settings) as found:  # type: ignore[arg-type]
        found.execute(
            "create package unfinished as procedure go(p in number default 1); function f return number; end;"
        )
        found.commit()
        yield found
        found.rollback()
        found.execute("drop package unfinished")
        found.commit()


ARRAY = (
    "declare\n  type t_list is table of number index by pls_integer;\n  l t_list;\n  n number not null := 1;\nbegin\n"
)


@pytest.mark.parametrize(
    ("block", "code", "line"),
    [
        ("declare\n  e exception;\nbegin\n  raise e;\nend;", 6510, 4),
        ("begin\n  case 1 when 2 then null; end case;\nend;", 6592, 2),
        (f"{ARRAY}  n := l(7);\nend;", 1403, 6),
        (f"{ARRAY}  for i in l.first .. l.last loop null; end loop;\nend;", 6502, 6),
        (f"{ARRAY}  l(1) := null;\n  n := l(1);\nend;", 6502, 7),
        ("declare\n  cursor c is select 1 as a from dual;\nbegin\n  close c;\nend;", 1001, 4),
        ("declare\n  cursor c is select 1 as a from dual;\nbegin\n  open c;\n  open c;\nend;", 6511, 5),
        ("begin\n  null;\n  unfinished.go;\nend;", 4067, 3),
    ],
)
def test_an_error_has_its_number_and_line(block: str, code: int, line: int, database: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        database.execute(block)
    database.rollback()
    assert (caught.value.code, caught.value.line) == (code, line)
    assert caught.value.message.startswith("ORA-")


@pytest.mark.parametrize(
    "text", ["begin unfinished.go; end;", "begin unfinished.go(2); end;", "select unfinished.f from dual"]
)
def test_a_package_without_a_body_is_named(text: str, database: Database) -> None:
    with pytest.raises(DatabaseError, match='ORA-04067: not executed, package body "UNFINISHED" does not exist'):
        list(database.execute(text).rows)
    database.rollback()
