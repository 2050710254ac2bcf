"""Whatever the driver raises is a DatabaseError with Oracle's number and place, and a failed call is undone."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from loader.config import OracleSettings
from loader.database import DatabaseError, LostConnectionError
from loader.database.oracle import OracleDatabase
from tests.oracle import wire
from tests.oracle.conftest import session
from tests.oracle.engines import Script, signatures, table
from tests.oracle.server import Answer, CutOff, Server, ServerError
from tests.oracle.wire import Column, Raw, RefCursor

NUMBER = Column(wire.NUMBER, "N", 22)
NO_ROLLBACK_SEGMENT = ServerError(1555, "ORA-01555: snapshot too old")


def test_errors_while_rows_are_fetched(oracle: OracleDatabase, script: Script) -> None:
    script.on("from t", lambda _: table([NUMBER], *([n] for n in range(1500)), then=NO_ROLLBACK_SEGMENT))
    rows = oracle.execute("select n from t").rows
    assert next(rows) == (0,)
    with pytest.raises(DatabaseError, match=r"^ORA-01555: snapshot too old$") as caught:
        list(rows)
    assert caught.value.code == 1555


@pytest.mark.parametrize("count", [None, 5])
def test_errors_while_a_cursor_is_fetched(oracle: OracleDatabase, script: Script, count: int | None) -> None:
    def cursor(_: object) -> Answer:
        rows = table([NUMBER], [1], then=NO_ROLLBACK_SEGMENT).rows
        return Answer(out={"result": RefCursor(rows)})

    script.on("all_arguments", lambda _: signatures(("some", 0, None, "REF CURSOR"))).on("img_test.some", cursor)
    with pytest.raises(DatabaseError, match="ORA-01555"):
        list(oracle.rows("img_test.some")) if count is None else oracle.some_rows(count, "img_test.some")


@pytest.mark.parametrize(
    ("message", "text", "place", "left"),
    [
        ("ORA-06550: line 2, column 7:\nPLS-00201: identifier 'X' must be declared", "begin\n  x; end;", (11, 7), 0),
        ("ORA-06550: 줄 2, 열7:PLS-00201: 'X' 식별자가 정의되어야 합니다", "begin\n  x; end;", (11, 7), 0),
        ('ORA-20104: no\nORA-06512: at "ME.IMG_ERROR", line 9\nORA-06512: at line 2', "begin x; end;", (9, None), 1),
        ('ORA-20104: no\nORA-06512: "ME.IMG_ERROR",  9행\nORA-06512:  2행', "begin x; end;", (9, None), 1),
        ("ORA-01476: divisor\nORA-06512: at line 2", "begin\n x; end;", (11, None), 0),
    ],
)
def test_places_in_blocks(
    oracle: OracleDatabase, script: Script, message: str, text: str, place: tuple[int, int | None], left: int
) -> None:
    code = int(message[4:9])
    script.on("x", ServerError(code, message))
    with pytest.raises(DatabaseError) as caught:
        oracle.execute(text, source="a.sql", line=10)
    error = caught.value
    assert (error.line, error.column) == place
    assert error.code == code
    assert len(error.trace) == left
    assert error.source == ("IMG_ERROR" if left else "a.sql")
    assert "ORA-06512" not in error.report()
    assert "Help:" not in error.report()


def test_the_parse_offset_counts_bytes(oracle: OracleDatabase, script: Script) -> None:
    text = "select '양품'\n  from nowhere"
    offset = len(text[: text.index("nowhere")].encode())
    script.on("nowhere", ServerError(942, "ORA-00942: table or view does not exist", offset))
    with pytest.raises(DatabaseError, match=r"^ORA-00942: table or view does not exist$") as caught:
        oracle.execute(text, line=5)
    assert (caught.value.line, caught.value.column) == (6, 8)
    with pytest.raises(DatabaseError) as caught:
        oracle.execute(f"select {'1 + ' * 10_000} 1\n from nowhere")
    assert caught.value.line is None


def test_a_named_time_zone_is_an_error_and_not_the_end(oracle: OracleDatabase, script: Script) -> None:
    named = wire.timestamp_bytes(datetime(2026, 1, 2)) + b"\x91\x04"
    script.on("zones", lambda _: table([Column(wire.TIMESTAMP_TZ, "T", 13)], [Raw(named)]))
    script.on("fine", lambda _: table([NUMBER], [1]))
    with pytest.raises(DatabaseError, match="DPY-3022"):
        list(oracle.execute("select t from zones").rows)
    assert list(oracle.execute("select n from fine").rows) == [(1,)]


def test_a_year_before_christ_is_an_error(oracle: OracleDatabase, script: Script) -> None:
    script.on("dates", lambda _: table([Column(wire.DATE, "D", 7)], [Raw(bytes([53, 88, 1, 1, 1, 1, 1]))]))
    with pytest.raises(DatabaseError, match="year"):
        list(oracle.execute("select d from dates").rows)


@pytest.mark.parametrize("text", ["select '\ud800' from dual", "select :x from dual"])
def test_what_the_driver_refuses_to_send(oracle: OracleDatabase, text: str) -> None:
    with pytest.raises(DatabaseError):
        oracle.execute(text)
    with pytest.raises(DatabaseError):
        oracle.call("img_test.p", p_name="\ud800")
    with pytest.raises(DatabaseError, match="DPY-"):
        oracle.call("img_test.p", p_number=10**200)


@pytest.mark.parametrize("action", ["commit", "rollback", "describe", "recompile", "call_many", "value"])
def test_a_lost_connection_is_one_clear_line(
    server: Server, oracle: OracleDatabase, script: Script, action: str
) -> None:
    script.on("img_test|all_tab_cols|all_objects", CutOff()).on(
        "all_arg", lambda _: signatures(("f", 0, None, "NUMBER"))
    )
    arguments: dict[str, list[object]] = {
        "describe": ["img_t"],
        "call_many": ["img_test.p", [{"p_a": 1}] * 3],
        "value": ["img_test.f"],
    }
    if action in ("commit", "rollback"):
        server.cut()
    with pytest.raises(LostConnectionError, match="the connection to Oracle Database was lost") as caught:
        getattr(oracle, action)(*arguments.get(action, []))
    assert "\n" not in caught.value.report()
    oracle.close()


def test_a_batch_that_fails_is_undone_alone(oracle: OracleDatabase, script: Script) -> None:
    def put(binds: dict[str, object]) -> Answer:
        if binds["p_a"] == 3:
            raise ServerError(20122, "ORA-20122: not a number\nORA-06512: at line 1")
        return Answer()

    script.on("img_test.put", put)
    oracle.call_many("img_test.put", [{"p_a": 1}])
    with pytest.raises(DatabaseError, match="ORA-20122") as caught:
        oracle.call_many("img_test.put", [{"p_a": number} for number in range(9)])
    assert caught.value.refuses_row
    assert script.done[-1] == "rollback to savepoint call_many_2"
    assert sum("img_test.put" in text for text in script.done) == 1 + 4


def test_a_batch_whose_savepoint_was_never_set(oracle: OracleDatabase, script: Script) -> None:
    script.on("img_test.nothing", ServerError(6550, "ORA-06550: line 1, column 7:\nPLS-00201: identifier"))
    script.on("rollback to", ServerError(1086, "ORA-01086: savepoint never established"))
    with pytest.raises(DatabaseError, match="PLS-00201"):
        oracle.call_many("img_test.nothing", [{"p_a": 1}])


@pytest.mark.parametrize("code", [51805, 51803, 12899, 20122])
def test_codes_that_say_this_row(oracle: OracleDatabase, script: Script, code: int) -> None:
    script.on("img_test.put", ServerError(code, f"ORA-{code}: no"))
    with pytest.raises(DatabaseError) as caught:
        oracle.call("img_test.put", p_vector=np.full(4, np.nan, np.float32))
    assert caught.value.refuses_row


def test_a_wrong_password(server: Server) -> None:
    server.password = "another"  # noqa: S105
    with pytest.raises(DatabaseError, match="ORA-01017"):
        OracleDatabase(OracleSettings("images", "wrong", server.dsn))


def test_a_routine_that_is_not_there(oracle: OracleDatabase) -> None:
    with pytest.raises(DatabaseError, match="not installed, or this user may not execute it"):
        oracle.value("img_test.nothing")


def test_only_the_product_s_own_objects_are_compiled(oracle: OracleDatabase, script: Script) -> None:
    names = [Column(wire.VARCHAR, "OBJECT_NAME"), Column(wire.VARCHAR, "OBJECT_TYPE")]
    invalid = [["IMG_STORE", "PACKAGE BODY"], ["THEIRS", "PACKAGE BODY"], ["VW_SWEEP", "VIEW"]]
    script.on("all_objects", lambda _: table(names, *invalid))
    texts = [Column(wire.VARCHAR, name) for name in ("TYPE", "NAME", "TEXT")]
    numbers = [Column(wire.NUMBER, name, 22) for name in ("LINE", "POSITION")]
    row = ["PACKAGE BODY", "IMG_STORE", 3, 4, "PLS-00201: no "]
    script.on("all_errors", lambda _: table([*texts[:2], *numbers, texts[2]], row))
    found = oracle.recompile()
    assert [item.name for item in found] == ["IMG_STORE", "VW_SWEEP"]
    assert found[0].errors == ("line 3, column 4: PLS-00201: no",)
    assert [text for text in script.done if " compile" in text] == [
        'alter package "IMG_STORE" compile body',
        'alter view "VW_SWEEP" compile',
    ]


def test_an_installation_is_noticed(oracle: OracleDatabase, script: Script) -> None:
    script.on("all_arguments", lambda _: signatures(("old", 0, None, "NUMBER"))).on(
        "img_test", Answer(out={"result": 1})
    )
    assert oracle.value("img_test.old") == 1
    script.on("all_arguments", lambda _: signatures(("f", 0, None, "NUMBER")))
    assert oracle.value("img_test.f") == 1


def test_other_sessions_use_what_the_first_one_read(server: Server, script: Script) -> None:
    script.on("all_arguments", lambda _: signatures(("f", 0, None, "NUMBER")))
    script.on("img_test.f", Answer(out={"result": 1}))
    with session(server) as first:
        assert first.value("img_test.f") == 1
        server.forget()
        with first.another() as other:
            assert other.value("img_test.f") == 1
    # The settings of the session, and the call.
    assert server.round_trips("execute") == 2
