"""python -m loader"""

import signal
import sys
from types import FrameType


def _terminated(number: int, _: FrameType | None) -> None:
    """End as after Ctrl-C: what was begun is undone, and the embedded server is stopped."""
    raise SystemExit(128 + number)


try:
    signal.signal(signal.SIGTERM, _terminated)
    from loader.cli import main

    status = main()
except KeyboardInterrupt:
    status = 128 + signal.SIGINT
sys.exit(status)
