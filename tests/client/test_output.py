"""What a result looks like: tables, CSV, JSON, the options of SET, and the spool file."""

from __future__ import annotations

import csv
import io
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.client import Client
from loader.client.formats import csv_lines, json_lines
from loader.client.tables import Style, cut, laid_out, width_of
from loader.client.values import text_of
from loader.database import Result
from tests.client.conftest import Shell

LONG = "select rpad('x', 300, 'x') as t, 1 as n from dual;"


class Screen(io.StringIO):
    """A stream that says it is a terminal; its width is that of the environment's COLUMNS."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(client: Client, monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Screen()
    client.output.out = screen
    return screen


def test_a_value_is_cut_to_the_terminal_and_nowhere_else(
    client: Client, screen: Screen, shell: Shell, tmp_path: Path
) -> None:
    client.output.out = screen
    client.run(f"spool {tmp_path}/x\n{LONG}\nspool off\n")
    assert max(map(width_of, screen.getvalue().splitlines())) == 40
    assert "x" * 36 + "…  1" in screen.getvalue()
    assert "x" * 300 + "  1" in (tmp_path / "x.lst").read_text()
    assert "x" * 300 + "  1" in shell(LONG)[0]


def test_a_row_that_is_longer_than_linesize_takes_several_lines(shell: Shell) -> None:
    out, _ = shell("set linesize 10\nselect 'abcdef' as a, 'ghijkl' as b, 1 as c from dual;")
    assert out.splitlines()[:6] == ["A", "------", "B       C", "------  -", "abcdef", "ghijkl  1"]


def test_linesize_is_kept_on_a_terminal(client: Client, screen: Screen) -> None:
    client.run(f"set linesize 20\n{LONG}")
    assert "x" * 16 + "…  1" in screen.getvalue()


def test_control_characters_are_escaped_on_a_terminal(client: Client, screen: Screen) -> None:
    client.run("select chr(27) || '[31m' as x from dual;\nset sqlformat csv\nselect chr(27) as x from dual;")
    assert "\x1b" not in screen.getvalue()
    assert r"\x1b[31m" in screen.getvalue()


@given(st.text(), st.integers(1, 30))
def test_a_cut_text_fits(text: str, places: int) -> None:
    line = text_of(text).replace("\n", " ")
    if width_of(line) >= 0 and line.isprintable():
        assert width_of(cut(line, places)) <= max(places, 1)


@given(
    st.lists(
        st.lists(st.sampled_from(["", "탱크", "valve", "x" * 90]), min_size=3, max_size=3), min_size=1, max_size=4
    ),
    st.integers(1, 60),
)
def test_no_line_is_longer_than_the_terminal(rows: list[list[str]], width: int) -> None:
    lines = list(laid_out(["A", "B", "C"], [], rows, Style(width=width, cut=True)))
    assert max(map(width_of, lines)) <= width


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (Decimal("0.50"), ".5"),
        (Decimal("-0.5"), "-.5"),
        (Decimal("1E+2"), "100"),
        (12345678901234567890, "12345678901234567890"),
        (0.1, "0.1"),
        (float("nan"), "Nan"),
        (float("-inf"), "-Inf"),
        (b"\x01\xab", "01AB"),
    ],
)
def test_a_value_as_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_csv_and_json_hold_whole_values(shell: Shell) -> None:
    query = (
        "select 'a\"b\n,' as t, null as z, 0.5 as n, to_vector('[1,0.1]') as v, json('{\"a\":1}') as j,"
        " rpad('x', 300, 'x') as l from dual;"
    )
    out, errors = shell(f"set sqlformat csv\n{query}")
    assert errors == ""
    header, row = csv.reader(io.StringIO(out))
    assert header == ["T", "Z", "N", "V", "J", "L"]
    assert row[:4] == ['a"b\n,', "", ".5", "[1,0.1]"]
    assert row[5] == "x" * 300
    (found,) = json.loads(shell(f"set sqlformat json\n{query}")[0])["results"]
    assert [column["name"] for column in found["columns"]] == header
    assert [column["type"] for column in found["columns"]][2:5] == ["NUMBER", "VECTOR", "JSON"]
    (item,) = found["items"]
    assert (item["t"], item["z"], item["n"], item["v"], item["l"]) == ('a"b\n,', None, 0.5, [1, 0.1], "x" * 300)


@given(st.lists(st.tuples(st.one_of(st.none(), st.text(), st.integers()), st.text()), max_size=5))
def test_csv_and_json_read_back_the_same(rows: list[tuple[object, str]]) -> None:
    def result() -> Result:
        return Result(columns=["A", "b"], types=["VARCHAR2", "VARCHAR2"], rows=iter(rows))

    text = "\n".join(json_lines(result()))
    assert [(item["a"], item["b"]) for item in json.loads(text)["results"][0]["items"]] == rows
    lines = "".join(line + "\r\n" for line in csv_lines(result()))
    if "\0" not in lines:
        read = list(csv.reader(io.StringIO(lines, newline="")))
        assert read == [["A", "b"], *(["" if a is None else str(a), b] for a, b in rows)]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("heading off", "1\n2\n\n2 rows selected.\n"),
        ("pagesize 0", "1\n2\n\n2 rows selected.\n"),
        ("feedback off", "N\n-\n1\n2\n"),
        ("feedback 3", "N\n-\n1\n2\n"),
        ("feedback 2", "N\n-\n1\n2\n\n2 rows selected.\n"),
        ("pagesize 4 feedback off", "N\n-\n1\n\nN\n-\n2\n"),
        ("head off feed off", "1\n2\n"),
        ("sqlformat csv", '"N"\n1\n2\n'),
        ("sqlformat csv heading off", "1\n2\n"),
    ],
)
def test_the_options_of_set(shell: Shell, options: str, shown: str) -> None:
    assert shell(f"set {options}\nselect 1 as n from dual union all select 2 from dual order by 1;") == (shown, "")


def test_null_is_shown_as_set_null_says(shell: Shell) -> None:
    assert "(null)" in shell("set null '(null)'\nselect null as n from dual;")[0]


def test_feedback_off_silences_what_was_done(shell: Shell) -> None:
    assert shell("set feedback off\nbegin null; end;\n/") == ("", "")


def test_timing_tells_the_time(shell: Shell) -> None:
    assert "\nElapsed: 00:00:0" in shell("set timing on\nselect 1 as n from dual;")[0]


def test_echo_and_termout(shell: Shell, tmp_path: Path) -> None:
    assert shell("set echo on\nprompt x")[0] == "SQL> prompt x\nx\n"
    out, _ = shell(
        f"set echo off termout off\nspool {tmp_path}/y.txt\nprompt hidden\nspool off\nset termout on\nprompt z"
    )
    assert out == "SQL> set echo off termout off\nz\n"
    assert (tmp_path / "y.txt").read_text() == "hidden\n"


def test_show_tells_what_is_set(shell: Shell) -> None:
    out, errors = shell("show linesize\nset lin 100 pages 20 timi on feed off\nshow linesize\nshow timing\nshow all")
    assert errors == ""
    assert out.startswith("linesize as wide as the terminal\nlinesize 100\ntiming ON\n")
    assert "feedback OFF\n" in out
    assert "pagesize 20\n" in out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("set", "SP2-0281: SET missing set option"),
        ("set nothing on", 'SP2-0158: unknown SET option "nothing"'),
        ("set timing", "SP2-0265: timing must be set ON or OFF"),
        ("set linesize 0", "SP2-0267: linesize option 0 out of range (1 through 32767)"),
        ("set linesize x", "SP2-0268: linesize option not a valid number"),
        ("set linesize " + "9" * 5000, "SP2-0268"),
        ("set feedback maybe", "SP2-0268: feedback option not a valid number, ON or OFF"),
        ("set define x", "SP2-0272"),
        ("set sqlformat xml", "SQLFORMAT xml is not available: DEFAULT, CSV, JSON"),
        ("set wrap off", "SET WRAP takes ON alone here"),
        ("show nothing", 'SP2-0158: unknown SHOW option "nothing"'),
        ("show", "SP2-0158"),
    ],
)
def test_a_wrong_option_is_refused(shell: Shell, line: str, message: str) -> None:
    out, errors = shell(f"{line}\nprompt x")
    assert errors.startswith("ERROR line 1: ")
    assert message in errors
    assert out == "x\n"


def test_spool_appends_replaces_and_creates(shell: Shell, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "s.lst"
    shell(f"spool {path}\nprompt one\nspool off\nspool {path} append\nprompt two\n")
    assert path.read_text() == "one\ntwo\n"
    assert "SP2-0606: Cannot create SPOOL file" in shell(f"spool {path} create")[1]
    shell(f"spool {path} replace\nselect x from dual;")
    assert path.read_text().startswith("ERROR line 2, column 8: ORA-00904")
    client.run(f"whenever oserror exit 9\nspool {os.devnull}/x")
    assert client.status == 9
