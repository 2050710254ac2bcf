"""Stored units on Oracle Database that do not compile, and DDL that waits: what the session asks and says."""

from __future__ import annotations

from typing import Any

import pytest

from engine.script import unit_of
from loader.config import OracleSettings
from loader.database import oracle
from loader.database.base import Invalid
from loader.database.oracle import OracleDatabase


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("create or replace package pk authid definer as end;", ("PACKAGE", "PK")),
        ("create or replace package body img_store as\nend;", ("PACKAGE BODY", "IMG_STORE")),
        ("CREATE PROCEDURE images.p IS BEGIN NULL; END;", ("PROCEDURE", "P")),
        ('create function if not exists "Mixed" return number is begin return 1; end;', ("FUNCTION", "Mixed")),
        ("create or replace editionable type body t as end;", ("TYPE BODY", "T")),
        ("create or replace force view v as select 1 as a from dual", ("VIEW", "V")),
        ("create or replace trigger tr before insert on t begin null; end;", ("TRIGGER", "TR")),
        ("create table t (a number)", ("", "")),
    ],
)
def test_the_unit_that_a_statement_creates(text: str, unit: tuple[str, str]) -> None:
    assert unit_of(text) == unit


class Cursor:
    """A cursor as the driver has it: `warning` is set after CREATE succeeded with compilation errors (cursor.py)."""

    description = None
    rowcount = 0

    def __init__(self, session: Session) -> None:
        self.session = session
        self.warning: Exception | None = None
        self.rows: list[tuple[Any, ...]] = []

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, text: str, parameters: dict[str, Any] | None = None) -> None:
        self.session.ran.append((text, parameters or {}))
        if text.startswith("create") and "nothing" in text:
            self.warning = Exception("DPY-7000: creation succeeded with compilation errors")
        if "all_errors" in text:
            unit = ("PACKAGE BODY", "PK")
            errors = [(2, 5, "PLS-00201: identifier 'NOTHING' must be declared\n"), (1, 1, "PL/SQL: ignored")]
            self.rows = [(*unit, *error) for error in errors]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows


class Session:
    version = "23.9.0.25.7"

    def __init__(self) -> None:
        self.ran: list[tuple[str, dict[str, Any]]] = []

    def cursor(self) -> Cursor:
        return Cursor(self)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    session = Session()
    monkeypatch.setattr(oracle, "open_session", lambda _: session)
    return session


OWNER = OracleSettings("images", "s3cret-word", "images/s3cret-word@//host/service")


def test_a_unit_with_compilation_errors_comes_with_its_lines_in_the_file(session: Session) -> None:
    database = OracleDatabase(OWNER)
    text = "create or replace package body pk as\n  x nothing;\nend;"
    result = database.execute(text, source="packages/pk.pkb", line=11)
    errors = (
        "line 12, column 5: PLS-00201: identifier 'NOTHING' must be declared",
        "line 11, column 1: PL/SQL: ignored",
    )
    assert result.invalid == Invalid("PK", "PACKAGE BODY", errors)
    assert session.ran[-1][1] == {"owner": "IMAGES", "name": "PK", "kind": "PACKAGE BODY"}
    assert database.execute("create or replace package pk as\nend;").invalid is None


def test_ddl_waits_while_it_is_told_to_and_not_after_a_failure(session: Session) -> None:
    database = OracleDatabase(OWNER)
    with pytest.raises(KeyboardInterrupt), database.waiting_for_locks(2.4e9):
        raise KeyboardInterrupt
    assert [text for text, _ in session.ran] == [
        "alter session set ddl_lock_timeout = 1000000",
        "alter session set ddl_lock_timeout = 0",
    ]


def test_a_session_says_whose_schema_it_uses_and_no_password(session: Session) -> None:
    owner = OracleDatabase(OWNER)
    assert owner.owns_schema
    assert owner.description == "Oracle Database 23.9.0.25.7 at //host/service as IMAGES"
    reader = OracleDatabase(OracleSettings("reader", "s3cret-word", "//host/service", schema="images"))
    assert not reader.owns_schema
    assert reader.description.endswith("as READER, in the schema IMAGES")
    assert reader.describe("image_demo1") is None
    assert session.ran[-1][1]["owner"] == "IMAGES"
