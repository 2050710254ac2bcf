"""python -m loader"""

import io
import signal
import sys
from types import FrameType


def _terminated(number: int, _: FrameType | None) -> None:
    """End as after Ctrl-C: what was begun is undone, and the embedded server is stopped."""
    raise SystemExit(128 + number)


# What the terminal's encoding lacks is shown escaped.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
try:
    signal.signal(signal.SIGTERM, _terminated)
    from loader.cli import main

    status = main()
except KeyboardInterrupt:
    status = 128 + signal.SIGINT
sys.exit(status)
