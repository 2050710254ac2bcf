"""The system user that the server runs as: whoever runs the program, and never root, whom PostgreSQL refuses.

Root runs the server as the owner of the directory, or, where root owns it, as the user `pgserver`,
which is made when it is first needed.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.server.host import host, warn
from engine.server.problems import ServerError

_NAME = "pgserver"
_MAKE = (
    ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", _NAME],
    ["adduser", "-S", "-D", "-H", "-s", "/bin/false", _NAME],  # busybox
)


@dataclass(frozen=True, slots=True)
class Account:
    """A system user by number."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        """The user's name, or the number where it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"number {self.uid}"

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments by which subprocess runs a program as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def for_directory(directory: Path) -> Account:
    """Who runs the server of the database in `directory`, which exists. Raises ServerError."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for path in (directory / "data", directory):
        if path.is_dir():
            owner = path.stat()
            # initdb wants a user with a name.
            if owner.st_uid != 0 and (path != directory or _is_known(owner.st_uid)):
                return Account(owner.st_uid, owner.st_gid)
    return _own_account()


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _own_account() -> Account:
    for command in ([], *_MAKE):
        if command:
            try:
                subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)  # noqa: S603
            except (FileNotFoundError, subprocess.TimeoutExpired):
                continue
        try:
            entry = pwd.getpwnam(_NAME)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ServerError(
        f"PostgreSQL does not run as root, and no user {_NAME} can be made for it here: make one (useradd {_NAME}), "
        "or run this as an ordinary user"
    )


def let_in(account: Account, path: Path) -> None:
    """See to it that the account can pass through every directory above `path`.

    Root lets it through root's own directories, by no more than the right to pass, and says so. Other
    users' directories are left as they are. Raises ServerError.
    """
    if os.geteuid() != 0 or account.uid == 0:
        return
    for parent in reversed(path.parents):
        found = parent.stat()
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if found.st_mode & needed:
            continue
        if found.st_uid != 0:
            raise ServerError(
                f"the server's user {account.name} can not pass through {parent}: run `chmod o+x {parent}`, or name "
                f"another directory by {host().setting}"
            )
        parent.chmod(stat.S_IMODE(found.st_mode) | needed)
        warn(f"{parent}: the server's user {account.name} may pass through it now (chmod o+x)")


def let_read(account: Account, program: Path, root: Path) -> None:
    """The same for a program and the tree of files that it belongs to: the account can read and run them."""
    let_in(account, program)
    if account.uid == os.geteuid() or program.stat().st_mode & stat.S_IXOTH:
        return
    for path in (root, *root.rglob("*")):
        found = path.lstat()
        wanted = stat.S_IROTH | (stat.S_IXOTH if found.st_mode & stat.S_IXUSR else 0)
        if found.st_uid == 0 and not stat.S_ISLNK(found.st_mode):
            path.chmod(stat.S_IMODE(found.st_mode) | wanted)
