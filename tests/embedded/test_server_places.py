"""Directories that can not hold a database: one clear line at once, and nothing is lost."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.server import accounts, places, server
from engine.server.problems import ServerError
from tests.disks import read_only, small_disk
from tests.embedded.servers import PROJECT, QUERY, all_gone, eventually, is_well, refused, run

pytestmark = pytest.mark.usefixtures("embedded_only")

IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="takes root, to run as two users")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "own"
    yield path
    if (path / "data").is_dir():
        server.stop(path)


def test_a_path_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("mine")
    for place in (path, path / "below"):
        for name in (QUERY, ("start",)):
            line = refused(place, *name)
            assert "is not a directory" in line
            assert "EMBEDDED_DB_DIR" in line
    assert run(path, "stop").returncode == 0
    assert path.read_text() == "mine"


def test_a_newer_version(directory: Path) -> None:
    server.start(directory)
    server.stop(directory)
    version = directory / "data" / "PG_VERSION"
    for text, message in (
        ("99", "was made by PostgreSQL 99"),
        ("17", "was made by PostgreSQL 17"),
        ("?", "is damaged"),
    ):
        version.write_text(text + "\n")
        assert message in refused(directory)
    version.write_text("18\n")
    assert is_well(directory)


def test_data_that_others_may_read_are_closed(directory: Path) -> None:
    server.start(directory)
    server.stop(directory)
    (directory / "data").chmod(0o755)
    assert is_well(directory)
    assert stat.S_IMODE((directory / "data").stat().st_mode) == 0o700


def test_a_directory_that_all_share(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert "is shared by all users" in refused(shared)
    assert list(shared.iterdir()) == []


Options = dict[str, Any]


@pytest.fixture(scope="module")
def as_nobody() -> Options:
    """How a command runs as an ordinary user, who may not reach the interpreter of these tests."""
    entry = pwd.getpwnam("nobody")
    options: Options = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path.endswith("-packages"))}
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            command = [python, "-c", "import loader.database.embedded"]
            subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, **options)
            return options | {"python": python, "env": environment}
    pytest.skip("no interpreter that an ordinary user can run has the packages")


@pytest.fixture
def nobodys(tmp_path: Path) -> Path:
    """A directory of an ordinary user's."""
    path = tmp_path / "nobody"
    path.mkdir()
    entry = pwd.getpwnam("nobody")
    os.chown(path, entry.pw_uid, entry.pw_gid)
    for parent in tmp_path.relative_to("/tmp").parents if tmp_path.is_relative_to("/tmp") else ():  # noqa: S108
        (Path("/tmp") / parent).chmod((Path("/tmp") / parent).stat().st_mode | 0o011)  # noqa: S108
    tmp_path.chmod(0o711)
    return path


@needs_root
def test_an_ordinary_user(nobodys: Path, as_nobody: Options) -> None:
    directory = nobodys / "own"
    done = run(directory, *QUERY, **as_nobody)
    assert done.returncode == 0, done.stderr
    assert directory.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert run(directory, "start", **as_nobody).returncode == 0
    # Root uses it as that user, and takes nothing away from it.
    assert run(directory, *QUERY).returncode == 0
    assert "was stopped" in run(directory, "stop").stdout
    assert is_well(directory)
    done = run(directory, *QUERY, **as_nobody)
    assert done.returncode == 0, done.stderr
    assert all(path.stat().st_uid == pwd.getpwnam("nobody").pw_uid for path in directory.iterdir())


@needs_root
def test_another_users_directory(directory: Path, nobodys: Path, as_nobody: Options) -> None:
    server.start(directory)
    for parent in directory.parents:
        assert parent.stat().st_mode & stat.S_IXOTH
    for name in (QUERY, ("start",)):
        line = refused(directory, *name, **as_nobody)
        assert f"{directory} belongs to root, and you are nobody" in line
    line = refused(directory, "stop", **as_nobody)
    assert "can not be used: permission denied" in line
    server.stop(directory)


@needs_root
def test_a_directory_that_can_not_be_written(nobodys: Path, as_nobody: Options) -> None:
    nobodys.chmod(0o555)
    for place in (nobodys, nobodys / "below"):
        line = refused(place, **as_nobody)
        assert "can not be used: permission denied" in line
        assert "EMBEDDED_DB_DIR" in line


@needs_root
def test_the_way_through_another_users_directory_is_not_opened(nobodys: Path) -> None:
    nobodys.chmod(0o700)
    below = nobodys / "below"
    below.mkdir()
    line = refused(below)
    assert f"can not pass through {nobodys}: run `chmod o+x {nobodys}`" in line
    assert stat.S_IMODE(nobodys.stat().st_mode) == 0o700


@needs_root
def test_root_opens_no_more_than_the_way(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o700)
    done = run(closed / "own", *QUERY)
    assert done.returncode == 0
    assert f"{closed}: the server's user {accounts._NAME} may pass through it now (chmod o+x)" in done.stderr
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 200) as path:
        yield path
        server.stop(path / "own")


def test_a_read_only_file_system(disk: Path) -> None:
    own = disk / "own"
    server.start(own)
    server.stop(own)
    with read_only(disk):
        for name in (QUERY, ("start",), ("stop",)):
            assert "can not be used: read-only file system" in refused(own, *name)
        assert "can not be used: read-only file system" in refused(disk / "new")
    assert is_well(own)


def test_a_file_system_without_locks(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    server.start(directory)
    server.stop(directory)
    monkeypatch.setattr(fcntl, "flock", refuse)
    for act in (server.start, server.connection_string, server.stop):
        with pytest.raises(ServerError, match=r"can not be used: no locks available; name a directory"):
            act(directory)
    monkeypatch.undo()
    assert is_well(directory)


def test_a_network_file_system_is_named(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "file_system", lambda _: "nfs4")
    server.start(directory)
    assert "lies on a network file system (nfs4)" in capfd.readouterr().err
    server.start(directory)
    assert "network" not in capfd.readouterr().err


def test_the_first_start_speaks_and_later_ones_are_silent(directory: Path, tmp_path: Path) -> None:
    slow = "import sys; from loader import cli, waiting; waiting.PATIENCE_S = 0.05; sys.exit(cli.main())"

    def said() -> str:
        return subprocess.run(
            [sys.executable, "-c", slow, *QUERY],
            cwd=PROJECT,
            env=os.environ | {"EMBEDDED_DB_DIR": str(directory)},
            capture_output=True,
            text=True,
            check=True,
        ).stderr

    assert f"making the embedded database in {directory}, which happens once" in said()
    assert "making" not in run(directory, *QUERY).stderr
    eventually(lambda: all_gone(directory))
