"""What the tests of the embedded server share."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil

from engine.server import processes

PROJECT = Path(__file__).resolve().parents[2]
QUERY = ("sql", "select 1 as one from dual")

Found = TypeVar("Found")

_started: list[subprocess.Popen[str]] = []


def command(directory: Path, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start `python -m loader` on the database in `directory`."""
    environment = os.environ | {"EMBEDDED_DB_DIR": str(directory)} | options.pop("env", {})
    process = subprocess.Popen(
        [options.pop("python", sys.executable), "-m", "loader", *map(str, arguments)],
        cwd=PROJECT,
        env=environment,
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    _started.append(process)
    return process


def end_all() -> None:
    """End what a test that failed left running, so that no later test meets it."""
    for process in _started:
        if process.poll() is None:
            process.kill()
        with process:
            pass
    _started.clear()


def run(directory: Path, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """The same to its end."""
    with command(directory, *arguments, **options) as process:
        try:
            out, err = process.communicate(timeout=120)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


# What a command says of itself on a slow machine, and which database and model it uses.
_EVERYDAY = re.compile(
    r"(Database|Model): |opening |waiting for |making |stopping |running |loading |installing |evaluating|comparing "
    r"|fitting |embedding: |labels: |.*may pass through it now \(chmod o\+x\)|  at "
)


def remarkable(said: str) -> list[str]:
    """The lines of standard error that tell of something wrong."""
    return [line for line in said.splitlines() if not _EVERYDAY.match(line)]


def refused(directory: Path, *arguments: object, **options: Any) -> str:
    """The one line of a command that fails, apart from notes about a wait or a right that root gave."""
    done = run(directory, *(arguments or QUERY), **options)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = remarkable(done.stderr)
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    return lines[0]


_CLIENT = """
import sys
from pathlib import Path
from loader.config import EmbeddedSettings
from loader.database import DatabaseError, connect
with connect(EmbeddedSettings(Path(sys.argv[1]))) as database:
    print("here", flush=True)
    for line in sys.stdin:
        try:
            database.execute(line)
        except DatabaseError as error:
            sys.exit(error.report())
"""


def client(directory: Path) -> subprocess.Popen[str]:
    """A client that uses the server, and runs each line of its input, until the input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _CLIENT, str(directory)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _started.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n", process.communicate()[1]
    return process


def eventually(look: Callable[[], Found], limit_s: float = 60.0) -> Found:
    """What `look` finds as soon as it is something true."""
    deadline = time.monotonic() + limit_s
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return found


def postmaster(directory: Path) -> psutil.Process:
    """The first process of the running server."""
    found = processes.find(directory / "data")
    assert found is not None
    return found.process


def title(process: psutil.Process) -> str:
    """What a process of the server shows as its work; nothing for one that just ended."""
    try:
        return "".join(process.cmdline()[:1])
    except psutil.Error:
        return ""


def child_of(postmaster: psutil.Process, work: str) -> psutil.Process:
    """The server's process that shows this as its work; one that has just begun does not show it yet."""

    def look() -> psutil.Process | None:
        return next((child for child in postmaster.children() if work in title(child)), None)

    found = eventually(look)
    assert found is not None
    return found


def all_gone(directory: Path) -> bool:
    """Whether no process of the database's server, nor one that waits beside it, is left."""
    for process in psutil.process_iter():
        try:
            works_there = process.name() == "postgres" and process.cwd().startswith(str(directory))
            if works_there or any(str(directory) in word for word in process.cmdline()):
                return False
        except psutil.Error:
            continue
    return True


def is_well(directory: Path) -> bool:
    """Whether the next command works, and leaves nothing running."""
    done = run(directory, *QUERY)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    eventually(lambda: all_gone(directory))
    return True
