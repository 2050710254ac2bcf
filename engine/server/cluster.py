"""The data directory: made whole or not at all, and checked before a server gets it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psutil

from engine.server import locks, programs
from engine.server.accounts import Account
from engine.server.host import host
from engine.server.problems import ServerError, check_space

# What a new database takes, and room to work in.
_FIRST = 128 * 2**20
_INITDB_S = 300.0
_STAGING = "data.new-"

# What initdb makes; a directory with more than these was not left by it.
_INITDB_MAKES = re.compile(r"PG_VERSION|base|global|pg_\w+(\.conf)?|postgresql(\.auto)?\.conf")

# The file of the settings below, by the name that it has in every data directory there is.
_OWN_SETTINGS = "loader.conf"
# Nothing listens but a socket in the data directory, which is the owner's alone.
_SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
work_mem = '64MB'
maintenance_work_mem = '256MB'
jit = off
max_wal_size = '2GB'
logging_collector = off
# Statements that fail are their sessions' business: the log tells of the server, and stays small.
log_min_messages = log
log_checkpoints = off
lc_messages = 'C'
timezone = 'UTC'
log_timezone = 'UTC'
# Statistics follow a load while it runs: plans made for an empty table are slow for a full one.
autovacuum_naptime = 1
"""


def prepare(directory: Path, account: Account) -> None:
    """See to it that `directory`/data is a database with this version's settings. Raises ServerError, OSError.

    To be called with the directory's lock, while no server runs.
    """
    data = directory / "data"
    _remove_unfinished(directory)
    if _is_complete(data):
        _check(data, account)
        _write_settings(data)
    else:
        _make(directory, account)


def _is_complete(data: Path) -> bool:
    """Whether there is a database; what an initdb left that was cut short is removed.

    Such a directory never had a server, so nothing is in it.
    """
    if not data.exists():
        return False
    if (data / "PG_VERSION").exists() and any((data / name).exists() for name in ("postmaster.opts", _OWN_SETTINGS)):
        return True
    strange = [path.name for path in data.iterdir() if not _INITDB_MAKES.fullmatch(path.name)]
    if strange:
        raise ServerError(
            f"{data} is not a database of this program: it holds {sorted(strange)[0]}; move it away, or name another "
            f"directory by {host().setting}"
        )
    shutil.rmtree(data)
    return False


def _check(data: Path, account: Account) -> None:
    if data.stat().st_uid != account.uid:
        raise ServerError(
            f"{data} belongs to {Account(data.stat().st_uid, 0).name}, and you are {account.name}: run this as that "
            f"user, or name a directory of your own by {host().setting}"
        )
    data.chmod(0o700)
    text = (data / "PG_VERSION").read_text(encoding="utf-8", errors="replace").strip()
    if text == str(programs.MAJOR):
        return
    if not text.isdigit():
        raise ServerError(f"{data} is damaged: {data / 'PG_VERSION'} does not say a version; restore it from a backup")
    raise ServerError(
        f"{data} was made by PostgreSQL {text}, and this version of the program brings {programs.MAJOR}: use "
        f"the version of the program that made it, or name another directory by {host().setting}"
    )


def _make(directory: Path, account: Account) -> None:
    check_space(directory, _FIRST)
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=directory))
    try:
        if account.popen:
            os.chown(staging, account.uid, account.gid)
        _initdb(staging, account)
        _write_settings(staging)
        staging.rename(directory / "data")
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    descriptor = os.open(directory, os.O_RDONLY)
    with contextlib.suppress(OSError):  # some file systems can not
        os.fsync(descriptor)
    os.close(descriptor)


def _initdb(staging: Path, account: Account) -> None:
    command = [
        *(str(programs.root() / "bin" / "initdb"), "-D", str(staging), "-U", "postgres", "--auth=trust"),
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ]
    # A session of its own: Ctrl-C is for this process, which ends the other one itself.
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=staging,
        env=programs.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        **account.popen,
    )
    with process:
        try:
            _, said = process.communicate(timeout=_INITDB_S)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise ServerError(
                    f"making a database in {staging} takes over {_INITDB_S:.0f} s: see to the disk"
                ) from error
            raise
    if process.returncode != 0:
        check_space(staging)
        telling = ("error:", "FATAL:", "PANIC:", "child process")
        errors = [line for line in said.splitlines() if any(word in line for word in telling)] or said.splitlines()[-1:]
        raise ServerError(f"no database can be made in {staging.parent}: {'; '.join(errors[:2])}")


def _remove_unfinished(directory: Path) -> None:
    """Remove what a first start left that was killed, and end its initdb if that still runs."""
    for staging in directory.glob(f"{_STAGING}*"):
        for process in psutil.process_iter():
            if _works_in(process, staging):
                with contextlib.suppress(psutil.Error):
                    process.kill()
                    process.wait(5)
        shutil.rmtree(staging, ignore_errors=True)


def _works_in(process: psutil.Process, staging: Path) -> bool:
    try:
        return Path(process.exe()).name in ("initdb", "postgres") and Path(process.cwd()).samefile(staging)
    except (psutil.Error, OSError):
        return False


def _settings() -> str:
    """The server's settings: an eighth of the memory, at most 2 GB, is to hold what is searched again and again."""
    buffers = min(max(psutil.virtual_memory().total // 8, 256 * 2**20), 2 * 2**30)
    return f"{_SETTINGS}shared_buffers = {buffers // 8192}\n"


def _write_settings(data: Path) -> None:
    """The settings of this version, also where the data were made by an earlier one."""
    own, main = data / _OWN_SETTINGS, data / "postgresql.conf"
    _replace(own, _settings())
    include = f"include_if_exists = '{own.name}'\n"
    text = main.read_text(encoding="utf-8")
    if include not in text:
        _replace(main, text + include)


def _replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, as the data directory's owner's."""
    part = path.with_name(path.name + ".part")
    with os.fdopen(locks.open_owned(part, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
