"""What is fetched, bound and printed, through the driver's own encoders."""

from __future__ import annotations

import io
import json
import struct
from array import array
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.client import Client
from loader.database import Json
from loader.database.oracle import OracleDatabase
from loader.database.oracle_values import json_text, shown
from loader.json_limits import refusal
from tests.oracle import wire
from tests.oracle.engines import Script, signatures, table
from tests.oracle.server import Answer, Rows, Server
from tests.oracle.wire import Column, Raw, RefCursor

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
numbers = st.integers(-(10**38), 10**38) | st.decimals(
    -(10**20), 10**20, allow_nan=False, allow_infinity=False, places=18
)
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


def exact(text: str) -> Any:
    """JSON with numbers that compare by their value."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


@given(document=documents)
def test_json_comes_back_with_every_digit(document: Any) -> None:
    text = json_text(document)
    assert exact(json_text(wire.from_oson(wire.oson(exact(text))))) == exact(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("5"), "5"),
        (Decimal("5.0"), "5"),
        (Decimal(2**53 + 1), "9007199254740993"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-12.50"), "-12.5"),
        (Decimal("12345678901234567890123456789012345678"), "12345678901234567890123456789012345678"),
        (datetime(2026, 1, 2, 3, 4, 5), '"2026-01-02T03:04:05"'),
        (date(2026, 1, 2), '"2026-01-02T00:00:00"'),
        (timedelta(days=1, seconds=2, microseconds=500_000), '"P1DT0H0M2.5S"'),
        (b"\x01\xff", '"01FF"'),
        (array("f", [1, 2.5]), "[1.0,2.5]"),
        (None, "null"),
    ],
)
def test_scalars_of_json(value: Any, text: str) -> None:
    assert json_text(wire.from_oson(wire.oson(value))) == text


@given(
    digits=st.integers(1, 10**44),
    exponent=st.integers(-180, 140),
    negative=st.booleans(),
)
def test_what_the_limits_let_through_the_driver_keeps(digits: int, exponent: int, negative: bool) -> None:
    text = f"{'-' if negative else ''}{digits}e{exponent}"
    if refusal(text) is None:
        assert wire.number(wire.number_bytes(Decimal(text))) == Decimal(text)


def test_results_of_functions(oracle: OracleDatabase, script: Script) -> None:
    script.on("all_arguments", lambda _: signatures(("f", 0, None, "JSON"), ("n", 0, None, "NUMBER")))
    for value, expected in [({"a": Decimal("0.10")}, '{"a":0.1}'), (None, None), ("null", '"null"')]:
        script.on("img_test.f", Answer(out={"result": value}))
        assert oracle.value("img_test.f") == expected
    for number in (2**53 + 1, Decimal("0.1"), None):
        script.on("img_test.n", Answer(out={"result": number}))
        found = oracle.value("img_test.n")
        assert found == number
        assert isinstance(found, int) == isinstance(number, int)


@pytest.mark.parametrize("size", [10, 20_000, 40_000, 200_000])
def test_json_is_bound_as_its_own_text(server: Server, oracle: OracleDatabase, script: Script, size: int) -> None:
    text = f'{{"양": 5.0, "n": 0.10, "id": {2**53 + 1}, "s": "{"한" * (size // 3)}"}}'
    script.on("all_arguments", lambda _: signatures(("p", 1, "p_doc", "JSON"), ("f", 0, None, "NUMBER")))
    oracle.call("img_test.p", p_doc=Json(text))
    ((block, rows),) = [statement for statement in server.statements if "img_test.p" in statement[0]]
    assert rows == [{"p_doc": text}]
    assert "select json(t_p_doc) into j_p_doc from dual; img_test.p(p_doc => j_p_doc)" in block


def test_vectors_are_bound_as_float32(server: Server, oracle: OracleDatabase) -> None:
    oracle.call("img_test.p", p_vector=np.arange(3, dtype=np.float64) / 3)
    (row,) = server.statements[-1][1]
    assert row["p_vector"].typecode == "f"
    assert np.array_equal(row["p_vector"], (np.arange(3) / 3).astype(np.float32))


@pytest.mark.parametrize("code", ["f", "d", "b", "B"])
def test_vectors_of_every_format_are_read(oracle: OracleDatabase, script: Script, code: str) -> None:
    vector = array(code, [1, 2, 3, 4])
    script.on("from v", lambda _: table([Column(wire.VECTOR, "V")], [vector], [None]))
    rows = list(oracle.execute("select v from v").rows)
    assert rows == [(vector,), (None,)]
    assert np.asarray(rows[0][0], np.float32).tolist() == [1, 2, 3, 4]


SPARSE = struct.pack(">BBHBI", 0xDB, 2, 0x32, 2, 10) + bytes(8) + struct.pack(">HII", 2, 1, 7)
SPARSE += bytes.fromhex("bf800000c0000000")
CELLS: dict[str, tuple[Column, Any, str]] = {
    "number": (Column(wire.NUMBER, size=22), Decimal("1234567890123456789012345678901234.5"), None),  # type: ignore[dict-item]
    "clob": (Column(wire.CLOB), "한글\nzwei", "한글 zwei"),
    "nclob": (Column(wire.CLOB, charset_form=2), "한글", "한글"),
    "blob": (Column(wire.BLOB), b"\x00\xffa", "00FF61"),
    "raw": (Column(wire.RAW), b"\x0a\xff", "0AFF"),
    "day to second": (Column(wire.INTERVAL_DS, size=11), timedelta(1, 7384, 5), "+01 02:03:04.000005"),
    "below zero": (Column(wire.INTERVAL_DS, size=11), -timedelta(0, 60), "-00 00:01:00.000000"),
    "year to month": (Column(wire.INTERVAL_YM, size=5), Raw(struct.pack(">IB", 2**31 + 1, 62)), "+01-02"),
    "date": (Column(wire.DATE, size=7), datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
    "timestamp": (Column(wire.TIMESTAMP, size=11), datetime(2026, 1, 2, 3, 4, 5, 6), "2026-01-02 03:04:05.000006"),
    "boolean": (Column(wire.BOOLEAN, size=4), True, "TRUE"),
    "double": (Column(wire.BINARY_DOUBLE, size=8), 0.1, "0.1"),
    "json": (Column(wire.JSON), {"a": [1, Decimal("2.5"), None, {"d": date(2026, 1, 2)}]}, None),  # type: ignore[dict-item]
    "float32": (Column(wire.VECTOR), array("f", [1, 0.5]), "[1,0.5]"),
    "int8": (Column(wire.VECTOR), array("b", [1, -5]), "[1,-5]"),
    "binary": (Column(wire.VECTOR), array("B", [255]), "[255]"),
    "sparse": (Column(wire.VECTOR), Raw(SPARSE), "[10,[1,7],[1.0,2.0]]"),
    "null": (Column(wire.VARCHAR), None, ""),
}


@pytest.mark.parametrize("name", list(CELLS))
def test_the_client_prints_each_type_as_text(oracle: OracleDatabase, script: Script, name: str) -> None:
    column, value, text = CELLS[name]
    if text is None:
        text = {
            "number": "1234567890123456789012345678901234.5",
            "json": '{"a":[1,2.5,null,{"d":"2026-01-02T00:00:00"}]}',
        }[name]
    script.on("from t", lambda _: table([Column(column.kind, "C", column.size, column.charset_form)], [value]))
    out, errors = io.StringIO(), io.StringIO()
    client = Client(oracle, out, errors)
    client.settings.serveroutput = False
    client.run("select c from t;")
    assert errors.getvalue() == ""
    assert out.getvalue().splitlines()[2].strip() == text


def test_a_cursor_in_a_row_is_printed_with_its_rows(oracle: OracleDatabase, script: Script) -> None:
    def answer(_: object) -> Answer:
        inner = Rows([Column(wire.NUMBER, "A", 22), Column(wire.VARCHAR, "B")], iter([[1, "o'x"], [2, None]]))
        return table([Column(wire.CURSOR, "C", 4)], [RefCursor(inner)])

    script.on("from t", answer)
    assert list(oracle.execute("select cursor(select 1 from u) c from t").rows) == [("{<1,'o''x'>,<2,NULL>}",)]


def test_a_value_that_is_no_object_is_shown_as_it_is() -> None:
    assert [shown(value) for value in (None, 1, "x", b"y", Decimal("1.5"))] == [None, 1, "x", b"y", Decimal("1.5")]


def test_output_is_read_in_pieces_and_enabled_once(server: Server, oracle: OracleDatabase, script: Script) -> None:
    waiting = [f"line {number}" for number in range(250)]

    def get_lines(binds: dict[str, Any]) -> Answer:
        count = int(binds["2"])
        lines, waiting[:] = waiting[:count], waiting[count:]
        return Answer(out={"1": lines, "2": len(lines)})

    script.on("get_lines", get_lines)
    printed: list[str] = []
    oracle.execute("begin noisy; end;", output=printed.append)
    assert printed == [f"line {number}" for number in range(250)]
    server.forget()
    oracle.execute("begin quiet; end;", output=printed.append)
    assert server.round_trips() == 2
    server.forget()
    oracle.execute("begin silent; end;")
    assert server.round_trips() == 1
    assert all(len(rows[0]["1"]) == 0 for text, rows in server.statements if "get_lines" in text)
