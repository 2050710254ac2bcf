"""Asking before something is removed."""

from __future__ import annotations

import sys

from loader.config import ConfigurationError
from loader.terminal import warn


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the user agrees: by --yes, or by the answer on the terminal.

    Raises ConfigurationError where nobody can be asked.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise ConfigurationError("nobody can be asked here: say --yes")
    warn(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
