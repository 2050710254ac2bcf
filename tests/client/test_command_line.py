"""The real command: a file, standard input, and a terminal, each statement by statement."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loader.database import Database

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "loader", "sql"]
# Each line of it is run, whatever became of those before.
SCRIPT = """\
prompt one
selec 1 from dual;
select 'open from dual;
select nothing from dual;
begin nothing; end;
/
set nothing on
select 1 as two from dual;
"""
Sql = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def sql(settings: object) -> Sql:
    def run(*arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=PROJECT,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_a_pipe_and_a_file_say_the_same_but_for_the_place(sql: Sql, tmp_path: Path) -> None:
    path = tmp_path / "s.sql"
    path.write_text(SCRIPT)
    piped, read = sql(stdin=SCRIPT), sql(path)
    assert piped.stdout == read.stdout
    assert "one\n" in piped.stdout
    assert "TWO" in piped.stdout
    assert (piped.returncode, read.returncode) == (1, 1)
    places = [line.split()[1] for line in read.stderr.splitlines() if line.startswith("ERROR")]
    assert [place.removeprefix(f"{path}:").partition(":")[0] for place in places] == ["2", "3", "4", "5", "7"]
    assert [line.split()[2].strip(",:") for line in piped.stderr.splitlines() if line.startswith("ERROR")] == [
        "2", "3", "4", "5", "7"]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "status"), [("", 1), ("whenever sqlerror exit 7", 7), ("whenever sqlerror exit sql.sqlcode", 1756 % 256)]
)
def test_the_exit_status_is_what_whenever_says(sql: Sql, first: str, status: int) -> None:
    done = sql(stdin=f"{first}\n{SCRIPT}")
    assert done.returncode == status
    assert ("TWO" in done.stdout) is (status == 1)


def test_exit_gives_its_status_and_reads_no_further(sql: Sql) -> None:
    done = sql(stdin="exit 3\nprompt x\n")
    assert (done.returncode, done.stdout) == (3, "")


def test_a_file_is_given_arguments(sql: Sql, tmp_path: Path) -> None:
    path = tmp_path / "s.sql"
    path.write_text("prompt <&1> <&2>\nselect '&1' as x from dual;\n")
    done = sql(path, "a b", "탱크")
    assert done.stdout.startswith("<a b> <탱크>\nX\n---\na b\n")
    assert "s.sql:1: SP2-0135: symbol 1 is UNDEFINED" in sql(path).stderr


def test_a_pipe_is_answered_line_by_line(settings: object, installed: Database) -> None:
    process = subprocess.Popen(COMMAND, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    for word in ("one", "two"):
        process.stdin.write(f"prompt {word}\n")
        process.stdin.flush()
        assert process.stdout.readline() == f"{word}\n"
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


class Terminal:
    """A client at a terminal, and what it has shown so far."""

    def __init__(self) -> None:
        self._master, inside = os.openpty()
        self.process = subprocess.Popen(
            COMMAND,
            cwd=PROJECT,
            env=os.environ | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self._shown = b""

    def sees(self, text: str) -> None:
        """Wait until it shows this, behind what was waited for before."""
        wanted = text.encode()
        while wanted not in self._shown:
            self._shown += os.read(self._master, 4096)
        self._shown = self._shown.partition(wanted)[2]

    def types(self, text: str) -> None:
        os.write(self._master, text.encode())

    def leaves(self) -> int:
        """Wait for its end; its exit status."""
        with contextlib.suppress(OSError):  # the terminal ends with its last user
            while os.read(self._master, 4096):
                pass
        return self.process.wait(60)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal(installed: Database) -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_a_statement_of_several_lines_is_one_entry_of_the_history(terminal: Terminal) -> None:
    terminal.sees("SQL>")
    terminal.types("select 1 as one,\r'탱크' as part\rfrom dual;\r")
    terminal.sees("1 row selected.")
    terminal.sees("SQL>")
    terminal.types("\x1b[A\r")  # the arrow up: the whole statement again
    terminal.sees("1 row selected.")
    terminal.types("exit\r")
    assert terminal.leaves() == 0
    base = Path(os.environ["EMBEDDED_DB_DIR"]) if "EMBEDDED_DB_DIR" in os.environ else Path.home()
    history = base / ".loader" / "sql_history"
    assert "+select 1 as one,\n+'탱크' as part\n+from dual;\n" in history.read_text()
    assert history.stat().st_mode & 0o777 == 0o600


def test_an_interrupt_drops_what_was_typed_and_the_end_of_input_leaves(terminal: Terminal) -> None:
    terminal.sees("SQL>")
    terminal.types("select 1\r")
    terminal.sees("  2")
    terminal.types("\x03")
    terminal.sees("SQL>")
    terminal.types("select 40 + 2 as n from dual;\r")
    terminal.sees("42")
    terminal.sees("SQL>")
    terminal.types("\x04")
    assert terminal.leaves() == 0


def test_an_interrupt_ends_a_statement_and_not_the_client(terminal: Terminal, embedded_only: None) -> None:
    terminal.sees("SQL>")
    terminal.types("begin loop null; end loop; end;\r/\r")
    terminal.sees("running begin loop")
    terminal.process.send_signal(signal.SIGINT)
    terminal.sees("ORA-01013: user requested cancel of current operation")
    terminal.sees("SQL>")
    terminal.types("select 40 + 2 as n from dual;\r")
    terminal.sees("42")
    terminal.types("exit\r")
    assert terminal.leaves() == 0


def test_somebody_at_the_terminal_is_asked_for_a_value(terminal: Terminal) -> None:
    terminal.sees("SQL>")
    terminal.types("select '&&part' as p from dual;\r")
    terminal.sees("Enter value for part: ")
    terminal.types("valve\r")
    terminal.sees("1 row selected.")
    terminal.sees("SQL>")
    terminal.types("prompt <&part>\r")
    terminal.sees("<valve>")
    terminal.sees("SQL>")
    terminal.types("exit\r")
    assert terminal.leaves() == 0
