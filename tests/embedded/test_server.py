"""The embedded server harms nothing that is not its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from engine.server import cluster, ending, processes, server
from engine.server.problems import ServerError
from tests.embedded.servers import (
    QUERY,
    all_gone,
    child_of,
    client,
    command,
    end_all,
    eventually,
    is_well,
    postmaster,
    remarkable,
    run,
    title,
)

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "own"
    yield path
    end_all()
    if (path / "data").is_dir():
        server.stop(path)


@pytest.fixture
def made(directory: Path) -> Path:
    """A database whose server does not run."""
    server.start(directory)
    server.stop(directory)
    return directory


@pytest.fixture
def sleeper(made: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with the server, though it works in its directory."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], cwd=made / "data")
    yield process
    process.kill()
    process.wait()


def write_pid_file(directory: Path, pid: int, *, started: float | None = None, sockets: str = ".") -> None:
    lines = [pid, directory / "data", int(time.time() if started is None else started), 5432, sockets, "", "  1  1"]
    (directory / "data" / "postmaster.pid").write_text("\n".join(map(str, lines)) + "\nready   \n")


# processes that are not the server


def test_an_unrelated_process_is_left_alone(made: Path, sleeper: subprocess.Popen[bytes]) -> None:
    write_pid_file(made, sleeper.pid, started=psutil.Process(sleeper.pid).create_time())
    assert "was not running" in run(made, "stop").stdout
    assert sleeper.poll() is None
    write_pid_file(made, sleeper.pid, started=psutil.Process(sleeper.pid).create_time())
    assert is_well(made)
    assert sleeper.poll() is None


def test_the_server_of_another_directory_is_left_alone(made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    server.start(other)
    try:
        theirs = postmaster(other)
        write_pid_file(made, theirs.pid, started=theirs.create_time())
        assert not server.stop(made)
        assert processes.is_alive(theirs)
        write_pid_file(made, theirs.pid, started=theirs.create_time())
        server.start(made)
        assert postmaster(made).pid != theirs.pid
        assert server.stop(made)
        assert processes.is_alive(theirs)
        assert run(other, *QUERY).returncode == 0
    finally:
        server.stop(other)


def test_a_program_that_resembles_the_server_is_told_by_its_age(made: Path) -> None:
    """The same executable, directory, owner and command line: only the start is another one."""
    server.start(made)
    process = postmaster(made)
    lines = (made / "data" / "postmaster.pid").read_text().split("\n")
    lines[2] = str(int(lines[2]) - 3600)
    lines[4] = "/elsewhere"
    (made / "data" / "postmaster.pid").write_text("\n".join(lines))
    assert processes.find(made / "data") is None
    # Its socket shows that it is the server all the same: the clock was set.
    lines[4] = "."
    (made / "data" / "postmaster.pid").write_text("\n".join(lines))
    found = processes.find(made / "data")
    assert found is not None
    assert found.process.pid == process.pid
    assert server.stop(made)
    assert not processes.is_alive(process)


@pytest.mark.parametrize("text", ["", "\n", "999999999\n", "-1\n", "not a number\n", "1\n/\n99999999999999\n5432\n"])
def test_a_stale_or_broken_process_file_does_not_stop_a_start(made: Path, text: str) -> None:
    (made / "data" / "postmaster.pid").write_text(text)
    assert not server.stop(made)
    (made / "data" / "postmaster.pid").write_text(text)
    assert is_well(made)


def test_a_clock_that_was_set_back_does_no_harm(made: Path) -> None:
    write_pid_file(made, 2**22 + 1, started=time.time() + 10**6)
    future = time.time() + 10**6
    for path in [*made.iterdir(), *(made / "data").iterdir()]:
        os.utime(path, (future, future))
    assert is_well(made)


def test_a_server_that_can_not_be_seen_is_not_started_twice(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As from another container: its processes have other numbers here, or none."""
    server.start(made)
    monkeypatch.setattr(processes, "find", lambda _: None)
    monkeypatch.setattr(processes, "find_without_file", lambda _: None)
    monkeypatch.setattr(processes, "of", lambda _: iter(()))
    for name in ("_NOTICE_S", "_KILL_S"):
        monkeypatch.setattr(ending, name, 0.1)
    with pytest.raises(ServerError, match="another container"):
        server.start(made)
    with pytest.raises(ServerError, match="another container"):
        server.stop(made)
    monkeypatch.undo()
    assert postmaster(made).is_running()


def test_two_databases_at_once(tmp_path: Path) -> None:
    clients = [client(tmp_path / name) for name in ("one", "two")]
    assert postmaster(tmp_path / "one").pid != postmaster(tmp_path / "two").pid
    clients[0].communicate()
    eventually(lambda: all_gone(tmp_path / "one"))
    assert postmaster(tmp_path / "two").is_running()
    clients[1].communicate()
    eventually(lambda: all_gone(tmp_path / "two"))


# a server that does not stop


def test_a_server_that_hangs_is_ended(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    server.start(directory)
    hanging = postmaster(directory)
    hanging.suspend()
    for name in ("_FAST_S", "_IMMEDIATE_S"):
        monkeypatch.setattr(ending, name, 0.3)
    capfd.readouterr()
    assert server.stop(directory)
    assert not processes.is_alive(hanging)
    assert capfd.readouterr().err == (
        f"the embedded server in {directory} did not stop in time and was ended; what was committed stays\n"
    )
    assert is_well(directory)


def test_a_shutdown_that_hangs_is_ended_by_the_next_start(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.start(directory)
    hanging = postmaster(directory)
    stuck = child_of(hanging, "checkpointer")
    stuck.suspend()
    hanging.send_signal(signal.SIGINT)
    eventually(lambda: "stopping" in (directory / "data" / "postmaster.pid").read_text())
    for name in ("_FAST_S", "_IMMEDIATE_S"):
        monkeypatch.setattr(ending, name, 0.3)
    server.start(directory)
    assert not processes.is_alive(hanging)
    assert not processes.is_alive(stuck)
    assert postmaster(directory).pid != hanging.pid


def test_a_signal_during_recovery(directory: Path) -> None:
    server.start(directory)
    with psycopg.connect(server.connection_string(directory), autocommit=True) as connection:
        connection.execute("create table filler as select g, repeat('x', 500) as t from generate_series(1, 100000) g")
    postmaster(directory).kill()
    eventually(lambda: not any(processes.of(directory / "data")))
    starting = command(directory, "start")
    eventually(lambda: processes.find(directory / "data"))
    postmaster(directory).send_signal(signal.SIGINT)
    starting.communicate(timeout=100)
    assert starting.returncode in (0, 1)
    server.stop(directory)
    assert is_well(directory)


def test_a_stop_during_recovery_needs_no_force(directory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def crash_and_stop(number: int) -> None:
        server.start(directory)
        with psycopg.connect(server.connection_string(directory)) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            log = directory / "server.log"
            eventually(lambda: log.read_text().count("all server processes terminated") == number)
            assert server.stop(directory)

    for number in range(1, 4):
        crash_and_stop(number)
    assert "in time" not in capfd.readouterr().err


# processes that were killed


def test_processes_that_outlive_their_postmaster(directory: Path) -> None:
    server.start(directory)
    with psycopg.connect(server.connection_string(directory), autocommit=True) as connection:
        pid = connection.info.backend_pid
        psutil.Process(pid).suspend()
        postmaster(directory).kill()
        done = run(directory, *QUERY)
        assert done.returncode == 0, done.stderr
        assert "was ended; what was committed stays" in done.stderr
        assert not psutil.pid_exists(pid) or not processes.is_alive(psutil.Process(pid))
    assert run(directory, *QUERY).returncode == 0


def test_a_killed_backend_is_one_clear_line(directory: Path) -> None:
    process = client(directory)
    child_of(postmaster(directory), "[local]").kill()
    _, err = process.communicate("select 2 as two from dual\n", timeout=60)
    assert process.returncode == 1
    (line,) = [line for line in err.splitlines() if "session" in line or "Traceback" in line]
    assert line.startswith("ORA-03113: the embedded server ended the session")
    assert is_well(directory)


def test_a_command_waits_for_the_recovery_after_a_killed_backend(directory: Path) -> None:
    server.start(directory)
    for _ in range(5):
        with psycopg.connect(server.connection_string(directory)) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        done = run(directory, *QUERY)
        assert done.returncode == 0, done.stderr


# users


def test_killed_clients_neither_keep_nor_stop_the_server(directory: Path) -> None:
    first, second = client(directory), client(directory)
    first.kill()
    first.communicate()
    assert postmaster(directory).is_running()
    third = client(directory)
    _, err = third.communicate("select 3 as three from dual\n")
    assert (third.returncode, remarkable(err)) == (0, [])
    assert postmaster(directory).is_running()
    second.communicate()
    assert processes.find(directory / "data") is None
    eventually(lambda: all_gone(directory))


def test_the_server_ends_after_its_last_client_was_killed(directory: Path) -> None:
    clients = [client(directory), client(directory)]
    running = postmaster(directory)
    for process in clients:
        process.kill()
        process.communicate()
    eventually(lambda: not processes.is_alive(running))
    eventually(lambda: all_gone(directory))


def test_start_keeps_the_server_running_until_stop(directory: Path) -> None:
    process = client(directory)
    assert run(directory, "start").returncode == 0
    assert "runs until `python -m loader stop`" in run(directory, "status").stdout
    process.kill()
    process.communicate()
    assert is_running_after(directory, client(directory))
    assert "was stopped" in run(directory, "stop").stdout
    eventually(lambda: all_gone(directory))
    assert "runs while a command uses it" in run(directory, "status").stdout


def is_running_after(directory: Path, process: subprocess.Popen[str]) -> bool:
    running = postmaster(directory)
    process.communicate()
    return processes.is_alive(running)


def test_a_child_that_was_forked_off_does_not_stop_the_server(directory: Path) -> None:
    text = (
        "import os, sys; from pathlib import Path; from engine.server import server\n"
        "server.connection_string(Path(sys.argv[1]))\n"
        "if os.fork() == 0: sys.exit(0)\n"
        "os.wait(); from engine.server import processes\n"
        "print(processes.find(Path(sys.argv[1]) / 'data') is not None)\n"
    )
    done = subprocess.run([sys.executable, "-c", text, directory], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


# the first start


@pytest.mark.timeout(120)
def test_a_first_start_that_was_killed_leaves_nothing_behind(directory: Path) -> None:
    for moment in range(6):
        process = command(directory, *QUERY)
        eventually(lambda: list(directory.glob("data.new-*")) or (directory / "data").exists())
        time.sleep(moment * 0.07)
        process.kill()
        process.communicate()
    assert is_well(directory)
    assert not list(directory.glob("data.new-*"))


def test_an_unfinished_directory_of_an_earlier_version_is_made_anew(directory: Path) -> None:
    data = directory / "data"
    (data / "base" / "1").mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    (data / "postgresql.conf").write_text("")
    assert is_well(directory)


def test_a_directory_of_something_else_is_not_touched(directory: Path) -> None:
    (directory / "data").mkdir(parents=True)
    (directory / "data" / "thesis.txt").write_text("years of work")
    done = run(directory, *QUERY)
    assert done.returncode == 1
    assert "is not a database of this program: it holds thesis.txt" in done.stderr
    assert (directory / "data" / "thesis.txt").read_text() == "years of work"


def test_many_first_starts_at_once(directory: Path) -> None:
    started = [command(directory, *QUERY) for _ in range(4)]
    results = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * 4, results
    assert not list(directory.glob("data.new-*"))
    eventually(lambda: all_gone(directory))


# signals


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("moment", ["initdb", "query"])
def test_a_signal_ends_the_program_without_a_trace(
    directory: Path, number: signal.Signals, status: int, moment: str
) -> None:
    slow = "begin for i in 1 .. 2000000000 loop null; end loop; end;"
    process = command(directory, "sql", slow)
    if moment == "initdb":
        eventually(lambda: list(directory.glob("data.new-*")) or (directory / "data").exists())
    else:
        eventually(lambda: any("[local] DO" in title(p) for p in processes.of(directory / "data")))
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert "Traceback" not in err
    eventually(lambda: all_gone(directory))
    assert not list(directory.glob("data.new-*"))
    assert is_well(directory)


# places


@pytest.mark.parametrize(
    "name",
    [
        "with blanks",
        "한국어 디렉터리",
        'it\'s "quoted"',
        "a:b=c?d&e%20f#g",
        "$HOME `id` \\n",
        "comma,comma",
        "deep/" * 40,
    ],
)
def test_any_name_of_a_directory(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    assert is_well(directory)
    assert (directory / "data").stat().st_mode & 0o777 == 0o700
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob(f"*{os.getpid()}*"))  # noqa: S108
    server.start(directory)
    with psycopg.connect(server.connection_string(directory)) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    sockets = [path for path in (directory / "data").iterdir() if path.is_socket()]
    assert [path.name for path in sockets] == [".s.PGSQL.5432"]
    assert server.stop(directory)


def test_directories_of_others_keep_their_modes(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    parent.chmod(0o711)
    assert is_well(parent / "own")
    assert parent.stat().st_mode & 0o777 == 0o711
    existing = tmp_path / "existing"
    existing.mkdir()
    existing.chmod(0o755)
    assert is_well(existing)
    assert existing.stat().st_mode & 0o777 == 0o755


# commands without a server


def test_stop_and_status_without_a_server(directory: Path) -> None:
    stopped = run(directory, "stop")
    assert (stopped.returncode, remarkable(stopped.stderr)) == (0, [])
    assert "was not running" in stopped.stdout
    assert not directory.exists()
    status = run(directory, "status")
    assert status.returncode == 0, status.stderr
    assert "pending: migrations/V001__image_demo1.sql" in status.stdout
    assert "was not running" in run(directory, "stop").stdout


def test_the_environment_of_another_postgresql_does_not_matter(directory: Path) -> None:
    strange = {"PGPORT": "1", "PGDATA": "/nowhere", "PGDATABASE": "x", "PGUSER": "x", "LC_ALL": "xx_XX", "PGHOST": "h"}
    done = run(directory, *QUERY, env=strange)
    assert done.returncode == 0, done.stderr


# what the log says


def test_the_log_stays_small(made: Path) -> None:
    log = made / "server.log"
    log.write_bytes(b"a line of an old log\n" * 100_000)
    assert is_well(made)
    assert log.stat().st_size < 2**19
    assert "ready to accept connections" in log.read_text()


def test_a_failed_start_shows_the_reason(made: Path) -> None:
    with (made / "data" / "postgresql.auto.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    done = run(made, "start")
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"error: the embedded server in {made} does not start: ")
    assert "FATAL" in line
    assert str(made / "server.log") in line


def test_settings_that_were_cut_off_are_written_anew(made: Path) -> None:
    (made / "data" / "loader.conf").write_text("work_mem = '64")
    assert is_well(made)
    assert cluster._settings() == (made / "data" / "loader.conf").read_text()
