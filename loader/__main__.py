"""python -m loader, and the command imgdb of an installed wheel."""

import io
import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line, and end with its status."""
    # What the terminal's encoding lacks is shown escaped.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        signal.signal(signal.SIGTERM, _terminated)
        from loader import cli

        status = cli.main()
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    sys.exit(status)


def _terminated(number: int, _: FrameType | None) -> None:
    """End as after Ctrl-C: what was begun is undone, and the embedded server is stopped."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
