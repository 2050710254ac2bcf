"""The programs of db/ have no complaint: what is installed on Oracle is not refused here."""

from __future__ import annotations

from tests.engine.check.programs import install


def test_nothing_in_db_is_complained_of() -> None:
    assert [f"{path.name}:{c.place.line}:{c.place.column}: {c.message}" for path, c in install()] == []
