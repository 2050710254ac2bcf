"""Files that are put in place whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a file system without locks says; NFS has none on directories (EBADF).
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EBADF)


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Where to write what is to become the file `path`: it is put in place when the block ends well, else removed.

    The draft lies in a directory beside it, which may hold other files as well. A process that was killed leaves
    that directory, and the next one empties it; a lock tells the two apart. Where the file system has no locks, two
    that write one file at once can disturb each other, and one of them fails. Raises OSError with the path.
    """
    directory = path.with_name(f".{path.name}.draft")
    held = _own(directory, path)
    try:
        yield directory / path.name
        (directory / path.name).replace(path)
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error  # such as a full disk
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os.close(held)


def _own(directory: Path, path: Path) -> int:
    """Make the directory anew; the descriptor that holds its lock."""
    try:
        while True:
            with contextlib.suppress(FileExistsError):
                directory.mkdir(mode=0o700)
            held = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                _lock(held, path)
                if _is_there(held, directory):
                    for left in directory.iterdir():
                        left.unlink()
                    return held
            except BaseException:
                os.close(held)
                raise
            os.close(held)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BlockingIOError(
            errno.EWOULDBLOCK, "another process is writing this file: run this again when it has ended", str(path)
        ) from error
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise


def _is_there(descriptor: int, directory: Path) -> bool:
    """Whether the directory is still the one that was opened: another process may have ended and removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), directory.stat())
    except FileNotFoundError:
        return False
