"""RENAME of tables, constraints and indexes: what goes with the name, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loader.database import Database, DatabaseError
from loader.database.embedded import EmbeddedDatabase

Query = Callable[[str], list[tuple[Any, ...]]]

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def table(db: Database) -> Database:
    db.execute(
        "create table draft (draft_id number generated always as identity, hidden number invisible, vec vector,"
        " constraint draft_pk primary key (draft_id), constraint draft_ck check (hidden > 0))"
    )
    db.execute("create table draft_note (draft_id number, constraint draft_note_fk foreign key (draft_id)"
               " references draft (draft_id) on delete cascade)")  # fmt: skip
    db.execute("create index draft_ix on draft (hidden)")
    for n in range(1, 4):
        db.execute(f"insert into draft (hidden, vec) values ({n}, to_vector('[1, {n}]'))")
    db.execute("insert into draft_note values (1)")
    return db


def failure(db: Database, text: str) -> int | None:
    with pytest.raises(DatabaseError) as failed:
        db.execute(text)
    return failed.value.code


def test_rows_keys_numbers_and_hidden_columns_go_with_the_table(table: Database, query: Query) -> None:
    table.execute("alter table draft rename to sketch")
    assert query("select * from sketch where draft_id = 1")[0][0] == 1
    assert len(query("select * from sketch where draft_id = 1")[0]) == 2
    table.execute("insert into sketch (hidden) values (4)")
    assert query("select draft_id from sketch where hidden = 4") == [(4,)]
    assert failure(table, "insert into sketch (hidden) values (0)") == 2290
    table.execute("delete from sketch where draft_id = 1")
    assert query("select count(*) from draft_note") == [(0,)]
    assert query("select index_name from user_indexes where table_name = 'SKETCH' order by index_name") == [
        ("DRAFT_IX",),
        ("DRAFT_PK",),
    ]


def test_what_is_renamed_was_made_when_it_was_made(table: Database, query: Query) -> None:
    text = "select created from user_objects where object_name = '{}'"
    assert isinstance(table, EmbeddedDatabase)
    table.session.connection.execute("update ora.relation_time set created = created - interval '1 day'")
    made = query(text.format("DRAFT"))
    table.execute("alter table draft rename to sketch")
    assert query(text.format("SKETCH")) == made


def test_the_old_name_is_free(table: Database, query: Query) -> None:
    table.execute("alter table draft rename to sketch")
    assert failure(table, "select 1 from draft") == 942
    table.execute("create table draft (hidden number, vec vector)")
    assert query("select * from draft") == []
    table.execute("insert into draft (hidden) values (1)")
    assert query("select hidden from draft") == [(1,)]


def test_a_vector_index_goes_with_the_table_and_takes_another_name(table: Database, query: Query) -> None:
    table.execute("create vector index draft_vx on draft (vec) organization neighbor partitions")
    table.execute("alter table draft rename to sketch")
    table.execute("alter index draft_vx rename to sketch_vx")
    assert query(
        "select draft_id from sketch order by vector_distance(vec, to_vector('[1, 3]'), cosine)"
        " fetch approx first 1 rows only"
    ) == [(3,)]
    assert query("select column_name from user_ind_columns where index_name = 'SKETCH_VX'") == [("VEC",)]
    table.execute("drop index sketch_vx")
    assert query("select index_name from user_indexes where index_type = 'VECTOR'") == []


def test_constraints_and_indexes_take_other_names(table: Database, query: Query) -> None:
    table.execute("alter table draft rename constraint draft_pk to sketch_pk")
    table.execute("alter table draft rename constraint draft_ck to sketch_ck")
    table.execute("alter index draft_ix rename to sketch_ix")
    names = query("select constraint_name from user_constraints where table_name = 'DRAFT' order by constraint_name")
    assert {("SKETCH_CK",), ("SKETCH_PK",)} <= set(names)
    assert query("select r_constraint_name from user_constraints where constraint_name = 'DRAFT_NOTE_FK'") == [
        ("SKETCH_PK",)
    ]
    assert query("select index_name from user_indexes where table_name = 'DRAFT' order by index_name") == [
        ("SKETCH_IX",),
        ("SKETCH_PK",),
    ]


def test_a_block_renames_too(table: Database, query: Query) -> None:
    table.execute(
        "begin\n"
        "  execute immediate 'alter table draft rename to sketch';\n"
        "  execute immediate 'alter index draft_ix rename to sketch_ix';\n"
        "end;"
    )
    found = query("select index_name from user_indexes where index_name like 'SKETCH%'")
    # DDL in a block commits.
    table.execute("drop table draft_note")
    table.execute("drop table sketch")
    table.commit()
    assert found == [("SKETCH_IX",)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("alter table missing rename to other", 942),
        ("alter table draft rename to draft_note", 955),
        ("alter table draft rename to other add (more number)", 14047),
        ("alter table draft rename constraint missing to other", 23292),
        ("alter table draft rename constraint draft_ck to draft_pk", 2264),
        ("alter index missing rename to other", 1418),
        ("alter index draft_ix rename to draft_pk", 955),
    ],
)
def test_what_can_not_be_renamed_is_refused(table: Database, text: str, code: int) -> None:
    assert failure(table, text) == code


def test_the_index_of_a_key_is_refused_by_what_to_do(table: Database) -> None:
    with pytest.raises(DatabaseError, match="RENAME CONSTRAINT DRAFT_PK"):
        table.execute("alter index draft_pk rename to sketch_pk")
