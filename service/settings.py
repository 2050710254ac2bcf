"""What a service is started with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from loader.config import ConfigurationError
from loader.parameters import Asking

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service listens, who may use it, and how much it takes at once.

    `token` None: anybody who reaches the address, which is for the machine's own addresses alone. `decision` is how
    each picture is decided.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = field(default=None, repr=False)
    # Pictures that are worked on side by side, and requests that may wait for it; more are answered by 429.
    workers: int = 2
    waiting: int = 32
    # Of one request.
    most_files: int = 64
    most_bytes: int = 256 * _MEGABYTE
    decision: Asking = field(default_factory=lambda: Asking())
    # A directory whose pictures are classified as they appear, and the part that they are of.
    watch: Path | None = None
    watch_part: str | None = None
    # Where pictures that a person labels in the pages go.
    added: Path | None = None
    # For how many days decisions are kept; None: they are not logged.
    log_days: int | None = None

    def __post_init__(self) -> None:
        if self.watch is not None and self.added is not None and _overlap(self.watch, self.added):
            raise ConfigurationError(
                f"--watch {self.watch} and --added {self.added} hold one another: what is added would be classified "
                "as if it had come from the line; choose two directories"
            )
        if not self.token and not is_local(self.host):
            raise ConfigurationError(
                f"--host {self.host} lets other machines in: choose a token, which each request then has to carry, "
                "and put it into the variable LOADER_SERVICE_TOKEN"
            )

    @property
    def hosts(self) -> list[str]:
        """The names by which browsers may call the service, so that no other page's name can lead to it."""
        if is_local(self.host):
            return ["127.0.0.1", "localhost", "[::1]"]
        return ["*"]  # the token guards it


def _overlap(one: Path, other: Path) -> bool:
    first, second = one.resolve(), other.resolve()
    return first.is_relative_to(second) or second.is_relative_to(first)


def is_local(host: str) -> bool:
    """Whether the address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
