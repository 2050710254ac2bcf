"""The migration runner, on databases of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.server import server
from loader import migrations
from loader.config import DB_DIRECTORY, EmbeddedSettings
from loader.database import Database, Invalid, connect
from loader.database.base import Result
from loader.database.embedded import EmbeddedDatabase
from loader.migrations import MigrationError, install, make_plan

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "database"
    yield path
    server.stop(path)


@pytest.fixture
def fresh(directory: Path) -> Iterator[Database]:
    with connect(EmbeddedSettings(directory)) as database:
        yield database


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A small db/ of its own, with the real bootstrap."""
    path = tmp_path / "db"
    shutil.copytree(DB_DIRECTORY / "bootstrap", path / "bootstrap")
    for name in ("migrations", "packages", "views"):
        (path / name).mkdir()
    (path / "migrations" / "V001__one.sql").write_text("create table one (a number);\n\ninsert into one values (1);\n")
    (path / "migrations" / "V002__two.sql").write_text("create table two (b number);\n")
    (path / "views" / "vw_one.sql").write_text("create or replace view vw_one as select a from one;\n")
    (path / "packages" / "pk.pks").write_text(
        "create or replace package pk authid definer as\n  function f return number;\nend pk;\n/\n"
    )
    (path / "packages" / "pk.pkb").write_text(
        "create or replace package body pk as\n  function f return number is\n    l vw_one.a%type;\n  begin\n"
        "    select max(a) into l from vw_one;\n    return l;\n  end f;\nend pk;\n/\n"
    )
    return path


Install = Callable[[], list[str]]


@pytest.fixture
def apply(fresh: Database, files: Path) -> Install:
    """Install `files`; the names of the files applied, without the bootstrap's."""

    def run() -> list[str]:
        lines: list[str] = []
        install(fresh, directory=files, say=lines.append)
        names = [re.sub(r"applied (\S+).*", r"\1", line) for line in lines if line.startswith("applied")]
        return [name for name in names if not name.startswith("bootstrap/")]

    return run


def test_files_go_in_by_version_then_by_what_they_need(apply: Install, fresh: Database) -> None:
    assert apply() == [
        "migrations/V001__one.sql",
        "migrations/V002__two.sql",
        "packages/pk.pks",
        "views/vw_one.sql",
        "packages/pk.pkb",
    ]
    assert fresh.value("pk.f") == 1
    history = migrations.read_history(fresh)
    assert history is not None
    assert [entry.file_name for entry in history][-1] == "packages/pk.pkb"
    assert all(entry.success == 1 and entry.installed_by and entry.checksum for entry in history)


def test_the_second_run_does_nothing(apply: Install) -> None:
    apply()
    assert apply() == []


def test_a_new_migration_and_a_changed_view_are_applied(apply: Install, files: Path, fresh: Database) -> None:
    apply()
    (files / "migrations" / "V003__three.sql").write_text("insert into one values (5);\n")
    (files / "views" / "vw_one.sql").write_text("create or replace view vw_one as select a + 1 as a from one;\n")
    applied = apply()
    assert applied[0] == "migrations/V003__three.sql"
    assert "views/vw_one.sql" in applied
    assert fresh.value("pk.f") == 6


def test_a_view_whose_columns_change_is_made_anew_with_what_rests_on_it(
    apply: Install, files: Path, fresh: Database
) -> None:
    (files / "views" / "vw_two.sql").write_text("create or replace view vw_two as select a from vw_one;\n")
    apply()
    (files / "views" / "vw_one.sql").write_text("create or replace view vw_one as select 'x' as z, a from one;\n")
    apply()
    assert list(fresh.execute("select * from vw_one").rows) == [("x", 1)]
    assert list(fresh.execute("select * from vw_two").rows) == [(1,)]


def test_views_are_ordered_by_what_they_name(files: Path) -> None:
    (files / "views" / "a_view.sql").write_text("create or replace view a_view as select a from z_view;\n")
    (files / "views" / "z_view.sql").write_text("create or replace view z_view as select 1 as a from dual; -- a_view\n")
    names = [file.name for file in migrations.read_files(files)]
    assert names.index("views/z_view.sql") < names.index("views/a_view.sql")


def test_an_edited_migration_is_refused(apply: Install, files: Path) -> None:
    apply()
    path = files / "migrations" / "V001__one.sql"
    path.write_text(path.read_text() + "-- a word\n")
    with pytest.raises(MigrationError, match=r"V001__one\.sql was edited after it was applied .*git checkout"):
        apply()


def test_windows_line_ends_are_no_edit(apply: Install, files: Path) -> None:
    apply()
    path = files / "migrations" / "V001__one.sql"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert apply() == []


def test_a_gap_is_refused(apply: Install, files: Path) -> None:
    (files / "migrations" / "V004__four.sql").write_text("select 1 from dual;\n")
    with pytest.raises(MigrationError, match=r"migration V003 is missing, migrations/V004__four\.sql is the next"):
        apply()


def test_a_duplicate_is_refused(apply: Install, files: Path) -> None:
    (files / "migrations" / "V002__again.sql").write_text("select 1 from dual;\n")
    with pytest.raises(MigrationError, match=r"two migrations have version 2, .* the number 003"):
        apply()


def test_a_bad_name_is_refused(apply: Install, files: Path) -> None:
    (files / "migrations" / "V3_three.sql").write_text("select 1 from dual;\n")
    with pytest.raises(MigrationError, match=r"must be named like V001__what_it_does\.sql"):
        apply()


def test_a_history_newer_than_the_files_is_refused(apply: Install, files: Path) -> None:
    apply()
    (files / "migrations" / "V002__two.sql").unlink()
    with pytest.raises(MigrationError, match=r"newer than these files: it has migrations/V002__two\.sql.*git pull"):
        apply()


def test_a_renamed_migration_is_refused(apply: Install, files: Path) -> None:
    apply()
    (files / "migrations" / "V002__two.sql").rename(files / "migrations" / "V002__zwei.sql")
    with pytest.raises(MigrationError, match="give the file its old name back"):
        apply()


def test_files_that_need_each_other_are_refused(apply: Install, files: Path) -> None:
    (files / "views" / "vw_one.sql").write_text("create or replace view vw_one as select a from vw_two;\n")
    (files / "views" / "vw_two.sql").write_text("create or replace view vw_two as select a from vw_one;\n")
    with pytest.raises(MigrationError, match="need each other"):
        apply()


def test_a_statement_without_its_end_is_refused(apply: Install, files: Path) -> None:
    (files / "migrations" / "V003__three.sql").write_text("insert into one values (2);\ninsert into one values (3)\n")
    with pytest.raises(MigrationError, match=r"V003__three\.sql failed: line 2: the statement is not ended by ;"):
        apply()


def test_a_file_that_is_not_utf8(apply: Install, files: Path) -> None:
    (files / "views" / "vw_one.sql").write_bytes("create view 양".encode("cp949"))
    with pytest.raises(MigrationError, match="is not UTF-8"):
        apply()


def test_a_failed_file_changes_nothing_and_says_where(apply: Install, files: Path, fresh: Database) -> None:
    path = files / "migrations" / "V003__three.sql"
    path.write_text("insert into one values (2);\n\n-- the next one is wrong\ninsert into none values (3);\n")
    with pytest.raises(MigrationError, match=r"migrations/V003__three\.sql:4:\d+: ORA-00942"):
        apply()
    assert list(fresh.execute("select count(*) from one").rows) == [(1,)]
    assert make_plan(fresh, files).steps[0].reason == "failed before, nothing of it was kept"
    path.write_text("insert into one values (2);\ninsert into two values (3);\n")
    assert "migrations/V003__three.sql" in apply()
    assert list(fresh.execute("select count(*) from one").rows) == [(2,)]


class CommittingDatabase(EmbeddedDatabase):
    """Keeps every statement as soon as it ran, as Oracle does with DDL."""

    transactional_ddl = False

    def execute(self, text: str, **options: Any) -> Result:
        result = super().execute(text, **options)
        self.commit()
        return result


def test_where_ddl_commits_the_next_run_goes_on_at_the_failed_statement(directory: Path, files: Path) -> None:
    path = files / "migrations" / "V001__one.sql"
    path.write_text("create table one (a number);\ncreate table half (a number);\ninsert into none values (1);\n")
    said: list[str] = []
    with CommittingDatabase(directory) as database:
        with pytest.raises(MigrationError, match="its 2 statements before that stay"):
            install(database, directory=files, say=said.append)
        (step, *_) = make_plan(database, files).steps
        assert step.skip == 2
        # What has run may not be edited any more, the rest may.
        path.write_text("create table one (b number);\ncreate table half (a number);\ninsert into one values (1);\n")
        with pytest.raises(MigrationError, match="failed after 2 of its statements, which were edited since"):
            install(database, directory=files, say=said.append)
        path.write_text("create table one (a number);\ncreate table half (a number);\ninsert into one values (1);\n")
        install(database, directory=files, say=said.append)
        assert "migrations/V001__one.sql failed before: going on at statement 3 of 3" in said
        assert list(database.execute("select count(*) from one").rows) == [(1,)]
        assert not make_plan(database, files).steps


class UncompilingDatabase(CommittingDatabase):
    """Creates a package body although it does not compile, as Oracle does."""

    broken = True

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.waits: list[float] = []

    def another(self) -> EmbeddedDatabase:
        return EmbeddedDatabase(self.directory)

    def execute(self, text: str, **options: Any) -> Result:
        result = super().execute(text, **options)
        if self.broken and text.startswith("create or replace package body pk"):
            result.invalid = Invalid("PK", "PACKAGE BODY", ("line 5, column 12: PLS-00201: X must be declared",))
        return result

    def invalid(self) -> list[Invalid]:
        errors = ("line 5, column 12: PLS-00201: X must be declared",)
        return [Invalid("PK", "PACKAGE BODY", errors), Invalid("FOREIGN", "VIEW", ())] if self.broken else []

    def recompile(self) -> list[Invalid]:
        return []

    @contextmanager
    def waiting_for_locks(self, seconds: float) -> Iterator[None]:
        self.waits.append(seconds)
        yield
        self.waits.append(0)


def test_a_unit_created_with_compilation_errors_has_failed(directory: Path, files: Path) -> None:
    said: list[str] = []
    with UncompilingDatabase(directory) as database:
        with pytest.raises(
            MigrationError, match=r"packages/pk\.pkb failed: packages/pk\.pkb:1: created with"
        ) as caught:
            install(database, directory=files, say=said.append)
        assert "PACKAGE BODY PK\n    line 5, column 12: PLS-00201: X must be declared" in str(caught.value)
        entry = (migrations.read_history(database) or [])[-1]
        assert (entry.file_name, entry.success, entry.statements_done) == ("packages/pk.pkb", 0, 0)
        assert "PLS-00201" in (entry.error_text or "")
        assert [(step.file.name, step.reason) for step in make_plan(database, files).steps] == [
            ("packages/pk.pkb", "failed before")
        ]
        assert [unit.name for unit in migrations.invalid_units(database, files)] == ["PK"]
        database.broken = False
        assert install(database, directory=files, say=said.append) == 1
        assert not make_plan(database, files).steps


def test_ddl_waits_for_other_sessions_while_the_installation_runs(directory: Path, files: Path) -> None:
    with UncompilingDatabase(directory) as database:
        database.broken = False
        install(database, directory=files, say=lambda _: None, wait_s=17)
        assert database.waits == [17, 0]


def test_only_the_owner_of_the_schema_installs(directory: Path, files: Path) -> None:
    with UncompilingDatabase(directory) as database:
        database.owns_schema = False
        with pytest.raises(MigrationError, match="only the owner of the schema can install"):
            install(database, directory=files, say=lambda _: None)
        assert migrations.read_history(database) is None


def test_an_invalid_object_fails_the_installation(apply: Install, files: Path) -> None:
    (files / "packages" / "pk.pkb").unlink()
    with pytest.raises(MigrationError, match=r"do not compile:\n  PACKAGE BODY PK\n    F is declared and has no body"):
        apply()


def test_a_dry_run_changes_nothing(fresh: Database, files: Path) -> None:
    assert [step.file.name for step in make_plan(fresh, files).steps][-5:] == [
        "migrations/V001__one.sql",
        "migrations/V002__two.sql",
        "packages/pk.pks",
        "views/vw_one.sql",
        "packages/pk.pkb",
    ]
    assert migrations.read_history(fresh) is None


def test_what_sqlplus_installed_is_adopted(apply: Install, fresh: Database, files: Path) -> None:
    apply()
    fresh.execute("update img_schema_history set checksum = null where file_name = 'migrations/V001__one.sql'")
    fresh.commit()
    assert apply() == []
    path = files / "migrations" / "V001__one.sql"
    path.write_text(path.read_text() + "-- a word\n")
    with pytest.raises(MigrationError, match="was edited after it was applied"):
        apply()


def test_a_second_runner_waits_for_the_first(apply: Install, fresh: Database, files: Path, directory: Path) -> None:
    apply()
    (files / "migrations" / "V003__three.sql").write_text("insert into one values (9);\n")
    said: list[str] = []

    def other() -> None:
        with connect(EmbeddedSettings(directory)) as database:
            install(database, directory=files, say=said.append)

    with fresh.another() as holder:
        holder.call("img_history.acquire_lock")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(1.5)
        assert thread.is_alive()
        assert said == ["another installation is running: waiting for it"]
        holder.rollback()
    thread.join(30)
    assert not thread.is_alive()
    with pytest.raises(MigrationError, match="another installation has been running"), fresh.another() as holder:
        holder.call("img_history.acquire_lock")
        install(fresh, directory=files, say=said.append, wait_s=0.1)


def test_runners_that_start_at_once_on_nothing(directory: Path) -> None:
    command = [sys.executable, "-m", "loader", "install"]
    runners = [
        subprocess.Popen(
            command,
            env={"PATH": "/usr/bin:/bin", "EMBEDDED_DB_DIR": str(directory)},
            cwd=DB_DIRECTORY.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    results = [(runner.communicate(timeout=120), runner.returncode) for runner in runners]
    assert [code for _, code in results] == [0, 0, 0], results
    applied = [out.count("applied migrations/") for (out, _), _ in results]
    assert sorted(applied)[:2] == [0, 0], results


def test_install_sql_lists_the_same_files_in_the_same_order() -> None:
    script = (DB_DIRECTORY / "install.sql").read_text(encoding="utf-8")
    listed = re.findall(r"^@@(\S+/\S+)", script, re.MULTILINE)
    assert listed == [file.name for file in migrations.read_files()]
    recorded = re.findall(r"^exec img_history\.add_entry\('(\w+)', '(\S+?)'(?:, (\d+))?\)", script, re.MULTILINE)
    assert [(kind, name, version) for kind, name, version in recorded] == [
        (file.kind.value, file.name, str(file.version or "")) for file in migrations.read_files()
    ]


def test_uninstall_sql_leaves_nothing(fresh: Database) -> None:
    from loader.client import Client

    install(fresh, say=lambda _: None)
    client = Client(fresh)
    client.run((DB_DIRECTORY / "uninstall.sql").read_text(encoding="utf-8"), str(DB_DIRECTORY / "uninstall.sql"))
    assert not client.failed
    left = list(fresh.execute("select 1 from dual").rows)
    assert left == [(1,)]
    for name in ("image_demo1", "image_load", "image_model", "img_schema_history", "vw_image_demo1"):
        assert fresh.describe(name) is None
    assert migrations.read_history(fresh) is None
    install(fresh, say=lambda _: None)
