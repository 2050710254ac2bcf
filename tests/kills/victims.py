"""The processes of a command on the embedded database, as what they can be killed, and what they are doing."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import psutil

from engine.server import processes
from tests.embedded.servers import title

_SESSION = "[local] "


def phase(directory: Path, process: subprocess.Popen[str]) -> str:
    """How far a command has come, in PostgreSQL's words where it has a session."""
    if process.poll() is not None:
        return "ended"
    if list(directory.glob("data.new-*")):
        return "initdb"
    found = processes.find(directory / "data")
    if found is None:
        return "no server"
    if found.status != "ready":
        return found.status or "starting"
    try:
        titles = [title(child) for child in found.process.children()]
    except psutil.Error:
        return "no server"
    doing = sorted(text.partition(_SESSION)[2] for text in titles if _SESSION in text)
    # Words in capitals, the statements, stand before those of a session that waits.
    return doing[0] if doing else "no session"


def there(directory: Path, process: subprocess.Popen[str]) -> dict[str, list[psutil.Process]]:
    """Those that can be killed now, by their part: the client, a backend, a worker, the postmaster, or all."""
    found: dict[str, list[psutil.Process]] = {}
    with contextlib.suppress(psutil.Error):
        if process.poll() is None:
            found["client"] = [psutil.Process(process.pid)]
        if (running := processes.find(directory / "data")) is not None:
            found["postmaster"] = [running.process]
            children = running.process.children()
            for child in children:
                found["backend" if _SESSION in title(child) else "worker"] = [child]
            found["all"] = [*found.get("client", []), running.process, *children]
    return found


def kill(victims: list[psutil.Process]) -> None:
    """Kill them; those that just ended need not be."""
    for victim in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
