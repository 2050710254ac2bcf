"""python -m engine.server.watch DIRECTORY: stop the server of a database after its last user.

The last user does so itself when it ends. This waits for the case that it was killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.server import locks


def main(directory: Path) -> None:
    """Wait until nobody uses the server, and end it unless it is to go on."""
    while locks.wait_for_others(directory / "users"):
        if (directory / "keep-running").exists() or not (directory / "data" / "postmaster.pid").exists():
            return
        # Only here, so that the wait takes little memory.
        from engine.server import server

        if server.stop_unused(directory):
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
