"""The directory of a database, and the way to the socket in it."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from pathlib import Path

import psutil

from engine.server import accounts, programs
from engine.server.accounts import Account
from engine.server.host import host, warn
from engine.server.problems import ServerError, unusable

PORT = 5432
# A socket's path may have 107 bytes, on some systems 103; its name takes 15 of them.
_SOCKET_DIRECTORY_MAX = 103 - len(f"/.s.PGSQL.{PORT}")
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.glusterfs"}
# A short way to a socket directory whose path is too long for a socket.
_short_ways: dict[Path, tempfile.TemporaryDirectory[str]] = {}
_threads = threading.Lock()


def make_directory(directory: Path) -> Account:
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
    if not (directory / "data").exists() and (kind := file_system(directory)) in _NETWORK:
        warn(
            f"warning: {directory} lies on a network file system ({kind}), where locks may fail and a lost connection "
            f"stops the database: a local disk is better ({host().setting})"
        )
    return account


def file_system(directory: Path) -> str:
    """The type of the file system that a directory lies on, as the system calls it."""
    mounts = {part.mountpoint: part.fstype for part in psutil.disk_partitions(all=True)}
    return next((mounts[str(path)] for path in (directory, *directory.parents) if str(path) in mounts), "")


def short_way(sockets: Path) -> Path:
    """A path to the directory of the socket that is short enough, and that libpq does not take for a list."""
    if len(os.fsencode(sockets)) <= _SOCKET_DIRECTORY_MAX and "," not in str(sockets):
        return sockets
    with _threads:
        if sockets not in _short_ways:
            # Its name can not be guessed, and nobody else can enter.
            _short_ways[sockets] = tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True)
            (Path(_short_ways[sockets].name) / "s").symlink_to(sockets)
        return Path(_short_ways[sockets].name) / "s"
