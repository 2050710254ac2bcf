"""The program that the engine runs in: how it speaks to people, and what it calls what they can do.

A process has one, as it has one standard error: the server is also stopped where no session is left to ask.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Host:
    """What a program lends to the engine.

    `warn` says one line. `announced` says what a wait is for while its block takes long. `setting` is what names the
    directory of a database, `stop` is how people stop a server.
    """

    warn: Callable[[str], None] = _print
    announced: Callable[[str], AbstractContextManager[object]] = nullcontext
    setting: str = "the program's settings"
    stop: str = "the program's own means"


class _Current:
    """The host of this process."""

    host = Host()


def serve(host: Host) -> None:
    """Make this the host of the process."""
    _Current.host = host


def host() -> Host:
    """The host of the process; one that speaks on standard error where none was named."""
    return _Current.host


def warn(text: str) -> None:
    """Say one line to people."""
    host().warn(text)


def announced(what: str) -> AbstractContextManager[object]:
    """Say what a wait is for while the block takes long."""
    return host().announced(what)
