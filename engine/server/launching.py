"""The start of the server, and of the process that watches over its users."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from engine.server import cluster, locks, logs, processes, programs
from engine.server.accounts import Account
from engine.server.ending import POLL_S, children, end_leftovers, forget
from engine.server.places import PORT
from engine.server.problems import RESERVE, ServerError, check_space
from engine.server.processes import Postmaster

# Where this package is found.
_ROOT = Path(__file__).resolve().parents[2]
# How long a start may take; the recovery after a crash reads up to 2 GB of log.
START_S = 300.0


def launch(directory: Path, account: Account, *, keep: bool) -> Postmaster:
    """Start the server and wait until it is ready; one that is not kept is watched over. Raises ServerError."""
    data, log = directory / "data", directory / "server.log"
    held = end_leftovers(directory).lock
    try:
        # Half will do: what a load left free must suffice to look at what it stored.
        check_space(directory, RESERVE // 2)
        cluster.prepare(directory, account)
        forget(data)
        logs.cut(directory)
        output = locks.open_owned(log, os.O_WRONLY | os.O_APPEND)
        try:
            begin = os.fstat(output).st_size
            process = subprocess.Popen(  # noqa: S603
                [str(programs.root() / "bin" / "postgres"), "-D", str(data), "-k", ".", "-p", str(PORT)],
                cwd=data,
                env=programs.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[held],
                start_new_session=True,
                **account.popen,
            )
        finally:
            os.close(output)
    finally:
        os.close(held)
    children.append(process)
    if not keep:
        _watch(directory)
    deadline = time.monotonic() + START_S
    while process.poll() is None:
        found = processes.find(data)
        if found is not None and found.process.pid == process.pid and found.status == "ready":
            return found
        if time.monotonic() > deadline:
            raise too_slow(directory)
        time.sleep(POLL_S / 2)
    raise logs.failure(directory, log, begin, process.returncode)


def too_slow(directory: Path) -> ServerError:
    """What is said of a server that is not ready in time."""
    return ServerError(
        f"the embedded server in {directory} is not ready after {START_S:.0f} s; it goes on starting: run this again "
        f"later, or see {directory / 'server.log'}"
    )


def _watch(directory: Path) -> None:
    """Have a process stop the server after its last user, should that be killed."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    with contextlib.suppress(OSError):  # without it the last user stops the server all the same
        watcher = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "engine.server.watch", str(directory)],
            cwd="/",
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        children.append(watcher)
